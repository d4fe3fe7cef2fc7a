//! Whole transactions that met another: tried again, built anew, and given up after a few times with
//! nothing kept.

use crate::{
    app::{App, PIN, enter, enter_own, secret, texts, writing},
    engine::{Engine, on_a_server},
    procedures::{deadline, new, step},
};
use async_trait::async_trait;
use domain::{
    Compartment,
    id::PersonId,
    procedure::{DeadlineKind, Way, WayKind},
    words::{AppointmentShow, Nature},
};
use service::{Service, ServiceError, Who};
use sqlx::{Connection, PgConnection};
use std::{
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};
use storage::{Storage, StorageError, Transaction};

/// A store where others are first as often as it is told; it counts the transactions that write.
pub(crate) struct Contended {
    store: Arc<dyn Storage>,
    left: AtomicU32,
    begun: AtomicU32,
    ahead: AtomicU32,
}

impl Contended {
    pub(crate) async fn over(app: &App) -> Arc<Self> {
        Arc::new(Self {
            store: app.engine.main().await.unwrap(),
            left: AtomicU32::new(0),
            begun: AtomicU32::new(0),
            ahead: AtomicU32::new(0),
        })
    }

    /// How many began to write since this was last asked.
    pub(crate) fn begun(&self) -> u32 {
        self.begun.swap(0, Ordering::Relaxed)
    }

    /// How many records were read ahead since this was last asked.
    pub(crate) fn ahead(&self) -> u32 {
        self.ahead.swap(0, Ordering::Relaxed)
    }
}

#[async_trait]
impl Storage for Contended {
    async fn read(&self) -> Result<Box<dyn Transaction>, StorageError> {
        self.store.read().await
    }
    fn read_ahead(&self, person: PersonId) {
        self.ahead.fetch_add(1, Ordering::Relaxed);
        self.store.read_ahead(person);
    }
    fn one_writer(&self) -> bool {
        self.store.one_writer()
    }
    async fn write(&self) -> Result<Box<dyn Transaction>, StorageError> {
        self.begun.fetch_add(1, Ordering::Relaxed);
        let taken = |left: u32| left.checked_sub(1);
        let order = Ordering::Relaxed;
        if self.left.fetch_update(order, order, taken).is_ok() {
            return Err(StorageError::Conflict("what was read"));
        }
        self.store.write().await
    }
    async fn engine(&self) -> Result<String, StorageError> {
        self.store.engine().await
    }
    async fn check(&self) -> Result<Vec<String>, StorageError> {
        self.store.check().await
    }
    async fn copy_to(&self, file: &Path) -> Result<(), StorageError> {
        self.store.copy_to(file).await
    }
    fn copy_name(&self) -> &'static str {
        self.store.copy_name()
    }
    async fn size(&self) -> Result<u64, StorageError> {
        self.store.size().await
    }
    async fn close(&self) {
        self.store.close().await;
    }
}

#[tokio::test]
async fn where_others_are_first_it_is_done_anew_and_given_up_after_a_few_times() {
    let app = App::new().await;
    let person = app.person("Aline", true).await;
    let contended = Contended::over(&app).await;
    let service = app.reopened_over(contended.clone()).await;
    let who = Who::Worker(&app.workers[0], person);
    let write = |text| service.write(&who, Compartment::Social, writing(Nature::Fact, text));
    let begun = || contended.begun();

    contended.left.store(5, Ordering::Relaxed);
    write("après cinq autres").await.unwrap();
    assert_eq!((begun(), contended.left.load(Ordering::Relaxed)), (6, 0));

    contended.left.store(u32::MAX, Ordering::Relaxed);
    let refused = write("jamais").await;
    assert!(
        matches!(refused, Err(ServiceError::Overtaken)),
        "{refused:?}"
    );
    assert_eq!(begun(), 6, "given up, and not tried for ever");

    contended.left.store(0, Ordering::Relaxed);
    // What no second try would change is not tried again.
    let refused = service
        .write(&who, Compartment::Vault, writing(Nature::Fact, "ailleurs"))
        .await;
    assert!(refused.is_err());
    assert!(begun() <= 1);
    let record = app.opened(&app.workers[0], person).await;
    assert_eq!(texts(&record), ["après cinq autres"]);
    app.sound().await;
}

