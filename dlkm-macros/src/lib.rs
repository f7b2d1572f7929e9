//! The macros of `dlkm-rt`, which re-exports them; depend on that crate, not on this one.
//!
//! Each goes through parse → check → expand, with an AST of its own in between, reports all
//! mistakes of an item at once, and emits a usable item even then.

mod args;
mod ast;
mod check;
mod errors;
mod expand;
mod parse;
mod paths;
mod signature;

use proc_macro::TokenStream;

/// Declares an interface (on a `trait`) or a module (on an `impl` or a `mod`).
///
/// # On a trait: an interface
///
/// ```ignore
/// /// Shared memory segments.
/// #[module(name = "shm")]
/// pub trait Shm {
///     /// Strong, load-only: the first call loads `shm`, which then stays.
///     #[stub]
///     fn shmget(key: u32, size: usize) -> Result<SegmentId, ShmError>;
///
///     /// Strong, unloadable: each call holds the module for its own length.
///     #[ustub(or = not_attached)]
///     fn shmat(id: SegmentId) -> u64;
///
///     /// Weak: not loaded means there is nothing to clean up.
///     #[wstub(or = nothing)]
///     fn shmexit(pid: u32);
/// }
/// ```
///
/// generates, beside the trait, a module `shm` with the functions `shm::shmget`,
/// `shm::shmat` and `shm::shmexit`: the stubs that callers call. Each function of the trait
/// says which stub it gets:
///
/// | attribute | not loaded | while called | seeds |
/// |---|---|---|---|
/// | `#[stub]` | loads the module, which then stays | | `STUB` |
/// | `#[ustub]` | loads the module | holds it | `USTUB` |
/// | `#[wstub(or = path)]` | calls `path` | holds it, if the interface has a `#[ustub]` | `WSTUB` |
///
/// `or = path` names a function with the same arguments and result (the seeds' *retfunc*),
/// called when the module can't be loaded. A strong stub without it must return
/// `Result<_, E>` with `E: From<LoadError>`.
///
/// Keys: `name = "..."` (default: the trait's name in snake case), `crate = path` (where
/// `dlkm_rt` is, if renamed or re-exported).
///
/// # On an `impl`: a module that provides one interface
///
/// ```ignore
/// pub struct SharedMemory;
///
/// #[module(kind = "misc", desc = "System V shared memory", load = init, unload = fini)]
/// impl shm_api::Shm for SharedMemory { /* plain functions */ }
///
/// fn init(arg: &LoadArg) -> Result<(), Errno> { Ok(()) }
/// fn fini(arg: &LoadArg) -> Result<(), Errno> { Ok(()) }
/// ```
///
/// | key | value | default |
/// |---|---|---|
/// | `name` | the module's name, also its image's file name | the interface's name |
/// | `kind` | what sort of module: `"misc"`, `"codec"`, … | `"misc"` |
/// | `version` | `"major.minor.patch"` | the crate's |
/// | `desc` | one line for people | empty |
/// | `states` | those of `[auto, loaded, static]` it supports | all |
/// | `load`, `unload` | a `fn(&LoadArg) -> Result<(), E>` with `E: Into<HookError>` | none |
/// | `depends` | names of modules to load first: `["sem"]` | none |
/// | `crate` | where `dlkm_rt` is | `::dlkm_rt` |
///
/// # On a `mod`: a module that provides several interfaces, or none
///
/// The same keys; `name` defaults to the `mod`'s. Each `impl` in it that is marked
/// `#[export]` is provided. Hooks are named as seen from inside the `mod`.
#[proc_macro_attribute]
pub fn module(args: TokenStream, item: TokenStream) -> TokenStream {
    expand::module(args.into(), item.into()).into()
}

/// A strong stub: the first call loads the module, which then stays. Goes on a function of
/// a `#[module]` trait; see [`module`](macro@module).
#[proc_macro_attribute]
pub fn stub(_: TokenStream, item: TokenStream) -> TokenStream {
    expand::misplaced("stub", item.into()).into()
}

/// A strong, unloadable stub: each call holds the module for its own length. Goes on a
/// function of a `#[module]` trait; see [`module`](macro@module).
#[proc_macro_attribute]
pub fn ustub(_: TokenStream, item: TokenStream) -> TokenStream {
    expand::misplaced("ustub", item.into()).into()
}

/// A weak stub: calls its fallback while the module is not loaded. Goes on a function of a
/// `#[module]` trait; see [`module`](macro@module).
#[proc_macro_attribute]
pub fn wstub(_: TokenStream, item: TokenStream) -> TokenStream {
    expand::misplaced("wstub", item.into()).into()
}
