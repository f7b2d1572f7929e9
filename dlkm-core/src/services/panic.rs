//! The parts of a panic that cross, and how one is raised, reported and converted to text.

use std::any::Any;
use std::panic::{self, AssertUnwindSafe};

use crate::os;

/// What crosses when a function of a module panicked.
#[derive(Debug)]
pub struct PanicReport<'a> {
    /// The module's name.
    pub module: &'a str,
    /// The interface's and the function's name: `shm::shmget`. Empty for code of the module that
    /// was not called through a stub.
    pub function: (&'a str, &'a str),
    /// The panic's message.
    pub message: &'a str,
    /// Whether the module must be unloaded: `on_panic = unload`.
    pub unload: bool,
    /// An address in the export's own stack frame; its caller's frame is the next one above.
    pub frame: *const u8,
}

impl PanicReport<'_> {
    /// The message of the panic in the caller.
    pub fn text(&self) -> String {
        let PanicReport {
            module,
            function: (interface, function),
            message,
            ..
        } = self;
        if function.is_empty() {
            return format!("module `{module}` panicked: {message}");
        }
        format!("module `{module}`, function `{interface}::{function}` panicked: {message}")
    }
}

/// What an image's panic hook reports to the kernel.
#[derive(Debug)]
pub struct PanicNote<'a> {
    /// The module's name, as in its metadata.
    pub module: &'a str,
    /// File, line and column; empty if not known.
    pub location: &'a str,
    /// The panic's message.
    pub message: &'a str,
}

impl PanicNote<'_> {
    /// Which module panicked, and in which of its functions if that is known.
    pub(crate) fn subject(&self, function: Option<&str>) -> String {
        let module = self.module;
        match function {
            Some(function) => format!("module `{module}`, function `{function}`"),
            None => format!("module `{module}`"),
        }
    }

    /// The panic in one line, unless its message has more.
    pub(crate) fn text(&self, function: Option<&str>) -> String {
        let subject = self.subject(function);
        let message = self.message;
        match self.location {
            "" => format!("{subject}: {message}"),
            location => format!("{subject}, at {location}: {message}"),
        }
    }
}

/// Runs this image's panic hook with `text`, and ends the panic there.
pub(crate) fn run_hook(text: String) {
    let _ = panic::catch_unwind(move || panic::panic_any(text));
}

/// Raises a panic of this image's std with `message` as its payload, without running the panic
/// hook: it ran where the panic began.
pub fn raise_here(message: String) -> ! {
    panic::resume_unwind(Box::new(message))
}

/// The payload's text. The payload itself is freed here, in the image that has its code.
pub fn message(payload: Box<dyn Any + Send>) -> String {
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

/// Drops a payload. If its destructor panics too, that panic ends here.
pub fn drop_quietly(payload: Box<dyn Any + Send>) {
    if let Err(second) = panic::catch_unwind(AssertUnwindSafe(|| drop(payload))) {
        std::mem::forget(second);
    }
}

/// In the kernel: the return address of the export whose frame contains `frame`.
pub fn caller_of(frame: *const u8) -> Option<*const ()> {
    let mut caller = None;
    os::walk_frames(&mut |walked| {
        // Outer frames have higher addresses: the first frame that starts above the export's
        // local variable is the frame that called the export.
        if walked.floor > frame as usize {
            caller = Some(walked.instruction as *const ());
        }
        caller.is_none()
    });
    caller
}
