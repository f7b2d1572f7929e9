//! The types of std that may cross. Their layouts depend on the compiler's release, which
//! is compared before anything else, so the name and the generic arguments are a sufficient
//! description.

use std::borrow::Cow;
use std::cell::{Cell, OnceCell, RefCell};
use std::collections::{
    BTreeMap, BTreeSet, BinaryHeap, HashMap, HashSet, LinkedList, VecDeque, hash_map::RandomState,
};
use std::convert::Infallible;
use std::ffi::{CStr, CString, OsStr, OsString, c_void};
use std::marker::{PhantomData, PhantomPinned};
use std::num::{
    IntErrorKind, NonZero, ParseFloatError, ParseIntError, Saturating, TryFromIntError, Wrapping,
};
use std::ops::{Bound, ControlFlow, Range, RangeFrom, RangeFull, RangeInclusive, RangeTo};
use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::ptr::NonNull;
use std::rc::Rc;
use std::str::{ParseBoolError, Utf8Error};
use std::string::FromUtf8Error;
use std::sync::atomic::{
    AtomicBool, AtomicI8, AtomicI16, AtomicI32, AtomicI64, AtomicIsize, AtomicPtr, AtomicU8,
    AtomicU16, AtomicU32, AtomicU64, AtomicUsize,
};
use std::sync::{Arc, Mutex, OnceLock, RwLock};
use std::time::{Duration, Instant, SystemTime};
use std::{cmp, fmt, io, net};

use super::description::{Crossing, Form, Interface, One, Two, Type, digest};
use super::lifetimes::{Lifetimes, List, Next};

const fn stable(ty: Type) -> Type {
    Type { stable: true, ..ty }
}

const fn unstable(ty: Type) -> Type {
    ty
}

const fn code(ty: Type) -> Type {
    let crossing = Crossing::Code;
    Type { crossing, ..ty }
}

/// Sized types without arguments.
macro_rules! plain {
    ($how:ident $form:ident: $($ty:ty = $name:literal,)*) => {$(
        impl Lifetimes for $ty {
            type Before<R: List> = R;
        }

        // SAFETY: `Type::of` takes size and alignment from the type itself. The type contains data
        // only, unless `$how` is `code`, which says so in `crossing`.
        unsafe impl Interface for $ty {
            const TYPE: Type = $how(Type::of::<$ty>($name, Form::$form));
            type Args = ();
            type Parts = ();
        }
    )*};
}

plain! { stable Primitive:
    u8 = "u8", u16 = "u16", u32 = "u32", u64 = "u64", usize = "usize",
    i8 = "i8", i16 = "i16", i32 = "i32", i64 = "i64", isize = "isize",
    f32 = "f32", f64 = "f64", bool = "bool", char = "char", () = "()", c_void = "c_void",
    AtomicU8 = "AtomicU8", AtomicU16 = "AtomicU16", AtomicU32 = "AtomicU32",
    AtomicU64 = "AtomicU64", AtomicUsize = "AtomicUsize",
    AtomicI8 = "AtomicI8", AtomicI16 = "AtomicI16", AtomicI32 = "AtomicI32",
    AtomicI64 = "AtomicI64", AtomicIsize = "AtomicIsize", AtomicBool = "AtomicBool",
}

plain! { unstable Primitive:
    u128 = "u128", i128 = "i128",
}

plain! { unstable Library:
    String = "String", CString = "CString", OsString = "OsString", PathBuf = "PathBuf",
    Duration = "Duration", Instant = "Instant", SystemTime = "SystemTime",
    net::IpAddr = "IpAddr", net::Ipv4Addr = "Ipv4Addr", net::Ipv6Addr = "Ipv6Addr",
    net::SocketAddr = "SocketAddr", net::SocketAddrV4 = "SocketAddrV4",
    net::SocketAddrV6 = "SocketAddrV6", net::AddrParseError = "AddrParseError",
    cmp::Ordering = "Ordering", io::ErrorKind = "ErrorKind", io::SeekFrom = "SeekFrom",
    fmt::Error = "fmt::Error", ParseIntError = "ParseIntError", IntErrorKind = "IntErrorKind",
    ParseFloatError = "ParseFloatError", ParseBoolError = "ParseBoolError",
    TryFromIntError = "TryFromIntError", Utf8Error = "Utf8Error", FromUtf8Error = "FromUtf8Error",
    Infallible = "Infallible", RangeFull = "RangeFull", PhantomPinned = "PhantomPinned", RandomState = "RandomState",
}

