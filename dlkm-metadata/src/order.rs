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

/// Where an item is. Not `Copy`: for types that are, std's sort has a sorting network of 8 kB.
struct Position(usize);

/// The swaps, one after the other, that sort the items.
#[inline(never)]
fn swaps(count: usize, items: &dyn Compare) -> Vec<(usize, usize)> {
    let mut order: Vec<_> = (0..count).map(Position).collect();
    order.sort_unstable_by(|one, other| items.compare(one.0, other.0).then(one.0.cmp(&other.0)));
    let mut swaps = Vec::new();
    // Each turn puts one item where it belongs, and marks the place as done.
    for first in 0..count {
        let mut at = first;
        while order[at].0 != first {
            let from = std::mem::replace(&mut order[at].0, at);
            swaps.push((at, from));
            at = from;
        }
        order[at].0 = at;
    }
    swaps
}

#[cfg(test)]
mod tests {
    use super::sort_by;

    /// As std's, for all lists of up to seven of four keys.
    #[test]
    fn it_sorts_and_is_stable() {
        for length in 0..8_u32 {
            for seed in 0..4_u32.pow(length) {
                let keys = (0..length).map(|at| (seed / 4_u32.pow(at) % 4, at));
                let mut items: Vec<_> = keys.collect();
                let mut expected = items.clone();
                sort_by(&mut items, |one, other| one.0.cmp(&other.0));
                expected.sort_by_key(|item| item.0);
                assert_eq!(items, expected);
            }
        }
    }
}
