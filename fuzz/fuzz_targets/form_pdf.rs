//! A blank form is read or refused, and what is filled of it is a form again.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let Ok(blank) = forms::Blank::read(bytes) else {
        return;
    };
    let values = blank.fields().iter().filter_map(|(name, field)| {
        let value = match &field.kind {
            forms::FieldKind::Text { .. } => "x".to_owned(),
            forms::FieldKind::Boxes { states } => states.first()?.clone(),
            forms::FieldKind::Other => return None,
        };
        Some((name.clone(), value))
    });
    if let Ok(filled) = blank.fill(&values.collect()) {
        assert!(filled.pdf.starts_with(bytes));
    }
});
