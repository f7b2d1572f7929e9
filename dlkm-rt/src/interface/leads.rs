//! What each type of a signature contributes to the proof that an image can be unmapped.

use super::description::Interface;
use super::harmless::is_harmless;
use super::obstacle::Found;
use super::unmap::{ALONE, At, Marks, Walk};

/// What the type of one argument, or of the result, contributes to the proof.
#[derive(Clone, Copy, Debug)]
pub(super) struct Leads {
    /// What an image that provides the function may leave behind.
    pub(super) provider: Option<Found>,
    /// What an image that calls the function may leave behind.
    pub(super) caller: Option<Found>,
    /// The same, if the result may restrict the only lifetime of the arguments.
    pub(super) alone: Option<Found>,
    /// Whether a value of the type contains no lifetime.
    pub(super) harmless: bool,
}

impl Leads {
    pub(super) const HARMLESS: Self = Leads {
        provider: None,
        caller: None,
        alone: None,
        harmless: true,
    };

    pub(super) const fn of_argument<T: Interface>(marks: Marks) -> Self {
        if is_harmless::<T>() {
            return Leads::HARMLESS;
        }
        let provider = Walk::new(marks).of::<T>(At::top(false, true));
        let caller = Walk::new(marks).of::<T>(At::top(true, false));
        Leads {
            provider: provider.found,
            caller: caller.found,
            alone: match marks & ALONE {
                0 => None,
                _ => caller.trusted,
            },
            harmless: false,
        }
    }

    pub(super) const fn of_result<T: Interface>() -> Self {
        if is_harmless::<T>() {
            return Leads::HARMLESS;
        }
        Leads {
            provider: Walk::new(0).of::<T>(At::top(true, true)).found,
            caller: Walk::new(0).of::<T>(At::top(false, false)).found,
            alone: None,
            harmless: false,
        }
    }
}
