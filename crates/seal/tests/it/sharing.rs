//! The keepers' sheets: any k of n give the key back, fewer do not, strangers are named.

use crate::fixture::rng;
use proptest::prelude::*;
use rand_core::{TryCryptoRng, TryRng};
use seal::{Key, MOST_KEEPERS, RecoveryKeys, RecoverySheet, SharingError, combine, split};
use std::convert::Infallible;

/// The sheets whose bit is set.
fn chosen(sheets: &[RecoverySheet], subset: u16) -> Vec<RecoverySheet> {
    let picked = sheets
        .iter()
        .enumerate()
        .filter(|(i, _)| subset >> i & 1 == 1);
    picked.map(|(_, sheet)| sheet.clone()).collect()
}

#[test]
fn every_possible_group_of_keepers() {
    let secret = Key::from_bytes([0x5a; 32]);
    for keepers in 1..=5 {
        for threshold in 1..=keepers {
            let sheets = split(&secret, threshold, keepers, &mut rng(1)).unwrap();
            for subset in 1_u16..1 << keepers {
                let group = chosen(&sheets, subset);
                let found = combine(&group);
                if group.len() >= usize::from(threshold) {
                    assert_eq!(found.unwrap().as_bytes(), secret.as_bytes());
                } else {
                    let given = u8::try_from(group.len()).unwrap();
                    let needed = threshold;
                    assert_eq!(found.unwrap_err(), SharingError::TooFew { needed, given });
                }
            }
        }
    }
}

#[test]
fn impossible_numbers_are_refused() {
    let secret = Key::from_bytes([1; 32]);
    for (k, n) in [(0, 0), (0, 5), (6, 5), (1, MOST_KEEPERS + 1), (255, 255)] {
        let refused = split(&secret, k, n, &mut rng(1)).unwrap_err();
        assert_eq!(
            refused,
            SharingError::Numbers {
                threshold: k,
                keepers: n
            }
        );
    }
}

#[test]
fn a_sheet_given_twice_counts_once_and_another_sets_sheet_is_named() {
    let secret = Key::from_bytes([1; 32]);
    let ours = split(&secret, 2, 3, &mut rng(1)).unwrap();
    let theirs = split(&secret, 2, 3, &mut rng(2)).unwrap();
    let twice = [ours[0].clone(), ours[0].clone()];
    assert_eq!(
        combine(&twice).unwrap_err(),
        SharingError::TooFew {
            needed: 2,
            given: 1
        }
    );
    let mixed = [ours[0].clone(), theirs[2].clone()];
    assert_eq!(combine(&mixed).unwrap_err(), SharingError::Mixed(3));
    assert!(combine(&[]).is_err());
}

/// Gives these bytes in order: randomness as an attacker might suppose it.
struct Supposed(Vec<u8>);

impl TryRng for Supposed {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        let mut bytes = [0; 4];
        self.try_fill_bytes(&mut bytes)?;
        Ok(u32::from_le_bytes(bytes))
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        let mut bytes = [0; 8];
        self.try_fill_bytes(&mut bytes)?;
        Ok(u64::from_le_bytes(bytes))
    }

    fn try_fill_bytes(&mut self, out: &mut [u8]) -> Result<(), Infallible> {
        let later = self.0.split_off(out.len());
        out.copy_from_slice(&self.0);
        self.0 = later;
        Ok(())
    }
}

impl TryCryptoRng for Supposed {}

#[test]
fn one_sheet_short_any_other_key_explains_the_sheet_as_well() {
    let first_sheet = |secret: u8, coefficient: u8| {
        let mut supposed = Supposed([vec![9; 4], vec![coefficient; 32]].concat());
        let sheets = split(&Key::from_bytes([secret; 32]), 2, 3, &mut supposed).unwrap();
        sheets[0].to_code()
    };
    let held = first_sheet(0x11, 0x77);
    for other in 0..=255 {
        assert_eq!(first_sheet(other, 0x77 ^ 0x11 ^ other), held, "{other}");
    }
}

#[test]
fn the_keepers_keys_come_from_the_seed_alone() {
    let keys = RecoveryKeys::from_seed(&Key::from_bytes([1; 32]));
    let again = RecoveryKeys::from_seed(&Key::from_bytes([1; 32]));
    assert_eq!(keys.public(), again.public());
    let other = RecoveryKeys::from_seed(&Key::from_bytes([2; 32]));
    assert_ne!(keys.public(), other.public());
    assert_ne!(keys.kem.as_seed(), keys.signing.as_seed());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn any_k_of_n_in_any_order(
        secret in any::<[u8; 32]>(),
        keepers in 1_u8..=9,
        k in 1_u8..=9,
        order in any::<u64>(),
    ) {
        let threshold = (k - 1) % keepers + 1;
        let mut sheets = split(&Key::from_bytes(secret), threshold, keepers, &mut rng(order)).unwrap();
        let turns = usize::try_from(order % u64::from(keepers)).unwrap();
        sheets.rotate_left(turns);
        sheets.truncate(usize::from(threshold));
        let found = combine(&sheets).unwrap();
        prop_assert_eq!(found.as_bytes(), &secret);
        sheets.pop();
        prop_assert!(combine(&sheets).is_err());
    }
}
