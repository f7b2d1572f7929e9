//! Where the registry of hold records is: in the program, since only a program's thread-local data has
//! the same distance from the thread pointer in all threads. A kernel in an image of its own uses the
//! program's registry.

use std::ops::Deref;

use crate::call::hold_page::Owner;
use crate::primitive::OnceLock;

/// The registry `R` of one image, and how that image's copy of the runtime knows the running thread.
pub struct Home<R: 'static> {
    pub registry: &'static R,
    pub me: fn() -> Option<Owner>,
}

impl<R> Clone for Home<R> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<R> Copy for Home<R> {}

/// The registry that this copy of the runtime uses.
pub struct Used<R: 'static> {
    own: Home<R>,
    programs: OnceLock<Home<R>>,
}

impl<R> Used<R> {
    pub(crate) const fn new(own: Home<R>) -> Self {
        Used {
            own,
            programs: OnceLock::new(),
        }
    }

    #[inline(always)]
    fn home(&self) -> &Home<R> {
        if let Some(programs) = self.programs.get() {
            return programs;
        }
        &self.own
    }

    /// From now on, this copy of the runtime uses the registry of the program. Called before it has a
    /// kernel, and so before a call counts in its own.
    pub fn move_to(&self, home: Home<R>) {
        self.programs.get_or_init(|| home);
    }

    /// The running thread. `None` if it has no records of its own: before its first call, and while its
    /// data is being destroyed.
    pub(crate) fn me(&self) -> Option<Owner> {
        (self.home().me)()
    }
}

impl<R> Deref for Used<R> {
    type Target = R;

    #[inline(always)]
    fn deref(&self) -> &R {
        self.home().registry
    }
}
