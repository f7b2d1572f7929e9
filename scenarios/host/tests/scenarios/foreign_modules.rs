//! Modules behind an interface of ABI C that another compiler built, or that are written in C.
//! See `src/scenario/abi_c.rs`.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use dlkm_rt::metadata::{Metadata, ModuleState};
use dlkm_verify::Digest;
use scenario_bounded::Bounded;

use crate::scenario::{abi_c, loading};
use crate::support::{self, stderr, stdout};

/// An image whose metadata says that another compiler built it.
pub(crate) fn by_another_compiler(module: &str) -> tempfile::TempDir {
    let mut image = fs::read(support::root().join(format!("{module}.so"))).expect("built before");
    for (from, to) in [("rustc=1.", "rustc=0."), ("commit=", "commit=0")] {
        let places: Vec<_> = (0..image.len() - from.len())
            .filter(|at| image[*at..].starts_with(from.as_bytes()))
            .collect();
        assert!(!places.is_empty(), "the image contains {from}");
        for at in places {
            image[at..at + to.len()].copy_from_slice(to.as_bytes());
        }
    }
    let root = tempfile::tempdir().expect("a temporary folder");
    fs::write(root.path().join(format!("{module}.so")), image).expect("written");
    root
}

/// The header in `modules/calc` is what `dlkm header` prints; `BLESS=1` writes it again.
#[test]
fn the_committed_header_is_current() {
    let image = Metadata::read(&support::root().join("calc.so")).expect("built before");
    let header = dlkm_tools::c_header(image.interfaces()).expect("of ABI C");
    let file = source("calc.h");
    if std::env::var_os("BLESS").is_some() {
        fs::write(&file, &header).expect("written");
    }
    let committed = fs::read_to_string(&file).unwrap_or_default();
    assert!(
        committed == header,
        "{} is out of date: BLESS=1 writes it again",
        file.display()
    );
}

#[test]
fn an_interface_of_rust_has_no_header() {
    let image = Metadata::read(&support::root().join("mixed.so")).expect("built before");
    let error = dlkm_tools::c_header(image.interfaces()).expect_err("not of ABI C");
    assert_eq!(
        error.to_string(),
        "the ABI of interface `mixed-rust` is not C; declare it with `#[module(abi = \"C\")]`"
    );
}

fn source(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../modules/calc")
        .join(name)
}

/// The module in C, with these options for its compiler; `None` if there is no compiler.
fn in_c(options: &[&str]) -> Option<tempfile::TempDir> {
    if Command::new("cc").arg("--version").output().is_err() {
        let _ = writeln!(std::io::stderr(), "skipped: there is no C compiler, `cc`");
        return None;
    }
    let root = tempfile::tempdir().expect("a temporary folder");
    let output = Command::new("cc")
        .args([
            "-std=c11", "-Wall", "-Wextra", "-Werror", "-shared", "-fPIC",
        ])
        .args(options)
        .arg("-o")
        .arg(root.path().join("calc.so"))
        .arg(source("calc.c"))
        .output()
        .expect("cc starts");
    assert!(output.status.success(), "{}", stderr(&output));
    Some(root)
}

#[test]
fn a_module_in_c_works() {
    for options in [
        &["-O0"][..],
        &[
            "-O2",
            "-fvisibility=hidden",
            "-Wl,--gc-sections",
            "-Wl,-z,now",
        ],
    ] {
        let Some(root) = in_c(options) else { return };
        abi_c::each_function_works().succeed(root.path());
        abi_c::a_panic_of_a_callback_passes_through().succeed(root.path());
        prints(
            &refusal(root.path(), "load"),
            &["its load hook failed: No such device (os error 19)"],
        );
        prints(
            &refusal(root.path(), "text"),
            &["its load hook failed: there is no abacus"],
        );
    }
}

