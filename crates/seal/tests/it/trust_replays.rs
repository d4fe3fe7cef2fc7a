//! What an attacker who holds the database, or a key that ended, gains by stating again, late, or
//! under an earlier date: nothing.

use crate::fixture::{Someone, World, at, no_rights, recovery, with_new_keys};
use domain::id::ServerId;
use domain::{Compartment, Compartments};
use seal::{Signed, SigningKey, Statement, TeamRole};

#[test]
fn a_key_that_ended_cannot_backdate() {
    let mut world = World::new();
    let end = world
        .here
        .administrator
        .signs(world.here.account_end(&world.here.lead, 40));
    world.trust.admit(&end).unwrap();
    let backdated = world
        .here
        .lead
        .signs(world.here.team_key(Compartment::Social, 2, 39));
    no_rights(world.trust.admit(&backdated));
}

#[test]
fn a_welcome_does_not_come_back_when_replayed_after_leaving() {
    let mut world = World::new();
    let welcome = world.here.lead.signs(world.here.welcome(
        &world.here.worker,
        Compartments::usual(),
        6,
    ));
    let end = world
        .here
        .lead
        .signs(world.here.membership_end(&world.here.worker, 40));
    world.trust.admit(&end).unwrap();
    let _ = world.trust.admit(&welcome);
    let left = world
        .trust
        .welcome(world.here.team, world.here.worker.account);
    assert_eq!(left, Compartments::NONE);
}

#[test]
fn an_ended_account_does_not_come_back_when_its_old_statement_is_replayed() {
    let mut world = World::new();
    let member = world
        .here
        .administrator
        .signs(world.here.member(&world.here.worker, 2));
    let end = world
        .here
        .administrator
        .signs(world.here.account_end(&world.here.worker, 40));
    world.trust.admit(&end).unwrap();
    let _ = world.trust.admit(&member);
    assert!(world.trust.account(world.here.worker.account).is_none());
}

#[test]
fn replaced_keys_do_not_come_back_when_their_old_statement_is_replayed() {
    let mut world = World::new();
    let old = world
        .here
        .administrator
        .signs(world.here.member(&world.here.worker, 2));
    let renewed = with_new_keys(&world.here.worker);
    let new = world
        .here
        .administrator
        .signs(world.here.member(&renewed, 40));
    world.trust.admit(&new).unwrap();
    let _ = world.trust.admit(&old);
    assert_eq!(
        world.trust.account(renewed.account),
        Some(&renewed.keys.public())
    );
}

#[test]
fn new_keys_wait_for_a_new_welcome() {
    let mut world = World::new();
    let renewed = with_new_keys(&world.here.worker);
    let member = world
        .here
        .administrator
        .signs(world.here.member(&renewed, 40));
    world.trust.admit(&member).unwrap();
    let before = world.trust.welcome(world.here.team, renewed.account);
    assert_eq!(before, Compartments::NONE);
}

#[test]
fn older_keepers_do_not_replace_newer_ones() {
    let mut world = World::new();
    let (old, new) = (recovery(5, 10), recovery(6, 20));
    for statement in [&old, &new, &old] {
        let _ = world
            .trust
            .admit(&Signed::sign(statement.clone(), world.root.signing()));
    }
    let key = |statement: &Statement| match statement {
        Statement::Recovery { verifying, .. } => *verifying,
        _ => unreachable!(),
    };
    assert_eq!(world.trust.recovery().unwrap().verifying, key(&new));
    // What the older ones signed stays signed.
    for statement in [&old, &new] {
        let id = key(statement).key_id();
        assert_eq!(world.trust.keepers_key(id), Some(&key(statement)));
    }
    let never = key(&recovery(7, 30)).key_id();
    assert_eq!(world.trust.keepers_key(never), None);
}

