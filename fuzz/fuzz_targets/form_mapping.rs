//! A mapping that is taken cuts any answers into fields that it names, or says which do not fit.
#![no_main]

libfuzzer_sys::fuzz_target!(|text: &str| {
    let Ok(mapping) = forms::Mapping::parse(text) else {
        return;
    };
    let answers: forms::Answers = mapping
        .questions
        .iter()
        .map(|question| (question.id.clone(), "2026-01-31".to_owned()))
        .collect();
    if let Ok(values) = mapping.values(&answers) {
        for field in values.keys() {
            assert!(mapping.question_of(field).is_some());
        }
    }
});
