//! Progress of long work, on a terminal only, and only if the work is long.

use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};

/// Work of unknown length.
pub(crate) fn spinner(text: &'static str) -> ProgressBar {
    let bar = ProgressBar::new_spinner();
    bar.set_message(text);
    // Short work shows nothing.
    bar.enable_steady_tick(Duration::from_millis(200));
    bar
}

/// Work of that many steps; for few it shows nothing.
pub(crate) fn bar(steps: usize, text: &'static str) -> ProgressBar {
    if steps < 8 {
        return ProgressBar::hidden();
    }
    let bar = ProgressBar::new(steps as u64);
    if let Ok(style) = ProgressStyle::with_template("{msg} {bar:30} {pos}/{len}") {
        bar.set_style(style);
    }
    bar.set_message(text);
    bar
}
