//! The functions that an interface declares: their names and types in one text. An image may declare
//! thousands, and each address in its data is one that the dynamic linker relocates at the start.

use std::fmt;

/// One function of an interface.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Function {
    /// The function's name.
    pub name: &'static str,
    /// Its type as its author wrote it: `fn(u32, usize) -> Result<SegmentId, ShmError>`.
    pub signature: &'static str,
    /// A hash of its type, down to the layout of each type in it.
    pub hash: u64,
}

/// Where a function's name and type end in the text. They begin where those of the one before end.
#[derive(Clone, Copy, Debug)]
pub struct Place {
    /// The end of its name.
    pub name: u32,
    /// The end of its type.
    pub signature: u32,
    /// The hash of its type.
    pub hash: u64,
}

/// The functions of an interface, in the trait's order.
#[derive(Clone, Copy)]
pub struct Functions {
    text: &'static str,
    places: &'static [Place],
}

impl Functions {
    /// No functions.
    pub const NONE: Self = Functions::new("", &[]);

    /// Functions whose names and types are in `text`, each name before its type.
    pub const fn new(text: &'static str, places: &'static [Place]) -> Self {
        Functions { text, places }
    }

    /// Packs functions for ever.
    #[cfg(test)]
    pub(crate) fn leaked(functions: &[Function]) -> Self {
        let mut text = String::new();
        let mut end = |part: &str| {
            text.push_str(part);
            text.len() as u32
        };
        let places = functions.iter().map(|function| Place {
            name: end(function.name),
            signature: end(function.signature),
            hash: function.hash,
        });
        let places = Vec::leak(places.collect());
        Functions::new(text.leak(), places)
    }

    /// Their number.
    pub const fn len(&self) -> usize {
        self.places.len()
    }

    /// Whether there are none.
    pub const fn is_empty(&self) -> bool {
        self.places.is_empty()
    }

    /// Function number `index`.
    ///
    /// # Panics
    /// There are not so many, or the text is shorter than the places say.
    // In the crate that calls it: an image needs nothing else of this one, and a linker that takes one of its
    // objects keeps the exception tables of that.
    #[inline]
    pub const fn get(&self, index: usize) -> Function {
        let place = self.places[index];
        let begin = match index.checked_sub(1) {
            Some(before) => self.places[before].signature as usize,
            None => 0,
        };
        let (name, end) = (place.name as usize, place.signature as usize);
        let (_, rest) = self.text.split_at(begin);
        let (its_name, rest) = rest.split_at(name - begin);
        let (signature, _) = rest.split_at(end - name);
        Function {
            name: its_name,
            signature,
            hash: place.hash,
        }
    }

    /// All functions.
    pub fn iter(self) -> impl ExactSizeIterator<Item = Function> {
        (0..self.len()).map(move |index| self.get(index))
    }
}

impl fmt::Debug for Functions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.iter()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn functions_are_unpacked_as_they_were() {
        let [first, second, third] = [
            ("größe", "fn(u32)", 1),
            ("", "", 2),
            ("b", "fn()", u64::MAX),
        ];
        let functions = [first, second, third].map(|(name, signature, hash)| Function {
            name,
            signature,
            hash,
        });
        assert!(Functions::leaked(&functions).iter().eq(functions));
        assert!(Functions::NONE.is_empty() && Functions::NONE.iter().next().is_none());
    }
}
