//! A record once opened: entries folded into what holds today. Everything here is derived; nothing
//! is stored.

use crate::{
    compartment::Compartment,
    document::{Document, Validity},
    entry::{
        About, Appointment, Author, Content, Entry, GrantGiven, Household, Profile, Referent,
        TeamName, Tie,
    },
    id::{AccompanimentId, AppointmentId, DocumentId, GrantId, MandateId, ProcedureId},
    looked::Looked,
    mandate::{Mandate, MandateState},
    procedure::{Procedure, ProcedureEntry},
    step::Step,
    words::{AppointmentState, ClosingReason, Theme},
};
use jiff::{Timestamp, civil::Date};
use std::collections::BTreeMap;

/// What holds in the compartments that were opened.
#[derive(Debug, Clone, Default)]
pub struct Record {
    /// Every entry, in order.
    pub entries: Vec<Entry>,
    /// Who the person is, where identity was opened.
    pub profile: Option<Profile>,
    /// Mandates, first given first.
    pub mandates: Vec<MandateView>,
    /// Procedures, first opened first.
    pub procedures: Vec<Procedure>,
    /// Documents that were not withdrawn, first put first.
    pub documents: Vec<DocumentView>,
    /// Accompaniments, first opened first.
    pub accompaniments: Vec<AccompanimentView>,
    /// Appointments by time.
    pub appointments: Vec<AppointmentView>,
    /// Ties that did not end.
    pub ties: Vec<Tie>,
    /// The household.
    pub household: Option<Household>,
    /// Accesses given, first given first.
    pub grants: Vec<GrantView>,
    /// What was said for rights to look at, where the follow-up was opened.
    pub looked: Looked,
}

/// A mandate and where it stands.
#[derive(Debug, Clone)]
pub struct MandateView {
    /// What was authorised.
    pub mandate: Mandate,
    /// The compartment it is written in.
    pub compartment: Compartment,
    /// When it was written.
    pub at: Timestamp,
    /// By whom.
    pub author: Author,
    /// When it was taken back, by whom and why.
    pub revoked: Option<(Timestamp, Author, String)>,
}

impl MandateView {
    /// Where it stands on that day.
    #[must_use]
    pub fn state(&self, today: Date) -> MandateState {
        self.mandate.state(self.revoked.is_some(), today)
    }
}

/// A document and where it stands.
#[derive(Debug, Clone)]
pub struct DocumentView {
    /// As put in, with the facts that hold now.
    pub document: Document,
    /// The compartment it is in.
    pub compartment: Compartment,
    /// The entry that put it in.
    pub sequence: u64,
    /// When it was put in.
    pub at: Timestamp,
    /// By whom.
    pub author: Author,
}

/// An accompaniment and where it stands.
#[derive(Debug, Clone)]
pub struct AccompanimentView {
    /// Its identifier.
    pub id: AccompanimentId,
    /// The team.
    pub team: TeamName,
    /// Its referent now.
    pub referent: Option<Referent>,
    /// Since when.
    pub opened: Date,
    /// The compartment it is written in.
    pub compartment: Compartment,
    /// When it was closed and why.
    pub closed: Option<(Date, ClosingReason)>,
}

/// An appointment and the compartment it is written in.
#[derive(Debug, Clone)]
pub struct AppointmentView {
    /// As it holds now.
    pub appointment: Appointment,
    /// The compartment it is written in.
    pub compartment: Compartment,
}

/// An access given and whether it was taken back.
#[derive(Debug, Clone)]
pub struct GrantView {
    /// As given.
    pub given: GrantGiven,
    /// In which compartment this copy stands.
    pub compartment: Compartment,
    /// When it was given.
    pub at: Timestamp,
    /// When it was taken back.
    pub taken_back: Option<Timestamp>,
}

/// Something that was done, in a procedure or apart.
#[derive(Debug, Clone, Copy)]
pub struct Act<'a> {
    /// The entry that tells it.
    pub sequence: u64,
    /// What was done.
    pub step: &'a Step,
    /// Who wrote it.
    pub author: &'a Author,
    /// The procedure it was done for.
    pub procedure: Option<ProcedureId>,
}

