//! What columns are called and what they may hold: those of domiciliation tools, and others by a
//! mapping file.

use domain::search::plain;
use std::collections::BTreeMap;

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Field {
    OutsideId,
    Title,
    BirthName,
    GivenNames,
    UsualName,
    Born,
    BirthPlace,
    Phone,
    Email,
    Status,
    Refusal,
    Removal,
    Kind,
    Start,
    End,
    First,
    LastVisit,
    Oriented,
    Already,
    Work,
    Income,
    CommuneTie,
    Household,
    Residence,
    Cause,
    Reason,
    Followed,
    TieName(u8),
    TieGiven(u8),
    TieBorn(u8),
    TieKind(u8),
}

/// Every field that is not numbered.
pub(super) const KNOWN: &[Field] = &[
    Field::OutsideId,
    Field::Title,
    Field::BirthName,
    Field::GivenNames,
    Field::UsualName,
    Field::Born,
    Field::BirthPlace,
    Field::Phone,
    Field::Email,
    Field::Status,
    Field::Refusal,
    Field::Removal,
    Field::Kind,
    Field::Start,
    Field::End,
    Field::First,
    Field::LastVisit,
    Field::Oriented,
    Field::Already,
    Field::Work,
    Field::Income,
    Field::CommuneTie,
    Field::Household,
    Field::Residence,
    Field::Cause,
    Field::Reason,
    Field::Followed,
];

impl Field {
    /// Its word in mapping files and Fluent keys.
    pub(super) const fn word(self) -> &'static str {
        match self {
            Self::OutsideId => "outside_id",
            Self::Title => "title",
            Self::BirthName => "birth_name",
            Self::GivenNames => "given_names",
            Self::UsualName => "usual_name",
            Self::Born => "born",
            Self::BirthPlace => "birth_place",
            Self::Phone => "phone",
            Self::Email => "email",
            Self::Status => "status",
            Self::Refusal => "refusal",
            Self::Removal => "removal",
            Self::Kind => "kind",
            Self::Start => "start",
            Self::End => "end",
            Self::First => "first",
            Self::LastVisit => "last_visit",
            Self::Oriented => "oriented",
            Self::Already => "already",
            Self::Work => "work",
            Self::Income => "income",
            Self::CommuneTie => "commune_tie",
            Self::Household => "household",
            Self::Residence => "residence",
            Self::Cause => "cause",
            Self::Reason => "reason",
            Self::Followed => "followed",
            Self::TieName(_) => "tie_name",
            Self::TieGiven(_) => "tie_given",
            Self::TieBorn(_) => "tie_born",
            Self::TieKind(_) => "tie_kind",
        }
    }

    /// How its heading begins in exports of domiciliation tools, without accents or case.
    const fn heading(self) -> &'static [&'static str] {
        match self {
            Self::OutsideId => &["id"],
            Self::Title => &["civilite"],
            Self::BirthName => &["nom de naissance", "nom"],
            Self::GivenNames => &["prenom"],
            Self::UsualName => &["nom d usage"],
            Self::Born => &["date de naissance"],
            Self::BirthPlace => &["lieu de naissance"],
            Self::Phone => &["numero de telephone", "telephone"],
            Self::Email => &["adresse e mail", "courriel", "email"],
            Self::Status => &["statut de la domiciliation"],
            Self::Refusal => &["seulement si refus"],
            Self::Removal => &["seulement si radie"],
            Self::Kind => &["type de domiciliation"],
            Self::Start => &["date debut dom actuelle"],
            Self::End => &["date de fin de domiciliation"],
            Self::First => &["date 1ere domiciliation"],
            Self::LastVisit => &["date de dernier passage"],
            Self::Oriented => &["la personne a t elle ete orientee"],
            Self::Already => &["la personne a t elle deja une domiciliation"],
            Self::Work => &["quelle est la situation professionelle", "situation pro"],
            Self::Income => &["la personne a t elle des revenus"],
            Self::CommuneTie => &["quel est le lien avec la commune"],
            Self::Household => &["composition du menage"],
            Self::Residence => &["situation residentielle"],
            Self::Cause => &["cause de l instabilite"],
            Self::Reason => &["quel est le motif principal"],
            Self::Followed => &["accompagnement social"],
            Self::TieName(_) | Self::TieGiven(_) | Self::TieBorn(_) | Self::TieKind(_) => &[],
        }
    }

    pub(super) const fn is_date(self) -> bool {
        matches!(
            self,
            Self::Born | Self::Start | Self::End | Self::First | Self::LastVisit | Self::TieBorn(_)
        )
    }

    pub(super) const fn must_be_past(self) -> bool {
        matches!(
            self,
            Self::Born | Self::First | Self::LastVisit | Self::TieBorn(_)
        )
    }

    pub(super) const fn is_required(self) -> bool {
        matches!(self, Self::BirthName | Self::GivenNames)
    }

    /// The values it may hold, where they are a closed list.
    pub(super) const fn allowed(self) -> Option<&'static [&'static str]> {
        Some(match self {
            Self::Title => &["H", "F"],
            Self::Status => &["VALIDE", "ATTENTE_DECISION", "REFUS", "RADIE"],
            Self::Refusal => &["LIEN_COMMUNE", "SATURATION", "HORS_AGREMENT", "AUTRE"],
            Self::Removal => &[
                "NON_MANIFESTATION_3_MOIS",
                "A_SA_DEMANDE",
                "FIN_DE_DOMICILIATION",
                "ENTREE_LOGEMENT",
                "PLUS_DE_LIEN_COMMUNE",
                "NON_RESPECT_REGLEMENT",
                "AUTRE",
            ],
            Self::Kind => &["PREMIERE", "PREMIERE_DOM", "RENOUVELLEMENT"],
            Self::Oriented | Self::Already | Self::Income | Self::Followed => &["OUI", "NON"],
            Self::Work => &[
                "ETUDIANT",
                "SALARIE",
                "INDEPENDANT",
                "FRANCE_TRAVAIL",
                "RSA",
                "AAH",
                "RETRAITE",
                "AUTRE",
            ],
            Self::CommuneTie => &[
                "FAMILIAL",
                "PARENTAL",
                "PROFESSIONNEL",
                "RESIDENTIEL",
                "SOCIAL",
                "AUTRE",
            ],
            Self::Household => &[
                "HOMME_ISOLE_SANS_ENFANT",
                "FEMME_ISOLE_SANS_ENFANT",
                "HOMME_ISOLE_AVEC_ENFANT",
                "FEMME_ISOLE_AVEC_ENFANT",
                "COUPLE_SANS_ENFANT",
                "COUPLE_AVEC_ENFANT",
            ],
            Self::Residence => &[
                "DOMICILE_MOBILE",
                "HEBERGEMENT_SOCIAL",
                "HEBERGEMENT_TIERS",
                "HOTEL",
                "SANS_ABRI",
                "AUTRE",
            ],
            Self::Cause => &[
                "ERRANCE",
                "EXPULSION",
                "HEBERGE_SANS_ADRESSE",
                "ITINERANT",
                "RUPTURE",
                "SORTIE_STRUCTURE",
                "SORTIE_HOSPITALISATION",
                "SORTIE_INCARCERATION",
                "VIOLENCE",
                "AUTRE",
            ],
            Self::Reason => &["EXERCICE_DROITS", "PRESTATIONS_SOCIALES", "AUTRE"],
            Self::TieKind(_) => &["ENFANT", "CONJOINT", "PARENT", "AUTRE"],
            _ => return None,
        })
    }
}

