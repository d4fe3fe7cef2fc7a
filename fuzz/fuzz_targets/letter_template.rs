//! A template that is taken names known places alone, and a letter without values leaves each of them
//! to write.
#![no_main]

use domain::letter::{PLACES, Template};

libfuzzer_sys::fuzz_target!(|text: &str| {
    let Ok(template) = Template::parse(text) else {
        return;
    };
    let places = template.places();
    assert!(places.iter().all(|place| PLACES.contains(place)));
    let letter = template.fill(&std::collections::BTreeMap::new());
    assert_eq!(letter.missing, places);
});
