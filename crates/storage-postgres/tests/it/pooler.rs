//! The stories through `PgBouncer` in transaction pooling, with fewer connections to the server than
//! a node has to the pooler: whoever asks meets another server's connection each time.

use postgres_fixture::{Alone, Pooler};
use std::time::Duration;
use storage::contract::{self, Sample};
use storage_postgres::{PostgresShares, PostgresStorage, Settings, migrate};

#[tokio::test]
async fn every_story_holds_through_a_pooler() {
    let Some(server) = Alone::start().unwrap() else {
        return;
    };
    let straight = server.database("pooled").unwrap();
    migrate(&straight, Duration::from_secs(30)).await.unwrap();
    // The shares' table is made straight to the server, as migrations are.
    PostgresShares::open(&straight, &Settings::default())
        .await
        .unwrap();
    let Some(pooler) = Pooler::before(&server).unwrap() else {
        return;
    };
    let url = pooler.url("pooled");
    let storage = PostgresStorage::open(&url, &Settings::default())
        .await
        .unwrap();
    macro_rules! told {
        ($($story:ident)*) => {$(
            let sample = Sample::of_run(stringify!($story), "");
            if let Err(error) = contract::$story(&storage, sample).await {
                panic!("{}: {error}: {error:?}", stringify!($story));
            }
        )*};
    }
    told!(
        organisations statements memberships team_wraps
        accounts devices enrolments parallel_tries
        sessions card_sessions short_codes
        people cards person_statements import_marks
        entries entries_together readings files beginnings
        access listed grants checkpoints leases
        unsaved_is_undone concurrent_writers one_consistent_state
    );
    let shares = PostgresShares::open(&url, &Settings::default())
        .await
        .unwrap();
    let sample = Sample::of_run("shares", "");
    contract::shares(&shares, sample).await.unwrap();
}
