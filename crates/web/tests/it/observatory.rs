//! What blocked, as those who answer for a team see it: no name, no small count.

use crate::{
    app::{House, Member},
    desk::t,
};
use domain::{
    Compartment,
    id::ProcedureId,
    procedure::{AmountPer, Brake, BrakeKind, ProcedureFacts, ServiceConcerned},
    words::Theme,
};
use jiff::civil::{Date, date};
use service::{NewProcedure, WorkerSession};
use web::Language;

struct Noted<'a> {
    house: &'a House,
    session: WorkerSession,
    procedure: ProcedureId,
}

impl<'a> Noted<'a> {
    async fn by(house: &'a House, worker: &Member) -> Self {
        let session = house.app.session(worker).await;
        let new = NewProcedure {
            compartment: Compartment::Social,
            facts: ProcedureFacts {
                title: "Demande de RSA".into(),
                theme: Theme::Money,
                right: String::new(),
                organisation: String::new(),
                reference: String::new(),
                asked: None,
                granted: None,
                per: AmountPer::Month,
            },
            offer: None,
            follow: true,
        };
        let service = &house.app.service;
        let opened = service.open_procedure(&session, house.person.id, new);
        let procedure = opened.await.unwrap();
        Self {
            house,
            session,
            procedure,
        }
    }

    async fn brakes(&self, on: Date, service: ServiceConcerned, kind: BrakeKind, times: usize) {
        for _ in 0..times {
            let brake = Brake {
                kind,
                service,
                on,
                words: "Le compte de Monsieur Diallo est bloqué".into(),
            };
            let (app, person) = (&self.house.app, self.house.person.id);
            app.service
                .note_brake(&self.session, person, self.procedure, brake)
                .await
                .unwrap();
        }
    }
}

#[tokio::test]
async fn leads_and_administrators_see_counts_without_names_and_no_small_one() {
    use {BrakeKind as K, ServiceConcerned as S};
    let house = House::build().await;
    let noted = Noted::by(&house, &house.worker).await;
    let l = Language::french();
    let mut lead = house.app.signed_in(&house.lead).await;
    lead.get("/observatoire")
        .await
        .is(200)
        .says(&t("observatory-none"));
    noted
        .brakes(date(2026, 1, 9), S::Caf, K::AccountLocked, 7)
        .await;
    noted
        .brakes(date(2026, 2, 3), S::Prefecture, K::NoSlot, 11)
        .await;
    noted.brakes(date(2026, 2, 4), S::Bank, K::Cost, 2).await;
    // Of the month that goes on, and of another year.
    noted
        .brakes(date(2026, 3, 2), S::Caf, K::AccountLocked, 6)
        .await;
    noted
        .brakes(date(2025, 12, 30), S::Care, K::Language, 5)
        .await;
    let administrator = house.app.administrator().clone();
    for member in [&house.lead, &house.other_lead, &administrator] {
        let mut browser = house.app.signed_in(member).await;
        browser
            .get("/observatoire")
            .await
            .is(200)
            .says(&l.t1("observatory-all", "count", 20))
            .says("<svg")
            .says("<td>7</td>")
            .says("<td>13</td>")
            .never_says("<td>2</td>")
            .never_says("<td>6</td>")
            .never_says("Diallo")
            .never_says("⟦");
    }
    let file = lead.get("/observatoire.csv?annee=2026").await;
    let few = l.t1("observatory-few", "least", 5);
    file.is(200)
        .says("\u{feff}tableau;mois;service;frein;nombre\r\n")
        .says("Par mois;2026-01;;;7\r\n")
        .says("Par mois;2026-02;;;13\r\n")
        .says(&format!("Par mois;2026-03;;;{few}\r\n"))
        .says(&format!(
            "Par service;;{};;{few}\r\n",
            l.word("service", "bank")
        ))
        .never_says(";2\r\n")
        .never_says(";6\r\n");
    assert!(file.header("content-disposition").starts_with("attachment"));
    // One line a count: no word brings a semicolon of its own.
    for line in file.text().lines() {
        assert_eq!(line.matches(';').count(), 4, "{line}");
        assert!(!line.contains('"'), "{line}");
    }
    lead.get("/observatoire?annee=2025")
        .await
        .says(&l.t1("observatory-all", "count", 5))
        .says(&l.word("service", "care"));
    for wrong in ["2027", "1999", "x", "99999"] {
        let path = format!("/observatoire?annee={wrong}");
        lead.get(&path).await.is(404);
    }
    let mut worker = house.app.signed_in(&house.worker).await;
    worker.get("/observatoire").await.is(404);
    worker.get("/personnes").await.never_says("/observatoire");
}
