//! The macros of `dlkm-rt`, which re-exports them. Depend on that crate, not on this one.
//!
//! Each macro parses its item into an AST of its own, checks it, and expands it. It reports all
//! mistakes of an item at once, and emits a usable item even then.

// A file uses only those behind it, left to right:
// lib > {expand, describe, tunable} > check > parse > as_dyn > attributes > ast
//     > {idle, lifetimes, runtime, shape, switch_keys} > args
//     > {borrows, check_type, errors, first_module, paths, plain, signature, static_list, tokens}
// In `expand`: mod > {recovery, module, switch} > interface > {another, export, stub, trait_item}
//     > {direct_link, future, shapes} > driver_call > parts > {direct_symbol, shields}
// In `describe`: mod > {expand_data, expand_object} > {parse_data, parse_object}
//     > {ast, description}
// In `tunable`: mod > {expand_choice, expand_static} > {parse_choice, parse_static} > ast
mod args;
mod as_dyn;
mod ast;
mod attributes;
mod borrows;
mod bounds;
mod check;
mod check_type;
mod dependency;
mod describe;
mod errors;
mod expand;
mod first_module;
mod grouped;
mod idle;
mod lifetimes;
mod parse;
mod paths;
mod plain;
mod runtime;
mod shape;
mod signature;
mod static_list;
mod switch_keys;
mod tokens;
mod tunable;
mod written;

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
///     /// Strong, load-only: the first call loads `shm`, which then stays loaded.
///     #[stub]
///     fn shmget(key: u32, size: usize) -> Result<u32, LoadError>;
///
///     /// Strong, unloadable: each call holds the module until it returns.
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
/// This generates, beside the trait, a Rust module `shm` with the functions `shm::shmget`,
/// `shm::shmat` and `shm::shmexit`. These are the stubs that callers call. An attribute on each
/// function of the trait selects the kind of its stub:
///
/// | attribute | if the module is not loaded | during the call | in HP-UX |
/// |---|---|---|---|
/// | `#[stub]` | loads the module, which then stays loaded | | `STUB` |
/// | `#[ustub]` | loads the module | holds it | `USTUB` |
/// | `#[wstub(or = path)]` | calls `path` | holds it, if the interface has a `#[ustub]` | `WSTUB` |
///
/// `or = path` names a fallback: a function with the same arguments and result (HP-UX calls it
/// *retfunc*). A strong stub, `#[stub]` or `#[ustub]`, calls it if the module can't be loaded, a
/// weak stub if the module is not loaded. A strong stub needs no fallback if it returns
/// `Result<_, E>` with `E: From<LoadError>`, or another type that implements
/// [`OrLoadError`](../dlkm_rt/trait.OrLoadError.html).
///
/// | key | value | default |
/// |---|---|---|
/// | `name` | the name of the interface | the trait's name in snake case |
/// | `on_panic` | the effect of a panic in the module: see below | `propagate` |
/// | `abi` | `"C"`: see below | Rust's own ABI |
/// | `crate` | the path of `dlkm_rt`, if another crate re-exports it | its name in `Cargo.toml` |
///
/// ## `on_panic`
///
/// A panic of a module is caught in the module. This key selects what the stub does then:
///
/// | value | effect |
/// |---|---|
/// | `propagate` | panics in the caller, with the module's message |
/// | `fallback` | calls the function of `or = path` with the same arguments, each `Copy` or a `&mut T`; without `or`, returns an error |
/// | `unload` | panics in the caller; the next call of a strong stub unloads the module and loads it again. The interface needs a `#[ustub]` |
///
/// ## `async fn`
///
/// ```standalone_crate
/// use dlkm_rt::{LoadError, module};
///
/// #[module(name = "fetch")]
/// pub trait Fetch {
///     /// Returns the content at `url`.
///     #[ustub]
///     async fn fetch(url: String, limit: u64) -> Result<Vec<u8>, LoadError>;
///
///     /// Returns the size of the content.
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
/// The stub is an `async fn`, and so is the driver's function. The future is `Send`. The runtime
/// has no executor; any executor works.
///
/// - Nothing happens before the first poll. The first poll loads the module, as a call does, on
///   the polling thread. If loading may take too long there, call `Kernel::load` first, on a
///   thread that may block.
/// - From then on the future keeps the module loaded, until it is ready or dropped. An attempt to
///   unload the module fails with `UnloadError::Held`. A future that was never polled holds
///   nothing.
/// - The future borrows from the arguments. `tokio::spawn` needs a future that borrows nothing.
/// - The same types may cross as with other functions. The hash of the function's type covers
///   `async`.
/// - A panic in a poll, or while the future is dropped, continues in the code that polls or drops
///   it. With `on_panic = fallback`, a panic in a poll becomes the error of the result. Such a
///   function can't have `or`, since its arguments are gone by then.
/// - A module may keep the waker of a poll. If the waker belongs to another module's executor, it
///   keeps that module loaded.
/// - `or = path` names an `async fn`, or a function that returns a `Send` future.
/// - `abi = "C"` does not support `async`.
///
/// ## `abi = "C"`: modules of any compiler
///
/// Host and module must be built by the same rustc, because Rust has no stable ABI. The modules
/// behind an interface with `abi = "C"` need not be: the stubs call them by the C ABI, so a module
/// built by another rustc, or written in C, can provide the interface. Callers see the same safe
/// functions.
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
///     /// Returns the area that `text` covers.
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
/// Every type that crosses must have the same layout for all compilers, down to the last field.
/// Other types are compile errors:
///
/// | may cross | notes |
/// |---|---|
/// | numbers up to 64 bits, `usize`, `bool`, `f32`, `f64` | |
/// | `NonZero`, `NonNull`, raw pointers, references to something with a size | |
/// | `Option` of a reference, `NonNull`, `NonZero` or an `extern "C" fn` | instead of any other `Option` or a `Result`, use a struct or enum of your own |
/// | structs with `#[derive(Interface)]` and `#[repr(C)]` or `#[repr(transparent)]` | instead of a tuple, use such a struct |
/// | enums without fields, with `#[derive(Interface)]` and `#[repr(C)]`, `#[repr(u8)]` or another integer | |
/// | arrays in structs and behind pointers | instead of an array by value, use a struct |
/// | `dlkm_rt::c::{Str, Slice, SliceMut}` | use these instead of `&str`, `String`, slices and `Vec` |
/// | `dlkm_rt::c::Callback`, and as an argument `unsafe extern "C" fn` | use these instead of closures, `dyn Trait` and `fn` |
///
/// Since no `Result` crosses, a strong stub needs `or = path`, or a result that implements
/// [`OrLoadError`](../dlkm_rt/trait.OrLoadError.html). The hash of a function's type covers the
/// alignment and the `niche` of each field, so dlkm rejects a module with other types before it
/// loads it, as with any interface.
///
/// dlkm loads an image built by another compiler if all interfaces that it provides have
/// `abi = "C"`, and if target, pointer width and processor features fit. Such an image shares no
/// Rust services with the host: it allocates with the system's allocator, its `log` and `tracing`
/// records are dropped, and its own stubs for other modules report that no kernel is booted. Its
/// panics reach the caller, as those of any module do. `dlkm header` writes the header for a module
/// in C.
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
/// | `name` | the name of the module and of its image's file | the interface's name |
/// | `kind` | the kind of module: `"misc"`, `"codec"`, … | `"misc"` |
/// | `version` | `"major.minor.patch"` | the crate's version |
/// | `desc` | a one-line description | empty |
/// | `states` | which of `[auto, loaded, static]` the module supports | all |
/// | `phases` | in which of `[boot1, boot2, init, auto]` it can be loaded | all |
/// | `critical` | no value; the host can't do without it: a boot that can't load it fails | |
/// | `load`, `unload` | a `fn(&LoadArg) -> Result<(), E>` with `E: Into<HookError>` | none |
/// | `save` | a `fn(&LoadArg) -> Result<Vec<u8>, E>`: an upgrade passes the bytes on to the next version | none |
/// | `hand_over` | the [`ModuleCell`](../dlkm_rt/struct.ModuleCell.html)s that an upgrade hands to the next version: `[LINES]` | none |
/// | `depends` | what to load first, with ranges of versions if they matter: modules, as in `["sem", "msg ^1.2"]`, or whichever module provides an interface, as in `["interface log"]` | none |
/// | `wants` | the names of modules to load with this one if they are there, before it (`"log"`, `"before log"`) or after it (`"after audit"`) | none |
/// | `weak` | the names of modules that must be installed, and are not loaded for this one | none |
/// | `idle` | how long the module stays loaded without calls, as in `"30s"`: see below | for good |
/// | `unmap` | no value; an error if the image would stay in memory after an unload: see below | |
/// | `crate` | the path of `dlkm_rt`, if another crate re-exports it | its name in `Cargo.toml` |
///
/// An image has one module, so a crate with two can't be built as an image. Linked statically, it
/// may have several.
///
/// `idle` is a whole number with a unit: `ms`, `s`, `m`, `min` or `h`. A module that has had no
/// calls for that long is unloaded when the host calls
/// [`reap`](../dlkm_rt/struct.Kernel.html#method.reap), or by a reaper that the host
/// [started](../dlkm_rt/struct.Kernel.html#method.start_reaper). The next call loads it again.
/// The interfaces of such a module must be unloadable: each has a `#[ustub]`. The module stays
/// loaded after a call of a `#[stub]`, or if a caller was built against a load-only version of the
/// interface.
///
/// An unload unmaps the image only if the types of all functions that it provides prove that no
/// caller can still have a reference to its memory: owned data in the result, borrows in the
/// arguments. A function that returns a `&str` could return a constant, so after an unload the image
/// stays in memory, and the module starts afresh in another one when it is loaded again. With
/// `unmap`, such a function is a compile error, which names the function and what it does.
///
/// # On a `mod`: a module that provides several interfaces, or none
///
/// The keys are the same; `name` defaults to the name of the `mod`. The module provides each
/// `impl` in the `mod` that is marked `#[export]`. The paths of hooks are relative to the inside of
/// the `mod`.
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
///
/// # In a framework
///
/// The macros find `dlkm_rt` by its name in the crate's `Cargo.toml`. A crate that has it only through
/// a framework writes `crate = framework::dlkm_rt`, and `#[interface(crate = framework::dlkm_rt)]` on
/// types. `cargo dlkm build` builds such a crate if it is named, with `-p`, or if its `Cargo.toml` has
/// `module = true` in `[package.metadata.dlkm]`. The framework can have a macro that writes the
/// attributes:
///
/// ```standalone_crate
/// // The framework.
/// pub use dlkm_rt;
///
/// #[macro_export]
/// macro_rules! service {
///     ($($item:tt)*) => {
///         #[$crate::dlkm_rt::module(crate = $crate::dlkm_rt)]
///         $($item)*
///     };
/// }
///
/// // A crate that uses it.
/// service! {
///     pub trait Clock {
///         #[stub]
///         fn now() -> Result<u64, dlkm_rt::LoadError>;
///     }
/// }
///
/// fn main() {
///     // No kernel is booted here, so no module can be loaded.
///     assert!(clock::now().is_err());
/// }
/// ```
#[proc_macro_attribute]
pub fn module(args: TokenStream, item: TokenStream) -> TokenStream {
    expand::module(args.into(), item.into()).into()
}

