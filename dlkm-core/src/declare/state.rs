//! The states of a module that an upgrade hands to the next version.

use std::fmt;

/// A state that `#[module(hand_over = [...])]` lists.
#[derive(Clone, Copy)]
pub struct HandedOver {
    /// The name of the static.
    pub name: &'static str,
    /// The hash of its type's description.
    pub hash: u64,
    pub cell: &'static dyn StateCell,
}

impl fmt::Debug for HandedOver {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HandedOver")
            .field("name", &self.name)
            .finish_non_exhaustive()
    }
}

/// The static that contains the state.
///
/// # Safety
/// What `share` returns is from `Arc::into_raw` of an `Arc<T>`. `T` is `Send` and `Sync`, owns
/// everything that it consists of, and has the description whose hash is in the static's
/// [`HandedOver`].
pub unsafe trait StateCell: Sync {
    /// The value, made now if it is not made yet. `None` if it is gone or must not leave its image.
    fn share(&self) -> Option<*const ()>;

    /// Takes the value of another version.
    ///
    /// # Safety
    /// `shared` must be from `share` of a cell of the same `T`, and is passed on once.
    unsafe fn adopt(&self, shared: *const ());
}

/// Gives the states of `from` to the equal ones of `to`, a version of the same module. Both
/// versions use one value until the older one is unloaded.
pub fn hand_over(from: &[HandedOver], to: &[HandedOver]) {
    for new in to {
        let same = |old: &&HandedOver| old.name == new.name && old.hash == new.hash;
        if let Some(shared) = from.iter().find(same).and_then(|old| old.cell.share()) {
            // SAFETY: `shared` is from `share`, and is used here only. The hashes of the types are
            // equal, which stands for equal types as it does for functions, and both images have
            // the host's build.
            unsafe { new.cell.adopt(shared) };
        }
    }
}
