//! Communes by the name or the postal code that people know, for the Insee code that the law goes by.

use domain::search::plain;
use std::sync::OnceLock;

/// One a line: code, name, postal codes; lines that begin with `#` say where they come from.
const COMMUNES: &str = include_str!("../../data/communes.tsv");

/// The most communes a page shows to choose from.
const MOST: usize = 12;

/// A commune.
pub(super) struct Commune {
    pub(super) code: &'static str,
    name: &'static str,
    postcodes: &'static str,
    plain: String,
}

impl Commune {
    /// Its name with its department, as a page shows it.
    pub(super) fn words(&self) -> String {
        let overseas = self.code.starts_with("97") || self.code.starts_with("98");
        let department = self.code.get(..if overseas { 3 } else { 2 });
        format!("{} ({})", self.name, department.unwrap_or_default())
    }
}

fn all() -> &'static [Commune] {
    static ALL: OnceLock<Vec<Commune>> = OnceLock::new();
    ALL.get_or_init(|| {
        let lines = COMMUNES.lines().filter(|line| !line.starts_with('#'));
        lines
            .filter_map(|line| {
                let mut parts = line.split('\t');
                let (code, name, postcodes) = (parts.next()?, parts.next()?, parts.next()?);
                Some(Commune {
                    code,
                    name,
                    postcodes,
                    plain: plain(name),
                })
            })
            .collect()
    })
}

/// The commune of that code, in words; the code itself where no commune has it.
pub(super) fn words(code: &str) -> String {
    let found = all()
        .binary_search_by(|commune| commune.code.cmp(code))
        .ok();
    let found = found.and_then(|at| all().get(at));
    found.map_or_else(|| code.to_owned(), Commune::words)
}

/// What is typed of a name, as names are compared: without accents, `st` for `saint`.
fn spelt(typed: &str) -> String {
    let words = plain(typed);
    let words = words.split(' ').map(|word| match word {
        "st" => "saint",
        "ste" => "sainte",
        word => word,
    });
    words.collect::<Vec<_>>().join(" ")
}

/// Whether a typed word is a postal code or an Insee code.
fn is_code(word: &str) -> bool {
    word.len() == 5 && word.chars().skip(2).all(|c| c.is_ascii_digit())
}

/// The communes that what was typed may mean: a name, its beginning, a postal code, an Insee code, or a
/// name and a code. A name written whole means those of that very name.
pub(super) fn found(typed: &str) -> Vec<&'static Commune> {
    let (codes, words): (Vec<&str>, Vec<&str>) = typed
        .split([' ', ',', '(', ')'])
        .filter(|word| !word.is_empty())
        .partition(|word| is_code(word));
    let code = codes.first().map(|code| code.to_uppercase());
    let name = spelt(&words.join(" "));
    if code.is_none() && name.chars().count() < 2 {
        return Vec::new();
    }
    let coded = |commune: &&Commune| match &code {
        Some(code) => commune.code == code || commune.postcodes.split(',').any(|c| c == code),
        None => true,
    };
    let among = all().iter().filter(coded);
    let exact: Vec<&Commune> = among.clone().filter(|c| c.plain == name).collect();
    if name.is_empty() {
        return among.take(MOST).collect();
    }
    if !exact.is_empty() {
        return exact.into_iter().take(MOST).collect();
    }
    among
        .filter(|commune| commune.plain.starts_with(&name))
        .take(MOST)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::{all, found, words};

    fn codes(typed: &str) -> Vec<&'static str> {
        found(typed).into_iter().map(|c| c.code).collect()
    }

    #[test]
    fn every_line_is_a_commune_in_the_order_of_codes() {
        assert!(all().len() > 34_900);
        assert!(all().windows(2).all(|two| two[0].code < two[1].code));
        assert!(
            all()
                .iter()
                .all(|c| c.code.len() == 5 && !c.name.is_empty())
        );
    }

    #[test]
    fn a_commune_is_found_as_people_write_it() {
        assert_eq!(codes("Lille"), ["59350"]);
        assert_eq!(codes("  lille "), ["59350"]);
        assert_eq!(codes("59000"), ["59350"]);
        assert_eq!(codes("Lille 59000"), ["59350"]);
        assert_eq!(codes("75011"), ["75056"]);
        assert_eq!(codes("ajaccio"), ["2A004"]);
        assert_eq!(codes("2a004"), ["2A004"]);
        assert_eq!(codes("St-Ouen-sur-Seine"), ["93070"]);
        assert_eq!(words("59350"), "Lille (59)");
        assert_eq!(words("97411"), "Saint-Denis (974)");
    }

    #[test]
    fn what_may_mean_several_gives_all_of_them() {
        let saints = codes("Saint-Denis");
        assert!(saints.contains(&"93066") && saints.contains(&"97411"));
        // A postal code of one and the Insee code of another.
        let both = codes("59350");
        assert!(both.contains(&"59350") && both.len() > 1, "{both:?}");
    }

    #[test]
    fn what_means_nothing_gives_nothing() {
        for typed in ["", " ", "x", "99999", "nulle part du tout", "Lille 75011"] {
            assert!(codes(typed).is_empty(), "{typed}");
        }
        assert_eq!(words("00000"), "00000");
    }
}
