//! `dcat` prints files that the real tools have compressed.

mod support;

use support::content::{self, noise, text};
use support::tools::{command, compress};
use support::{Folder, dcat, run, run_dcat};

/// Compresses each sample with each set of options, and compares what `dcat` prints of the file.
fn check(tool: &str, extension: &str, settings: &[&[&str]]) {
    let folder = Folder::new();
    for (name, content) in content::samples() {
        for arguments in settings {
            let file = format!("file.{extension}");
            let file = folder.file(&file, &compress(tool, arguments, &content));
            let printed = run_dcat(&[&file]).success();
            assert!(
                printed == content,
                "{tool} {arguments:?} of {name}: {} bytes came back of {}",
                printed.len(),
                content.len()
            );
        }
    }
}

/// Prints the pieces together from standard input.
fn print(pieces: &[&[u8]]) -> Vec<u8> {
    run(&mut dcat(), &pieces.concat()).success()
}

/// A skippable frame of zstd and lz4.
fn skippable(number: u8, len: usize) -> Vec<u8> {
    let mut frame = vec![0x50 + number, 0x2a, 0x4d, 0x18];
    frame.extend(u32::try_from(len).expect("short").to_le_bytes());
    frame.extend(noise(len, 3));
    frame
}

#[test]
fn gzip_files_are_printed() {
    check("gzip", "gz", &[&["-1"], &["-6"], &["-9"], &["--rsyncable"]]);
}

#[test]
fn zstd_files_are_printed() {
    check(
        "zstd",
        "zst",
        &[
            &["-1"],
            &["-3", "--no-check"],
            &["-19"],
            &["--fast=5"],
            &["-T2", "-B100KB"],
            // A window of 256 MiB, which exceeds the decoder's default limit.
            &["-1", "--long=28"],
        ],
    );
}

#[test]
fn xz_files_are_printed() {
    check(
        "xz",
        "xz",
        &[
            &["-0"],
            &["-6"],
            &["-9e"],
            &["--check=none"],
            &["--check=crc32"],
            &["--check=sha256"],
            &["-T2", "--block-size=64KiB"],
            &["--x86", "--delta=dist=4", "--lzma2=preset=1"],
        ],
    );
}

#[test]
fn lzma_files_are_printed() {
    check(
        "xz",
        "lzma",
        &[&["--format=lzma", "-1"], &["--format=lzma", "-9"]],
    );
}

#[test]
fn bzip2_files_are_printed() {
    check("bzip2", "bz2", &[&["-1"], &["-9"]]);
}

#[test]
fn lz4_files_are_printed() {
    check(
        "lz4",
        "lz4",
        &[
            &["-1"],
            &["-9"],
            &["-12"],
            &["-B4"],
            &["-B4", "-BD"],
            &["-B5", "-BX"],
            &["-B6", "-BD", "-BX"],
            &["-B7", "--no-frame-crc"],
            &["-l"],
        ],
    );
}

#[test]
fn brotli_files_are_printed() {
    check(
        "brotli",
        "br",
        &[
            &["-q", "0"],
            &["-q", "1"],
            &["-q", "5", "-w", "10"],
            &["-q", "6", "-w", "24"],
            &["-q", "9", "--large_window=30"],
            &["-q", "11"],
        ],
    );
}

#[test]
fn files_with_a_stored_name_or_size_are_printed() {
    let folder = Folder::new();
    let content = text(50_000);
    folder.file("original.txt", &content);
    for (tool, arguments) in [
        ("gzip", &["-N", "-k", "original.txt"][..]),
        ("zstd", &["-q", "-o", "x.zst", "original.txt"]),
        ("lz4", &["-q", "--content-size", "original.txt", "x.lz4"]),
    ] {
        let made = command(tool)
            .args(arguments)
            .current_dir(folder.path())
            .status()
            .expect("the tool runs");
        assert!(made.success(), "{tool}");
    }
    let files = ["original.txt.gz", "x.zst", "x.lz4"];
    let ran = run(dcat().current_dir(folder.path()).args(files), b"");
    assert!(ran.success() == content.repeat(3));
}

#[test]
fn several_members_in_one_file_are_printed() {
    let (a, b) = (text(70_000), noise(1000, 2));
    for (tool, arguments) in [
        ("gzip", &[][..]),
        ("zstd", &[]),
        ("xz", &[]),
        ("xz", &["--format=lzma"]),
        ("bzip2", &[]),
        ("lz4", &[]),
        ("lz4", &["-l"]),
    ] {
        let pack = |content: &[u8]| compress(tool, arguments, content);
        if arguments.contains(&"--format=lzma") {
            // No second file can follow in the old format; `xz` reports an error too.
            let ran = run(&mut dcat(), &[pack(&a), pack(&b)].concat());
            ran.failure(&["standard input"]);
            continue;
        }
        let printed = print(&[&pack(&a), &pack(b""), &pack(&b), &pack(b""), &pack(&a)]);
        assert!(printed == [&a[..], &b, &a].concat(), "{tool} {arguments:?}");
    }
}

