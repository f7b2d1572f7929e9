//! A module's state: a value that is dropped when its module is unloaded.

use std::any::Any;
use std::fmt;
use std::panic::{self, AssertUnwindSafe};
use std::sync::Weak;

use crate::declare::state::{HandedOver, StateCell};
use crate::interface::{self, Interface};
use crate::os;
use crate::primitive::{Arc, Mutex, OnceLock, lock};
use crate::services::ask;
use crate::services::panic::drop_quietly;

/// The state of a module, in a `static` of its crate. The first use makes the value, and an unload
/// of the module drops it.
///
/// A plain `static` is never dropped: what it has on the heap is left there each time its module is
/// unloaded. The value of a `ModuleCell` is dropped after the unload hook has succeeded, when no
/// call, no thread and no [`Held`](crate::Held) of the module is left, before the module's code goes
/// away. Its destructor may call the stubs of other modules. Values are dropped in the reverse order
/// in which they were made. A panic in a destructor ends there, after the panic hook has run.
///
/// A static module is never unloaded, so its state is never dropped, like any `static`.
///
/// ```
/// use std::sync::Mutex;
///
/// use dlkm_rt::{LoadError, ModuleCell, module};
///
/// #[module]
/// pub trait Notes {
///     /// Adds a line; returns how many there are.
///     #[ustub]
///     fn note(line: &str) -> Result<usize, LoadError>;
/// }
///
/// pub struct Driver;
///
/// static LINES: ModuleCell<Mutex<Vec<String>>> = ModuleCell::new(Mutex::default);
///
/// #[module(hand_over = [LINES])]
/// impl Notes for Driver {
///     fn note(line: &str) -> Result<usize, LoadError> {
///         Ok(LINES.with(|lines| {
///             let mut lines = lines.lock().unwrap();
///             lines.push(line.to_owned());
///             lines.len()
///         }))
///     }
/// }
/// # fn main() {}
/// ```
///
/// # Upgrades
/// An [upgrade](../dlkm_rt/struct.Kernel.html#method.upgrade) hands the value to the new version, if both versions list
/// the static in `#[module(hand_over = [...])]`, by the same name, and the descriptions of its type
/// are equal. The value does not move in memory: both versions use the same one, until the old
/// version has ended. So no change is lost, whichever of the two makes it. Otherwise the new version
/// makes a value of its own, and each version drops its own.
///
/// Such a type implements [`Interface`] and owns everything that it consists of: a reference, a
/// function, a trait object or a `HashMap` could lead to the old version's image. The compiler
/// rejects those. As with any type that crosses, both versions must mean the same by its fields.
///
/// # Cost
/// Each use counts itself in and out, with one atomic operation each.
pub struct ModuleCell<T: 'static> {
    make: fn() -> T,
    made: OnceLock<Made<T>>,
}

struct Made<T> {
    /// `OWNERS` owns the value.
    value: Weak<T>,
    /// Whether the value was made after the image was attached, so that all of its heap blocks
    /// are the host's: those of `allocator::EARLY` end with the image.
    attached: bool,
}

/// The values of this image, in the order in which they were made.
static OWNERS: Mutex<Owners> = Mutex::new(Owners {
    values: Vec::new(),
    ended: false,
});

struct Owners {
    values: Vec<Arc<dyn Any + Send + Sync>>,
    /// Whether the module is unloaded: its values are dropped, and none is made any more.
    ended: bool,
}

impl<T: Send + Sync> ModuleCell<T> {
    /// A state that `make` makes when it is first used. It runs again if it panics.
    pub const fn new(make: fn() -> T) -> Self {
        ModuleCell {
            make,
            made: OnceLock::new(),
        }
    }

    /// Calls `body` with the value. Don't use the state in its own `make` function.
    ///
    /// # Panics
    /// The value was dropped: see [`try_with`](Self::try_with). If `make` panics, so does this.
    pub fn with<R>(&self, body: impl FnOnce(&T) -> R) -> R {
        match self.try_with(body) {
            Ok(result) => result,
            Err(error) => panic!("module `{}`: {error}", ask::module()),
        }
    }

