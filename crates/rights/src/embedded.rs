//! The law files that come with the program.

use crate::syntax::Source;

macro_rules! files {
    ($($name:literal),+ $(,)?) => {
        /// Names and texts, in the order they are read.
        const FILES: &[(&str, &str)] = &[$(($name, include_str!(concat!("../law/", $name)))),+];
    };
}

files!(
    "personnes.droit",
    "revenus.droit",
    "montants_impot.droit",
    "montants_familles.droit",
    "familles.droit",
    "allocations_familiales.droit",
    "complement_familial.droit",
    "soutien_familial.droit",
    "rentree_scolaire.droit",
    "paje.droit",
    "montants_cheque_energie.droit",
    "cheque_energie.droit",
    "domiciliation.droit",
    "aide_medicale.droit",
    "montants_justice.droit",
    "aide_juridictionnelle.droit",
    "autres_revenus.droit",
    "montants_rsa.droit",
    "rsa.droit",
    "montants_prime_activite.droit",
    "prime_activite.droit",
    "montants_handicap.droit",
    "handicap.droit",
    "montants_vieillesse.droit",
    "vieillesse.droit",
    "zones_logement.droit",
    "montants_logement.droit",
    "montants_logement_participation.droit",
    "montants_logement_lointain.droit",
    "montants_logement_loyers.droit",
    "montants_reduction_loyer.droit",
    "plafonds_reduction_loyer.droit",
    "montants_logement_foyer.droit",
    "montants_logement_bareme_foyer.droit",
    "logement.droit",
    "aide_logement.droit",
    "aide_logement_foyer.droit",
    "montants_sante.droit",
    "complementaire_sante.droit",
);

/// The law files that come with the program.
#[must_use]
pub fn embedded() -> Vec<Source> {
    let files = FILES.iter();
    files
        .map(|(name, text)| Source {
            name: (*name).to_owned(),
            text: (*text).to_owned(),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::{FILES, embedded};

    #[test]
    fn every_file_of_the_folder_is_embedded_and_right() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/law");
        let names = std::fs::read_dir(folder)
            .unwrap()
            .map(|e| e.unwrap().file_name());
        let mut names: Vec<String> = names.map(|n| n.into_string().unwrap()).collect();
        names.sort();
        let mut known: Vec<&str> = FILES.iter().map(|(name, _)| *name).collect();
        known.sort_unstable();
        assert_eq!(names, known);
        if let Err(faults) = crate::compile_layers(&[embedded()]) {
            let all: Vec<String> = faults.iter().map(ToString::to_string).collect();
            panic!("{}", all.join("\n"));
        }
    }
}
