//! What a French word keeps whichever way it is bent. A light one: number, gender, the endings of
//! verbs in -er and -ir, and a few that make a noun of a verb. Stronger ones join words that people
//! do not (« argent » and « arguer »), and the crates that offer Snowball's have had no release for
//! years.

/// Endings, the longest first, and what must stand before them, in letters.
const ENDINGS: &[(&str, usize)] = &[
    ("issements", 4),
    ("issement", 4),
    ("ataires", 3),
    ("ataire", 3),
    ("ations", 3),
    ("ation", 3),
    ("atrices", 4),
    ("atrice", 4),
    ("ateurs", 4),
    ("ateur", 4),
    ("ements", 4),
    ("ement", 4),
    ("issent", 4),
    ("issant", 4),
    ("euses", 4),
    ("euse", 4),
    ("eurs", 4),
    ("eur", 4),
    ("aient", 4),
    ("ions", 4),
    ("ion", 4),
    ("ives", 4),
    ("ive", 4),
    ("ifs", 4),
    ("if", 4),
    ("ees", 3),
    ("ee", 3),
    ("ait", 4),
    ("ais", 5),
    ("era", 4),
    ("es", 3),
    ("er", 3),
    ("ez", 3),
    ("ir", 3),
    ("is", 4),
    ("it", 4),
    ("e", 3),
    ("s", 3),
    ("x", 4),
];

/// Words whose bare stem is another word's: « mari » and « marier », « pays » and « payer ».
const APART: &[(&str, &str)] = &[
    ("mari", "mari'"),
    ("maris", "mari'"),
    ("papi", "papi'"),
    ("papis", "papi'"),
    ("pays", "pays'"),
];

/// The stem of a folded word.
pub(crate) fn stem(word: &str) -> String {
    if let Some((_, apart)) = APART.iter().find(|(w, _)| *w == word) {
        return (*apart).to_owned();
    }
    if word.chars().count() <= 3 || word.bytes().any(|b| b.is_ascii_digit()) {
        return word.to_owned();
    }
    let mut stem = word.to_owned();
    if let Some(start) = stem
        .strip_suffix("aux")
        .filter(|s| s.chars().count() >= 3 && !s.ends_with('e'))
    {
        stem = format!("{start}al");
    }
    // Twice: « employés » loses its number, then what the verb added.
    for turn in 0..2 {
        let cut = ENDINGS.iter().find_map(|(ending, before)| {
            // The last letter of « pens-ion » is no plural.
            let start = stem
                .strip_suffix(ending)
                .filter(|_| turn == 0 || ending.len() > 1)?;
            (start.chars().count() >= *before).then_some(start.len())
        });
        match cut {
            Some(length) => stem.truncate(length),
            None => break,
        }
    }
    // « renouvellement » and « renouveler », « appel » and « appelle ».
    let bytes = stem.as_bytes();
    if let [.., a, b] = bytes
        && a == b
        && stem.len() > 3
        && !matches!(b, b'a' | b'e' | b'i' | b'o' | b'u')
    {
        stem.pop();
    }
    // « maladie » and « malade », « emploi » and « employer ».
    if stem.len() > 4 && stem.ends_with(['i', 'y']) {
        stem.pop();
    }
    stem
}

#[cfg(test)]
mod tests {
    use super::stem;

    #[test]
    fn words_bent_differently_meet() {
        for group in [
            &["allocation", "allocations", "allocataire"][..],
            &["hebergement", "heberger", "hebergee"],
            &["licencie", "licenciement", "licencier"],
            &["renouvellement", "renouveler", "renouvele"],
            &["employeur", "employe", "employes"],
            &["expulsion", "expulsions"],
            &["social", "sociale", "sociales", "sociaux"],
            &["divorce", "divorcer", "divorces"],
        ] {
            let first = stem(group[0]);
            for word in group {
                assert_eq!(stem(word), first, "{word}");
            }
        }
    }

    #[test]
    fn words_that_differ_stay_apart() {
        for (a, b) in [("parent", "parler"), ("mari", "mariage"), ("rsa", "rse")] {
            assert_ne!(stem(a), stem(b), "{a} {b}");
        }
    }
}
