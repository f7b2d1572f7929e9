//! The hash tables, by which symbols are looked up: their content leads to symbols, and to an end.

use object::elf;

use super::dynamic::Dynamic;
use super::image::Image;
use super::table::{damaged, half};
use crate::error::ReadError;
use crate::limits;

const WHAT: &str = "hash table";

/// How many symbols there are. (No other table says that.)
pub(super) fn count(image: &Image<'_>, dynamic: &Dynamic<'_>) -> Result<u32, ReadError> {
    let old = dynamic.get(elf::DT_HASH).map(|at| of_sysv(image, at));
    // The dynamic linker uses this one if there are both.
    let new = dynamic.get(elf::DT_GNU_HASH).map(|at| of_gnu(image, at));
    match (old.transpose()?, new.transpose()?) {
        (Some(count), Some(hashed)) if hashed > count => Err(damaged("its hash tables differ")),
        (Some(count), _) | (None, Some(count)) => Ok(count),
        (None, None) => Err(damaged("it has no hash table")),
    }
}

/// A header, the buckets, and for each symbol the next one of its bucket.
fn of_sysv(image: &Image<'_>, at: u64) -> Result<u32, ReadError> {
    let header = image.read(at, 8, WHAT)?;
    let (buckets, symbols) = (half(&header, 0), half(&header, 4));
    let size = (u64::from(buckets) + u64::from(symbols)) * 4;
    let table = image.read(at + 8, size, WHAT)?;
    let entry = |at: u32| half(&table, at as usize * 4);
    // No symbol is in two chains, and so no chain leads back to itself.
    let mut seen = vec![false; symbols as usize];
    for bucket in 0..buckets {
        let mut symbol = entry(bucket);
        while symbol != 0 {
            match seen.get_mut(symbol as usize) {
                Some(seen) if !*seen => *seen = true,
                _ => return Err(damaged("a chain of its hash table has no end")),
            }
            symbol = entry(buckets + symbol);
        }
    }
    Ok(symbols)
}

/// A header, a filter, the buckets, and the hashes of all symbols but the first ones; the last of
/// each bucket has a mark.
fn of_gnu(image: &Image<'_>, at: u64) -> Result<u32, ReadError> {
    let header = image.read(at, 16, WHAT)?;
    let (buckets, first, filter) = (half(&header, 0), half(&header, 4), half(&header, 8));
    let (filter_at, filter_size) = (at + 16, u64::from(filter) * 8);
    let buckets_at = filter_at + filter_size;
    let hashes_at = buckets_at + u64::from(buckets) * 4;
    image.read(filter_at, filter_size, WHAT)?;
    if !filter.is_power_of_two() || half(&header, 12) >= 64 {
        return Err(damaged("its hash table has an impossible filter"));
    }
    let table = image.read(buckets_at, u64::from(buckets) * 4, WHAT)?;
    let symbols = table.chunks_exact(4).map(|bucket| half(bucket, 0));
    let symbols = symbols.filter(|symbol| *symbol != 0);
    if symbols.clone().any(|symbol| symbol < first) {
        return Err(damaged("its hash table leads to no symbol"));
    }
    let Some(last) = symbols.max() else {
        // A module has at least its entry. Without such a symbol the table does not say how many
        // there are.
        return Err(damaged("it exports nothing"));
    };
    // From the last bucket to its mark. The other chains end there at the latest.
    let mut at = hashes_at + u64::from(last - first) * 4;
    // Within the file, or the first read fails: no overflow.
    let mut count = last;
    // Usually the mark is near.
    let mut most = 64;
    loop {
        let left = image.segments.rest(at).min(most) & !3;
        let part = image.read(at, left, WHAT)?;
        for hash in part.chunks_exact(4) {
            count += 1;
            if half(hash, 0) & 1 != 0 {
                return Ok(count);
            }
        }
        if left == 0 || u64::from(count) > limits::TABLE / 4 {
            return Err(damaged("a chain of its hash table has no end"));
        }
        at += left;
        most = 4096;
    }
}

/// The hash of a version's name: that of the older table.
pub(super) fn of_name(name: &[u8]) -> u32 {
    let mut hash: u32 = 0;
    for byte in name {
        hash = (hash << 4).wrapping_add(u32::from(*byte));
        let high = hash & 0xf000_0000;
        hash = (hash ^ (high >> 24)) & !high;
    }
    hash
}