/// What other tools call their columns: heading → field word, from a TOML file.
#[derive(Debug, Clone, Default)]
pub struct Mapping(BTreeMap<String, Field>);

impl Mapping {
    /// The mapping of a TOML text such as `"Nom de famille" = "birth_name"`.
    ///
    /// # Errors
    /// The line or the word that is not understood.
    pub fn parse(text: &str) -> Result<Self, String> {
        let table: BTreeMap<String, String> =
            toml::from_str(text).map_err(|e| e.message().to_owned())?;
        let mut mapping = BTreeMap::new();
        for (heading, word) in table {
            let field = KNOWN.iter().find(|f| f.word() == word).ok_or_else(|| {
                let known: Vec<_> = KNOWN.iter().map(|f| f.word()).collect();
                format!("{word}: no such field; there are: {}", known.join(", "))
            })?;
            mapping.insert(plain(&heading), *field);
        }
        Ok(Self(mapping))
    }
}

/// What a heading names.
pub(super) fn field(heading: &str, mapping: Option<&Mapping>) -> Option<Field> {
    let heading = plain(heading);
    if let Some(field) = mapping.and_then(|m| m.0.get(&heading)) {
        return Some(*field);
    }
    if let Some(at) = heading.find("ayant droit ") {
        let number = heading[at + 12..].trim().parse().ok()?;
        return match &heading[..at] {
            h if h.starts_with("nom") => Some(Field::TieName(number)),
            h if h.starts_with("prenom") => Some(Field::TieGiven(number)),
            h if h.starts_with("date de naissance") => Some(Field::TieBorn(number)),
            h if h.starts_with("lien de parente") => Some(Field::TieKind(number)),
            _ => None,
        };
    }
    if heading.starts_with("si ") || heading.starts_with("autre situation") {
        return None;
    }
    KNOWN.iter().copied().find(|f| {
        f.heading().iter().any(|h| {
            heading == *h
                || (h.len() > 3 && heading.starts_with(h) && heading != "nom d usage")
                || (*h == "id" && heading.starts_with("id colonne"))
                || (*h == "nom d usage" && heading.starts_with(h))
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headings_are_understood_whatever_their_accents_and_lines() {
        for (heading, expected) in [
            (
                "ID \n(colonne à remplir uniquement en cas d'ID personnalisés)",
                Some(Field::OutsideId),
            ),
            ("Nom de naissance", Some(Field::BirthName)),
            ("Nom d'usage / Surnom", Some(Field::UsualName)),
            ("Date de naissance", Some(Field::Born)),
            ("Date de Naissance\nAyant-Droit 3", Some(Field::TieBorn(3))),
            ("Nom Ayant-Droit 1", Some(Field::TieName(1))),
            ("Si AUTRE motif,\nprécisions", None),
            ("Situation Pro", Some(Field::Work)),
            ("Couleur préférée", None),
        ] {
            assert_eq!(field(heading, None), expected, "{heading}");
        }
    }

    #[test]
    fn a_mapping_names_what_it_does_not_know() {
        let mapping = Mapping::parse("\"Nom de famille\" = \"birth_name\"").unwrap();
        assert_eq!(
            field("NOM DE FAMILLE", Some(&mapping)),
            Some(Field::BirthName)
        );
        assert!(
            Mapping::parse("\"X\" = \"colour\"")
                .unwrap_err()
                .contains("colour")
        );
    }
}
