//! An interface with types of all kinds. `../host/tests/table.rs` changes this text in one place
//! after the other, builds a module against each, and checks whether the host refuses it.

use std::collections::BTreeMap;
use std::fmt::Debug;
use std::marker::PhantomData;

use dlkm_rt::{Interface, LoadError, interface, module};

/// The number of an entry.
pub type Id = u32;

/// Entries with names, and the way to them.
#[derive(Clone, Debug, PartialEq, Interface)]
pub struct Archive {
    /// What it is called.
    pub name: String,
    /// What is in it.
    pub entries: Vec<Entry>,
    /// Where in `entries` a name is.
    pub index: BTreeMap<String, Id>,
}

/// One file.
#[derive(Clone, Debug, PartialEq, Interface)]
pub struct Entry {
    /// Its number.
    pub id: Id,
    /// The first byte.
    pub first: u64,
    /// The last byte.
    pub last: u64,
    /// When it was made.
    pub stamp: Stamp,
    /// How it is packed.
    pub method: Method,
}

/// A point in time.
#[derive(Clone, Debug, PartialEq, Interface)]
pub struct Stamp {
    /// Since 1970.
    pub seconds: u64,
    /// Where the clock stood.
    pub zone: Zone,
}

/// What clocks show somewhere.
#[derive(Clone, Debug, PartialEq, Interface)]
pub struct Zone {
    /// East of Greenwich.
    pub minutes: i16,
    /// It is summer there.
    pub summer: bool,
}

/// How an entry is packed.
#[derive(Clone, Debug, PartialEq, Interface)]
pub enum Method {
    /// Not at all.
    Stored,
    /// At a level.
    Deflated(Level),
    /// In pieces.
    Split {
        /// How many.
        pieces: u32,
        /// How large each of them is, in bytes.
        size: u32,
    },
}

/// How much work it may be.
#[derive(Clone, Copy, Debug, PartialEq, Interface)]
#[repr(u8)]
pub enum Level {
    /// Little.
    Low = 1,
    /// As much as usual.
    Middle = 5,
    /// A lot.
    High = 9,
}

/// The first bytes of a file.
#[derive(Clone, Debug, PartialEq, Interface)]
#[repr(C)]
pub struct Header {
    /// The same in all files.
    pub magic: [u8; 4],
    /// One bit for each thing.
    pub flags: u32,
}

/// Some bytes of a file.
#[derive(Clone, Debug, PartialEq, Interface)]
pub struct Page<T> {
    /// The first of them.
    pub at: u64,
    /// What is there.
    pub content: T,
}

/// So many bytes.
#[derive(Clone, Debug, PartialEq, Interface)]
pub struct Block<const N: usize> {
    /// The bytes.
    pub bytes: [u8; N],
}

/// A folder in a folder.
#[derive(Clone, Debug, PartialEq, Interface)]
pub struct Folder {
    /// What it is called.
    pub name: String,
    /// The one that it is in.
    pub parent: Option<Box<Folder>>,
}

/// What is open, of some sort.
#[derive(Clone, Debug, PartialEq, Interface)]
pub struct Handle<T> {
    /// Its number.
    pub number: u32,
    /// What sort it is of.
    pub sort: PhantomData<T>,
}

/// Reading.
#[derive(Clone, Debug, PartialEq, Interface)]
pub struct Reading;

/// Writing.
#[derive(Clone, Debug, PartialEq, Interface)]
pub struct Writing;

/// Width and height.
#[derive(Clone, Debug, PartialEq, Interface)]
pub struct Extent(pub u16, pub u16);

/// As [`Extent`], but of something else.
#[derive(Clone, Debug, PartialEq, Interface)]
pub struct Offset(pub u16, pub u16);

/// A text that is borrowed.
#[derive(Clone, Debug, PartialEq, Interface)]
pub struct Word<'a> {
    /// The text.
    pub text: &'a str,
}

/// What comes of a request; each sort has a number that other programs know.
#[derive(Clone, Debug, PartialEq, Interface)]
#[repr(u8)]
pub enum Answer {
    /// It worked.
    Done(u32) = FIRST_ANSWER,
    /// It did not.
    Refused(String) = FIRST_ANSWER + 1,
}

/// The number of the first answer.
pub const FIRST_ANSWER: u8 = 40;

/// Why something failed.
#[derive(Clone, Debug, PartialEq, Interface)]
pub struct CodecError {
    /// A number for programs.
    pub code: i32,
    /// A text for people.
    pub text: String,
}

impl From<LoadError> for CodecError {
    fn from(error: LoadError) -> Self {
        CodecError {
            code: -1,
            text: error.to_string(),
        }
    }
}

/// Where bytes go.
#[interface]
pub trait Sink: Debug {
    /// Takes some.
    fn put(&mut self, bytes: &[u8]) -> bool;
    /// How much work it may be.
    fn level(&self) -> Level;
}

/// Makes and reads archives.
#[module(name = "archive")]
pub trait Archiver {
    /// Reads an archive.
    #[stub]
    fn open(bytes: &[u8], name: &str) -> Result<Archive, CodecError>;

    /// Reads the first bytes.
    #[stub]
    fn header(bytes: [u8; 8]) -> Result<Header, CodecError>;

    /// Where the bytes are that an entry is made of.
    #[ustub]
    fn seek(id: Id, at: u64) -> Result<Page<Vec<u8>>, CodecError>;

    /// One block.
    #[stub]
    fn block(handle: Handle<Reading>) -> Result<Block<16>, CodecError>;

    /// Puts a folder into another.
    #[stub]
    fn place(folder: Folder, into: &Folder) -> Result<Folder, CodecError>;

    /// Writes to a sink.
    #[ustub]
    fn write(sink: &mut dyn Sink, pieces: &[(Id, u16)]) -> Result<u64, CodecError>;

    /// Calls `each` for every piece, as long as it says so.
    #[ustub(or = none)]
    fn visit(each: &mut dyn FnMut(Id, &str) -> bool) -> u64;

    /// The part of a word before a sign.
    #[stub]
    fn before<'a>(word: Word<'a>, sign: &str) -> Result<&'a str, CodecError>;

    /// How large it is.
    #[stub]
    fn extent(scale: Option<u16>) -> Result<Extent, CodecError>;

    /// Does something.
    #[stub]
    fn ask(what: &mut String) -> Result<Answer, CodecError>;

    /// How many archives were read.
    #[wstub(or = nothing)]
    fn count() -> u64;

    /// Ends the work.
    #[stub(or = nowhere)]
    fn finish(text: String) -> Option<Id>;
}

fn none(_: &mut dyn FnMut(Id, &str) -> bool) -> u64 {
    0
}

fn nothing() -> u64 {
    0
}

fn nowhere(_: String) -> Option<Id> {
    None
}
