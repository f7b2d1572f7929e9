//! Damaged files: cut, changed, or with something after their data.

mod support;

use support::content::{noise, text};
use support::tools::{ALL, command, compress};
use support::{Folder, Ran, dcat, run, run_dcat};

/// Decodes `data` as this format.
fn decode(format: &str, data: &[u8]) -> Ran {
    run(dcat().args(["--format", format]), data)
}

fn small() -> Vec<u8> {
    [text(600), noise(200, 5)].concat()
}

#[test]
fn a_file_cut_anywhere_is_an_error() {
    for tool in ALL {
        let whole = compress(tool, &[], &small());
        // Each of the first bytes and of the last, where headers and checksums are.
        let last = whole.len() - 20;
        for len in (0..40)
            .chain((40..last).step_by(7))
            .chain(last..whole.len())
        {
            let ran = decode(tool, &whole[..len]);
            ran.failure(&["standard input: "]);
            // The output is right as far as it goes.
            assert!(small().starts_with(&ran.stdout), "{tool}, {len} bytes");
            if len >= 13 {
                ran.failure(&["truncated"]);
            }
            let unnamed = run(&mut dcat(), &whole[..len]);
            unnamed.failure(&["standard input: "]);
        }
        assert_eq!(decode(tool, &whole).success(), small());
    }
}

#[test]
fn a_second_piece_cut_anywhere_is_an_error() {
    for tool in ["gzip", "zstd", "xz", "bzip2", "lz4"] {
        let whole = compress(tool, &[], &small());
        for len in [1, 2, 3, 4, 5, 6, 7, 8, 15, 40, whole.len() - 1] {
            let ran = decode(tool, &[&whole, &whole[..len]].concat());
            ran.failure(&["standard input: "]);
            assert!(ran.stdout.starts_with(&small()), "{tool}, {len} bytes");
        }
    }
}

#[test]
fn an_lz4_file_cut_between_blocks_is_truncated() {
    // 64 KiB blocks that don't compress: 7 bytes of header, then each block behind 4 bytes of length.
    let whole = compress("lz4", &["-B4", "--no-frame-crc"], &noise(3 * 65536, 9));
    for blocks in 0..=3 {
        for extra in 0..4 {
            let len = 7 + blocks * (4 + 65536) + extra;
            decode("lz4", &whole[..len]).failure(&["truncated"]);
        }
    }
    decode("lz4", &whole).success();
}

#[test]
fn every_flipped_bit_is_detected_or_harmless() {
    for tool in ALL {
        let whole = compress(tool, &[], &text(120));
        for at in 0..whole.len() {
            let mut data = whole.clone();
            data[at] ^= 1 << (at % 8);
            let ran = decode(tool, &data);
            match ran.code() {
                // Only brotli has no checksum.
                0 => assert!(
                    tool == "brotli" || ran.stdout == text(120),
                    "{tool}, byte {at}"
                ),
                _ => ran.failure(&["standard input: "]),
            }
            // Words, and not the name of a variant: `HeaderChecksumError`.
            let letters = ran.stderr.as_bytes().windows(2);
            let mut humps =
                letters.filter(|two| two[0].is_ascii_lowercase() && two[1].is_ascii_uppercase());
            assert_eq!(humps.next(), None, "{tool}, byte {at}: {}", ran.stderr);
        }
    }
}

#[test]
fn errors_of_lz4_and_xz_are_words() {
    let lz4 = compress("lz4", &[], &text(120));
    let legacy = compress("lz4", &["-l"], &text(120));
    let xz = compress("xz", &[], &text(120));
    let changed = |data: &[u8], at: usize| {
        let mut data = data.to_vec();
        data[at] ^= 0x40;
        data
    };
    // A header is magic number, flags, block descriptor, checksum.
    for (format, data, words) in [
        (
            "lz4",
            changed(&lz4, 6),
            "the checksum of the frame header does not match",
        ),
        (
            "lz4",
            changed(&lz4, lz4.len() - 1),
            "the checksum of the content does not match",
        ),
        (
            "lz4",
            changed(&lz4, 4),
            "version 0 of the frame format is unknown",
        ),
        (
            "lz4",
            [&legacy[..4], &[4, 0, 0, 0, 0, 0, 0, 0]].concat(),
            "a copy from a distance of 0",
        ),
        (
            "lz4",
            [&legacy[..4], &[4, 0, 0, 0, 0, 9, 0, 0]].concat(),
            "a copy from before the start",
        ),
        ("xz", changed(&xz, xz.len() - 40), "the data is damaged"),
        (
            "xz",
            with_check(&xz, 0x80),
            "it uses a filter or an option that the decoder does not know",
        ),
        (
            "xz",
            b"no xz file is so short".to_vec(),
            "neither the xz nor the lzma format",
        ),
    ] {
        decode(format, &data).failure(&[words]);
    }
}

