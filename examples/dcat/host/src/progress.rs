//! Shows how much of a long input has been read.

use std::io::{self, Read};

use console::Term;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::cli::When;
use crate::output::Output;

/// The length from which an input gets a progress bar.
const LONG: u64 = 8 * 1024 * 1024;

/// A reader that shows how much was read through it. The bar disappears when the reader is dropped.
pub(crate) struct Meter<R> {
    reader: R,
    name: String,
    length: Option<u64>,
    read: u64,
    when: When,
    bar: Option<ProgressBar>,
}

impl<R: Read> Meter<R> {
    /// Measures `reader`, whose name is `name`. Its length is `length` bytes, if it is known.
    pub(crate) fn new(
        reader: R,
        name: String,
        length: Option<u64>,
        when: When,
        output: &Output,
    ) -> Self {
        let when = match when {
            // The content and the bar would overwrite each other.
            When::Auto if output.is_terminal() => When::Never,
            when => when,
        };
        Self {
            reader,
            name,
            length,
            read: 0,
            when,
            bar: None,
        }
    }

    fn show(&mut self) {
        let is_due = match self.when {
            When::Never => false,
            When::Always => true,
            When::Auto => self.length.unwrap_or(self.read) >= LONG,
        };
        if is_due && self.bar.is_none() {
            self.bar = Some(bar(&self.name, self.length, self.when));
        }
        if let Some(bar) = &self.bar {
            bar.set_position(self.read);
        }
    }
}

impl<R: Read> Read for Meter<R> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        let len = self.reader.read(buf)?;
        self.read += len as u64;
        self.show();
        Ok(len)
    }
}

impl<R> Drop for Meter<R> {
    fn drop(&mut self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}

fn bar(name: &str, length: Option<u64>, when: When) -> ProgressBar {
    let target = match when {
        // Hidden if standard error is not a terminal.
        When::Auto | When::Never => ProgressDrawTarget::stderr(),
        When::Always => ProgressDrawTarget::term_like(Box::new(Term::stderr())),
    };
    let template = match length {
        Some(_) => {
            "{percent:>3}% {bar:24} {bytes:>10}/{total_bytes} {bytes_per_sec:>12} {wide_msg}"
        }
        None => "{spinner} {bytes:>10} {bytes_per_sec:>12} {wide_msg}",
    };
    // The templates are valid; with an invalid one, the default bar would be shown.
    let style =
        ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar());
    let bar = ProgressBar::with_draw_target(length, target);
    bar.set_style(style);
    bar.set_message(name.to_owned());
    bar
}
