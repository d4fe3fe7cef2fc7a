//! Which facts are asked together, and the words of those questions. Names are those of the law
//! files; a name that no law file knows any more is never asked.

use domain::looked::Span;

/// What the facts of a group are said for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    /// A year.
    Year,
    /// Months, one by one.
    Months,
    /// How things stand.
    Since,
}

impl Shape {
    /// That of a period; none where it has no date.
    pub(super) const fn of(span: Span) -> Option<Self> {
        match span {
            Span::Always => None,
            Span::Year(_) => Some(Self::Year),
            Span::Months { .. } => Some(Self::Months),
            Span::Since(_) => Some(Self::Since),
        }
    }
}

/// Facts that shut or open whole branches of the law: they are asked before what they may spare.
pub(super) const FIRST: &[&str] = &[
    "date_naissance",
    "nationalite",
    "activite",
    "statut_occupation_logement",
    "aide_logement_connue",
    "aide_logement_recue",
    "depcom",
    "taux_incapacite",
];

/// What only a child may be: the composition of the household says it of the parents.
pub(super) const ONLY_OF_CHILDREN: &[&str] = &["garde_alternee", "adoption"];

/// Facts asked together: each line is one thing that may be so, and the facts it tells.
pub(super) struct Group {
    /// Its word in names of questions.
    pub word: &'static str,
    /// The question.
    pub text: &'static str,
    /// What its facts are said for.
    pub shape: Shape,
    /// What may be so, and the facts it tells.
    pub lines: &'static [(&'static str, &'static [&'static str])],
}

/// All of them, in the order they are looked for.
pub(super) const GROUPS: &[Group] = &[
    Group {
        word: "situations",
        text: "Parmi ces situations, lesquelles sont vraies en ce moment ?",
        shape: Shape::Since,
        lines: &[
            ("Travaille à son compte", &["travailleur_independant"]),
            ("En apprentissage", &["apprenti"]),
            ("En stage", &["stagiaire"]),
            (
                "Reçoit une bourse d’études sur critères sociaux",
                &["boursier"],
            ),
            ("Enceinte", &["enceinte"]),
            (
                "A cessé tout travail pour élever un enfant de moins de trois ans",
                &["conge_parental"],
            ),
            ("Reconnue inapte au travail", &["inapte_travail"]),
            (
                "Une invalidité réduit des deux tiers sa capacité de travail",
                &["handicap"],
            ),
            ("Vit chez ses parents", &["habite_chez_parents"]),
            (
                "Relève du régime local d’Alsace-Moselle",
                &["salarie_regime_alsace_moselle"],
            ),
            (
                "A travaillé l’équivalent de deux ans à temps plein sur les trois dernières années",
                &["rsa_jeune_condition_heures_travail_remplie"],
            ),
            (
                "Recevait l’AAH en couple avant octobre 2023, sans interruption depuis",
                &["aah_conjugalise_eligible"],
            ),
            (
                "La MDPH a reconnu une restriction substantielle et durable d’accès à l’emploi",
                &["aah_restriction_substantielle_durable_acces_emploi"],
            ),
        ],
    },
    Group {
        word: "revenus",
        text: "Lesquels de ces revenus y a-t-il eu ces mois-là ?",
        shape: Shape::Months,
        lines: &[
            (
                "Un salaire",
                &["salaire_net", "salaire_imposable", "salaire_de_base"],
            ),
            ("Un salaire d’apprentissage", &["remuneration_apprenti"]),
            (
                "Des allocations de chômage",
                &["chomage_net", "chomage_imposable"],
            ),
            ("L’allocation de solidarité spécifique (ASS)", &["ass"]),
            (
                "Une retraite",
                &["retraite_nette", "retraite_brute", "retraite_imposable"],
            ),
            (
                "Des indemnités journalières (maladie, maternité, accident du travail)",
                &["indemnites_journalieres_recues"],
            ),
            ("Une pension d’invalidité", &["pensions_invalidite"]),
            (
                "Une rente d’accident du travail",
                &["rente_accident_travail"],
            ),
            (
                "Une pension alimentaire reçue",
                &["pensions_alimentaires_percues"],
            ),
            (
                "Une pension alimentaire versée",
                &["pensions_alimentaires_versees_individu"],
            ),
            (
                "Une prestation compensatoire",
                &["prestation_compensatoire"],
            ),
            (
                "Une rémunération de formation professionnelle",
                &["revenus_stage_formation_pro"],
            ),
            ("Une bourse de recherche", &["bourse_recherche"]),
            (
                "Des indemnités d’activité partielle",
                &["indemnites_chomage_partiel"],
            ),
            ("Des loyers reçus", &["revenus_locatifs"]),
            ("Des intérêts ou des dividendes", &["revenus_capital"]),
            (
                "Un gain exceptionnel (héritage, jeu)",
                &["gains_exceptionnels"],
            ),
        ],
    },
    Group {
        word: "epargne",
        text: "Y a-t-il de l’épargne ou des biens ?",
        shape: Shape::Since,
        lines: &[
            ("Un livret A", &["livret_a"]),
            (
                "D’autres livrets ou comptes",
                &["epargne_revenus_non_imposables"],
            ),
            (
                "De l’épargne dont les intérêts sont imposables",
                &["epargne_revenus_imposables"],
            ),
            ("Un bien loué à d’autres", &["valeur_patrimoine_loue"]),
            (
                "Un logement ni loué ni habité",
                &["valeur_locative_immo_non_loue", "valeur_immo_non_loue"],
            ),
            (
                "Un terrain qui n’est pas loué",
                &[
                    "valeur_locative_terrains_non_loues",
                    "valeur_terrains_non_loues",
                ],
            ),
        ],
    },
    Group {
        word: "avis",
        text: "Que porte l’avis d’impôt sur les revenus de cette année-là ?",
        shape: Shape::Year,
        lines: &[
            ("Des salaires", &["salaire_imposable"]),
            ("Des frais réels", &["frais_reels"]),
            ("Des allocations de chômage", &["chomage_imposable"]),
            ("Des retraites", &["retraite_imposable"]),
            ("Une pension d’invalidité", &["pensions_invalidite"]),
            (
                "Une pension alimentaire reçue",
                &["pensions_alimentaires_percues"],
            ),
            ("Des revenus d’indépendant", &["rpns_imposables"]),
            ("Des loyers reçus", &["revenus_locatifs"]),
            ("Des intérêts ou des dividendes", &["revenus_capital"]),
        ],
    },
    Group {
        word: "avis_foyer",
        text: "Que porte encore l’avis d’impôt du foyer, cette année-là ?",
        shape: Shape::Year,
        lines: &[
            (
                "Des pensions alimentaires versées",
                &["pensions_alimentaires_versees"],
            ),
            ("Des revenus fonciers", &["revenu_categoriel_foncier"]),
            ("Des revenus de capitaux", &["revenu_categoriel_capital"]),
            (
                "Une carte d’invalidité, ou une pension d’invalidité de 40 % au moins (déclarant)",
                &["caseP"],
            ),
            (
                "Une carte d’invalidité, ou une pension d’invalidité de 40 % au moins (conjoint)",
                &["caseF"],
            ),
        ],
    },
    Group {
        word: "logement",
        text: "Parmi ces phrases, lesquelles sont vraies pour le logement ?",
        shape: Shape::Since,
        lines: &[
            (
                "Loué à plusieurs, chacun avec un bail ou sa part du loyer",
                &["coloc"],
            ),
            ("C’est une seule chambre", &["logement_chambre"]),
            ("Il est géré par le Crous", &["logement_crous"]),
            (
                "Chez un particulier qui accueille, contre paiement, des personnes âgées ou handicapées",
                &["personne_agee_handicapee"],
            ),
            (
                "Le propriétaire est un parent, un enfant ou un petit-enfant",
                &["proprietaire_proche_famille"],
            ),
            (
                "Le foyer ou la résidence ouvre droit à l’APL",
                &["foyer_conventionne"],
            ),
            (
                "Hébergé, en participant aux frais",
                &["participation_frais"],
            ),
        ],
    },
    Group {
        word: "prestations",
        text: "Lesquelles de ces prestations la famille reçoit-elle ?",
        shape: Shape::Since,
        lines: &[
            (
                "La prestation partagée d’éducation de l’enfant (PreParE)",
                &["paje_prepare"],
            ),
            (
                "Le complément de libre choix du mode de garde",
                &["paje_cmg"],
            ),
            (
                "L’allocation d’éducation de l’enfant handicapé (AEEH)",
                &["aeeh"],
            ),
        ],
    },
];

