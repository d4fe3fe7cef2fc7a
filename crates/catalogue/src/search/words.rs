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
    } else if LITTLE.binary_search(&word).is_ok()
        || word
            .strip_suffix(['s', 'x'])
            .is_some_and(|one| LITTLE.binary_search(&one).is_ok())
    {
        0.3
    } else {
        1.0
    }
}

/// Words that tell no page from another. Sorted: a test holds it.
#[rustfmt::skip]
const NOTHING: &[&str] = &[
    "afin", "ai", "aie", "ainsi", "ait", "aller", "allez", "allons", "alors", "apres", "as", "au",
    "aucun", "aucune", "aucunement", "aujourd", "auquel", "aura", "aurai", "auraient", "aurait",
    "aurons", "auront", "aussi", "autre", "autres", "aux", "avais", "avait", "avant", "avec",
    "avez", "avoir", "avons", "ayant", "bah", "beaucoup", "ben", "bien", "bientot", "bonjour",
    "bonsoir", "bref", "ca", "car", "ce", "ceci", "cela", "celle", "celui", "cependant", "certain",
    "certaine", "certaines", "certains", "ces", "cet", "cette", "ceux", "chaque", "chez", "ci",
    "combien", "comme", "comment", "contre", "coucou", "dans", "de", "deja", "demain", "depuis",
    "des", "desormais", "devra", "devraient", "devrais", "devrait", "dois", "doit", "doivent",
    "donc", "dont", "du", "elle", "elles", "en", "encore", "ensuite", "entre", "es", "est", "et",
    "etaient", "etais", "etait", "etant", "ete", "etes", "etre", "eu", "eux", "faire", "fais",
    "faisait", "fait", "faites", "fallait", "faudra", "faudrait", "faut", "fera", "ferai", "ferait",
    "font", "fut", "hein", "hier", "hop", "hui", "ici", "il", "ils", "je", "jusqu", "juste", "la",
    "laquelle", "le", "lequel", "les", "leur", "leurs", "lol", "lors", "lorsqu", "lorsque", "lui",
    "ma", "madame", "maintenant", "mais", "malgre", "me", "meme", "merci", "mes", "mien", "moi",
    "mon", "nan", "ne", "ni", "non", "nos", "notre", "nous", "nouveaux", "oh", "on", "ont", "ou",
    "ouais", "oui", "par", "parce", "parfois", "pas", "pendant", "peu", "peut", "peuvent", "peux",
    "plus", "plusieurs", "plutot", "pour", "pourquoi", "pourra", "pourrai", "pourraient",
    "pourrais", "pourrait", "pourrons", "pouvais", "pouvait", "pouvez", "pouvoir", "presque", "pu",
    "puis", "puisque", "puisse", "qu", "quand", "que", "quel", "quelle", "quelles", "quelqu",
    "quelque", "quelques", "quels", "qui", "quoi", "sa", "sais", "sait", "salut", "sauf", "se",
    "sera", "serai", "seraient", "serais", "serait", "seront", "ses", "si", "sinon", "soient",
    "soit", "sommes", "son", "sont", "souvent", "soyez", "stp", "suis", "sur", "svp", "ta",
    "tandis", "tant", "te", "tel", "telle", "tels", "tes", "tien", "toi", "ton", "tous", "tout",
    "toute", "toutefois", "toutes", "tres", "trop", "tu", "un", "une", "va", "vais", "vas",
    "venait", "vers", "veuillez", "veulent", "veut", "veux", "via", "vite", "voici", "voila",
    "vont", "vos", "votre", "voudrais", "voulais", "voulait", "vouloir", "vous", "vraiment", "vu",
];

/// Words that say little: most pages are about a request, a right or a case. Sorted: a test holds it.
#[rustfmt::skip]
const LITTLE: &[&str] = &[
    "accord", "agit", "aimerais", "an", "annee", "ans", "arrive", "arrivee", "arriver", "attends",
    "avantage", "beau", "belle", "besoin", "besoins", "bon", "bonne", "cas", "cherche", "chercher",
    "chose", "choses", "commence", "commencer", "comprends", "concernant", "condition",
    "conditions", "connaitre", "continuer", "croire", "decide", "decider", "demande", "demandent",
    "demander", "demarche", "demarches", "devenir", "difference", "different", "differents", "dire",
    "dit", "donne", "donnent", "donner", "dossier", "droit", "droits", "encore", "entendu",
    "envoie", "envoyer", "essaye", "essayer", "exemple", "expliquer", "faites", "fini", "fois",
    "francais", "france", "garder", "gars", "genre", "gens", "grand", "gros", "idee", "important",
    "jamais", "jour", "jours", "laisse", "laisser", "lieu", "loin", "long", "longtemps", "mal",
    "marche", "meilleur", "messieurs", "mettre", "mise", "mois", "moment", "monsieur", "necessaire",
    "nouveau", "nouvelle", "obtenir", "ok", "ordre", "parle", "partie", "payer", "pense",
    "personne", "personnes", "petit", "petite", "plein", "possible", "possibles", "premier",
    "premiere", "prend", "prendre", "pris", "probleme", "prochain", "question", "recemment",
    "recevoir", "recois", "recu", "refuse", "refusent", "regarder", "reste", "rester", "rien",
    "sans", "savoir", "semaine", "sens", "sert", "situation", "sorte", "suite", "suivre", "sujet",
    "tard", "tellement", "temps", "tenir", "touche", "toucher", "toujours", "trouver", "truc",
    "utile", "valable", "vie", "vis", "vivent", "voir", "vrai", "vraie",
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
