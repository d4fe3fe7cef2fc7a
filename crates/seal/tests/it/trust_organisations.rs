//! Who may say what inside organisations: the rules, and what must stay true when statements are
//! replayed, reordered, or signed with keys that ended.

use crate::fixture::{Someone, World, at, no_rights, recovery, rng, with_new_keys};
use domain::id::{OrganisationId, ServerId, TeamId};
use domain::{Compartment, Compartments};
use seal::{RootFingerprint, RootKey, SealError, Signed, SigningKey, Statement, TeamRole, Trust};

#[test]
fn only_the_pinned_root_is_believed() {
    let world = World::new();
    let other = RootKey::generate(&mut rng(8)).signing().verifying();
    let pinned = RootFingerprint::of(&world.root.signing().verifying());
    assert!(matches!(
        Trust::new(other, &pinned),
        Err(SealError::Untrusted(_))
    ));
}

#[test]
fn what_was_admitted_is_known() {
    let world = World::new();
    let (here, trust) = (&world.here, &world.trust);
    assert_eq!(
        trust.is_administrator(here.administrator.account),
        Some(here.organisation)
    );
    assert_eq!(trust.is_administrator(here.lead.account), None);
    assert_eq!(trust.team_organisation(here.team), Some(here.organisation));
    assert_eq!(
        trust.member(here.team, here.lead.account),
        Some(TeamRole::Lead)
    );
    assert_eq!(
        trust.member(here.team, here.worker.account),
        Some(TeamRole::Worker)
    );
    assert_eq!(trust.member(here.team, world.there.worker.account), None);
    assert_eq!(
        trust.welcome(here.team, here.worker.account),
        Compartments::usual()
    );
    assert_eq!(trust.team_key(here.team, Compartment::Social).unwrap().0, 1);
    let worker = here.worker.keys.public();
    assert_eq!(trust.account(here.worker.account), Some(&worker));
    assert_eq!(
        trust.account_of_key(worker.key_id()),
        Some(here.worker.account)
    );
    assert_eq!(trust.key(worker.key_id()), Some(&worker.verifying));
}

#[test]
fn root_statements_are_the_roots_alone() {
    let mut world = World::new();
    let administrator = Statement::Administrator {
        organisation: world.here.organisation,
        account: world.here.worker.account,
        keys: world.here.worker.keys.public(),
        issued_at: at(50),
    };
    let server = Statement::Server {
        server: ServerId::from_bytes([4; 16]),
        key: SigningKey::from_seed(&[4; 32]).verifying(),
        issued_at: at(50),
    };
    for statement in [administrator, server, recovery(5, 50)] {
        let by_administrator = world.here.administrator.signs(statement.clone());
        no_rights(world.trust.admit(&by_administrator));
        let by_another_root = Signed::sign(statement, RootKey::generate(&mut rng(8)).signing());
        no_rights(world.trust.admit(&by_another_root));
    }
    assert_eq!(
        world.trust.is_administrator(world.here.worker.account),
        None
    );
    assert!(world.trust.recovery().is_none());
}

#[test]
fn administrators_speak_for_their_organisation_alone() {
    let mut world = World::new();
    let newcomer = Someone::new(0x77);
    let (here, there) = (&world.here, &world.there);
    let statements = [
        here.member(&newcomer, 50),
        Statement::Team {
            organisation: here.organisation,
            team: TeamId::from_bytes([0x70; 16]),
            issued_at: at(50),
        },
        here.membership(&here.worker, TeamRole::Lead, 50),
        here.membership_end(&here.worker, 50),
        here.account_end(&here.worker, 50),
    ];
    let signed: Vec<Signed> = statements
        .into_iter()
        .flat_map(|s| {
            [&there.administrator, &here.worker, &there.lead].map(|who| who.signs(s.clone()))
        })
        .collect();
    for statement in signed {
        no_rights(world.trust.admit(&statement));
    }
    let role = world
        .trust
        .member(world.here.team, world.here.worker.account);
    assert_eq!(role, Some(TeamRole::Worker));
}

#[test]
fn an_administrator_cannot_take_anothers_team_account_or_keys() {
    let mut world = World::new();
    let (here, there) = (&world.here, &world.there);
    let statements = [
        Statement::Team {
            organisation: there.organisation,
            team: here.team,
            issued_at: at(50),
        },
        there.member(&here.worker, 50),
        there.membership(&here.worker, TeamRole::Worker, 50),
        there.account_end(&here.worker, 50),
        // A colleague's keys under one's own account.
        Statement::Member {
            organisation: there.organisation,
            account: there.worker.account,
            keys: here.worker.keys.public(),
            issued_at: at(50),
        },
        // An administrator's keys are the root's to state.
        there.member(&with_new_keys(&there.administrator), 50),
    ];
    let signed: Vec<Signed> = statements
        .into_iter()
        .map(|s| there.administrator.signs(s))
        .collect();
    for statement in signed {
        no_rights(world.trust.admit(&statement));
    }
    assert_eq!(
        world.trust.team_organisation(world.here.team),
        Some(world.here.organisation)
    );
}

