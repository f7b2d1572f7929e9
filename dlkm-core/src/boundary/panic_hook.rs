//! In the program: reports a module's panic through its panic hook. std's own hook would print the place
//! where this file panics, and a backtrace by the host's std, so in its stead there is one that
//! prints what the module's image knows.

use std::cell::Cell;
use std::io::Write;
use std::panic::{self, PanicHookInfo};

use crate::os;
use crate::primitive::{AtomicBool, Relaxed};
use crate::services::backtrace::Style;
use crate::services::panic::PanicNote;

/// What a panic hook of std's type is.
type Hook = Box<dyn Fn(&PanicHookInfo<'_>) + Sync + Send>;

/// A module's panic, in the words of std's own hook.
struct Report {
    /// `thread 'main' (4711) panicked at driver/src/lib.rs:1:2:`
    head: String,
    message: String,
    /// Empty if it is not asked for.
    backtrace: String,
}

thread_local! {
    /// The panic that this thread reports just now.
    static REPORT: Cell<Option<Report>> = const { Cell::new(None) };
}

/// Puts the runtime's hook in the place of std's own, if the host has that one.
#[inline]
pub(crate) fn install() {
    // std refuses to change the hook in such a thread.
    if std::thread::panicking() {
        return;
    }
    let current = panic::take_hook();
    // Without a hook, std returns its own.
    let default = panic::take_hook();
    panic::set_hook(if is_same(&current, &default) {
        Box::new(move |info| print_or(&default, info))
    } else {
        current
    });
}

/// Whether both are the same function without data. It may answer `false` for the same function.
#[inline]
fn is_same(one: &Hook, other: &Hook) -> bool {
    std::ptr::eq(&raw const **one, &raw const **other)
}

#[inline]
fn print_or(default: &Hook, info: &PanicHookInfo<'_>) {
    match REPORT.try_with(Cell::take) {
        Ok(Some(report)) => report.print(),
        _ => default(info),
    }
}

impl Report {
    #[inline]
    fn print(&self) {
        static EXPLAINED: AtomicBool = AtomicBool::new(false);
        let Report {
            head,
            message,
            backtrace,
        } = self;
        let end = if !backtrace.is_empty() {
            format!("{backtrace}\n")
        } else if Style::of_process() == Style::Off && !EXPLAINED.swap(true, Relaxed) {
            // Relaxed: the flag says nothing about other memory.
            "note: run with `RUST_BACKTRACE=1` environment variable to display a backtrace\n"
                .to_owned()
        } else {
            String::new()
        };
        // As in std's own hook, a closed stream is no reason to end the process.
        let _ = std::io::stderr()
            .lock()
            .write_all(format!("\n{head}\n{message}\n{end}").as_bytes());
    }
}

/// Runs the host's panic hook for a panic in a module. It runs on top of the panicking frames.
#[inline]
pub fn announce(note: &PanicNote<'_>, function: Option<&str>, backtrace: String) {
    // A hook of the host's own sees only this.
    let mut text = note.text(function);
    if !backtrace.is_empty() {
        text = format!("{text}\n{backtrace}");
    }
    let at = match note.location {
        "" => "an unknown place",
        location => location,
    };
    // The module's own panic continues; this one only runs the hook.
    let _ = panic::catch_unwind(|| {
        let thread = std::thread::current();
        let name = thread.name().unwrap_or("<unnamed>");
        let report = Report {
            head: format!(
                "thread '{name}' ({}) panicked at {at}:",
                os::thread_number()
            ),
            message: format!("{}: {}", note.subject(function), note.message),
            backtrace,
        };
        // In the destructors of a thread, the cell may be gone.
        let _ = REPORT.try_with(|cell| cell.set(Some(report)));
        panic::panic_any(text)
    });
    let _ = REPORT.try_with(Cell::take);
}
