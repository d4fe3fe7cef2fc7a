//! The chain of what is stated about a person: what may follow what, who may make a compartment's
//! next key, and that a key put in another's place is told.

use crate::fixture::{Someone, World, at, no_rights, rng};
use domain::{
    Compartment, Compartments,
    id::{GrantId, PersonId},
};
use seal::{
    Basis, CardReason, GrantRecipient, Key, KeyFact, PersonTrust, SealError, Signed, Statement,
    statement_link,
};

/// The record's chain with the team's mission.
fn opened(world: &World) -> PersonTrust {
    let mut about = PersonTrust::new(world.person);
    let mission = world.grant(GrantRecipient::Team(world.here.team), Basis::Mission);
    let mission = world.here.worker.signs(mission);
    about.admit(&world.trust, &mission).unwrap();
    about
}

fn grant(world: &World, number: u8, recipient: GrantRecipient, basis: Basis) -> Statement {
    Statement::Grant {
        grant: GrantId::from_bytes([number; 16]),
        person: world.person,
        recipient,
        compartments: match basis {
            Basis::Own => Compartment::ALL.into_iter().collect(),
            _ => Compartments::usual(),
        },
        basis,
        purpose: Vec::new(),
        until: Some(at(1000)),
        issued_at: at(31),
    }
}

fn end(world: &World, number: u8, second: i64) -> Statement {
    Statement::GrantEnd {
        grant: GrantId::from_bytes([number; 16]),
        person: world.person,
        issued_at: at(second),
    }
}

fn key(number: u64) -> Key {
    Key::generate(&mut rng(number))
}

/// New keys, one for each of those compartments and epochs, drawn from that number.
fn keys(world: &World, of: &[(Compartment, u32)], number: u64, second: i64) -> Statement {
    let fact = |(compartment, epoch): &(Compartment, u32)| KeyFact {
        compartment: *compartment,
        epoch: *epoch,
        commitment: key(number).commitment(world.person, *compartment, *epoch),
    };
    Statement::CompartmentKeys {
        person: world.person,
        keys: of.iter().map(fact).collect(),
        issued_at: at(second),
    }
}

/// Whether that statement would come next; the chain stays as it is.
fn next(world: &World, about: &PersonTrust, signed: &Signed) -> Result<(), SealError> {
    let mut after = about.clone();
    let verdict = after.admit(&world.trust, signed);
    if verdict.is_err() {
        assert_eq!(&after, about, "a refused statement changes nothing");
    } else {
        assert_eq!(after.count(), about.count() + 1);
        assert_eq!(
            after.head(),
            statement_link(&about.head(), &signed.to_bytes())
        );
    }
    verdict
}

const SOCIAL: Compartment = Compartment::Social;

#[test]
fn a_record_begins_with_one_mission_and_no_other_follows() {
    let world = World::new();
    let empty = PersonTrust::new(world.person);
    let worker = &world.here.worker;
    let keepers = worker.signs(grant(&world, 2, GrantRecipient::Keepers, Basis::Recovery));
    no_rights(next(&world, &empty, &keepers));
    let card = worker.signs(world.card_keys(CardReason::First, 20));
    next(&world, &empty, &card).unwrap();

    let about = opened(&world);
    next(&world, &about, &keepers).unwrap();
    let theirs = grant(
        &world,
        3,
        GrantRecipient::Team(world.there.team),
        Basis::Mission,
    );
    no_rights(next(&world, &about, &world.there.worker.signs(theirs)));
    let again = grant(
        &world,
        4,
        GrantRecipient::Team(world.here.team),
        Basis::Mission,
    );
    no_rights(next(&world, &about, &worker.signs(again)));
}

#[test]
fn the_first_keys_are_made_by_who_opens_the_record_alone() {
    let world = World::new();
    let about = opened(&world);
    // Not welcomed to Health, and yet the maker of its first key: the team's others may be.
    let first = keys(&world, &[(SOCIAL, 1), (Compartment::Health, 1)], 1, 31);
    next(&world, &about, &world.here.worker.signs(first.clone())).unwrap();
    for other in [&world.there.worker, &world.here.administrator] {
        no_rights(next(&world, &about, &other.signs(first.clone())));
    }
    no_rights(next(&world, &about, &Someone::new(0x99).signs(first)));
    let health = keys(&world, &[(Compartment::Health, 1)], 1, 31);
    no_rights(next(&world, &about, &world.here.colleague.signs(health)));
    let none = keys(&world, &[], 1, 31);
    no_rights(next(&world, &about, &world.here.worker.signs(none)));
}

