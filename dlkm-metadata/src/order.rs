//! One sort for lists of all types. Each copy of std's, which is one for each type and order, takes
//! some 6 kB of a host.

use std::cmp::Ordering;

/// Sorts, and leaves equal items in their order.
pub fn sort_by<T>(items: &mut [T], compare: impl Fn(&T, &T) -> Ordering) {
    let count = items.len();
    for (one, other) in swaps(count, &Items { items, compare }) {
        items.swap(one, other);
    }
}

/// Compares items by position. Not `dyn Fn`, whose table has three functions for each type.
trait Compare {
    fn compare(&self, one: usize, other: usize) -> Ordering;
}

struct Items<'a, T, F> {
    items: &'a [T],
    compare: F,
}

impl<T, F: Fn(&T, &T) -> Ordering> Compare for Items<'_, T, F> {
    fn compare(&self, one: usize, other: usize) -> Ordering {
        (self.compare)(&self.items[one], &self.items[other])
    }
}

/// The swaps, one after the other, that sort the items.
#[inline(never)]
fn swaps(count: usize, items: &dyn Compare) -> Vec<(usize, usize)> {
    let mut swaps = Vec::new();
    // Often they are sorted.
    if (1..count).all(|at| items.compare(at - 1, at).is_le()) {
        return swaps;
    }
    let mut order = order(count, items);
    // Each turn puts one item where it belongs, and marks the place as done.
    for first in 0..count {
        let mut at = first;
        while order[at] != first {
            let from = std::mem::replace(&mut order[at], at);
            swaps.push((at, from));
            at = from;
        }
        order[at] = at;
    }
    swaps
}

/// The positions of the items, in the order of the items: merges pairs of sorted runs, which have one item
/// each at first.
fn order(count: usize, items: &dyn Compare) -> Vec<usize> {
    let mut order: Vec<usize> = (0..count).collect();
    let mut runs = Vec::new();
    let mut length = 1;
    while length < count {
        std::mem::swap(&mut order, &mut runs);
        order.clear();
        for pair in runs.chunks(2 * length) {
            let (mut one, mut other) = pair.split_at(length.min(pair.len()));
            while let (Some(first), Some(second)) = (one.first(), other.first()) {
                // Of equal items, the first one first.
                let run = match items.compare(*first, *second).is_le() {
                    true => &mut one,
                    false => &mut other,
                };
                order.push(run[0]);
                *run = &run[1..];
            }
            order.extend_from_slice(one);
            order.extend_from_slice(other);
        }
        length *= 2;
    }
    order
}

#[cfg(test)]
mod tests {
    use super::sort_by;

    fn is_as_std(mut items: Vec<(u32, u32)>) {
        let mut expected = items.clone();
        sort_by(&mut items, |one, other| one.0.cmp(&other.0));
        expected.sort_by_key(|item| item.0);
        assert_eq!(items, expected);
    }

    /// As std's, for all lists of up to seven of four keys, and for some longer ones.
    #[test]
    fn it_sorts_and_is_stable() {
        for length in 0..8_u32 {
            for seed in 0..4_u32.pow(length) {
                let keys = (0..length).map(|at| (seed / 4_u32.pow(at) % 4, at));
                is_as_std(keys.collect());
            }
        }
        for length in 8..200_u32 {
            let keys = (0..length).map(|at| (at.wrapping_mul(0x9e37_79b9) % (length / 2), at));
            is_as_std(keys.clone().collect());
            is_as_std(keys.rev().collect());
        }
    }
}
