//! What the drawn households reach: the facts that decide these rights, by the reference's names, and in
//! how many households each says something.

use crate::run::Done;
use serde_json::Value as Json;
use std::collections::BTreeMap;

const FACTS: &[&str] = &[
    "date_naissance",
    "salaire_imposable",
    "chomage_imposable",
    "retraite_imposable",
    "salaire_net",
    "chomage_net",
    "retraite_nette",
    "retraite_brute",
    "garde_alternee",
    "pensions_alimentaires_percues",
    "statut_occupation_logement",
    "rsa_isolement_recent",
    "nationalite",
    "duree_possession_titre_sejour",
    "activite",
    "date_debut_chomage",
    "taux_incapacite",
    "aah_restriction_substantielle_durable_acces_emploi",
    "pensions_invalidite",
    "inapte_travail",
    "handicap",
    "statut_marital",
    "loyer",
    "zone_apl",
    "depcom",
    "coloc",
    "logement_chambre",
];

/// Counts of households by fact.
#[derive(Debug, Default)]
pub(super) struct Coverage {
    households: usize,
    facts: BTreeMap<&'static str, usize>,
}

impl Coverage {
    /// Counts one household.
    pub(super) fn add(&mut self, household: &Json) {
        self.households += 1;
        for fact in FACTS {
            let entities = household
                .as_object()
                .into_iter()
                .flat_map(|all| all.values());
            let mut whom = entities
                .filter_map(Json::as_object)
                .flat_map(|all| all.values());
            if whom.any(|one| one.get(*fact).is_some_and(says_something)) {
                *self.facts.entry(fact).or_default() += 1;
            }
        }
    }

    /// Prints the counts.
    ///
    /// # Errors
    /// Facts that no household states: the draw would prove nothing of them.
    pub(super) fn print(&self) -> Done {
        println!(
            "Households for which each fact says something, of {}",
            self.households
        );
        let mut absent = Vec::new();
        for fact in FACTS {
            let count = self.facts.get(fact).copied().unwrap_or_default();
            println!("{fact:60} {count:>7}");
            if count == 0 {
                absent.push(*fact);
            }
        }
        if absent.is_empty() {
            Ok(())
        } else {
            Err(format!("no household drawn states {}", absent.join(", ")))
        }
    }
}

/// Whether a fact is stated otherwise than by nothing.
fn says_something(periods: &Json) -> bool {
    let mut values = periods.as_object().into_iter().flat_map(|all| all.values());
    values.any(|value| match value {
        Json::Bool(value) => *value,
        Json::Number(value) => value.as_f64().is_some_and(|value| value != 0.0),
        Json::String(_) => true,
        _ => false,
    })
}
