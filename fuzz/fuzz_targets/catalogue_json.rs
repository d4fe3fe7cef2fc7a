//! No bytes make the reading of a page in JSON panic; what is read can be walked, written and asked.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    if let Ok(page) = catalogue::page_of_json(bytes) {
        assert!(page.text().contains(&page.title));
        let _ = (page.pieces(), page.ways());
    }
});
