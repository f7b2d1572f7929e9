//! The macros of `dlkm-rt`, which re-exports them; depend on that crate, not on this one.
//!
//! Each goes through parse → check → expand, with an AST of its own in between, reports all
//! mistakes of an item at once, and emits a usable item even then.

// A file uses only those behind it, left to right:
// lib > {expand, describe} > check > parse > attributes > ast > {args, idle, lifetimes, shape}
//     > {borrows, errors, paths, plain, signature, static_list, tokens}
// In `expand`: mod > {interface, recovery, module} > {export, stub, trait_item}
//     > {direct_link, future, shapes} > parts > direct_symbol
// In `describe`: mod > {expand_data, expand_object} > {parse_data, parse_object}
//     > {ast, description}
mod args;
mod ast;
mod attributes;
mod borrows;
mod check;
mod describe;
mod errors;
mod expand;
mod idle;
mod lifetimes;
mod parse;
mod paths;
mod plain;
mod shape;
mod signature;
mod static_list;
mod tokens;

use proc_macro::TokenStream;

/// Declares an interface (on a `trait`) or a module (on an `impl` or a `mod`).
///
/// # On a trait: an interface
///
/// ```standalone_crate
/// use dlkm_rt::{LoadError, module};
///
/// /// Shared memory segments.
/// #[module(name = "shm")]
/// pub trait Shm {
///     /// Strong, load-only: the first call loads `shm`, which then stays.
///     #[stub]
///     fn shmget(key: u32, size: usize) -> Result<u32, LoadError>;
///
///     /// Strong, unloadable: each call holds the module for its own length.
///     #[ustub(or = not_attached)]
///     fn shmat(id: u32) -> Option<usize>;
///
///     /// Weak: not loaded means there is nothing to clean up.
///     #[wstub(or = nothing)]
///     fn shmexit(pid: u32);
/// }
///
/// fn not_attached(_: u32) -> Option<usize> {
///     None
/// }
///
/// fn nothing(_: u32) {}
///
/// fn main() {
///     // No kernel is booted here, so no module can be loaded.
///     assert!(shm::shmget(7, 4096).is_err());
///     assert_eq!(shm::shmat(0), None);
///     shm::shmexit(1);
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
/// Keys: `name = "..."` (default: the trait's name in snake case), `abi = "C"` (see below),
/// `crate = path` (where `dlkm_rt` is, if renamed or re-exported).
///
/// ## `async fn`
///
/// ```standalone_crate
/// use dlkm_rt::{LoadError, module};
///
/// #[module(name = "fetch")]
/// pub trait Fetch {
///     /// What is at `url`.
///     #[ustub]
///     async fn fetch(url: String, limit: u64) -> Result<Vec<u8>, LoadError>;
///
///     /// How much it is.
///     #[ustub(or = nothing)]
///     async fn measure(url: &str) -> u64;
/// }
///
/// async fn nothing(_: &str) -> u64 {
///     0
/// }
///
/// pub struct Driver;
///
/// #[module]
/// impl Fetch for Driver {
///     async fn fetch(url: String, limit: u64) -> Result<Vec<u8>, LoadError> {
///         Ok(url.into_bytes())
///     }
///
///     async fn measure(url: &str) -> u64 {
///         url.len() as u64
///     }
/// }
///
/// async fn caller() -> Result<(), LoadError> {
///     let body = fetch::fetch("page".to_owned(), 100).await?;
///     assert_eq!(body.len() as u64, fetch::measure("page").await);
///     Ok(())
/// }
///
/// # use std::pin::pin;
/// # use std::task::{Context, Poll, Waker};
/// # fn main() {
/// #     dlkm_rt::Kernel::boot(dlkm_rt::ModuleRoot::none()).unwrap();
/// #     let poll = pin!(caller()).poll(&mut Context::from_waker(Waker::noop()));
/// #     assert!(matches!(poll, Poll::Ready(Ok(()))));
/// # }
/// ```
///
/// The stub is an `async fn`, the driver's function too, and its future is `Send`. Any executor
/// will do: the runtime has none.
///
/// - Nothing happens before the first poll. That one loads the module, as a call does, on the
///   thread that polls. Where that takes too long, load it before, with `Kernel::load`, on a
///   thread that may block.
/// - From then on the future keeps the module loaded, until it is ready or dropped: an unload is
///   refused with `UnloadError::Held`. A future that was not polled holds nothing.
/// - It borrows what the arguments borrow. `tokio::spawn` wants one that borrows nothing.
/// - What may cross is as with other functions, and the hash says that a function is `async`.
/// - A panic in a poll, or while the future is dropped, becomes one of whoever polls or drops
///   it. `on_panic = fallback` turns a panic in a poll into the error of the result; such a
///   function takes no `or`, as its arguments are gone by then.
/// - A module may keep the waker that it is polled with. One of another module's own executor
///   keeps that module loaded meanwhile.
/// - `or = path` names an `async fn`, or a function that returns a future that is `Send`.
/// - With `abi = "C"` there is no `async`.
///
/// ## `abi = "C"`: modules of any compiler
///
/// Host and module must come from one rustc, as Rust's types and calls are the compiler's own
/// affair. The modules behind an interface of `abi = "C"` need not: its functions are called as
/// C calls, so a module built by another rustc, or written in C, can provide it. Callers see
/// the same safe functions.
///
/// ```standalone_crate
/// use dlkm_rt::c::Str;
/// use dlkm_rt::{Interface, module};
///
/// #[derive(Clone, Copy, Interface)]
/// #[repr(C)]
/// pub struct Area {
///     pub width: u32,
///     pub height: u32,
/// }
///
/// #[module(name = "screen", abi = "C")]
/// pub trait Screen {
///     /// How much room `text` takes.
///     #[stub(or = nothing)]
///     fn measure(text: Str<'_>) -> Area;
/// }
///
/// fn nothing(_: Str<'_>) -> Area {
///     Area { width: 0, height: 0 }
/// }
///
/// fn main() {
///     assert_eq!(screen::measure("no kernel is booted here".into()).width, 0);
/// }
/// ```
///
/// What crosses has one layout for all compilers, down to the last field; anything else is an
/// error at its type:
///
/// | goes | in its place |
/// |---|---|
/// | numbers up to 64 bits, `usize`, `bool`, `f32`, `f64` | |
/// | `NonZero`, `NonNull`, raw pointers, references to something with a size | |
/// | `Option` of a reference, `NonNull`, `NonZero` or an `extern "C" fn` | for other `Option`s and `Result`: a struct or enum of your own |
/// | derived structs with `#[repr(C)]` or `#[repr(transparent)]` | for tuples: such a struct |
/// | derived enums without fields, with `#[repr(C)]` or `#[repr(u8)]` and its like | |
/// | arrays in structs and behind pointers | for arrays by value: a struct |
/// | `dlkm_rt::c::{Str, Slice, SliceMut}` | for `&str`, `String`, slices, `Vec` |
/// | `dlkm_rt::c::Callback`, and as an argument `unsafe extern "C" fn` | for closures, `dyn Trait`, `fn` |
///
/// A strong stub has `or = path`, or a result that implements
/// [`OrLoadError`](../dlkm_rt/trait.OrLoadError.html), as no `Result` crosses. Alignment and
/// `niche` count in a function's hash, so a field of another type is told before the load, as
/// with any interface.
///
/// An image built by another compiler is loaded if all interfaces that it provides are of this
/// ABI, and target, pointer width and processor features fit. It is handed nothing of Rust's: it
/// allocates with the system's allocator, its records of `log` and `tracing` go nowhere, and its
/// own stubs to other modules answer that no kernel is booted. Its panics arrive in the caller,
/// as any module's do. `dlkm header` writes the header for a module in C.
///
/// # On an `impl`: a module that provides one interface
///
/// ```standalone_crate
/// # mod shm_api {
/// #     #[dlkm_rt::module]
/// #     pub trait Shm {
/// #         #[stub]
/// #         fn shmget(key: u32, size: usize) -> Result<u32, dlkm_rt::LoadError>;
/// #     }
/// # }
/// use dlkm_rt::{Errno, LoadArg, LoadError, module};
///
/// pub struct SharedMemory;
///
/// #[module(kind = "misc", desc = "System V shared memory", load = init, unload = fini)]
/// impl shm_api::Shm for SharedMemory {
///     fn shmget(key: u32, size: usize) -> Result<u32, LoadError> {
///         Ok(key)
///     }
/// }
///
/// fn init(arg: &LoadArg) -> Result<(), Errno> {
///     Ok(())
/// }
///
/// fn fini(arg: &LoadArg) -> Result<(), Errno> {
///     Ok(()) // An error cancels the unload.
/// }
/// # fn main() {}
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
/// | `save` | a `fn(&LoadArg) -> Result<Vec<u8>, E>`: what an upgrade hands over to the next version | none |
/// | `depends` | names of modules to load first: `["sem"]` | none |
/// | `idle` | how long it stays while nobody calls it, as `"30s"`: see below | for good |
/// | `crate` | where `dlkm_rt` is | `::dlkm_rt` |
///
/// `idle` is a number with a unit, `ms`, `s`, `m` or `min`, `h`. A loaded module that nobody has
/// called for that long is unloaded if the host
/// [reaps](../dlkm_rt/struct.Kernel.html#method.reap) or runs a
/// [reaper](../dlkm_rt/struct.Kernel.html#method.start_reaper); the next call loads it again.
/// Its interfaces must be unloadable, with a `#[ustub]`. A module whose `#[stub]` was called
/// stays, and so does one with a caller that was built against a load-only interface.
///
/// # On a `mod`: a module that provides several interfaces, or none
///
/// The same keys; `name` defaults to the `mod`'s. Each `impl` in it that is marked
/// `#[export]` is provided. Hooks are named as seen from inside the `mod`.
///
/// ```standalone_crate
/// # mod api {
/// #     #[dlkm_rt::module] pub trait Left { #[stub] fn left() -> Result<i32, dlkm_rt::LoadError>; }
/// #     #[dlkm_rt::module] pub trait Right { #[stub] fn right() -> Result<i32, dlkm_rt::LoadError>; }
/// # }
/// #[dlkm_rt::module(desc = "left and right")]
/// mod pair {
///     use dlkm_rt::LoadError;
///
///     pub struct Driver;
///
///     #[export]
///     impl crate::api::Left for Driver {
///         fn left() -> Result<i32, LoadError> {
///             Ok(-1)
///         }
///     }
///
///     #[export]
///     impl crate::api::Right for Driver {
///         fn right() -> Result<i32, LoadError> {
///             Ok(1)
///         }
///     }
/// }
/// # fn main() {}
/// ```
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