/// The dynamic linker looks for a function in the program and in what is loaded before it first.
#[test]
fn a_module_in_c_keeps_its_functions_where_the_program_has_others_of_that_name() {
    let Some(root) = in_c(&["-O2"]) else { return };
    let (source, other) = (root.path().join("other.c"), root.path().join("libother"));
    let text = "unsigned long calc_add(unsigned long a, unsigned long b) { return a * b + 99; }\n";
    fs::write(&source, text).expect("written");
    let mut cc = Command::new("cc");
    cc.args(["-shared", "-fPIC", "-o"]).arg(&other).arg(&source);
    assert!(cc.status().expect("cc starts").success());
    let mut host = abi_c::each_function_works().host(root.path());
    let output = host.env("LD_PRELOAD", &other).output();
    let output = output.expect("the host starts");
    assert!(output.status.success(), "{}", stderr(&output));
}

/// The image is opened by another name than its path, which would be its `$ORIGIN`.
#[test]
fn a_library_beside_the_image_is_found() {
    if in_c(&[]).is_none() {
        return;
    }
    let made = tempfile::tempdir().expect("a temporary folder");
    fs::write(
        made.path().join("beside.c"),
        "int beside(void) { return 7; }\n",
    )
    .expect("written");
    let library = Command::new("cc")
        .args(["-shared", "-fPIC", "-Wl,-soname,libbeside.so"])
        .args(["-o", "libbeside.so", "beside.c"])
        .current_dir(made.path())
        .status();
    assert!(library.expect("cc starts").success());
    let folder = format!("-L{}", made.path().display());
    for run_path in [
        "-Wl,-rpath,$ORIGIN/lib",
        "-Wl,-rpath,${ORIGIN}/x:$ORIGIN/lib",
    ] {
        let needs = ["-Wl,--no-as-needed", run_path, &folder, "-lbeside"];
        let Some(root) = in_c(&needs) else { return };
        let lib = root.path().join("lib");
        fs::create_dir(&lib).expect("made");
        fs::copy(made.path().join("libbeside.so"), lib.join("libbeside.so")).expect("copied");
        abi_c::each_function_works().succeed(root.path());

        // No one has recorded or signed the library.
        enforce(root.path());
        let text = stderr(&loading::load().succeed_with(root.path(), "calc"));
        for part in [
            "calc.so needs the library ",
            "/libbeside.so beside it, which nothing verifies",
        ] {
            assert!(text.contains(part), "{text}");
        }
    }
}

/// Records `calc`, and lets the kernel refuse all images that are not recorded.
fn enforce(root: &Path) {
    let digest = Digest::of_file(&root.join("calc.so")).expect("it is installed");
    fs::write(
        root.join("digests"),
        format!("sha256 {digest} calc 1.2.3\n"),
    )
    .expect("written");
    let system = "version 1\nmodule calc auto\nverify enforce\n";
    fs::write(root.join("system"), system).expect("written");
}

#[test]
fn a_module_in_c_is_verified_too() {
    // It does not stay mapped: a copy has another name than the scenario looks for.
    let Some(root) = in_c(&["-DDLKM_UNMAP"]) else {
        return;
    };
    enforce(root.path());
    abi_c::each_function_works().succeed(root.path());
    fs::write(root.path().join("digests"), "").expect("written");
    let text = stderr(&loading::load().succeed_with(root.path(), "calc"));
    assert!(text.contains("/calc.so is not recorded"), "{text}");
}

#[test]
fn metadata_in_c_equals_that_in_rust() {
    let Some(root) = in_c(&["-mavx2"]) else {
        return;
    };
    let c = Metadata::read(&root.path().join("calc.so")).expect("a module");
    let rust = Metadata::read(&support::root().join("calc.so")).expect("built before");
    assert_eq!(c.interfaces(), rust.interfaces());
    assert_eq!(
        (c.name(), c.version(), c.desc()),
        ("calc", "1.2.3", "calculates, in C")
    );
    assert!(c.build().features().any(|feature| feature == "avx2"));
    assert!(
        c.supports(ModuleState::Auto)
            && c.supports(ModuleState::Loaded)
            && !c.supports(ModuleState::Static)
    );
}

