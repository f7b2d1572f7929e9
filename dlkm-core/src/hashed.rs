//! A hash table of positions in a list that nothing changes.

/// Where a list has the entries with a key. The list itself is elsewhere: the caller compares.
#[derive(Debug)]
pub struct Hashed {
    /// Positions in the list, plus 1; 0 for an empty place. Their number is a power of 2, at least
    /// twice that of the entries.
    places: Vec<u32>,
}

impl Hashed {
    /// The table of a list with these keys, of which there are `count`.
    #[inline]
    pub fn new<'a>(count: usize, keys: impl Iterator<Item = &'a str>) -> Self {
        let mut places = vec![0; (count * 2).next_power_of_two()];
        let mask = places.len() - 1;
        for (position, key) in (1..).zip(keys.take(count)) {
            let mut at = hash(key) & mask;
            while places[at] != 0 {
                at = (at + 1) & mask;
            }
            places[at] = position;
        }
        Hashed { places }
    }

    /// The positions of all entries with this key, in their order, and of some with other keys.
    #[inline]
    pub fn positions(&self, key: &str) -> impl Iterator<Item = usize> {
        let mask = self.places.len() - 1;
        let mut at = hash(key) & mask;
        std::iter::from_fn(move || {
            // At least half of the places are empty, so this comes to an end.
            let position = self.places[at].checked_sub(1)?;
            at = (at + 1) & mask;
            Some(position as usize)
        })
    }
}

/// FNV-1a. The keys are those of installed modules, so no one gains by collisions.
#[inline]
fn hash(key: &str) -> usize {
    let start = 0xcbf2_9ce4_8422_2325_u64;
    let step = |hash: u64, byte: u8| (hash ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3);
    let hash = key.bytes().fold(start, step);
    (hash ^ (hash >> 32)) as usize
}

#[cfg(test)]
mod tests {
    use super::Hashed;

    #[test]
    fn each_key_is_found_at_all_its_positions() {
        for count in [0, 1, 2, 3, 100, 1000] {
            let keys: Vec<String> = (0..count).map(|at| format!("key{}", at % 300)).collect();
            let table = Hashed::new(count, keys.iter().map(String::as_str));
            for key in ["key0", "key7", "key299", "none"] {
                let found = table.positions(key).filter(|at| keys[*at] == key);
                let expected = (0..count).filter(|at| keys[*at] == key);
                assert!(found.eq(expected), "{key} of {count}");
            }
        }
    }
}
