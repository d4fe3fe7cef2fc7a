//! What the parser of signed statements accepts is exactly what it would write, and a trust that
//! knows nobody but its root admits none of it unless the root signed.
#![no_main]

use seal::{
    Basis, GrantFacts, GrantRecipient, RootFingerprint, Signed, SigningKey, Statement, Trust,
};

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    if let Ok(signed) = Signed::parse(bytes) {
        assert_eq!(signed.to_bytes(), bytes);
        let root = SigningKey::from_seed(&[7; 32]).verifying();
        if let Ok(mut trust) = Trust::new(root, &RootFingerprint::of(&root)) {
            let admitted = trust.admit(&signed).is_ok();
            assert!(!admitted || signed.signer == root.key_id());
            let _ = trust.verify_person_keys(&signed);
            let _ = trust.verify_grant(&signed, &[]);
            if let Statement::GrantEnd {
                grant,
                person,
                issued_at,
            } = signed.statement
            {
                let facts = GrantFacts {
                    grant,
                    person,
                    recipient: GrantRecipient::Keepers,
                    compartments: Default::default(),
                    basis: Basis::Recovery,
                    purpose: Vec::new(),
                    until: None,
                    issued_at,
                };
                assert!(trust.verify_grant_end(&signed, &[], &facts).is_err());
            }
        }
    }
});
