//! Images that are made to do harm, as `dlkm info`, `dlkm diff` and `dlkm header` meet them. Each run
//! has a bounded time and a bounded memory, and ends in a report or an error.

#[path = "../../dlkm-config/src/tests/image.rs"]
mod image;

use std::fmt::Write;
use std::fs::{self, File};
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use image::image;

/// What a command may use: kilobytes of address space, and seconds.
const LIMITS: &str = "ulimit -v 1000000 && exec timeout 100 \"$0\" \"$@\"";

/// Runs `dlkm` within the limits. It must end by itself.
#[track_caller]
fn dlkm(arguments: &[&Path]) -> (Option<i32>, String, String) {
    let mut command = Command::new("sh");
    command.args(["-c", LIMITS, env!("CARGO_BIN_EXE_dlkm")]);
    let Output {
        status,
        stdout,
        stderr,
    } = command.args(arguments).output().expect("a shell");
    let stderr = String::from_utf8_lossy(&stderr).into_owned();
    // 124: the time is over. 128 and more: a signal.
    let ended = status.signal().is_none() && status.code().is_some_and(|code| code < 124);
    assert!(ended, "{arguments:?}: {status}\n{stderr}");
    let stdout = String::from_utf8_lossy(&stdout).into_owned();
    (status.code(), stdout, stderr)
}

/// A module's metadata with a description, and lines of interfaces.
fn text(desc: &str, lines: &str) -> String {
    format!(
        "format=2\0name=a\0version=0.1.0\0kind=misc\0desc={desc}\0states=auto\0depends=\0{lines}\
         rustc=1\0commit=\0target=x\0pointer=64\0panic=unwind\0runtime=0\0sanitizer=\0flags=\0features=\0"
    )
}

struct Folder(tempfile::TempDir);

impl Folder {
    fn new() -> Self {
        Folder(tempfile::tempdir().expect("a temporary folder"))
    }

    fn file(&self, name: &str, content: &[u8]) -> PathBuf {
        let file = self.0.path().join(name);
        fs::write(&file, content).expect("written");
        file
    }
}

const GIGABYTES: u64 = 8 << 30;

/// The image, with a number of 8 bytes at a place, and made 8 GB long without using the disk.
fn sparse(folder: &Folder, name: &str, changes: &[(usize, u64)]) -> PathBuf {
    let mut bytes = image(text("", "").as_bytes());
    for (at, number) in changes {
        bytes[*at..*at + 8].copy_from_slice(&number.to_le_bytes());
    }
    let file = folder.file(name, &bytes);
    let opened = File::options().write(true).open(&file).expect("ours");
    opened.set_len(GIGABYTES + 4096).expect("a sparse file");
    file
}

/// Offsets in the image that `image` makes: the size of the segment in the file and in memory, the
/// first entry of the dynamic section, and the SHT_MOD section.
const SEGMENT: usize = 64 + 32;
const DYNAMIC: usize = 64 + 3 * 56;
const FIELDS: usize = DYNAMIC + 7 * 16 + 8;

#[test]
fn a_file_that_claims_gigabytes_is_refused_soon() {
    let folder = Folder::new();
    let whole = [(SEGMENT, GIGABYTES), (SEGMENT + 8, GIGABYTES)];
    let with = |more: &[(usize, u64)]| [&whole[..], more].concat();
    let sound = sparse(&folder, "sound.so", &[]);
    let (code, out, err) = dlkm(&[Path::new("info"), &sound]);
    assert_eq!(code, Some(0), "its length alone does no harm: {err}");
    assert!(out.starts_with("module a 0.1.0\n"), "{out}");
    for (name, changes, says) in [
        // The length of the text.
        (
            "text",
            with(&[(FIELDS + 24, GIGABYTES - 4096)]),
            "it has more than 1048576 bytes",
        ),
        (
            "texts",
            with(&[(FIELDS + 24, u64::MAX)]),
            "it has more than 1048576 bytes",
        ),
        // The length of the table of names: DT_STRSZ.
        (
            "names",
            with(&[(DYNAMIC + 4 * 16 + 8, GIGABYTES - 4096)]),
            "its table of texts is not within",
        ),
        // The symbols' hash table, whose number of entries is what the text has there.
        (
            "table",
            with(&[(DYNAMIC + 8, (DYNAMIC + 7 * 16 + 8 + 32) as u64)]),
            "its hash table is not within",
        ),
        // The section table at the end of the file, where there are zeros.
        (
            "sections",
            vec![(40, GIGABYTES)],
            "it has no SHT_MOD section",
        ),
    ] {
        let file = sparse(&folder, &format!("{name}.so"), &changes);
        for command in [
            &[Path::new("info"), &file][..],
            &[Path::new("diff"), &file, &sound],
            &[Path::new("header"), &file],
        ] {
            let (code, out, err) = dlkm(command);
            assert_eq!((code, &*out), (Some(2), ""), "{command:?}: {err}");
            assert!(err.contains(says), "{command:?}: {err}");
        }
    }
}

