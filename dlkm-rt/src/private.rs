//! What the macros' expansions name. Not for use by hand: it changes with each version,
//! and `dlkm-macros` is locked to the same one.

pub use std;

pub use dlkm_metadata::write::{Declaration, Declared, Described};
pub use dlkm_metadata::{Abi, Class};
pub use linkme::{self, distributed_slice};

pub use crate::allocator::ImageAllocator;
pub use crate::c_module::{CHookArg, CInterface, CModule, run_c_hook};
pub use crate::direct::{DLKM_DIRECT, Direct};
pub use crate::export::*;
pub use crate::hold::{Hold, HoldPlace};
pub use crate::image::{Image, of_module};
pub use crate::interface;
pub use crate::module::{DLKM_MODULES, Exports, Hook, SaveHook, Wrapper, idle_needs_unloadable};
pub use crate::own_build::BUILD;
pub use crate::panic::{Again, contain_or_error, hook, run_hook, run_save_hook, save_hook};
pub use crate::pending::{Pending, pending, pending_or_error};
pub use crate::slot::Code;
pub use crate::stub::{OrLoadError, Stub, Stubs, Way, resolve, settle, stubs};
pub use crate::table::{DLKM_INTERFACES, StubTable};
pub use crate::threads::{create_thread, set_specific};
pub use crate::{
    __catch_threads as catch_threads, __direct_function as direct_function,
    __direct_module as direct_module, __place_interface as place_interface,
    __place_module as place_module,
};
