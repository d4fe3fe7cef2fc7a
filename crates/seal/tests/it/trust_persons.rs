//! What is said about a person: the keys behind their card, who may open their record, and what
//! takes it back.

use crate::fixture::{Someone, World, at, no_rights};
use domain::id::{GrantId, PersonId};
use domain::{Compartment, Compartments};
use seal::{Basis, CardReason, GrantRecipient, SealError, Signed, Statement};

pub(crate) fn verdict(world: &World, signed: &Signed) -> Result<(), SealError> {
    world.trust.verify_grant(signed, &world.cards()).map(|_| ())
}

fn end_of_grant(world: &World) -> Statement {
    Statement::GrantEnd {
        grant: GrantId::from_bytes([0x61; 16]),
        person: world.person,
        issued_at: at(60),
    }
}

#[test]
fn statements_about_a_person_are_not_kept() {
    let mut world = World::new();
    let keys = world
        .here
        .worker
        .signs(world.card_keys(CardReason::First, 20));
    no_rights(world.trust.admit(&keys));
    let grant = world.grant(GrantRecipient::Team(world.here.team), Basis::Mission);
    let grant = world.here.worker.signs(grant);
    no_rights(world.trust.admit(&grant));
}

#[test]
fn a_card_is_made_by_a_worker() {
    let world = World::new();
    let keys = world.card_keys(CardReason::First, 20);
    let card = world
        .trust
        .verify_person_keys(&world.here.worker.signs(keys.clone()))
        .unwrap();
    assert_eq!(
        (card.person, card.account),
        (world.person, world.card.account)
    );
    for stranger in [&world.card, &Someone::new(0x99)] {
        let refused = world
            .trust
            .verify_person_keys(&stranger.signs(keys.clone()));
        assert!(matches!(refused, Err(SealError::Untrusted(_))));
    }
}

#[test]
fn a_lost_card_is_replaced_by_two_different_workers() {
    let world = World::new();
    let alone = world
        .here
        .worker
        .signs(world.card_keys(CardReason::Replaced, 20));
    let verdict = |signed: &Signed| world.trust.verify_person_keys(signed).map(|_| ());
    no_rights(verdict(&alone));
    let mut by_two = alone.clone();
    by_two.countersign(&world.here.colleague.keys.signing);
    verdict(&by_two).unwrap();
    let mut by_one_twice = alone.clone();
    by_one_twice.countersign(&world.here.worker.keys.signing);
    no_rights(verdict(&by_one_twice));
    let mut by_a_stranger = alone.clone();
    by_a_stranger.countersign(&Someone::new(0x99).keys.signing);
    no_rights(verdict(&by_a_stranger));
    // The first signature cannot serve as the second.
    let mut copied = alone.clone();
    copied.second = Some((world.here.colleague.keys.public().key_id(), alone.signature));
    assert_eq!(verdict(&copied), Err(SealError::Signature));
}

#[test]
fn a_mission_is_given_by_a_member_to_their_own_team() {
    let world = World::new();
    let mission = world.grant(GrantRecipient::Team(world.here.team), Basis::Mission);
    verdict(&world, &world.here.worker.signs(mission.clone())).unwrap();
    for other in [
        &world.there.worker,
        &world.there.lead,
        &world.there.administrator,
    ] {
        no_rights(verdict(&world, &other.signs(mission.clone())));
    }
    no_rights(verdict(&world, &world.card.signs(mission)));
    let to_another = world.grant(GrantRecipient::Team(world.there.team), Basis::Mission);
    no_rights(verdict(&world, &world.here.worker.signs(to_another)));
    for recipient in [
        GrantRecipient::Account(world.here.worker.account),
        GrantRecipient::Keepers,
    ] {
        let grant = world.grant(recipient, Basis::Mission);
        no_rights(verdict(&world, &world.here.worker.signs(grant)));
    }
}

