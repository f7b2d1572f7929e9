//! The static that authors declare.

use std::cell::UnsafeCell;
use std::fmt;

use super::kinds::{Cell, Raw, Stored, TunableType};
use super::record::TunableCell;

/// A value that the administrator of the host sets, in a `static` of a driver's crate that is marked
/// [`#[tunable]`](macro@dlkm_macros::tunable).
///
/// Its type is `bool`, an integer from 8 to 64 bits, `f32`, `f64`, `&'static str` for a text,
/// [`Duration`](std::time::Duration), [`Size`](crate::Size), or an enum with
/// [`#[derive(TunableChoice)]`](crate::TunableChoice).
///
/// The kernel sets it before the load hook runs: to what a line `tunable MODULE.NAME VALUE` of the
/// system file says, or else to its default. One that is `dynamic` may change later:
/// [`Kernel::tune`](../dlkm_rt/struct.Kernel.html#method.tune). Without a kernel it has its default.
///
/// ```
/// use dlkm_rt::{LoadError, Tunable, module, tunable};
///
/// #[module]
/// pub trait Shm {
///     /// Returns how many segments there can be.
///     #[stub]
///     fn most() -> Result<u32, LoadError>;
/// }
///
/// pub struct Driver;
///
/// #[tunable(range = 1..=4096, desc = "how many segments there can be")]
/// static SEGMENTS: Tunable<u32> = Tunable::new(40);
///
/// #[module]
/// impl Shm for Driver {
///     fn most() -> Result<u32, LoadError> {
///         Ok(SEGMENTS.get())
///     }
/// }
/// # fn main() {
/// # assert_eq!(SEGMENTS.get(), 40);
/// # }
/// ```
pub struct Tunable<T: TunableType>(Cell<T>);

impl<T: TunableType> Tunable<T> {
    /// A tunable with this default.
    pub const fn new(default: T) -> Self {
        Tunable(Cell {
            place: UnsafeCell::new(default),
            extra: T::EXTRA,
            default,
        })
    }

    /// Its value now. For a number or a `bool`, this is one load.
    ///
    /// A text is returned as an [`Arc<str>`](std::sync::Arc), which a later change does not affect.
    /// It takes a lock that is held for some instructions.
    #[inline(always)]
    pub fn get(&self) -> T::Read {
        T::read(&self.0)
    }

    /// Its default, for what runs while compiling.
    pub(super) const fn default(&self) -> &T {
        &self.0.default
    }

    /// Calls `body` with the value that `raw` means.
    pub(crate) fn with<R>(&self, raw: Raw<'_>, body: impl FnOnce(&T::New) -> R) -> R {
        T::with(&self.0, raw, body)
    }
}

impl<T: TunableType> fmt::Debug for Tunable<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tunable").finish_non_exhaustive()
    }
}

impl<T: TunableType> TunableCell for Tunable<T> {
    fn set(&self, raw: Raw<'_>) {
        T::write(&self.0, raw);
    }

    fn stored(&self) -> Stored {
        T::stored(&self.0)
    }
}
