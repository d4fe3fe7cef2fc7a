//! From a text to its words, folded and cut; and which of them say little.

use crate::fold::fold;

/// The words of a text, folded, without marks; an elided article is cut from what follows.
pub(crate) fn words(text: &str) -> Vec<String> {
    fold(text)
        .split(|c: char| !c.is_alphanumeric())
        .filter(|w| !w.is_empty() && w.len() <= LONGEST)
        .map(ToOwned::to_owned)
        .collect()
}

/// The longest word kept, in bytes: what is longer is an address or was written to harm.
const LONGEST: usize = 40;

/// How much a word of a query says: nothing, little, or all it can.
pub(crate) fn weight(word: &str) -> f32 {
    if word.chars().count() < 2 || NOTHING.binary_search(&word).is_ok() {
        0.0
    } else if word.bytes().all(|b| b.is_ascii_digit()) {
        0.25
    } else if LITTLE.binary_search(&word).is_ok() {
        0.3
    } else {
        1.0
    }
}

/// Words that tell no page from another. Sorted: a test holds it.
#[rustfmt::skip]
const NOTHING: &[&str] = &[
    "afin", "ai", "aie", "ainsi", "alors", "apres", "as", "au", "aucun", "aucune", "aujourd", "auquel",
    "aussi", "autre", "autres", "aux", "avais", "avait", "avant", "avec", "avez", "avoir", "avons", "bah",
    "beaucoup", "ben", "bien", "bonjour", "bonsoir", "ca", "car", "ce", "ceci", "cela", "celle",
    "celui", "ces", "cet", "cette", "ceux", "chez", "ci", "combien", "comme", "comment", "contre", "dans",
    "de", "deja", "depuis", "des", "dois", "doit", "doivent", "donc", "dont", "du", "elle", "elles", "en",
    "encore", "ensuite", "entre", "es", "est", "et", "etaient", "etais", "etait", "etant", "ete", "etes",
    "etre", "eu", "eux", "faire", "fais", "fait", "faites", "faudra", "faut", "font", "hui", "ici", "il",
    "ils", "je", "jusqu", "la", "laquelle", "le", "lequel", "les", "leur", "leurs", "lui", "ma", "mais",
    "me", "meme", "merci", "mes", "moi", "mon", "ne", "ni", "nos", "notre", "nous", "on", "ont", "ou",
    "oui", "par", "parce", "pas", "pendant", "peu", "peut", "peuvent", "peux", "plus", "plusieurs",
    "pour", "pourquoi", "pouvez", "pouvoir", "pu", "puis", "puisse", "qu", "quand", "que", "quel",
    "quelle", "quelles", "quelqu", "quels", "qui", "quoi", "sa", "sais", "sait", "se", "sera", "serai",
    "ses", "si", "soit", "sommes", "son", "sont", "suis", "sur", "ta", "te", "tes", "toi", "ton", "tous",
    "tout", "toute", "toutes", "tres", "trop", "tu", "un", "une", "va", "vais", "veulent", "veut", "veux",
    "voila", "vont", "vos", "votre", "voudrais", "vouloir", "vous", "vu",
];

/// Words that say little: most pages are about a request, a right or a case. Sorted: a test holds it.
#[rustfmt::skip]
const LITTLE: &[&str] = &[
    "an", "annee", "ans", "arrive", "avantage", "besoin", "bon", "bonne", "cas", "cherche", "chose",
    "concernant", "condition", "conditions", "connaitre", "demande", "demandent", "demander", "demarche",
    "demarches", "difference", "dire", "dit", "dossier", "droit", "droits", "encore", "fini", "francais",
    "france", "garder", "gens", "grand", "gros", "jour", "jours", "laisse", "laisser", "marche", "mettre",
    "mise", "mois", "monsieur", "nouveau", "nouvelle", "obtenir", "ok", "parle", "payer", "personne",
    "personnes", "petit", "petite", "possible", "prend", "prendre", "pris", "probleme", "question",
    "recevoir", "recois", "refuse", "refusent", "rien", "sans", "savoir", "semaine", "situation", "temps",
    "touche", "toucher", "toujours", "trouver", "truc", "utile", "valable", "vie", "voir",
];

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn lists_are_sorted_or_nothing_is_found_in_them() {
        assert!(NOTHING.is_sorted());
        assert!(
            LITTLE.is_sorted(),
            "{:?}",
            LITTLE.windows(2).find(|w| w[0] > w[1])
        );
    }

    #[test]
    fn elisions_are_cut() {
        assert_eq!(
            words("L’aide d'État, c'est-à-dire…").join(" "),
            "l aide d etat c est a dire"
        );
    }

    proptest! {
        #[test]
        fn words_are_folded_short_and_bare(text in ".{0,200}") {
            for word in words(&text) {
                prop_assert!(!word.is_empty() && word.len() <= LONGEST);
                prop_assert!(word.chars().all(char::is_alphanumeric));
                prop_assert_eq!(words(&word).concat(), word);
            }
        }

        #[test]
        fn accents_and_case_change_nothing(text in "[a-zA-Zéèêàçùîô' -]{0,80}") {
            prop_assert_eq!(words(&text), words(&text.to_uppercase()));
        }
    }
}
