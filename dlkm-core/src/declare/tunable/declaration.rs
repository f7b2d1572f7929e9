//! What runs while compiling: from a static and the arguments of its attribute to the lines of the
//! metadata, and what is checked.

use std::time::Duration;

use super::kinds::{Kind, TunableType};
use super::size::Size;
use super::value::Tunable;
use dlkm_metadata::write::{DeclaredTunable, DeclaredValue};

/// The arguments of the attribute.
#[derive(Clone, Copy, Debug)]
pub struct Notes {
    /// The tunable's name.
    pub name: &'static str,
    /// Its description.
    pub desc: &'static str,
    /// Whether it can be changed while the module is loaded.
    pub dynamic: bool,
    /// The least value.
    pub min: Option<DeclaredValue>,
    /// The greatest value.
    pub max: Option<DeclaredValue>,
    /// The default as written, if that is the literal of a floating-point number.
    pub literal: &'static str,
}

/// Describes a tunable.
pub const fn declare<T: TunableType>(tunable: &Tunable<T>, notes: &Notes) -> DeclaredTunable {
    let (min, max) = match (T::KIND, notes.min, notes.max) {
        // The metadata has one type for both.
        (Kind::F32, None, None) => (
            Some(DeclaredValue::Float(f32::MIN as f64, "-3.4028235e38")),
            Some(DeclaredValue::Float(f32::MAX as f64, "3.4028235e38")),
        ),
        (_, min, max) => (min, max),
    };
    DeclaredTunable {
        name: notes.name,
        ty: word(T::KIND),
        dynamic: notes.dynamic,
        desc: notes.desc,
        default: value(tunable.default(), notes.literal),
        min,
        max,
        choices: T::WORDS,
    }
}

/// The least or the greatest value of a tunable; `literal` as in [`Notes`].
pub const fn least_or_most<T: TunableType>(
    _: &Tunable<T>,
    bound: T,
    literal: &'static str,
) -> Option<DeclaredValue> {
    Some(value(&bound, literal))
}

/// Rejects a range where it makes no sense.
///
/// # Panics
/// While compiling, if the type has no order, the range is empty, or a bound can't be written.
#[track_caller]
pub const fn check_range(tunable: &DeclaredTunable) {
    let (mut i, bounds) = (0, [tunable.min, tunable.max]);
    while i < bounds.len() {
        match bounds[i] {
            Some(DeclaredValue::Bool(_) | DeclaredValue::Text(_) | DeclaredValue::Choice(_)) => {
                panic!("only numbers, times and sizes have a range: leave `range` out")
            }
            Some(DeclaredValue::Float(_, literal)) if literal.is_empty() => {
                panic!("write the bounds of a floating-point range as literals, as in `0.0..=1.0`")
            }
            Some(DeclaredValue::Duration(time)) if !is_short(time) => {
                panic!("a time has at most 2^64 nanoseconds, which are 584 years")
            }
            _ => {}
        }
        i += 1;
    }
    if let (Some(min), Some(max)) = (tunable.min, tunable.max)
        && max.is_less(&min)
    {
        panic!("the range is empty: its least value is greater than its greatest");
    }
}

/// Rejects a default that is outside of the range, or that the metadata can't have.
///
/// # Panics
/// While compiling.
#[track_caller]
pub const fn check_default(tunable: &DeclaredTunable) {
    match tunable.default {
        DeclaredValue::Float(_, literal) if literal.is_empty() => {
            panic!("write the default of a floating-point tunable as a literal, as in `0.5`")
        }
        DeclaredValue::Choice(at) if at >= tunable.choices.len() => {
            panic!("the default is none of the enum's values")
        }
        DeclaredValue::Duration(time) if !is_short(time) => {
            panic!("a time has at most 2^64 nanoseconds, which are 584 years")
        }
        DeclaredValue::Text(text) => {
            let (mut i, bytes) = (0, text.as_bytes());
            while i < bytes.len() {
                if bytes[i].is_ascii_control() {
                    panic!("a text of one line, without control characters, can be a default");
                }
                i += 1;
            }
        }
        _ => {}
    }
    if let Some(min) = tunable.min
        && tunable.default.is_less(&min)
    {
        panic!("the default is less than the least value of the range");
    }
    if let Some(max) = tunable.max
        && max.is_less(&tunable.default)
    {
        panic!("the default is greater than the greatest value of the range");
    }
}