/// Describes a `struct` or an `enum`, so that it may cross the boundary between host and
/// module: implements [`Interface`](../dlkm_rt/interface/trait.Interface.html).
///
/// ```standalone_crate
/// use dlkm_rt::{Interface, LoadError, module};
///
/// /// One entry of a directory.
/// #[derive(Debug, Interface)]
/// pub struct Entry<T> {
///     pub name: String,
///     pub kind: Kind,
///     pub extra: Option<T>,
///     pub children: Vec<Entry<T>>,
/// }
///
/// #[derive(Debug, Interface)]
/// #[repr(u8)]
/// pub enum Kind {
///     File = 1,
///     Directory = 2,
/// }
///
/// #[module]
/// pub trait List {
///     #[stub]
///     fn list(path: &str) -> Result<Entry<u32>, LoadError>;
/// }
///
/// fn main() {
///     // No kernel is booted here, so no module can be loaded.
///     assert!(list::list("/").is_err());
///     // What is compared: names, places, values, and the same of each field's type.
///     let kind = Kind::TYPE;
///     assert_eq!((kind.name, kind.repr, kind.size), ("Kind", "repr(u8)", 1));
///     assert_eq!(kind.variants[1].value, Some(2));
/// }
/// ```
///
/// Each field's type is one that may cross. Type parameters are bound by `Interface`, as
/// std's derives bind theirs. Documentation, visibility and attributes other than `repr`
/// are not part of the description; fields may be private, and their types too.
///
/// | attribute | on | meaning |
/// |---|---|---|
/// | `#[interface(unsafe(opaque))]` | a field | nothing describes its type, and nothing needs to |
/// | `#[interface(crate = path)]` | the type | where `dlkm_rt` is, if renamed or re-exported |
///
/// # Safety
/// `unsafe(opaque)` promises what the derive can't see: that host and module compile the
/// field's type from the same source, or only move it if they don't; and that it carries no
/// code, neither a function pointer nor a trait object, and no reference to what is in an
/// image. Compared are its text, its size and its alignment.
///
/// ```standalone_crate
/// # mod clock { pub struct Stamp(pub u64); }
/// #[derive(dlkm_rt::Interface)]
/// pub struct Event {
///     pub name: String,
///     // Of a crate that doesn't know of us: a number in a struct.
///     #[interface(unsafe(opaque))]
///     pub at: clock::Stamp,
/// }
/// # fn main() {}
/// ```
#[proc_macro_derive(Interface, attributes(interface))]
pub fn derive_interface(item: TokenStream) -> TokenStream {
    describe::derive(item.into()).into()
}

