//! Recognizes the format of a file.

use std::fmt;
use std::path::Path;

use clap::ValueEnum;

/// A format with a decoder.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// gzip.
    Gzip,
    /// Zstandard.
    Zstd,
    /// xz and lzma.
    Xz,
    /// bzip2.
    Bzip2,
    /// LZ4 frames.
    Lz4,
    /// Brotli.
    Brotli,
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Gzip => "gzip",
            Self::Zstd => "zstd",
            Self::Xz => "xz",
            Self::Bzip2 => "bzip2",
            Self::Lz4 => "lz4",
            Self::Brotli => "brotli",
        })
    }
}

/// What the first bytes of a file show.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// The file begins like this format.
    Is(Format),
    /// This many bytes from the start of the file are needed.
    Needs(usize),
    /// The file begins with a skippable frame, which zstd and lz4 share. What decides between the two is
    /// too far away, or no mark.
    Skippable,
    /// The file begins with none of the marks.
    Unknown,
}

const MAGIC: &[(&[u8], Format)] = &[
    (b"\x1f\x8b", Format::Gzip),
    (b"\x28\xb5\x2f\xfd", Format::Zstd),
    (b"\xfd7zXZ\0", Format::Xz),
    (b"\x04\x22\x4d\x18", Format::Lz4),
    // The legacy format.
    (b"\x02\x21\x4c\x18", Format::Lz4),
];

/// The longest mark is the whole header of an lzma file.
const LONGEST: usize = 13;

/// The length of the head of a skippable frame, which no frame that could follow falls short of.
const FRAME_HEAD: usize = 8;

/// How far to look, past skippable frames, for the first frame that is not skippable.
const FARTHEST: usize = 1024 * 1024;

/// The format according to the file's name. Only brotli is recognized by name. Its data has no mark, and
/// can begin with the mark of another format (2,188 bytes in one piece begin like gzip), so the name takes
/// precedence over the content.
pub(crate) fn by_name(path: &Path) -> Option<Format> {
    let extension = path.extension()?;
    extension
        .eq_ignore_ascii_case("br")
        .then_some(Format::Brotli)
}

/// Finds the format of a file by its content, while more and more of its beginning is read.
#[derive(Debug, Default)]
pub(crate) struct Search {
    /// Where the skippable frames end that were found so far.
    skipped: usize,
}

impl Search {
    /// `head` is the beginning of the file or, if `whole`, all of it. It begins with the `head` of the
    /// call before.
    pub(crate) fn look(&mut self, head: &[u8], whole: bool) -> Verdict {
        loop {
            let Some(rest) = head.get(self.skipped..) else {
                return match whole {
                    // The file ends inside a skippable frame; either decoder reports that.
                    true => Verdict::Is(Format::Zstd),
                    false => self.needs(FRAME_HEAD),
                };
            };
            let verdict = match self.skipped {
                0 => first(rest, whole),
                _ => behind_skippable(rest, whole),
            };
            match (verdict, skippable_frame(rest)) {
                (Verdict::Needs(len), _) => return self.needs(len),
                (Verdict::Skippable, Some(frame)) => {
                    self.skipped = self.skipped.saturating_add(frame)
                }
                (verdict, _) => return verdict,
            }
        }
    }

    /// `len` bytes behind the skippable frames are needed.
    fn needs(&self, len: usize) -> Verdict {
        match self.skipped.saturating_add(len) {
            end if end > FARTHEST => Verdict::Skippable,
            end => Verdict::Needs(end),
        }
    }
}

/// What the start of a file shows.
fn first(head: &[u8], whole: bool) -> Verdict {
    if let Some(format) = by_magic(head) {
        Verdict::Is(format)
    } else if is_bzip2(head) {
        Verdict::Is(Format::Bzip2)
    } else if is_lzma(head) {
        Verdict::Is(Format::Xz)
    } else if head.len() < LONGEST && !whole {
        Verdict::Needs(LONGEST)
    } else if skippable_frame(head).is_some() {
        Verdict::Skippable
    } else {
        Verdict::Unknown
    }
}