#[test]
fn a_lead_who_left_cannot_backdate() {
    let mut world = World::new();
    let end = world
        .here
        .administrator
        .signs(world.here.membership_end(&world.here.lead, 40));
    world.trust.admit(&end).unwrap();
    let backdated = world
        .here
        .lead
        .signs(world.here.team_key(Compartment::Social, 2, 39));
    no_rights(world.trust.admit(&backdated));
}

#[test]
fn a_welcome_is_newer_than_the_membership_and_its_keys() {
    let mut world = World::new();
    let shared: Compartments = Compartment::SHARED.into_iter().collect();
    let welcome = |world: &World, second| {
        let worker = &world.here.worker;
        world
            .here
            .lead
            .signs(world.here.welcome(worker, shared, second))
    };
    let administrator = Someone::new(12);
    for (statement, before, after) in [
        (
            world.here.membership_end(&world.here.worker, 40),
            None,
            None,
        ),
        (
            world
                .here
                .membership(&world.here.worker, TeamRole::Worker, 50),
            Some(45),
            Some(50),
        ),
        (
            world.here.member(&with_new_keys(&world.here.worker), 60),
            Some(55),
            Some(61),
        ),
    ] {
        world.trust.admit(&administrator.signs(statement)).unwrap();
        let team = world.here.team;
        let worker = world.here.worker.account;
        assert_eq!(world.trust.welcome(team, worker), Compartments::NONE);
        if let Some(second) = before {
            no_rights(world.trust.admit(&welcome(&world, second)));
        }
        if let Some(second) = after {
            world.trust.admit(&welcome(&world, second)).unwrap();
            assert_eq!(world.trust.welcome(team, worker), shared);
        }
    }
}

#[test]
fn an_older_welcome_does_not_replace_a_newer_one() {
    let mut world = World::new();
    let (lead, worker) = (&world.here.lead, &world.here.worker);
    let few: Compartments = [Compartment::Identity].into_iter().collect();
    let narrowed = lead.signs(world.here.welcome(worker, few, 40));
    let wide = lead.signs(world.here.welcome(worker, Compartments::usual(), 6));
    world.trust.admit(&narrowed).unwrap();
    no_rights(world.trust.admit(&wide));
    let now = world
        .trust
        .welcome(world.here.team, world.here.worker.account);
    assert_eq!(now, few);
}

#[test]
fn an_older_membership_does_not_replace_a_newer_one() {
    let mut world = World::new();
    let (here, team) = (&world.here, world.here.team);
    let says = |statement| here.administrator.signs(statement);
    let lead = here.lead.account;
    let first = says(here.membership(&here.lead, TeamRole::Lead, 4));
    let second = says(here.membership(&here.lead, TeamRole::Worker, 40));
    let end = says(here.membership_end(&here.lead, 50));
    let again = says(here.membership(&here.lead, TeamRole::Worker, 60));
    world.trust.admit(&second).unwrap();
    no_rights(world.trust.admit(&first));
    assert_eq!(world.trust.member(team, lead), Some(TeamRole::Worker));
    world.trust.admit(&end).unwrap();
    world.trust.admit(&second).unwrap();
    assert_eq!(world.trust.member(team, lead), None);
    world.trust.admit(&again).unwrap();
    no_rights(world.trust.admit(&end));
    assert_eq!(world.trust.member(team, lead), Some(TeamRole::Worker));
}

#[test]
fn an_older_key_of_a_server_does_not_replace_a_newer_one() {
    let mut world = World::new();
    let server = ServerId::from_bytes([4; 16]);
    let stated = |number, second| {
        let key = SigningKey::from_seed(&[number; 32]).verifying();
        Statement::Server {
            server,
            key,
            issued_at: at(second),
        }
    };
    let says = |statement| Signed::sign(statement, world.root.signing());
    let (old, new) = (says(stated(4, 10)), says(stated(5, 20)));
    world.trust.admit(&old).unwrap();
    world.trust.admit(&new).unwrap();
    no_rights(world.trust.admit(&old));
    let newest = SigningKey::from_seed(&[5; 32]).verifying();
    assert_eq!(world.trust.server_key(server), Some(&newest));
}
