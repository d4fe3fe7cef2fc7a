//! Statements: one form each, and no byte of them can be changed.

use crate::fixture::{World, at};
use domain::id::{GrantId, ServerId};
use domain::{Compartment, Compartments};
use proptest::prelude::*;
use seal::{
    Basis, CardReason, GrantRecipient, KeyFact, RecoveryKeys, SealError, Signed, SigningKey,
    Statement, TeamRole,
};
use std::sync::LazyLock;

/// One of each kind, with every variant of their parts.
pub(crate) static ALL: LazyLock<Vec<Statement>> = LazyLock::new(all);

fn all() -> Vec<Statement> {
    let world = World::new();
    let here = &world.here;
    let server_key = SigningKey::from_seed(&[4; 32]).verifying();
    let (kem, verifying) = RecoveryKeys::from_seed(&seal::Key::from_bytes([5; 32])).public();
    let mut all = vec![
        Statement::Root {
            key: world.root.signing().verifying(),
            issued_at: at(0),
        },
        Statement::Server {
            server: ServerId::from_bytes([4; 16]),
            key: server_key,
            issued_at: at(1),
        },
        Statement::Recovery {
            kem,
            verifying,
            threshold: 3,
            keepers: 5,
            issued_at: at(1),
        },
        here.membership_end(&here.worker, 40),
        here.account_end(&here.worker, 40),
        world.card_keys(CardReason::First, 20),
        world.card_keys(CardReason::Second, 20),
        world.card_keys(CardReason::Replaced, 20),
        world.grant(GrantRecipient::Team(here.team), Basis::Mission),
        world.grant(GrantRecipient::Account(here.worker.account), Basis::Consent),
        world.grant(GrantRecipient::Account(world.card.account), Basis::Own),
        world.grant(GrantRecipient::Keepers, Basis::Recovery),
        Statement::Grant {
            grant: GrantId::from_bytes([1; 16]),
            person: world.person,
            recipient: GrantRecipient::Keepers,
            compartments: Compartments::NONE,
            basis: Basis::Recovery,
            purpose: Vec::new(),
            until: None,
            issued_at: at(-1),
        },
        Statement::GrantEnd {
            grant: GrantId::from_bytes([1; 16]),
            person: world.person,
            issued_at: at(50),
        },
        Statement::CompartmentKeys {
            person: world.person,
            keys: vec![
                KeyFact {
                    compartment: Compartment::Vault,
                    epoch: 1,
                    commitment: [7; 32],
                },
                KeyFact {
                    compartment: Compartment::Health,
                    epoch: 300,
                    commitment: [8; 32],
                },
            ],
            issued_at: at(51),
        },
        Statement::CompartmentKeys {
            person: world.person,
            keys: Vec::new(),
            issued_at: at(51),
        },
        here.membership(&here.worker, TeamRole::Lead, 40),
        here.team_key(Compartment::ThirdParty, 2, 40),
        here.welcome(&here.worker, Compartments::NONE, 41),
    ];
    all.extend(
        here.statements(&world.root)
            .into_iter()
            .map(|signed| signed.statement),
    );
    all
}

fn key() -> SigningKey {
    SigningKey::from_seed(&[1; 32])
}

#[test]
fn every_kind_comes_back_and_no_two_are_alike() {
    let all = &*ALL;
    for statement in all {
        assert_eq!(
            Statement::parse(&statement.to_bytes()).as_ref(),
            Ok(statement)
        );
        let mut signed = Signed::sign(statement.clone(), &key());
        assert_eq!(Signed::parse(&signed.to_bytes()).as_ref(), Ok(&signed));
        signed.countersign(&SigningKey::from_seed(&[2; 32]));
        assert_eq!(Signed::parse(&signed.to_bytes()).as_ref(), Ok(&signed));
    }
    let mut forms: Vec<Vec<u8>> = all.iter().map(Statement::to_bytes).collect();
    forms.sort();
    forms.dedup();
    assert_eq!(forms.len(), all.len());
}

#[test]
fn cut_followed_by_more_or_of_another_version_is_refused() {
    for statement in ALL.iter() {
        let bytes = statement.to_bytes();
        for length in (0..bytes.len()).step_by(7).chain([bytes.len() - 1]) {
            assert!(
                Statement::parse(&bytes[..length]).is_err(),
                "{statement:?} {length}"
            );
        }
        let more = [&bytes[..], &[0]].concat();
        assert!(Statement::parse(&more).is_err());
        for version in [0, 2, 255] {
            let mut other = bytes.clone();
            other[4] = version;
            assert_eq!(Statement::parse(&other), Err(SealError::Version));
        }
        let mut unknown = bytes;
        unknown[5] = 0x7f;
        assert!(Statement::parse(&unknown).is_err());
    }
}

#[test]
fn what_is_below_a_second_is_not_stated() {
    let exact = Statement::Root {
        key: key().verifying(),
        issued_at: at(5),
    };
    let issued_at = at(5)
        .checked_add(jiff::SignedDuration::from_millis(400))
        .unwrap();
    let finer = Statement::Root {
        key: key().verifying(),
        issued_at,
    };
    assert_eq!(finer.to_bytes(), exact.to_bytes());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    /// A changed byte is refused by the parser, or gives another statement whose form is those
    /// very bytes and which the signature does not cover.
    #[test]
    fn any_changed_byte_breaks_the_signature(
        which in any::<proptest::sample::Index>(),
        index in any::<proptest::sample::Index>(),
        flip in 1_u8..=255,
    ) {
        let statement = &ALL[which.index(ALL.len())];
        let mut bytes = statement.to_bytes();
        let index = index.index(bytes.len());
        bytes[index] ^= flip;
        if let Ok(changed) = Statement::parse(&bytes) {
            prop_assert_eq!(changed.to_bytes(), bytes);
            prop_assert_ne!(&changed, statement);
        }
    }

    #[test]
    fn no_bytes_make_a_parser_panic(
        tag in any::<u8>(),
        bytes in proptest::collection::vec(any::<u8>(), 0..400),
    ) {
        let begun = [&b"CNTS"[..], &[1, tag], &bytes].concat();
        for bytes in [&begun, &bytes] {
            let _ = Statement::parse(bytes);
            if let Ok(signed) = Signed::parse(bytes) {
                prop_assert_eq!(&signed.to_bytes(), bytes);
            }
        }
    }
}
