//! Panics at the boundary. Each image has its own copy of std, and a copy aborts the
//! process when it catches another's panic. So the module catches a panic, its message
//! crosses, and the copy of std that the caller is linked with raises it again.

use std::any::Any;
use std::panic::{self, AssertUnwindSafe, PanicHookInfo};

use crate::declare::module::{Hook, LoadArg, SaveHook};
use crate::declare::tunable::{ChangedHook, Raw, Tunable, TunableType};
use crate::error::HookError;
use crate::error::{LoadError, Plain};
use crate::os;
use crate::services::ask;
use crate::services::panic::{PanicNote, PanicReport, message};

/// Calls the module's own function `body` for an export, and turns its panic into a panic of
/// the caller. `frame` is a local variable of the export. With `CALLS_BACK`, the function may
/// run its caller's code: a panic in that code is the caller's own, and passes through. `unload`
/// says that the interface has `on_panic = unload`.
#[inline(always)]
pub(crate) fn contain<const CALLS_BACK: bool, R>(
    frame: &u8,
    module: &str,
    function: (&str, &str),
    unload: bool,
    body: impl FnOnce() -> R,
) -> R {
    match catch::<CALLS_BACK, R>(body) {
        Ok(result) => result,
        Err(payload) => hand_on(frame, module, function, payload, unload),
    }
}

/// Calls `body` for an interface with `on_panic = fallback`: the panic ends here.
///
/// # Errors
/// The module panicked.
#[inline(always)]
pub fn contain_or_error<const CALLS_BACK: bool, R>(
    module: &str,
    function: (&str, &str),
    body: impl FnOnce() -> R,
) -> Result<R, LoadError> {
    catch::<CALLS_BACK, R>(body).map_err(|payload| panicked(module, function, payload))
}

#[inline(always)]
fn catch<const CALLS_BACK: bool, R>(body: impl FnOnce() -> R) -> Result<R, Box<dyn Any + Send>> {
    if CALLS_BACK {
        os::catch_own(body)
    } else {
        // The panic continues in the caller, so no code sees the state it left behind, unless the
        // caller catches it; then unwind safety is the caller's decision, as with any panic.
        panic::catch_unwind(AssertUnwindSafe(body))
    }
}

#[cold]
#[inline]
fn panicked(module: &str, function: (&str, &str), payload: Box<dyn Any + Send>) -> LoadError {
    let message = message(payload);
    LoadError::plain(module, Some(function), Plain::Panicked { message })
}

/// An argument that a call with `on_panic = fallback` may need a second time.
#[diagnostic::on_unimplemented(
    message = "`{Self}` would be needed twice: `on_panic = fallback` calls the fallback with the same arguments after the module's function has used them",
    label = "must be `Copy`, or written as `&mut T`",
    note = "take a reference instead; or leave out `or = ...`, so that the panic becomes an error of the result; or write `on_panic = propagate`"
)]
pub trait Again: Sized {
    /// Returns the same value again.
    fn again(&self) -> Self;
}

impl<T: Copy> Again for T {
    #[inline(always)]
    fn again(&self) -> Self {
        *self
    }
}

/// Runs the destructor of a value of this image for a caller in another image.
#[inline(always)]
pub(crate) fn contain_drop(frame: &u8, body: impl FnOnce()) {
    // It may drop values of other images, and so run their code.
    contain::<true, _>(frame, ask::module(), ("Held", "drop"), false, body);
}

#[cold]
#[inline]
fn hand_on(
    frame: &u8,
    module: &str,
    function: (&str, &str),
    payload: Box<dyn Any + Send>,
    unload: bool,
) -> ! {
    let message = message(payload);
    ask::raise(&PanicReport {
        module,
        function,
        message: &message,
        unload,
        frame,
    })
}

/// Runs an author's hook inside the module, where its panic can be caught.
///
/// # Errors
/// The hook's error, or the message of its panic.
pub fn run_hook<E: Into<HookError>>(
    hook: fn(&LoadArg) -> Result<(), E>,
    arg: &LoadArg,
) -> Result<(), HookError> {
    contain_hook(|| hook(arg))
}

/// Like [`run_hook`], for the hook that saves a module's state.
///
/// # Errors
/// The hook's error, or the message of its panic.
pub fn run_save_hook<E: Into<HookError>>(
    hook: fn(&LoadArg) -> Result<Vec<u8>, E>,
    arg: &LoadArg,
) -> Result<Vec<u8>, HookError> {
    contain_hook(|| hook(arg))
}

/// Runs an author's hook for a new value of a tunable inside the module.
///
/// # Errors
/// The hook's error, or the message of its panic.
pub fn run_changed_hook<T: TunableType, E: Into<HookError>>(
    tunable: &Tunable<T>,
    hook: fn(&T::New) -> Result<(), E>,
    new: Raw<'_>,
) -> Result<(), HookError> {
    contain_hook(|| tunable.with(new, hook))
}

fn contain_hook<T, E: Into<HookError>>(
    hook: impl FnOnce() -> Result<T, E>,
) -> Result<T, HookError> {
    match panic::catch_unwind(AssertUnwindSafe(|| hook().map_err(Into::into))) {
        Ok(result) => result,
        Err(payload) => Err(HookError::from_panic(message(payload))),
    }
}

/// Fixes the type that `Wrapper` needs, so that the macros' closures need no annotation.
pub const fn hook(hook: Hook) -> Option<Hook> {
    Some(hook)
}

/// Fixes the type that `Wrapper` needs, so that the macros' closures need no annotation.
pub const fn save_hook(hook: SaveHook) -> Option<SaveHook> {
    Some(hook)
}

/// Fixes the type that `TunableRecord` needs, so that the macros' closures need no annotation.
pub const fn changed_hook(hook: ChangedHook) -> Option<ChangedHook> {
    Some(hook)
}

/// Makes panics in this image run the kernel's panic hook, so that a host that logs or
/// reports panics sees them; the image's own copy of std has only the default hook.
pub(crate) fn forward_hook() {
    panic::set_hook(Box::new(|info| forward(ask::module(), info)));
}

fn forward(module: &str, info: &PanicHookInfo<'_>) {
    // By `format!`: its code is in each image anyway, that of `to_string` is not.
    let location = info.location().map(|place| format!("{place}"));
    let location = location.unwrap_or_default();
    let message = info
        .payload_as_str()
        .unwrap_or("(the panic's payload is not a text)");
    ask::panicked(&PanicNote {
        module,
        location: &location,
        message,
    });
}

/// Restores the default hook of the image's std.
#[inline]
pub(crate) fn restore_hook() {
    drop(panic::take_hook());
}
