//! What the parsers of entry headers and checkpoints accept is exactly what they would write.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    if let Ok(header) = seal::EntryHeader::parse(bytes) {
        assert_eq!(header.to_bytes(), bytes);
    }
    if let Ok(checkpoint) = seal::Checkpoint::parse(bytes) {
        assert_eq!(checkpoint.to_bytes(), bytes);
    }
});
