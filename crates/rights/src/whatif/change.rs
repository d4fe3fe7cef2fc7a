//! How one change shows among the facts.

use super::What;
use crate::asking::Household;
use crate::model::{Entity, Kind, Law, Scalar, VariableId};
use crate::period::{Period, Rhythm};
use crate::ratio::Ratio;
use crate::situation::Situation;
use domain::looked::{Composition, Member, MemberTie, Month};
use domain::procedure::Amount;
use jiff::ToSpan;

/// Wages, as payslips and notices give them. Only the net one is asked: the others are taken to be
/// the same, which is a few hundredths less than they are.
const WAGES: &[&str] = &["salaire_net", "salaire_imposable", "salaire_de_base"];

/// What ends with unemployment.
const BENEFITS: &[&str] = &["chomage_net", "chomage_imposable", "ass"];

/// How far back of the child to be born the law may look, in months.
const BACK: i32 = 48;

/// For how many months before a birth it is told of.
const TOLD: i32 = 6;

/// The day of the month on which a birth is supposed.
const BIRTHDAY: i64 = 14;

/// The people with the child to be born, and its place.
pub(super) fn with_birth(home: &Household<'_>, what: Option<&What>) -> (Composition, Option<u16>) {
    let mut composition = home.composition.clone();
    let Some(What::Birth { month }) = what else {
        return (composition, None);
    };
    let numbers = composition.members.iter().map(|m| m.number).max();
    composition.members.push(Member {
        number: numbers.map_or(1, |n| n.saturating_add(1)),
        tie: MemberTie::Child,
        born: month.first_day().saturating_add(BIRTHDAY.days()),
        name: String::new(),
    });
    let place = u16::try_from(composition.members.len()).ok();
    (composition, place)
}

/// The carried situation with the change, as far as the month `until`; none where the change is
/// about someone or something that is not there.
pub(super) fn changed(
    home: &Household<'_>,
    situation: Situation,
    what: &What,
    child: Option<u16>,
    until: i32,
) -> Option<Situation> {
    let mut change = Change {
        law: home.law,
        situation,
        until,
    };
    match what {
        What::Job {
            whom,
            net,
            from,
            benefits_end,
        } => {
            let place = home.place(*whom, Entity::Individu)?;
            let wage = money(*net)?;
            for fact in WAGES {
                change.from(fact, place, *from, wage);
            }
            if *benefits_end {
                for fact in BENEFITS {
                    change.from(fact, place, *from, Scalar::Number(Ratio::ZERO));
                }
            }
            let working = change.choice("activite", "actif")?;
            change.from("activite", place, *from, working);
        }
        What::Move {
            rent,
            commune,
            occupation,
            from,
        } => {
            if let Some(rent) = rent {
                let rent = money(*rent)?;
                change.from("loyer", 0, *from, rent);
            }
            if let Some(code) = commune {
                let code = change.situation.text(home.law, code);
                change.from("depcom", 0, *from, code);
            }
            if let Some(word) = occupation {
                let word = change.choice("statut_occupation_logement", word)?;
                change.from("statut_occupation_logement", 0, *from, word);
            }
            // The amount that was known is that of the dwelling they left: the next is computed.
            let unknown = Scalar::Truth(false);
            change.from("aide_logement_connue", 0, *from, unknown);
        }
        What::Birth { month } => {
            for before in 1..=TOLD {
                let told = month.plus(-before);
                change.at("enceinte", 0, told, Scalar::Truth(true));
            }
            change.ordinary(child?, *month)?;
        }
    }
    Some(change.situation)
}

struct Change<'l> {
    law: &'l Law,
    situation: Situation,
    until: i32,
}

impl Change<'_> {
    /// States a fact from a month on; a fact that no law file knows changes nothing.
    fn from(&mut self, fact: &str, place: u16, from: Month, value: Scalar) {
        let Some((id, _)) = self.law.variable(fact) else {
            return;
        };
        for month in from.index()..=self.until {
            self.situation.state(id, place, Period::Month(month), value);
        }
    }

    fn at(&mut self, fact: &str, place: u16, month: Month, value: Scalar) {
        if let Some((id, _)) = self.law.variable(fact) {
            let period = Period::Month(month.index());
            self.situation.state(id, place, period, value);
        }
    }

    /// Of the child to be born that month, nothing is out of the ordinary: no income, no adoption.
    fn ordinary(&mut self, place: u16, born: Month) -> Option<()> {
        for (at, variable) in self.law.variables().iter().enumerate() {
            let asked = !variable.is_rule() && variable.entity == Entity::Individu;
            if !asked || variable.kind == Kind::Day {
                continue;
            }
            let id = VariableId::try_from(at).ok()?;
            let months = born.index() - BACK..=self.until;
            let periods: Vec<Period> = match variable.rhythm {
                Rhythm::Always => vec![Period::Always],
                Rhythm::Month => months.map(Period::Month).collect(),
                Rhythm::Year => {
                    let years = Period::Month(*months.start()).year()?
                        ..=Period::Month(self.until).year()?;
                    years.map(Period::Year).collect()
                }
            };
            for period in periods {
                self.situation.state(id, place, period, variable.default);
            }
        }
        Some(())
    }

    fn choice(&self, fact: &str, word: &str) -> Option<Scalar> {
        let (_, variable) = self.law.variable(fact)?;
        let variants = &self.law.choices(variable.kind)?.variants;
        let place = variants.iter().position(|(name, _)| name == word)?;
        u16::try_from(place).ok().map(Scalar::Choice)
    }
}

fn money(amount: Amount) -> Option<Scalar> {
    Ratio::new(i128::from(amount.cents()), 1).map(Scalar::Number)
}
