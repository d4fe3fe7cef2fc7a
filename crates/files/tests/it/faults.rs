//! A bucket that fails: tried again, then told, within its time, and nothing half done is believed.

use crate::kept::{Kept, PATIENCE, content, settings};
use bucket::{Fault, Server};
use files::{BucketSettings, PART, Place, PlaceError, Writer, explain};
use std::time::{Duration, Instant};

/// Always, as far as a test goes.
const ALWAYS: usize = usize::MAX;

fn server(kept: &Kept) -> &Server {
    kept.server.as_ref().unwrap()
}

/// Longer than any request may take to give up.
fn longest() -> Duration {
    PATIENCE.tries + 2 * PATIENCE.answer + Duration::from_secs(5)
}

#[tokio::test]
async fn passing_faults_are_not_seen() {
    let kept = Kept::in_a_bucket();
    let small = content(100_000);
    let long = content(2 * PART + 5);
    for (turn, (method, fault)) in [
        ("PUT", Fault::Unavailable),
        ("PUT", Fault::HalfRequest),
        ("PUT", Fault::LostAnswer),
        ("PUT", Fault::Hang),
        ("HEAD", Fault::Unavailable),
        ("POST", Fault::Unavailable),
        ("GET", Fault::Unavailable),
        ("GET", Fault::HalfAnswer),
        ("GET", Fault::LostAnswer),
        ("GET", Fault::Hang),
    ]
    .into_iter()
    .enumerate()
    {
        for (name, whole) in [("small", &small), ("long", &long)] {
            let name = format!("{turn}/{name}");
            let times = if fault == Fault::Hang { 1 } else { 2 };
            server(&kept).fails(method, fault, times);
            let asked = server(&kept).asked();
            kept.write(&name, whole)
                .await
                .unwrap_or_else(|e| panic!("{method} {fault:?}: {e}"));
            let read = kept.read(&name).await;
            let read = read.unwrap_or_else(|e| panic!("{method} {fault:?}: {e}"));
            assert!(read == *whole, "{method} {fault:?}");
            assert!(server(&kept).asked() > asked);
            server(&kept).mends();
        }
    }
    assert_eq!(server(&kept).unfinished(), 0);
}

#[tokio::test]
async fn parts_put_together_whose_answer_was_lost_are_a_file() {
    let kept = Kept::in_a_bucket();
    let long = content(PART + 5);
    // The first POST begins, the second puts together.
    server(&kept).fails("POST", Fault::Unavailable, 1);
    let mut writer = Writer::new(kept.store.clone(), "a/long".into());
    writer.write(&long).await.unwrap();
    server(&kept).mends();
    server(&kept).fails("POST", Fault::LostAnswer, 1);
    writer.finish().await.unwrap();
    assert!(kept.read("a/long").await.unwrap() == long);
}

#[tokio::test]
async fn lasting_faults_are_told_in_time_and_leave_nothing() {
    for fault in [
        Fault::Unavailable,
        Fault::HalfRequest,
        Fault::Hang,
        Fault::LostAnswer,
    ] {
        for length in [100_000, 2 * PART + 5] {
            let kept = Kept::in_a_bucket();
            server(&kept).fails("PUT", fault, ALWAYS);
            let begun = Instant::now();
            let result = kept.write("a/file", &content(length)).await;
            if fault == Fault::LostAnswer && length < PART {
                // The server has it whole and says so when asked.
                result.unwrap();
                assert!(kept.read("a/file").await.unwrap() == content(length));
                continue;
            }
            let error = result.unwrap_err();
            assert!(
                begun.elapsed() < longest(),
                "{fault:?} {:?}",
                begun.elapsed()
            );
            assert_eq!(explain(&error), "it does not answer, or not as it should");
            server(&kept).mends();
            assert!(kept.is_empty().await, "{fault:?} {length}");
        }
    }
}

#[tokio::test]
async fn a_byte_changed_on_the_way_is_refused() {
    for length in [100_000, 2 * PART + 5] {
        let kept = Kept::in_a_bucket();
        server(&kept).fails("PUT", Fault::ChangedByte, ALWAYS);
        kept.write("a/file", &content(length)).await.unwrap_err();
        server(&kept).mends();
        assert!(kept.is_empty().await, "{length}");
    }
}

#[tokio::test]
async fn half_a_file_is_never_given_as_a_whole_one() {
    let kept = Kept::in_a_bucket();
    let whole = content(3_000_000);
    kept.write("a/file", &whole).await.unwrap();
    server(&kept).fails("GET", Fault::HalfAnswer, ALWAYS);
    let begun = Instant::now();
    kept.read("a/file").await.unwrap_err();
    assert!(begun.elapsed() < longest());
    server(&kept).mends();
    server(&kept).fails("GET", Fault::Hang, ALWAYS);
    let begun = Instant::now();
    kept.read("a/file").await.unwrap_err();
    assert!(begun.elapsed() < longest());
    server(&kept).mends();
    assert!(kept.read("a/file").await.unwrap() == whole);
}

#[tokio::test]
async fn wrong_keys_and_a_wrong_name_are_told_at_once() {
    let server = Server::start();
    let opened = |name: &str, keys| {
        let place = Place::parse(&format!("s3://{name}"), "none".as_ref()).unwrap();
        place.open(&settings(server.endpoint(), keys)).unwrap()
    };
    let begun = Instant::now();
    let refused = files::probe(&*opened(bucket::NAME, server.wrong_keys())).await;
    let refused = refused.unwrap_err();
    assert_eq!(
        explain(&refused),
        "it refuses these keys, or they may not do this"
    );
    let gone = files::probe(&*opened("another", server.keys())).await;
    assert_eq!(explain(&gone.unwrap_err()), "it is not there");
    files::probe(&*opened(bucket::NAME, server.keys()))
        .await
        .unwrap();
    assert!(begun.elapsed() < PATIENCE.answer);
}

#[tokio::test]
async fn a_bucket_that_is_not_there_is_told_in_time() {
    let server = Server::start();
    let endpoint = server.endpoint();
    let keys = server.keys();
    let place = Place::parse(&format!("s3://{}", bucket::NAME), "none".as_ref()).unwrap();
    let store = place.open(&settings(endpoint, keys)).unwrap();
    drop(server);
    let begun = Instant::now();
    let error = files::probe(&*store).await.unwrap_err();
    assert_eq!(explain(&error), "it does not answer, or not as it should");
    assert!(begun.elapsed() < longest());
}

#[tokio::test]
async fn only_the_authorities_told_are_believed() {
    let server = Server::start();
    let other = Server::start();
    let place = Place::parse(&format!("s3://{}", bucket::NAME), "none".as_ref()).unwrap();
    let believing = |authority| BucketSettings {
        certificates: Some(authority),
        ..settings(server.secure(), server.keys())
    };
    let store = place.open(&believing(server.authority())).unwrap();
    let mut writer = Writer::new(store.clone(), "a/file".into());
    writer.write(&content(PART + 5)).await.unwrap();
    writer.finish().await.unwrap();
    assert!(server.objects().join("a/file").exists());
    let store = place.open(&believing(other.authority())).unwrap();
    let refused = files::probe(&*store).await.unwrap_err();
    assert!(explain(&refused).contains("certificate"), "{refused:?}");
    for wrong in [server.keys(), server.objects().join("none")] {
        let refused = place.open(&believing(wrong)).unwrap_err();
        assert!(matches!(refused, PlaceError::Certificates { .. }));
    }
}