/// Declares a switch table: many modules implement one interface, and each is found by keys.
///
/// Beside the trait comes a module with the table, whose name is that of the trait in snake case and
/// `sw`: `get` finds the entry of a key, `probe` that which recognises some data (and `candidates` each
/// that does), `at` that of a number, and `entries` are all. An entry has the trait's functions as methods. It is there as soon as an
/// image of a module is installed, and no code of the module runs before the first call.
///
/// ```standalone_crate
/// mod api {
///     use dlkm_rt::{LoadError, switch};
///
///     /// Decodes one format.
///     #[switch]
///     pub trait Codec {
///         /// Decodes `input`.
///         ///
///         /// # Errors
///         /// The module can't be loaded.
///         #[ustub]
///         fn decode(input: &[u8]) -> Result<Vec<u8>, LoadError>;
///     }
/// }
///
/// // A driver. Usually it is a crate of its own, and there are many.
/// mod reverse {
///     use dlkm_rt::{LoadError, module};
///
///     pub struct Driver;
///
///     #[module(name = "reverse", keys = ["rev"], magic = [b"\x89rev"], extensions = ["rev"])]
///     impl crate::api::Codec for Driver {
///         fn decode(input: &[u8]) -> Result<Vec<u8>, LoadError> {
///             Ok(input.iter().rev().copied().collect())
///         }
///     }
/// }
///
/// use api::codecsw;
/// use dlkm_rt::{Kernel, ModuleRoot};
///
/// fn main() -> Result<(), Box<dyn std::error::Error>> {
///     Kernel::boot(ModuleRoot::none())?;
///     assert_eq!(codecsw::get("rev")?.decode(b"abc")?, b"cba");
///     assert_eq!(codecsw::probe(b"\x89rev...", None)?.module(), "reverse");
///     let error = codecsw::get("ref").unwrap_err();
///     assert_eq!(
///         error.to_string(),
///         "no module provides `codec` for `ref`; there is rev"
///     );
///     Ok(())
/// }
/// ```
///
/// # On the trait
///
/// | key | value | default |
/// |---|---|---|
/// | `name` | the interface's name | the trait's, in snake case |
/// | `table` | the name of the module with the table | `name` and `sw` |
/// | `on_panic` | as for [`module`](macro@module#on-a-trait) | `propagate` |
/// | `crate` | the path of `dlkm_rt`, if it comes from another crate | |
///
/// The functions are declared as those of [`module`](macro@module), with `#[stub]`, `#[ustub]` or
/// `#[wstub]`. They can't be `async`.
///
/// # On a driver
///
/// A driver has `#[module]`, with these keys in addition:
///
/// | key | value |
/// |---|---|
/// | `keys` | by which the table finds it, as in `["zst", "zstd"]`; without it, the module's name |
/// | `extensions` | of names of files whose content it serves, without the dot |
/// | `magic` | by which bytes it recognises data: bytes at the start, `(offset, bytes)`, or `(offset, mask, bytes)` |
///
/// Write `name` too: the default is the interface's name, and no two modules can have it.
#[proc_macro_attribute]
pub fn switch(args: TokenStream, item: TokenStream) -> TokenStream {
    expand::switch(args.into(), item.into()).into()
}

