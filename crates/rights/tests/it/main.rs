//! What callers see: the language's errors, answers that are known, unknown or refused, the interface,
//! explanations, and the properties that hold whatever the household.
#![expect(
    clippy::unwrap_used,
    reason = "what prepares a test fails the test when it fails"
)]

mod asking;
mod explanation;
mod interface;
mod language;
mod offered;
mod population;
mod properties;
mod whatif;

use rights::period::Period;
use rights::{Absent, Entity, Law, Ratio, Scalar, Situation};
use std::sync::LazyLock;

/// The law that comes with the program, compiled once.
static LAW: LazyLock<Law> = LazyLock::new(|| {
    rights::compile_layers(&[rights::embedded()]).unwrap_or_else(|faults| {
        let all: Vec<String> = faults.iter().map(ToString::to_string).collect();
        panic!("{}", all.join("\n"))
    })
});

/// A family in one dwelling and on one tax return: adults then children, by their birth.
fn family(absent: Absent, adults: &[&str], children: &[&str]) -> Situation {
    let mut situation = Situation::new(absent);
    let (id, _) = LAW.variable("date_naissance").unwrap();
    for (number, birth) in adults.iter().chain(children).enumerate() {
        let place = situation.add_person(&format!("p{number}")).unwrap();
        situation.state(
            id,
            place,
            Period::Always,
            Scalar::Day(birth.parse().unwrap()),
        );
    }
    let count = u16::try_from(adults.len()).unwrap();
    let all = 0..u16::try_from(adults.len() + children.len()).unwrap();
    let roles = |child: u8| -> Vec<(u16, u8)> {
        all.clone()
            .map(|place| (place, if place < count { 0 } else { child }))
            .collect()
    };
    situation
        .add_group(Entity::Famille, "f", &roles(1))
        .unwrap();
    situation
        .add_group(Entity::FoyerFiscal, "f", &roles(1))
        .unwrap();
    let mut home = roles(2);
    if let (2, Some(second)) = (count, home.get_mut(1)) {
        second.1 = 1;
    }
    situation.add_group(Entity::Menage, "f", &home).unwrap();
    situation
}

/// States a monthly amount in euros for whole years.
fn state_monthly(situation: &mut Situation, name: &str, place: u16, years: &[i16], euros: i64) {
    let (id, _) = LAW.variable(name).unwrap();
    for period in years.iter().copied().flat_map(Period::months_of) {
        situation.state(id, place, period, Scalar::Number(Ratio::whole(euros * 100)));
    }
}
