//! What each type of a signature contributes to the proof that an image can be unmapped.

use super::description::{Interface, One};
use super::harmless::is_harmless;
use super::obstacle::Found;
use super::unmap::{ALONE, At, Marks, Walk, is_shielded};

/// What the type of one argument, or of the result, contributes to the proof.
#[derive(Clone, Copy, Debug)]
pub(super) struct Leads {
    /// What an image that provides the function may leave behind.
    pub(super) provider: Option<Found>,
    /// What an image that calls the function may leave behind.
    pub(super) caller: Option<Found>,
    /// The same, if the result may restrict the only lifetime of the arguments.
    pub(super) alone: Option<Found>,
    /// Whether the type is that of a result which may restrict a lifetime.
    pub(super) restricts: bool,
    /// Whether the export puts a shield in front of the argument. What this says about callers
    /// depends on it, so it counts in the function's hash.
    pub(super) shielded: bool,
}

impl Leads {
    pub(super) const HARMLESS: Self = Leads {
        provider: None,
        caller: None,
        alone: None,
        restricts: false,
        shielded: false,
    };

    pub(super) const fn of_argument<T: Interface>(marks: Marks) -> Self {
        if is_harmless::<T>() {
            return Leads::HARMLESS;
        }
        let shielded = is_shielded::<T>(marks);
        let mut provider = Walk::new(marks, shielded);
        let mut caller = Walk::new(marks, shielded);
        provider.values::<One<T>>(At::top(false, true), None, 0);
        caller.values::<One<T>>(At::top(true, false), None, 0);
        Leads {
            provider: provider.found,
            caller: caller.found,
            alone: match marks & ALONE {
                0 => None,
                _ => caller.trusted,
            },
            restricts: false,
            shielded,
        }
    }

    pub(super) const fn of_result<T: Interface>() -> Self {
        if is_harmless::<T>() {
            return Leads::HARMLESS;
        }
        let (mut provider, mut caller) = (Walk::new(0, false), Walk::new(0, false));
        provider.values::<One<T>>(At::top(true, true), None, 0);
        caller.values::<One<T>>(At::top(false, false), None, 0);
        Leads {
            provider: provider.found,
            caller: caller.found,
            alone: None,
            restricts: true,
            shielded: false,
        }
    }
}