#[test]
fn keys_and_welcomes_are_the_leads_alone() {
    let mut world = World::new();
    let (here, there) = (&world.here, &world.there);
    let statements = [
        here.team_key(Compartment::Social, 2, 50),
        here.welcome(&here.worker, Compartment::SHARED.into_iter().collect(), 50),
    ];
    let signed: Vec<Signed> = statements
        .into_iter()
        .flat_map(|s| {
            [
                &here.administrator,
                &here.worker,
                &there.lead,
                &there.administrator,
            ]
            .map(|who| who.signs(s.clone()))
        })
        .collect();
    for statement in signed {
        no_rights(world.trust.admit(&statement));
    }
    let stranger = world.here.lead.signs(world.here.welcome(
        &world.there.worker,
        Compartments::usual(),
        50,
    ));
    no_rights(world.trust.admit(&stranger));
    let vault: Compartments = [Compartment::Vault].into_iter().collect();
    let vault = world
        .here
        .lead
        .signs(world.here.welcome(&world.here.worker, vault, 50));
    no_rights(world.trust.admit(&vault));
    assert_eq!(
        world
            .trust
            .welcome(world.here.team, world.here.worker.account),
        Compartments::usual()
    );
}

#[test]
fn epochs_of_a_team_key_follow_each_other() {
    let mut world = World::new();
    for (epoch, admitted) in [(3, false), (0, false), (2, true), (2, true), (3, true)] {
        let key = world
            .here
            .lead
            .signs(world.here.team_key(Compartment::Social, epoch, 50));
        assert_eq!(world.trust.admit(&key).is_ok(), admitted, "{epoch}");
    }
    assert_eq!(
        world
            .trust
            .team_key(world.here.team, Compartment::Social)
            .unwrap()
            .0,
        3
    );
    assert!(
        world
            .trust
            .team_key_at(world.here.team, Compartment::Social, 1)
            .is_some()
    );
}

#[test]
fn who_left_speaks_no_more_and_old_signatures_stand() {
    let mut world = World::new();
    let end = world
        .here
        .administrator
        .signs(world.here.membership_end(&world.here.lead, 40));
    world.trust.admit(&end).unwrap();
    let late = world
        .here
        .lead
        .signs(world.here.team_key(Compartment::Social, 2, 41));
    no_rights(world.trust.admit(&late));
    let id = world.here.lead.keys.public().key_id();
    assert!(world.trust.key(id).is_some());

    let end = world
        .here
        .administrator
        .signs(world.here.account_end(&world.here.worker, 40));
    world.trust.admit(&end).unwrap();
    assert!(world.trust.account(world.here.worker.account).is_none());
    assert!(
        world
            .trust
            .key(world.here.worker.keys.public().key_id())
            .is_some()
    );
}

#[test]
fn new_keys_replace_and_the_old_ones_say_nothing_new() {
    let mut world = World::new();
    let renewed = with_new_keys(&world.here.lead);
    let member = world
        .here
        .administrator
        .signs(world.here.member(&renewed, 40));
    world.trust.admit(&member).unwrap();
    assert_eq!(
        world.trust.account(renewed.account),
        Some(&renewed.keys.public())
    );
    let with_old = world
        .here
        .lead
        .signs(world.here.team_key(Compartment::Social, 2, 41));
    no_rights(world.trust.admit(&with_old));
    let with_new = renewed.signs(world.here.team_key(Compartment::Social, 2, 41));
    world.trust.admit(&with_new).unwrap();
}

#[test]
fn a_changed_statement_is_refused_by_its_signature() {
    let mut world = World::new();
    let mut signed = world.here.administrator.signs(world.here.membership(
        &world.here.worker,
        TeamRole::Worker,
        50,
    ));
    signed.statement = world
        .here
        .membership(&world.here.worker, TeamRole::Lead, 50);
    assert_eq!(world.trust.admit(&signed), Err(SealError::Signature));
    let mut other_signer = world.here.worker.signs(world.here.membership(
        &world.here.worker,
        TeamRole::Lead,
        50,
    ));
    other_signer.signer = world.here.administrator.keys.public().key_id();
    assert_eq!(world.trust.admit(&other_signer), Err(SealError::Signature));
}

#[test]
fn admitting_everything_again_in_order_changes_nothing() {
    let mut world = World::new();
    let again = world.here.statements(&world.root);
    for statement in &again {
        world.trust.admit(statement).unwrap();
    }
    assert_eq!(
        world.trust.member(world.here.team, world.here.lead.account),
        Some(TeamRole::Lead)
    );
    assert_eq!(
        world
            .trust
            .team_key(world.here.team, Compartment::Health)
            .unwrap()
            .0,
        1
    );
    assert_ne!(world.here.organisation, OrganisationId::from_bytes([0; 16]));
}

#[test]
fn an_ended_account_is_a_member_of_nothing() {
    let mut world = World::new();
    let end = world
        .here
        .administrator
        .signs(world.here.account_end(&world.here.worker, 40));
    world.trust.admit(&end).unwrap();
    assert_eq!(
        world
            .trust
            .member(world.here.team, world.here.worker.account),
        None
    );
}

#[test]
fn no_team_has_a_key_to_the_vault() {
    let mut world = World::new();
    let vault = world
        .here
        .lead
        .signs(world.here.team_key(Compartment::Vault, 1, 50));
    no_rights(world.trust.admit(&vault));
}
