//! Someone who writes in the database: cells moved between rows, people, compartments and versions,
//! rows taken out, put back, made up. None is accepted, and `verify` names each that was signed.
//!
//! Each edit is made on a copy of one installation. The record then opens exactly as it stood, or
//! not at all: to a program started afterwards, and to one that had opened it before.

use crate::{
    app::{App, Copied, enter},
    store,
};
use domain::{
    Compartment, Compartments,
    entry::Profile,
    id::{GrantId, PersonId},
};
use jiff::ToSpan;
use service::{CodeFor, NewAccess, Service, ServiceError, Which, Who};

/// What a reader must find after an edit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Then {
    /// The record is refused.
    Closed,
    /// The record opens as it stood: no right rests on what was edited.
    Same,
    /// The program does not start.
    Unstarted,
}
use Then::{Closed, Same, Unstarted};

/// An edit, the place that `verify` must name (none: it rests on no signature), and what follows.
type Case = (&'static str, Option<&'static str>, Then);

pub(crate) struct Scene {
    pub(crate) app: App,
    pub(crate) a: PersonId,
    pub(crate) b: PersonId,
    /// Given by A to the other team, and taken back.
    grant: GrantId,
    pub(crate) cards: [String; 2],
}

/// Two people with writings in three compartments, a paper, cards, readings and checkpoints; A also
/// has two profiles, and keys that were changed once.
pub(crate) async fn scene() -> Scene {
    let app = App::new().await;
    let (a, b) = (
        app.person("Aline", true).await,
        app.person("Basile", true).await,
    );
    let mut cards = Vec::new();
    for person in [a, b] {
        cards.push(app.card(person).await.code);
        for text in ["un", "deux"] {
            app.write(&app.leads[0], person, Compartment::Social, text)
                .await;
            app.write(&app.leads[0], person, Compartment::Health, text)
                .await;
        }
        let who = Who::Worker(&app.leads[0], person);
        for page in ["%PDF-1.7 une page", "%PDF-1.7 deux pages"] {
            crate::safe::put(&app, &who, Compartment::Social, page.as_bytes())
                .await
                .unwrap();
        }
        app.opened(&app.leads[0], person).await;
        app.own(cards.last().unwrap()).await;
    }
    app.service.checkpoint().await.unwrap();
    let profile = Profile {
        given_names: "Aline".into(),
        birth_name: "Autre".into(),
        ..Profile::default()
    };
    app.service
        .change_profile(&app.leads[0], a, profile)
        .await
        .unwrap();
    let own = app.own(&cards[0]).await;
    let shown = app
        .service
        .short_code(&app.workers[1], CodeFor::Team(app.teams[1]))
        .await
        .unwrap();
    let access = NewAccess {
        compartments: Compartments::usual(),
        purpose: "trouver un logement".into(),
        until: app.service.today().saturating_add(6.days()),
    };
    let grant = app
        .service
        .give_access(&own, &shown.code, &access)
        .await
        .unwrap();
    app.opened(&app.workers[1], a).await;
    app.service
        .take_back(&Who::Person(&own), grant)
        .await
        .unwrap();
    for text in ["trois", "quatre"] {
        app.write(&app.leads[0], a, Compartment::Social, text).await;
    }
    app.minutes(20);
    app.opened(&app.leads[0], a).await;
    app.service.checkpoint().await.unwrap();
    app.sound().await;
    Scene {
        app,
        a,
        b,
        grant,
        cards: cards.try_into().unwrap(),
    }
}

