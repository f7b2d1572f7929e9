//! The note in which a program or library says what it may load while it runs, as package managers
//! read it: "ELF dlopen metadata", UAPI.12.

use crate::const_text::Text;

/// The owner of the note, with its NUL.
pub(crate) const OWNER: &[u8; 4] = b"FDO\0";

/// The type of the note.
pub(crate) const TYPE: u32 = 0x407c_0c0a;

/// A note as it is in the section `.note.dlopen`. `N` must be [`size`](Self::size) of its text.
#[derive(Clone, Copy, Debug)]
#[repr(C, align(4))]
pub struct DlopenNote<const N: usize> {
    owner_size: u32,
    text_size: u32,
    kind: u32,
    owner: [u8; 4],
    text: [u8; N],
}

impl DlopenNote<0> {
    /// The size of a text in a note, in bytes: a NUL ends it, and its end is aligned.
    pub const fn size(json: &str) -> usize {
        (json.len() + 1).next_multiple_of(4)
    }
}

impl<const N: usize> DlopenNote<N> {
    /// The note with this JSON text.
    pub const fn new(json: &str) -> Self {
        let mut text = Text::new();
        text.put(json);
        assert!(N == DlopenNote::size(json), "N is another text's size");
        DlopenNote {
            owner_size: OWNER.len() as u32,
            text_size: json.len() as u32 + 1,
            kind: TYPE,
            owner: *OWNER,
            text: text.buffer(),
        }
    }
}
