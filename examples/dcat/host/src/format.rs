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

/// The format according to the content. `head` is the beginning of the file or, if `whole`, all of it.
pub(crate) fn by_content(head: &[u8], whole: bool) -> Verdict {
    let mut rest = head;
    loop {
        if let Some(&(_, format)) = MAGIC.iter().find(|(magic, _)| rest.starts_with(magic)) {
            return Verdict::Is(format);
        }
        if is_bzip2(rest) {
            return Verdict::Is(Format::Bzip2);
        }
        if is_lzma(rest) {
            return Verdict::Is(Format::Xz);
        }
        let skipped = head.len() - rest.len();
        if whole && skipped > 0 && rest.is_empty() {
            // There are only skippable frames. For either decoder, the content is empty.
            return Verdict::Is(Format::Zstd);
        }
        if rest.len() < LONGEST && !whole {
            return Verdict::Needs(skipped + LONGEST);
        }
        // zstd and lz4 share their skippable frames; the frame after them decides.
        let Some(frame) = skippable_frame(rest) else {
            return Verdict::Unknown;
        };
        match rest.get(frame..) {
            Some(behind) => rest = behind,
            // The file ends inside such a frame; either decoder reports that.
            None if whole => return Verdict::Is(Format::Zstd),
            None if skipped + frame > FARTHEST => return Verdict::Unknown,
            None => return Verdict::Needs(skipped + frame + LONGEST),
        }
    }
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

/// The length of the skippable frame at the start of `head`.
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
        ] {
            let head = [SKIPPABLE, SKIPPABLE, magic].concat();
            assert_eq!(by_content(&head, false), Verdict::Is(format));
            let needed = 2 * SKIPPABLE.len() + LONGEST;
            for len in SKIPPABLE.len() + LONGEST..head.len() {
                assert_eq!(by_content(&head[..len], false), Verdict::Needs(needed));
            }
        }
        assert_eq!(by_content(SKIPPABLE, true), Verdict::Is(Format::Zstd));
        assert_eq!(by_content(&SKIPPABLE[..9], true), Verdict::Is(Format::Zstd));
        let head = [SKIPPABLE, b"then some text"].concat();
        assert_eq!(by_content(&head, false), Verdict::Unknown);
    }

    #[test]
    fn the_search_does_not_go_past_a_huge_skippable_frame() {
        let head = b"\x50\x2a\x4d\x18\xff\xff\xff\xff and so on";
        assert_eq!(by_content(head, false), Verdict::Unknown);
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
