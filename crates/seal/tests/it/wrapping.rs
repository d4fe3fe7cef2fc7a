//! Keys wrapped to public keys: opened only by the secret half, at their place.

use crate::fixture::rng;
use crate::sealing::{elsewhere, place};
use proptest::prelude::*;
use seal::{KemPublic, KemSecret, SealError, unwrap, wrap_to};

#[test]
fn a_wrapped_key_comes_back_only_at_its_place_to_its_recipient() {
    let recipient = KemSecret::from_seed([1; 32]);
    let wrapped = wrap_to(&recipient.public(), &place(), &[7; 32], &mut rng(1)).unwrap();
    assert_eq!(
        unwrap(&recipient, &place(), &wrapped).unwrap().as_slice(),
        [7; 32]
    );
    for (i, binding) in elsewhere().iter().enumerate() {
        assert_eq!(
            unwrap(&recipient, binding, &wrapped).unwrap_err(),
            SealError::Opening,
            "{i}"
        );
    }
    let stranger = KemSecret::from_seed([2; 32]);
    assert_eq!(
        unwrap(&stranger, &place(), &wrapped).unwrap_err(),
        SealError::Opening
    );
}

#[test]
fn another_version_is_refused_by_name() {
    let recipient = KemSecret::from_seed([1; 32]);
    let mut wrapped = wrap_to(&recipient.public(), &place(), &[7; 32], &mut rng(1)).unwrap();
    for version in [0, 2, 255] {
        wrapped[0] = version;
        assert_eq!(
            unwrap(&recipient, &place(), &wrapped).unwrap_err(),
            SealError::Version
        );
    }
}

#[test]
fn a_wrapped_key_cut_or_followed_by_more_is_refused() {
    let recipient = KemSecret::from_seed([1; 32]);
    let mut wrapped = wrap_to(&recipient.public(), &place(), &[7; 32], &mut rng(1)).unwrap();
    for length in [0, 1, 2, 1120, 1121, 1122, wrapped.len() - 1] {
        assert!(
            unwrap(&recipient, &place(), &wrapped[..length]).is_err(),
            "{length}"
        );
    }
    wrapped.push(0);
    assert!(unwrap(&recipient, &place(), &wrapped).is_err());
}

#[test]
fn only_public_keys_are_taken_for_one() {
    let public = KemSecret::from_seed([1; 32]).public();
    assert_eq!(KemPublic::from_slice(public.as_bytes()).unwrap(), public);
    assert!(KemPublic::from_slice(&public.as_bytes()[1..]).is_err());
    assert!(KemPublic::from_slice(&[0xff; 1216]).is_err());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn any_changed_bit_is_refused(index in any::<proptest::sample::Index>(), bit in 0_u8..8) {
        let recipient = KemSecret::from_seed([1; 32]);
        let mut wrapped = wrap_to(&recipient.public(), &place(), &[7; 32], &mut rng(1)).unwrap();
        let index = index.index(wrapped.len());
        wrapped[index] ^= 1 << bit;
        prop_assert!(unwrap(&recipient, &place(), &wrapped).is_err());
    }
}