    /// Calls `body` with the value, unless the value was dropped. Only code that runs after its
    /// module was unloaded can find it so: destructors of thread-local data, and of other states of
    /// the module.
    ///
    /// # Errors
    /// The value was dropped.
    pub fn try_with<R>(&self, body: impl FnOnce(&T) -> R) -> Result<R, StateDropped> {
        // Counted, since a destructor of thread-local data may run while an unloader drops the value.
        let value = self.made().value.upgrade().ok_or(StateDropped)?;
        Ok(body(&value))
    }

    fn made(&self) -> &Made<T> {
        self.made.get_or_init(|| {
            let attached = ask::host().is_some();
            let ended = lock(&OWNERS).ended;
            let value = match ended {
                true => Weak::new(),
                // Without the lock: it may use other states.
                false => own(Arc::new((self.make)())),
            };
            Made { value, attached }
        })
    }
}

/// Makes this image the owner of the value.
fn own<T: Send + Sync + 'static>(value: Arc<T>) -> Weak<T> {
    let weak = Arc::downgrade(&value);
    let mut owners = lock(&OWNERS);
    if !owners.ended {
        owners.values.push(value);
    }
    weak
}

/// Drops the values of this image, the last one first, and makes no more. For the kernel, when the
/// module is unloaded. It does nothing the second time.
pub(crate) fn end() {
    loop {
        let value = {
            let mut owners = lock(&OWNERS);
            match owners.values.pop() {
                Some(value) => value,
                None => {
                    owners.ended = true;
                    return;
                }
            }
        };
        // Without the lock: the destructor may use other states. It may also drop values of other
        // images, and so run their code.
        if let Err(payload) = os::catch_own(|| drop(value)) {
            drop_quietly(payload);
        }
    }
}

// SAFETY: `share` returns an `Arc<T>`. `handed_over`, the only function that makes a `HandedOver`,
// takes the hash from the description of `T`, and requires that `T` owns all its parts.
unsafe impl<T: Interface + Send + Sync> StateCell for ModuleCell<T> {
    fn share(&self) -> Option<*const ()> {
        // The function that makes the value may panic: then the new version makes its own.
        let made = panic::catch_unwind(AssertUnwindSafe(|| self.made()));
        match made {
            Ok(made) if made.attached => {
                let value = made.value.upgrade()?;
                Some(Arc::into_raw(value).cast())
            }
            Ok(_) => None,
            Err(payload) => {
                drop_quietly(payload);
                None
            }
        }
    }

    unsafe fn adopt(&self, shared: *const ()) {
        // SAFETY: the caller promises that `shared` is from `share` of a cell of the same type,
        // which returned it by `Arc::into_raw`, and that it is used once.
        let value = unsafe { Arc::from_raw(shared.cast::<T>()) };
        // A constructor of the image may have made one already, which stays.
        self.made.get_or_init(|| Made {
            value: own(value),
            attached: true,
        });
    }
}

/// An entry of `#[module(hand_over = [...])]`.
///
/// # Panics
/// While compiling, if the type does not own everything that it consists of.
#[track_caller]
pub const fn handed_over<T: Interface + Send + Sync>(
    name: &'static str,
    cell: &'static ModuleCell<T>,
) -> HandedOver {
    interface::check_owned::<T>();
    HandedOver {
        name,
        hash: interface::shape::<T>().hash(),
        cell,
    }
}

impl<T> fmt::Debug for ModuleCell<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ModuleCell").finish_non_exhaustive()
    }
}

/// The value of a [`ModuleCell`] was dropped, because its module is unloaded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct StateDropped;

impl fmt::Display for StateDropped {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(
            "the state was dropped when its module was unloaded: use `try_with` in destructors",
        )
    }
}

impl std::error::Error for StateDropped {}
