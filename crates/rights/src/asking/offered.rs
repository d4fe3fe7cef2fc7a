//! What the record holds already that the law asks for. It is offered, with where it stands, and is
//! nothing until someone confirms it: only then is it said, and counts.

use crate::model::Law;
use crate::period::years_between;
use domain::document::Validity;
use domain::looked::{Answer, FactRef, FactSource, FactValue, MemberTie, Month, Said, Span, Whom};
use domain::procedure::{AmountPer, Procedure, ProcedureState};
use domain::record::{DocumentView, Record};
use domain::words::{DocumentKind, TieKind};
use jiff::civil::Date;

/// Facts that may be confirmed, from one place of the record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Offer {
    /// Its name in forms, ASCII.
    pub id: String,
    /// What to write once it is confirmed.
    pub said: Vec<Said>,
    /// What the first of them is called, in French.
    pub label: String,
    /// Where it stands.
    pub source: FactSource,
    /// What it is called there: a document's or a procedure's title; empty for civil status.
    pub words: String,
    /// The day it stands since there, where it has one.
    pub on: Option<Date>,
}

/// Someone tied to the person who may be of the household.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OfferedMember {
    /// What they would be in the household.
    pub tie: MemberTie,
    /// Their name.
    pub name: String,
    /// Their day of birth, where the record tells it.
    pub born: Option<Date>,
}

/// Those tied to the person as partner or child: they may live with them, or not.
#[must_use]
pub fn offered_household(record: &Record) -> Vec<OfferedMember> {
    let ties = record.ties.iter().filter_map(|tie| {
        let kind = match tie.kind {
            TieKind::Partner => MemberTie::Partner,
            TieKind::Child => MemberTie::Child,
            _ => return None,
        };
        Some(OfferedMember {
            tie: kind,
            name: tie.name.clone(),
            born: tie.born,
        })
    });
    ties.collect()
}

/// What may be confirmed, of what was opened and was not said yet.
#[must_use]
pub fn offered(law: &Law, record: &Record, today: Date) -> Vec<Offer> {
    let mut offers = Vec::new();
    offers.extend(birth(law, record));
    offers.extend(residence(law, record, today));
    offers.extend(stay(law, record, today));
    offers.extend(domiciliation(law, record, today));
    offers.extend(housing(law, record, today));
    offers.extend(nationals(law, record, today));
    offers.extend(of_the_notice(law, record, today));
    let said = |about: &FactRef| {
        let mut facts = record.looked.facts.iter();
        facts.any(|f| (f.what.about.whom, &f.what.about.fact) == (about.whom, &about.fact))
    };
    offers.retain(|offer| !offer.said.iter().all(|s| said(&s.about)));
    offers
}

fn about(whom: Whom, fact: &str, span: Span) -> FactRef {
    FactRef {
        whom,
        fact: fact.to_owned(),
        span,
    }
}

/// An offer, where the law files know what it is about.
fn offer(
    law: &Law,
    source: FactSource,
    (words, on): (&str, Option<Date>),
    said: Vec<(FactRef, FactValue)>,
) -> Option<Offer> {
    let first = said.first()?.0.clone();
    let known = said
        .iter()
        .all(|(about, _)| law.variable(&about.fact).is_some());
    let label = law.variable(&first.fact).filter(|_| known)?.1.label.clone();
    let said = said.into_iter().map(|(about, value)| Said {
        about,
        answer: Answer::Value(value),
        confirmed: Some(source),
    });
    Some(Offer {
        id: first.to_string(),
        said: said.collect(),
        label,
        source,
        words: words.to_owned(),
        on,
    })
}

fn birth(law: &Law, record: &Record) -> Option<Offer> {
    let born = record.profile.as_ref()?.born?;
    let fact = about(Whom::Person, "date_naissance", Span::Always);
    let said = vec![(fact, FactValue::Day(born))];
    offer(law, FactSource::Profile, ("", None), said)
}

/// Documents of a kind that are valid that day.
fn valid(record: &Record, kind: DocumentKind, today: Date) -> impl Iterator<Item = &DocumentView> {
    let kinds = record
        .documents
        .iter()
        .filter(move |d| d.document.facts.kind == kind);
    kinds.filter(move |d| d.document.facts.validity(today) != Validity::Ended)
}

