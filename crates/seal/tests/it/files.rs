//! Files sealed as they flow: whole and in order, or refused.

use crate::fixture::rng;
use crate::sealing::{elsewhere, place};
use proptest::prelude::*;
use seal::{Binding, CHUNK, FileOpener, FileSealer, Key, SealError, padme, sealed_length};

const HEADER: usize = 53;
const SEALED_CHUNK: usize = CHUNK + 16;

fn key() -> Key {
    Key::from_bytes([7; 32])
}

/// Bytes with no zero among them, so that padding is never mistaken for content.
fn content(length: usize) -> Vec<u8> {
    (0..length)
        .map(|i| u8::try_from(i % 251).unwrap() + 1)
        .collect()
}

fn seal_in(content: &[u8], piece: usize) -> Vec<u8> {
    let mut sealer = FileSealer::new(&key(), &place(), &mut rng(1));
    let mut out = sealer.header();
    for part in content.chunks(piece.max(1)) {
        sealer.push(part, &mut out).unwrap();
    }
    assert_eq!(sealer.finish(&mut out).unwrap(), content.len() as u64);
    out
}

fn open_with(
    key: &Key,
    binding: &Binding,
    sealed: &[u8],
    length: u64,
    piece: usize,
) -> Result<Vec<u8>, SealError> {
    let mut opener = FileOpener::new(key, binding, length);
    let mut out = Vec::new();
    for part in sealed.chunks(piece.max(1)) {
        opener.push(part, &mut out)?;
    }
    opener.finish(&mut out)?;
    Ok(out)
}

fn open_whole(sealed: &[u8], length: usize) -> Result<Vec<u8>, SealError> {
    open_with(&key(), &place(), sealed, length as u64, sealed.len())
}

#[test]
fn files_around_the_edges_of_chunks_come_back() {
    for length in [
        0,
        1,
        2,
        CHUNK - 1,
        CHUNK,
        CHUNK + 1,
        2 * CHUNK,
        3 * CHUNK + 5,
    ] {
        let sealed = seal_in(&content(length), CHUNK);
        assert_eq!(
            sealed.len() as u64,
            sealed_length(length as u64),
            "{length}"
        );
        assert_eq!(
            open_whole(&sealed, length).unwrap(),
            content(length),
            "{length}"
        );
    }
}

#[test]
fn chunks_cut_swapped_repeated_or_added_are_refused() {
    let length = 3 * CHUNK + 100;
    let sealed = seal_in(&content(length), CHUNK);
    let (header, chunks) = sealed.split_at(HEADER);
    let chunks: Vec<&[u8]> = chunks.chunks(SEALED_CHUNK).collect();
    let of = |order: &[usize]| {
        let body: Vec<u8> = order.iter().flat_map(|i| chunks[*i]).copied().collect();
        [header, &body].concat()
    };
    assert!(chunks.len() >= 4);
    assert_eq!(
        open_whole(&of(&[0, 1, 2, 3]), length).unwrap(),
        content(length)
    );
    for order in [
        &[][..],
        &[0],
        &[0, 1, 2],
        &[0, 1, 3],
        &[1, 2, 3],
        &[1, 0, 2, 3],
        &[0, 0, 1, 2, 3],
        &[0, 1, 2, 3, 3],
        &[3],
    ] {
        assert!(open_whole(&of(order), length).is_err(), "{order:?}");
    }
}

#[test]
fn a_file_of_another_key_place_or_version_is_refused() {
    let sealed = seal_in(&content(100), 100);
    let other = Key::from_bytes([8; 32]);
    let refused = open_with(&other, &place(), &sealed, 100, 64);
    assert_eq!(refused.unwrap_err(), SealError::Commitment);
    for (i, binding) in elsewhere().iter().enumerate() {
        assert!(open_with(&key(), binding, &sealed, 100, 64).is_err(), "{i}");
    }
    for (byte, value) in [(0, 0), (0, 2), (1, 2)] {
        let mut other = sealed.clone();
        other[byte] = value;
        assert_eq!(open_whole(&other, 100).unwrap_err(), SealError::Version);
    }
}

#[test]
fn a_length_of_another_class_is_refused() {
    let sealed = seal_in(&content(100_000), CHUNK);
    for length in [0, 1, 50_000, 90_000, 110_000, 1_000_000] {
        assert!(open_whole(&sealed, length).is_err(), "{length}");
    }
}

#[test]
fn a_length_shorter_than_the_file_is_refused_within_its_class() {
    let sealed = seal_in(&content(100_000), CHUNK);
    assert!(open_whole(&sealed, 99_999).is_err());
}

/// Bytes that end in a zero seal to what a file one byte shorter, or longer, seals to.
#[test]
fn a_file_of_another_length_in_the_same_class_is_refused() {
    let key = Key::from_bytes([7; 32]);
    let mut sealer = FileSealer::new(&key, &place(), &mut rng(1));
    let mut file = sealer.header();
    sealer.push(&[5; 1000], &mut file).unwrap();
    sealer.finish(&mut file).unwrap();
    assert_eq!(sealed_length(1000), sealed_length(1001));
    let mut opener = FileOpener::new(&key, &place(), 1001);
    let mut out = Vec::new();
    let verdict = opener
        .push(&file, &mut out)
        .and_then(|()| opener.finish(&mut out));
    assert!(verdict.is_err(), "{} bytes came out", out.len());
}

#[test]
fn no_length_makes_the_opener_panic() {
    let _ = FileOpener::new(&Key::from_bytes([7; 32]), &place(), u64::MAX);
    let _ = sealed_length(u64::MAX);
}

#[test]
fn a_file_of_the_longest_length_counts_without_wrapping() {
    assert_eq!(sealed_length(u64::MAX), u64::MAX);
    assert_eq!(padme(u64::MAX), u64::MAX);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn any_split_in_and_out_gives_the_same_file(
        length in 0_usize..200_000,
        piece_in in 1_usize..90_000,
        piece_out in 1_usize..90_000,
    ) {
        let sealed = seal_in(&content(length), piece_in);
        prop_assert_eq!(&sealed, &seal_in(&content(length), length.max(1)));
        let opened = open_with(&key(), &place(), &sealed, length as u64, piece_out).unwrap();
        prop_assert_eq!(opened, content(length));
    }

    #[test]
    fn any_changed_bit_or_cut_is_refused(
        length in 0_usize..140_000,
        index in any::<proptest::sample::Index>(),
        bit in 0_u8..8,
    ) {
        let sealed = seal_in(&content(length), CHUNK);
        let index = index.index(sealed.len());
        prop_assert!(open_whole(&sealed[..index], length).is_err());
        let mut changed = sealed;
        changed[index] ^= 1 << bit;
        prop_assert!(open_whole(&changed, length).is_err());
    }
}
