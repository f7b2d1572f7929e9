//! Exports: the functions that slots are bound to. They wrap a driver's functions.
//!
//! They are generic here; the macros do not write one for each function. That would make
//! the compiler check each body, in the interface's crate. The generated code only names the
//! driver's function.

use super::driver::{Exporting, export};
use super::future::{ModuleFuture, module_future};
use crate::call::slot::Code;

macro_rules! exports {
    ($($name:ident $asynchronous:ident $($arg:ident)*;)*) => { $(
        /// The export of a driver's function, which is the interface's function number `I`.
        pub const fn $name<X: Exporting, const I: usize, F, $($arg,)* R>(_: F) -> Code
        where
            F: Fn($($arg),*) -> R + Copy,
        {
            // A function of its own has its own stack frame, and the caller's frame is the next
            // one.
            #[allow(non_snake_case, clippy::too_many_arguments)]
            fn bound<X: Exporting, const I: usize, F, $($arg,)* R>($($arg: $arg),*) -> R
            where
                F: Fn($($arg),*) -> R + Copy,
            {
                let frame = 0;
                export::<X, I, R>(&frame, || function::<F>()($($arg),*))
            }
            Code::new(bound::<X, I, F, $($arg,)* R> as *const ())
        }

        /// The export of a driver's async function, which is the interface's function number `I`.
        pub const fn $asynchronous<X: Exporting, const I: usize, F, $($arg,)* R>(_: F) -> Code
        where
            F: Fn($($arg),*) -> R + Copy,
            R: Future + Send,
        {
            #[allow(non_snake_case, clippy::too_many_arguments)]
            fn bound<X: Exporting, const I: usize, F, $($arg,)* R>(
                $($arg: $arg),*
            ) -> ModuleFuture<R::Output>
            where
                F: Fn($($arg),*) -> R + Copy,
                R: Future + Send,
            {
                let frame = 0;
                // SAFETY: only the stub that this export is bound to calls it. The stub is an
                // `async fn` with the same arguments, and keeps the future in its own, so it drops
                // the future before the borrows in the arguments end.
                unsafe { module_future::<X, I, R>(&frame, || function::<F>()($($arg),*)) }
            }
            Code::new(bound::<X, I, F, $($arg,)* R> as *const ())
        }
    )* };
}

exports! {
    export0 async_export0;
    export1 async_export1 A;
    export2 async_export2 A B;
    export3 async_export3 A B C;
    export4 async_export4 A B C D;
    export5 async_export5 A B C D E;
    export6 async_export6 A B C D E G;
    export7 async_export7 A B C D E G H;
    export8 async_export8 A B C D E G H J;
    export9 async_export9 A B C D E G H J K;
    export10 async_export10 A B C D E G H J K L;
    export11 async_export11 A B C D E G H J K L M;
    export12 async_export12 A B C D E G H J K L M N;
}

/// The only value of the type of a function, such as a driver's.
const fn function<F: Copy>() -> F {
    const { assert!(size_of::<F>() == 0) };
    // SAFETY: `F` has no bytes, and a value of it exists, because an export is made from one. `F`
    // is `Copy`, so there may be another.
    unsafe { std::mem::transmute_copy(&()) }
}
