//! Sizes in bytes.

use std::fmt;

use dlkm_system::Value;

/// A size in bytes, for a [`Tunable`](crate::Tunable): the system file has it with a unit, as in
/// `64KiB`.
///
/// ```
/// use dlkm_rt::Size;
///
/// assert_eq!(Size::kib(64).get(), 65536);
/// assert_eq!(Size::bytes(3 << 20).to_string(), "3MiB");
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(transparent)]
pub struct Size(u64);

impl Size {
    /// So many bytes.
    pub const fn bytes(bytes: u64) -> Self {
        Size(bytes)
    }

    /// So many times 1024 bytes.
    ///
    /// # Panics
    /// The size has more than 2⁶⁴ bytes.
    pub const fn kib(number: u64) -> Self {
        Size(times(number, 1 << 10))
    }

    /// So many times 1024² bytes.
    ///
    /// # Panics
    /// The size has more than 2⁶⁴ bytes.
    pub const fn mib(number: u64) -> Self {
        Size(times(number, 1 << 20))
    }

    /// So many times 1024³ bytes.
    ///
    /// # Panics
    /// The size has more than 2⁶⁴ bytes.
    pub const fn gib(number: u64) -> Self {
        Size(times(number, 1 << 30))
    }

    /// The number of bytes.
    pub const fn get(self) -> u64 {
        self.0
    }
}

const fn times(number: u64, unit: u64) -> u64 {
    match number.checked_mul(unit) {
        Some(bytes) => bytes,
        None => panic!("the size has more than 2^64 bytes"),
    }
}

/// In its largest binary unit without a fraction: `64KiB`.
impl fmt::Display for Size {
    #[inline]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&Value::Size(self.0).to_string())
    }
}
