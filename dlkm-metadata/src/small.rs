//! What std has too, in less code. Std's is made for long texts and lists, and each caller has a copy of it.

/// Whether `part`, which is not empty, is in a text.
#[inline(never)]
pub fn contains(text: &str, part: &str) -> bool {
    let mut places = text.as_bytes().windows(part.len());
    places.any(|place| place == part.as_bytes())
}

/// The texts with `between` between them.
pub fn joined<T: AsRef<str>>(texts: &[T], between: &str) -> String {
    let mut all = String::new();
    for (at, text) in texts.iter().enumerate() {
        if at > 0 {
            all.push_str(between);
        }
        all.push_str(text.as_ref());
    }
    all
}

/// The items as a list. Std's `collect` has the iterator's code twice.
pub fn list<T>(items: impl IntoIterator<Item = T>) -> Vec<T> {
    let mut list = Vec::new();
    for item in items {
        list.push(item);
    }
    list
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_as_std() {
        for text in ["", "a", "ab", "aab", "b: aa", "äb"] {
            for part in ["a", "ab", "aa", "b", ": ", "ä"] {
                assert_eq!(contains(text, part), text.contains(part), "{text} {part}");
            }
        }
        for texts in [&[][..], &["a"], &["", ""], &["a", "b", "c"]] {
            assert_eq!(joined(texts, ", "), texts.join(", "));
            assert_eq!(
                list(texts.iter().skip(1)),
                texts.iter().skip(1).collect::<Vec<_>>()
            );
        }
    }
}
