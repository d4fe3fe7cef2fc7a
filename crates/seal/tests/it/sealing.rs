//! Sealed values: opened only by their key at their place, and refused in every other way.

use crate::fixture::rng;
use domain::Compartment;
use domain::id::{OrganisationId, PersonId};
use proptest::prelude::*;
use seal::{Binding, ContentType, ErasureShare, Key, SealError, effective_key, open, padme, seal};

pub(crate) const CONTENTS: [ContentType; 20] = [
    ContentType::Entry,
    ContentType::Reading,
    ContentType::FileKey,
    ContentType::File,
    ContentType::CompartmentKey,
    ContentType::TeamKey,
    ContentType::Account,
    ContentType::Session,
    ContentType::OrganisationName,
    ContentType::AccountName,
    ContentType::TeamName,
    ContentType::ShortCode,
    ContentType::Purpose,
    ContentType::Backup,
    ContentType::Recovery,
    ContentType::OrganisationKey,
    ContentType::Import,
    ContentType::Invitation,
    ContentType::Reminder,
    ContentType::Letter,
];

pub(crate) fn place() -> Binding {
    Binding::new(ContentType::Entry)
        .organisation(OrganisationId::from_bytes([1; 16]))
        .person(PersonId::from_bytes([2; 16]))
        .compartment(Compartment::Health)
        .object(&[3; 16])
        .sequence(4)
        .epoch(5)
}

/// The same place with one part changed, for each part.
pub(crate) fn elsewhere() -> Vec<Binding> {
    let p = place();
    let mut all = vec![
        p.organisation(OrganisationId::from_bytes([9; 16])),
        p.person(PersonId::from_bytes([9; 16])),
        p.compartment(Compartment::Legal),
        p.object(&[9; 16]),
        p.sequence(5),
        p.epoch(4),
        // Swapped neighbours: the same bytes in the other field.
        p.organisation(OrganisationId::from_bytes([2; 16]))
            .person(PersonId::from_bytes([1; 16])),
        p.person(PersonId::from_bytes([3; 16])).object(&[2; 16]),
    ];
    all.extend(CONTENTS.into_iter().skip(1).map(|content| {
        Binding::new(content)
            .organisation(OrganisationId::from_bytes([1; 16]))
            .person(PersonId::from_bytes([2; 16]))
            .compartment(Compartment::Health)
            .object(&[3; 16])
            .sequence(4)
            .epoch(5)
    }));
    all
}

#[test]
fn a_value_moved_anywhere_else_is_refused() {
    let key = Key::from_bytes([7; 32]);
    let sealed = seal(&key, &place(), b"words", &mut rng(1)).unwrap();
    assert_eq!(open(&key, &place(), &sealed).unwrap().as_slice(), b"words");
    for (i, binding) in elsewhere().iter().enumerate() {
        assert_eq!(
            open(&key, binding, &sealed).unwrap_err(),
            SealError::Opening,
            "{i}"
        );
    }
}

#[test]
fn places_that_differ_have_different_bytes() {
    let mut all: Vec<Vec<u8>> = elsewhere().iter().map(Binding::to_bytes).collect();
    all.push(place().to_bytes());
    let count = all.len();
    all.sort();
    all.dedup();
    assert_eq!(all.len(), count);
}

#[test]
fn another_version_or_suite_is_refused_by_name() {
    let key = Key::from_bytes([7; 32]);
    let sealed = seal(&key, &place(), b"words", &mut rng(1)).unwrap();
    for (byte, value) in [(0, 0), (0, 2), (0, 255), (1, 0), (1, 2)] {
        let mut other = sealed.clone();
        other[byte] = value;
        assert_eq!(
            open(&key, &place(), &other).unwrap_err(),
            SealError::Version
        );
    }
}

#[test]
fn without_the_erasure_share_nothing_opens() {
    let compartment = Key::from_bytes([1; 32]);
    let real = effective_key(&compartment, &ErasureShare::from_bytes([2; 32]));
    let sealed = seal(&real, &place(), b"words", &mut rng(1)).unwrap();
    let other_share = effective_key(&compartment, &ErasureShare::from_bytes([3; 32]));
    let other_key = effective_key(
        &Key::from_bytes([3; 32]),
        &ErasureShare::from_bytes([2; 32]),
    );
    for key in [&compartment, &other_share, &other_key] {
        assert_eq!(
            open(key, &place(), &sealed).unwrap_err(),
            SealError::Commitment
        );
    }
}