#[test]
fn unknown_keys_are_skipped_soon() {
    let mut keys = String::new();
    for number in 0.. {
        write!(keys, "k{number}=\0").expect("written");
        if keys.len() > 309_000 {
            break;
        }
    }
    let folder = Folder::new();
    let file = folder.file("a.so", &image(text("", &keys).as_bytes()));
    let (code, out, err) = dlkm(&[Path::new("info"), &file]);
    assert_eq!(code, Some(0), "{err}");
    assert!(
        out.starts_with("module a 0.1.0\n") && !out.contains("k0"),
        "{out}"
    );
    let (code, out, err) = dlkm(&[Path::new("diff"), &file, &file]);
    assert_eq!(code, Some(0), "{err}");
    assert!(out.contains("work with"), "{out}");
}

#[test]
fn a_description_forges_no_line() {
    let folder = Folder::new();
    for sign in [
        '\n', '\r', '\u{b}', '\u{85}', '\u{2028}', '\u{1b}', '\u{202e}',
    ] {
        let desc = format!("fine{sign}built{sign}  runtime: 1.0.0");
        let file = folder.file("a.so", &image(text(&desc, "").as_bytes()));
        let (code, out, err) = dlkm(&[Path::new("info"), &file]);
        assert_eq!((code, &*out), (Some(2), ""), "{sign:?}: {err}");
        let says = format!(
            "the value of `desc` has the character U+{:04X}",
            u32::from(sign)
        );
        assert!(err.contains(&says), "{err:?} does not say {says:?}");
        assert!(!err.contains(&*desc), "{err:?}");
    }
}

#[test]
fn deep_types_end_no_command() {
    let folder = Folder::new();
    for deep in [
        "&".repeat(200_000) + "u8",
        "Option<".repeat(100_000) + "u8" + &">".repeat(100_000),
        "[".repeat(200_000) + "u8" + &"; 1]".repeat(100_000),
        "(".repeat(200_000),
    ] {
        for lines in [
            format!("type=struct size 8 align 8: S\0field=x at 0: {deep}\0"),
            format!("export=f 0123456789abcdef: fn({deep})\0"),
        ] {
            let text = text("", &format!("interface=a load-only C 1\0{lines}"));
            let file = folder.file("a.so", &image(text.as_bytes()));
            let (code, out, err) = dlkm(&[Path::new("header"), &file]);
            assert_eq!((code, &*out), (Some(1), ""), "{err}");
            assert!(err.len() < 2000, "{} bytes", err.len());
            let (code, _, err) = dlkm(&[Path::new("info"), &file]);
            assert_eq!(code, Some(0), "{err}");
            let (code, _, err) = dlkm(&[Path::new("diff"), &file, &file]);
            assert_eq!(code, Some(0), "{err}");
        }
    }
}

/// Code that a name has brought into the header would use this macro, and not compile.
const TRAP: &str = "#define evil() }; _Static_assert(0, \"a name adds code\")\n#include \"a.h\"\n\
    DLKM_MODULE(\"a\", \"1.0.0\", \"\", NULL, NULL);\n";

#[test]
fn no_name_adds_code_to_a_header() {
    let folder = Folder::new();
    let source = folder.file("a.c", TRAP.as_bytes());
    let (mut headers, mut refused) = (0, 0);
    let function = "export=f 0123456789abcdef: fn(S)\0";
    for lines in [
        // Shows that a header compiles at all.
        "interface=a load-only C 1\0FUNCTION type=struct size 1 align 1 repr(C): S\0field=x at 0: u8\0",
        "interface=a load-only C */evil();/*\0export=f 0123456789abcdef: fn()\0",
        "interface=a load-only C 1\\\0export=f 0123456789abcdef: fn()\0",
        "interface=a\",evil(),\" load-only C 1\0export=f 0123456789abcdef: fn()\0",
        "interface=a;evil(); load-only C 1\0export=f 0123456789abcdef: fn()\0",
        "interface=a load-only C 1\0export=f(void);evil();int 0123456789abcdef: fn()\0",
        "interface=a load-only C 1\0export=f 0123456789abcdef: fn() -> u8;evil();\0",
        "interface=a load-only C 1\0FUNCTION type=struct size 1 align 1 repr(C): S\0field=x;evil();int y at 0: u8\0",
        "interface=a load-only C 1\0export=f 0123456789abcdef: fn(E)\0type=enum size 1 align 1 repr(u8): E\0variant=A};evil();enum{B 1\0",
        "interface=a load-only C 1\0FUNCTION type=struct size 1 align 1 repr(C): S{}evil();\0",
        "interface=a load-only C 1\0FUNCTION type=struct size 1 align 1 repr(C): S\0field=x at 0: [u8; evil()]\0",
        "interface=a load-only C 1\0FUNCTION type=struct size 1 align 1 repr(C): S\0field=\\\"??/\"evil(); at 0: u8\0",
    ] {
        let lines = lines.replace("FUNCTION ", function);
        let file = folder.file("a.so", &image(text("", &lines).as_bytes()));
        let (code, out, err) = dlkm(&[Path::new("header"), &file]);
        if code != Some(0) {
            assert!(out.is_empty() && !err.is_empty(), "{lines:?}: {err}");
            refused += 1;
            continue;
        }
        folder.file("a.h", out.as_bytes());
        let mut compiler = Command::new("cc");
        compiler
            .args(["-std=c11", "-trigraphs", "-fsyntax-only"])
            .arg(&source);
        let output = compiler
            .output()
            .expect("a C compiler: install the package gcc");
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{lines:?}: {said}\n{out}");
        headers += 1;
    }
    assert!(
        headers > 1 && refused > 1,
        "{headers} headers, {refused} refused"
    );
}