/// What follows a skippable frame shows: zstd and lz4 share such frames, and the frame after them decides.
fn behind_skippable(rest: &[u8], whole: bool) -> Verdict {
    match by_magic(rest) {
        Some(format @ (Format::Zstd | Format::Lz4)) => Verdict::Is(format),
        // There are only skippable frames. For either decoder, the content is empty.
        None if whole && rest.is_empty() => Verdict::Is(Format::Zstd),
        None if !whole && rest.len() < FRAME_HEAD => Verdict::Needs(FRAME_HEAD),
        _ => Verdict::Skippable,
    }
}

fn by_magic(head: &[u8]) -> Option<Format> {
    let mut marks = MAGIC.iter();
    let (_, format) = marks.find(|(magic, _)| head.starts_with(magic))?;
    Some(*format)
}

fn is_bzip2(head: &[u8]) -> bool {
    matches!(head, [b'B', b'Z', b'h', b'1'..=b'9', ..])
}

/// An lzma file has no magic number, but a header that few other files begin with. Like `xz`, this
/// accepts only headers that an encoder would write.
fn is_lzma(head: &[u8]) -> bool {
    let Some(header) = head.first_chunk::<LONGEST>() else {
        return false;
    };
    let [properties, dictionary @ .., _, _, _, _, _, _, _, _] = *header;
    let dictionary = u32::from_le_bytes(dictionary);
    let (literal_bits, position_bits) = (properties % 9, properties / 9 % 5);
    // 2^n or 2^n + 2^(n-1)
    let usual = dictionary == u32::MAX
        || dictionary.is_power_of_two()
        || (dictionary % 3 == 0 && (dictionary / 3).is_power_of_two());
    let size = u64::from_le_bytes([
        header[5], header[6], header[7], header[8], header[9], header[10], header[11], header[12],
    ]);
    properties < 225
        && literal_bits + position_bits <= 4
        && usual
        && (size == u64::MAX || size < 1 << 38)
}

