//! Formats that were added later. Each is a crate beside the others; nothing of `dcat` names it.
#![cfg(not(feature = "static"))]

mod support;

use std::fs;
use std::io::Write as _;
use std::process::{Command, Stdio};

use support::content::{noise, samples, text};
use support::tools::compress;
use support::{Folder, bare_dcat, dcat, modules, run, run_dcat};

/// Whether the command runs; otherwise says that the test is skipped.
fn has(command: &[&str]) -> bool {
    let runs = Command::new(command[0])
        .args(&command[1..])
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success());
    if !runs {
        let _ = writeln!(
            std::io::stderr(),
            "skipped: `{}` does not run here",
            command.join(" ")
        );
    }
    runs
}

/// `dcat` prints the file by its content, by its name, and by each key, and loads one module only.
fn check(module: &str, keys: &[&str], extensions: &[&str], packed: &[u8], content: &[u8]) {
    let ran = run(dcat().arg("--trace"), packed);
    assert_eq!(ran.code(), 0, "{}", ran.stderr);
    assert!(ran.stdout == content, "{module}");
    assert_eq!(ran.stderr.lines().count(), 1, "{}", ran.stderr);
    let loaded = format!("loaded {module} ");
    assert!(ran.stderr.contains(&loaded), "{}", ran.stderr);
    for key in keys {
        let ran = run(dcat().args(["--format", key]), packed);
        assert!(ran.success() == content, "{key}");
    }
    let folder = Folder::new();
    for extension in extensions {
        // The first byte is wrong, so the name must do.
        let mut other = packed.to_vec();
        other[0] ^= 1;
        let file = folder.file(&format!("file.{extension}"), &other);
        run_dcat(&[&file]).failure(&[&file, "can't be decoded"]);
    }
    run(dcat().args(["--format", "gzip"]), packed)
        .failure(&[&format!("it looks like {module}, so try --format {module}")]);
    let list = String::from_utf8(run_dcat(&["--modules"]).success()).expect("UTF-8");
    let line = list.lines().find(|line| line.starts_with(module));
    let line = line.unwrap_or_else(|| panic!("no {module} in {list}"));
    for word in keys.iter().chain(extensions) {
        assert!(line.contains(word), "no {word} in {line}");
    }
}

/// Files that are cut, or that have a wrong bit or something behind the data, are errors.
fn check_damaged(format: &str, packed: &[u8], content: &[u8], may_end_at: &[usize]) {
    let decode = |data: &[u8]| run(dcat().args(["--format", format]), data);
    for len in 1..packed.len() {
        let ran = decode(&packed[..len]);
        assert!(content.starts_with(&ran.stdout), "{format}, {len} bytes");
        match may_end_at.contains(&len) {
            true => assert_eq!(ran.code(), 0, "{format}, {len} bytes: {}", ran.stderr),
            false => ran.failure(&["truncated: the data ends too early"]),
        }
    }
    for at in 0..packed.len() {
        let mut data = packed.to_vec();
        data[at] ^= 1 << (at % 8);
        let ran = decode(&data);
        match ran.code() {
            0 => assert_eq!(ran.stdout, content, "{format}, byte {at}"),
            _ => ran.failure(&["standard input: "]),
        }
    }
    let ran = decode(&[packed, b"garbage behind the data"].concat());
    ran.failure(&["can't be decoded: "]);
    assert_eq!(ran.stdout, content, "{format}");
}

#[test]
fn lzip_files_are_printed() {
    if !has(&["lzip", "--version"]) {
        return;
    }
    for (name, content) in samples() {
        for arguments in [&["-0"][..], &["-6"], &["-9", "-s", "64KiB"]] {
            let packed = compress("lzip", arguments, &content);
            let printed = run(&mut dcat(), &packed).success();
            assert!(printed == content, "{name}, {arguments:?}");
        }
    }
    let (a, b) = (text(70_000), noise(1000, 2));
    // The tool writes members of 100 kB.
    let long = text(300_000);
    let members = [
        compress("lzip", &[], &a),
        compress("lzip", &[], &b),
        compress("lzip", &["-b", "100kB", "-s", "64KiB"], &long),
    ];
    assert!(run(&mut dcat(), &members.concat()).success() == [a, b, long].concat());
    let content = text(500);
    let packed = compress("lzip", &[], &content);
    check("lzip", &["lzip", "lz"], &["lz", "tlz"], &packed, &content);
    check_damaged("lzip", &packed, &content, &[]);
}

