//! A server reached over TLS: believed by its authority and its name, and by nothing less.

use postgres_fixture::Alone;
use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use sqlx::{Connection, PgConnection};
use std::{fs, path::Path, time::Duration};
use storage::Storage;
use storage_postgres::{PostgresShares, PostgresStorage, Settings, migrate};

/// An authority in PEM, with the certificate it gave to that name and its key.
struct Given {
    authority: String,
    certificate: String,
    key: String,
}

fn given(name: &str) -> Given {
    let mut params = CertificateParams::new(Vec::new()).unwrap();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let signing = KeyPair::generate().unwrap();
    let authority = params.self_signed(&signing).unwrap();
    let issuer = Issuer::new(params, signing);
    let key = KeyPair::generate().unwrap();
    let own = CertificateParams::new(vec![name.to_owned()]).unwrap();
    let own = own.signed_by(&key, &issuer).unwrap();
    Given {
        authority: authority.pem(),
        certificate: own.pem(),
        key: key.serialize_pem(),
    }
}

fn full(root: &Path) -> String {
    format!("sslmode=verify-full&sslrootcert={}", root.display())
}

async fn refused(url: &str) -> String {
    let opened = PostgresStorage::open(url, &Settings::default()).await;
    opened.map(drop).unwrap_err().to_string()
}

#[tokio::test]
async fn a_server_is_believed_by_its_authority_and_its_name_alone() {
    let Some(server) = Alone::start().unwrap() else {
        return;
    };
    let plain = server.database("told").unwrap();
    migrate(&plain, Duration::from_secs(30)).await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let [right, wrong] = [given("127.0.0.1"), given("127.0.0.1")];
    let [root, other] = ["right.pem", "wrong.pem"].map(|name| folder.path().join(name));
    fs::write(&root, &right.authority).unwrap();
    fs::write(&other, &wrong.authority).unwrap();
    let at = |host, settings: &str| server.address(host, "told", settings);

    // It speaks no TLS yet: nobody who asks for TLS goes on without.
    for settings in ["sslmode=require".to_owned(), full(&root)] {
        let said = refused(&at("127.0.0.1", &settings)).await;
        assert!(said.contains("TLS"), "{said}");
    }

    server
        .speak_tls_only(&right.certificate, &right.key)
        .unwrap();
    let url = at("127.0.0.1", &full(&root));
    let mut connection = PgConnection::connect(&url).await.unwrap();
    let sealed: bool =
        sqlx::query_scalar("SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()")
            .fetch_one(&mut connection)
            .await
            .unwrap();
    assert!(sealed);
    let storage = PostgresStorage::open(&url, &Settings::default())
        .await
        .unwrap();
    crate::rows::add(&storage, &crate::rows::organisation(1))
        .await
        .unwrap();
    assert!(storage.engine().await.unwrap().starts_with("postgresql"));
    PostgresShares::open(&url, &Settings::default())
        .await
        .unwrap();

    // Another authority, another name, no TLS at all: nothing is said to it, no password either.
    for (host, settings) in [
        ("127.0.0.1", full(&other)),
        ("localhost", full(&root)),
        ("127.0.0.1", "sslmode=disable".to_owned()),
    ] {
        let said = refused(&at(host, &settings)).await;
        assert!(!said.contains("password"), "{said}");
    }
    // The authority without the name is what `verify-ca` asks for.
    let by_authority = format!("sslmode=verify-ca&sslrootcert={}", root.display());
    PgConnection::connect(&at("localhost", &by_authority))
        .await
        .unwrap();
}
