//! Files much larger than the memory that the program may use.

mod support;

use std::fs::{self, File};
use std::io::{Read, Write};
use std::process::{Child, Stdio};

use support::content::noise;
use support::tools::{command, compress};
use support::{Folder, dcat, wait};

const CHUNK: usize = 1 << 20;
const CHUNKS: usize = 300;
/// The number of different pieces in a file of many pieces.
const PERIOD: usize = 10;
/// The peak memory that the program may use, in KiB.
const PEAK: u64 = 64 * 1024;

/// One piece of the content: a few bytes of noise, then a long run that is cheap to compress.
fn chunk(number: usize) -> Vec<u8> {
    let mut chunk = vec![b'a' + (number % 26) as u8; CHUNK];
    chunk[..4096].copy_from_slice(&noise(4096, number as u64));
    chunk
}

/// Compresses the whole content with the tool into a file, as one stream.
fn make_file(folder: &Folder, tool: &str, arguments: &[&str]) -> String {
    let path = folder.file("large", b"");
    let mut child = command(tool)
        .arg("-c")
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(File::create(&path).expect("a temporary file"))
        .spawn()
        .expect("the tool runs");
    let mut stdin = child.stdin.take().expect("piped");
    for number in 0..CHUNKS {
        stdin.write_all(&chunk(number)).expect("the tool reads");
    }
    drop(stdin);
    assert!(wait(&mut child).success());
    path
}

/// The peak memory of a running program, in KiB.
fn peak(child: &Child) -> u64 {
    let status = fs::read_to_string(format!("/proc/{}/status", child.id())).expect("it runs");
    status
        .lines()
        .find_map(|line| {
            line.strip_prefix("VmHWM:")?
                .strip_suffix("kB")?
                .trim()
                .parse()
                .ok()
        })
        .expect("the peak of its memory")
}

/// Prints the file, compares the whole output, and checks the memory shortly before the end. The program
/// is still running then, because a pipe can't hold the rest of the output.
fn check(tool: &str, file: &str, expected: impl Fn(usize) -> Vec<u8>) {
    let mut child = dcat()
        .args(["--format", tool, file])
        .stdout(Stdio::piped())
        .spawn()
        .expect("dcat runs");
    let mut stdout = child.stdout.take().expect("piped");
    let mut printed = vec![0; CHUNK];
    for number in 0..CHUNKS {
        if number == CHUNKS - 1 {
            let peak = peak(&child);
            assert!(peak < PEAK, "{tool}: {peak} KiB");
        }
        stdout.read_exact(&mut printed).expect("dcat prints");
        assert!(printed == expected(number), "{tool}, chunk {number}");
    }
    assert_eq!(stdout.read(&mut printed).expect("dcat ends"), 0, "{tool}");
    assert!(wait(&mut child).success());
}

fn check_one_stream(tool: &str, arguments: &[&str]) {
    let folder = Folder::new();
    check(tool, &make_file(&folder, tool, arguments), chunk);
}

#[test]
fn gzip_needs_little_memory() {
    check_one_stream("gzip", &["-1"]);
}

#[test]
fn zstd_needs_little_memory() {
    check_one_stream("zstd", &["-1"]);
}

#[test]
fn xz_needs_little_memory() {
    check_one_stream("xz", &["-0"]);
}

#[test]
fn bzip2_needs_little_memory() {
    check_one_stream("bzip2", &["-1"]);
}

#[test]
fn lz4_needs_little_memory() {
    check_one_stream("lz4", &["-1", "-BD"]);
}

#[test]
fn legacy_lz4_needs_little_memory() {
    check_one_stream("lz4", &["-l"]);
}

#[test]
fn brotli_needs_little_memory() {
    check_one_stream("brotli", &["-q", "1", "-w", "24"]);
}

/// Many pieces in one file are decoded one after the other, and none leaks memory.
#[test]
fn many_pieces_need_little_memory() {
    for tool in ["gzip", "zstd", "xz", "bzip2", "lz4"] {
        let folder = Folder::new();
        let pieces: Vec<_> = (0..PERIOD)
            .map(|number| compress(tool, &["-1"], &chunk(number)))
            .collect();
        let all = pieces.concat().repeat(CHUNKS / PERIOD);
        check(tool, &folder.file("large", &all), |number| {
            chunk(number % PERIOD)
        });
    }
}
