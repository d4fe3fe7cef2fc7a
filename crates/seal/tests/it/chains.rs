//! The signed headers of a record and the checkpoints over all of them.

use crate::fixture::{at, rng};
use domain::Compartment;
use domain::id::{AccountId, FileId, OrganisationId, PersonId, ReadingId, ServerId};
use proptest::prelude::*;
use seal::{
    Checkpoint, EntryHeader, FileFact, Head, ReadingHeader, SealError, SigningKey, genesis,
    heads_hash,
};

pub(crate) fn signer() -> SigningKey {
    SigningKey::from_seed(&[6; 32])
}

pub(crate) fn entry() -> EntryHeader {
    EntryHeader {
        organisation: OrganisationId::from_bytes([1; 16]),
        person: PersonId::from_bytes([2; 16]),
        compartment: Compartment::Social,
        sequence: 1,
        epoch: 1,
        profile: false,
        author: AccountId::from_bytes([3; 16]),
        key: signer().verifying().key_id(),
        previous: genesis(PersonId::from_bytes([2; 16])),
        content_hash: [4; 32],
        file: Some(FileFact {
            file: FileId::from_bytes([5; 16]),
            sealed_hash: [6; 32],
            sealed_length: 7,
        }),
    }
}

pub(crate) fn reading() -> ReadingHeader {
    ReadingHeader {
        organisation: OrganisationId::from_bytes([1; 16]),
        person: PersonId::from_bytes([2; 16]),
        compartment: Compartment::Social,
        reading: ReadingId::from_bytes([8; 16]),
        sequence: 1,
        epoch: 1,
        reader: AccountId::from_bytes([3; 16]),
        key: signer().verifying().key_id(),
        previous: genesis(PersonId::from_bytes([2; 16])),
        content_hash: [4; 32],
    }
}

pub(crate) fn head(number: u8) -> Head {
    Head {
        person: PersonId::from_bytes([number; 16]),
        entries: u64::from(number),
        entry_hash: [number; 32],
        readings: 1,
        reading_hash: [number + 1; 32],
        statements: 3,
        statement_hash: [number + 2; 32],
    }
}

pub(crate) fn checkpoint() -> Checkpoint {
    Checkpoint {
        server: ServerId::from_bytes([1; 16]),
        sequence: 2,
        previous: [3; 32],
        at: at(0),
        changed: 2,
        heads_hash: heads_hash(&[head(1), head(2)]),
        statements: 4,
        statement_hash: [5; 32],
    }
}

/// The entry with one field changed, for each field.
fn changed_entries() -> Vec<EntryHeader> {
    let e = entry();
    let file = FileFact {
        file: FileId::from_bytes([5; 16]),
        sealed_hash: [6; 32],
        sealed_length: 7,
    };
    vec![
        EntryHeader {
            organisation: OrganisationId::from_bytes([9; 16]),
            ..e
        },
        EntryHeader {
            person: PersonId::from_bytes([9; 16]),
            ..e
        },
        EntryHeader {
            compartment: Compartment::Health,
            ..e
        },
        EntryHeader { sequence: 2, ..e },
        EntryHeader { epoch: 2, ..e },
        EntryHeader { profile: true, ..e },
        EntryHeader {
            author: AccountId::from_bytes([9; 16]),
            ..e
        },
        EntryHeader {
            key: SigningKey::from_seed(&[9; 32]).verifying().key_id(),
            ..e
        },
        EntryHeader {
            previous: [9; 32],
            ..e
        },
        EntryHeader {
            content_hash: [9; 32],
            ..e
        },
        EntryHeader { file: None, ..e },
        EntryHeader {
            file: Some(FileFact {
                file: FileId::from_bytes([9; 16]),
                ..file
            }),
            ..e
        },
        EntryHeader {
            file: Some(FileFact {
                sealed_hash: [9; 32],
                ..file
            }),
            ..e
        },
        EntryHeader {
            file: Some(FileFact {
                sealed_length: 9,
                ..file
            }),
            ..e
        },
    ]
}

