//! Nothing is sealed under a key that someone without a right to it may hold: the next one who
//! writes makes a new key where an access ended, was over, a card was lost, or someone left. And a
//! key that was put in the stated one's place seals nothing.

use crate::{
    app::{App, PIN, texts},
    store,
};
use domain::{
    Compartment, Compartments,
    id::{GrantId, OrganisationId, PersonId},
};
use jiff::ToSpan;
use seal::{Binding, ContentType, KemPublic, Key, Signed, Statement};
use service::{CodeFor, NewAccess, ServiceError, Which, Who};

/// The epochs of the keys that sealed what stands in the social compartment, in order.
pub(crate) async fn epochs(app: &App, person: PersonId) -> Vec<i64> {
    let epochs = format!(
        "SELECT epoch FROM entries WHERE person_id = {} AND compartment = 2 ORDER BY sequence",
        store::blob(person)
    );
    app.engine.numbers(&epochs).await
}

async fn let_in(app: &App, person: PersonId, days: i64) -> GrantId {
    let card = app.card(person).await;
    let own = app.own(&card.code).await;
    let shown = app
        .service
        .short_code(&app.workers[1], CodeFor::Me)
        .await
        .unwrap();
    let access = NewAccess {
        compartments: Compartments::usual(),
        purpose: "trouver un logement".into(),
        until: app.service.today().saturating_add(days.days()),
    };
    app.service
        .give_access(&own, &shown.code, &access)
        .await
        .unwrap()
}

#[tokio::test]
async fn an_access_that_is_over_knows_no_later_key() {
    let app = App::new().await;
    let person = app.person("Carine", true).await;
    let_in(&app, person, 0).await;
    let worker = &app.workers[0];
    app.write(worker, person, Compartment::Social, "pendant")
        .await;
    assert!(epochs(&app, person).await.iter().all(|epoch| *epoch == 1));
    app.hours(24);
    app.write(worker, person, Compartment::Social, "après")
        .await;
    assert_eq!(epochs(&app, person).await.last(), Some(&2));
    app.write(worker, person, Compartment::Social, "encore")
        .await;
    assert_eq!(epochs(&app, person).await.last(), Some(&2), "once");
    let opened = app.opened(worker, person).await;
    assert_eq!(texts(&opened), ["pendant", "après", "encore"]);
    app.sound().await;
}

#[tokio::test]
async fn a_lost_card_knows_no_later_key_and_the_new_one_knows_all() {
    let app = App::new().await;
    let person = app.person("Carine", true).await;
    let lost = app.card(person).await;
    let worker = &app.workers[0];
    app.write(worker, person, Compartment::Social, "avant")
        .await;
    let presence = app
        .service
        .presence_code(&app.leads[0], person)
        .await
        .unwrap();
    let made = app
        .service
        .replace_card(worker, person, lost.card, PIN, &presence)
        .await
        .unwrap();
    app.write(worker, person, Compartment::Social, "après")
        .await;
    assert_eq!(epochs(&app, person).await, [1, 2]);
    let own = app.own(&made.code).await;
    let opened = app.service.open_own(&own, Which::All).await.unwrap();
    assert_eq!(texts(&opened.record), ["avant", "après"]);
    app.sound().await;
}

#[tokio::test]
async fn who_gives_up_their_own_access_leaves_the_new_key_to_the_next_one_who_writes() {
    let app = App::new().await;
    let person = app.person("Carine", true).await;
    let grant = let_in(&app, person, 6).await;
    let friend = Who::Worker(&app.workers[1], person);
    app.service.take_back(&friend, grant).await.unwrap();
    app.write(&app.workers[0], person, Compartment::Social, "après")
        .await;
    assert_eq!(epochs(&app, person).await.last(), Some(&2));
    app.sound().await;
}

/// The team's public key for the social compartment, as anyone reads it in the store.
async fn team_key(app: &App) -> KemPublic {
    let rows = app.engine.bytes("SELECT signed FROM statements").await;
    let stated = rows.iter().map(|row| Signed::parse(row).unwrap().statement);
    let found = stated.into_iter().find_map(|statement| match statement {
        Statement::TeamKey {
            team,
            compartment: Compartment::Social,
            key,
            ..
        } if team == app.teams[0] => Some(key),
        _ => None,
    });
    found.unwrap()
}

/// The identifiers of a row, in the order asked.
async fn ids(app: &App, query: String) -> Vec<[u8; 16]> {
    let found = app.engine.bytes(&query).await;
    found.into_iter().map(|id| id.try_into().unwrap()).collect()
}

#[tokio::test]
async fn a_key_of_an_intruders_choosing_seals_nothing() {
    let app = App::new().await;
    let person = app.person("Carine", true).await;
    app.write(&app.workers[0], person, Compartment::Social, "avant")
        .await;
    let about = store::blob(person);
    let organisation = format!("SELECT organisation FROM persons WHERE person_id = {about}");
    let organisation = OrganisationId::from_bytes(ids(&app, organisation).await[0]);
    let team = store::blob(app.teams[0]);
    let grant =
        format!("SELECT grant_id FROM grants WHERE person_id = {about} AND recipient = {team}");
    let grant = GrantId::from_bytes(ids(&app, grant).await[0]);
    let public = team_key(&app).await;
    let planted = Key::from_bytes([66; 32]);
    // In place of the stated key, and as the next one.
    for epoch in [1, 2] {
        let binding = Binding::new(ContentType::CompartmentKey)
            .organisation(organisation)
            .person(person)
            .compartment(Compartment::Social)
            .object(grant.as_bytes())
            .epoch(epoch);
        let mut chance = <rand_chacha::ChaCha20Rng as rand_core::SeedableRng>::from_seed([3; 32]);
        let wrapped = seal::wrap_to(&public, &binding, planted.as_bytes(), &mut chance).unwrap();
        let wrapped = store::hex(&wrapped);
        let edit = format!(
            "INSERT INTO wraps (person_id, compartment, epoch, grant_id, recipient_kind, recipient,
                method, team_epoch, wrapped)
             VALUES ({about}, 2, {epoch}, {}, 1, {team}, 3, 1, x'{wrapped}')
             ON CONFLICT (person_id, compartment, epoch, grant_id, recipient_kind, recipient)
             DO UPDATE SET method = 3, wrapped = excluded.wrapped",
            store::blob(grant)
        );
        let copy = app.copied().await;
        let warm = copy.open().await.unwrap();
        let worker = &app.workers[0];
        warm.open_record(worker, person, Which::All).await.unwrap();
        copy.engine.edit(&edit).await;
        for service in [&warm, &copy.open().await.unwrap()] {
            let writing = crate::app::writing(domain::words::Nature::Fact, "sous une fausse clé");
            let who = Who::Worker(worker, person);
            let refused = service.write(&who, Compartment::Social, writing).await;
            assert!(
                matches!(refused, Err(ServiceError::Integrity { .. })),
                "{epoch}: {refused:?}"
            );
            let shown = service.open_record(worker, person, Which::All).await;
            assert!(matches!(shown, Err(ServiceError::Integrity { .. })));
        }
    }
}
