//! A law file from anyone: read, or refused with where it is wrong.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let source = rights::Source { name: "fuzz.droit".to_owned(), text: text.to_owned() };
    match rights::compile_layers(&[vec![source]]) {
        Err(faults) => {
            for fault in faults {
                std::hint::black_box(fault.to_string());
            }
        }
        Ok(law) => {
            let mut situation = rights::Situation::new(rights::Absent::Unknown);
            if situation.add_person("a").is_ok() && situation.complete_groups().is_ok() {
                let mut evaluation = rights::Evaluation::traced(&law, &situation);
                for (id, variable) in (0_u16..).zip(law.variables()) {
                    let period = match variable.rhythm {
                        rights::period::Rhythm::Always => rights::period::Period::Always,
                        rights::period::Rhythm::Year => rights::period::Period::Year(2025),
                        rights::period::Rhythm::Month => rights::period::Period::month(2025, 6),
                    };
                    std::hint::black_box(evaluation.value(id, 0, period));
                }
            }
        }
    }
});