const fn is_short(time: Duration) -> bool {
    // The greatest number means the default.
    time.as_nanos() < u64::MAX as u128
}

/// The word for a type in metadata.
const fn word(kind: Kind) -> &'static str {
    match kind {
        Kind::Bool => "bool",
        Kind::I8 => "i8",
        Kind::I16 => "i16",
        Kind::I32 => "i32",
        Kind::I64 => "i64",
        Kind::U8 => "u8",
        Kind::U16 => "u16",
        Kind::U32 => "u32",
        Kind::U64 => "u64",
        Kind::F32 | Kind::F64 => "f64",
        Kind::Text => "text",
        Kind::Duration => "duration",
        Kind::Size => "size",
        Kind::Choice => "choice",
    }
}

/// A value, whatever its type is. Traits have no functions that run while compiling.
const fn value<T: TunableType>(value: &T, literal: &'static str) -> DeclaredValue {
    /// The value, as what its kind says that it is.
    macro_rules! is {
        ($ty:ty) => {
            // SAFETY: `TunableType` promises that the kind names the type, so both are the same.
            unsafe { *std::ptr::from_ref(value).cast::<$ty>() }
        };
    }
    match T::KIND {
        Kind::Bool => DeclaredValue::Bool(is!(bool)),
        Kind::I8 => DeclaredValue::Integer(is!(i8) as i128),
        Kind::I16 => DeclaredValue::Integer(is!(i16) as i128),
        Kind::I32 => DeclaredValue::Integer(is!(i32) as i128),
        Kind::I64 => DeclaredValue::Integer(is!(i64) as i128),
        Kind::U8 => DeclaredValue::Integer(is!(u8) as i128),
        Kind::U16 => DeclaredValue::Integer(is!(u16) as i128),
        Kind::U32 => DeclaredValue::Integer(is!(u32) as i128),
        Kind::U64 => DeclaredValue::Integer(is!(u64) as i128),
        Kind::F32 => DeclaredValue::Float(is!(f32) as f64, literal),
        Kind::F64 => DeclaredValue::Float(is!(f64), literal),
        Kind::Text => DeclaredValue::Text(is!(&'static str)),
        Kind::Duration => DeclaredValue::Duration(is!(Duration)),
        Kind::Size => DeclaredValue::Size(is!(Size).get()),
        Kind::Choice => DeclaredValue::Choice(position(value)),
    }
}

/// The position of a value among those of its enum; their number if it is none of them.
const fn position<T: TunableType>(value: &T) -> usize {
    let mut i = 0;
    while i < T::VALUES.len() {
        if same_bytes(value, &T::VALUES[i]) {
            return i;
        }
        i += 1;
    }
    i
}

const fn same_bytes<T>(one: &T, other: &T) -> bool {
    /// Byte `i` of a value.
    ///
    /// # Safety
    /// The value must have that byte, and it must be initialised.
    const unsafe fn byte<T>(value: &T, i: usize) -> u8 {
        let bytes = std::ptr::from_ref(value).cast::<u8>();
        // SAFETY: as the caller promises.
        unsafe { bytes.wrapping_add(i).read() }
    }

    let mut i = 0;
    while i < size_of::<T>() {
        // SAFETY: the byte is in the value. An enum without fields has no padding; in any other type
        // of an author's own implementation of `TunableChoice`, the compiler, which runs this,
        // rejects a byte that is not initialised.
        let one = unsafe { byte(one, i) };
        // SAFETY: as above.
        let other = unsafe { byte(other, i) };
        if one != other {
            return false;
        }
        i += 1;
    }
    true
}