impl Record {
    /// What those entries say, in the order of their sequence.
    #[must_use]
    pub fn fold(mut entries: Vec<Entry>) -> Self {
        entries.sort_by_key(|e| e.sequence);
        let mut fold = Fold::default();
        for entry in &entries {
            fold.take(entry);
        }
        let mut record = fold.record;
        record.appointments = fold.appointments.into_values().collect();
        record.appointments.sort_by_key(|a| a.appointment.at);
        record.entries = entries;
        record
    }

    /// Whether that mandate lets someone act in the person's place on that theme, that day.
    #[must_use]
    pub fn mandate_allows(&self, id: MandateId, theme: Theme, day: Date) -> bool {
        self.mandates
            .iter()
            .any(|m| m.mandate.id == id && m.mandate.allows(theme, m.revoked.is_some(), day))
    }

    /// The mandates that let someone act in the person's place that day.
    pub fn live_mandates(&self, day: Date) -> impl Iterator<Item = &MandateView> {
        self.mandates
            .iter()
            .filter(move |m| m.state(day) == MandateState::Live)
    }

    /// The document of that identifier.
    #[must_use]
    pub fn document(&self, id: DocumentId) -> Option<&DocumentView> {
        self.documents.iter().find(|d| d.document.id == id)
    }

    /// The procedure of that identifier.
    #[must_use]
    pub fn procedure(&self, id: ProcedureId) -> Option<&Procedure> {
        self.procedures.iter().find(|p| p.id == id)
    }

    /// Everything that was done, in a procedure or apart, by day: the path towards acting alone.
    /// What was taken back is left out.
    #[must_use]
    pub fn acts(&self) -> Vec<Act<'_>> {
        let apart = self.entries.iter().filter_map(|e| match &e.body.content {
            Content::Step(step) => Some(Act {
                sequence: e.sequence,
                step,
                author: &e.body.author,
                procedure: None,
            }),
            _ => None,
        });
        let inside = self.procedures.iter().flat_map(|p| {
            let kept = p.steps.iter().filter(|s| s.taken_back.is_none());
            kept.map(|s| Act {
                sequence: s.sequence,
                step: &s.step,
                author: &s.author,
                procedure: Some(p.id),
            })
        });
        let mut acts: Vec<_> = apart.chain(inside).collect();
        acts.sort_by_key(|a| (a.step.on, a.sequence));
        acts
    }

    /// The documents that ended or end soon, earliest end first.
    #[must_use]
    pub fn ending_documents(&self, today: Date) -> Vec<&DocumentView> {
        let mut ending: Vec<_> = self
            .documents
            .iter()
            .filter(|d| {
                matches!(
                    d.document.facts.validity(today),
                    Validity::EndsSoon | Validity::Ended
                )
            })
            .collect();
        ending.sort_by_key(|d| d.document.facts.valid_until);
        ending
    }

    /// The planned appointments from that day on, earliest first.
    pub fn coming_appointments(&self, today: Date) -> impl Iterator<Item = &Appointment> {
        self.appointments
            .iter()
            .map(|a| &a.appointment)
            .filter(move |a| a.state == AppointmentState::Planned && a.at.date() >= today)
    }

    /// The later entries that correct or answer that one, in order.
    pub fn about(&self, sequence: u64) -> impl Iterator<Item = &Entry> {
        self.entries.iter().filter(move |e| match &e.body.content {
            Content::Writing(w) => {
                matches!(w.about, Some(About::Corrects(s) | About::Answers(s)) if s == sequence)
            }
            _ => false,
        })
    }
}

#[derive(Default)]
struct Fold {
    record: Record,
    appointments: BTreeMap<AppointmentId, AppointmentView>,
}

