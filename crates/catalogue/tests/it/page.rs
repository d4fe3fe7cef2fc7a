//! What a procedure reads from a page: pieces and ways.

use catalogue::{WayKind, page_of_xml};

const PAGE: &str = "<Publication ID=\"F1\" type=\"Fiche d'information\"><dc:title>Un droit</dc:title><Texte>\
<Chapitre><Titre><Paragraphe>Pièces à fournir</Paragraphe></Titre>\
<Paragraphe>Vous devez fournir les documents suivants :</Paragraphe>\
<Liste type=\"puce\"><Item><Paragraphe>Passeport</Paragraphe></Item>\
<Item><Paragraphe>Justificatif de domicile :</Paragraphe><Liste type=\"puce\"><Item><Paragraphe>Facture</Paragraphe></Item><Item><Paragraphe>Quittance</Paragraphe></Item></Liste></Item></Liste>\
<BlocCas affichage=\"radio\"><Cas><Titre>Vous êtes hébergé</Titre><Paragraphe>L'un des documents suivants :</Paragraphe><Liste type=\"puce\"><Item><Paragraphe>Attestation</Paragraphe></Item></Liste></Cas></BlocCas></Chapitre>\
<Chapitre><Titre><Paragraphe>Montant</Paragraphe></Titre><Liste type=\"puce\"><Item><Paragraphe>500 euros</Paragraphe></Item></Liste>\
<ServiceEnLigne ID=\"R1\" URL=\"https://exemple.fr/\" type=\"Téléservice\"><Titre>En ligne</Titre></ServiceEnLigne>\
<ServiceEnLigne ID=\"R2\" URL=\"https://exemple.fr/f.pdf\" type=\"Formulaire\" numerocerfa=\"12345*01\"><Titre>Formulaire</Titre></ServiceEnLigne>\
<OuSAdresser ID=\"R3\" type=\"Local personnalisé sur SP\"><Titre>Caf</Titre><PivotLocal>caf</PivotLocal></OuSAdresser>\
<OuSAdresser ID=\"R4\" type=\"Centre de contact\"><Titre>Service</Titre><Texte><Chapitre><Titre><Paragraphe>Par téléphone</Paragraphe></Titre><Paragraphe><MiseEnEvidence>39 39</MiseEnEvidence></Paragraphe></Chapitre><Chapitre><Titre><Paragraphe>Par courrier</Paragraphe></Titre><Paragraphe>BP 1</Paragraphe></Chapitre></Texte></OuSAdresser></Chapitre></Texte></Publication>";

#[test]
fn pieces_come_in_order_with_their_cases_and_choices() {
    let page = page_of_xml(PAGE.as_bytes()).unwrap();
    let pieces = page.pieces();
    let texts: Vec<&str> = pieces.iter().map(|p| p.text.as_str()).collect();
    assert_eq!(
        texts,
        ["Passeport", "Justificatif de domicile :", "Attestation"]
    );
    assert_eq!(pieces[1].alternatives, ["Facture", "Quittance"]);
    assert_eq!(pieces[2].cases, ["Vous êtes hébergé"]);
    assert!(pieces[2].one_of && !pieces[0].one_of);
    assert_eq!(pieces[0].heading, "Pièces à fournir");
}

#[test]
fn ways_are_found_with_and_without_a_computer() {
    let page = page_of_xml(PAGE.as_bytes()).unwrap();
    let ways = page.ways();
    let kinds: Vec<WayKind> = ways.iter().map(|w| w.kind).collect();
    assert_eq!(
        kinds,
        [
            WayKind::Online,
            WayKind::PaperForm,
            WayKind::Counter,
            WayKind::Telephone,
            WayKind::Post
        ]
    );
    assert_eq!(ways[1].cerfa, "12345*01");
    assert_eq!(ways[2].offices, ["caf"]);
    assert_eq!(ways[3].numbers, ["39 39"]);
    assert!(!ways[0].kind.needs_no_computer() && ways[2].kind.needs_no_computer());
}