/// What is asked of each child, and ticked for all of them at once.
pub(super) const OF_CHILDREN: &[(&str, &str)] = &[
    (
        "rempli_obligation_scolaire",
        "Quels enfants vont à l’école, ou sont instruits à la maison ?",
    ),
    (
        "garde_alternee",
        "Quels enfants vivent en résidence alternée ?",
    ),
    (
        "adoption",
        "Quels enfants ont été adoptés, ou sont confiés en vue d’adoption ?",
    ),
];

/// What children have of their own.
pub(super) const CHILDREN_MONEY: (&str, &str) = (
    "enfant_argent",
    "Quels enfants ont eu de l’argent à eux (salaire, pension, rente) ces mois-là ?",
);
/// What is rarely so of children.
pub(super) const CHILDREN_STATE: (&str, &str) = (
    "enfant_situation",
    "Quels enfants travaillent, sont en apprentissage ou en stage, boursiers, ou reconnus handicapés ?",
);

#[cfg(test)]
mod tests {
    use super::{FIRST, GROUPS, OF_CHILDREN, ONLY_OF_CHILDREN, Shape};
    use crate::asking::household::lasts;
    use crate::period::Rhythm;

    #[test]
    fn every_name_is_a_fact_of_the_law_files_said_for_what_its_group_says() {
        let law = crate::compile_layers(&[crate::embedded()]).unwrap();
        let fact = |name: &str| {
            let (_, variable) = law.variable(name).unwrap_or_else(|| panic!("{name}"));
            assert!(!variable.is_rule(), "{name}");
            variable
        };
        for name in FIRST.iter().chain(ONLY_OF_CHILDREN) {
            fact(name);
        }
        for (name, _) in OF_CHILDREN {
            assert!(lasts(fact(name)), "{name}");
        }
        for group in GROUPS {
            for name in group.lines.iter().flat_map(|(_, facts)| facts.iter()) {
                let variable = fact(name);
                assert!(name.is_ascii(), "{name} is a word in forms");
                match group.shape {
                    Shape::Since => assert!(lasts(variable), "{name}"),
                    Shape::Months => {
                        assert!(
                            !lasts(variable) && variable.rhythm == Rhythm::Month,
                            "{name}"
                        );
                    }
                    Shape::Year => assert!(!lasts(variable), "{name}"),
                }
            }
        }
    }
}
