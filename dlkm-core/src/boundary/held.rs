//! Values that may leave a module although they carry its code.

use std::error::Error;
use std::fmt;
use std::io::{self, BufRead, IoSlice, IoSliceMut, Read, Seek, SeekFrom, Write};
use std::mem::ManuallyDrop;
use std::ops::{Deref, DerefMut};
use std::rc::Rc;

use crate::LoadError;
use crate::boundary::contain;
use crate::interface::{Crossing, Form, Interface, Lifetimes, List, One, Type};
use crate::primitive::Arc;
use crate::services::ask;
use crate::services::held_counts::{Count, Counted, HeldCounts};

/// This image's own counts.
static HELD: HeldCounts = HeldCounts::new(&COPIES);
static COPIES: Count = Count::new(None);

/// This image's counts, for the kernel.
pub(crate) fn counts() -> &'static HeldCounts {
    &HELD
}

/// Counts one more value of this image; returns the count that has it.
pub(crate) fn add() -> &'static Count {
    HELD.add()
}

/// A value that carries code of the module that made it, and keeps that module loaded until
/// it is dropped.
///
/// A trait object, a function pointer, a closure or a `&'static` reference from a module leads to
/// the module's code or statics. So an unloadable module may return these only in a `Held`, and a
/// caller may leave them with a module only in a `Held`; otherwise the interface does not compile.
///
/// You use the value through the `Held`: a `Held<Box<dyn Trait>>` has the trait's methods; it is an
/// iterator, a reader, a writer or an error if the trait object is one, and you call it if it is a
/// closure. You can't take the value out.
///
/// ```
/// use dlkm_rt::{Held, Interface, LoadError, interface, module};
///
/// /// Finds its way.
/// #[interface]
/// pub trait Walk {
///     /// One step; returns where it led.
///     fn step(&mut self) -> u64;
/// }
///
/// #[module(name = "walks")]
/// pub trait Walks {
///     /// A new walk, which keeps its module loaded.
///     #[ustub]
///     fn walk(start: u64) -> Result<Held<Box<dyn Walk>>, LoadError>;
/// }
///
/// /// What the module's author writes.
/// struct Straight(u64);
///
/// impl Walk for Straight {
///     fn step(&mut self) -> u64 {
///         self.0 += 1;
///         self.0
///     }
/// }
///
/// # fn main() {
/// let mut walk: Held<Box<dyn Walk>> = Held::new(Box::new(Straight(7)));
/// assert_eq!(walk.step(), 8);
///
/// let double: Held<Box<dyn Fn(u64) -> u64>> = Held::new(Box::new(|number| 2 * number));
/// assert_eq!(double(4), 8);
///
/// let mut numbers: Held<Box<dyn Iterator<Item = u8>>> = Held::new(Box::new(1..4));
/// assert_eq!(numbers.by_ref().sum::<u8>(), 6);
/// # }
/// ```
///
/// # Panics
/// If the value's destructor panics, dropping the `Held` panics, as a stub does. A panic of the
/// value's methods becomes a panic of the image that catches it, with the module's name and the
/// message.
///
/// # Invariants
/// 1. `count` is one of the counts of the image that made the value, and includes this one
///    until the end of its drop. The kernel does not unmap that image while it is not 0.
/// 2. `value` is initialised until the drop, and `drop` is a function of that image that drops it
///    if it is not used again.
pub struct Held<T> {
    value: ManuallyDrop<T>,
    /// Drops the value, with code of the image that made it.
    drop: unsafe fn(&mut ManuallyDrop<T>),
    /// A count of that image.
    count: &'static Count,
}

impl<T> Held<T> {
    /// Holds `value` for the module that calls this. In the host it keeps nothing loaded, because
    /// the host is never unloaded.
    pub fn new(value: T) -> Self {
        let drop = match ask::host() {
            None => ManuallyDrop::drop,
            Some(_) => drop_contained,
        };
        Held::dropped_by(value, drop)
    }

