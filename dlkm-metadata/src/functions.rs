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
struct Place {
    name: u32,
    signature: u32,
    hash: u64,
}

/// `N` functions, with names and types of `LENGTH` bytes.
///
/// # Invariants
/// 1. `text` is `N` times a name and a type, and `places` says in order where each ends.
#[derive(Debug)]
pub struct Packed<const N: usize, const LENGTH: usize> {
    text: [u8; LENGTH],
    places: [Place; N],
}

impl<const N: usize, const LENGTH: usize> Packed<N, LENGTH> {
    /// Packs functions.
    ///
    /// # Panics
    /// `LENGTH` is not the [`length`] of their names and types.
    pub const fn new(functions: &[Function; N]) -> Self {
        let mut text = [0; LENGTH];
        let mut places = [Place {
            name: 0,
            signature: 0,
            hash: 0,
        }; N];
        let mut rest: &mut [u8] = &mut text;
        let mut i = 0;
        while i < N {
            let Function {
                name,
                signature,
                hash,
            } = functions[i];
            let (place, after) = rest.split_at_mut(name.len());
            place.copy_from_slice(name.as_bytes());
            let (place, after) = after.split_at_mut(signature.len());
            place.copy_from_slice(signature.as_bytes());
            let end = LENGTH - after.len();
            places[i] = Place {
                name: (end - signature.len()) as u32,
                signature: end as u32,
                hash,
            };
            rest = after;
            i += 1;
        }
        assert!(rest.is_empty(), "a text longer than its functions");
        Packed { text, places }
    }

    /// The functions.
    pub const fn functions(&'static self) -> Functions {
        Functions {
            text: &self.text,
            places: &self.places,
        }
    }
}

/// The length of the names and types of functions, in bytes.
pub const fn length(functions: &[Function]) -> usize {
    let (mut i, mut length) = (0, 0);
    while i < functions.len() {
        length += functions[i].name.len() + functions[i].signature.len();
        i += 1;
    }
    length
}

/// The functions of an interface, in the trait's order.
///
/// # Invariants
/// 1. They are the fields of a [`Packed`].
#[derive(Clone, Copy)]
pub struct Functions {
    text: &'static [u8],
    places: &'static [Place],
}

impl Functions {
    /// No functions.
    pub const NONE: Self = Functions {
        text: &[],
        places: &[],
    };

    /// Packs functions for ever.
    #[cfg(test)]
    pub(crate) fn leaked(functions: &[Function]) -> Self {
        let mut text = Vec::new();
        let mut end = |part: &str| {
            text.extend(part.bytes());
            text.len() as u32
        };
        let places = functions.iter().map(|function| Place {
            name: end(function.name),
            signature: end(function.signature),
            hash: function.hash,
        });
        let places = Vec::leak(places.collect());
        Functions {
            text: Vec::leak(text),
            places,
        }
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
    /// There are not so many.
    pub const fn get(&self, index: usize) -> Function {
        let place = self.places[index];
        let begin = match index.checked_sub(1) {
            Some(before) => self.places[before].signature as usize,
            None => 0,
        };
        let (name, end) = (place.name as usize, place.signature as usize);
        Function {
            name: self.part(begin, name),
            signature: self.part(name, end),
            hash: place.hash,
        }
    }

    /// A whole name or type.
    const fn part(&self, begin: usize, end: usize) -> &'static str {
        let (text, _) = self.text.split_at(end);
        let (_, part) = text.split_at(begin);
        // SAFETY: by `Packed` invariant 1 the bytes of a `&str`.
        unsafe { std::str::from_utf8_unchecked(part) }
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

    const FUNCTIONS: [Function; 3] = [
        Function {
            name: "größe",
            signature: "fn(u32)",
            hash: 1,
        },
        Function {
            name: "",
            signature: "",
            hash: 2,
        },
        Function {
            name: "b",
            signature: "fn()",
            hash: u64::MAX,
        },
    ];

    #[test]
    fn functions_are_unpacked_as_they_were() {
        let packed: &Packed<3, { length(&FUNCTIONS) }> = const { &Packed::new(&FUNCTIONS) };
        assert!(packed.functions().iter().eq(FUNCTIONS));
        assert!(Functions::NONE.is_empty() && Functions::NONE.iter().next().is_none());
    }
}
