//! No bytes make the import of an archive, zip or tgz, panic; an edition that comes of them opens and
//! answers.
#![no_main]

use catalogue::{Limits, import};
use std::io::Cursor;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let Ok(folder) = tempfile::tempdir() else {
        return;
    };
    let imported = import(Cursor::new(bytes), folder.path(), None, &Limits::default(), &mut |_| {});
    if let Ok((edition, _)) = imported {
        for listed in edition.pages() {
            assert!(edition.read(listed).is_ok());
            let _ = edition.search(&listed.title, 3);
        }
    }
});
