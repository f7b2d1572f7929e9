//! Direct linking: static modules that are called without a slot, for the interfaces that
//! `DLKM_STATIC` lists when a program is built. Most of this file is macros, as in `place`.
//!
//! The stub calls a symbol, and the driver's crate defines it. The definition has the type that
//! the stub's declaration gives it, for these reasons:
//!
//! 1. Both get the symbol's name from one expansion of the interface's trait. The name contains a
//!    number that no other expansion has, in any other crate, version or place, and only the
//!    interface's own macro writes definitions.
//! 2. The declaration has the type of the trait's function: beside the declaration, in `same_…`,
//!    rustc coerces the trait's function to that type.
//! 3. The definition has the type of the driver's function, and so of the trait's: in the constant
//!    beside the definition, rustc coerces the driver's function to that type. Such a coercion
//!    can change lifetimes only, and compiled code has none.
//! 4. Crates that are linked as Rust crates are from one compiler, so Rust's ABI is the same.
//! 5. The linker rejects a program with two definitions of the symbol, or with none.

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

/// Registers a module that is called directly.
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
    // By way of the export, which handles panics.
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
                // SAFETY: `EXPORT` is the export of this function, which was made with this type
                // and this calling convention.
                (unsafe { EXPORT.function::<$($convention)* $($pointer)*>() })($($arg),*)
            }
        };
    };
}