    /// Like [`Held::new`], with a function of this image that drops the value (invariant 2).
    pub(crate) fn dropped_by(value: T, drop: unsafe fn(&mut ManuallyDrop<T>)) -> Self {
        Held {
            value: ManuallyDrop::new(value),
            drop,
            count: add(),
        }
    }

    /// The value, for a caller that does not copy it.
    pub(crate) fn value_mut(&mut self) -> &mut T {
        &mut self.value
    }
}

/// Drops a value of this image for a caller in another image.
///
/// # Safety
/// The value must not be used again.
#[inline]
unsafe fn drop_contained<T>(value: &mut ManuallyDrop<T>) {
    let frame = 0;
    contain::contain_drop(&frame, || {
        // SAFETY: the caller promises not to use the value again.
        unsafe { ManuallyDrop::drop(value) }
    });
}

impl<T> Drop for Held<T> {
    fn drop(&mut self) {
        // Gives the count back, even if the value's destructor panics.
        let _counted = Counted(self.count);
        // SAFETY: `Held` invariant 2: this is the only drop of `self`, and nothing uses the value
        // after it. The function is mapped: `_counted` gives the count back later (`Held`
        // invariant 1).
        unsafe { (self.drop)(&mut self.value) }
    }
}

/// Another `Held` of a value that may be shared.
impl<T: Clone + Share> Clone for Held<T> {
    fn clone(&self) -> Self {
        Held {
            count: self.count.add_copy(),
            value: self.value.clone(),
            drop: self.drop,
        }
    }
}

/// Seals the traits below. Each has its own seal: another crate may implement traits for its
/// own `Box<dyn Local>` and `&'static Local`, so a `Box` that [`Lead`] has sealed must not be
/// sealed for [`Share`] too.
mod sealed {
    pub trait SealedShare {}
    pub trait SealedLead {}
    pub trait SealedLeadMut {}
}

/// A value that can be held more than once: cloning it runs no code of the module.
///
/// Sealed: only this crate implements it. A clone that another type makes could outlive the
/// module.
pub trait Share: sealed::SealedShare {}

macro_rules! shared {
    ($($pointer:ty),*) => {$(
        impl<T: ?Sized> sealed::SealedShare for $pointer {}
        impl<T: ?Sized> Share for $pointer {}
    )*};
}

