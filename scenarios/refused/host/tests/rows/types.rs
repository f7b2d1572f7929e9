//! Changes of types, wherever a function reaches them.

use super::Row;

pub(crate) const TYPES: &[Row] = &[
    // Fields.
    (
        "field-reordered",
        &[(
            "    /// Its number.\n    pub id: Id,\n    /// The first byte.\n    pub first: u64,\n",
            "    /// The first byte.\n    pub first: u64,\n    /// Its number.\n    pub id: Id,\n",
        )],
        "Entry: fields in another order: id, first → first, id (open)",
    ),
    (
        "same-typed-fields-swapped",
        &[(
            "pub first: u64,\n    /// The last byte.\n    pub last: u64,",
            "pub last: u64,\n    /// The last byte.\n    pub first: u64,",
        )],
        "Entry: fields in another order: first, last → last, first (open)",
    ),
    (
        "field-added",
        &[("pub last: u64,", "pub last: u64,\n    pub owner: u32,")],
        "Entry.owner is added (open)",
    ),
    (
        "field-removed",
        &[("    /// The last byte.\n    pub last: u64,\n", "")],
        "Entry.last is removed (open)",
    ),
    (
        "field-renamed",
        &[("pub last: u64", "pub end: u64")],
        "Entry.last is renamed to end (open)",
    ),
    (
        "field-widened",
        &[("pub code: i32", "pub code: i64")],
        "CodecError.code: i32 at 24 → i64 at 24 (open, header, seek and 6 more)",
    ),
    (
        "field-signed",
        &[("pub seconds: u64", "pub seconds: i64")],
        "Stamp.seconds: u64 at 0 → i64 at 0 (open)",
    ),
    (
        "field-float",
        &[("pub seconds: u64", "pub seconds: f32")],
        "Stamp.seconds: u64 at 0 → f32 at 0 (open)",
    ),
    (
        "field-of-the-same-layout",
        &[("pub magic: [u8; 4]", "pub magic: [i8; 4]")],
        "Header.magic: [u8; 4] at 0 → [i8; 4] at 0 (header)",
    ),
    (
        "field-nonzero",
        &[("pub number: u32", "pub number: std::num::NonZero<u32>")],
        "Handle<Reading>.number: u32 at 0 → NonZero<u32> at 0 (block)",
    ),
    (
        "field-boxed-str",
        &[(
            "/// What it is called.\n    pub name: String,\n    /// What is",
            "/// What it is called.\n    pub name: Box<str>,\n    /// What is",
        )],
        "Archive.name: String at 0 → Box<str> at 24 (open)",
    ),
    (
        "field-to-tuple",
        &[(
            "Zone {\n    /// East of Greenwich.\n    pub minutes: i16,\n    /// It is summer there.\n    pub summer: bool,\n}",
            "Zone(pub i16, pub bool);",
        )],
        "Zone.minutes is renamed to 0 (open); Zone.summer is renamed to 1 (open)",
    ),
    (
        "tuple-element-widened",
        &[("Extent(pub u16, pub u16)", "Extent(pub u16, pub u32)")],
        "Extent.1: u16 at 2 → u32 at 0 (extent)",
    ),
    (
        "tuple-element-added",
        &[(
            "Extent(pub u16, pub u16)",
            "Extent(pub u16, pub u16, pub u16)",
        )],
        "Extent.2 is added (extent)",
    ),
    (
        "three-levels-down",
        &[("pub minutes: i16", "pub minutes: i32")],
        "Zone.minutes: i16 at 0 → i32 at 0 (open)",
    ),
    (
        "map-to-list",
        &[(
            "pub index: BTreeMap<String, Id>",
            "pub index: Vec<(String, Id)>",
        )],
        "Archive.index: BTreeMap<String, u32> at 48 → Vec<(String, u32)> at 48 (open)",
    ),
    (
        "map-value-widened",
        &[(
            "pub index: BTreeMap<String, Id>",
            "pub index: BTreeMap<String, u64>",
        )],
        "Archive.index: BTreeMap<String, u32> at 48 → BTreeMap<String, u64> at 48 (open)",
    ),
    (
        "array-longer",
        &[("pub magic: [u8; 4]", "pub magic: [u8; 8]")],
        "Header.magic: [u8; 4] at 0 → [u8; 8] at 0 (header)",
    ),
    (
        "generic-field-changed",
        &[("pub at: u64,\n    /// What", "pub at: u32,\n    /// What")],
        "Page<Vec<u8>>.at: u64 at 24 → u32 at 24 (seek)",
    ),
    (
        "const-generic-field-changed",
        &[("pub bytes: [u8; N]", "pub bytes: [[u8; N]; 1]")],
        "Block.bytes: [u8; 16] at 0 → [[u8; 16]; 1] at 0 (block)",
    ),
    (
        "recursive-grown",
        &[(
            "pub parent: Option<Box<Folder>>,",
            "pub parent: Option<Box<Folder>>,\n    pub size: u64,",
        )],
        "Folder.size is added (place)",
    ),
    (
        "recursive-box-to-arc",
        &[("Option<Box<Folder>>", "Option<std::sync::Arc<Folder>>")],
        "Folder.parent: Option<Box<Folder>> at 24 → Option<Arc<Folder>> at 24 (place)",
    ),
    (
        "recursive-to-list",
        &[("Option<Box<Folder>>", "Vec<Folder>")],
        "Folder.parent: Option<Box<Folder>> at 24 → Vec<Folder> at 24 (place)",
    ),
    (
        "phantom-changed",
        &[("pub sort: PhantomData<T>", "pub sort: PhantomData<[T; 2]>")],
        "Handle<Reading>.sort: PhantomData<Reading> at 4 → PhantomData<[Reading; 2]> at 4 (block)",
    ),
    // Attributes and kinds of types.
    (
        "repr-c-added",
        &[(
            "Interface)]\npub struct Stamp",
            "Interface)]\n#[repr(C)]\npub struct Stamp",
        )],
        "Stamp: no repr → repr(C) (open)",
    ),
    (
        "repr-c-removed",
        &[("#[repr(C)]\n", "")],
        "Header: repr(C) → no repr (header)",
    ),
    (
        "repr-packed",
        &[("#[repr(C)]", "#[repr(C, packed)]")],
        "Header: repr(C) → repr(C, packed) (header)",
    ),
    (
        "repr-align",
        &[("#[repr(C)]", "#[repr(C, align(8))]")],
        "Header: repr(C) → repr(C, align(8)) (header)",
    ),
    (
        "repr-transparent",
        &[(
            "Interface)]\npub struct Word",
            "Interface)]\n#[repr(transparent)]\npub struct Word",
        )],
        "Word: no repr → repr(transparent) (before)",
    ),
    (
        "repr-wider",
        &[(
            "#[repr(u8)]\npub enum Level",
            "#[repr(u16)]\npub enum Level",
        )],
        "Level: repr(u8) → repr(u16) (open, write)",
    ),
    (
        "repr-removed",
        &[("#[repr(u8)]\npub enum Level", "pub enum Level")],
        "Level: repr(u8) → no repr (open, write)",
    ),
    (
        "struct-to-enum",
        &[(
            "pub struct Reading;",
            "pub enum Reading {\n    /// The only one.\n    Only,\n}",
        )],
        "Reading: struct → enum (block)",
    ),
    // Variants.
    (
        "variant-added",
        &[("High = 9,", "High = 9,\n    /// All.\n    Top = 10,")],
        "Level: variant Top is added (open, write)",
    ),
    (
        "variant-removed",
        &[("    /// As much as usual.\n    Middle = 5,\n", "")],
        "Level: variant Middle is removed (open, write)",
    ),
    (
        "variant-renamed",
        &[("Middle = 5", "Usual = 5")],
        "Level: variant Middle is renamed to Usual (open, write)",
    ),
    (
        "variants-reordered",
        &[(
            "    /// Little.\n    Low = 1,\n    /// As much as usual.\n    Middle = 5,\n",
            "    /// As much as usual.\n    Middle = 5,\n    /// Little.\n    Low = 1,\n",
        )],
        "Level: variants in another order: Low, Middle → Middle, Low (open, write)",
    ),
    (
        "discriminant-changed",
        &[("Middle = 5", "Middle = 6")],
        "Level::Middle: value 5 → 6 (open, write)",
    ),
    (
        "discriminants-swapped",
        &[("Low = 1", "Low = 5"), ("Middle = 5", "Middle = 1")],
        "Level::Low: value 1 → 5 (open, write); Level::Middle: value 5 → 1 (open, write)",
    ),
    (
        "discriminant-of-data-changed",
        &[(
            "Refused(String) = FIRST_ANSWER + 1",
            "Refused(String) = FIRST_ANSWER + 2",
        )],
        "Answer::Refused: value 41 → 42 (ask)",
    ),
    (
        "discriminant-constant-changed",
        &[("FIRST_ANSWER: u8 = 40", "FIRST_ANSWER: u8 = 41")],
        "Answer::Done: value 40 → 41 (ask); Answer::Refused: value 41 → 42 (ask)",
    ),
    (
        "variant-with-data-added",
        &[(
            "    /// In pieces.",
            "    /// In another way.\n    Other(u8),\n    /// In pieces.",
        )],
        "Method: variant Other is added (open)",
    ),
    (
        "variant-data-changed",
        &[("Deflated(Level)", "Deflated(u8)")],
        "Method::Deflated.0: Level → u8 (open)",
    ),
    (
        "variant-data-removed",
        &[("Deflated(Level)", "Deflated")],
        "Method::Deflated.0 is removed (open)",
    ),
    (
        "variant-field-added",
        &[(
            "        size: u32,\n",
            "        size: u32,\n        last: u32,\n",
        )],
        "Method::Split.last is added (open)",
    ),
    (
        "variant-fields-swapped",
        &[
            ("pieces: u32", "size: u32"),
            (
                "large each of them is, in bytes.\n        size: u32",
                "large each of them is, in bytes.\n        pieces: u32",
            ),
        ],
        "Method::Split: fields in another order: pieces, size → size, pieces (open)",
    ),
    (
        "variant-fields-unnamed",
        &[(
            "Split {\n        /// How many.\n        pieces: u32,\n        /// How large each of them is, in bytes.\n        size: u32,\n    }",
            "Split(u32, u32)",
        )],
        "Method::Split.pieces is renamed to 0 (open); Method::Split.size is renamed to 1 (open)",
    ),
    // Traits.
    (
        "method-added",
        &[(
            "    /// How much work it may be.\n    fn level",
            "    /// Writes what is left.\n    fn flush(&mut self);\n    /// How much work it may be.\n    fn level",
        )],
        "Sink::flush is added (write)",
    ),
    (
        "method-removed",
        &[(
            "    /// How much work it may be.\n    fn level(&self) -> Level;\n",
            "",
        )],
        "Sink::level is removed (write)",
    ),
    (
        "method-renamed",
        &[("fn level(&self)", "fn effort(&self)")],
        "Sink::level is renamed to effort (write)",
    ),
    (
        "method-changed",
        &[(
            "fn put(&mut self, bytes: &[u8]) -> bool",
            "fn put(&mut self, bytes: &[u8]) -> usize",
        )],
        "Sink::put: fn(&mut self, &[u8]) -> bool → fn(&mut self, &[u8]) -> usize (write)",
    ),
    (
        "method-receiver-changed",
        &[("fn level(&self)", "fn level(&mut self)")],
        "Sink::level: fn(&self) -> Level → fn(&mut self) -> Level (write)",
    ),
    (
        "method-keeps-its-argument",
        &[(
            "fn put(&mut self, bytes: &[u8])",
            "fn put<'a>(&'a mut self, bytes: &'a [u8])",
        )],
        "Sink::put: lifetimes none → '1 '1 (write)",
    ),
    (
        "methods-reordered",
        &[(
            "    /// Takes some.\n    fn put(&mut self, bytes: &[u8]) -> bool;\n    /// How much work it may be.\n    fn level(&self) -> Level;\n",
            "    /// How much work it may be.\n    fn level(&self) -> Level;\n    /// Takes some.\n    fn put(&mut self, bytes: &[u8]) -> bool;\n",
        )],
        "Sink: methods in another order: put, level → level, put (write)",
    ),
    (
        "supertrait-added",
        &[("trait Sink: Debug", "trait Sink: Debug + std::fmt::Display")],
        "Sink: supertrait Display is added (write)",
    ),
    (
        "supertrait-removed",
        &[("trait Sink: Debug", "trait Sink")],
        "Sink: supertrait Debug is removed (write)",
    ),
    (
        "supertrait-send",
        &[("trait Sink: Debug", "trait Sink: Debug + Send")],
        "Sink: supertrait Send is added (write)",
    ),
];
