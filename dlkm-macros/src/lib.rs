//! The macros of `dlkm-rt`, which re-exports them. Depend on that crate, not on this one.
//!
//! Each macro parses its item into an AST of its own, checks it, and expands it. It reports all
//! mistakes of an item at once, and emits a usable item even then.

// A file uses only those behind it, left to right:
// lib > {expand, describe, modmeta, tunable} > check > parse > as_dyn > attributes > ast
//     > {idle, lifetimes, runtime, shape, switch_keys} > args
//     > {borrows, check_type, errors, first_module, paths, plain, signature, static_list, tokens}
// In `expand`: mod > {recovery, module, switch} > interface > {another, export, stub, trait_item}
//     > {direct_link, future, shapes} > driver_call > parts > {direct_symbol, shields}
// In `describe`: mod > {expand_data, expand_object} > {parse_data, parse_object}
//     > {ast, description}
// In `modmeta`: mod > {expand, parse} > check > ast, parse > cursor
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
mod modmeta;
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

#[doc = include_str!("module.md")]
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
/// | `class` | as for [`module`](macro@module#class) | `unloadable` with a `#[ustub]`, else `load_only` |
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

#[doc = include_str!("modmeta.md")]
#[proc_macro]
pub fn modmeta(statements: TokenStream) -> TokenStream {
    modmeta::modmeta(statements.into()).into()
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