/// Since when the oldest title of residence of someone who holds a valid one was issued.
fn residence(law: &Law, record: &Record, today: Date) -> Option<Offer> {
    let kind = DocumentKind::ResidencePermit;
    valid(record, kind, today).next()?;
    let all = record
        .documents
        .iter()
        .filter(|d| d.document.facts.kind == kind);
    let oldest = all.filter(|d| d.document.facts.issued.is_some());
    let oldest = oldest.min_by_key(|d| d.document.facts.issued)?;
    let issued = oldest.document.facts.issued?;
    let years = u32::try_from(years_between(issued, today)).ok()?;
    let span = Span::Since(Month::of(today));
    let fact = about(Whom::Person, "duree_possession_titre_sejour", span);
    let said = vec![(fact, FactValue::Number(years * 100))];
    let words = (title(oldest), Some(issued));
    offer(law, FactSource::Document, words, said)
}

/// A valid title of residence, or the receipt of a request.
fn stay(law: &Law, record: &Record, today: Date) -> Option<Offer> {
    let of = |kind, word| valid(record, kind, today).next().map(|d| (d, word));
    let found = of(DocumentKind::ResidencePermit, "titre");
    let (document, word) = found.or_else(|| of(DocumentKind::ResidenceReceipt, "demande"))?;
    let fact = about(Whom::Person, "sejour", Span::Since(Month::of(today)));
    let said = vec![(fact, FactValue::Word(word.to_owned()))];
    let words = (title(document), document.document.facts.issued);
    offer(law, FactSource::Document, words, said)
}

fn domiciliation(law: &Law, record: &Record, today: Date) -> Option<Offer> {
    let document = valid(record, DocumentKind::Domiciliation, today).next()?;
    let since = Span::Since(Month::of(today));
    let fact = about(Whom::Person, "election_domicile_en_cours", since);
    let said = vec![(fact, FactValue::Truth(true))];
    let words = (title(document), document.document.facts.issued);
    offer(law, FactSource::Document, words, said)
}

fn title(document: &DocumentView) -> &str {
    let document = &document.document;
    if document.facts.title.trim().is_empty() {
        &document.name
    } else {
        &document.facts.title
    }
}

/// Whoever was said to be French has no title to show.
fn nationals(law: &Law, record: &Record, today: Date) -> Option<Offer> {
    let french = Answer::Value(FactValue::Word("FR".to_owned()));
    let mut facts = record.looked.facts.iter().rev().map(|fact| &fact.what);
    let said =
        facts.find(|said| said.about.whom == Whom::Person && said.about.fact == "nationalite")?;
    if said.answer != french {
        return None;
    }
    let fact = about(Whom::Person, "sejour", Span::Since(Month::of(today)));
    let said = vec![(fact, FactValue::Word("francais".to_owned()))];
    offer(law, FactSource::Answer, ("", None), said)
}

/// Those of the household who are born, as a tax return usually counts them.
fn of_the_notice(law: &Law, record: &Record, today: Date) -> Option<Offer> {
    let members = &record.looked.composition.as_ref()?.what.members;
    let born = members.iter().filter(|member| member.born <= today).count();
    let people = u32::try_from(born).ok()?.saturating_add(1);
    let since = Span::Since(Month::of(today));
    let fact = about(Whom::TaxReturn, "personnes_foyer", since);
    let said = vec![(fact, FactValue::Number(people.saturating_mul(100)))];
    offer(law, FactSource::Answer, ("", None), said)
}

/// Housing benefit that a procedure says was granted by month.
fn housing(law: &Law, record: &Record, today: Date) -> Option<Offer> {
    let right = law.rights.iter().find(|r| r.name == "aide_logement")?;
    let granted = |p: &&Procedure| {
        let page = p.page.as_ref().map(|page| &page.page);
        page.is_some()
            && page == right.fiche.as_ref()
            && p.standing().state() == ProcedureState::Accepted
            && p.facts.per == AmountPer::Month
    };
    let procedure = record.procedures.iter().rfind(granted)?;
    let amount = procedure.facts.granted?;
    let month = Month::of(today);
    let known = about(Whom::Family, "aide_logement_connue", Span::Since(month));
    let received = about(Whom::Family, "aide_logement_recue", Span::Since(month));
    let said = vec![
        (received, FactValue::Amount(amount)),
        (known, FactValue::Truth(true)),
    ];
    offer(
        law,
        FactSource::Procedure,
        (&procedure.facts.title, None),
        said,
    )
}
