//! The types that are code: function pointers, closures, and trait objects of std's
//! traits. Their descriptions are those of stand-ins in [`super::shapes`].

use std::error::Error;
use std::{fmt, io};

use super::description::{Form, Interface, One, Two, Type};
use super::lifetimes::{Bound, Lifetimes, List};
use super::shapes::{Closure, Function, Receiver};

/// The argument types as a list.
macro_rules! list {
    () => { () };
    ($one:ident) => { One<$one> };
    ($one:ident $($rest:ident)+) => { Two<One<$one>, list!($($rest)+)> };
}

/// The lifetimes of types, with those of `$rest` behind them. A lifetime is the bound of a `dyn`.
macro_rules! before {
    ($rest:ident) => { $rest };
    ($rest:ident $bound:lifetime) => { Bound<$bound, $rest> };
    ($rest:ident $one:ident $($more:tt)*) => { $one::Before<before!($rest $($more)*)> };
}

/// Gives each type the description of another one.
macro_rules! as_shape {
    (@ [$($param:ident)*] [$($bound:lifetime)?] $ty:ty, $shape:ty) => {
        impl<$($bound,)? $($param: Lifetimes,)* Res: Lifetimes> Lifetimes for $ty {
            type Before<Rest: List> = before!(Rest $($param)* Res $($bound)?);
        }

        // SAFETY: `TYPE` and `Parts` are those of the stand-in `$shape`, which has the size,
        // alignment, niche, arguments and result of `$ty`.
        unsafe impl<$($bound,)? $($param: Interface,)* Res: Interface> Interface for $ty {
            // The macros replace `fn(&str)` by a stand-in. The type is only seen here through an
            // alias, whose lifetimes are not visible.
            const TYPE: Type = Type {
                fixed: usize::MAX,
                ..<$shape as Interface>::TYPE
            };
            type Args = ();
            type Parts = <$shape as Interface>::Parts;
        }
    };
    ($params:tt $bound:tt $($ty:ty = $shape:ty;)*) => {
        $(as_shape! { @ $params $bound $ty, $shape })*
    };
}

macro_rules! functions {
    ($([$($arg:ident)*])*) => {$(
        as_shape! { [$($arg)*] []
            fn($($arg),*) -> Res = Function<0, list!($($arg)*), Res>;
            unsafe fn($($arg),*) -> Res = Function<1, list!($($arg)*), Res>;
            extern "C" fn($($arg),*) -> Res = Function<2, list!($($arg)*), Res>;
            unsafe extern "C" fn($($arg),*) -> Res = Function<3, list!($($arg)*), Res>;
        }
        as_shape! { [$($arg)*] ['o]
            dyn Fn($($arg),*) -> Res + 'o = Closure<0, list!($($arg)*), Res>;
            dyn Fn($($arg),*) -> Res + Send + 'o = Closure<3, list!($($arg)*), Res>;
            dyn Fn($($arg),*) -> Res + Sync + 'o = Closure<6, list!($($arg)*), Res>;
            dyn Fn($($arg),*) -> Res + Send + Sync + 'o = Closure<9, list!($($arg)*), Res>;
            dyn FnMut($($arg),*) -> Res + 'o = Closure<1, list!($($arg)*), Res>;
            dyn FnMut($($arg),*) -> Res + Send + 'o = Closure<4, list!($($arg)*), Res>;
            dyn FnMut($($arg),*) -> Res + Sync + 'o = Closure<7, list!($($arg)*), Res>;
            dyn FnMut($($arg),*) -> Res + Send + Sync + 'o = Closure<10, list!($($arg)*), Res>;
            dyn FnOnce($($arg),*) -> Res + 'o = Closure<2, list!($($arg)*), Res>;
            dyn FnOnce($($arg),*) -> Res + Send + 'o = Closure<5, list!($($arg)*), Res>;
            dyn FnOnce($($arg),*) -> Res + Sync + 'o = Closure<8, list!($($arg)*), Res>;
            dyn FnOnce($($arg),*) -> Res + Send + Sync + 'o = Closure<11, list!($($arg)*), Res>;
        }
    )*};
}

functions! { [] [A] [A B] [A B C] [A B C D] [A B C D E] [A B C D E F] }

/// Traits of std, as objects with each set of auto traits. Their methods are std's own, so
/// the name is a sufficient description.
macro_rules! objects {
    ($params:tt $($bound:path = $name:literal, $methods:ty;)*) => {$(
        object! { $params dyn $bound + 'o = $name, "", $methods }
        object! { $params dyn $bound + Send + 'o = $name, " + Send", $methods }
        object! { $params dyn $bound + Sync + 'o = $name, " + Sync", $methods }
        object! { $params dyn $bound + Send + Sync + 'o = $name, " + Send + Sync", $methods }
    )*};
}

macro_rules! object {
    ([$($param:ident)*] $ty:ty = $name:literal, $auto:literal, $methods:ty) => {
        impl<'o, $($param: Lifetimes),*> Lifetimes for $ty {
            type Before<Rest: List> = before!(Rest $($param)* 'o);
        }

        // SAFETY: the type is unsized, and `Form::Object` says that it is code.
        unsafe impl<'o, $($param: Interface),*> Interface for $ty {
            const TYPE: Type = Type {
                repr: $auto,
                ..Type::unsized_of($name, Form::Object)
            };
            type Args = list!($($param)*);
            type Parts = $methods;
        }
    };
}

objects! { []
    io::Read = "dyn Read", ();
    io::BufRead = "dyn BufRead", ();
    io::Write = "dyn Write", ();
    io::Seek = "dyn Seek", ();
    Error = "dyn Error", ();
    fmt::Debug = "dyn Debug", ();
    fmt::Display = "dyn Display", ();
    fmt::Write = "dyn fmt::Write", ();
}

// The items of an iterator cross too.
objects! { [T]
    Iterator<Item = T> = "dyn Iterator", One<Function<0, One<Receiver<1>>, Option<T>>>;
}
