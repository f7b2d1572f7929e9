//! Damaged files: cut, changed, or with something after their data.

mod support;

use support::content::{noise, text};
use support::tools::{ALL, compress};
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
        }
    }
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