#[test]
fn a_thousand_members_in_one_file_are_printed() {
    let line = b"one line of many\n";
    for tool in ["gzip", "zstd", "xz", "bzip2", "lz4"] {
        let printed = print(&[&compress(tool, &[], line).repeat(1000)]);
        assert!(printed == line.repeat(1000), "{tool}");
    }
}

#[test]
fn skippable_frames_are_skipped() {
    let content = text(10_000);
    let (short, long) = (skippable(0, 0), skippable(15, 300_000));
    for (tool, arguments) in [("zstd", &[][..]), ("lz4", &[]), ("lz4", &["-l"])] {
        let packed = compress(tool, arguments, &content);
        let printed = print(&[&short, &long, &packed, &short, &packed, &long]);
        assert!(printed == content.repeat(2), "{tool} {arguments:?}");
    }
    assert!(print(&[&short, &long]).is_empty());
}

/// Detection looks at each frame once.
#[test]
fn a_hundred_thousand_skippable_frames_are_skipped() {
    let content = text(1000);
    let front = skippable(7, 0).repeat(100_000);
    for tool in ["zstd", "lz4"] {
        let file = [&front[..], &compress(tool, &[], &content)].concat();
        assert!(
            run(command(tool).arg("-dc"), &file).success() == content,
            "{tool}"
        );
        assert!(print(&[&file]) == content, "{tool}");
    }
}

/// Detection reads 1 MiB at most. The tools are told the format by their names.
#[test]
fn behind_far_skippable_frames_the_format_must_be_given() {
    let folder = Folder::new();
    let content = text(1000);
    for front in [skippable(0, 2 << 20), skippable(0, 1000).repeat(2000)] {
        for tool in ["zstd", "lz4"] {
            let file = [&front[..], &compress(tool, &[], &content)].concat();
            run(&mut dcat(), &file).failure(&["can be lz4 or zstd", "--format"]);
            let ran = run(dcat().args(["--format", tool]), &file);
            assert!(ran.success() == content, "{tool}");
            // Or by the name of the file.
            let extension = if tool == "zstd" { "tzst" } else { "LZ4" };
            let file = folder.file(&format!("file.{extension}"), &file);
            assert!(run_dcat(&[&file]).success() == content, "{tool}");
        }
    }
}

#[test]
fn both_lz4_formats_can_be_in_one_file() {
    let content = text(10_000);
    let (present, legacy) = (
        compress("lz4", &[], &content),
        compress("lz4", &["-l"], &content),
    );
    let printed = print(&[&legacy, &present, &legacy, &legacy, &present]);
    assert!(printed == content.repeat(5));
}

#[test]
fn a_full_legacy_block_can_be_the_last() {
    // The last block is full, or has one byte.
    for len in [8 << 20, (8 << 20) + 1] {
        let content = text(len);
        assert!(print(&[&compress("lz4", &["-l"], &content)]) == content);
    }
}

#[test]
fn pzstd_files_are_printed() {
    let content = text(200_000);
    assert!(print(&[&compress("pzstd", &["-p2"], &content)]) == content);
}

#[test]
fn padding_between_xz_streams_is_skipped() {
    let content = text(10_000);
    let packed = compress("xz", &[], &content);
    let printed = print(&[&packed, &[0; 8], &packed, &[0; 4]]);
    assert!(printed == content.repeat(2));
}

#[test]
fn a_brotli_file_that_begins_like_gzip_is_printed() {
    let folder = Folder::new();
    let content = text(2188);
    let packed = compress("brotli", &["-q", "5", "-w", "24"], &content);
    assert_eq!(
        packed[..3],
        [0x1f, 0x8b, 0x08],
        "chosen for its first bytes"
    );
    let file = folder.file("a.br", &packed);
    assert!(run_dcat(&[&file]).success() == content);
    let ran = run(dcat().args(["--format", "brotli"]), &packed);
    assert!(ran.success() == content);
}

#[test]
fn files_of_all_formats_are_printed_together() {
    let folder = Folder::new();
    let mut all = Vec::new();
    let mut files = Vec::new();
    for tool in support::tools::ALL {
        let content = format!("from {tool}\n");
        let packed = compress(tool, &[], content.as_bytes());
        // With --format, `dcat` accepts any name.
        let ran = run(dcat().args(["--format", tool]), &packed);
        assert_eq!(ran.success(), content.as_bytes());
        let extension = if tool == "brotli" { "br" } else { "any" };
        files.push(folder.file(&format!("{tool}.{extension}"), &packed));
        all.extend(content.into_bytes());
    }
    let ran = run(dcat().args(&files), b"");
    assert_eq!(ran.success(), all);
}
