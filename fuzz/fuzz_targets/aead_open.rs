//! No bytes make the opening of a sealed value panic, and none that were not sealed open.
#![no_main]

use seal::{Binding, ContentType, Key, open};

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let place = Binding::new(ContentType::Entry);
    assert!(open(&Key::from_bytes([7; 32]), &place, bytes).is_err());
});
