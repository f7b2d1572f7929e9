//! A small map: a sorted list. The host's tables have few entries and are used once for each load
//! and each thread's first call, so small code matters more than speed.

use std::borrow::Borrow;
use std::cell::Cell;
use std::cmp::Ordering;

pub use dlkm_metadata::order::sort_by;

#[derive(Debug)]
pub struct Sorted<K, V> {
    all: Vec<(K, V)>,
    /// Where the last key was that was looked up: a load asks for the same few keys many times.
    last: Cell<usize>,
}

impl<K, V> Default for Sorted<K, V> {
    fn default() -> Self {
        Sorted::new()
    }
}

impl<K, V> Sorted<K, V> {
    pub const fn new() -> Self {
        Sorted {
            all: Vec::new(),
            last: Cell::new(0),
        }
    }
}

impl<K: Ord, V> Sorted<K, V> {
    /// The key's position, or where to insert it.
    fn place<Q: Ord + ?Sized>(&self, key: &Q) -> Result<usize, usize>
    where
        K: Borrow<Q>,
    {
        let compare = |(known, _): &(K, V)| known.borrow().cmp(key);
        let last = self.last.get();
        if self.all.get(last).map(compare) == Some(Ordering::Equal) {
            return Ok(last);
        }
        // Modules are often loaded in the order of their names.
        if self.all.last().map(compare).is_none_or(Ordering::is_lt) {
            self.last.set(self.all.len());
            return Err(self.all.len());
        }
        let place = self.all.binary_search_by(compare);
        let (Ok(at) | Err(at)) = place;
        self.last.set(at);
        place
    }

    pub fn get<Q: Ord + ?Sized>(&self, key: &Q) -> Option<&V>
    where
        K: Borrow<Q>,
    {
        let at = self.place(key).ok()?;
        self.all.get(at).map(|(_, value)| value)
    }

    pub fn get_mut<Q: Ord + ?Sized>(&mut self, key: &Q) -> Option<&mut V>
    where
        K: Borrow<Q>,
    {
        let at = self.place(key).ok()?;
        self.all.get_mut(at).map(|(_, value)| value)
    }

    /// The value of `key`, inserted now if it is missing.
    pub fn get_or_insert<Q: Ord + ToOwned<Owned = K> + ?Sized>(
        &mut self,
        key: &Q,
        value: impl FnOnce() -> V,
    ) -> &mut V
    where
        K: Borrow<Q>,
    {
        let at = match self.place(key) {
            Ok(at) => at,
            Err(at) => {
                self.all.insert(at, (key.to_owned(), value()));
                at
            }
        };
        &mut self.all[at].1
    }

    pub fn remove<Q: Ord + ?Sized>(&mut self, key: &Q)
    where
        K: Borrow<Q>,
    {
        if let Ok(at) = self.place(key) {
            drop(self.all.remove(at));
        }
    }

    pub fn clear(&mut self) {
        self.all.clear();
    }

    /// The entries, sorted by key.
    pub fn values_mut(&mut self) -> impl Iterator<Item = &mut V> {
        self.all.iter_mut().map(|(_, value)| value)
    }

    pub fn iter(&self) -> impl Iterator<Item = &(K, V)> {
        self.all.iter()
    }
}

#[cfg(test)]
mod tests {
    use super::Sorted;

    #[test]
    fn what_is_put_in_is_found_and_comes_out_in_order() {
        let mut map: Sorted<String, u32> = Sorted::new();
        for (name, number) in [("b", 2), ("c", 3), ("a", 1)] {
            assert_eq!(*map.get_or_insert(name, || number), number);
        }
        assert_eq!(*map.get_or_insert("b", || 9), 2, "it is there");
        let all: Vec<_> = map
            .iter()
            .map(|(name, number)| (&**name, *number))
            .collect();
        assert_eq!(all, [("a", 1), ("b", 2), ("c", 3)]);
        *map.get_mut("a").unwrap() = 7;
        map.remove("b");
        map.remove("nowhere");
        assert_eq!(
            (map.get("a"), map.get("b"), map.get("c")),
            (Some(&7), None, Some(&3))
        );
        map.clear();
        assert_eq!(map.iter().count(), 0);
    }
}