#[test]
fn who_left_the_team_gives_no_mission_and_what_they_gave_stands() {
    let mut world = World::new();
    let mission = world.grant(GrantRecipient::Team(world.here.team), Basis::Mission);
    let before = world.here.worker.signs(mission);
    let end = world
        .here
        .administrator
        .signs(world.here.membership_end(&world.here.worker, 40));
    world.trust.admit(&end).unwrap();
    verdict(&world, &before).unwrap();
    let Statement::Grant {
        person,
        recipient,
        compartments,
        basis,
        ..
    } = before.statement
    else {
        unreachable!()
    };
    let after = Statement::Grant {
        grant: GrantId::from_bytes([0x62; 16]),
        person,
        recipient,
        compartments,
        basis,
        purpose: Vec::new(),
        until: None,
        issued_at: at(41),
    };
    no_rights(verdict(&world, &world.here.worker.signs(after)));
}

#[test]
fn only_the_person_consents_and_only_for_themselves() {
    let world = World::new();
    let consent = world.grant(GrantRecipient::Team(world.there.team), Basis::Consent);
    verdict(&world, &world.card.signs(consent.clone())).unwrap();
    for other in [
        &world.here.worker,
        &world.here.administrator,
        &world.there.lead,
    ] {
        no_rights(verdict(&world, &other.signs(consent.clone())));
    }
    let Statement::Grant {
        grant,
        recipient,
        compartments,
        basis,
        ..
    } = consent
    else {
        unreachable!()
    };
    let for_someone_else = Statement::Grant {
        grant,
        person: PersonId::from_bytes([0xbb; 16]),
        recipient,
        compartments,
        basis,
        purpose: Vec::new(),
        until: None,
        issued_at: at(30),
    };
    no_rights(verdict(&world, &world.card.signs(for_someone_else)));
}

#[test]
fn a_record_is_ones_own_through_ones_card_alone() {
    let world = World::new();
    let own = world.grant(GrantRecipient::Account(world.card.account), Basis::Own);
    verdict(&world, &world.card.signs(own.clone())).unwrap();
    verdict(&world, &world.here.worker.signs(own)).unwrap();
    for recipient in [
        GrantRecipient::Account(world.here.worker.account),
        GrantRecipient::Team(world.here.team),
        GrantRecipient::Keepers,
    ] {
        let grant = world.grant(recipient, Basis::Own);
        no_rights(verdict(&world, &world.here.worker.signs(grant)));
    }
}

#[test]
fn the_vault_is_opened_by_nobody_else() {
    let world = World::new();
    let vault: Compartments = [Compartment::Vault].into_iter().collect();
    let of = |recipient, basis| Statement::Grant {
        grant: GrantId::from_bytes([0x61; 16]),
        person: world.person,
        recipient,
        compartments: vault,
        basis,
        purpose: Vec::new(),
        until: None,
        issued_at: at(30),
    };
    let team = GrantRecipient::Team(world.here.team);
    let own = of(GrantRecipient::Account(world.card.account), Basis::Own);
    verdict(&world, &world.card.signs(own)).unwrap();
    no_rights(verdict(&world, &world.card.signs(of(team, Basis::Consent))));
    no_rights(verdict(
        &world,
        &world.here.worker.signs(of(team, Basis::Mission)),
    ));
    let keepers = of(GrantRecipient::Keepers, Basis::Recovery);
    no_rights(verdict(&world, &world.here.worker.signs(keepers)));
}

#[test]
fn facts_say_what_was_signed_end_included() {
    let world = World::new();
    let mission = world.grant(GrantRecipient::Team(world.here.team), Basis::Mission);
    let signed = world.here.worker.signs(mission);
    let facts = world.trust.verify_grant(&signed, &[]).unwrap();
    assert_eq!((facts.person, facts.until), (world.person, Some(at(1000))));
    assert_eq!(facts.compartments, Compartments::usual());
    assert_eq!(facts.purpose, b"sealed purpose");
    let mut longer = signed;
    if let Statement::Grant { until, .. } = &mut longer.statement {
        *until = Some(at(9999));
    }
    assert_eq!(
        world.trust.verify_grant(&longer, &[]),
        Err(SealError::Signature)
    );
}

#[test]
fn the_person_or_a_worker_takes_a_grant_back() {
    let world = World::new();
    let cards = world.cards();
    let verdict = |who: &Someone| {
        world
            .trust
            .verify_grant_end(&who.signs(end_of_grant(&world)), &cards)
            .map(|_| ())
    };
    verdict(&world.card).unwrap();
    verdict(&world.here.worker).unwrap();
    no_rights(verdict(&Someone::new(0x99)));
}