/// Describes a trait whose objects cross the boundary between host and module: implements
/// [`Interface`](../dlkm_rt/interface/trait.Interface.html) for `dyn Trait`, alone and with
/// `Send`, `Sync` or both.
///
/// ```standalone_crate
/// use dlkm_rt::{LoadError, interface, module};
///
/// /// Takes what a codec finds.
/// #[interface]
/// pub trait Sink {
///     fn put(&mut self, bytes: &[u8]) -> bool;
///     fn finish(self: Box<Self>) -> u64;
///
///     /// Not there for `dyn Sink`, so it needs no description.
///     fn both<T: Sink>(self, other: T) -> (Self, T)
///     where
///         Self: Sized,
///     {
///         (self, other)
///     }
/// }
///
/// #[module]
/// pub trait Codec {
///     #[stub]
///     fn decode(input: &[u8], into: &mut dyn Sink) -> Result<u64, LoadError>;
/// }
///
/// struct Count(u64);
///
/// impl Sink for Count {
///     fn put(&mut self, bytes: &[u8]) -> bool {
///         self.0 += bytes.len() as u64;
///         true
///     }
///     fn finish(self: Box<Self>) -> u64 {
///         self.0
///     }
/// }
///
/// fn main() {
///     // No kernel is booted here, so no module can be loaded.
///     assert!(codec::decode(b"", &mut Count(0)).is_err());
/// }
/// ```
///
/// The trait stays as it is. The types in its methods are ones that may cross, and so are its
/// supertraits, as `dyn`. Methods take `&self`, `&mut self` or `self: Box<Self>`. Type
/// parameters of the trait are bound by `Interface + 'static`. Key: `crate = path` (where
/// `dlkm_rt` is, if renamed or re-exported).
#[proc_macro_attribute]
pub fn interface(args: TokenStream, item: TokenStream) -> TokenStream {
    describe::interface(args.into(), item.into()).into()
}
