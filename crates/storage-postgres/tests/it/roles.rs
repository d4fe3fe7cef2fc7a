//! The role that serves does all that serving needs, and cannot rewrite a journal.

use crate::{
    damage::{JOURNALS, column, run},
    opened, own_database,
    rows::fill,
};
use sqlx::PgPool;
use storage::{Storage, contract, contract::Sample};
use storage_postgres::{PostgresStorage, Settings, allow_runtime};

#[tokio::test]
async fn the_role_that_serves_cannot_rewrite_journals() {
    let Some(database) = own_database().filter(|database| database.files().is_some()) else {
        return;
    };
    let name = database.url().rsplit('/').next().unwrap();
    let role = format!("serves_{}", name.split('?').next().unwrap());
    let owner = PgPool::connect(database.url()).await.unwrap();
    let make = format!("CREATE ROLE {role} LOGIN PASSWORD 'opensesame'");
    run(&owner, &make).await.unwrap();
    let (_, place) = database.url().split_once('@').unwrap();
    let url = format!("postgres://{role}:opensesame@{place}");
    let refused = PostgresStorage::open(&url, &Settings::default()).await;
    assert!(refused.is_err(), "nothing is granted yet");
    allow_runtime(database.url(), &role).await.unwrap();

    let storage = PostgresStorage::open(&url, &Settings::default())
        .await
        .unwrap();
    fill(&storage).await;
    let tell = |story| Sample::new(story);
    contract::statements(&storage, tell("statements"))
        .await
        .unwrap();
    contract::team_wraps(&storage, tell("team_wraps"))
        .await
        .unwrap();
    contract::devices(&storage, tell("devices")).await.unwrap();
    contract::enrolments(&storage, tell("enrolments"))
        .await
        .unwrap();
    contract::sessions(&storage, tell("sessions"))
        .await
        .unwrap();
    contract::short_codes(&storage, tell("short_codes"))
        .await
        .unwrap();
    contract::cards(&storage, tell("cards")).await.unwrap();
    contract::person_statements(&storage, tell("person_statements"))
        .await
        .unwrap();
    contract::import_marks(&storage, tell("import_marks"))
        .await
        .unwrap();
    contract::entries(&storage, tell("entries")).await.unwrap();
    contract::readings(&storage, tell("readings"))
        .await
        .unwrap();
    contract::files(&storage, tell("files")).await.unwrap();
    contract::grants(&storage, tell("grants")).await.unwrap();
    contract::listed(&storage, tell("listed")).await.unwrap();
    contract::checkpoints(&storage, tell("checkpoints"))
        .await
        .unwrap();
    contract::accounts(&storage, tell("accounts"))
        .await
        .unwrap();

    // As on a cluster: without triggers, what is granted holds alone.
    for journal in JOURNALS {
        let drop = format!("DROP TRIGGER {journal}_stay ON {journal}");
        run(&owner, &drop).await.unwrap();
    }
    assert_eq!(storage.check().await.unwrap(), Vec::<String>::new());
    let owners = opened(&database).await.check().await.unwrap();
    assert_eq!(owners.len(), JOURNALS.len(), "{owners:?}");
    let runtime = PgPool::connect(&url).await.unwrap();
    for table in JOURNALS {
        for change in [
            format!("DELETE FROM {table}"),
            format!("UPDATE {table} SET {0} = {0}", column(table)),
            format!("TRUNCATE {table} CASCADE"),
            format!("ALTER TABLE {table} DISABLE TRIGGER ALL"),
        ] {
            assert!(run(&runtime, &change).await.is_err(), "{change}");
        }
    }
    for change in [
        "DELETE FROM persons",
        "DELETE FROM grants",
        "CREATE TABLE more (a int)",
        "SELECT runtime_may('postgres')",
    ] {
        assert!(run(&runtime, change).await.is_err(), "{change}");
    }
}
