//! The names of saved configurations.

use std::fmt;

use crate::limits;

/// Why a text is not the name of a saved configuration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NameError(String);

impl fmt::Display for NameError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "`{}` can't be the name of a configuration: a name begins with a letter, and has at \
             most {} letters, digits and `_`",
            self.0.escape_debug(),
            limits::CONFIGURATION_NAME
        )
    }
}

impl std::error::Error for NameError {}

/// Checks the name of a saved configuration. Upper and lower case count, as kconfig(5) says.
pub(crate) fn check(name: &str) -> Result<(), NameError> {
    let letter = name.bytes().next().is_some_and(|b| b.is_ascii_alphabetic());
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    match letter && name.len() <= limits::CONFIGURATION_NAME && name.bytes().all(fits) {
        true => Ok(()),
        false => Err(NameError(name.to_owned())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// kconfig(5): "start with a letter; letters, digits, `_`; ≤ 32; case counts".
    #[test]
    fn names_are_those_of_kconfig() {
        for good in ["a", "A9_", "backup", &"x".repeat(32)] {
            assert_eq!(check(good), Ok(()), "{good}");
        }
        for bad in ["", "_a", "9a", "a-b", "a.b", "a/b", "ä", &"x".repeat(33)] {
            assert!(check(bad).is_err(), "{bad}");
        }
    }
}