impl Scene {
    /// The edit with its places filled in: people, accounts, teams, and A's entries by what they
    /// are. B's first entries have the same places as A's.
    pub(crate) fn fill(&self, text: &str) -> String {
        let social = |epoch: u8, skip: u8| {
            format!(
                "(SELECT sequence FROM entries WHERE person_id = $A AND compartment = 2
                  AND epoch = {epoch} AND file IS NULL ORDER BY sequence LIMIT 1 OFFSET {skip})"
            )
        };
        let nth = |of: &str, skip: u8| {
            format!(
                "(SELECT sequence FROM entries WHERE person_id = $A AND {of}
                  ORDER BY sequence LIMIT 1 OFFSET {skip})"
            )
        };
        text.replace("$one", &social(1, 0))
            .replace("$two", &social(1, 1))
            .replace("$three", &social(2, 0))
            .replace("$four", &social(2, 1))
            .replace("$health", &nth("compartment = 3", 0))
            .replace("$profile", &nth("profile = 1", 0))
            .replace("$later", &nth("profile = 1", 1))
            .replace("$paper", &nth("file IS NOT NULL", 0))
            .replace("$other", &nth("file IS NOT NULL", 1))
            .replace(
                "$last",
                "(SELECT max(sequence) FROM entries WHERE person_id = $A)",
            )
            .replace("$A", &store::blob(self.a))
            .replace("$B", &store::blob(self.b))
            .replace("$grant", &store::blob(self.grant))
            .replace("$lead", &store::blob(self.app.leads[0].account))
            .replace("$worker", &store::blob(self.app.workers[0].account))
            .replace("$foreign", &store::blob(self.app.workers[1].account))
            .replace("$team0", &store::blob(self.app.teams[0]))
            .replace("$team1", &store::blob(self.app.teams[1]))
    }

    fn place(&self, place: &str) -> String {
        place
            .replace("$A", &self.a.to_string())
            .replace("$worker", &self.app.workers[0].account.to_string())
            .replace("$foreign", &self.app.workers[1].account.to_string())
    }

    /// The record of A as that program shows it to the lead.
    async fn seen(&self, service: &Service) -> Result<String, ServiceError> {
        let lead = &self.app.leads[0];
        let opened = service.open_record(lead, self.a, Which::All).await?;
        Ok(format!("{:?}", opened.record))
    }

    async fn check(&self, cases: &[Case]) {
        let truth = self.seen(&self.app.service).await.unwrap();
        for (edit, place, then) in cases {
            let copy = self.app.copied().await;
            let warm = copy.open().await.unwrap();
            assert_eq!(self.seen(&warm).await.unwrap(), truth);
            copy.engine.edit(&self.fill(edit)).await;
            self.named(&copy, edit, *place).await;
            if let Ok(shown) = self.seen(&warm).await {
                assert_eq!(shown, truth, "shown to who had opened it: {edit}");
            }
            match (copy.open().await, then) {
                (Err(_), Unstarted) => {}
                (Ok(fresh), Closed | Same) => match (self.seen(&fresh).await, then) {
                    (Ok(shown), Same) => assert_eq!(shown, truth, "{edit}"),
                    (Err(_), Closed) => {}
                    (said, _) => panic!("{then:?} expected, {}: {edit}", said.is_ok()),
                },
                (said, _) => panic!("{then:?} expected, {}: {edit}", said.is_ok()),
            }
        }
    }

    /// `verify` names that place, or says nothing.
    async fn named(&self, copy: &Copied, edit: &str, place: Option<&str>) {
        let report = copy.verify().await;
        match place {
            None => assert_eq!(report.faults, [], "{edit}"),
            Some(place) => {
                let place = self.place(place);
                assert!(
                    report.faults.iter().any(|f| f.place.starts_with(&place)),
                    "{place} is not named after {edit}: {:?}",
                    report.faults
                );
            }
        }
    }
}

