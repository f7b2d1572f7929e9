//! Exports: the functions that slots are bound to, around those of a driver.
//!
//! They are generic here, and not written out for each function by the macros, because a
//! function costs the compiler the same wherever it is, but a generic one only where it is used:
//! in the driver's crate, not in those of all callers.

use crate::declaration::Declaration;
use crate::interface::Signatures;
use crate::panic::contain;
use crate::stub::Code;

/// A driver of an interface, which the macros implement for a type of theirs.
pub trait Exporting {
    /// The module's name.
    const MODULE: &'static str;
    /// What the interface's trait says.
    const INTERFACE: &'static Declaration;
    /// The types of its functions.
    const SIGNATURES: Signatures;
}

macro_rules! exports {
    ($($name:ident $($arg:ident)*;)*) => { $(
        /// The export of a driver's function, which is the interface's function number `I`.
        pub const fn $name<X: Exporting, const I: usize, F, $($arg,)* R>(_: F) -> Code
        where
            F: Fn($($arg),*) -> R + Copy,
        {
            // A function of its own, as it has a frame of its own, which tells where the
            // caller's is.
            #[allow(non_snake_case)]
            fn export<X: Exporting, const I: usize, F, $($arg,)* R>($($arg: $arg),*) -> R
            where
                F: Fn($($arg),*) -> R + Copy,
            {
                let frame = 0;
                let name = (X::INTERFACE.name, X::INTERFACE.functions[I].name);
                let body = || function::<F>()($($arg),*);
                if const { X::SIGNATURES.calls_back(I) } {
                    contain::<true, _>(&frame, X::MODULE, name, body)
                } else {
                    contain::<false, _>(&frame, X::MODULE, name, body)
                }
            }
            Code::new(export::<X, I, F, $($arg,)* R> as *const ())
        }
    )* };
}

exports! {
    export0;
    export1 A;
    export2 A B;
    export3 A B C;
    export4 A B C D;
    export5 A B C D E;
    export6 A B C D E G;
    export7 A B C D E G H;
    export8 A B C D E G H J;
    export9 A B C D E G H J K;
    export10 A B C D E G H J K L;
    export11 A B C D E G H J K L M;
    export12 A B C D E G H J K L M N;
}

/// The one value of the type of a function, such as that of a driver.
const fn function<F: Copy>() -> F {
    const { assert!(size_of::<F>() == 0) };
    // SAFETY: it takes no bytes, and there is such a value: an export was made of it, of which
    // this is a copy.
    unsafe { std::mem::transmute_copy(&()) }
}