impl Fold {
    fn take(&mut self, entry: &Entry) {
        let (at, author) = (entry.body.at, &entry.body.author);
        match &entry.body.content {
            Content::Profile(profile) => self.record.profile = Some(profile.clone()),
            Content::MandateGiven(mandate) => self.record.mandates.push(MandateView {
                mandate: mandate.clone(),
                compartment: entry.compartment,
                at,
                author: author.clone(),
                revoked: None,
            }),
            Content::MandateRevoked { mandate, reason } => {
                let found = self
                    .record
                    .mandates
                    .iter_mut()
                    .find(|m| m.mandate.id == *mandate);
                if let Some(view) = found.filter(|m| m.revoked.is_none()) {
                    view.revoked = Some((at, author.clone(), reason.clone()));
                }
            }
            Content::Procedure(said) => self.procedure(entry, said),
            Content::DocumentAdded(document) => self.record.documents.push(DocumentView {
                document: document.clone(),
                compartment: entry.compartment,
                sequence: entry.sequence,
                at,
                author: author.clone(),
            }),
            Content::DocumentChanged { document, facts } => {
                let mut all = self.record.documents.iter_mut();
                if let Some(d) = all.find(|d| d.document.id == *document) {
                    d.document.facts = facts.clone();
                }
            }
            Content::DocumentWithdrawn { document, .. } => {
                self.record.documents.retain(|d| d.document.id != *document);
            }
            Content::Appointment(appointment) => {
                self.appointments.insert(
                    appointment.id,
                    AppointmentView {
                        appointment: appointment.clone(),
                        compartment: entry.compartment,
                    },
                );
            }
            Content::Tie(tie) => {
                self.record
                    .ties
                    .retain(|t| (&t.name, t.born) != (&tie.name, tie.born));
                if !tie.ended {
                    self.record.ties.push(tie.clone());
                }
            }
            Content::Household(household) => self.record.household = Some(household.clone()),
            Content::GrantGiven(given) => self.record.grants.push(GrantView {
                given: given.clone(),
                compartment: entry.compartment,
                at,
                taken_back: None,
            }),
            Content::GrantTakenBack { grant } => self.take_back(*grant, at),
            // It is written in the follow-up alone: what another compartment says is none of it.
            Content::Looked { event } if entry.compartment == Compartment::Social => {
                self.record.looked.take(entry, event);
            }
            Content::AccompanimentOpened { .. }
            | Content::ReferentNamed { .. }
            | Content::AccompanimentClosed { .. } => self.accompaniment(entry),
            Content::Writing(_)
            | Content::Step(_)
            | Content::CardMade { .. }
            | Content::OpenedByKeepers { .. }
            | Content::Looked { .. }
            | Content::Imported { .. } => {}
        }
    }

    fn procedure(&mut self, entry: &Entry, said: &ProcedureEntry) {
        let all = &mut self.record.procedures;
        // What another compartment says of it is none of its own.
        let known = all.iter_mut().find(|p| p.id == said.procedure);
        match known {
            Some(p) if p.compartment == entry.compartment => p.take(entry, &said.event),
            Some(_) => {}
            None => all.extend(Procedure::begin(entry, said.procedure, &said.event)),
        }
    }

    fn take_back(&mut self, grant: GrantId, at: Timestamp) {
        for view in self
            .record
            .grants
            .iter_mut()
            .filter(|g| g.given.grant == grant)
        {
            view.taken_back.get_or_insert(at);
        }
    }

    fn accompaniment(&mut self, entry: &Entry) {
        let all = &mut self.record.accompaniments;
        match &entry.body.content {
            Content::AccompanimentOpened {
                id,
                team,
                referent,
                on,
            } => all.push(AccompanimentView {
                id: *id,
                team: team.clone(),
                referent: referent.clone(),
                opened: *on,
                compartment: entry.compartment,
                closed: None,
            }),
            Content::ReferentNamed {
                accompaniment,
                referent,
            } => {
                if let Some(a) = all.iter_mut().find(|a| a.id == *accompaniment) {
                    a.referent = Some(referent.clone());
                }
            }
            Content::AccompanimentClosed {
                accompaniment,
                reason,
                on,
                ..
            } => {
                if let Some(a) = all.iter_mut().find(|a| a.id == *accompaniment) {
                    a.closed = Some((*on, *reason));
                }
            }
            _ => {}
        }
    }
}