#[test]
fn derived_keys_keep_the_borders_of_their_parts() {
    let key = Key::from_bytes([1; 32]);
    let derive = |parts: &[&[u8]]| *key.derive("a test", parts).as_bytes();
    assert_ne!(derive(&[b"ab", b"c"]), derive(&[b"a", b"bc"]));
    assert_ne!(derive(&[b"abc"]), derive(&[b"abc", b""]));
    assert_ne!(
        derive(&[b"abc"]),
        *key.derive("another test", &[b"abc"]).as_bytes()
    );
}

#[test]
fn secrets_print_as_nothing() {
    let key = Key::from_bytes([0xab; 32]);
    assert_eq!(format!("{key:?}"), "Key(…)");
    assert_eq!(
        format!("{:?}", ErasureShare::from_bytes([0xab; 32])),
        "ErasureShare(…)"
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn any_value_comes_back(
        value in proptest::collection::vec(any::<u8>(), 0..3000),
        seed in any::<u64>(),
    ) {
        let key = Key::generate(&mut rng(seed));
        let sealed = seal(&key, &place(), &value, &mut rng(seed ^ 1)).unwrap();
        let opened = open(&key, &place(), &sealed).unwrap();
        prop_assert_eq!(opened.as_slice(), value.as_slice());
    }

    #[test]
    fn another_key_is_told_before_opening(
        value in proptest::collection::vec(any::<u8>(), 0..200),
        a in any::<u64>(),
        b in any::<u64>(),
    ) {
        prop_assume!(a != b);
        let sealed = seal(&Key::generate(&mut rng(a)), &place(), &value, &mut rng(0)).unwrap();
        let refused = open(&Key::generate(&mut rng(b)), &place(), &sealed);
        prop_assert_eq!(refused.unwrap_err(), SealError::Commitment);
    }

    #[test]
    fn any_changed_bit_is_refused(
        value in proptest::collection::vec(any::<u8>(), 0..200),
        place_of_change in any::<proptest::sample::Index>(),
        bit in 0_u8..8,
    ) {
        let key = Key::from_bytes([7; 32]);
        let mut sealed = seal(&key, &place(), &value, &mut rng(1)).unwrap();
        let index = place_of_change.index(sealed.len());
        sealed[index] ^= 1 << bit;
        prop_assert!(open(&key, &place(), &sealed).is_err());
    }

    #[test]
    fn any_cut_or_added_byte_is_refused(
        value in proptest::collection::vec(any::<u8>(), 0..200),
        cut in any::<proptest::sample::Index>(),
        added in any::<u8>(),
    ) {
        let key = Key::from_bytes([7; 32]);
        let mut sealed = seal(&key, &place(), &value, &mut rng(1)).unwrap();
        prop_assert!(open(&key, &place(), &sealed[..cut.index(sealed.len())]).is_err());
        sealed.push(added);
        prop_assert!(open(&key, &place(), &sealed).is_err());
    }

    #[test]
    fn no_bytes_make_open_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        let _ = open(&Key::from_bytes([7; 32]), &place(), &bytes);
    }

    #[test]
    fn padding_adds_at_most_an_eighth_and_never_shrinks(length in 0_u64..1 << 40) {
        let padded = padme(length);
        prop_assert!(padded >= length);
        prop_assert!(length < 2 || (padded - length) * 8 <= length);
        prop_assert_eq!(padme(padded), padded);
        prop_assert!(padme(length + 1) >= padded);
    }

    #[test]
    fn lengths_of_one_class_are_sealed_alike(a in 200_usize..208, b in 200_usize..208) {
        let key = Key::from_bytes([7; 32]);
        let size = |length| seal(&key, &place(), &vec![1; length], &mut rng(1)).unwrap().len();
        prop_assume!(padme(a as u64 + 4) == padme(b as u64 + 4));
        prop_assert_eq!(size(a), size(b));
    }
}
