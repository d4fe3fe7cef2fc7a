//! No set of typed sheets makes their combination panic. One line, one sheet.
#![no_main]

use seal::{RecoverySheet, combine};

libfuzzer_sys::fuzz_target!(|typed: &str| {
    let sheets: Vec<RecoverySheet> = typed
        .lines()
        .filter_map(|line| RecoverySheet::parse(line).ok())
        .collect();
    for sheet in &sheets {
        let again = RecoverySheet::parse(&sheet.to_code()).map(|s| s.to_code());
        assert_eq!(again, Ok(sheet.to_code()));
        assert!(sheet.threshold() <= sheet.keepers() && sheet.index() <= sheet.keepers());
    }
    let _ = combine(&sheets);
});