#[tokio::test]
async fn entries_moved_changed_or_taken_out_are_refused() {
    let entries = Some("entries $A");
    let head = Some("persons $A");
    let cases: &[Case] = &[
        // Sealed values from another row, person, compartment, version.
        ("UPDATE entries SET sealed = (SELECT sealed FROM entries WHERE person_id = $A AND sequence = $two)
          WHERE person_id = $A AND sequence = $one", entries, Closed),
        ("UPDATE entries SET sealed = (SELECT sealed FROM entries WHERE person_id = $B AND sequence = $one)
          WHERE person_id = $A AND sequence = $one", entries, Closed),
        ("UPDATE entries SET sealed = (SELECT sealed FROM entries WHERE person_id = $A AND sequence = $health)
          WHERE person_id = $A AND sequence = $one", entries, Closed),
        ("UPDATE entries SET sealed = (SELECT sealed FROM entries WHERE person_id = $A AND sequence = $one)
          WHERE person_id = $A AND sequence = $three", entries, Closed),
        ("UPDATE entries SET sealed = (SELECT sealed FROM entries WHERE person_id = $A AND sequence = $one),
          epoch = 1 WHERE person_id = $A AND sequence = $three", entries, Closed),
        ("UPDATE entries SET sealed = (SELECT sealed FROM entries WHERE person_id = $A AND sequence = $profile)
          WHERE person_id = $A AND sequence = $later", entries, Closed),
        ("UPDATE entries SET sealed = substr(sealed, 1, length(sealed) - 1)
          WHERE person_id = $A AND sequence = $one", entries, Closed),
        ("UPDATE entries SET sealed = x'' WHERE person_id = $A AND sequence = $one", entries, Closed),
        // Whole rows.
        ("UPDATE entries SET sealed = s.sealed, hash = s.hash, signature = s.signature, key = s.key,
          author = s.author, previous = s.previous
          FROM (SELECT * FROM entries WHERE person_id = $B AND sequence = $one) s
          WHERE entries.person_id = $A AND entries.sequence = $one", entries, Closed),
        ("UPDATE entries SET sealed = s.sealed, hash = s.hash, signature = s.signature, key = s.key
          FROM (SELECT * FROM entries WHERE person_id = $A AND sequence = $three) s
          WHERE entries.person_id = $A AND entries.sequence = $four", entries, Closed),
        ("UPDATE entries SET sequence = 1000 WHERE person_id = $A AND sequence = 3;
          UPDATE entries SET sequence = 3 WHERE person_id = $A AND sequence = 4;
          UPDATE entries SET sequence = 4 WHERE person_id = $A AND sequence = 1000", entries, Closed),
        ("INSERT INTO entries SELECT person_id, sequence + 1, compartment, epoch, profile, author, key,
          previous, hash, sealed, signature, file, file_hash, file_length
          FROM entries WHERE person_id = $A AND sequence = $last;
          UPDATE persons SET entries = entries + 1 WHERE person_id = $A", entries, Closed),
        // Each column of the header.
        ("UPDATE entries SET compartment = 2 WHERE person_id = $A AND sequence = $health", entries, Closed),
        ("UPDATE entries SET compartment = 3 WHERE person_id = $A AND sequence = $one", entries, Closed),
        ("UPDATE entries SET epoch = 2 WHERE person_id = $A AND sequence = $one", entries, Closed),
        ("UPDATE entries SET epoch = 1 WHERE person_id = $A AND sequence = $three", entries, Closed),
        ("UPDATE entries SET profile = 0 WHERE person_id = $A AND sequence = $later", entries, Closed),
        ("UPDATE entries SET profile = 1 WHERE person_id = $A AND sequence = $one", entries, Closed),
        ("UPDATE entries SET author = $worker WHERE person_id = $A AND sequence = $one", entries, Closed),
        ("UPDATE entries SET key = randomblob(16) WHERE person_id = $A AND sequence = $one", entries, Closed),
        ("UPDATE entries SET key = (SELECT key FROM entries WHERE person_id = $A AND sequence = 1)
          WHERE person_id = $A AND sequence = $one", entries, Closed),
        ("UPDATE entries SET previous = randomblob(32) WHERE person_id = $A AND sequence = $one", entries, Closed),
        ("UPDATE entries SET hash = randomblob(32) WHERE person_id = $A AND sequence = $one", entries, Closed),
        ("UPDATE entries SET signature = (SELECT signature FROM entries WHERE person_id = $A AND sequence = $two)
          WHERE person_id = $A AND sequence = $one", entries, Closed),
        ("UPDATE entries SET file = (SELECT file FROM entries WHERE person_id = $A AND sequence = $other)
          WHERE person_id = $A AND sequence = $paper", entries, Closed),
        ("UPDATE entries SET file_hash = (SELECT file_hash FROM entries WHERE person_id = $A AND sequence = $other)
          WHERE person_id = $A AND sequence = $paper", entries, Closed),
        ("UPDATE entries SET file_length = file_length + 1 WHERE person_id = $A AND sequence = $paper", entries, Closed),
        // Taken out.
        ("DELETE FROM entries WHERE person_id = $A AND sequence = $two", entries, Closed),
        ("DELETE FROM entries WHERE person_id = $A AND sequence = 1", entries, Closed),
        ("DELETE FROM entries WHERE person_id = $A AND sequence = $last", head, Closed),
        ("DELETE FROM entries WHERE person_id = $A", head, Closed),
        ("UPDATE persons SET entries = entries - 1 WHERE person_id = $A", head, Closed),
        ("UPDATE persons SET entry_hash = (SELECT entry_hash FROM persons WHERE person_id = $B)
          WHERE person_id = $A", head, Closed),
        ("UPDATE persons SET organisation = randomblob(16) WHERE person_id = $A", entries, Closed),
    ];
    Box::pin(scene()).await.check(cases).await;
}

#[tokio::test]
async fn readings_moved_changed_or_taken_out_are_named() {
    let readings = Some("readings $A");
    let head = Some("persons $A");
    let cases: &[Case] = &[
        ("UPDATE readings SET sealed = (SELECT sealed FROM readings WHERE person_id = $A AND sequence = 1)
          WHERE person_id = $A AND sequence = 2", readings, Same),
        ("UPDATE readings SET sealed = (SELECT sealed FROM readings WHERE person_id = $B AND sequence = 2)
          WHERE person_id = $A AND sequence = 2", readings, Same),
        ("UPDATE readings SET reader = $worker WHERE person_id = $A AND sequence = 2", readings, Same),
        ("UPDATE readings SET compartment = 7 WHERE person_id = $A AND sequence = 2", readings, Same),
        ("UPDATE readings SET epoch = 2 WHERE person_id = $A AND sequence = 2", readings, Same),
        ("UPDATE readings SET key = randomblob(16) WHERE person_id = $A AND sequence = 2", readings, Same),
        ("UPDATE readings SET reading = randomblob(16) WHERE person_id = $A AND sequence = 2", readings, Same),
        ("UPDATE readings SET hash = randomblob(32) WHERE person_id = $A AND sequence = 2", readings, Same),
        ("UPDATE readings SET signature = randomblob(64) WHERE person_id = $A AND sequence = 2", readings, Same),
        ("DELETE FROM readings WHERE person_id = $A AND sequence = 2", readings, Same),
        ("DELETE FROM readings WHERE person_id = $A AND sequence = (SELECT readings FROM persons WHERE person_id = $A)",
          head, Same),
        // Taken out with the head put back: the checkpoint saw them.
        ("UPDATE persons SET readings = 1, reading_hash =
            (SELECT hash FROM readings WHERE person_id = $A AND sequence = 1) WHERE person_id = $A;
          DELETE FROM readings WHERE person_id = $A AND sequence > 1", head, Same),
        ("UPDATE persons SET readings = 0, reading_hash =
            (SELECT previous FROM readings WHERE person_id = $A AND sequence = 1) WHERE person_id = $A;
          DELETE FROM readings WHERE person_id = $A", head, Same),
    ];
    let scene = Box::pin(scene()).await;
    scene.check(cases).await;
    let copy = scene.app.copied().await;
    let edit = "UPDATE readings SET sealed =
          (SELECT sealed FROM readings WHERE person_id = $B AND sequence = 2)
        WHERE person_id = $A AND sequence = 2";
    copy.engine.edit(&scene.fill(edit)).await;
    let service = copy.open().await.unwrap();
    let who = Who::Worker(&scene.app.leads[0], scene.a);
    let refused = service.who_read(&who, None).await;
    assert!(
        matches!(refused, Err(ServiceError::Integrity { .. })),
        "a false reading is not told"
    );
}

#[tokio::test]
async fn grants_and_wraps_open_no_more_than_was_signed() {
    let grants = Some("grants $A");
    let wraps = Some("wraps $A");
    let cases: &[Case] = &[
        ("UPDATE grants SET compartments = 2 WHERE person_id = $A AND recipient = $team0", grants, Closed),
        ("UPDATE grants SET compartments = 254 WHERE person_id = $A AND recipient = $team0", grants, Closed),
        ("UPDATE grants SET until = 4102444800000000 WHERE person_id = $A AND recipient = $team0", grants, Closed),
        ("UPDATE grants SET recipient = $team1 WHERE person_id = $A AND recipient = $team0;
          UPDATE wraps SET recipient = $team1 WHERE person_id = $A AND recipient = $team0", grants, Closed),
        // Ends: none without a statement, and none undone in silence.
        ("UPDATE grants SET ended = 1772438400000000 WHERE person_id = $A AND recipient = $team0", grants, Closed),
        ("UPDATE grants SET ended = NULL WHERE person_id = $A AND grant_id = $grant", grants, Same),
        // Made up: for oneself, on another's grant.
        ("INSERT INTO grants SELECT person_id, randomblob(16), 2, $foreign, compartments, until, ended
          FROM grants WHERE person_id = $A AND recipient = $team0", grants, Same),
        ("UPDATE grants SET person_id = $A WHERE person_id = $B AND recipient_kind = 3", grants, Same),
        ("UPDATE wraps SET recipient = $team1 WHERE person_id = $A AND recipient = $team0 AND compartment = 4",
          wraps, Same),
        ("UPDATE wraps SET grant_id = $grant WHERE person_id = $A AND recipient = $team0 AND compartment = 4",
          wraps, Same),
        ("UPDATE wraps SET grant_id = randomblob(16) WHERE person_id = $A AND recipient = $team0
          AND compartment = 4", wraps, Same),
        ("UPDATE wraps SET method = 1 WHERE person_id = $A AND recipient = $team0 AND compartment = 2",
          wraps, Closed),
        ("UPDATE wraps SET team_epoch = 2 WHERE person_id = $A AND recipient = $team0 AND compartment = 4",
          wraps, Same),
        // A key of an epoch that nobody stated.
        ("INSERT INTO wraps SELECT person_id, compartment, 3, grant_id, recipient_kind, recipient, method,
          team_epoch, wrapped FROM wraps WHERE person_id = $A AND recipient = $team0 AND compartment = 2
          AND epoch = 2", wraps, Closed),
        // What is inside a wrap opens in its own place only.
        ("UPDATE wraps SET wrapped = (SELECT wrapped FROM wraps WHERE person_id = $B AND compartment = 2
            AND recipient = $team0)
          WHERE person_id = $A AND compartment = 2 AND epoch = 1 AND recipient = $team0", None, Closed),
        ("UPDATE wraps SET wrapped = (SELECT wrapped FROM wraps WHERE person_id = $A AND compartment = 3
            AND recipient = $team0)
          WHERE person_id = $A AND compartment = 2 AND epoch = 1 AND recipient = $team0", None, Closed),
        ("UPDATE wraps SET wrapped = (SELECT wrapped FROM wraps WHERE person_id = $A AND compartment = 2
            AND epoch = 1 AND recipient = $team0)
          WHERE person_id = $A AND compartment = 2 AND epoch = 2 AND recipient = $team0", None, Closed),
    ];
    let scene = Box::pin(scene()).await;
    scene.check(cases).await;
    for edit in [
        "INSERT INTO grants SELECT person_id, x'0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f', 2, $foreign, compartments,
           until, ended FROM grants WHERE person_id = $A AND recipient = $team0;
         INSERT INTO wraps SELECT person_id, compartment, epoch, x'0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f', 2,
           $foreign, 1, 0, wrapped FROM wraps WHERE person_id = $A AND recipient = $team0",
        "UPDATE grants SET ended = NULL, until = 4102444800000000 WHERE grant_id = $grant",
        "INSERT INTO memberships SELECT $foreign, $team0, lead, compartments, ended FROM memberships
           WHERE account = $worker",
        "UPDATE memberships SET team = $team0 WHERE account = $foreign",
    ] {
        let copy = scene.app.copied().await;
        copy.engine.edit(&scene.fill(edit)).await;
        let service = copy.open().await.unwrap();
        let foreign = &scene.app.workers[1];
        let refused = service.open_record(foreign, scene.a, Which::All).await;
        assert!(refused.is_err(), "let in: {edit}");
        assert!(copy.verify().await.wrong > 0, "not seen: {edit}");
    }
}

#[tokio::test]
async fn members_are_no_more_than_what_was_stated() {
    let memberships = Some("memberships $worker");
    let accounts = Some("accounts $worker");
    let cases: &[Case] = &[
        ("UPDATE memberships SET compartments = 126 WHERE account = $worker", memberships, Same),
        ("UPDATE memberships SET lead = 1 WHERE account = $worker", memberships, Same),
        ("INSERT INTO memberships SELECT $foreign, $team0, lead, compartments, ended FROM memberships
          WHERE account = $worker", Some("memberships $foreign"), Same),
        ("INSERT INTO team_wraps SELECT $worker, team, compartment, epoch, wrapped FROM team_wraps
          WHERE account = $lead AND compartment = 3", Some("team_wraps $worker"), Same),
        ("UPDATE team_wraps SET epoch = 2 WHERE account = $worker AND compartment = 2",
          Some("team_wraps $worker"), Same),
        ("UPDATE accounts SET administrator = 1 WHERE id = $worker", accounts, Same),
        ("UPDATE accounts SET public = (SELECT public FROM accounts WHERE id = $foreign) WHERE id = $worker",
          accounts, Same),
        ("UPDATE accounts SET public = x'' WHERE id = $worker", accounts, Same),
        ("UPDATE teams SET organisation = randomblob(16) WHERE id = $team0", Some("teams"), Same),
        ("UPDATE statements SET signed = (SELECT signed FROM statements WHERE sequence = 5) WHERE sequence = 6",
          Some("statements 6"), Unstarted),
        ("UPDATE statements SET signed = unhex(substr(hex(signed), 1, 40) || 'F5' || substr(hex(signed), 43)) WHERE sequence = 6",
          Some("statements 6"), Unstarted),
        ("UPDATE statements SET signed = x'00' WHERE sequence = 6", Some("statements 6"), Unstarted),
        ("UPDATE statements SET id = randomblob(16) WHERE sequence = 6", Some("statements 6"), Same),
        ("DELETE FROM statements WHERE sequence = 1", Some("statements 1"), Unstarted),
        ("DELETE FROM statements WHERE sequence = 4", Some("statements"), Unstarted),
        ("DELETE FROM statements WHERE sequence = (SELECT max(sequence) FROM statements)",
          Some("memberships $foreign"), Unstarted),
        ("UPDATE person_statements SET signed =
            (SELECT signed FROM person_statements WHERE person_id = $B LIMIT 1) WHERE person_id = $A",
          Some("person_statements $A"), Closed),
        ("UPDATE person_statements SET signed = x'00' WHERE person_id = $A",
          Some("person_statements $A"), Closed),
        ("DELETE FROM person_statements WHERE person_id = $A AND number = 3", Some("persons $A"), Closed),
        ("UPDATE person_statements SET number = number + 1000 WHERE person_id = $A AND number >= 3",
          None, Same),
        ("UPDATE person_statements SET number = 1000 WHERE person_id = $A AND number = 3",
          Some("persons $A"), Closed),
        ("UPDATE persons SET statements = statements - 1 WHERE person_id = $A", Some("persons $A"), Closed),
        ("UPDATE persons SET statement_hash = randomblob(32) WHERE person_id = $A", Some("persons $A"), Closed),
        // Cut short with its head: the checkpoint saw the end of an access and newer keys.
        ("DELETE FROM person_statements WHERE person_id = $A AND number >
            (SELECT statements FROM checkpoint_heads WHERE person_id = $A AND checkpoint = 1);
          UPDATE persons SET (statements, statement_hash) = (SELECT statements, statement_hash
            FROM checkpoint_heads WHERE person_id = $A AND checkpoint = 1) WHERE person_id = $A",
          Some("persons $A"), Closed),
        ("UPDATE cards SET account = randomblob(16) WHERE person_id = $A", Some("cards $A"), Closed),
    ];
    let scene = Box::pin(scene()).await;
    scene.check(cases).await;
    let worker = scene.app.workers[0].account;
    let team = scene.app.teams[0];
    let copy = scene.app.copied().await;
    let edit = "UPDATE accounts SET administrator = 1 WHERE id = $worker;
        UPDATE memberships SET lead = 1, compartments = 126 WHERE account = $worker";
    copy.engine.edit(&scene.fill(edit)).await;
    let service = copy.open().await.unwrap();
    let promoted = enter(&service, &scene.app.tokens[0]).await;
    assert!(
        !promoted.administrator,
        "only the root makes an administrator"
    );
    assert!(service.administration(&promoted).await.is_err());
    let all = crate::app::shared();
    assert!(service.welcome(&promoted, team, worker, all).await.is_err());
    let opened = service
        .open_record(&promoted, scene.a, Which::All)
        .await
        .unwrap();
    assert_eq!(opened.open, Compartments::usual(), "keys were not given");
}

#[tokio::test]
async fn checkpoints_changed_or_taken_out_are_named() {
    let cases: &[Case] = &[
        (
            "UPDATE checkpoints SET signature = randomblob(64) WHERE sequence = 1",
            Some("checkpoints 1"),
            Same,
        ),
        (
            "UPDATE checkpoints SET bytes = (SELECT bytes FROM checkpoints WHERE sequence = 1),
            signature = (SELECT signature FROM checkpoints WHERE sequence = 1) WHERE sequence = 2",
            Some("checkpoints 2"),
            Same,
        ),
        (
            "UPDATE checkpoints SET bytes = x'00' WHERE sequence = 1",
            Some("checkpoints 1"),
            Same,
        ),
        (
            "DELETE FROM checkpoints WHERE sequence = 1",
            Some("checkpoints 2"),
            Same,
        ),
        (
            "UPDATE checkpoint_heads SET entries = 1 WHERE person_id = $A AND checkpoint = 1",
            Some("checkpoints 1"),
            Same,
        ),
        (
            "UPDATE checkpoint_heads SET reading_hash = randomblob(32) WHERE person_id = $A AND checkpoint = 2",
            Some("checkpoints 2"),
            Same,
        ),
        (
            "DELETE FROM checkpoint_heads WHERE person_id = $A",
            Some("checkpoints 1"),
            Same,
        ),
        (
            "DELETE FROM checkpoint_heads WHERE person_id = $A AND checkpoint = 1;
          UPDATE checkpoint_heads SET checkpoint = 1 WHERE person_id = $A AND checkpoint = 2",
            Some("checkpoints 1"),
            Same,
        ),
    ];
    Box::pin(scene()).await.check(cases).await;
}

#[tokio::test]
async fn a_record_cut_short_with_its_head_is_seen_by_its_checkpoint() {
    let scene = Box::pin(scene()).await;
    let cut = "UPDATE persons SET entries = $two, entry_hash =
            (SELECT hash FROM entries WHERE person_id = $A AND sequence = $two) WHERE person_id = $A;
         DELETE FROM entries WHERE person_id = $A AND sequence >
            (SELECT entries FROM persons WHERE person_id = $A)";
    let copy = scene.app.copied().await;
    copy.engine.edit(&scene.fill(cut)).await;
    scene.named(&copy, cut, Some("persons $A")).await;

    // A whole record taken out.
    let gone =
        "DELETE FROM entries WHERE person_id = $A; DELETE FROM readings WHERE person_id = $A;
         DELETE FROM wraps WHERE person_id = $A; DELETE FROM grants WHERE person_id = $A;
         DELETE FROM files WHERE person_id = $A; DELETE FROM cards WHERE person_id = $A;
         DELETE FROM person_statements WHERE person_id = $A;
         DELETE FROM persons WHERE person_id = $A";
    let copy = scene.app.copied().await;
    copy.engine.edit(&scene.fill(gone)).await;
    scene.named(&copy, gone, Some("persons $A")).await;

    // Everything as it stood at an earlier checkpoint: only one kept elsewhere shows it.
    let kept = scene.app.verify().await.last.unwrap();
    assert_eq!(kept.0, 2);
    let earlier = scene.app.copied().await;
    let last_out = "DELETE FROM checkpoint_heads WHERE checkpoint = 2;
        DELETE FROM checkpoints WHERE sequence = 2";
    earlier.engine.edit(last_out).await;
    let report = earlier.verify().await;
    assert_eq!(report.faults, []);
    assert_ne!(report.last.unwrap(), kept);
}
