//! Harmless changes: to what does not cross, to spelling only, or additions.

use crate::support::{Changes, Variant};

/// What the host prints with a module that fits.
const RESULTS: &str = r#"count: 0
open: Archive { name: "ONE", entries: [Entry { id: 0, first: 3, last: 12, stamp: Stamp { seconds: 1000000, zone: Zone { minutes: -90, summer: true } }, method: Stored }, Entry { id: 1, first: 4, last: 13, stamp: Stamp { seconds: 1000000, zone: Zone { minutes: -90, summer: true } }, method: Deflated(High) }, Entry { id: 2, first: 5, last: 14, stamp: Stamp { seconds: 1000000, zone: Zone { minutes: -90, summer: true } }, method: Split { pieces: 5, size: 512 } }], index: {"one": 1} }
open: CodecError { code: 7, text: "two is empty" }
header: Header { magic: [68, 76, 75, 77], flags: 258 }
seek: Page { at: 42, content: [250, 250, 250] }
block: Block { bytes: [17, 17, 17, 17, 17, 17, 17, 17, 17, 17, 17, 17, 17, 17, 17, 17] }
place: Folder { name: "a", parent: Some(Folder { name: "b", parent: None }) }
write: 8
written: Bytes([0, 1, 0, 0])
visit: 1 [(0, "a"), (1, "bb")]
before: "be"
extent: Extent(300, 400)
ask: Done(3)
ask: Refused("ab!!")
asked: ab!!
count: 11
finish: Some(123)
mapped: true
"#;

/// A change that must be accepted.
pub(crate) struct Harmless {
    pub(crate) variant: Variant,
    /// Lines that the host prints, and those that it prints instead.
    instead: Vec<(&'static str, String)>,
}

pub(crate) fn harmless(name: &'static str, api: &Changes) -> Harmless {
    also(name, api, &[])
}

/// With a driver that is changed too.
fn also(name: &'static str, api: &Changes, driver: &Changes) -> Harmless {
    Harmless {
        variant: Variant::new(name, api, driver),
        instead: Vec::new(),
    }
}

impl Harmless {
    /// With features of the runtime.
    pub(crate) fn features(self, features: &'static str) -> Self {
        Harmless {
            variant: self.variant.features(features),
            ..self
        }
    }

    fn version(self, version: &str) -> Self {
        Harmless {
            variant: self.variant.version(version),
            ..self
        }
    }

    fn instead(mut self, line: &'static str, other: impl Into<String>) -> Self {
        self.instead.push((line, other.into()));
        self
    }

    /// What the host prints.
    pub(crate) fn expected(&self) -> String {
        let mut expected = RESULTS.to_owned();
        for (line, other) in &self.instead {
            assert_eq!(RESULTS.matches(line).count(), 1, "{line}");
            expected = expected.replace(line, other);
        }
        expected
    }
}

macro_rules! finish {
    () => {
        "
    /// Ends the work.
    #[stub(or = nowhere)]
    fn finish(text: String) -> Option<Id>;
"
    };
}

macro_rules! header {
    () => {
        "
    /// Reads the first bytes.
    #[stub]
    fn header(bytes: [u8; 8]) -> Result<Header, CodecError>;
"
    };
}

macro_rules! extra {
    () => {
        "
    /// Came later.
    #[stub]
    fn extra(with: Extra) -> Result<Extra, CodecError>;
"
    };
}

const DRIVER_FINISH: &str = "
    fn finish(text: String) -> Option<Id> {
        text.parse().ok()
    }
";

const DRIVER_HEADER: &str = "    fn header(bytes: [u8; 8]) -> Result<Header, CodecError> {
        let [a, b, c, d, rest @ ..] = bytes;
        Ok(Header {
            magic: [a, b, c, d],
            flags: u32::from_be_bytes(rest),
        })
    }
";

/// The type that `extra` speaks of.
const EXTRA_TYPE: (&str, &str) = (
    "/// A point in time.",
    "/// Came later.\n\
     #[derive(Interface)]\n\
     pub struct Extra {\n\
     /// A number.\n\
     pub number: Id,\n\
     }\n\
     \n\
     /// A point in time.",
);

const DRIVER_EXTRA: (&str, &str) = (
    "impl Archiver for Driver {\n",
    "impl Archiver for Driver {\n\
                        fn extra(with: Extra) -> Result<Extra, CodecError> {\n\
                            Ok(with)\n\
                        }\n\
                    \n",
);

/// A private type, and a function that uses it.
const HELPER: &str = r#"struct Helper {
    number: i16,
}

impl Zone {
    /// Half of it.
    pub fn half(&self) -> i16 {
        let by = Helper { number: 2 };
        self.minutes / by.number
    }
}

impl std::fmt::Display for Zone {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}", self.half())
    }
}

/// A point in time.
"#;

