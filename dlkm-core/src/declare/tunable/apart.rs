//! Types whose value is not in the tunable's place: words, times and texts.

use std::mem::ManuallyDrop;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::kinds::{Cell, Kind, Raw, Stored, TunableType};
use crate::primitive::Arc;

/// An enum without fields, whose values are words in the system file. `#[derive(TunableChoice)]`
/// implements it: the words are the names of the variants in kebab case.
///
/// ```standalone_crate
/// use dlkm_rt::{Tunable, TunableChoice, tunable};
///
/// #[derive(Clone, Copy, Debug, PartialEq, TunableChoice)]
/// pub enum Mode {
///     WriteBack,
///     WriteThrough,
/// }
///
/// #[tunable(desc = "what a write does: write-back or write-through")]
/// static MODE: Tunable<Mode> = Tunable::new(Mode::WriteBack);
/// # fn main() {
/// assert_eq!(MODE.get(), Mode::WriteBack);
/// assert_eq!(<Mode as TunableChoice>::WORDS, ["write-back", "write-through"]);
/// # }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` can't be the type of a tunable",
    label = "not the type of a tunable",
    note = "a tunable is a `bool`, an integer from 8 to 64 bits, an `f32`, `f64`, `&'static str`, \
            `Duration`, `dlkm_rt::Size`, or an enum with `#[derive(TunableChoice)]`"
)]
pub trait TunableChoice: Copy + Send + Sync + 'static {
    /// All values.
    const VALUES: &'static [Self];
    /// The word of each value, in the same order.
    const WORDS: &'static [&'static str];
}

/// In `extra`: the tunable has its default.
const DEFAULT: u64 = u64::MAX;

// SAFETY: the kind is that of enums. The functions don't access the place.
unsafe impl<T: TunableChoice> TunableType for T {
    type Read = T;
    type New = T;
    /// The position of the word.
    type Extra = AtomicU64;
    #[allow(clippy::declare_interior_mutable_const)]
    const EXTRA: AtomicU64 = AtomicU64::new(DEFAULT);
    const KIND: Kind = Kind::Choice;
    const VALUES: &'static [Self] = <T as TunableChoice>::VALUES;
    const WORDS: &'static [&'static str] = <T as TunableChoice>::WORDS;

    #[inline]
    fn read(cell: &Cell<Self>) -> T {
        // Relaxed: the value says nothing about other memory.
        value(cell, cell.extra.load(Relaxed))
    }

    fn write(cell: &Cell<Self>, raw: Raw<'_>) {
        let position = match raw {
            Raw::Bits(position) => position,
            Raw::Default | Raw::Text(_) => DEFAULT,
        };
        cell.extra.store(position, Relaxed);
    }

    /// The default is not compared, so it has the position `DEFAULT`.
    fn stored(cell: &Cell<Self>) -> Stored {
        Stored::Bits(cell.extra.load(Relaxed))
    }

    fn with<R>(cell: &Cell<Self>, raw: Raw<'_>, body: impl FnOnce(&T) -> R) -> R {
        body(&match raw {
            Raw::Bits(position) => value(cell, position),
            Raw::Default | Raw::Text(_) => cell.default,
        })
    }
}

#[inline]
fn value<T: TunableChoice>(cell: &Cell<T>, position: u64) -> T {
    let at = usize::try_from(position).ok();
    let value = at.and_then(|at| <T as TunableChoice>::VALUES.get(at));
    *value.unwrap_or(&cell.default)
}

// SAFETY: the kind is that of the type. The functions don't access the place.
unsafe impl TunableType for Duration {
    type Read = Duration;
    type New = Duration;
    /// Nanoseconds.
    type Extra = AtomicU64;
    #[allow(clippy::declare_interior_mutable_const)]
    const EXTRA: AtomicU64 = AtomicU64::new(DEFAULT);
    const KIND: Kind = Kind::Duration;

    #[inline]
    fn read(cell: &Cell<Self>) -> Duration {
        // Relaxed: the value says nothing about other memory.
        match cell.extra.load(Relaxed) {
            DEFAULT => cell.default,
            nanos => Duration::from_nanos(nanos),
        }
    }

    fn write(cell: &Cell<Self>, raw: Raw<'_>) {
        let nanos = match raw {
            Raw::Bits(nanos) => nanos,
            Raw::Default | Raw::Text(_) => DEFAULT,
        };
        cell.extra.store(nanos, Relaxed);
    }

    fn stored(cell: &Cell<Self>) -> Stored {
        Stored::Bits(u64::try_from(Self::read(cell).as_nanos()).unwrap_or(u64::MAX))
    }

    fn with<R>(cell: &Cell<Self>, raw: Raw<'_>, body: impl FnOnce(&Duration) -> R) -> R {
        body(&match raw {
            Raw::Bits(nanos) => Duration::from_nanos(nanos),
            Raw::Default | Raw::Text(_) => cell.default,
        })
    }
}

/// The place of a text. The lock is std's own, since an author's static has it, whose type is public.
#[inline]
fn text<'a>(cell: &'a Cell<&'static str>) -> MutexGuard<'a, Option<Arc<str>>> {
    // No code that may panic runs under the lock.
    cell.extra.lock().unwrap_or_else(PoisonError::into_inner)
}

// SAFETY: the kind is that of the type. The functions don't access the place.
unsafe impl TunableType for &'static str {
    type Read = Arc<str>;
    type New = str;
    /// `None`: the default, which no one has read yet. Statics are never dropped, and a type without
    /// a destructor may be in constants.
    type Extra = ManuallyDrop<Mutex<Option<Arc<str>>>>;
    #[allow(clippy::declare_interior_mutable_const)]
    const EXTRA: Self::Extra = ManuallyDrop::new(Mutex::new(None));
    const KIND: Kind = Kind::Text;

    #[inline]
    fn read(cell: &Cell<Self>) -> Arc<str> {
        let mut place = text(cell);
        Arc::clone(place.get_or_insert_with(|| cell.default.into()))
    }

    #[inline]
    fn write(cell: &Cell<Self>, raw: Raw<'_>) {
        let new = match raw {
            Raw::Text(text) => Some(text.into()),
            Raw::Default | Raw::Bits(_) => None,
        };
        let before = std::mem::replace(&mut *text(cell), new);
        // Without the lock.
        drop(before);
    }

    #[inline]
    fn stored(cell: &Cell<Self>) -> Stored {
        Stored::Text(Self::read(cell))
    }

    fn with<R>(cell: &Cell<Self>, raw: Raw<'_>, body: impl FnOnce(&str) -> R) -> R {
        body(match raw {
            Raw::Text(text) => text,
            Raw::Default | Raw::Bits(_) => cell.default,
        })
    }
}
