//! Something done for or by the person, and the rules of its conduct: acting in someone's place
//! needs a reason, and a live mandate on the theme or a stated emergency.

use crate::{
    id::MandateId,
    words::{Conduct, ContactMode, InPlaceReason, Theme},
};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// A step of the record (acte).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    /// The day it was done.
    pub on: Date,
    /// What it is about.
    pub theme: Theme,
    /// How contact was made.
    pub contact: ContactMode,
    /// Who did it, from the person's side.
    pub conduct: Conduct,
    /// Why and on what ground it was done in the person's place; `None` for any other conduct.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub in_place: Option<InPlace>,
    /// What was done.
    pub text: String,
    /// How the person will do more of it next time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_time: Option<NextTime>,
}

/// Why and on what ground someone acted in the person's place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct InPlace {
    /// Why.
    pub reason: InPlaceReason,
    /// On what ground.
    pub ground: Ground,
}

/// What allows acting in the person's place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ground {
    /// A mandate of the person.
    Mandate(MandateId),
    /// An emergency, stated in words.
    Emergency(String),
}

/// What is foreseen so that next time the person does more of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NextTime {
    /// What, in words.
    pub text: String,
    /// The day foreseen, where one was chosen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on: Option<Date>,
}

/// Why a step cannot be recorded as it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum StepError {
    /// Nothing says what was done.
    #[error("a step says what was done")]
    NoText,
    /// Acting in the person's place without saying why.
    #[error("acting in the person's place needs its reason")]
    NoReason,
    /// A reason to act in the person's place where nobody did.
    #[error("only a step done in the person's place has a reason for it")]
    NeedlessReason,
    /// No live mandate on this theme and no stated emergency.
    #[error(
        "acting in the person's place needs a live mandate on this theme or a stated emergency"
    )]
    NoGround,
    /// An emergency stated in no words.
    #[error("an emergency is stated in words")]
    EmptyEmergency,
    /// A day that has not come.
    #[error("a step is recorded once it is done")]
    Future,
}

impl Step {
    /// Whether it may be recorded today; `live` says whether that mandate allows that theme on the
    /// day of the step.
    ///
    /// # Errors
    /// The first rule of conduct that it breaks.
    pub fn check(
        &self,
        today: Date,
        live: impl Fn(MandateId, Theme, Date) -> bool,
    ) -> Result<(), StepError> {
        if self.text.trim().is_empty() {
            return Err(StepError::NoText);
        }
        if self.on > today {
            return Err(StepError::Future);
        }
        match (self.conduct, &self.in_place) {
            (Conduct::InPlace, None) => Err(StepError::NoReason),
            (
                Conduct::InPlace,
                Some(InPlace {
                    ground: Ground::Mandate(id),
                    ..
                }),
            ) => {
                if live(*id, self.theme, self.on) {
                    Ok(())
                } else {
                    Err(StepError::NoGround)
                }
            }
            (
                Conduct::InPlace,
                Some(InPlace {
                    ground: Ground::Emergency(words),
                    ..
                }),
            ) => {
                if words.trim().is_empty() {
                    Err(StepError::EmptyEmergency)
                } else {
                    Ok(())
                }
            }
            (_, Some(_)) => Err(StepError::NeedlessReason),
            (_, None) => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn acting_in_place_needs_a_reason_and_a_ground() {
        let today = date(2026, 5, 4);
        let mandate = MandateId::from_bytes([7; 16]);
        let step = |conduct, in_place| Step {
            on: today,
            theme: Theme::Papers,
            contact: ContactMode::Office,
            conduct,
            in_place,
            text: "Lettre lue".into(),
            next_time: None,
        };
        let with = |ground| {
            Some(InPlace {
                reason: InPlaceReason::OnlineOnly,
                ground,
            })
        };
        for (conduct, in_place, live, expected) in [
            (Conduct::Alone, None, false, Ok(())),
            (
                Conduct::WithHelp,
                with(Ground::Mandate(mandate)),
                true,
                Err(StepError::NeedlessReason),
            ),
            (Conduct::InPlace, None, true, Err(StepError::NoReason)),
            (
                Conduct::InPlace,
                with(Ground::Mandate(mandate)),
                true,
                Ok(()),
            ),
            (
                Conduct::InPlace,
                with(Ground::Mandate(mandate)),
                false,
                Err(StepError::NoGround),
            ),
            (
                Conduct::InPlace,
                with(Ground::Emergency("  ".into())),
                true,
                Err(StepError::EmptyEmergency),
            ),
            (
                Conduct::InPlace,
                with(Ground::Emergency("Coupure ce soir".into())),
                false,
                Ok(()),
            ),
        ] {
            assert_eq!(
                step(conduct, in_place).check(today, |_, _, _| live),
                expected,
                "{conduct:?}"
            );
        }
        let mut late = step(Conduct::Alone, None);
        late.on = date(2026, 5, 5);
        assert_eq!(late.check(today, |_, _, _| true), Err(StepError::Future));
    }
}