// An `io::Error` may hold a `Box<dyn Error>`.
plain! { code Library:
    io::Error = "io::Error",
}

/// Unsized types without arguments.
macro_rules! unsized_plain {
    ($form:ident: $($ty:ty = $name:literal,)*) => {$(
        impl Lifetimes for $ty {
            type Before<R: List> = R;
        }

        // SAFETY: the type is unsized and consists of bytes.
        unsafe impl Interface for $ty {
            const TYPE: Type = Type::unsized_of($name, Form::$form);
            type Args = ();
            type Parts = ();
        }
    )*};
}

unsized_plain! { Primitive:
    str = "str",
}

unsized_plain! { Library:
    Path = "Path", OsStr = "OsStr", CStr = "CStr",
}

/// Generic types of std that hold values of their arguments.
macro_rules! generic {
    (@ $crossing:ident, $form:ident, $name:literal, $ty:ty, [$($param:ident $(: ?$sized:ident)?),+]) => {
        impl<$($param: Lifetimes $(+ ?$sized)?),+> Lifetimes for $ty {
            type Before<Rest: List> = before!(Rest; $($param),+);
        }

        // SAFETY: `Type::of` takes size and alignment from the type itself. It contains values of
        // its arguments, which are its parts, and nothing else.
        unsafe impl<$($param: Interface $(+ ?$sized)?),+> Interface for $ty {
            const TYPE: Type = Type {
                crossing: Crossing::$crossing,
                ..Type::of::<$ty>($name, Form::$form)
            };
            type Args = list!($($param),+);
            type Parts = list!($($param),+);
        }
    };
    ($crossing:ident $form:ident: $($name:literal = $ty:ty, $params:tt;)*) => {
        $(generic! { @ $crossing, $form, $name, $ty, $params })*
    };
}

/// The lifetimes of types, with those of `$rest` behind them.
macro_rules! before {
    ($rest:ident;) => { $rest };
    ($rest:ident; $one:ident $(, $more:ident)*) => {
        $one::Before<before!($rest; $($more),*)>
    };
}

/// A list of types.
macro_rules! list {
    ($one:ty) => { One<$one> };
    ($one:ty, $($rest:ty),+) => { Two<One<$one>, list!($($rest),+)> };
}

generic! { Data Library:
    "Vec" = Vec<T>, [T];
    "VecDeque" = VecDeque<T>, [T];
    "LinkedList" = LinkedList<T>, [T];
    "BinaryHeap" = BinaryHeap<T>, [T];
    "BTreeSet" = BTreeSet<T>, [T];
    "BTreeMap" = BTreeMap<K, V>, [K, V];
    "Pin" = Pin<P>, [P];
    "Result" = Result<T, E>, [T, E];
    "Bound" = Bound<T>, [T];
    "ControlFlow" = ControlFlow<B, C>, [B, C];
    "Range" = Range<T>, [T];
    "RangeFrom" = RangeFrom<T>, [T];
    "RangeTo" = RangeTo<T>, [T];
    "RangeInclusive" = RangeInclusive<T>, [T];
    "Wrapping" = Wrapping<T>, [T];
    "Saturating" = Saturating<T>, [T];
    "Reverse" = cmp::Reverse<T>, [T];
}

generic! { Data Smart:
    "Box" = Box<T>, [T: ?Sized];
    "Rc" = Rc<T>, [T: ?Sized];
}

// An empty one points to a static of its image's copy of std instead of a heap block.
generic! { Empty Library:
    "HashSet" = HashSet<T, S>, [T, S];
    "HashMap" = HashMap<K, V, S>, [K, V, S];
}

impl<T: Lifetimes + ?Sized> Lifetimes for Arc<T> {
    type Before<R: List> = T::Before<R>;
}

// SAFETY: `Type::of` takes size and alignment from the type itself; the `T` it points to is its
// part, and `crossing` says what the default of a slice or text refers to.
unsafe impl<T: Interface + ?Sized> Interface for Arc<T> {
    const TYPE: Type = Type {
        // The default of a slice or text is a static of its image's copy of std.
        crossing: match T::TYPE.form {
            Form::Slice => Crossing::Empty,
            Form::Primitive | Form::Library if T::TYPE.align == 0 => Crossing::Empty,
            _ => Crossing::Data,
        },
        ..Type::of::<Self>("Arc", Form::Smart)
    };
    type Args = One<T>;
    type Parts = One<T>;
}