/// As far as Debian's tool works: that of Debian 12 fails with its own Python.
#[test]
fn snappy_files_are_printed() {
    const TOOL: [&str; 4] = ["python3", "-m", "snappy", "-c"];
    if !has(&[&TOOL[..], &["/dev/null", "/dev/null"]].concat()) {
        return;
    }
    // Of nothing, the tool makes an empty file.
    for (name, content) in samples()
        .into_iter()
        .filter(|(_, content)| !content.is_empty())
    {
        let packed = run(Command::new(TOOL[0]).args(&TOOL[1..]), &content).success();
        assert!(run(&mut dcat(), &packed).success() == content, "{name}");
        let twice = [&packed[..], &packed].concat();
        assert!(run(&mut dcat(), &twice).success() == content.repeat(2));
    }
}

/// Frames made by hand, after the description of the format.
#[test]
fn snappy_frames_are_printed() {
    let start = b"\xff\x06\0\0sNaPpY";
    // A length, 5 bytes as they are, and 7 bytes from 5 bytes before.
    let block = b"\x0c\x10Snap!\x0d\x05";
    let frames = [
        start.to_vec(),
        frame(1, b"A text. ", b"A text. "),
        frame(0, b"Snap!Snap!Sn", block),
        // Padding, a frame to skip, and another start.
        b"\xfe\x03\0\0abc".to_vec(),
        b"\x80\x02\0\0ab".to_vec(),
        start.to_vec(),
        frame(1, b"The end.", b"The end."),
    ];
    let content = b"A text. Snap!Snap!SnThe end.";
    let packed = frames.concat();
    check("snappy", &["snappy", "sz"], &["sz"], &packed, content);
    // A file may end with each frame.
    let mut ends = Vec::new();
    for frame in &frames {
        ends.push(ends.last().unwrap_or(&0) + frame.len());
    }
    check_damaged("snappy", &packed, content, &ends);
}

/// A frame of this kind with the checksum of the content, and the content as it stands in the frame.
fn frame(kind: u8, content: &[u8], packed: &[u8]) -> Vec<u8> {
    let crc = !content.iter().fold(!0, |crc, &byte| {
        (0..8).fold(crc ^ u32::from(byte), |crc, _| {
            (crc >> 1) ^ (0x82f6_3b78 & 0_u32.wrapping_sub(crc & 1))
        })
    });
    let crc = crc.rotate_right(15).wrapping_add(0xa282_ead8);
    let len = u32::try_from(packed.len() + 4)
        .expect("short")
        .to_le_bytes();
    [&[kind], &len[..3], &crc.to_le_bytes(), packed].concat()
}

/// Without the module the format is unknown, and the error lists the others. With it, nothing else changes.
#[test]
fn a_format_comes_and_goes_with_its_module() {
    let root = Folder::new();
    fs::copy(modules::image("gzip"), root.at("gzip.so")).expect("a copy");
    let packed = b"\xff\x06\0\0sNaPpY\x01\x05\0\0\x8d\x0a\xb4\x5f?";
    let dcat = |arguments: &[&str]| {
        let mut command = bare_dcat();
        command.arg("--module-root").arg(root.path());
        run(command.args(arguments), packed)
    };
    dcat(&[]).failure(&["unknown format", "; there is gzip;"]);
    assert_eq!(dcat(&["--format", "sz"]).code(), 2);
    fs::copy(modules::image("snappy"), root.at("snappy.so")).expect("a copy");
    dcat(&[]).failure(&["can't be decoded: snappy: ", "checksum"]);
    fs::remove_file(root.at("snappy.so")).expect("it is there");
    dcat(&[]).failure(&["unknown format", "; there is gzip;"]);
}
