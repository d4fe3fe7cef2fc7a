//! Three invented years, written entry by entry with the clock moved along.

use super::{
    Crew,
    people::{AGREEMENTS, FACTS, HYPOTHESES, NEXT, PEOPLE, STEPS, Someone, WORDS},
};
use crate::error::{Failure, Kind, Outcome};
use domain::{
    Compartment,
    document::{DocumentFacts, usual_end},
    entry::{Appointment, Profile, Tie, Writing},
    id::PersonId,
    mandate::MandateDuration,
    step::{Ground, InPlace, NextTime, Step},
    words::{
        AppointmentShow, AppointmentState, Conduct, ConsentForm, ContactMode, DocumentKind,
        InPlaceReason, Nature, Theme, TieKind,
    },
};
use jiff::{SignedDuration, Timestamp, ToSpan, civil::Date};
use rand_chacha::ChaCha20Rng;
use rand_core::{Rng, SeedableRng};
use service::{Clock, NewDocument, NewMandate, NewPerson, Service, Session, Who, WorkerSession};

/// The lead of each team and its other members, by their place in the cast.
const MEMBERS: [(usize, &[usize]); 2] = [(0, &[1, 2]), (3, &[4])];

pub(super) struct Teller<'a> {
    pub(super) service: &'a Service,
    pub(super) crew: &'a Crew,
    chance: ChaCha20Rng,
    pub(super) now: Timestamp,
}

/// Tells the years of everyone; gives two cards: (name, code, PIN).
pub(super) async fn tell(
    service: &Service,
    crew: &Crew,
    start: Timestamp,
    now: Timestamp,
) -> Outcome<Vec<(String, String, &'static str)>> {
    // The same story each time: what differs between demonstrations is only keys and codes.
    let mut teller = Teller {
        service,
        crew,
        chance: ChaCha20Rng::from_seed([7; 32]),
        now,
    };
    let mut cards = Vec::new();
    for (at, someone) in PEOPLE.iter().enumerate() {
        let card = teller.life(at, someone, start).await?;
        cards.extend(card);
    }
    Ok(cards)
}