generic! { Cell Library:
    "Cell" = Cell<T>, [T];
    "RefCell" = RefCell<T>, [T];
    "OnceCell" = OnceCell<T>, [T];
    "OnceLock" = OnceLock<T>, [T];
    "Mutex" = Mutex<T>, [T];
    "RwLock" = RwLock<T>, [T];
    "AtomicPtr" = AtomicPtr<T>, [T];
}

macro_rules! nonzero {
    ($($number:ty)*) => {$(
        impl Lifetimes for NonZero<$number> {
            type Before<R: List> = R;
        }

        // SAFETY: it has the layout of the number, see
        // https://doc.rust-lang.org/std/num/struct.NonZero.html#layout.
        unsafe impl Interface for NonZero<$number> {
            const TYPE: Type = stable(Type::of::<Self>("NonZero", Form::Library));
            type Args = One<$number>;
            type Parts = One<$number>;
        }
    )*};
}

nonzero! { u8 u16 u32 u64 usize i8 i16 i32 i64 isize }

/// Whether std promises that `Option` of it has the same layout, with `None` as zero: see
/// <https://doc.rust-lang.org/std/option/index.html#representation>.
const fn has_null(ty: &Type) -> bool {
    let pointer = matches!(ty.form, Form::Ref | Form::RefMut | Form::Function);
    ty.stable && (pointer || is_named(ty, "NonZero") || is_named(ty, "NonNull"))
}

const fn is_named(ty: &Type, name: &str) -> bool {
    matches!(ty.form, Form::Library) && ty.digest == digest(name)
}

impl<T: Lifetimes + ?Sized> Lifetimes for NonNull<T> {
    type Before<R: List> = T::Before<R>;
}

// SAFETY: like a raw pointer, it gives access to a `T`, its part; it is `stable` only if it is one
// address, see https://doc.rust-lang.org/std/ptr/struct.NonNull.html#representation.
unsafe impl<T: Interface + ?Sized> Interface for NonNull<T> {
    const TYPE: Type = Type {
        stable: size_of::<Self>() == size_of::<usize>(),
        ..Type::of::<Self>("NonNull", Form::Library)
    };
    type Args = One<T>;
    type Parts = One<*mut T>;
}

impl<T: Lifetimes> Lifetimes for Option<T> {
    type Before<R: List> = T::Before<R>;
}

// SAFETY: it contains a `T`, its part. It is `stable` only around a stable pointer that is not
// null or number that is not zero, whose layout it then has, see
// https://doc.rust-lang.org/std/option/index.html#representation.
unsafe impl<T: Interface> Interface for Option<T> {
    const TYPE: Type = Type {
        stable: has_null(&T::TYPE),
        ..Type::of::<Self>("Option", Form::Library)
    };
    type Args = One<T>;
    type Parts = One<T>;
}

impl<'a, B: Lifetimes + ToOwned + ?Sized> Lifetimes for Cow<'a, B> {
    type Before<R: List> = Next<'a, B::Before<R>>;
}

// SAFETY: it contains a `&B` or a `B::Owned`, which its parts list.
unsafe impl<'a, B: Interface + ToOwned<Owned: Interface> + ?Sized> Interface for Cow<'a, B> {
    const TYPE: Type = Type::of::<Self>("Cow", Form::Library);
    type Args = One<B>;
    type Parts = Two<One<&'a B>, One<B::Owned>>;
}

impl<T: Lifetimes + ?Sized> Lifetimes for PhantomData<T> {
    type Before<R: List> = T::Before<R>;
}

// SAFETY: it has no bytes, so every compiler gives it this layout. Its argument may still be used
// through it, so it is its part.
unsafe impl<T: Interface + ?Sized> Interface for PhantomData<T> {
    const TYPE: Type = stable(Type::of::<Self>("PhantomData", Form::Library));
    type Args = One<T>;
    type Parts = One<T>;
}

impl<'a> Lifetimes for fmt::Arguments<'a> {
    type Before<R: List> = Next<'a, R>;
}

