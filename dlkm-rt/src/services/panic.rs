//! What crosses of a panic, and how one is raised, shown and taken apart.

use std::any::Any;
use std::panic::{self, AssertUnwindSafe};

use crate::os;

/// What crosses when a function of a module panicked.
#[derive(Debug)]
pub(crate) struct PanicReport<'a> {
    /// The module's name.
    pub module: &'a str,
    /// The interface's and the function's name: `shm::shmget`.
    pub function: (&'a str, &'a str),
    /// What the panic said.
    pub message: &'a str,
    /// Whether the module is to be unloaded: `on_panic = unload`.
    pub unload: bool,
    /// An address within the export's own stack frame; its caller's frame is the next one
    /// above it.
    pub frame: *const u8,
}

impl PanicReport<'_> {
    /// What the panic says in the caller.
    pub(crate) fn text(&self) -> String {
        let PanicReport {
            module,
            function: (interface, function),
            message,
            ..
        } = self;
        format!("module `{module}`, function `{interface}::{function}` panicked: {message}")
    }
}

/// What an image's panic hook tells the kernel.
#[derive(Debug)]
pub(crate) struct PanicNote<'a> {
    /// The module, as its metadata names it.
    pub module: &'a str,
    /// File, line and column; empty where not known.
    pub location: &'a str,
    /// What the panic said.
    pub message: &'a str,
}

/// Raises a panic of this image's std with `message` as its payload. The panic hook has
/// run already, where the panic began.
pub(crate) fn raise_here(message: String) -> ! {
    panic::resume_unwind(Box::new(message))
}

/// The payload's text. The payload itself is freed here, where its code is.
pub(crate) fn message(payload: Box<dyn Any + Send>) -> String {
    match payload.downcast::<String>() {
        Ok(text) => *text,
        Err(payload) => match payload.downcast_ref::<&'static str>() {
            Some(text) => (*text).to_owned(),
            None => {
                drop_quietly(payload);
                "(the panic's payload is not a text)".to_owned()
            }
        },
    }
}

/// A payload's own destructor may panic too; that one ends here.
pub(crate) fn drop_quietly(payload: Box<dyn Any + Send>) {
    if let Err(second) = panic::catch_unwind(AssertUnwindSafe(|| drop(payload))) {
        std::mem::forget(second);
    }
}

/// In the kernel: runs the host's panic hook for a panic in a module. It runs where the
/// panic began, so a backtrace shows the module's frames.
pub(crate) fn announce(note: &PanicNote<'_>, function: Option<&str>) {
    let PanicNote {
        module,
        location,
        message,
    } = note;
    let place = if location.is_empty() {
        String::new()
    } else {
        format!(", at {location}")
    };
    let whole = match function {
        Some(function) => format!("module `{module}`, function `{function}`{place}: {message}"),
        None => format!("module `{module}`{place}: {message}"),
    };
    // The module's panic goes on by itself; this one is only for the hook.
    let _ = panic::catch_unwind(move || panic::panic_any(whole));
}

/// In the kernel: the instruction that a stub's caller goes on with, for an export whose
/// frame holds `frame`.
pub(crate) fn caller_of(frame: *const u8) -> Option<*const ()> {
    let mut caller = None;
    os::walk_frames(&mut |walked| {
        // Frames lie above each other: the first that starts above the export's local
        // variable is the one that called the export.
        if walked.floor > frame as usize {
            caller = Some(walked.instruction as *const ());
        }
        caller.is_none()
    });
    caller
}
