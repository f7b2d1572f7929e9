//! `dlkm diff` and `dlkm info` on images of one module with different versions of its interface.

mod common;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Output;

use common::{Sandbox, dependencies, replaced, stderr};

/// The first version of the interface; the others change parts of it.
const FIRST: Version = Version {
    version: "0.1.0",
    types: "#[derive(Interface)]
pub struct Error { pub code: i32, pub at: u64 }

#[derive(Interface)]
#[repr(u8)]
pub enum Level { Low = 1, High = 2 }
",
    functions: "#[stub(or = none)]
    fn decode(level: Level, input: &[u8]) -> Result<u64, Error>;
",
    bodies: "fn decode(_: Level, _: &[u8]) -> Result<u64, Error> { Ok(0) }",
};

/// Of the driver, whatever the version.
const TUNABLES: &str = "
#[dlkm_rt::tunable(range = 1..=4096, desc = \"size of the buffer\", dynamic)]
static BUFSZ: dlkm_rt::Tunable<u32> = dlkm_rt::Tunable::new(40);

#[dlkm_rt::tunable]
static GREETING: dlkm_rt::Tunable<&str> = dlkm_rt::Tunable::new(\"hello, you\");

#[derive(Clone, Copy, dlkm_rt::TunableChoice)]
enum Mode { Fast, VerySafe }

#[dlkm_rt::tunable(name = \"mode\")]
static HOW: dlkm_rt::Tunable<Mode> = dlkm_rt::Tunable::new(Mode::VerySafe);

#[dlkm_rt::tunable(range = dlkm_rt::Size::kib(4)..)]
static CACHE: dlkm_rt::Tunable<dlkm_rt::Size> = dlkm_rt::Tunable::new(dlkm_rt::Size::mib(1));
";

#[derive(Clone, Copy)]
struct Version {
    version: &'static str,
    types: &'static str,
    functions: &'static str,
    bodies: &'static str,
}

/// Builds the module `diff-codec` with one version of its interface. The image is `name.so`.
fn image(sandbox: &Sandbox, name: &str, version: &Version) -> PathBuf {
    let Version {
        version,
        types,
        functions,
        bodies,
    } = version;
    let fallback = "fn none(_: Level, _: &[u8]) -> Result<u64, Error> { Ok(0) }";
    let api = format!(
        "use dlkm_rt::{{Interface, module}};\n{types}\n{fallback}\n\
         #[module(name = \"diff-codec\")]\npub trait Codec {{\n{functions}\n}}\n"
    );
    let driver = format!(
        "use diff_codec_api::*;\npub struct Driver;\n\
         #[dlkm_rt::module(desc = \"decodes\")]\nimpl Codec for Driver {{\n{bodies}\n}}\n\
         {TUNABLES}"
    );
    sandbox.package("diff-codec-api", &dependencies(&[]), &api);
    sandbox.package("diff-codec", &dependencies(&["diff-codec-api"]), &driver);
    let manifest = sandbox.dir.join("crates/diff-codec-api/Cargo.toml");
    let text = fs::read_to_string(&manifest).unwrap();
    fs::write(&manifest, text.replace("0.3.1", version)).unwrap();
    let installed = sandbox.build().root("root").run().unwrap();
    let file = sandbox.dir.join(name).with_extension("so");
    fs::copy(&installed[0].file, &file).unwrap();
    file
}

fn dlkm(sandbox: &Sandbox, arguments: &[&Path]) -> Output {
    let mut command = sandbox.command(env!("CARGO_BIN_EXE_dlkm"));
    command.args(arguments).output().unwrap()
}

fn diff(sandbox: &Sandbox, old: &Path, new: &Path) -> (Option<i32>, String) {
    let output = dlkm(sandbox, &[Path::new("diff"), old, new]);
    assert_eq!(stderr(&output), "");
    let text = String::from_utf8(output.stdout).unwrap();
    (output.status.code(), text)
}

#[track_caller]
fn says(text: &str, parts: &[&str]) {
    for part in parts {
        assert!(text.contains(part), "{text}\ndoes not say {part:?}");
    }
}

#[test]
fn diff_reports_what_breaks_callers_and_what_does_not() {
    let sandbox = Sandbox::new("diff");
    let first = image(&sandbox, "first", &FIRST);
    let more = Version {
        version: "0.2.0",
        functions: "#[stub(or = none)]
    fn decode(level: Level, input: &[u8]) -> Result<u64, Error>;
    #[wstub(or = nothing)]
    fn forget(level: Level);
",
        types: format!("{}\nfn nothing(_: Level) {{}}", FIRST.types).leak(),
        bodies: "fn decode(_: Level, _: &[u8]) -> Result<u64, Error> { Ok(0) }
    fn forget(_: Level) {}",
    };
    let added = image(&sandbox, "added", &more);
    let other = Version {
        types: "#[derive(Interface)]
pub struct Error { pub code: i64, pub at: u64, pub why: std::borrow::Cow<'static, str> }

#[derive(Interface)]
#[repr(u8)]
pub enum Level { Low = 1, High = 3, Extra = 4 }
",
        version: "0.3.0",
        ..FIRST
    };
    let changed = image(&sandbox, "changed", &other);

    assert_eq!(
        diff(&sandbox, &first, &first),
        (
            Some(0),
            format!(
                "module diff-codec 0.3.1\n\
                 interface diff-codec 0.1.0\n\
                 \x20 no differences\n\
                 callers built with {0} work with {0}\n",
                first.display()
            )
        )
    );

    let (code, text) = diff(&sandbox, &first, &added);
    assert_eq!(code, Some(0), "{text}");
    says(
        &text,
        &[
            "interface diff-codec 0.1.0 → 0.2.0\n",
            "  added    forget: fn(Level)\n",
            "added.so\n",
            " work with ",
        ],
    );
    let (code, text) = diff(&sandbox, &added, &first);
    assert_eq!(code, Some(1), "{text}");
    says(
        &text,
        &["  removed  forget: fn(Level)\n", " do not work with "],
    );

    let (code, text) = diff(&sandbox, &added, &changed);
    assert_eq!(code, Some(1), "{text}");
    says(
        &text,
        &[
            "  changed  Error.why is added (decode)\n",
            "  changed  Error.code: i32 at ",
            "→ i64 at ",
            "  changed  Level: variant Extra is added (decode)\n",
            "  changed  Level::High: value 2 → 3 (decode)\n",
            "  removed  forget: fn(Level)\n",
        ],
    );

    let patched = patch(&first, "rustc=1.", "rustc=0.");
    let (code, text) = diff(&sandbox, &first, &patched);
    assert_eq!(code, Some(0), "only the host compares builds: {text}");
    says(&text, &["build differs", "  note     rustc: 1."]);
    let patched = patch(&first, "interface=diff-codec ", "interface=diff-coder ");
    let (code, text) = diff(&sandbox, &first, &patched);
    assert_eq!(code, Some(1), "{text}");
    says(
        &text,
        &[
            "interface diff-codec 0.1.0: removed\n",
            "interface diff-coder 0.1.0: added\n",
        ],
    );
    let patched = patch(&first, "load-only Rust 0.1.0", "load-only C 0.1.0\0x=");
    let (code, text) = diff(&sandbox, &first, &patched);
    assert_eq!(code, Some(1), "{text}");
    says(&text, &["  changed  ABI: Rust → C\n"]);

    info(&sandbox, &changed);
    unreadable(&sandbox, &first);
}

/// Copies the image, with one text in its metadata replaced by another of the same length.
fn patch(image: &Path, from: &str, to: &str) -> PathBuf {
    let bytes = replaced(&fs::read(image).unwrap(), from, to);
    let file = image.with_file_name("patched.so");
    fs::write(&file, bytes).unwrap();
    file
}

fn info(sandbox: &Sandbox, image: &Path) {
    let output = dlkm(sandbox, &[Path::new("info"), image]);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    let text = String::from_utf8(output.stdout).unwrap();
    says(
        &text,
        &[
            "module diff-codec 0.3.1\n",
            "  about    decodes\n",
            "  stays mapped after an unload: `diff-codec::decode` returns a borrow, `&str`, in `Error.why`\n",
            "tunables\n",
            "  bufsz: u32 from 1 to 4096, default 40, dynamic\n    size of the buffer\n",
            "  cache: size from 4KiB, default 1MiB\n",
            "  greeting: text, default \"hello, you\"\n",
            "  mode: fast | very-safe, default very-safe\n",
            "interface diff-codec 0.3.0, load-only, ABI Rust\n",
            "  fn decode(Level, &[u8]) -> Result<u64, Error>\n",
            "  enum Level, repr(u8), size 1, alignment 1, niche\n    Low = 1\n    High = 3\n",
            "  struct Error, size 40, alignment 8, niche\n    code: i64 at ",
            "  panic strategy: unwind\n",
        ],
    );
}

fn unreadable(sandbox: &Sandbox, image: &Path) {
    let text = sandbox.dir.join("Cargo.toml");
    let none = sandbox.dir.join("none.so");
    let output = dlkm(sandbox, &[Path::new("diff"), &none, &text]);
    assert_eq!(output.status.code(), Some(2));
    assert!(output.stdout.is_empty());
    says(
        &stderr(&output),
        &[
            "none.so: the file can't be read",
            "Cargo.toml: the file is not an ELF image",
        ],
    );
    for arguments in [
        &[Path::new("diff"), image, &none][..],
        &[Path::new("info"), &none],
        &[Path::new("diff"), image],
        &[],
    ] {
        let output = dlkm(sandbox, arguments);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        assert!(!output.stderr.is_empty());
    }
}
