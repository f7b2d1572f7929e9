//! Changes of functions' own signatures.

use super::Row;

pub(crate) const SIGNATURES: &[Row] = &[
    (
        "borrows-from-another",
        &[("sign: &str", "sign: &'a str")],
        "before: argument 2: &str → &'a str",
    ),
    (
        "arguments-swapped",
        &[("seek(id: Id, at: u64)", "seek(at: u64, id: Id)")],
        "seek: argument 1: Id → u64; seek: argument 2: u64 → Id",
    ),
    (
        "argument-added",
        &[("seek(id: Id, at: u64)", "seek(id: Id, at: u64, to: u64)")],
        "seek: arguments (Id, u64) → (Id, u64, u64)",
    ),
    (
        "argument-removed",
        &[("seek(id: Id, at: u64)", "seek(id: Id)")],
        "seek: arguments (Id, u64) → (Id)",
    ),
    (
        "argument-widened",
        &[("seek(id: Id, at: u64)", "seek(id: Id, at: u128)")],
        "seek: argument 2: u64 → u128",
    ),
    (
        "argument-of-the-same-layout",
        &[("seek(id: Id, at: u64)", "seek(id: Id, at: usize)")],
        "seek: argument 2: u64 → usize",
    ),
    (
        "reference-mutable",
        &[("into: &Folder", "into: &mut Folder")],
        "place: argument 2: &Folder → &mut Folder",
    ),
    (
        "reference-shared",
        &[("what: &mut String", "what: &String")],
        "ask: argument 1: &mut String → &String",
    ),
    (
        "slice-to-vec",
        &[("open(bytes: &[u8]", "open(bytes: &Vec<u8>")],
        "open: argument 1: &[u8] → &Vec<u8>",
    ),
    (
        "slice-to-array",
        &[("open(bytes: &[u8]", "open(bytes: &[u8; 3]")],
        "open: argument 1: &[u8] → &[u8; 3]",
    ),
    (
        "slice-of-others",
        &[("pieces: &[(Id, u16)]", "pieces: &[(u16, Id)]")],
        "write: argument 2: &[(Id, u16)] → &[(u16, Id)]",
    ),
    (
        "value-to-reference",
        &[("place(folder: Folder", "place(folder: &Folder")],
        "place: argument 1: Folder → &Folder",
    ),
    (
        "string-to-str",
        &[
            ("finish(text: String)", "finish(text: &str)"),
            ("nowhere(_: String)", "nowhere(_: &str)"),
        ],
        "finish: argument 1: String → &str",
    ),
    (
        "option-to-value",
        &[("scale: Option<u16>", "scale: u16")],
        "extent: argument 1: Option<u16> → u16",
    ),
    (
        "array-argument-longer",
        &[("header(bytes: [u8; 8])", "header(bytes: [u8; 9])")],
        "header: argument 1: [u8; 8] → [u8; 9]",
    ),
    (
        "function-async",
        &[("fn seek(id", "async fn seek(id")],
        "seek: fn → async fn",
    ),
    (
        "result-changed",
        &[("Result<u64, CodecError>", "Result<u32, CodecError>")],
        "write: result: Result<u64, CodecError> → Result<u32, CodecError>",
    ),
    (
        "result-unwrapped",
        &[
            ("Option<Id>;", "Id;"),
            ("Option<Id> {\n    None", "Id {\n    0"),
        ],
        "finish: result: Option<Id> → Id",
    ),
    (
        "result-error-changed",
        &[(
            "Result<Header, CodecError>",
            "Result<Header, dlkm_rt::LoadError>",
        )],
        "header: result: Result<Header, CodecError> → Result<Header, dlkm_rt::LoadError>",
    ),
    (
        "result-taken-away",
        &[
            ("fn count() -> u64", "fn count()"),
            ("fn nothing() -> u64 {\n    0\n}", "fn nothing() {}"),
        ],
        "count: result: u64 → ()",
    ),
    (
        "result-of-the-same-layout",
        &[("Result<Extent, CodecError>", "Result<Offset, CodecError>")],
        "extent: result: Result<Extent, CodecError> → Result<Offset, CodecError>",
    ),
    (
        "generic-argument-changed",
        &[("Page<Vec<u8>>", "Page<String>")],
        "seek: result: Result<Page<Vec<u8>>, CodecError> → Result<Page<String>, CodecError>",
    ),
    (
        "generic-argument-wider",
        &[("Page<Vec<u8>>", "Page<Vec<u16>>")],
        "seek: result: Result<Page<Vec<u8>>, CodecError> → Result<Page<Vec<u16>>, CodecError>",
    ),
    (
        "const-argument-changed",
        &[("Block<16>", "Block<32>")],
        "block: result: Result<Block<16>, CodecError> → Result<Block<32>, CodecError>",
    ),
    (
        "phantom-argument-changed",
        &[("Handle<Reading>", "Handle<Writing>")],
        "block: argument 1: Handle<Reading> → Handle<Writing>",
    ),
    (
        "alias-wider",
        &[("pub type Id = u32", "pub type Id = u64")],
        "Archive.index: BTreeMap<String, u32> at 48 → BTreeMap<String, u64> at 48 (open, seek, write and 2 more); Entry.id: u32 at 44 → u64 at 16 (open, seek, write and 2 more)",
    ),
    (
        "alias-of-an-own-type",
        &[
            (
                "fn header(bytes: [u8; 8]) -> Result<Header,",
                "fn header(bytes: [u8; 8]) -> Result<Head,",
            ),
            (
                "/// Reading.\n",
                "/// Another name.\npub type Head = Folder;\n\n/// Reading.\n",
            ),
        ],
        "header: result: Result<Header, CodecError> → Result<Head, CodecError>",
    ),
    (
        "alias-of-the-same-layout",
        &[("pub type Id = u32", "pub type Id = i32")],
        "Archive.index: BTreeMap<String, u32> at 48 → BTreeMap<String, i32> at 48 (open, seek, write and 2 more); Entry.id: u32 at 44 → i32 at 44 (open, seek, write and 2 more)",
    ),
    (
        "function-renamed",
        &[("fn header(", "fn head(")],
        "`header` is missing",
    ),
    (
        "function-removed",
        &[(
            "    /// Reads the first bytes.\n    #[stub]\n    fn header(bytes: [u8; 8]) -> Result<Header, CodecError>;\n\n",
            "",
        )],
        "`header` is missing",
    ),
    (
        "callback-argument-changed",
        &[
            (
                "visit(each: &mut dyn FnMut(Id, &str) -> bool)",
                "visit(each: &mut dyn FnMut(Id, &[u8]) -> bool)",
            ),
            (
                "none(_: &mut dyn FnMut(Id, &str) -> bool)",
                "none(_: &mut dyn FnMut(Id, &[u8]) -> bool)",
            ),
        ],
        "visit: argument 1: &mut dyn FnMut(Id, &str) -> bool → &mut dyn FnMut(Id, &[u8]) -> bool",
    ),
    (
        "callback-result-changed",
        &[
            (
                "visit(each: &mut dyn FnMut(Id, &str) -> bool)",
                "visit(each: &mut dyn FnMut(Id, &str))",
            ),
            (
                "none(_: &mut dyn FnMut(Id, &str) -> bool)",
                "none(_: &mut dyn FnMut(Id, &str))",
            ),
        ],
        "visit: argument 1: &mut dyn FnMut(Id, &str) -> bool → &mut dyn FnMut(Id, &str)",
    ),
    (
        "callback-fn",
        &[
            (
                "visit(each: &mut dyn FnMut(Id, &str) -> bool)",
                "visit(each: &mut dyn Fn(Id, &str) -> bool)",
            ),
            (
                "none(_: &mut dyn FnMut(Id, &str) -> bool)",
                "none(_: &mut dyn Fn(Id, &str) -> bool)",
            ),
        ],
        "visit: argument 1: &mut dyn FnMut(Id, &str) -> bool → &mut dyn Fn(Id, &str) -> bool",
    ),
    (
        "callback-send",
        &[
            (
                "visit(each: &mut dyn FnMut(Id, &str) -> bool)",
                "visit(each: &mut (dyn FnMut(Id, &str) -> bool + Send))",
            ),
            (
                "none(_: &mut dyn FnMut(Id, &str) -> bool)",
                "none(_: &mut (dyn FnMut(Id, &str) -> bool + Send))",
            ),
        ],
        "visit: argument 1: &mut dyn FnMut(Id, &str) -> bool → &mut (dyn FnMut(Id, &str) -> bool + Send)",
    ),
    (
        "object-send",
        &[("sink: &mut dyn Sink", "sink: &mut (dyn Sink + Send)")],
        "write: argument 1: &mut dyn Sink → &mut (dyn Sink + Send)",
    ),
    (
        "object-shared",
        &[("sink: &mut dyn Sink", "sink: &dyn Sink")],
        "write: argument 1: &mut dyn Sink → &dyn Sink",
    ),
    (
        "object-of-std",
        &[("sink: &mut dyn Sink", "sink: &mut dyn std::io::Write")],
        "write: argument 1: &mut dyn Sink → &mut dyn std::io::Write",
    ),
];
