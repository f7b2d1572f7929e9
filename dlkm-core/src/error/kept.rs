//! Values that are shared by pointer, and freed and written by the image that has the code for that.

use std::error::Error;
use std::fmt;
use std::mem::ManuallyDrop;
use std::ops::Deref;

use crate::primitive::Arc;

/// A shared value: one pointer. The code of the image that made it drops it and writes its text, so other
/// images that have such values do not contain that code.
pub struct Kept<T: Simple + 'static>(Arc<Held<T>>);

/// A type, some of whose values any image can free and write.
pub trait Simple {
    /// Frees what a simple value has on the heap; of another value it may leave everything.
    fn free(&mut self);

    /// Writes the text of a simple value; of another value it may write nothing.
    fn text(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result;
}

/// What only the kernel's image can say of each value.
pub(super) trait Full: Simple + fmt::Display {
    /// The error behind it. A simple value has none.
    fn source(&self) -> Option<&(dyn Error + 'static)>;
}

/// # Invariants
/// 1. `kernel` and its functions are of an object that is never unmapped. An image makes only simple
///    values, since it may be unmapped before they are dropped.
struct Held<T: Simple + 'static> {
    value: ManuallyDrop<T>,
    /// `None` for a simple value.
    kernel: Option<&'static Functions<T>>,
}

/// What the kernel's image does with a value.
struct Functions<T> {
    /// Drops it.
    free: fn(&mut ManuallyDrop<T>),
    /// Writes its text.
    text: fn(&T, &mut fmt::Formatter<'_>) -> fmt::Result,
    source: fn(&T) -> Option<&(dyn Error + 'static)>,
}

impl<T: Simple> Kept<T> {
    /// For code of the kernel's image alone: see `Held` invariant 1.
    // The one place that may have to drop a value that has no place yet.
    #[inline(never)]
    pub(super) fn of_kernel(value: T) -> Self
    where
        T: Full,
    {
        Kept(Arc::new(Held {
            value: ManuallyDrop::new(value),
            kernel: Some(
                const {
                    &Functions {
                        // SAFETY: only the drop of `Held` calls it, once, and does not use the value
                        // after that.
                        free: |value| unsafe { ManuallyDrop::drop(value) },
                        text: T::fmt,
                        source: T::source,
                    }
                },
            ),
        }))
    }

    pub(super) fn simple(value: T) -> Self {
        Kept(Arc::new(Held {
            value: ManuallyDrop::new(value),
            kernel: None,
        }))
    }

    /// The error behind it.
    pub(super) fn source(&self) -> Option<&(dyn Error + 'static)> {
        (self.0.kernel?.source)(&self.0.value)
    }

    /// Whether both are one value.
    pub(super) fn is(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

impl<T: Simple> Drop for Held<T> {
    fn drop(&mut self) {
        match self.kernel {
            Some(kernel) => (kernel.free)(&mut self.value),
            None => self.value.free(),
        }
    }
}

impl<T: Simple> Clone for Kept<T> {
    fn clone(&self) -> Self {
        Kept(Arc::clone(&self.0))
    }
}

impl<T: Simple> Deref for Kept<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0.value
    }
}

impl<T: Simple> fmt::Display for Kept<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.kernel {
            Some(kernel) => (kernel.text)(&self.0.value, f),
            None => self.0.value.text(f),
        }
    }
}

impl<T: Simple + fmt::Debug> fmt::Debug for Kept<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (**self).fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Either has the count once.
    enum Value {
        Simple(Option<Arc<()>>),
        Other(#[allow(dead_code)] Arc<()>),
    }

    impl Simple for Value {
        fn free(&mut self) {
            if let Value::Simple(count) = self {
                *count = None;
            }
        }

        fn text(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("simple")
        }
    }

    impl fmt::Display for Value {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("the kernel's")
        }
    }

    impl Full for Value {
        fn source(&self) -> Option<&(dyn Error + 'static)> {
            Some(&fmt::Error)
        }
    }

    #[test]
    fn a_value_is_freed_with_its_last_owner() {
        let count = Arc::new(());
        let values = [
            Kept::simple(Value::Simple(Some(Arc::clone(&count)))),
            Kept::of_kernel(Value::Other(Arc::clone(&count))),
        ];
        assert_eq!(
            values.each_ref().map(Kept::to_string),
            ["simple", "the kernel's"]
        );
        assert_eq!(
            values.each_ref().map(|value| value.source().is_some()),
            [false, true]
        );
        let again = values.clone();
        assert!(again[0].is(&values[0]) && !again[0].is(&values[1]));
        drop(values);
        assert_eq!(Arc::strong_count(&count), 3);
        drop(again);
        assert_eq!(Arc::strong_count(&count), 1);
    }
}
