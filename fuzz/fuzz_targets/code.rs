//! No text makes a parser of typed codes panic, and what is accepted comes back the same.
#![no_main]

use seal::{Pin, Possession, RootFingerprint, RootKey};

libfuzzer_sys::fuzz_target!(|typed: &str| {
    if let Ok(secret) = Possession::parse(typed) {
        let again = Possession::parse(&secret.to_code()).map(|s| *s.as_bytes());
        assert_eq!(again, Ok(*secret.as_bytes()));
    }
    if let Ok(root) = RootKey::parse(typed) {
        let again = RootKey::parse(&root.to_code()).map(|r| r.signing().verifying());
        assert_eq!(again, Ok(root.signing().verifying()));
    }
    if let Ok(fingerprint) = typed.parse::<RootFingerprint>() {
        assert_eq!(fingerprint.to_string().parse(), Ok(fingerprint));
    }
    let _ = Pin::parse(typed).map(|pin| pin.is_too_simple());
});
