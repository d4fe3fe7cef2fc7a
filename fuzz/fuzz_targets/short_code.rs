//! No text makes the parser of short codes panic, and what is accepted comes back the same.
#![no_main]

use seal::ShortCode;

libfuzzer_sys::fuzz_target!(|typed: &str| {
    if let Ok(code) = ShortCode::parse(typed) {
        let again = ShortCode::parse(&code.to_string()).map(|c| c.to_string());
        assert_eq!(again, Ok(code.to_string()));
    }
});