shared!(Arc<T>, Rc<T>, &'static T);

/// A value that can be used through a [`Held`]: by a reference to its target, which can't be
/// copied out.
///
/// Sealed: only this crate implements it. A target that can be copied out could outlive the
/// module.
pub trait Lead: sealed::SealedLead {
    /// What the value points to.
    type Target: ?Sized;
    /// Borrows the target.
    fn lead(&self) -> &Self::Target;
}

/// A [`Lead`] whose target may be changed.
///
/// Sealed, like [`Lead`].
pub trait LeadMut: Lead + sealed::SealedLeadMut {
    /// Borrows the target mutably.
    fn lead_mut(&mut self) -> &mut Self::Target;
}

macro_rules! pointers {
    ($($pointer:ty),*) => {$(
        impl<T: ?Sized> sealed::SealedLead for $pointer {}
        impl<T: ?Sized> Lead for $pointer {
            type Target = T;
            fn lead(&self) -> &T {
                self
            }
        }
    )*};
}

pointers!(Box<T>, Arc<T>, Rc<T>, &'static T);

impl<T: ?Sized> sealed::SealedLeadMut for Box<T> {}

impl<T: ?Sized> LeadMut for Box<T> {
    fn lead_mut(&mut self) -> &mut T {
        self
    }
}

impl sealed::SealedLead for io::Error {}

impl Lead for io::Error {
    type Target = Self;
    fn lead(&self) -> &Self {
        self
    }
}

macro_rules! functions {
    ($([$($arg:ident)*])*) => {$(
        impl<$($arg: 'static,)* R: 'static> sealed::SealedLead for fn($($arg),*) -> R {}
        /// A function pointer is used as a closure, which can't be copied.
        impl<$($arg: 'static,)* R: 'static> Lead for fn($($arg),*) -> R {
            type Target = dyn Fn($($arg),*) -> R;
            fn lead(&self) -> &Self::Target {
                self
            }
        }
    )*};
}

functions! { [] [A] [A B] [A B C] [A B C D] [A B C D E] [A B C D E F] }

impl<T: Lead> Deref for Held<T> {
    type Target = T::Target;

    fn deref(&self) -> &T::Target {
        self.value.lead()
    }
}

impl<T: LeadMut> DerefMut for Held<T> {
    fn deref_mut(&mut self) -> &mut T::Target {
        self.value.lead_mut()
    }
}

impl<T> From<T> for Held<T> {
    fn from(value: T) -> Self {
        Held::new(value)
    }
}

/// For a stub whose error is held: `Result<_, Held<io::Error>>`.
impl From<LoadError> for Held<io::Error> {
    #[inline]
    fn from(error: LoadError) -> Self {
        Held::new(error.into())
    }
}

/// For a stub whose error is held: `Result<_, Held<Box<dyn Error + Send + Sync>>>`.
impl From<LoadError> for Held<Box<dyn Error + Send + Sync>> {
    #[inline]
    fn from(error: LoadError) -> Self {
        Held::new(error.into())
    }
}

/// For a stub whose error is held: `Result<_, Held<Box<dyn Error>>>`.
impl From<LoadError> for Held<Box<dyn Error>> {
    #[inline]
    fn from(error: LoadError) -> Self {
        Held::new(error.into())
    }
}

impl<T: Lead<Target: fmt::Debug>> fmt::Debug for Held<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (**self).fmt(f)
    }
}

impl<T: Lead<Target: fmt::Display>> fmt::Display for Held<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (**self).fmt(f)
    }
}

impl<T: Lead<Target: Error>> Error for Held<T> {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        (**self).source()
    }
}

impl<T: LeadMut<Target: Iterator>> Iterator for Held<T> {
    type Item = <T::Target as Iterator>::Item;

    fn next(&mut self) -> Option<Self::Item> {
        (**self).next()
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        (**self).size_hint()
    }
}

impl<T: LeadMut<Target: Read>> Read for Held<T> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        (**self).read(buffer)
    }

    fn read_vectored(&mut self, buffers: &mut [IoSliceMut<'_>]) -> io::Result<usize> {
        (**self).read_vectored(buffers)
    }
}

impl<T: LeadMut<Target: BufRead>> BufRead for Held<T> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        (**self).fill_buf()
    }

    fn consume(&mut self, amount: usize) {
        (**self).consume(amount);
    }
}

impl<T: LeadMut<Target: Write>> Write for Held<T> {
    fn write(&mut self, buffer: &[u8]) -> io::Result<usize> {
        (**self).write(buffer)
    }

    fn write_vectored(&mut self, buffers: &[IoSlice<'_>]) -> io::Result<usize> {
        (**self).write_vectored(buffers)
    }

    fn flush(&mut self) -> io::Result<()> {
        (**self).flush()
    }
}

impl<T: LeadMut<Target: Seek>> Seek for Held<T> {
    fn seek(&mut self, place: SeekFrom) -> io::Result<u64> {
        (**self).seek(place)
    }
}

impl<T: Lifetimes> Lifetimes for Held<T> {
    type Before<R: List> = T::Before<R>;
}

// SAFETY: size and alignment are the type's own, and both sides have the same compiler and the
// same runtime. The value is its part; the count keeps the value's code mapped (`Held`
// invariant 1), which `crossing` says.
unsafe impl<T: Interface> Interface for Held<T> {
    const TYPE: Type = Type {
        crossing: Crossing::Held,
        ..Type::of::<Self>("Held", Form::Library)
    };
    type Args = One<T>;
    type Parts = One<T>;
}