// SAFETY: it refers to values of `dyn Display` and the like, which its parts list.
unsafe impl<'a> Interface for fmt::Arguments<'a> {
    const TYPE: Type = Type::of::<Self>("fmt::Arguments", Form::Library);
    type Args = ();
    type Parts = One<&'a dyn fmt::Display>;
}

impl<'a> Lifetimes for fmt::Formatter<'a> {
    type Before<R: List> = Next<'a, R>;
}

// SAFETY: it refers to a `dyn fmt::Write`, which its parts list.
unsafe impl<'a> Interface for fmt::Formatter<'a> {
    const TYPE: Type = Type::of::<Self>("fmt::Formatter", Form::Library);
    type Args = ();
    type Parts = One<&'a mut dyn fmt::Write>;
}

/// Describes a pointer. It is stable if it is one address: then every compiler lays it out alike.
const fn pointer<P>(form: Form) -> Type {
    Type {
        stable: size_of::<P>() == size_of::<usize>(),
        ..Type::of::<P>("", form)
    }
}

impl<'a, T: Lifetimes + ?Sized> Lifetimes for &'a T {
    type Before<R: List> = Next<'a, T::Before<R>>;
}

// SAFETY: size and alignment are from the type itself; the `T` it gives access to is its part.
unsafe impl<T: Interface + ?Sized> Interface for &T {
    const TYPE: Type = pointer::<Self>(Form::Ref);
    type Args = ();
    type Parts = One<T>;
}

impl<'a, T: Lifetimes + ?Sized> Lifetimes for &'a mut T {
    type Before<R: List> = Next<'a, T::Before<R>>;
}

// SAFETY: size and alignment are from the type itself; the `T` it gives access to is its part.
unsafe impl<T: Interface + ?Sized> Interface for &mut T {
    const TYPE: Type = pointer::<Self>(Form::RefMut);
    type Args = ();
    type Parts = One<T>;
}

impl<T: Lifetimes + ?Sized> Lifetimes for *const T {
    type Before<R: List> = T::Before<R>;
}

// SAFETY: size and alignment are from the type itself; the `T` it gives access to is its part.
unsafe impl<T: Interface + ?Sized> Interface for *const T {
    const TYPE: Type = pointer::<Self>(Form::Pointer);
    type Args = ();
    type Parts = One<T>;
}

impl<T: Lifetimes + ?Sized> Lifetimes for *mut T {
    type Before<R: List> = T::Before<R>;
}

// SAFETY: size and alignment are from the type itself; the `T` it gives access to is its part.
unsafe impl<T: Interface + ?Sized> Interface for *mut T {
    const TYPE: Type = pointer::<Self>(Form::PointerMut);
    type Args = ();
    type Parts = One<T>;
}

impl<T: Lifetimes> Lifetimes for [T] {
    type Before<R: List> = T::Before<R>;
}

// SAFETY: the type is unsized and consists of values of `T`, its part.
unsafe impl<T: Interface> Interface for [T] {
    const TYPE: Type = Type::unsized_of("", Form::Slice);
    type Args = ();
    type Parts = One<T>;
}

impl<T: Lifetimes, const N: usize> Lifetimes for [T; N] {
    type Before<R: List> = T::Before<R>;
}

// SAFETY: it consists of `N` consecutive values of `T`, its part, see
// https://doc.rust-lang.org/reference/type-layout.html#array-layout.
unsafe impl<T: Interface, const N: usize> Interface for [T; N] {
    const TYPE: Type = stable(Type::of::<Self>("", Form::Array(N)));
    type Args = ();
    type Parts = One<T>;
}

macro_rules! tuples {
    ($($first:ident $($rest:ident)*;)*) => {$(
        impl<$first: Lifetimes, $($rest: Lifetimes),*> Lifetimes for ($first, $($rest),*) {
            type Before<Rest: List> = before!(Rest; $first $(, $rest)*);
        }

        // SAFETY: it contains a value of each of its parts.
        unsafe impl<$first: Interface, $($rest: Interface),*> Interface for ($first, $($rest),*) {
            const TYPE: Type = Type::of::<Self>("", Form::Tuple);
            type Args = ();
            type Parts = list!($first $(, $rest)*);
        }
    )*};
}

tuples! {
    A; A B; A B C; A B C D; A B C D E; A B C D E F; A B C D E F G; A B C D E F G H;
    A B C D E F G H I; A B C D E F G H I J; A B C D E F G H I J K; A B C D E F G H I J K L;
}
