//! How a stub reports that its module can't be loaded.

use super::LoadError;

/// A return type in which a strong stub without `or` reports that its module can't be loaded.
///
/// It is implemented for each `Result<_, E>` with `E: From<LoadError>`. In an interface with
/// `abi = "C"`, where no `Result` may cross, implement it for a type of your own:
///
/// ```standalone_crate
/// use dlkm_rt::{Interface, LoadError, OrLoadError, module};
///
/// /// The outcome.
/// #[derive(Clone, Copy, Debug, PartialEq, Interface)]
/// #[repr(C)]
/// pub enum Status {
///     Done,
///     NoModule,
/// }
///
/// impl OrLoadError for Status {
///     fn or_load_error(_: LoadError) -> Self {
///         Status::NoModule
///     }
/// }
///
/// #[module(name = "lamp", abi = "C")]
/// pub trait Lamp {
///     /// Switches it on or off.
///     #[stub]
///     fn light(on: bool) -> Status;
/// }
///
/// fn main() {
///     // No kernel is booted here.
///     assert_eq!(lamp::light(true), Status::NoModule);
/// }
/// ```
#[diagnostic::on_unimplemented(
    message = "this stub has no way to report that its module can't be loaded",
    label = "must be `Result<_, E>` with `E: From<LoadError>`",
    note = "return `Result<_, E>` where `E` implements `From<dlkm_rt::LoadError>`, or name a function to call instead: `or = path`",
    note = "with `abi = \"C\"` no `Result` may cross: implement `OrLoadError` for a type of your own, or name a function"
)]
pub trait OrLoadError {
    /// Returns the value that reports `error`.
    fn or_load_error(error: LoadError) -> Self;
}

impl<T, E: From<LoadError>> OrLoadError for Result<T, E> {
    fn or_load_error(error: LoadError) -> Self {
        Err(error.into())
    }
}
