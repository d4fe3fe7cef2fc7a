//! What falls due, as the worker and the person find it in the morning.

use crate::{
    app::{Accompanied, House},
    browser::Browser,
    desk::t,
};
use service::Job;
use web::Language;

async fn set(desk: &mut Browser, at: &str, kind: &str, on: &str, show: &str) {
    let fields = [
        ("kind", kind),
        ("on", on),
        ("source", "Lettre reçue"),
        ("show", show),
    ];
    desk.post(&format!("{at}/echeance"), &fields).await.is(303);
}

async fn opened(desk: &mut Browser, person: &Accompanied) -> String {
    let fields = [
        ("title", "Titre de séjour"),
        ("theme", "papers"),
        ("per", "once"),
        ("rubrique", "social"),
        ("follow", "yes"),
    ];
    let new = format!("/dossiers/{}/demarches/nouvelle", person.id);
    desk.post(&new, &fields).await.is(303).location().to_owned()
}

#[tokio::test]
async fn a_worker_and_a_person_find_what_comes_each_their_own_without_a_count() {
    let house = House::build().await;
    let mut desk = house.app.signed_in(&house.worker).await;
    let mut own = house.app.opened(&house.person).await;
    desk.get("/ce-qui-arrive").await.says(&t("digest-not-yet"));
    let at = opened(&mut desk, &house.person).await;
    set(&mut desk, &at, "renewal", "2026-03-16", "notified").await;
    set(&mut desk, &at, "appeal", "2026-04-02", "silent").await;
    set(&mut desk, &at, "hearing", "2026-03-02", "hidden").await;
    set(&mut desk, &at, "silence", "2026-09-09", "notified").await;
    // Nothing is told before the morning's digest.
    desk.get("/ce-qui-arrive").await.never_says("Diallo");
    own.get("/e").await.never_says(&t("person-digest"));

    assert!(house.app.service.run_job(Job::Digest).await.unwrap());
    let page = desk.get("/ce-qui-arrive").await;
    page.is(200)
        .says("Diallo")
        .says(&t("coming-late"))
        .says("2 mars 2026")
        .says(&t("digest-week"))
        .says("16 mars 2026")
        .says("2 avril 2026")
        .says(&t("digest-new"))
        .says(&format!("{at}#echeances"))
        .never_says("septembre");
    let text = page.text();
    let place = |words: &str| text.find(words).unwrap();
    assert!(place("2 mars 2026") < place("16 mars 2026"));
    assert!(place("16 mars 2026") < place("2 avril 2026"));
    let home = own.get("/e").await;
    home.says(&t("person-digest"))
        .says("16 mars 2026")
        .says(&t("deadline-renewal"))
        .never_says("2 avril 2026")
        .never_says("2 mars 2026");
    let procedure = home.link("/e/demarches/");
    own.get(&procedure).await.is(200).says("id=\"dates\"");
    // Nobody else's.
    let mut lead = house.app.signed_in(&house.other_lead).await;
    lead.get("/ce-qui-arrive")
        .await
        .says(&t("digest-none"))
        .never_says("Diallo");
    // Over the next days nothing new is marked so, and the date that passed is said to be past.
    house.app.pass(7 * 24 * 60);
    assert!(house.app.service.run_job(Job::Digest).await.unwrap());
    let mut desk = house.app.signed_in(&house.worker).await;
    let page = desk.get("/ce-qui-arrive").await;
    page.says("16 mars 2026").never_says(&t("digest-new"));
    let mut own = house.app.opened(&house.person).await;
    let past = Language::french().t1("person-digest-past", "day", "16 mars 2026");
    own.get("/e").await.says(&past);
}