/// A strong stub: the first call loads the module, which then stays loaded. Goes on a function of a
/// `#[module]` trait; see [`module`](macro@module).
#[proc_macro_attribute]
pub fn stub(_: TokenStream, item: TokenStream) -> TokenStream {
    expand::misplaced("stub", item.into()).into()
}

/// A strong, unloadable stub: a call loads the module if necessary, and holds it until the call
/// returns. Goes on a function of a `#[module]` trait; see [`module`](macro@module).
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

/// Describes a `struct` or an `enum`, so that it may cross the boundary between host and module.
/// Implements [`Interface`](../dlkm_rt/interface/trait.Interface.html).
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
///     // dlkm compares names, offsets and values, for the type and for that of each field.
///     let kind = Kind::TYPE;
///     assert_eq!((kind.name, kind.repr, kind.size), ("Kind", "repr(u8)", 1));
///     assert_eq!(kind.variants[1].value, Some(2));
/// }
/// ```
///
/// The type of each field must be one that may cross. The implementation bounds type parameters by
/// `Interface`, as std's derives do with their traits. Documentation, visibility and attributes
/// other than `repr` are not part of the description. Fields may be private, and so may their
/// types.
///
/// | attribute | on | meaning |
/// |---|---|---|
/// | `#[interface(unsafe(opaque))]` | a field | the type of the field need not be described |
/// | `#[interface(crate = path)]` | the type | the path of `dlkm_rt`, if another crate re-exports it |
///
/// # Safety
/// With `unsafe(opaque)` you promise what the derive can't see:
///
/// - Host and module compile the field's type from the same source, or a side that does not only
///   moves the value.
/// - The value contains no code (function pointers, trait objects) and no reference to anything in
///   an image.
///
/// dlkm compares only the text, the size and the alignment of the type.
///
/// ```standalone_crate
/// # mod clock { pub struct Stamp(pub u64); }
/// #[derive(dlkm_rt::Interface)]
/// pub struct Event {
///     pub name: String,
///     // A number in a struct, from a crate that does not use dlkm.
///     #[interface(unsafe(opaque))]
///     pub at: clock::Stamp,
/// }
/// # fn main() {}
/// ```
#[proc_macro_derive(Interface, attributes(interface))]
pub fn derive_interface(item: TokenStream) -> TokenStream {
    describe::derive(item.into()).into()
}

