//! What is in a table, and what is said of one that is wrong.

use crate::error::ReadError;

/// Not inlined: there are many callers, and no valid module takes this path.
#[cold]
#[inline(never)]
pub(super) fn damaged(what: &str) -> ReadError {
    ReadError::Damaged(what.to_owned())
}

/// The numbers in a table: the byte order of x86-64, and no alignment.
pub(super) fn word(bytes: &[u8], at: usize) -> u64 {
    number::<8>(bytes, at)
}

pub(super) fn half(bytes: &[u8], at: usize) -> u32 {
    number::<4>(bytes, at) as u32
}

fn number<const SIZE: usize>(bytes: &[u8], at: usize) -> u64 {
    let mut number = [0; 8];
    number[..SIZE].copy_from_slice(&bytes[at..at + SIZE]);
    u64::from_le_bytes(number)
}
