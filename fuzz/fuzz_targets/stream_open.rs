//! No bytes, cut anywhere, make the opening of a file panic; and a true sealed file with bytes
//! changed never gives more than it held.
#![no_main]

use rand_core::SeedableRng;
use seal::{Binding, ContentType, FileOpener, FileSealer, Key};

libfuzzer_sys::fuzz_target!(|input: (u32, u16, Vec<u8>, Vec<u8>)| {
    let (length, cut, content, changes) = input;
    let key = Key::from_bytes([7; 32]);
    let place = Binding::new(ContentType::File);

    let mut out = Vec::new();
    let mut opener = FileOpener::new(&key, &place, u64::from(length));
    let whole = content
        .chunks(usize::from(cut).max(1))
        .try_for_each(|piece| opener.push(piece, &mut out))
        .and_then(|()| opener.finish(&mut out));
    assert!(whole.is_err() && out.is_empty());

    let mut rng = rand_chacha::ChaCha20Rng::seed_from_u64(1);
    let mut sealer = FileSealer::new(&key, &place, &mut rng);
    let mut sealed = sealer.header();
    sealer.push(&content, &mut sealed).expect("short");
    let true_length = sealer.finish(&mut sealed).expect("short");
    let mut changed = false;
    for pair in changes.chunks_exact(2) {
        let at = usize::from(pair[0]) % sealed.len();
        sealed[at] ^= pair[1];
        changed |= pair[1] != 0;
    }
    let mut opener = FileOpener::new(&key, &place, true_length);
    let whole = sealed
        .chunks(usize::from(cut).max(1))
        .try_for_each(|piece| opener.push(piece, &mut out))
        .and_then(|()| opener.finish(&mut out));
    assert!(out.len() <= content.len() && content.starts_with(&out));
    assert!(changed || whole.is_ok());
    assert!(whole.is_err() || out == content);
});