/// The length of the skippable frame that begins at the start of `head`.
fn skippable_frame(head: &[u8]) -> Option<usize> {
    match *head {
        [0x50..=0x5f, 0x2a, 0x4d, 0x18, a, b, c, d, ..] => {
            usize::try_from(u32::from_le_bytes([a, b, c, d]))
                .ok()?
                .checked_add(8)
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SKIPPABLE: &[u8] = b"\x5e\x2a\x4d\x18\x03\0\0\0abc";
    fn by_content(head: &[u8], whole: bool) -> Verdict {
        Search::default().look(head, whole)
    }

    const LZMA: &[u8] = b"\x5d\0\0\x80\0\xff\xff\xff\xff\xff\xff\xff\xff\0";

    #[test]
    fn each_format_is_recognized_by_its_mark() {
        for (head, format) in [
            (&b"\x1f\x8b"[..], Format::Gzip),
            (b"\x28\xb5\x2f\xfd", Format::Zstd),
            (b"\xfd7zXZ\0", Format::Xz),
            (LZMA, Format::Xz),
            (b"BZh9", Format::Bzip2),
            (b"\x04\x22\x4d\x18", Format::Lz4),
            (b"\x02\x21\x4c\x18", Format::Lz4),
        ] {
            assert_eq!(by_content(head, false), Verdict::Is(format), "{head:?}");
            assert_eq!(by_content(head, true), Verdict::Is(format), "{head:?}");
        }
    }

    #[test]
    fn a_few_bytes_are_not_enough_unless_the_file_ends() {
        for head in [&b""[..], b"\x1f", b"BZh", b"\x28\xb5\x2f", &LZMA[..12]] {
            assert_eq!(by_content(head, false), Verdict::Needs(LONGEST));
            assert_eq!(by_content(head, true), Verdict::Unknown);
        }
    }

    #[test]
    fn other_files_are_unknown() {
        for head in [
            &b"Once upon a time"[..],
            b"BZh0 is no bzip2 ",
            b"\x7fELF\x02\x01\x01\0\0\0\0\0\0\0\0\0",
            b"PK\x03\x04\x14\0\0\0\x08\0\0\0\0\0\0\0",
            &[0; 64],
        ] {
            assert_eq!(by_content(head, false), Verdict::Unknown, "{head:?}");
        }
    }

    #[test]
    fn the_frame_after_skippable_frames_decides() {
        for (magic, format) in [
            (&b"\x28\xb5\x2f\xfd"[..], Format::Zstd),
            (b"\x04\x22\x4d\x18", Format::Lz4),
            (b"\x02\x21\x4c\x18", Format::Lz4),
        ] {
            let head = [SKIPPABLE, SKIPPABLE, magic].concat();
            assert_eq!(by_content(&head, false), Verdict::Is(format));
            let needed = 2 * SKIPPABLE.len() + FRAME_HEAD;
            for len in SKIPPABLE.len() + FRAME_HEAD..head.len() {
                assert_eq!(by_content(&head[..len], false), Verdict::Needs(needed));
            }
        }
        assert_eq!(by_content(SKIPPABLE, true), Verdict::Is(Format::Zstd));
        assert_eq!(by_content(&SKIPPABLE[..9], true), Verdict::Is(Format::Zstd));
        for other in [
            &b"then some text"[..],
            b"\x1f\x8b\x08 no gzip",
            b"BZh9",
            LZMA,
        ] {
            let head = [SKIPPABLE, other].concat();
            assert_eq!(by_content(&head, true), Verdict::Skippable, "{other:?}");
        }
    }

    #[test]
    fn the_search_does_not_go_far() {
        let head = b"\x50\x2a\x4d\x18\xff\xff\xff\xff and so on";
        assert_eq!(by_content(head, false), Verdict::Skippable);
        let mut head = b"\x50\x2a\x4d\x18\0\0\0\0".repeat(FARTHEST / 8);
        assert_eq!(by_content(&head, false), Verdict::Skippable);
        head.truncate(FARTHEST - 8);
        assert_eq!(by_content(&head, false), Verdict::Needs(FARTHEST));
    }

    #[test]
    fn the_search_goes_on_where_it_was() {
        let head = [&SKIPPABLE.repeat(3)[..], b"\x04\x22\x4d\x18"].concat();
        let mut search = Search::default();
        let mut ends = Vec::new();
        for len in 0..head.len() {
            // Nothing before the last frame counts any more.
            let mut head = head[..len].to_vec();
            let read = search.skipped.min(len);
            head[..read].fill(0xff);
            assert!(matches!(search.look(&head, false), Verdict::Needs(_)));
            ends.push(search.skipped);
        }
        ends.dedup();
        assert_eq!(ends, [0, 11, 22, 33]);
        assert_eq!(search.look(&head, false), Verdict::Is(Format::Lz4));
    }

    #[test]
    fn unusual_lzma_headers_are_not_recognized() {
        // Literal and position bits over 4 together; a dictionary of 3 bytes; a size of 2^40.
        for header in [
            &b"\x2c\0\0\x80\0\xff\xff\xff\xff\xff\xff\xff\xff"[..],
            b"\x5d\x05\0\0\0\xff\xff\xff\xff\xff\xff\xff\xff",
            b"\x5d\0\0\x80\0\0\0\0\0\0\x01\0\0",
        ] {
            assert_eq!(by_content(header, true), Verdict::Unknown, "{header:?}");
        }
    }

    #[test]
    fn only_brotli_is_recognized_by_name() {
        assert_eq!(by_name(Path::new("a.br")), Some(Format::Brotli));
        assert_eq!(by_name(Path::new("dir.br/A.BR")), Some(Format::Brotli));
        for name in ["a.gz", "br", "-", "a.br.gz", ".br"] {
            assert_eq!(by_name(Path::new(name)), None, "{name}");
        }
    }

    #[test]
    fn formats_are_spelled_as_on_the_command_line() {
        for &format in Format::value_variants() {
            let value = format.to_possible_value().expect("none is skipped");
            assert_eq!(value.get_name(), format.to_string());
        }
    }
}
