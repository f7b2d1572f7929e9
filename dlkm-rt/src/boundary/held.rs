//! What may leave a module although it carries code of it.

use std::error::Error;
use std::fmt;
use std::io::{self, BufRead, IoSlice, IoSliceMut, Read, Seek, SeekFrom, Write};
use std::mem::ManuallyDrop;
use std::ops::{Deref, DerefMut};
use std::rc::Rc;

use crate::LoadError;
use crate::boundary::contain;
use crate::interface::{Crossing, Form, Interface, One, Type};
use crate::primitive::{Acquire, Arc, AtomicUsize, Relaxed, Release};
use crate::services::ask;

/// How many [`Held`] values are about that this image made. The kernel reads it before an
/// unload.
static HELD: AtomicUsize = AtomicUsize::new(0);

/// This image's count, for the kernel.
pub(crate) fn count() -> &'static AtomicUsize {
    &HELD
}

/// Counts one more, for what lives on as a [`Held`] does.
pub(crate) fn add() {
    // Relaxed: whoever calls this is in a call of the module, or has another `Held` of it;
    // the end of either comes after this, and the unloader has seen that end.
    HELD.fetch_add(1, Relaxed);
}

/// One of an image's values, which is counted until this is dropped.
pub(crate) struct Counted(pub(crate) &'static AtomicUsize);

impl Drop for Counted {
    fn drop(&mut self) {
        // Release: with the Acquire in `held`. The image may be gone after this.
        self.0.fetch_sub(1, Release);
    }
}

/// How many values of an image are held, once no call is in flight in it: then the number
/// can fall, but not rise from zero.
pub(crate) fn held(count: &AtomicUsize) -> usize {
    // Acquire: with the Release in `Held::drop`.
    count.load(Acquire)
}

/// A value that carries code of the module which made it, and keeps that module loaded until
/// it is dropped.
///
/// A trait object, a function pointer, a closure, a `&'static` reference: whoever has one of
/// a module calls into the module's code, or reads its statics. So an unloadable module may
/// return these, and a caller may leave them with a module, in a `Held` alone; everything
/// else is refused when the interface is compiled.
///
/// What it holds is used through it: a `Held<Box<dyn Trait>>` has the trait's methods, is an
/// iterator, a reader, a writer or an error if the trait object is, and is called if it is a
/// closure. The value itself can't be taken out.
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
/// A panic of the value's destructor is raised in whoever drops it, as that of a stub is. A
/// panic of its methods is not: it is one of another copy of std, which ends the process when
/// somebody catches it. Let such methods return an error.
pub struct Held<T> {
    value: ManuallyDrop<T>,
    /// Drops the value, by code of the image that made it.
    drop: unsafe fn(&mut ManuallyDrop<T>),
    /// That image's `HELD`, of which this is one.
    count: &'static AtomicUsize,
}

impl<T> Held<T> {
    /// Holds `value` in the name of the module that calls this. In the host it holds nothing,
    /// as the host stays.
    pub fn new(value: T) -> Self {
        let drop = match ask::host() {
            None => ManuallyDrop::drop,
            Some(_) => drop_contained,
        };
        Held::dropped_by(value, drop)
    }

    /// As [`Held::new`], with a function of this image that drops the value.
    pub(crate) fn dropped_by(value: T, drop: unsafe fn(&mut ManuallyDrop<T>)) -> Self {
        add();
        Held {
            value: ManuallyDrop::new(value),
            drop,
            count: &HELD,
        }
    }

    /// The value, for who does not take a copy out of it.
    pub(crate) fn value_mut(&mut self) -> &mut T {
        &mut self.value
    }
}

/// Drops a value of this image for somebody in another one.
unsafe fn drop_contained<T>(value: &mut ManuallyDrop<T>) {
    let frame = 0;
    contain::contain_drop(&frame, || {
        // SAFETY: the caller's promise: the value is not used again.
        unsafe { ManuallyDrop::drop(value) }
    });
}

impl<T> Drop for Held<T> {
    fn drop(&mut self) {
        // Also if the value's destructor panics.
        let _counted = Counted(self.count);
        // SAFETY: this is the one drop of `self`, and nobody uses the value after it. The code
        // behind the pointer is mapped: `_counted` is still counted.
        unsafe { (self.drop)(&mut self.value) }
    }
}

/// A copy of what may be shared.
impl<T: Clone + Share> Clone for Held<T> {
    fn clone(&self) -> Self {
        // Relaxed: as in `new`; this one is counted meanwhile.
        self.count.fetch_add(1, Relaxed);
        Held {
            value: self.value.clone(),
            drop: self.drop,
            count: self.count,
        }
    }
}

/// Seals the traits below. Each has a seal of its own: another crate may implement traits for its
/// own `Box<dyn Local>` and `&'static Local`, so a `Box` that [`Lead`] has sealed must not be
/// sealed for [`Share`] too.
mod sealed {
    pub trait SealedShare {}
    pub trait SealedLead {}
    pub trait SealedLeadMut {}
}

/// What can be held more than once: a copy of it runs no code of the module.
///
/// Sealed: only this crate implements it. A copy that another type made could outlive the module.
pub trait Share: sealed::SealedShare {}

macro_rules! shared {
    ($($pointer:ty),*) => {$(
        impl<T: ?Sized> sealed::SealedShare for $pointer {}
        impl<T: ?Sized> Share for $pointer {}
    )*};
}

shared!(Arc<T>, Rc<T>, &'static T);

/// How a held value is used: what it leads to, which can't be copied out of it.
///
/// Sealed: only this crate implements it. A target that can be copied out could outlive the
/// module.
pub trait Lead: sealed::SealedLead {
    /// What it leads to.
    type Target: ?Sized;
    /// Leads there.
    fn lead(&self) -> &Self::Target;
}

/// What leads to something that may be changed.
///
/// Sealed, as [`Lead`] is.
pub trait LeadMut: Lead + sealed::SealedLeadMut {
    /// Leads there.
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
        /// As a closure, of which no copy can be taken.
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
    fn from(error: LoadError) -> Self {
        Held::new(error.into())
    }
}

/// As above, for `Result<_, Held<Box<dyn Error + Send + Sync>>>`.
impl From<LoadError> for Held<Box<dyn Error + Send + Sync>> {
    fn from(error: LoadError) -> Self {
        Held::new(error.into())
    }
}

/// As above, for `Result<_, Held<Box<dyn Error>>>`.
impl From<LoadError> for Held<Box<dyn Error>> {
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

// SAFETY: laid out by the compiler, as both sides' copy of this runtime is; what the value's
// code needs, the count keeps.
unsafe impl<T: Interface> Interface for Held<T> {
    const TYPE: Type = Type {
        crossing: Crossing::Held,
        ..Type::of::<Self>("Held", Form::Library)
    };
    type Args = One<T>;
    type Parts = One<T>;
}
