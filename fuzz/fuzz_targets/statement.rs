//! What the parser of statements accepts is exactly what it would write.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    if let Ok(statement) = seal::Statement::parse(bytes) {
        assert_eq!(statement.to_bytes(), bytes);
    }
});
