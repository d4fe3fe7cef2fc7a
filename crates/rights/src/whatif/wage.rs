//! What so many hours are paid at least.

use crate::model::{Law, Scalar};
use crate::ratio::Ratio;
use domain::looked::Month;
use domain::procedure::Amount;

/// Weeks of a month: 52 over 12.
const WEEKS: (i64, i64) = (52, 12);

/// Net over gross at the minimum wage, in cents of 2025: 1 426.30 € net for 1 801.80 € gross
/// (service-public.gouv.fr, fiche F2300, amounts at 2025-01-01).
const NET: (i64, i64) = (142_630, 180_180);

/// About what that many hours a week are paid a month, net, at the minimum wage of that month; none
/// where the law files do not tell it, or for more than sixty hours.
#[must_use]
pub fn wage_of_hours(law: &Law, month: Month, weekly: u8) -> Option<Amount> {
    if weekly == 0 || weekly > 60 {
        return None;
    }
    let figure = law.figures().iter().find(|f| f.name == "smic_horaire")?;
    let values = figure.values.iter().rev();
    let mut then = values.filter(|(from, _, _)| *from <= month.first_day());
    let Some((_, Some(Scalar::Number(hourly)), _)) = then.next() else {
        return None;
    };
    let hours = Ratio::new(
        i128::from(weekly) * i128::from(WEEKS.0),
        i128::from(WEEKS.1),
    )?;
    let net = Ratio::new(i128::from(NET.0), i128::from(NET.1))?;
    let cents = crate::asking::cents(hourly.times(hours)?.times(net)?)?;
    Amount::from_cents(u64::try_from(cents).ok()?).ok()
}