#[test]
fn a_module_in_c_stays_mapped_unless_its_author_says_otherwise() {
    for (options, reason) in [
        (
            &[][..],
            Some("calc::add is written in C, which does not show what it leaves behind"),
        ),
        (&["-DDLKM_UNMAP"], None),
    ] {
        let Some(root) = in_c(options) else { return };
        let module = Metadata::read(&root.path().join("calc.so")).expect("a module");
        assert_eq!(module.stays_mapped(), reason);
    }
    let rust = Metadata::read(&support::root().join("calc.so")).expect("built before");
    let reason = rust.stays_mapped();
    assert_eq!(
        reason,
        Some("calc::first_word returns a borrow, `&u8`, in `Str.borrow`")
    );
}

#[track_caller]
fn prints(output: &Output, parts: &[&str]) {
    let text = stdout(output);
    for part in parts {
        assert!(text.contains(part), "{text:?} does not say {part:?}");
    }
}

/// What the host prints if the load hook fails, with `CALC_REFUSES` set to `how`.
fn refusal(root: &Path, how: &str) -> Output {
    let mut host = abi_c::load_hook_refuses().host(root);
    let output = host.env("CALC_REFUSES", how).bounded();
    assert!(output.status.success(), "{}", stderr(&output));
    output
}

/// No copy of std that the host may ask knows the image.
#[test]
fn a_backtrace_has_offsets_for_a_module_of_another_compiler() {
    let root = by_another_compiler("calc");
    let mut host = abi_c::panics_cross_the_boundary().host(root.path());
    let output = host.env("RUST_BACKTRACE", "1").bounded();
    let text = stdout(&output);
    assert!(output.status.success(), "{}", stderr(&output));
    let (_, frames) = text.split_once("\nstack backtrace:\n   0: ").expect("it");
    assert!(frames.contains(": <calc.so+0x"), "{text}");
    assert!(frames.contains(": <program+0x"), "{text}");
    assert!(frames.contains("`addr2line -Cfie FILE OFFSET`"), "{text}");
    assert_eq!(text.matches("stack backtrace").count(), 1, "{text}");
}

#[test]
fn a_module_of_another_compiler_works() {
    let root = by_another_compiler("calc");
    abi_c::each_function_works().succeed(root.path());
    let output = abi_c::panics_cross_the_boundary().succeed(root.path());
    // The host's panic hook runs once.
    let heard: Vec<_> = stdout(&output)
        .lines()
        .filter(|line| line.contains("too bad"))
        .map(str::to_owned)
        .collect();
    let [heard] = &heard[..] else {
        panic!("{heard:?}")
    };
    assert!(
        heard.contains("module `calc`, function `calc::fail`, at "),
        "{heard}"
    );
    assert_eq!(stderr(&output), "");
}

#[test]
fn errors_of_load_hooks_are_reported() {
    let other = by_another_compiler("calc");
    for root in [support::root(), other.path()] {
        prints(
            &refusal(root, "load"),
            &["its load hook failed: No such device (os error 19)"],
        );
        prints(
            &refusal(root, "panic"),
            &["its load hook panicked: the hook went wrong"],
        );
        prints(
            &refusal(root, "boot"),
            &["its load hook failed: this process has already booted a kernel"],
        );
    }
}

#[test]
fn the_image_of_another_compiler_stays_mapped_if_it_says_so() {
    abi_c::its_image_stays_mapped().succeed(by_another_compiler("calc").path());
}

#[test]
fn a_rust_interface_of_another_compiler_is_refused() {
    let root = by_another_compiler("mixed");
    let output = abi_c::load_mixed().succeed(root.path());
    prints(
        &output,
        &[
            "mixed.so was not built for this host",
            "rustc: image 0.",
            "rustc commit: image",
        ],
    );
}

#[test]
fn another_target_is_refused() {
    let root = by_another_compiler("calc");
    let file = root.path().join("calc.so");
    let mut image = fs::read(&file).expect("written before");
    for (from, to) in [(&b"target=x86_64"[..], &b"target=x86_32"[..])] {
        for at in 0..image.len() - from.len() {
            if image[at..].starts_with(from) {
                image[at..at + to.len()].copy_from_slice(to);
            }
        }
    }
    fs::write(&file, image).expect("written");
    let output = abi_c::load_hook_refuses().succeed(root.path());
    prints(&output, &["target: image x86_32"]);
}
