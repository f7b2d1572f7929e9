//! Several short texts in one allocation, since metadata has many, and allocating each would be most
//! of the work of reading it; and lists of texts, sorted.

use std::fmt;

use crate::order::sort_by;

/// `N` texts.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Texts<const N: usize> {
    all: Box<str>,
    /// Where each ends, and the next one begins.
    ends: [usize; N],
}

impl<const N: usize> Texts<N> {
    pub(crate) fn new(texts: [&str; N]) -> Self {
        let mut ends = [0; N];
        let all = join(&texts, &mut ends);
        Texts { all, ends }
    }

    pub(crate) fn get(&self, at: usize) -> &str {
        part(&self.all, &self.ends, at)
    }
}

impl<const N: usize> fmt::Debug for Texts<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list()
            .entries((0..N).map(|at| self.get(at)))
            .finish()
    }
}

// Not generic: compiled once for all `N`.
fn join(texts: &[&str], ends: &mut [usize]) -> Box<str> {
    let mut length = 0;
    for (text, end) in texts.iter().zip(ends) {
        length += text.len();
        *end = length;
    }
    let mut all = String::with_capacity(length);
    for text in texts {
        all.push_str(text);
    }
    all.into_boxed_str()
}

/// Not inlined: there are many callers, and slicing checks both ends.
#[inline(never)]
fn part<'a>(all: &'a str, ends: &[usize], at: usize) -> &'a str {
    let start = if at == 0 { 0 } else { ends[at - 1] };
    &all[start..ends[at]]
}

/// A text, and its position in a list.
pub(crate) type Placed<'a> = (&'a [u8], usize);

/// Sorts by text, then by position.
pub(crate) fn sort(all: &mut [Placed<'_>]) {
    sort_by(all, Ord::cmp);
}

#[cfg(test)]
mod tests {
    use super::Texts;

    #[test]
    fn each_comes_back_empty_ones_too() {
        let texts = Texts::new(["", "one", "", "zwölf", ""]);
        let all: Vec<_> = (0..5).map(|at| texts.get(at)).collect();
        assert_eq!(all, ["", "one", "", "zwölf", ""]);
    }
}
