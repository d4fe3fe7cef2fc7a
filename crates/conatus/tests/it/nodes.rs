//! Several machines over one server: what is done on one holds on the others at once, and jobs are
//! done by one of them.

use crate::{
    administrators::{MEMBER, OTHERS, member, sign_in},
    browser::Browser,
    installation::{Installation, Server, program, run, team},
    postgres::{Cluster, WORDS, databases, say, write},
};
use std::{process::Stdio, thread, time::Duration};

/// Two machines serving.
struct Two {
    cluster: Cluster,
    here: Server,
    there: Server,
    _databases: [postgres_fixture::Database; 2],
}

fn two() -> Option<Two> {
    let databases = databases()?;
    let cluster = Cluster::over(databases[0].url(), databases[1].url());
    let here = Server::start(&cluster.made.data());
    let there = Server::start(&cluster.machine("there"));
    Some(Two {
        cluster,
        here,
        there,
        _databases: databases,
    })
}

impl Two {
    fn made(&self) -> &Installation {
        &self.cluster.made
    }

    /// The same browser, sent to the other machine.
    fn there(&self, browser: &Browser) -> Browser {
        let mut same = browser.clone();
        same.port = self.there.port;
        same
    }
}

#[test]
fn a_session_and_a_document_are_everywhere_and_a_sign_out_too() {
    let Some(two) = two() else { return };
    let mut here = two.made().browser(&two.here);
    let mut there = two.there(&here);
    team(&mut there);
    let record = two.cluster.person(&mut here);
    write(&mut here, &record, WORDS);
    assert!(there.get(&record).is(200).text.contains(WORDS));
    write(&mut there, &record, "écrit sur l’autre machine");
    assert!(here.get(&record).is(200).text.contains("écrit sur l’autre"));
    let fields = [
        ("compartment", "social"),
        ("kind", "other"),
        ("title", "Papier"),
        ("issued", ""),
        ("valid_until", ""),
    ];
    let path = format!("{record}/coffre/deposer");
    here.get(&path).is(200);
    let paper = b"%PDF-1.7\nun papier".as_slice();
    let put = here
        .upload(&path, &fields, ("page.pdf", paper))
        .unwrap()
        .is(303);
    let document = put.header("location").unwrap().to_owned();
    let back = there.get(&format!("{document}/fichier")).is(200);
    assert_eq!(back.bytes, paper);

    // Both write to one record at the same time: each is told, and neither is lost.
    thread::scope(|scope| {
        for (name, browser) in [("ici", &here), ("là", &there)] {
            let (mut browser, record) = (browser.clone(), &record);
            scope.spawn(move || {
                for number in 0..8 {
                    write(&mut browser, record, &format!("ensemble {name} {number}."));
                }
            });
        }
    });
    let page = here.get(&record).is(200).text;
    for name in ["ici", "là"] {
        for number in 0..8 {
            assert!(page.contains(&format!("ensemble {name} {number}.")));
        }
    }

    // A session that ended here is none there.
    let stolen = there.clone();
    here.post("/deconnexion", &[]);
    let mut stolen = two.there(&stolen);
    assert_ne!(stolen.get(&record).status, 200);
    assert_ne!(there.get("/personnes").status, 200);
    two.cluster.verified();
}