/// All of them.
pub(crate) fn all() -> Vec<Harmless> {
    vec![
        // In another workspace, by a package of another name and version.
        harmless("unchanged", &[]),
        harmless(
            "documentation",
            &[
                (
                    "/// Since 1970.",
                    "/// Another text.\n    ///\n    /// A long one.",
                ),
                ("    /// East of Greenwich.\n", "    // Nothing.\n"),
                ("/// Makes and reads archives.", "/// Archives."),
                ("    /// Reads the first bytes.\n", ""),
            ],
        ),
        harmless(
            "argument-names",
            &[
                ("seek(id: Id, at: u64)", "seek(number: Id, position: u64)"),
                ("fn put(&mut self, bytes", "fn put(&mut self, content"),
            ],
        ),
        harmless(
            "functions-reordered",
            &[
                (finish!(), ""),
                (header!(), ""),
                (
                    "pub trait Archiver {\n",
                    concat!("pub trait Archiver {\n", finish!(), header!()),
                ),
            ],
        ),
        also(
            "function-added-last",
            &[(finish!(), concat!(finish!(), extra!())), EXTRA_TYPE],
            &[DRIVER_EXTRA],
        ),
        also(
            "function-added-between",
            &[(header!(), concat!(header!(), extra!())), EXTRA_TYPE],
            &[DRIVER_EXTRA],
        )
        .version("0.2.0"),
        // An older module, of an earlier state of this version; the stub has a fallback.
        also(
            "older-without-the-last",
            &[(finish!(), "")],
            &[(DRIVER_FINISH, "")],
        )
        .instead("finish: Some(123)", "finish: None"),
        // Of an earlier version.
        also(
            "older-without-one-between",
            &[(header!(), "")],
            &[(DRIVER_HEADER, "")],
        )
        .version("0.0.9")
        .instead(
            "header: Header { magic: [68, 76, 75, 77], flags: 258 }",
            format!(
                "header failed: module `archive` has no `archive::header`: it was built against \
                 version 0.0.9 of interface `archive`, the caller against {}; build the module \
                 against that version",
                env!("CARGO_PKG_VERSION")
            ),
        ),
        harmless("version-raised", &[]).version("0.1.1"),
        harmless("version-of-another-age", &[]).version("7.0.0-rc.1+built.late"),
        harmless(
            "type-moved",
            &[
                (
                    "/// What clocks show somewhere.",
                    "pub use places::Zone;\n\
                    \n\
                    /// Places.\n\
                    pub mod places {\n\
                    use super::*;\n\
                    /// What clocks show somewhere.",
                ),
                ("    pub summer: bool,\n}", "    pub summer: bool,\n}\n}"),
            ],
        ),
        harmless(
            "types-reordered",
            &[
                (
                    "/// Reading.\n\
                    #[derive(Clone, Debug, PartialEq, Interface)]\n\
                    pub struct Reading;\n",
                    "",
                ),
                (
                    "/// Entries with names",
                    "/// Reading.\n\
                    #[derive(Clone, Debug, PartialEq, Interface)]\n\
                    pub struct Reading;\n\
                    \n\
                    /// Entries with names",
                ),
            ],
        ),
        harmless(
            "alias-spelled-out",
            &[
                ("fn seek(id: Id,", "fn seek(id: u32,"),
                (
                    "pub index: BTreeMap<String, Id>",
                    "pub index: BTreeMap<String, u32>",
                ),
                (
                    "fn finish(text: String) -> Option<Id>",
                    "fn finish(text: String) -> Option<u32>",
                ),
            ],
        ),
        harmless(
            "alias-added",
            &[
                (
                    "/// Entries with names",
                    "/// A short name.\n\
                    pub type Fallible<T> = Result<T, CodecError>;\n\
                    \n\
                    /// Entries with names",
                ),
                ("Result<Extent, CodecError>", "Fallible<Extent>"),
                ("pub bytes: [u8; N]", "pub bytes: Bytes<N>"),
                (
                    "/// So many bytes.",
                    "/// Bytes.\n\
                    pub type Bytes<const N: usize> = [u8; N];\n\
                    \n\
                    /// So many bytes.",
                ),
            ],
        ),
        harmless(
            "paths-spelled-out",
            &[
                (
                    "pub entries: Vec<Entry>",
                    "pub entries: std::vec::Vec<self::Entry>",
                ),
                ("pub seconds: u64", "pub seconds: std::primitive::u64"),
                ("Option<Box<Folder>>", "Option<Box<Self>>"),
                ("scale: Option<u16>", "scale: std::option::Option<u16>"),
                ("trait Sink: Debug", "trait Sink: std::fmt::Debug"),
            ],
        ),
        harmless(
            "lifetime-renamed",
            &[
                ("pub struct Word<'a> {", "pub struct Word<'text> {"),
                ("pub text: &'a str,", "pub text: &'text str,"),
                (
                    "before<'a>(word: Word<'a>, sign: &str) -> Result<&'a str",
                    "before<'w, 's>(word: Word<'w>, sign: &'s str) -> Result<&'w str",
                ),
            ],
        ),
        harmless(
            "lifetime-spelled-out",
            &[
                ("fn open(bytes: &[u8]", "fn open<'b>(bytes: &'b [u8]"),
                ("into: &Folder", "into: &'_ Folder"),
                (
                    "fn put(&mut self, bytes: &[u8])",
                    "fn put<'a, 'b>(&'a mut self, bytes: &'b [u8])",
                ),
            ],
        ),
        harmless(
            "parameter-renamed",
            &[
                ("pub struct Page<T> {", "pub struct Page<Content> {"),
                ("pub content: T,", "pub content: Content,"),
                (
                    "pub struct Block<const N: usize> {",
                    "pub struct Block<const LENGTH: usize> {",
                ),
                ("pub bytes: [u8; N],", "pub bytes: [u8; LENGTH],"),
            ],
        ),
        harmless(
            "constants",
            &[
                ("pub magic: [u8; 4]", "pub magic: [u8; MAGIC]"),
                (
                    "/// The first bytes of a file.",
                    "/// So many.\n\
                    pub const MAGIC: usize = 2 + 2;\n\
                    \n\
                    /// The first bytes of a file.",
                ),
                ("Block<16>", "Block<{ MAGIC * MAGIC }>"),
                ("High = 9", "High = 0x9"),
                ("Middle = 5", "Middle = MAGIC as u8 + 1"),
                ("Refused(String) = FIRST_ANSWER + 1", "Refused(String)"),
                ("Done(u32) = FIRST_ANSWER", "Done(u32) = 40"),
            ],
        ),
        harmless(
            "derives-added",
            &[
                (
                    "PartialEq, Interface)]\npub struct Zone",
                    "PartialEq, Eq, Hash, Default, Interface)]\npub struct Zone",
                ),
                (
                    "PartialEq, Interface)]\n#[repr(u8)]\npub enum Level",
                    "PartialEq, Eq, PartialOrd, Ord, Interface)]\n#[repr(u8)]\npub enum Level",
                ),
            ],
        ),
        harmless(
            "attributes-added",
            &[
                ("/// One file.", "/// One file.\n#[must_use]"),
                (
                    "/// How much work it may be.\n#[derive",
                    "/// How much work it may be.\n\
                    #[allow(clippy::all)]\n\
                    #[non_exhaustive]\n\
                    #[derive",
                ),
                (
                    "/// Reads the first bytes.",
                    "/// Reads the first bytes.\n    #[must_use]",
                ),
            ],
        ),
        also(
            "private-type-and-impls-added",
            &[("/// A point in time.\n", HELPER)],
            &[(
                "name: name.to_uppercase()",
                "name: name.to_uppercase() + &Zone { minutes: 8, summer: true }.to_string()",
            )],
        )
        .instead("name: \"ONE\"", "name: \"ONE4\""),
        also(
            "field-hidden",
            &[(
                "pub struct Extent(pub u16, pub u16);",
                "pub struct Extent(pub(crate) u16, u16);\n\
                    \n\
                    impl Extent {\n\
                        /// Width and height.\n\
                        pub fn new(width: u16, height: u16) -> Self {\n\
                            Extent(width, height)\n\
                        }\n\
                    }",
            )],
            &[(
                "Extent(3 * scale, 4 * scale)",
                "Extent::new(3 * scale, 4 * scale)",
            )],
        ),
        harmless(
            "fallbacks-changed",
            &[
                ("#[ustub(or = none)]", "#[ustub(or = other)]"),
                ("fn none(", "fn other("),
                (
                    "    #[stub]\n    fn extent(scale: Option<u16>)",
                    "    #[stub(or = no_extent)]\n\
                        fn extent(scale: Option<u16>)",
                ),
                (
                    "fn nothing()",
                    "fn no_extent(_: Option<u16>) -> Result<Extent, CodecError> {\n\
                        Ok(Extent(0, 0))\n\
                    }\n\
                    \n\
                    fn nothing()",
                ),
            ],
        ),
        harmless(
            "stubs-of-another-sort",
            &[
                ("    #[stub]\n    fn open(", "    #[ustub]\n    fn open("),
                ("    #[ustub]\n    fn write(", "    #[stub]\n    fn write("),
                ("#[wstub(or = nothing)]", "#[stub(or = nothing)]"),
            ],
        ),
        harmless(
            "load-only",
            &[
                ("    #[ustub]\n    fn seek(", "    #[stub]\n    fn seek("),
                ("    #[ustub]\n    fn write(", "    #[stub]\n    fn write("),
                ("#[ustub(or = none)]", "#[stub(or = none)]"),
            ],
        ),
        harmless(
            "methods-beside-the-object",
            &[(
                "fn level(&self) -> Level;\n",
                "fn level(&self) -> Level {\n\
                            Level::Low\n\
                        }\n\
                        /// Not for `dyn`.\n\
                        fn both<T: Sink>(self, other: T) -> (Self, T)\n\
                        where\n\
                            Self: Sized,\n\
                        {\n\
                            (self, other)\n\
                        }\n",
            )],
        ),
        harmless(
            "another-interface-added",
            &[(
                "/// Makes and reads archives.",
                "/// Something else.\n\
                    #[module(name = \"other\")]\n\
                    pub trait Other {\n\
                        /// Nothing.\n\
                        #[stub]\n\
                        fn nothing(entry: Entry) -> Result<(), LoadError>;\n\
                    }\n\
                    \n\
                    /// Makes and reads archives.",
            )],
        ),
    ]
}