#[test]
fn the_next_key_is_made_by_who_opens_the_compartment() {
    let world = World::new();
    let mut about = opened(&world);
    let first = keys(&world, &[(SOCIAL, 1), (Compartment::Health, 1)], 1, 31);
    about
        .admit(&world.trust, &world.here.worker.signs(first))
        .unwrap();
    let second = keys(&world, &[(SOCIAL, 2)], 2, 40);
    next(&world, &about, &world.here.colleague.signs(second.clone())).unwrap();
    no_rights(next(
        &world,
        &about,
        &world.there.lead.signs(second.clone()),
    ));
    let unwelcomed = keys(&world, &[(Compartment::Health, 2)], 2, 40);
    no_rights(next(&world, &about, &world.here.worker.signs(unwelcomed)));
    for wrong in [1, 3, 0] {
        let skipped = keys(&world, &[(SOCIAL, wrong)], 2, 40);
        no_rights(next(&world, &about, &world.here.worker.signs(skipped)));
    }
    let over = keys(&world, &[(SOCIAL, 2)], 2, 1000);
    no_rights(next(&world, &about, &world.here.worker.signs(over)));
    about
        .admit(
            &world.trust,
            &world.here.worker.signs(end(&world, 0x61, 40)),
        )
        .unwrap();
    no_rights(next(&world, &about, &world.here.worker.signs(second)));
}

#[test]
fn a_key_in_anothers_place_is_told() {
    let world = World::new();
    let mut about = opened(&world);
    let first = keys(&world, &[(SOCIAL, 1)], 1, 31);
    about
        .admit(&world.trust, &world.here.worker.signs(first))
        .unwrap();
    assert_eq!(about.latest_epoch(SOCIAL), Some(1));
    assert_eq!(about.latest_epoch(Compartment::Health), None);
    assert!(about.is_key(SOCIAL, 1, &key(1)));
    assert!(!about.is_key(SOCIAL, 1, &key(2)));
    assert!(!about.is_key(SOCIAL, 2, &key(1)));
    assert!(!about.is_key(SOCIAL, 0, &key(1)));
    assert!(!about.is_key(Compartment::Health, 1, &key(1)));
    let elsewhere = PersonId::from_bytes([0xbb; 16]);
    let here = key(1).commitment(world.person, SOCIAL, 1);
    assert_ne!(here, key(1).commitment(elsewhere, SOCIAL, 1));
    assert_ne!(&here, key(1).as_bytes());
}

/// The chain with a card that opens the record.
fn with_card(world: &World) -> PersonTrust {
    let mut about = opened(world);
    let own = GrantRecipient::Account(world.card.account);
    for statement in [
        keys(world, &[(SOCIAL, 1)], 1, 31),
        world.card_keys(CardReason::First, 31),
        keys(world, &[(Compartment::Vault, 1)], 1, 31),
        grant(world, 2, own, Basis::Own),
    ] {
        let signed = world.here.worker.signs(statement);
        about.admit(&world.trust, &signed).unwrap();
    }
    about
}

#[test]
fn the_vaults_key_is_made_once_with_the_first_card_and_then_by_the_person() {
    let world = World::new();
    let mut about = opened(&world);
    let first = keys(&world, &[(Compartment::Vault, 1)], 1, 31);
    let first = world.here.worker.signs(first);
    no_rights(next(&world, &about, &first));
    let card = world.card_keys(CardReason::First, 31);
    about
        .admit(&world.trust, &world.here.worker.signs(card))
        .unwrap();
    let other = keys(&world, &[(Compartment::Vault, 1)], 1, 31);
    no_rights(next(&world, &about, &world.here.colleague.signs(other)));
    next(&world, &about, &first).unwrap();

    let about = with_card(&world);
    let second = keys(&world, &[(Compartment::Vault, 2)], 2, 40);
    no_rights(next(
        &world,
        &about,
        &world.here.worker.signs(second.clone()),
    ));
    next(&world, &about, &world.card.signs(second)).unwrap();
    let social = keys(&world, &[(SOCIAL, 2)], 2, 40);
    next(&world, &about, &world.card.signs(social)).unwrap();
}

