//! Someone who writes in the database and means to get in: what opens an account, a card or a session
//! opens nothing from another row, and lists and shares give nothing that was moved.

use crate::{
    app::{PIN, secret, texts},
    store,
    tampering::scene,
};
use service::{CodeFor, ServiceError, SignInError, Which};

/// One row's cell in place of another's.
fn swap(table: &str, column: &str, key: &str, one: &str, other: &str) -> String {
    format!(
        "UPDATE {table} SET {column} = (SELECT {column} FROM {table} WHERE {key} = {other} LIMIT 1)
         WHERE {key} = {one}"
    )
}

#[tokio::test]
async fn what_opens_doors_opens_none_from_another_row() {
    let scene = Box::pin(scene()).await;
    let app = &scene.app;
    let (dora, elie) = (app.worker("Dora", 0).await, app.worker("Élie", 0).await);
    let session = |m: &crate::app::Member| store::blob(m.session.id);
    let device = |m: &crate::app::Member| store::blob(m.session.device);
    let account = |m: &crate::app::Member| store::blob(m.account);

    for column in ["sealed", "account"] {
        let copy = app.copied().await;
        let edit = swap("sessions", column, "id", &session(&dora), &session(&elie));
        copy.engine.edit(&edit).await;
        let resumed = copy.open().await.unwrap().resume(&dora.token).await;
        assert!(!matches!(resumed, Ok(Some(_))), "sessions.{column}");
    }
    for (edit, what) in [
        (
            swap("devices", "sealed", "id", &device(&dora), &device(&elie)),
            "devices.sealed",
        ),
        (
            swap("devices", "salt", "id", &device(&dora), &device(&elie)),
            "devices.salt",
        ),
        (
            swap(
                "accounts",
                "profile",
                "id",
                &account(&dora),
                &account(&elie),
            ),
            "accounts.profile",
        ),
        (
            swap(
                "accounts",
                "organisation_key",
                "id",
                &account(&dora),
                &account(&elie),
            ),
            "accounts.organisation_key",
        ),
        (
            swap(
                "team_wraps",
                "wrapped",
                "account",
                &account(&dora),
                &account(&elie),
            ),
            "team_wraps.wrapped",
        ),
        (
            swap(
                "teams",
                "name",
                "id",
                &store::blob(app.teams[0]),
                &store::blob(app.teams[1]),
            ),
            "teams.name",
        ),
    ] {
        let copy = app.copied().await;
        copy.engine.edit(&edit).await;
        let service = copy.open().await.unwrap();
        let refused = service
            .sign_in_worker("Dora", &secret(), &dora.device)
            .await;
        assert!(
            matches!(
                refused,
                Err(SignInError::Wrong | SignInError::Service(ServiceError::Integrity { .. }))
            ),
            "{what}: {refused:?}"
        );
    }
}

#[tokio::test]
async fn cards_and_short_codes_open_nothing_from_another_row() {
    let scene = Box::pin(scene()).await;
    let app = &scene.app;
    let (a, b) = (store::blob(scene.a), store::blob(scene.b));
    for column in ["sealed", "salt", "account", "card"] {
        let copy = app.copied().await;
        let edit = swap("cards", column, "person_id", &a, &b);
        copy.engine.edit(&edit).await;
        let service = copy.open().await.unwrap();
        let refused = service.sign_in_card(&scene.cards[0], PIN).await;
        assert!(refused.is_err(), "cards.{column}");
    }
    // B's card found by A's code: it does not open with it.
    let copy = app.copied().await;
    let edit = format!(
        "UPDATE cards SET lookup = randomblob(16) WHERE person_id = {b};
         UPDATE cards SET person_id = {b}, card = randomblob(16) WHERE person_id = {a}"
    );
    copy.engine.edit(&edit).await;
    let service = copy.open().await.unwrap();
    assert!(service.sign_in_card(&scene.cards[0], PIN).await.is_err());

    let me = app.service.short_code(&app.workers[1], CodeFor::Me).await;
    let team = app
        .service
        .short_code(&app.workers[1], CodeFor::Team(app.teams[1]))
        .await
        .unwrap();
    let copy = app.copied().await;
    let edit = "CREATE TABLE moved AS SELECT lookup,
          lead(sealed, 1, (SELECT sealed FROM short_codes ORDER BY lookup LIMIT 1))
          OVER (ORDER BY lookup) AS sealed FROM short_codes;
        UPDATE short_codes SET sealed = (SELECT sealed FROM moved m WHERE m.lookup = short_codes.lookup)";
    copy.engine.edit(edit).await;
    let service = copy.open().await.unwrap();
    for code in [me.unwrap().code, team.code] {
        assert!(service.read_short_code(&code).await.is_err());
    }
}

#[tokio::test]
async fn lists_show_nothing_moved() {
    let scene = Box::pin(scene()).await;
    let lead = &scene.app.leads[0];
    for edit in [
        "UPDATE entries SET sealed = (SELECT sealed FROM entries WHERE person_id = $B AND profile = 1)
         WHERE person_id = $A AND sequence = $later",
        "UPDATE entries SET sealed = (SELECT sealed FROM entries WHERE person_id = $A AND sequence = $profile)
         WHERE person_id = $A AND sequence = $later",
        "UPDATE entries SET profile = 1 WHERE person_id = $A AND compartment = 1
         AND sequence = (SELECT max(sequence) FROM entries WHERE person_id = $A AND compartment = 1)",
    ] {
        let copy = scene.app.copied().await;
        copy.engine.edit(&scene.fill(edit)).await;
        let listed = copy.open().await.unwrap().people(lead, "", None).await;
        assert!(
            matches!(listed, Err(ServiceError::Integrity { .. })),
            "{edit}: {listed:?}"
        );
    }
}

#[tokio::test]
async fn a_share_of_another_person_opens_nothing_and_without_it_nothing_opens() {
    let scene = Box::pin(scene()).await;
    let lead = &scene.app.leads[0];
    let copy = scene.app.copied().await;
    let (a, b) = (store::blob(scene.a), store::blob(scene.b));
    let swapped = format!(
        "UPDATE shares SET share = (SELECT share FROM shares WHERE person_id = {b}) WHERE person_id = {a}"
    );
    copy.engine.edit_shares(&swapped).await;
    let service = copy.open().await.unwrap();
    let refused = service.open_record(lead, scene.a, Which::All).await;
    assert!(matches!(refused, Err(ServiceError::Integrity { .. })));
    copy.engine
        .edit_shares(&format!("DELETE FROM shares WHERE person_id = {a}"))
        .await;
    let erased = service.open_record(lead, scene.a, Which::All).await;
    assert!(matches!(erased, Err(ServiceError::Erased)), "{erased:?}");
    let keepers = service
        .open_by_keepers(
            &scene.app.sheets[..3],
            scene.a,
            "Décision du juge du 3 mars",
        )
        .await;
    assert!(matches!(keepers, Err(ServiceError::Erased)), "{keepers:?}");
    let listed = service.people(lead, "", None).await.unwrap();
    assert_eq!(listed.total, 1);
    let other = service
        .open_record(lead, scene.b, Which::All)
        .await
        .unwrap();
    assert_eq!(texts(&other.record), ["un", "un", "deux", "deux"]);
}
