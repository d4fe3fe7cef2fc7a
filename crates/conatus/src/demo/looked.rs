//! What one of the invented people said for rights to look at, and decided about one: enough for some
//! indications, not for all of them.

use super::story::Teller;
use crate::error::Outcome;
use domain::{
    id::PersonId,
    looked::{
        Answer, Composition, Decided, Decision, FactRef, FactSource, FactValue, Month, Said, Span,
        Whom,
    },
};
use jiff::civil::Date;
use service::{Who, WorkerSession};

fn said(whom: Whom, fact: &str, span: Span, value: FactValue) -> Said {
    Said {
        about: FactRef {
            whom,
            fact: fact.to_owned(),
            span,
        },
        answer: Answer::Value(value),
        confirmed: None,
    }
}

impl Teller<'_> {
    /// The first says who they live with and how they live, and decides about one right.
    pub(super) async fn rights(
        &mut self,
        session: &WorkerSession,
        person: PersonId,
        at: usize,
        born: Option<Date>,
    ) -> Outcome<()> {
        if at > 0 {
            return Ok(());
        }
        let who = Who::Worker(session, person);
        let alone = Composition::default();
        self.service.say_household(&who, alone).await?;
        let now = Span::Since(Month::of(self.today()));
        let word = |word: &str| FactValue::Word(word.to_owned());
        let mut facts = vec![
            said(Whom::Person, "nationalite", now, word("FR")),
            said(Whom::Person, "activite", now, word("inactif")),
            said(Whom::Home, "depcom", now, word("59350")),
            said(
                Whom::Home,
                "statut_occupation_logement",
                now,
                word("sans_domicile"),
            ),
        ];
        facts.extend(born.map(|day| Said {
            confirmed: Some(FactSource::Profile),
            ..said(
                Whom::Person,
                "date_naissance",
                Span::Always,
                FactValue::Day(day),
            )
        }));
        self.service.say_facts(&who, facts).await?;
        let decided = Decided {
            right: "ame".into(),
            decision: Decision::WillNotAsk,
            why: "J’ai déjà la carte Vitale.".into(),
            on: self.today(),
            again: None,
        };
        self.service.decide_on_right(&who, decided).await?;
        Ok(())
    }
}
