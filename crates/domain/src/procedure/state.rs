//! Where a procedure stands and where it may go next. What is allowed depends on what was done
//! before: pieces asked for before the filing lead to a filing, after it back to the review, in an
//! appeal back to the appeal.

use super::words::ProcedureState as S;
use jiff::civil::Date;

/// Where a procedure stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    state: S,
    filed: Option<Date>,
    appealed: Option<Date>,
}

/// A procedure cannot go from there to there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a procedure that is {} cannot become {}", from.word(), to.word())]
pub struct InvalidTransition {
    /// Where it stands.
    pub from: S,
    /// Where it was to go.
    pub to: S,
}

impl Default for Standing {
    fn default() -> Self {
        Self {
            state: S::ToStart,
            filed: None,
            appealed: None,
        }
    }
}

impl Standing {
    /// The state.
    #[must_use]
    pub const fn state(self) -> S {
        self.state
    }

    /// The day it was filed last.
    #[must_use]
    pub const fn filed(self) -> Option<Date> {
        self.filed
    }

    /// The day the appeal under way was made.
    #[must_use]
    pub const fn appealed(self) -> Option<Date> {
        self.appealed
    }

    /// Where it may go, the most usual first.
    #[must_use]
    pub const fn next(self) -> &'static [S] {
        match self.state {
            S::ToStart => &[S::AwaitingPieces, S::Submitted, S::ClosedByPerson],
            S::AwaitingPieces if self.appealed.is_some() => &[
                S::Appealed,
                S::Accepted,
                S::Refused,
                S::ClosedByPerson,
                S::Dismissed,
            ],
            S::AwaitingPieces if self.filed.is_some() => &[
                S::UnderReview,
                S::Accepted,
                S::Refused,
                S::Deferred,
                S::ClosedByPerson,
                S::Dismissed,
            ],
            S::AwaitingPieces => &[S::Submitted, S::ClosedByPerson],
            S::Submitted => &[
                S::UnderReview,
                S::AwaitingPieces,
                S::Accepted,
                S::Refused,
                S::Deferred,
                S::ClosedByPerson,
                S::Dismissed,
            ],
            S::UnderReview => &[
                S::Accepted,
                S::Refused,
                S::AwaitingPieces,
                S::Deferred,
                S::ClosedByPerson,
                S::Dismissed,
            ],
            S::Deferred => &[
                S::UnderReview,
                S::AwaitingPieces,
                S::Submitted,
                S::Appealed,
                S::Accepted,
                S::Refused,
                S::ClosedByPerson,
                S::Dismissed,
            ],
            S::Refused => &[S::Appealed, S::ClosedByPerson],
            // What was granted may be less than what was asked.
            S::Accepted => &[S::Appealed],
            S::Appealed => &[
                S::Accepted,
                S::Refused,
                S::AwaitingPieces,
                S::ClosedByPerson,
                S::Dismissed,
            ],
            // People change their mind, and a file without answer is filed again or contested.
            S::ClosedByPerson => &[S::ToStart],
            S::Dismissed => &[S::Submitted, S::Appealed],
        }
    }

    /// Where it stands after that, done that day.
    ///
    /// # Errors
    /// [`InvalidTransition`] where it cannot go there from where it stands.
    pub fn go(self, to: S, on: Date) -> Result<Self, InvalidTransition> {
        if !self.next().contains(&to) {
            return Err(InvalidTransition {
                from: self.state,
                to,
            });
        }
        let (filed, appealed) = match to {
            S::ToStart => (None, None),
            S::Submitted => (Some(on), None),
            // Back from pieces that were asked for during it, it is the same appeal.
            S::Appealed => (self.filed, self.appealed.or(Some(on))),
            S::Accepted | S::Refused | S::Dismissed => (self.filed, None),
            _ => (self.filed, self.appealed),
        };
        Ok(Self {
            state: to,
            filed,
            appealed,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;
    use proptest::prelude::*;

    fn walk(states: &[S]) -> Result<Standing, InvalidTransition> {
        let day = date(2026, 3, 2);
        states
            .iter()
            .try_fold(Standing::default(), |s, to| s.go(*to, day))
    }

    #[test]
    fn goes_from_the_first_question_to_the_appeal() {
        for (path, allowed) in [
            (
                &[S::AwaitingPieces, S::Submitted, S::UnderReview, S::Accepted][..],
                true,
            ),
            (
                &[
                    S::Submitted,
                    S::Refused,
                    S::Appealed,
                    S::Refused,
                    S::Appealed,
                    S::Accepted,
                ],
                true,
            ),
            (
                &[
                    S::Submitted,
                    S::AwaitingPieces,
                    S::UnderReview,
                    S::Deferred,
                    S::Submitted,
                ],
                true,
            ),
            (
                &[
                    S::Submitted,
                    S::Refused,
                    S::Appealed,
                    S::AwaitingPieces,
                    S::Appealed,
                ],
                true,
            ),
            (
                &[
                    S::ClosedByPerson,
                    S::ToStart,
                    S::Submitted,
                    S::Dismissed,
                    S::Appealed,
                ],
                true,
            ),
            // Nothing is decided that was not filed, and nothing is contested that was not decided.
            (&[S::Accepted], false),
            (&[S::AwaitingPieces, S::UnderReview], false),
            (&[S::Submitted, S::Appealed], false),
            (&[S::Submitted, S::AwaitingPieces, S::Appealed], false),
            (&[S::Submitted, S::Refused, S::Accepted], false),
            (
                &[
                    S::Submitted,
                    S::Refused,
                    S::Appealed,
                    S::AwaitingPieces,
                    S::UnderReview,
                ],
                false,
            ),
            (&[S::Submitted, S::Dismissed, S::Refused], false),
        ] {
            assert_eq!(walk(path).is_ok(), allowed, "{path:?}");
        }
    }

    #[test]
    fn an_appeal_keeps_its_first_day_until_it_is_decided() {
        let day = |d| date(2026, 3, d);
        let s = Standing::default()
            .go(S::Submitted, day(1))
            .and_then(|s| s.go(S::Refused, day(2)))
            .and_then(|s| s.go(S::Appealed, day(3)))
            .and_then(|s| s.go(S::AwaitingPieces, day(4)))
            .and_then(|s| s.go(S::Appealed, day(5)))
            .unwrap();
        assert_eq!((s.filed(), s.appealed()), (Some(day(1)), Some(day(3))));
        let again = s
            .go(S::Refused, day(6))
            .and_then(|s| s.go(S::Appealed, day(7)));
        assert_eq!(again.unwrap().appealed(), Some(day(7)));
    }

    proptest! {
        #[test]
        fn only_what_next_names_is_reached_and_a_decision_follows_a_filing(
            tried in proptest::collection::vec(0..S::ALL.len(), 0..40)
        ) {
            let mut s = Standing::default();
            let mut filed = false;
            for (day, to) in tried.into_iter().map(|i| S::ALL[i]).enumerate() {
                let on = date(2026, 1, 1).saturating_add(jiff::ToSpan::days(i64::try_from(day).unwrap()));
                let before = s;
                match s.go(to, on) {
                    Ok(after) => {
                        prop_assert!(before.next().contains(&to));
                        prop_assert_eq!(after.state(), to);
                        filed |= to == S::Submitted;
                        let decided = [S::Accepted, S::Refused, S::Deferred, S::Appealed, S::UnderReview, S::Dismissed];
                        if decided.contains(&to) {
                            prop_assert!(filed && after.filed().is_some());
                        }
                        s = after;
                    }
                    Err(error) => {
                        prop_assert!(!before.next().contains(&to));
                        prop_assert_eq!(error, InvalidTransition { from: before.state(), to });
                    }
                }
                // No state is a trap: everything that is not granted can still be ended or taken up.
                prop_assert!(!s.next().is_empty());
            }
        }
    }
}
