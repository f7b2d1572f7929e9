//! The items that the macros' expansions name, as `__private_` and the version: see the build
//! script. Not for direct use: it changes with each version, and `dlkm-macros` is locked to the
//! same version.

pub use std;
pub use std::option::Option::{None, Some};
pub use std::result::Result::{Err, Ok};

pub use dlkm_metadata::write::{
    Declaration, Declared, DeclaredTunable, Described, DlopenNote, Functions, Unmap,
};
pub use dlkm_metadata::{Abi, Class};
pub use linkme::{self, distributed_slice};

pub use crate::boundary::allocator::ImageAllocator;
pub use crate::boundary::contain::{
    Again, changed_hook, contain_or_error, hook, run_changed_hook, run_hook, run_save_hook,
    save_hook,
};
pub use crate::boundary::driver::{Declaring, Exporting, declaration_of, export, types_of};
pub use crate::boundary::export::*;
pub use crate::boundary::future::{ModuleFuture, module_future, module_future_or_error};
pub use crate::boundary::leave::raise_exception;
pub use crate::boundary::shield::Shielding;
pub use crate::boundary::state::handed_over;
pub use crate::boundary::thread_count::{create_thread, set_specific};
pub use crate::call::hold::{Hold, HoldPlace};
pub use crate::call::slot::Code;
pub use crate::call::stub::{Stub, StubKind, Stubs, Way, stubs};
pub use crate::call::switch::{DLKM_SWITCHES, Entry, Switch};
pub use crate::call::table::{DLKM_INTERFACES, Reach, StubTable, Waits};
pub use crate::declare::direct_link::{DLKM_DIRECT, Direct};
pub use crate::declare::module::{
    DLKM_MODULES, Exports, Hook, SaveHook, Wrapper, gathered, idle_needs_unloadable,
    keys_need_switch, unmap_needs_proof,
};
pub use crate::declare::tunable::{
    ChangedHook, DLKM_TUNABLES, Notes, Owner, TunableRecord, check_default, check_range, declare,
    least_or_most,
};
pub use crate::error::OrLoadError;
pub use crate::image::c::{CHookArg, CInterface, CModule, run_c_hook};
pub use crate::image::door::reach;
pub use crate::image::rust::{Image, of_module};
pub use crate::interface;
pub use crate::own_build::BUILD;
pub use crate::program::boot_shared;
pub use crate::services::ask::{attached, resolve, resolve_weak};
pub use crate::services::entries;
pub use crate::services::nomod::{
    no_module, nomod_einval, nomod_minus_one, nomod_void, nomod_zero,
};
pub use crate::{
    __catch_raises as catch_raises, __catch_threads as catch_threads,
    __direct_function as direct_function, __direct_module as direct_module,
    __place_dlopen_note as place_dlopen_note, __place_interface as place_interface,
    __place_module as place_module, __place_tunable as place_tunable,
};
