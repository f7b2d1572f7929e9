//! Types whose values have a place of their own size, which is read and written atomically.

use std::sync::atomic::{
    AtomicBool, AtomicI8, AtomicI16, AtomicI32, AtomicI64, AtomicU8, AtomicU16, AtomicU32,
    AtomicU64, Ordering::Relaxed,
};

use super::kinds::{Cell, Kind, Raw, Stored, TunableType};
use super::size::Size;

/// A type, the atomic that its place is, how a value becomes that atomic's and comes from it, and
/// how it becomes 64 bits and comes from them.
macro_rules! places {
    ($(
        $ty:ident: $kind:ident, $atomic:ident,
        $inner:expr, $outer:expr, $widen:expr, $narrow:expr;
    )*) => {
        $(
            const _: () = assert!(
                size_of::<$ty>() == size_of::<$atomic>() && align_of::<$ty>() == align_of::<$atomic>()
            );

            impl Cell<$ty> {
                fn atomic(&self) -> &$atomic {
                    // SAFETY: the place is as large and as aligned as the atomic, as the constant
                    // above ensures, and lives as long as `self`. Only this function accesses it
                    // (`Cell` invariant 1), so all accesses are those of this atomic.
                    unsafe { $atomic::from_ptr(self.place.get().cast()) }
                }
            }

            // SAFETY: the kind is that of the type. The functions access the place by `atomic` only.
            unsafe impl TunableType for $ty {
                type Read = $ty;
                type New = $ty;
                type Extra = ();
                const EXTRA: () = ();
                const KIND: Kind = Kind::$kind;

                #[inline(always)]
                fn read(cell: &Cell<Self>) -> $ty {
                    // Relaxed: the value says nothing about other memory.
                    ($outer)(cell.atomic().load(Relaxed))
                }

                fn write(cell: &Cell<Self>, raw: Raw<'_>) {
                    let value = Self::with(cell, raw, |value| ($inner)(*value));
                    cell.atomic().store(value, Relaxed);
                }

                #[inline]
                fn stored(cell: &Cell<Self>) -> Stored {
                    Stored::Bits(($widen)(Self::read(cell)))
                }

                fn with<R>(cell: &Cell<Self>, raw: Raw<'_>, body: impl FnOnce(&$ty) -> R) -> R {
                    body(&match raw {
                        Raw::Bits(bits) => ($narrow)(bits),
                        Raw::Default | Raw::Text(_) => cell.default,
                    })
                }
            }
        )*
    };
}

/// Integers: the bits that a narrower type lacks are those of its sign.
macro_rules! integers {
    ($($ty:ident: $kind:ident, $atomic:ident;)*) => {
        places! {
            $($ty: $kind, $atomic,
                |value| value, |value| value, |value: $ty| value as u64, |bits: u64| bits as $ty;)*
        }
    };
}

integers! {
    i8: I8, AtomicI8;
    i16: I16, AtomicI16;
    i32: I32, AtomicI32;
    i64: I64, AtomicI64;
    u8: U8, AtomicU8;
    u16: U16, AtomicU16;
    u32: U32, AtomicU32;
    u64: U64, AtomicU64;
}

places! {
    bool: Bool, AtomicBool,
        |value| value, |value| value, u64::from, |bits: u64| bits != 0;
    f32: F32, AtomicU32,
        f32::to_bits, f32::from_bits, single_bits, |bits: u64| f64::from_bits(bits) as f32;
    f64: F64, AtomicU64,
        f64::to_bits, f64::from_bits, f64::to_bits, f64::from_bits;
    Size: Size, AtomicU64,
        Size::get, Size::bytes, Size::get, Size::bytes;
}

/// The `f64` with the same shortest digits, since these are what a person wrote.
#[inline]
fn single_bits(value: f32) -> u64 {
    let same = value.to_string().parse().unwrap_or(f64::from(value));
    same.to_bits()
}
