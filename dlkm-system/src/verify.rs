//! Whether a load compares an image with what is recorded of it.

use std::fmt;

/// What a load does about an image whose digest or signature is not the recorded one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Verify {
    /// It does not look.
    #[default]
    Off,
    /// It reports the image, and loads it.
    Warn,
    /// It refuses the image.
    Enforce,
}

impl Verify {
    /// All policies.
    pub const ALL: [Verify; 3] = [Verify::Off, Verify::Warn, Verify::Enforce];

    /// The word for it in files.
    pub const fn as_str(self) -> &'static str {
        match self {
            Verify::Off => "off",
            Verify::Warn => "warn",
            Verify::Enforce => "enforce",
        }
    }

    /// The policy of that word.
    pub fn of(word: &str) -> Option<Self> {
        Verify::ALL.into_iter().find(|one| one.as_str() == word)
    }
}

impl fmt::Display for Verify {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}
