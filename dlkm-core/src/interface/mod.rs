//! What may cross the boundary between host and module, described at compile time.
//!
//! A type that crosses implements [`Interface`], by `#[derive(Interface)]` where it is
//! declared. From the description the compiler computes the hash and the readable text of each
//! function, and checks that nothing can cross that must not, such as a trait object of a module
//! that may be unloaded.
//!
//! A description consists of a constant, [`Type`], and a type that lists the types it consists of,
//! [`Parts`]. The list is a type and not part of the constant because the constant of a recursive
//! type would contain itself, and could not be computed.

mod check;
mod check_c;
mod code_types;
pub mod describe;
mod description;
mod fault;
mod harmless;
mod hidden;
mod identity;
mod leads;
mod lifetimes;
mod name;
mod obstacle;
mod obstacles;
mod owned;
mod paragraph;
mod part;
mod shapes;
mod std_types;
mod unmap;
mod way;

pub use check::{argument, result};
pub use check_c::{c_argument, c_result};
pub use describe::{Shape, Signature, Signatures, shape, utf8};
pub use description::{
    Crossing, Field, Form, Interface, One, Parts, Two, Type, Variant, Written, digest, mixed,
};
pub use hidden::{Open, Probe};
#[doc(hidden)]
pub use lifetimes::{Bound, Differ, Given, Lifetimes, List, Next, Same};
pub use name::c_text;
pub use obstacles::Obstacles;
pub use owned::check_owned;
#[doc(hidden)]
pub use part::{HasPart, Holds, Part};
pub use shapes::{Arguments, Auto, Closure, Function, Never, Opaque, Receiver, Reference};
pub use unmap::Marks;

#[cfg(test)]
mod tests;