#[test]
fn a_lost_card_makes_no_more_keys_and_its_place_is_taken_by_one_of_two_workers() {
    let world = World::new();
    let mut about = with_card(&world);
    let worker = &world.here.worker;
    let first = world.card_keys(CardReason::First, 40);
    no_rights(next(&world, &about, &worker.signs(first)));
    about
        .admit(&world.trust, &worker.signs(end(&world, 2, 40)))
        .unwrap();
    let by_lost = keys(&world, &[(SOCIAL, 2)], 2, 41);
    no_rights(next(&world, &about, &world.card.signs(by_lost)));
    let new = Someone::new(0xdd);
    let replaced = Statement::PersonKeys {
        person: world.person,
        account: new.account,
        keys: new.keys.public(),
        reason: CardReason::Replaced,
        issued_at: at(41),
    };
    let mut replaced = worker.signs(replaced);
    replaced.countersign(&world.here.colleague.keys.signing);
    about.admit(&world.trust, &replaced).unwrap();
    no_rights(next(&world, &about, &replaced));
    let vault = keys(&world, &[(Compartment::Vault, 2)], 3, 41);
    next(&world, &about, &worker.signs(vault)).unwrap();
    assert_eq!(about.cards().len(), 2);
}

#[test]
fn a_grant_ends_once_and_is_not_given_twice() {
    let world = World::new();
    let mut about = opened(&world);
    let worker = &world.here.worker;
    no_rights(next(&world, &about, &worker.signs(end(&world, 9, 40))));
    let standing = about.grant(GrantId::from_bytes([0x61; 16])).unwrap();
    assert!(standing.holds(at(40)) && !standing.holds(at(1000)));
    let ending = worker.signs(end(&world, 0x61, 40));
    about.admit(&world.trust, &ending).unwrap();
    no_rights(next(&world, &about, &ending));
    let standing = about.grant(GrantId::from_bytes([0x61; 16])).unwrap();
    assert!(!standing.holds(at(39)));
    let keepers = worker.signs(grant(&world, 2, GrantRecipient::Keepers, Basis::Recovery));
    about.admit(&world.trust, &keepers).unwrap();
    no_rights(next(&world, &about, &keepers));
    assert_eq!(about.grants().count(), 2);
}

#[test]
fn statements_of_another_record_or_kind_do_not_come_here() {
    let world = World::new();
    let mut about = PersonTrust::new(PersonId::from_bytes([0xbb; 16]));
    let before = about.clone();
    let mission = world.grant(GrantRecipient::Team(world.here.team), Basis::Mission);
    let card = world.card_keys(CardReason::First, 31);
    for statement in [mission, card, keys(&world, &[(SOCIAL, 1)], 1, 31)] {
        no_rights(about.admit(&world.trust, &world.here.worker.signs(statement)));
    }
    let end = world.here.membership_end(&world.here.colleague, 40);
    no_rights(about.admit(&world.trust, &world.here.lead.signs(end)));
    assert_eq!(about, before);
}

#[test]
fn what_was_taken_out_or_moved_gives_another_head() {
    let world = World::new();
    let about = with_card(&world);
    let own = GrantRecipient::Account(world.card.account);
    let mut without_keys = opened(&world);
    for statement in [
        world.card_keys(CardReason::First, 31),
        grant(&world, 2, own, Basis::Own),
        keys(&world, &[(SOCIAL, 1)], 1, 31),
    ] {
        let signed = world.here.worker.signs(statement);
        without_keys.admit(&world.trust, &signed).unwrap();
    }
    assert_ne!(about.head(), without_keys.head());
    assert_ne!(about.head(), opened(&world).head());
}

#[test]
fn a_team_key_is_due_when_someone_who_knew_it_is_shut_out() {
    let mut world = World::new();
    let team = world.here.team;
    assert!(world.trust.keys_to_renew(team).is_empty());
    let end = world.here.membership_end(&world.here.colleague, 40);
    let end = world.here.administrator.signs(end);
    world.trust.admit(&end).unwrap();
    assert_eq!(world.trust.keys_to_renew(team), Compartments::usual());
    assert!(world.trust.keys_to_renew(world.there.team).is_empty());
    for compartment in Compartments::usual().iter() {
        let key = world
            .here
            .lead
            .signs(world.here.team_key(compartment, 2, 40));
        world.trust.admit(&key).unwrap();
        assert!(!world.trust.keys_to_renew(team).contains(compartment));
    }
    let narrower: Compartments = [Compartment::Identity].into_iter().collect();
    let welcome = world.here.welcome(&world.here.worker, narrower, 50);
    world.trust.admit(&world.here.lead.signs(welcome)).unwrap();
    let due = world.trust.keys_to_renew(team);
    assert!(due.contains(SOCIAL) && !due.contains(Compartment::Identity));
    let account = world.here.account_end(&world.here.worker, 60);
    world
        .trust
        .admit(&world.here.administrator.signs(account))
        .unwrap();
    assert!(
        world
            .trust
            .keys_to_renew(team)
            .contains(Compartment::Identity)
    );
}