#[tokio::test]
async fn every_act_is_done_where_two_others_are_first() {
    let app = App::new().await;
    let person = app.person("Aline", true).await;
    let card = app.card(person).await;
    let member = app.worker("Nour", 0).await;
    let contended = Contended::over(&app).await;
    let service = app.reopened_over(contended.clone()).await;
    let worker = &app.workers[0];
    let who = Who::Worker(worker, person);
    // Others are first twice: then the act is done, and they were met.
    macro_rules! done {
        ($act:expr) => {{
            contended.left.store(2, Ordering::Relaxed);
            let done = $act.await.unwrap();
            assert_eq!(contended.left.load(Ordering::Relaxed), 0);
            done
        }};
    }

    let id = done!(service.open_procedure(worker, person, new(Compartment::Social)));
    done!(service.act_in_procedure(worker, person, id, step(service.today())));
    let piece = done!(service.ask_piece(worker, person, id, "Relevé d’identité bancaire"));
    let met = domain::procedure::Met::NotNeeded("déjà connu".into());
    done!(service.meet_piece(&who, id, piece, met));
    let way = Way {
        kind: WayKind::Counter,
        words: "Guichet du mardi".into(),
        address: String::new(),
    };
    done!(service.note_way(worker, person, id, way));
    let on = service.today().tomorrow().unwrap();
    let declared = deadline(DeadlineKind::Declaration, on, AppointmentShow::Notified);
    done!(service.set_deadline(worker, person, id, None, declared));
    done!(service.make_calendar(worker));
    done!(service.end_calendar(worker));

    let token = done!(service.sign_in_card(&card.code, PIN));
    let own = enter_own(&service, &token).await;
    done!(service.change_pin(&own, &card.code, PIN, "8024"));
    let secret = secret();
    let token = done!(service.sign_in_worker("Nour", &secret, &member.device));
    let session = enter(&service, &token).await;
    done!(service.new_device_code(&session, &member.device, &secret));
    done!(service.sweep());

    let record = app.opened(worker, person).await;
    let procedure = record.procedure(id).unwrap();
    assert_eq!(procedure.deadlines.len(), 1);
    assert_eq!(
        procedure
            .pieces
            .iter()
            .filter(|p| p.piece.id == piece)
            .count(),
        1
    );
    app.sound().await;
}

async fn writes(service: &Service, app: &App, person: PersonId, name: &str) {
    for number in 0..6 {
        let who = Who::Worker(&app.workers[0], person);
        let text = format!("{name} {number}");
        service
            .write(&who, Compartment::Social, writing(Nature::Fact, &text))
            .await
            .unwrap();
    }
}

#[tokio::test]
async fn two_nodes_write_in_one_record_while_teams_change_and_all_is_kept() {
    let app = App::new().await;
    let person = app.person("Aline", true).await;
    let other = app.reopened().await;
    // Both state as well: statements are one chain for all nodes.
    let add = async |service: &Service, name: &str| {
        for number in 0..4 {
            let name = format!("{name} {number}");
            service.add_team(&app.administrator, &name).await.unwrap();
        }
    };
    tokio::join!(
        writes(&app.service, &app, person, "ici"),
        writes(&other, &app, person, "là"),
        add(&app.service, "Équipe ici"),
        add(&other, "Équipe là"),
    );
    let record = app.opened(&app.workers[0], person).await;
    let found = texts(&record);
    assert_eq!(found.len(), 12);
    for name in ["ici", "là"] {
        let own: Vec<_> = found.iter().filter(|t| t.starts_with(name)).collect();
        let expected: Vec<String> = (0..6).map(|n| format!("{name} {n}")).collect();
        assert_eq!(own, expected.iter().collect::<Vec<_>>(), "in their order");
    }
    app.sound().await;
}

/// Waits until the server holds someone back behind another.
async fn someone_waits(connection: &mut PgConnection) {
    for _ in 0..200 {
        let waiting: i64 = sqlx::query_scalar(
            "SELECT count(*) FROM pg_stat_activity
             WHERE datname = current_database() AND wait_event_type = 'Lock'",
        )
        .fetch_one(&mut *connection)
        .await
        .unwrap();
        if waiting > 0 {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("nobody waits");
}

#[tokio::test]
async fn one_that_the_server_ended_for_a_deadlock_is_done_anew() {
    let app = App::new().await;
    let Engine::Server(database) = app.engine.clone() else {
        assert!(!on_a_server());
        eprintln!(
            "skipped: one writes at a time on the embedded engine, and none waits for another"
        );
        return;
    };
    let person = app.person("Aline", true).await;
    app.write(&app.workers[0], person, Compartment::Social, "un")
        .await;
    let mut rival = PgConnection::connect(database.url()).await.unwrap();
    let mut looking = PgConnection::connect(database.url()).await.unwrap();
    let id = person.as_bytes().to_vec();
    let mut transaction = rival.begin().await.unwrap();
    // The place of the next entry is taken and not saved: whoever writes one waits.
    sqlx::query(
        "INSERT INTO entries SELECT person_id, sequence + 1, compartment, epoch, profile, author,
             key, previous, hash, sealed, signature, file, file_hash, file_length
         FROM entries WHERE person_id = $1 ORDER BY sequence DESC LIMIT 1",
    )
    .bind(&id)
    .execute(&mut *transaction)
    .await
    .unwrap();
    let write = async {
        let who = Who::Worker(&app.workers[0], person);
        app.service
            .write(&who, Compartment::Social, writing(Nature::Fact, "deux"))
            .await
    };
    let meet = async {
        someone_waits(&mut looking).await;
        // Now each waits for the other. The one that waits for longer is ended: it is the node.
        sqlx::query("SELECT 1 FROM persons WHERE person_id = $1 FOR UPDATE")
            .bind(&id)
            .execute(&mut *transaction)
            .await
            .unwrap();
        transaction.rollback().await.unwrap();
    };
    let (written, ()) = tokio::join!(write, meet);
    written.unwrap();
    let record = app.opened(&app.workers[0], person).await;
    assert_eq!(texts(&record), ["un", "deux"]);
    app.sound().await;
}
