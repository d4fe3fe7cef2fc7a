//! People brought in: alone, from a spreadsheet, and when they may already be known.

use crate::app::App;
use domain::entry::{Content, Profile};
use jiff::civil::date;
use service::{NewPerson, ServiceError};

fn profile(given: &str, birth: &str) -> Profile {
    Profile {
        given_names: given.into(),
        birth_name: birth.into(),
        born: Some(date(1984, 5, 12)),
        ..Profile::default()
    }
}

async fn bring(app: &App, team: usize, profile: Profile) -> domain::id::PersonId {
    let new = NewPerson {
        profile,
        recovery: true,
        referent: true,
    };
    app.service
        .new_person(&app.workers[team], app.teams[team], new)
        .await
        .unwrap()
}

#[tokio::test]
async fn a_new_person_is_found_by_their_team_and_has_a_referent() {
    let app = App::new().await;
    let person = bring(&app, 0, profile("Éloïse", "Lefèvre")).await;
    for typed in ["eloise", "LEFEVRE", "lefevr", "12/05/1984"] {
        let found = app.service.people(&app.workers[0], typed, None).await;
        assert_eq!(found.unwrap().lines[0].person, person, "{typed}");
    }
    let nobody = app.service.people(&app.workers[0], "zzzz", None).await;
    assert_eq!(nobody.unwrap().total, 0);
    let opened = app.opened(&app.workers[0], person).await;
    let followed = &opened.accompaniments[0];
    assert_eq!(followed.team.name, "Accueil");
    assert_eq!(followed.referent.as_ref().unwrap().name, "Worker 0");
    app.sound().await;
}

#[tokio::test]
async fn a_person_without_any_name_or_born_tomorrow_is_not_taken() {
    let app = App::new().await;
    let mut tomorrow = profile("Aline", "Exemple");
    tomorrow.born = Some(app.service.today().tomorrow().unwrap());
    for (wrong, field_named) in [(Profile::default(), "birth_name"), (tomorrow, "born")] {
        let new = NewPerson {
            profile: wrong,
            recovery: true,
            referent: false,
        };
        let refused = app
            .service
            .new_person(&app.workers[0], app.teams[0], new)
            .await;
        assert!(
            matches!(refused, Err(ServiceError::Invalid { field, .. }) if field == field_named),
            "{refused:?}"
        );
    }
    let new = NewPerson {
        profile: profile("Aline", "Exemple"),
        recovery: true,
        referent: false,
    };
    let foreign = app
        .service
        .new_person(&app.workers[0], app.teams[1], new)
        .await;
    assert!(matches!(foreign, Err(ServiceError::NotFound)));
}

#[tokio::test]
async fn who_may_be_known_elsewhere_is_warned_of_and_nothing_more_is_told() {
    let app = App::new().await;
    let person = bring(&app, 0, profile("Éloïse", "Lefèvre")).await;
    let same = profile("Eloise", "LEFEVRE");
    let mine = app
        .service
        .duplicates(&app.workers[0], &same)
        .await
        .unwrap();
    assert_eq!(mine.mine[0].person, person);
    assert!(!mine.elsewhere);
    let other = app
        .service
        .duplicates(&app.workers[1], &same)
        .await
        .unwrap();
    assert!(other.mine.is_empty() && other.elsewhere);
    let nobody = app
        .service
        .duplicates(&app.workers[1], &profile("Basile", "Nguyen"))
        .await
        .unwrap();
    assert!(nobody.mine.is_empty() && !nobody.elsewhere);
}

#[tokio::test]
async fn a_profile_changed_keeps_the_earlier_one_in_the_journal() {
    let app = App::new().await;
    let person = bring(&app, 0, profile("Éloïse", "Lefèvre")).await;
    app.service
        .change_profile(&app.workers[0], person, profile("Éloïse", "Martin"))
        .await
        .unwrap();
    let opened = app.opened(&app.workers[0], person).await;
    assert_eq!(opened.profile.unwrap().birth_name, "Martin");
    let profiles = opened
        .entries
        .iter()
        .filter(|e| matches!(e.body.content, Content::Profile(_)));
    assert_eq!(profiles.count(), 2);
    let found = app.service.people(&app.workers[0], "martin", None).await;
    assert_eq!(found.unwrap().total, 1);
}

const SHEET: &str = "Nom de naissance;Prénom;Date de naissance;Téléphone\n\
    Lefèvre;Éloïse;12/05/1984;0601010101\n\
    Nguyen;Basile;03/02/1990;\n";

#[tokio::test]
async fn a_sheet_brings_people_in_once_however_often_it_is_run() {
    let app = App::new().await;
    let (lead, team) = (&app.leads[0], app.teams[0]);
    for (created, already) in [(2, 0), (0, 2)] {
        let plan = app
            .service
            .check_import(lead, team, "gens.csv", SHEET.as_bytes(), None)
            .await
            .unwrap();
        assert_eq!(plan.faults, []);
        let done = app
            .service
            .run_import(lead, &plan, false, &|_, _| {})
            .await
            .unwrap();
        assert_eq!((done.created, done.already), (created, already));
    }
    let listed = app.service.people(&app.workers[0], "", None).await.unwrap();
    assert_eq!(listed.total, 2);
    app.sound().await;
}

#[tokio::test]
async fn a_sheet_with_faults_brings_nobody_in_unless_they_are_left_out() {
    let app = App::new().await;
    let (lead, team) = (&app.leads[0], app.teams[0]);
    let faulty = format!("{SHEET};;31/02/1990;\nPetit;Ana;pas une date;\n");
    let plan = app
        .service
        .check_import(lead, team, "gens.csv", faulty.as_bytes(), None)
        .await
        .unwrap();
    let mut rows: Vec<_> = plan.faults.iter().map(|f| f.row).collect();
    rows.dedup();
    assert_eq!(rows, [4, 5], "all at once: {:?}", plan.faults);
    let refused = app.service.run_import(lead, &plan, false, &|_, _| {}).await;
    assert!(refused.is_err());
    let listed = app.service.people(lead, "", None).await.unwrap();
    assert_eq!(listed.total, 0);
    let done = app
        .service
        .run_import(lead, &plan, true, &|_, _| {})
        .await
        .unwrap();
    assert_eq!((done.created, done.skipped), (2, 2));
    let by_worker = app
        .service
        .check_import(&app.workers[0], team, "gens.csv", SHEET.as_bytes(), None)
        .await;
    assert!(matches!(by_worker, Err(ServiceError::Forbidden)));
}