impl Teller<'_> {
    fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[self.below(from.len())]
    }

    pub(super) fn below(&mut self, most: usize) -> usize {
        usize::try_from(self.chance.next_u32()).unwrap_or(0) % most.max(1)
    }

    pub(super) fn days_later(&mut self, least: usize, most: usize) {
        let days = least + self.below(most - least + 1);
        let hours = i64::try_from(days * 24 + self.below(7)).unwrap_or(24);
        self.crew.clock.advance(SignedDuration::from_hours(hours));
        let latest = self
            .now
            .saturating_sub(SignedDuration::from_hours(20))
            .unwrap_or(self.now);
        if self.crew.clock.now() > latest {
            self.crew.clock.set(latest);
        }
    }

    pub(super) fn today(&self) -> Date {
        self.service.today()
    }

    /// One of the team's workers; the lead writes less often.
    fn worker(&mut self, team: usize) -> usize {
        let (lead, others) = MEMBERS[team];
        if self.below(5) == 0 {
            lead
        } else {
            self.pick(others)
        }
    }

    async fn life(
        &mut self,
        at: usize,
        someone: &Someone,
        start: Timestamp,
    ) -> Outcome<Option<(String, String, &'static str)>> {
        let team = at % 2;
        // The first two lives run up to today; the others began at some time.
        let drawn = if at < 2 { 540 } else { 150 + self.below(700) };
        let first_days = i64::try_from(drawn).unwrap_or(0);
        let first = start.saturating_add(SignedDuration::from_hours(24 * first_days + 9));
        self.crew.clock.set(first.unwrap_or(start));
        let (given, birth, usual, year, month, day, place) = *someone;
        let profile = Profile {
            given_names: given.into(),
            birth_name: birth.into(),
            usual_name: usual.into(),
            born: Date::new(year, month, day).ok(),
            birth_place: place.into(),
            phone: format!("06 00 00 {:02} {:02}", at, 99 - at),
            languages: if place.len() > 6 {
                "français".into()
            } else {
                String::new()
            },
            ..Profile::default()
        };
        let host = &self.crew.sessions[MEMBERS[team].1[0]];
        let new = NewPerson {
            profile,
            recovery: at % 9 != 8,
            referent: true,
        };
        let person = self
            .service
            .new_person(host, self.crew.teams[team], new)
            .await?;
        let crew = self.crew;
        if at % 4 == 1 {
            let tie = Tie {
                kind: TieKind::Child,
                name: format!("Enfant {birth}"),
                born: Date::new(2015, month, day).ok(),
                person: None,
                ended: false,
            };
            self.service.set_tie(host, person, tie).await?;
        }
        let mandate = self.mandate(host, person, at).await?;
        // The first two lives are told at length: they are the ones whose cards are printed.
        let visits = if at < 2 { 26 } else { 5 + self.below(9) };
        for visit in 0..visits {
            self.days_later(4, if at < 2 { 34 } else { 60 });
            let who = self.worker(team);
            let session = &crew.sessions[who];
            self.visit(session, person, visit, mandate).await?;
            if visit % 6 == 2 {
                self.paper(session, person, at + visit).await?;
            }
        }
        self.procedures(host, person, at).await?;
        self.rights(host, person, at, Date::new(year, month, day).ok())
            .await?;
        self.finish(host, person, at).await
    }

    async fn mandate(
        &mut self,
        session: &WorkerSession,
        person: PersonId,
        at: usize,
    ) -> Outcome<Option<domain::id::MandateId>> {
        if at % 3 == 2 {
            return Ok(None);
        }
        let new = NewMandate {
            themes: vec![Theme::Papers, Theme::Digital],
            from: self.today(),
            duration: self.pick(&[MandateDuration::HalfYear, MandateDuration::Year]),
            consent: ConsentForm::Signed,
            words: String::new(),
        };
        Ok(Some(self.service.give_mandate(session, person, new).await?))
    }

    async fn visit(
        &mut self,
        session: &WorkerSession,
        person: PersonId,
        visit: usize,
        mandate: Option<domain::id::MandateId>,
    ) -> Outcome<()> {
        let who = Who::Worker(session, person);
        let (nature, text) = match self.below(6) {
            0 | 1 => (Nature::Fact, self.pick(&FACTS)),
            2 | 3 => (Nature::Words, self.pick(&WORDS)),
            4 => (Nature::Hypothesis, self.pick(&HYPOTHESES)),
            _ => (Nature::Agreement, self.pick(&AGREEMENTS)),
        };
        let theme = self.pick(&[Theme::Papers, Theme::Housing, Theme::Health, Theme::Money]);
        let writing = Writing {
            nature,
            text: text.into(),
            theme: Some(theme),
            about: None,
        };
        self.service
            .write(&who, Compartment::Social, writing)
            .await?;
        if visit.is_multiple_of(2) {
            self.step(session, person, visit, mandate).await?;
        }
        Ok(())
    }

    async fn step(
        &mut self,
        session: &WorkerSession,
        person: PersonId,
        visit: usize,
        mandate: Option<domain::id::MandateId>,
    ) -> Outcome<()> {
        // With time, more is done with the person, then by them.
        let conduct = match visit {
            0..=3 => Conduct::InPlace,
            4..=11 => Conduct::WithHelp,
            _ => self.pick(&[Conduct::WithHelp, Conduct::Alone, Conduct::Alone]),
        };
        let in_place = (conduct == Conduct::InPlace).then(|| InPlace {
            reason: InPlaceReason::OnlineOnly,
            ground: mandate.filter(|_| visit < 2).map_or_else(
                || Ground::Emergency("Le délai se terminait le soir même.".into()),
                Ground::Mandate,
            ),
        });
        let next = self.pick(&NEXT);
        let next_time = (conduct != Conduct::Alone).then(|| NextTime {
            text: next.into(),
            on: None,
        });
        let step = Step {
            on: self.today(),
            theme: Theme::Papers,
            contact: self.pick(&[ContactMode::Office, ContactMode::DropIn, ContactMode::Phone]),
            conduct,
            in_place,
            text: self.pick(&STEPS).into(),
            next_time,
        };
        self.service
            .record_step(session, person, Compartment::Social, step)
            .await?;
        Ok(())
    }

    async fn paper(
        &mut self,
        session: &WorkerSession,
        person: PersonId,
        number: usize,
    ) -> Outcome<()> {
        let kinds = [
            DocumentKind::Domiciliation,
            DocumentKind::IdentityCard,
            DocumentKind::Ame,
            DocumentKind::CafCertificate,
            DocumentKind::Letter,
        ];
        let kind = kinds[number % kinds.len()];
        let issued = self.today();
        let facts = DocumentFacts {
            kind,
            title: String::new(),
            issued: Some(issued),
            valid_until: usual_end(kind, issued, None),
        };
        let who = Who::Worker(session, person);
        let mut upload = self.service.begin_upload(&who, Compartment::Social).await?;
        upload.push(&picture(number)?).await?;
        let new = NewDocument {
            name: "photo.png".into(),
            facts,
        };
        self.service.finish_upload(&who, upload, new).await?;
        Ok(())
    }

    async fn finish(
        &mut self,
        session: &WorkerSession,
        person: PersonId,
        at: usize,
    ) -> Outcome<Option<(String, String, &'static str)>> {
        if at.is_multiple_of(3) {
            let day = self.now.saturating_add(SignedDuration::from_hours(24 * 6));
            let day = self
                .service
                .zone()
                .to_datetime(day.unwrap_or(self.now))
                .date();
            let appointment = Appointment {
                id: self.service.new_appointment_id(),
                at: day.saturating_add(1.day()).at(10, 0, 0, 0),
                place: "à l’accueil de jour".into(),
                with: session.name.clone(),
                purpose: "Lire le courrier ensemble".into(),
                state: AppointmentState::Planned,
                show: AppointmentShow::Silent,
            };
            self.service
                .set_appointment(session, person, appointment)
                .await?;
        }
        if at >= 2 {
            return Ok(None);
        }
        let pin = ["2580", "794613"][at];
        let card = self.service.make_card(session, person, pin, false).await?;
        let token = self
            .service
            .sign_in_card(&card.code, pin)
            .await
            .map_err(|e| Failure::new(Kind::SignIn, e.to_string()))?;
        if let Some(Session::Person(own)) = self.service.resume(&token).await? {
            let writing = Writing {
                nature: Nature::Words,
                text: "J’ai lu ce que vous avez écrit. Merci d’avoir noté ce que j’ai dit.".into(),
                theme: None,
                about: None,
            };
            self.service
                .write(&Who::Person(&own), Compartment::Social, writing)
                .await?;
        }
        self.service.sign_out(&token).await?;
        let (given, birth, ..) = PEOPLE[at];
        Ok(Some((format!("{given} {birth}"), card.code, pin)))
    }
}

/// A drawn sheet of paper, different each time, that holds nothing.
fn picture(number: usize) -> Outcome<Vec<u8>> {
    let shade = u8::try_from(200 + number % 40).unwrap_or(220);
    let mut sheet = image::RgbImage::from_pixel(420, 594, image::Rgb([250, 248, shade]));
    for line in 0..18u32 {
        let length = 120 + (line * 37 + u32::try_from(number).unwrap_or(0) * 13) % 220;
        for x in 50..50 + length {
            for y in 0..4 {
                sheet.put_pixel(x, 90 + line * 26 + y, image::Rgb([90, 96, 100]));
            }
        }
    }
    let mut out = Vec::new();
    sheet
        .write_to(&mut std::io::Cursor::new(&mut out), image::ImageFormat::Png)
        .map_err(|e| Failure::io("a picture could not be drawn", &e))?;
    Ok(out)
}
