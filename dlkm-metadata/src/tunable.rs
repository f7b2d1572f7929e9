//! What a module's metadata says of its tunables.

use std::fmt;

/// The type of a tunable's values.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum TunableType {
    /// `true` or `false`.
    Bool,
    /// An integer from `min` to `max`.
    #[allow(missing_docs)]
    Integer { min: i128, max: i128 },
    /// A floating-point number.
    Float,
    /// A text.
    Text,
    /// One of the words in [`TunableInfo::choices`].
    Choice,
    /// A time.
    Duration,
    /// A size in bytes.
    Size,
}

/// The integer types, with their ranges.
const INTEGERS: [(&str, i128, i128); 8] = [
    ("i8", i8::MIN as i128, i8::MAX as i128),
    ("i16", i16::MIN as i128, i16::MAX as i128),
    ("i32", i32::MIN as i128, i32::MAX as i128),
    ("i64", i64::MIN as i128, i64::MAX as i128),
    ("u8", 0, u8::MAX as i128),
    ("u16", 0, u16::MAX as i128),
    ("u32", 0, u32::MAX as i128),
    ("u64", 0, u64::MAX as i128),
];

impl TunableType {
    /// The word for it in metadata.
    pub fn as_str(self) -> &'static str {
        match self {
            TunableType::Bool => "bool",
            TunableType::Integer { min, max } => INTEGERS
                .iter()
                .find(|(_, least, most)| (*least, *most) == (min, max))
                .map_or("integer", |(word, ..)| word),
            TunableType::Float => "f64",
            TunableType::Text => "text",
            TunableType::Choice => "choice",
            TunableType::Duration => "duration",
            TunableType::Size => "size",
        }
    }

    /// The type of that word.
    pub fn of(word: &str) -> Option<Self> {
        let others = [
            TunableType::Bool,
            TunableType::Float,
            TunableType::Text,
            TunableType::Choice,
            TunableType::Duration,
            TunableType::Size,
        ];
        let mut integers = INTEGERS.iter();
        match integers.find(|(name, ..)| *name == word) {
            Some((_, min, max)) => Some(TunableType::Integer {
                min: *min,
                max: *max,
            }),
            None => others.into_iter().find(|one| one.as_str() == word),
        }
    }
}

impl fmt::Display for TunableType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// A tunable of a module. Values are texts, in the form of the system file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TunableInfo {
    pub(crate) name: String,
    pub(crate) ty: TunableType,
    pub(crate) dynamic: bool,
    pub(crate) default: String,
    pub(crate) min: Option<String>,
    pub(crate) max: Option<String>,
    pub(crate) choices: Vec<String>,
    pub(crate) desc: String,
}

impl TunableInfo {
    /// Its name, without the module's.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The type of its values.
    pub fn ty(&self) -> TunableType {
        self.ty
    }

    /// Whether it can be changed while the module is loaded.
    pub fn is_dynamic(&self) -> bool {
        self.dynamic
    }

    /// The value that it has if nothing sets it.
    pub fn default(&self) -> &str {
        &self.default
    }

    /// The least value, if the author has given one.
    pub fn min(&self) -> Option<&str> {
        self.min.as_deref()
    }

    /// The greatest value, if the author has given one.
    pub fn max(&self) -> Option<&str> {
        self.max.as_deref()
    }

    /// The words that a [`TunableType::Choice`] can be.
    pub fn choices(&self) -> &[String] {
        &self.choices
    }

    /// The author's description; may be empty.
    pub fn desc(&self) -> &str {
        &self.desc
    }
}
