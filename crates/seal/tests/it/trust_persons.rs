//! What is said about a person: the keys behind their card, who may open their record, and what
//! takes it back.

use crate::fixture::{Someone, World, at, no_rights, with_new_keys};
use domain::id::{GrantId, PersonId};
use domain::{Compartment, Compartments};
use seal::{Basis, CardReason, GrantFacts, GrantRecipient, SealError, Signed, Statement};

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

/// Whether that someone may end a grant to that recipient.
fn ends(world: &World, who: &Someone, recipient: GrantRecipient) -> Result<(), SealError> {
    let cards = world.cards();
    let basis = match recipient {
        GrantRecipient::Account(account) if account == world.card.account => Basis::Own,
        GrantRecipient::Keepers => Basis::Recovery,
        _ => Basis::Consent,
    };
    let by = match basis {
        Basis::Recovery => &world.here.worker,
        _ => &world.card,
    };
    let grant = by.signs(world.grant(recipient, basis));
    let facts = world.trust.verify_grant(&grant, &cards)?;
    let end = who.signs(end_of_grant(world));
    let (grant, person) = world.trust.verify_grant_end(&end, &cards, &facts)?;
    assert_eq!((grant, person), (facts.grant, facts.person));
    Ok(())
}

#[test]
fn a_grant_is_taken_back_by_the_person_or_given_up_by_who_was_let_in() {
    let world = World::new();
    let (here, there) = (&world.here, &world.there);
    let team = GrantRecipient::Team(here.team);
    let worker = GrantRecipient::Account(here.worker.account);
    for (who, recipient) in [
        (&world.card, team),
        (&world.card, worker),
        (&world.card, GrantRecipient::Keepers),
        (&here.colleague, team),
        (&here.worker, worker),
    ] {
        ends(&world, who, recipient).unwrap();
    }
    for (who, recipient) in [
        (&there.worker, team),
        (&here.administrator, team),
        (&here.colleague, worker),
        (&here.worker, GrantRecipient::Keepers),
        (&Someone::new(0x99), team),
    ] {
        no_rights(ends(&world, who, recipient));
    }
}

#[test]
fn the_grant_of_a_lost_card_is_ended_by_a_worker() {
    let world = World::new();
    let card = GrantRecipient::Account(world.card.account);
    ends(&world, &world.here.worker, card).unwrap();
    ends(&world, &world.there.worker, card).unwrap();
    no_rights(ends(&world, &world.here.administrator, card));
}

#[test]
fn the_end_of_a_grant_ends_no_other() {
    let world = World::new();
    let mission = world.grant(GrantRecipient::Team(world.here.team), Basis::Mission);
    let mission = world.here.worker.signs(mission);
    let facts = world.trust.verify_grant(&mission, &[]).unwrap();
    let end = world.here.worker.signs(end_of_grant(&world));
    world.trust.verify_grant_end(&end, &[], &facts).unwrap();
    for other in [
        GrantFacts {
            grant: GrantId::from_bytes([0x62; 16]),
            ..facts.clone()
        },
        GrantFacts {
            person: PersonId::from_bytes([0xbb; 16]),
            ..facts.clone()
        },
    ] {
        no_rights(world.trust.verify_grant_end(&end, &[], &other).map(|_| ()));
    }
}

#[test]
fn who_left_the_team_ends_its_grants_no_more() {
    let mut world = World::new();
    let end = world
        .here
        .administrator
        .signs(world.here.membership_end(&world.here.worker, 50));
    world.trust.admit(&end).unwrap();
    let team = GrantRecipient::Team(world.here.team);
    no_rights(ends(&world, &world.here.worker, team));
    ends(&world, &world.here.colleague, team).unwrap();
}

#[test]
fn a_mission_needs_a_welcome() {
    let mut world = World::new();
    let none = world
        .here
        .welcome(&world.here.worker, Compartments::NONE, 10);
    let none = world.here.lead.signs(none);
    world.trust.admit(&none).unwrap();
    let mission = world.grant(GrantRecipient::Team(world.here.team), Basis::Mission);
    no_rights(verdict(&world, &world.here.worker.signs(mission)));
}

#[test]
fn an_administrator_who_is_no_member_makes_no_card() {
    let world = World::new();
    let keys = world
        .here
        .administrator
        .signs(world.card_keys(CardReason::First, 20));
    no_rights(world.trust.verify_person_keys(&keys).map(|_| ()));
}

#[test]
fn what_a_welcomed_member_opened_stands_after_they_left() {
    let mut world = World::new();
    let mission = world.grant(GrantRecipient::Team(world.here.team), Basis::Mission);
    let mission = world.here.worker.signs(mission);
    let renewed = with_new_keys(&world.here.worker);
    let member = world.here.member(&renewed, 40);
    let member = world.here.administrator.signs(member);
    world.trust.admit(&member).unwrap();
    verdict(&world, &mission).unwrap();
    let early = world
        .here
        .administrator
        .signs(world.here.account_end(&renewed, 50));
    world.trust.admit(&early).unwrap();
    verdict(&world, &mission).unwrap();
}

#[test]
fn a_second_signer_who_is_no_member_replaces_no_card() {
    let world = World::new();
    let mut keys = world
        .here
        .worker
        .signs(world.card_keys(CardReason::Replaced, 20));
    keys.countersign(&world.here.administrator.keys.signing);
    no_rights(world.trust.verify_person_keys(&keys).map(|_| ()));
}
