//! The function that a call goes to, by the number of its arguments. The compiler infers the types
//! from the call: it checks that in less time than a type with `_` in it.

use super::slot::Code;
use super::stub::Stubs;

macro_rules! functions {
    ($($name:ident $($arg:ident)*;)*) => {
        impl Code {
            $(
                /// See [`Code::function`].
                ///
                /// # Safety
                /// It must be the address of a function of this type.
                #[inline(always)]
                pub const unsafe fn $name<$($arg,)* R>(self) -> fn($($arg),*) -> R {
                    // SAFETY: the caller promises that it is such a function.
                    unsafe { self.function() }
                }
            )*
        }

        impl<const N: usize> Stubs<N> {
            $(
                /// See [`Stubs::function`].
                ///
                /// # Safety
                /// The interface's function number `index` must have this type.
                #[inline(always)]
                pub unsafe fn $name<$($arg,)* R>(&self, index: usize) -> fn($($arg),*) -> R {
                    // SAFETY: the caller promises that the function has this type.
                    unsafe { self.function(index) }
                }
            )*
        }
    };
}

functions! {
    function0;
    function1 A;
    function2 A B;
    function3 A B C;
    function4 A B C D;
    function5 A B C D E;
    function6 A B C D E G;
    function7 A B C D E G H;
    function8 A B C D E G H J;
    function9 A B C D E G H J K;
    function10 A B C D E G H J K L;
    function11 A B C D E G H J K L M;
    function12 A B C D E G H J K L M O;
}
