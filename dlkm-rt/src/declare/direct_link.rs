//! Direct linking: static modules that are called without a slot, for the interfaces that
//! `DLKM_STATIC` lists where a program is built. Text, as in `place`, but for a list.
//!
//! The stub calls a symbol, and the driver's crate defines it. That the definition has the type
//! that the stub's declaration gives it:
//!
//! - Both have the symbol's name from one expansion of the interface's trait. It has a number in
//!   it that no other expansion has, of another crate, version or place, and definitions are
//!   written by the interface's own macro alone.
//! - The declaration's type is that of the trait's function: rustc takes the trait's function for
//!   it in `same_…`, beside the declaration.
//! - The definition's type is that of the driver's function, and so the trait's: rustc takes the
//!   driver's for it in the constant beside the definition. Where a function becomes a pointer,
//!   types may differ in lifetimes only, which there are none of in compiled code.
//! - Crates that are linked as Rust crates are of one compiler, so Rust's ABI is one.
//! - A linker takes two definitions in a program for an error, and none as well.

use crate::declare::module::Wrapper;

/// One interface of a static module that is called directly.
#[derive(Debug)]
pub struct Direct {
    /// The interface's name.
    pub interface: &'static str,
    /// The module.
    pub module: &'static Wrapper,
}

/// The interfaces of this image that are called directly.
#[linkme::distributed_slice]
pub static DLKM_DIRECT: [Direct];

/// Tells the kernel of a module that is called directly.
#[doc(hidden)]
#[macro_export]
macro_rules! __direct_module {
    ($interface:literal, $wrapper:ident) => {
        const _: () = {
            #[$crate::private::distributed_slice($crate::private::DLKM_DIRECT)]
            #[linkme(crate = $crate::private::linkme)]
            static DIRECT: $crate::private::Direct = $crate::private::Direct {
                interface: $interface,
                module: &$wrapper,
            };
        };
    };
}

/// Defines the symbol of one function of a driver.
#[doc(hidden)]
#[macro_export]
macro_rules! __direct_function {
    (
        call, $symbol:literal, [$($allow:tt)*]
        [$($kept:tt)*] [$($rest:tt)*] [$($signature:tt)*] [$($pointer:tt)*]
        [$($driver:tt)*] [$name:ident] [$($arg:ident),*]
    ) => {
        $($kept)*
        $($allow)*
        const _: () = {
            const _: $($signature)* = $($driver)*::$name;

            #[unsafe(export_name = $symbol)]
            fn direct $($rest)* {
                $($driver)*::$name($($arg),*)
            }
        };
    };
    // By the way of the export, which deals with panics.
    (
        [$($convention:tt)*] $index:literal, $symbol:literal, [$($allow:tt)*]
        [$($kept:tt)*] [$($rest:tt)*] [$($signature:tt)*] [$($pointer:tt)*]
        [$($driver:tt)*] [$name:ident] [$($arg:ident),*]
    ) => {
        $($kept)*
        $($allow)*
        const _: () = {
            const _: $($signature)* = $($driver)*::$name;
            const EXPORT: $crate::private::Code = $($driver)*::DLKM_EXPORTS.functions[$index];

            #[unsafe(export_name = $symbol)]
            fn direct $($rest)* {
                // SAFETY: the export of this function, which has its type and this convention.
                (unsafe { EXPORT.function::<$($convention)* $($pointer)*>() })($($arg),*)
            }
        };
    };
}
