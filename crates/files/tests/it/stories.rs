//! What holds wherever files lie.

use crate::kept::{Kept, content};
use files::{PART, Writer};
use futures_util::TryStreamExt;
use object_store::{ObjectStoreExt, path::Path};
use std::{fs, sync::Arc};

/// The same stories on a folder and on a bucket.
macro_rules! on_both {
    ($($story:ident),* $(,)?) => {
        mod folder {
            $(#[tokio::test]
            async fn $story() {
                super::$story(crate::kept::Kept::in_a_folder()).await;
            })*
        }
        mod bucket {
            $(#[tokio::test]
            async fn $story() {
                super::$story(crate::kept::Kept::in_a_bucket()).await;
            })*
        }
    };
}

on_both!(
    files_come_back_byte_for_byte,
    fifty_megabytes_come_back,
    what_is_given_up_leaves_nothing,
    several_are_written_at_once,
    names_are_listed_and_removed,
    a_changed_file_is_read_as_it_lies,
);

async fn files_come_back_byte_for_byte(kept: Kept) {
    for length in [0, 1, 1000, PART - 1, PART, PART + 1, 2 * PART, 2 * PART + 3] {
        let whole = content(length);
        let name = format!("person/{length}");
        kept.write(&name, &whole).await.unwrap();
        assert!(kept.read(&name).await.unwrap() == whole, "{length}");
        let head = kept.store.head(&Path::from(name)).await.unwrap();
        assert_eq!(head.size, length as u64);
    }
    assert_eq!(kept.server.map_or(0, |s| s.unfinished()), 0);
}

async fn fifty_megabytes_come_back(kept: Kept) {
    let whole = content(50 * 1024 * 1024 + 17);
    kept.write("person/long", &whole).await.unwrap();
    assert!(kept.read("person/long").await.unwrap() == whole);
}

async fn what_is_given_up_leaves_nothing(kept: Kept) {
    for length in [0, 10, PART, PART + 1, 3 * PART] {
        let mut writer = Writer::new(Arc::clone(&kept.store), Path::from("person/file"));
        writer.write(&content(length)).await.unwrap();
        drop(writer);
        assert!(kept.is_empty().await, "{length}");
    }
}

async fn several_are_written_at_once(kept: Kept) {
    let whole = content(PART + 1000);
    let writes = (0..6).map(|n| {
        let (kept, whole) = (&kept, &whole);
        async move { kept.write(&format!("person-{}/{n}", n % 2), whole).await }
    });
    for written in futures_util::future::join_all(writes).await {
        written.unwrap();
    }
    for n in 0..6 {
        let name = format!("person-{}/{n}", n % 2);
        assert!(kept.read(&name).await.unwrap() == whole);
    }
}

async fn names_are_listed_and_removed(kept: Kept) {
    assert!(files::holds_nothing(&*kept.store).await.unwrap());
    files::probe(&*kept.store).await.unwrap();
    for name in ["a/1", "a/2", "b/3"] {
        kept.write(name, b"sealed").await.unwrap();
    }
    let listed: Vec<_> = kept.store.list(None).try_collect().await.unwrap();
    let mut names: Vec<String> = listed.iter().map(|m| m.location.to_string()).collect();
    names.sort();
    assert_eq!(names, ["a/1", "a/2", "b/3"]);
    for name in names {
        kept.store.delete(&Path::from(name)).await.unwrap();
    }
    assert!(files::holds_nothing(&*kept.store).await.unwrap());
    let gone = kept.read("a/1").await.unwrap_err();
    assert!(matches!(gone, object_store::Error::NotFound { .. }));
    assert_eq!(files::explain(&gone), "it is not there");
}

async fn a_changed_file_is_read_as_it_lies(kept: Kept) {
    kept.write("a/1", b"sealed").await.unwrap();
    fs::write(kept.folder.join("a/1"), b"changed").unwrap();
    assert_eq!(kept.read("a/1").await.unwrap(), b"changed");
}
