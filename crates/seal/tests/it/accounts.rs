//! What unlocks an account: possession, passphrase or PIN, and pepper, all three.

use crate::fixture::rng;
use domain::id::{AccountId, DeviceId};
use seal::{
    AccountKeys, AccountPublic, Key, Pepper, Possession, SealError, SigningKey, StretchParameters,
    open_account, seal_account, stretch, unlock_key,
};

const ACCOUNT: AccountId = AccountId::from_bytes([1; 16]);
const DEVICE: DeviceId = DeviceId::from_bytes([2; 16]);

#[test]
fn all_three_are_needed_on_that_device_for_that_account() {
    let keys = AccountKeys::generate(&mut rng(1));
    let (had, known) = (Possession::generate(&mut rng(2)), Key::from_bytes([3; 32]));
    let pepper = Pepper::from_bytes([4; 32]);
    let unlock = unlock_key(&had, &known, &pepper);
    let sealed = seal_account(&unlock, ACCOUNT, DEVICE, &keys, &mut rng(5)).unwrap();
    let opened = open_account(&unlock, ACCOUNT, DEVICE, &sealed).unwrap();
    assert_eq!(opened.to_secret_bytes(), keys.to_secret_bytes());
    for wrong in [
        unlock_key(&Possession::generate(&mut rng(9)), &known, &pepper),
        unlock_key(&had, &Key::from_bytes([9; 32]), &pepper),
        unlock_key(&had, &known, &Pepper::from_bytes([9; 32])),
    ] {
        let refused = open_account(&wrong, ACCOUNT, DEVICE, &sealed);
        assert_eq!(refused.unwrap_err(), SealError::Commitment);
    }
    let other_account = AccountId::from_bytes([9; 16]);
    assert!(open_account(&unlock, other_account, DEVICE, &sealed).is_err());
    let other_device = DeviceId::from_bytes([9; 16]);
    assert!(open_account(&unlock, ACCOUNT, other_device, &sealed).is_err());
    // Both identifiers exchanged: the fields of a binding are not interchangeable.
    let (swapped_account, swapped_device) = (
        AccountId::from_bytes([2; 16]),
        DeviceId::from_bytes([1; 16]),
    );
    assert!(open_account(&unlock, swapped_account, swapped_device, &sealed).is_err());
}

#[test]
fn keys_have_one_form_and_print_as_nothing() {
    let keys = AccountKeys::generate(&mut rng(1));
    let bytes = keys.to_secret_bytes();
    assert_eq!(
        AccountKeys::from_secret_bytes(&bytes).unwrap().public(),
        keys.public()
    );
    for length in [0, 31, 32, 63] {
        assert!(
            AccountKeys::from_secret_bytes(&bytes[..length]).is_err(),
            "{length}"
        );
    }
    assert!(AccountKeys::from_secret_bytes(&[0; 65]).is_err());
    let shown = format!("{keys:?}");
    assert_eq!(
        shown,
        "AccountKeys { kem: KemSecret(…), signing: SigningKey(…) }"
    );
    let public = keys.public();
    assert_eq!(AccountPublic::parse(&public.to_bytes()).unwrap(), public);
    assert!(AccountPublic::parse(&public.to_bytes()[1..]).is_err());
}

#[test]
fn no_stored_parameter_lowers_the_cost() {
    let floor = StretchParameters::FLOOR;
    for weak in [
        StretchParameters {
            memory_kib: floor.memory_kib - 1,
            ..floor
        },
        StretchParameters {
            passes: floor.passes - 1,
            ..floor
        },
        StretchParameters { lanes: 0, ..floor },
        StretchParameters {
            memory_kib: 0,
            passes: 0,
            lanes: 0,
        },
    ] {
        let refused = stretch(b"passphrase", &[0; 16], &weak);
        assert_eq!(refused.unwrap_err(), SealError::WeakParameters);
    }
}

#[test]
fn no_stored_parameter_exhausts_the_machine() {
    let ceiling = StretchParameters::CEILING;
    for costly in [
        StretchParameters {
            memory_kib: ceiling.memory_kib + 1,
            ..ceiling
        },
        StretchParameters {
            passes: ceiling.passes + 1,
            ..ceiling
        },
        StretchParameters {
            lanes: ceiling.lanes + 1,
            ..ceiling
        },
    ] {
        let refused = stretch(b"passphrase", &[0; 16], &costly);
        assert_eq!(refused.unwrap_err(), SealError::CostlyParameters);
    }
}

#[test]
fn a_signature_is_for_one_key_one_message_and_one_use() {
    let key = SigningKey::from_seed(&[1; 32]);
    let signature = key.sign("a use", b"words");
    key.verifying()
        .verify("a use", b"words", &signature)
        .unwrap();
    let other = SigningKey::from_seed(&[2; 32]).verifying();
    for refused in [
        other.verify("a use", b"words", &signature),
        key.verifying().verify("another use", b"words", &signature),
        key.verifying().verify("a use", b"word", &signature),
    ] {
        assert_eq!(refused, Err(SealError::Signature));
    }
    for i in 0..64 {
        let mut bytes = *signature.as_bytes();
        bytes[i] ^= 1;
        let changed = seal::Signature::from_bytes(bytes);
        assert!(
            key.verifying().verify("a use", b"words", &changed).is_err(),
            "{i}"
        );
    }
}

#[test]
fn keys_of_small_order_verify_nothing() {
    // With the identity as key and as R and S zero, a lax verifier accepts every message.
    let mut identity = [0; 32];
    identity[0] = 1;
    let mut signature = [0; 64];
    signature[0] = 1;
    let signature = seal::Signature::from_bytes(signature);
    let refused = seal::VerifyingKey::from_bytes(identity).verify("a use", b"any", &signature);
    assert_eq!(refused, Err(SealError::Signature));
}