#[test]
fn welcomed_here_opens_there_and_ended_here_opens_nothing_there() {
    let Some(two) = two() else { return };
    let mut lead = two.made().browser(&two.here);
    let team = team(&mut lead);
    let record = two.cluster.person(&mut lead);
    write(&mut lead, &record, WORDS);
    // Invited here, enrolled by a command of this machine, confirmed and put in the team there.
    let mut lead_there = two.there(&lead);
    let device = member(two.made(), &mut lead_there);
    let page = lead_there.get("/administration").is(200).text;
    let join = page.split("action=\"").filter_map(|a| a.split('"').next());
    let join = join
        .filter(|path| path.ends_with("/equipe"))
        .last()
        .unwrap();
    let account = join.split('/').nth(3).unwrap().to_owned();
    let (mut theirs, status) = sign_in(&two.there, &device, MEMBER, OTHERS);
    assert_eq!(status, 303);
    theirs.get(&record).is(404);
    lead_there.post(join, &[("team", &team)]).is(303);
    theirs.get(&record).is(404);
    let welcome = format!("/equipe/{team}/membres/{account}");
    lead.get(&format!("/equipe/{team}")).is(200);
    let opens = [("compartments", "identity"), ("compartments", "social")];
    lead.post(&welcome, &opens).is(303);
    // There at once, and with the keys that the welcome gave.
    assert!(theirs.get(&record).is(200).text.contains(WORDS));
    write(&mut theirs, &record, "accueilli ici, écrit là");
    assert!(
        lead.get(&record)
            .is(200)
            .text
            .contains("accueilli ici, écrit là")
    );

    // Ended here: the team's keys change, and there nothing opens from the next page on.
    lead.get(&format!("/equipe/{team}")).is(200);
    lead.post(&format!("{welcome}/fin"), &[]).is(303);
    theirs.get(&record).is(404);
    write(&mut lead, &record, "écrit après la fin");
    // The new key is known there: what is written with it is read, and written with again.
    let mut lead_there = two.there(&lead);
    assert!(
        lead_there
            .get(&record)
            .is(200)
            .text
            .contains("écrit après la fin")
    );
    write(&mut lead_there, &record, "et écrit là avec la nouvelle clé");
    assert!(
        lead.get(&record)
            .is(200)
            .text
            .contains("avec la nouvelle clé")
    );
    theirs.get(&record).is(404);

    // The account ended there: its session is none here.
    let mut theirs_here = theirs.clone();
    theirs_here.port = two.here.port;
    theirs_here.get("/personnes").is(200);
    lead_there.get("/administration").is(200);
    let end = format!("/administration/membres/{account}/terminer");
    lead_there.post(&end, &[]).is(303);
    assert_ne!(theirs_here.get("/personnes").status, 200);
    two.cluster.verified();
}

#[test]
fn jobs_are_done_by_one_machine_and_seen_from_any() {
    let Some(two) = two() else { return };
    let doctor = || two.made().run(&["doctor", "--json"], "").gives(0).json();
    let mut found = doctor();
    for _ in 0..100 {
        let jobs = found["jobs"].as_array().unwrap();
        if jobs.len() == 2 && jobs.iter().all(|j| j["last_done"].is_string()) {
            break;
        }
        thread::sleep(Duration::from_millis(100));
        found = doctor();
    }
    // Whichever came first did each; a third machine finds nothing due.
    let third = Server::start(&two.cluster.machine("third"));
    thread::sleep(Duration::from_millis(500));
    assert_eq!(doctor()["jobs"], found["jobs"]);
    assert_eq!(doctor()["last_checkpoint"], found["last_checkpoint"]);
    drop(third);
}

#[test]
fn the_version_before_goes_on_while_tables_grow_and_is_told_when_it_cannot() {
    let Some(two) = two() else { return };
    let mut here = two.made().browser(&two.here);
    team(&mut here);
    let record = two.cluster.person(&mut here);
    write(&mut here, &record, WORDS);
    // What a later version would add, while this one serves.
    say(
        &two.cluster.main,
        "BEGIN;
         ALTER TABLE sessions ADD COLUMN later BYTEA;
         ALTER TABLE entries ADD COLUMN later BIGINT NOT NULL DEFAULT 0;
         CREATE TABLE later (person_id BYTEA PRIMARY KEY);
         INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time)
             VALUES (9000, 'expand later', true, '\\x00', 0);
         COMMIT;",
    );
    write(&mut here, &record, "écrit sur des tables plus récentes");
    let mut there = two.there(&here);
    assert!(there.get(&record).is(200).text.contains("plus récentes"));
    // Nodes of this version still start beside the later one; migrating does nothing here.
    let third = Server::start(&two.cluster.machine("third"));
    let migrated = two.made().run(&["migrate", "--json"], "").gives(0).json();
    assert_eq!(migrated["version"], 9000);
    drop(third);
    two.cluster.verified();
    // What a version after that takes away: this one says so and serves nothing.
    say(
        &two.cluster.main,
        "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time)
             VALUES (9001, 'contract 9000 drop what was before', true, '\\x00', 0)",
    );
    let mut command = program();
    command.arg("--data").arg(two.cluster.made.data());
    command
        .args(["serve", "--listen", "127.0.0.1:0"])
        .stdin(Stdio::null());
    run(command, "").gives(7).refused("later version");
}
