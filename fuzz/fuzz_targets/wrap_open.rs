//! No bytes make the unwrapping of a key panic, and none that were not wrapped open.
#![no_main]

use seal::{Binding, ContentType, KemPublic, KemSecret, unwrap};

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let place = Binding::new(ContentType::CompartmentKey);
    assert!(unwrap(&KemSecret::from_seed([7; 32]), &place, bytes).is_err());
    if let Ok(public) = KemPublic::from_slice(bytes) {
        assert_eq!(public.as_bytes(), bytes);
    }
});
