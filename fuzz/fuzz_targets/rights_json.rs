//! A situation in JSON from anyone: answered, or refused by name.
#![no_main]

use libfuzzer_sys::fuzz_target;
use std::sync::LazyLock;

static LAW: LazyLock<Option<rights::Law>> =
    LazyLock::new(|| rights::compile_layers(&[rights::embedded()]).ok());

fuzz_target!(|text: &str| {
    let (Some(law), Ok(sent)) = (LAW.as_ref(), serde_json::from_str(text)) else { return };
    let _ = std::hint::black_box(rights::json::calculate(law, &sent));
    if let Ok(trace) = rights::json::trace(law, &sent, 50_000) {
        std::hint::black_box(trace);
    }
});