#[test]
fn a_header_is_signed_in_all_its_parts() {
    let signature = entry().sign(&signer());
    entry().verify(&signer().verifying(), &signature).unwrap();
    for (i, changed) in changed_entries().iter().enumerate() {
        let refused = changed.verify(&signer().verifying(), &signature);
        assert_eq!(refused, Err(SealError::Signature), "{i}");
        assert_ne!(changed.hash(), entry().hash(), "{i}");
    }
}

#[test]
fn a_header_is_signed_by_the_key_it_names() {
    let other = SigningKey::from_seed(&[9; 32]);
    let refused = entry().verify(&other.verifying(), &entry().sign(&other));
    assert_eq!(refused, Err(SealError::Signature));
    let refused = reading().verify(&other.verifying(), &reading().sign(&other));
    assert_eq!(refused, Err(SealError::Signature));
}

#[test]
fn an_entry_never_stands_for_a_reading_nor_a_checkpoint() {
    let verifying = signer().verifying();
    let (e, r, c) = (entry(), reading(), checkpoint());
    assert!(e.verify(&verifying, &r.sign(&signer())).is_err());
    assert!(r.verify(&verifying, &e.sign(&signer())).is_err());
    assert!(c.verify(&verifying, &e.sign(&signer())).is_err());
    r.verify(&verifying, &r.sign(&signer())).unwrap();
    c.verify(&verifying, &c.sign(&signer())).unwrap();
}

#[test]
fn records_begin_apart() {
    assert_ne!(
        genesis(PersonId::from_bytes([1; 16])),
        genesis(PersonId::from_bytes([2; 16]))
    );
}

#[test]
fn headers_and_checkpoints_have_one_form() {
    for header in changed_entries() {
        assert_eq!(EntryHeader::parse(&header.to_bytes()), Ok(header));
    }
    assert_eq!(
        Checkpoint::parse(&checkpoint().to_bytes()),
        Ok(checkpoint())
    );
    assert!(Checkpoint::parse(&entry().to_bytes()).is_err());
    assert!(EntryHeader::parse(&reading().to_bytes()).is_err());
    let mut older = entry().to_bytes();
    older[4] = 0;
    assert_eq!(EntryHeader::parse(&older), Err(SealError::Version));
}

#[test]
fn heads_cannot_be_taken_out_changed_or_moved() {
    let all = heads_hash(&[head(1), head(2)]);
    assert_ne!(all, heads_hash(&[head(1)]));
    assert_ne!(all, heads_hash(&[head(1), head(3)]));
    assert_ne!(
        all,
        heads_hash(&[
            head(1),
            Head {
                readings: 2,
                ..head(2)
            }
        ])
    );
    let fewer = Head {
        statements: 2,
        ..head(2)
    };
    assert_ne!(all, heads_hash(&[head(1), fewer]));
    for other in [
        Checkpoint {
            sequence: 3,
            ..checkpoint()
        },
        Checkpoint {
            statements: 3,
            ..checkpoint()
        },
        Checkpoint {
            statement_hash: [6; 32],
            ..checkpoint()
        },
    ] {
        assert_ne!(other.hash(), checkpoint().hash());
    }
}

proptest! {
    #[test]
    fn any_changed_byte_of_a_header_is_another_header_or_refused(
        index in any::<proptest::sample::Index>(),
        flip in 1_u8..=255,
    ) {
        let mut bytes = entry().to_bytes();
        let index = index.index(bytes.len());
        bytes[index] ^= flip;
        if let Ok(header) = EntryHeader::parse(&bytes) {
            prop_assert_eq!(header.to_bytes(), bytes);
            let signature = entry().sign(&signer());
            prop_assert!(header.verify(&signer().verifying(), &signature).is_err());
        }
    }

    #[test]
    fn no_bytes_make_a_header_parser_panic(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        let _ = EntryHeader::parse(&bytes);
        let _ = Checkpoint::parse(&bytes);
        let mut begun = entry().to_bytes()[..6].to_vec();
        begun.extend_from_slice(&bytes);
        let _ = EntryHeader::parse(&begun);
    }

    #[test]
    fn a_seeded_generator_gives_the_same_keys(seed in any::<u64>()) {
        let a = SigningKey::generate(&mut rng(seed)).verifying();
        prop_assert_eq!(a, SigningKey::generate(&mut rng(seed)).verifying());
    }
}
