//! Bars on long work, on a terminal only.

use indicatif::{ProgressBar, ProgressStyle};

/// A bar of that many steps; hidden where the error stream is no terminal.
pub(crate) fn bar(what: &'static str, length: u64) -> ProgressBar {
    let bar = ProgressBar::new(length);
    if let Ok(style) = ProgressStyle::with_template("{prefix} {wide_bar} {pos}/{len} {eta}") {
        bar.set_style(style);
    }
    bar.set_prefix(what);
    bar
}