/// Like `xz`, which warns after it has written the content.
#[test]
fn an_xz_check_of_an_unknown_kind_is_an_error_after_the_content() {
    const RESERVED: u8 = 2;
    let whole = compress("xz", &["--check=crc32"], &small());
    let unknown = with_check(&whole, RESERVED);
    let tool = run(command("xz").arg("-dc"), &unknown);
    assert_eq!(
        (tool.code(), &tool.stdout),
        (2, &small()),
        "{}",
        tool.stderr
    );
    // Before or behind another stream too.
    for (data, times) in [
        (unknown.clone(), 1),
        ([&whole[..], &unknown].concat(), 2),
        ([&unknown[..], &whole].concat(), 2),
    ] {
        let ran = decode("xz", &data);
        ran.failure(&["its check is of an unknown kind, so the content could not be verified"]);
        assert_eq!(ran.stdout, small().repeat(times));
    }
}

/// An xz file whose header and footer name another kind of check.
fn with_check(file: &[u8], kind: u8) -> Vec<u8> {
    let mut file = file.to_vec();
    let end = file.len();
    file[7] = kind;
    file[end - 3] = kind;
    let (head, foot) = (crc32(&file[6..8]), crc32(&file[end - 8..end - 2]));
    file[8..12].copy_from_slice(&head.to_le_bytes());
    file[end - 12..end - 8].copy_from_slice(&foot.to_le_bytes());
    file
}

fn crc32(data: &[u8]) -> u32 {
    !data.iter().fold(!0, |crc, &byte| {
        (0..8).fold(crc ^ u32::from(byte), |crc, _| {
            (crc >> 1) ^ (0xedb8_8320 & 0_u32.wrapping_sub(crc & 1))
        })
    })
}

#[test]
fn garbage_after_the_data_is_an_error() {
    for tool in ALL {
        let whole = compress(tool, &[], &small());
        let ran = decode(tool, &[&whole[..], b"garbage behind the data"].concat());
        ran.failure(&["can't be decoded: "]);
        assert_eq!(ran.stdout, small(), "{tool}");
    }
}

#[test]
fn zeros_after_the_data_are_treated_as_the_real_tools_do() {
    for tool in ALL {
        let whole = compress(tool, &[], &small());
        let ran = decode(tool, &[&whole[..], &[0; 512]].concat());
        assert_eq!(ran.stdout, small(), "{tool}");
        match tool {
            // Like the real tools, which accept the padding of tapes.
            "gzip" | "xz" | "bzip2" => assert_eq!(ran.code(), 0, "{tool}"),
            _ => ran.failure(&["can't be decoded: "]),
        }
    }
}

#[test]
fn the_error_for_a_wrong_format_names_the_right_one() {
    for tool in ALL {
        let data = compress(tool, &[], &small());
        for other in ALL.into_iter().filter(|&other| other != tool) {
            let ran = decode(other, &data);
            ran.failure(&["standard input: "]);
            if tool != "brotli" {
                ran.failure(&[&format!("it looks like {tool}, so try --format {tool}")]);
            }
        }
    }
}

#[test]
fn the_error_for_a_gzip_file_named_br_suggests_gzip() {
    let folder = Folder::new();
    let file = folder.file("a.br", &compress("gzip", &[], &small()));
    run_dcat(&[&file]).failure(&["it looks like gzip, so try --format gzip"]);
    assert_eq!(run_dcat(&[&file, "--format", "gzip"]).success(), small());
}

#[test]
fn a_wrong_checksum_is_an_error() {
    for (tool, from_end) in [("gzip", 8), ("zstd", 4), ("lz4", 4)] {
        let mut data = compress(tool, &[], &small());
        let at = data.len() - from_end;
        data[at] ^= 1;
        decode(tool, &data).failure(&["can't be decoded: "]);
    }
}