/// Describes a trait, so that its trait objects may cross the boundary between host and module.
/// Implements [`Interface`](../dlkm_rt/interface/trait.Interface.html) for `dyn Trait`, alone and
/// with `Send`, `Sync` or both.
///
/// ```standalone_crate
/// use dlkm_rt::{LoadError, interface, module};
///
/// /// Takes the output of a codec.
/// #[interface]
/// pub trait Sink {
///     fn put(&mut self, bytes: &[u8]) -> bool;
///     fn finish(self: Box<Self>) -> u64;
///
///     /// `dyn Sink` does not have this one, so its types may be any.
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
/// The macro does not change the trait. All types in its methods must be ones that may cross, and
/// so must its supertraits, as `dyn`. Methods take `&self`, `&mut self` or `self: Box<Self>`. The
/// implementation bounds type parameters of the trait by `Interface + 'static`.
///
/// The macro has one key: `crate = path`, the path of `dlkm_rt`, if another crate re-exports it.
#[proc_macro_attribute]
pub fn interface(args: TokenStream, item: TokenStream) -> TokenStream {
    describe::interface(args.into(), item.into()).into()
}

/// Declares a tunable: a value that the administrator of the host sets. Goes on a `static` of the
/// type [`Tunable`](../dlkm_rt/struct.Tunable.html), anywhere in a driver's crate.
///
/// ```standalone_crate
/// use dlkm_rt::{LoadError, Tunable, module, tunable};
///
/// #[module]
/// pub trait Disk {
///     /// Returns the size of the buffer.
///     #[stub]
///     fn buffer() -> Result<u32, LoadError>;
/// }
///
/// pub struct Driver;
///
/// /// `disk.bufsz` in the system file.
/// #[tunable(range = 1..=4096, desc = "size of the buffer", dynamic, changed = resized)]
/// static BUFSZ: Tunable<u32> = Tunable::new(40);
///
/// /// May refuse a value while the module is loaded. `BUFSZ` has the old value until it returns.
/// fn resized(new: &u32) -> Result<(), String> {
///     match new.is_power_of_two() || *new < 64 {
///         true => Ok(()),
///         false => Err(format!("{new} is not a power of two")),
///     }
/// }
///
/// #[module]
/// impl Disk for Driver {
///     fn buffer() -> Result<u32, LoadError> {
///         Ok(BUFSZ.get())
///     }
/// }
///
/// fn main() {
///     assert_eq!(BUFSZ.get(), 40);
/// }
/// ```
///
/// | key | value | default |
/// |---|---|---|
/// | `name` | its name in the system file | the static's name in lowercase |
/// | `range` | its values: `1..=4096`, `1..` or `..=4096`, for numbers, times and sizes | all of its type |
/// | `desc` | a one-line description | empty |
/// | `dynamic` | no value; the tunable can change while the module is loaded | |
/// | `changed` | a `fn(&T) -> Result<(), E>` with `E: Into<HookError>`, for a text a `fn(&str)`: it may refuse a new value of a `dynamic` tunable | none |
/// | `crate` | the path of `dlkm_rt` | `::dlkm_rt` |
///
/// The default must be in the range; otherwise there is a compile error. Defaults and bounds are
/// constants; those of floating-point tunables are literals.
///
/// The tunable belongs to the module that its crate declares. In a crate with several modules, as a
/// host with static modules may be, it belongs to the one whose Rust module is around it.
#[proc_macro_attribute]
pub fn tunable(args: TokenStream, item: TokenStream) -> TokenStream {
    tunable::tunable(args.into(), item.into()).into()
}

/// Lets an enum without fields be the type of a tunable. Implements
/// [`TunableChoice`](../dlkm_rt/trait.TunableChoice.html): in the system file, each variant is a word,
/// its name in kebab case (`WriteBack` is `write-back`).
///
/// `#[choice(crate = path)]` on the enum names `dlkm_rt`, if it is renamed or re-exported.
#[proc_macro_derive(TunableChoice, attributes(choice))]
pub fn derive_tunable_choice(item: TokenStream) -> TokenStream {
    tunable::choice(item.into()).into()
}
