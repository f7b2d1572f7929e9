//! C programs, C libraries and modules in C call through stub modules, and the modules behind these load
//! themselves.

use std::collections::BTreeSet;
use std::fs;
use std::io::Write as _;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::{Mutex, OnceLock, PoisonError};

use dlkm_metadata::{Metadata, ModuleState, Phase};
use scenario_bounded::Bounded;

/// A folder with everything that is built once: `modules` is the module root, and beside it are the
/// links to the stub modules, `libdlkm_kernel.so`, and the headers for C programs.
fn built() -> &'static Path {
    static BUILT: OnceLock<PathBuf> = OnceLock::new();
    BUILT.get_or_init(|| {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("stubs");
        let root = folder.join("modules");
        let build = || {
            dlkm_tools::Build::new(env!("CARGO_MANIFEST_DIR"))
                .root(&root)
                .quiet()
        };
        let api = || build().package("scenario-stubs-api");
        let stubs = api().stub_modules().expect("the stub modules build");
        let names: Vec<_> = stubs.iter().map(|one| one.module.as_str()).collect();
        assert_eq!(names, ["buyer_stub", "drawer_stub", "till_stub"]);
        let modules = build().package("scenario-stubs-till");
        let modules = modules.package("scenario-stubs-drawer");
        modules.run().expect("the modules build");
        for interface in api().interfaces().expect("the interfaces") {
            let file = folder.join(format!("{}.h", interface.name()));
            let one = std::slice::from_ref(&interface);
            let text = match interface.name() {
                // A module in C provides it.
                "buyer" => dlkm_tools::c_header(one),
                _ => dlkm_tools::c_caller_header(one),
            };
            fs::write(file, text.expect("of ABI C")).expect("written");
        }
        compile(
            "cc",
            &["-shared", "-fPIC", "-O2"],
            "buyer.c",
            &root.join("buyer.so"),
            &["till"],
        );
        compile(
            "cc",
            &["-shared", "-fPIC", "-O2"],
            "shop.c",
            &folder.join("libshop.so"),
            &["till", "drawer"],
        );
        folder
    })
}

/// Compiles a C source, linked to these stub modules. They are looked for beside the result, and beside
/// its folder.
fn compile(cc: &str, options: &[&str], source: &str, to: &Path, stubs: &[&str]) {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("stubs");
    let output = Command::new(cc)
        .args(source.ends_with(".c").then_some("-std=c11"))
        .args(["-Wall", "-Wextra", "-Werror"])
        .args(options)
        .arg("-I")
        .arg(&folder)
        .arg("-o")
        .arg(to)
        .arg(
            Path::new(env!("CARGO_MANIFEST_DIR"))
                .join("tests/c")
                .join(source),
        )
        .arg("-L")
        .arg(&folder)
        .args(stubs.iter().map(|name| format!("-l{name}_stub")))
        .args(["-Wl,-rpath,$ORIGIN", "-Wl,-rpath,$ORIGIN/..", "-pthread"])
        .output()
        .unwrap_or_else(|error| panic!("{cc}: {error}"));
    assert!(
        output.status.success(),
        "{source}: {}",
        text(&output.stderr)
    );
}

/// A program in the folder of the stub modules, compiled once for each set of options.
fn program(cc: &str, options: &[&str], source: &str) -> PathBuf {
    let stem = source.trim_end_matches(".c");
    let name = format!("{stem}-{cc}{}", options.concat().replace(['=', '/'], "-"));
    let to = built().join(name);
    static COMPILED: Mutex<BTreeSet<PathBuf>> = Mutex::new(BTreeSet::new());
    // Under the lock: another test may be about to run it.
    let mut compiled = COMPILED.lock().unwrap_or_else(PoisonError::into_inner);
    if compiled.insert(to.clone()) {
        compile(cc, options, source, &to, &["till", "drawer"]);
    }
    to
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[track_caller]
fn printed(output: &Output) -> String {
    let error = text(&output.stderr);
    assert!(output.status.success(), "{}: {error}", output.status);
    text(&output.stdout)
}

fn host(arguments: &[&Path]) -> Command {
    let mut host = Command::new(env!("CARGO_BIN_EXE_scenario-stubs-host"));
    host.args(arguments).env_remove("DLKM_ROOT");
    host
}

/// A copy of the folder, without modules that are named.
fn copy(without: &[&str]) -> tempfile::TempDir {
    let copy = tempfile::tempdir().expect("a temporary folder");
    fs::create_dir(copy.path().join("modules")).expect("a folder");
    let files = ["libtill_stub.so", "libdrawer_stub.so"].map(|name| {
        let target = Path::new("modules").join(name.trim_start_matches("lib"));
        std::os::unix::fs::symlink(target, copy.path().join(name)).expect("a link");
        format!("modules/{}", name.trim_start_matches("lib"))
    });
    let files = files.iter().map(String::as_str);
    let others = [
        "modules/till.so",
        "modules/drawer.so",
        "libdlkm_kernel.so",
        "libshop.so",
    ];
    for file in files.chain(others).filter(|file| !without.contains(file)) {
        fs::copy(built().join(file), copy.path().join(file)).expect("a copy");
    }
    copy
}

/// What `each.c` prints if both modules can be loaded.
const EACH: &str = "\
open -1, coins -1
total 55
tax 189.100
coin 2.50 42
receipt 12.50 6 1
length 12
call 24
put 2 5
wait 0 7
open 1, coins 5
";

#[test]
fn a_c_program_loads_the_modules_by_calling_their_functions() {
    for cc in ["gcc", "clang"] {
        if Command::new(cc).arg("--version").output().is_err() {
            // Not `eprintln!`, whose output is not shown for a test that passes.
            let _ = writeln!(std::io::stderr(), "skipped: there is no {cc}");
            continue;
        }
        for options in [
            &["-O0"][..],
            &["-O2"],
            &["-O2", "-fPIE", "-pie", "-Wl,-z,now"],
            &["-O2", "-fno-plt"],
            &["-O2", "-fcf-protection=full"],
            &["-O3", "-flto"],
        ] {
            let program = program(cc, options, "each.c");
            for (variable, value) in [("DLKM_NONE", ""), ("LD_BIND_NOW", "1")] {
                let output = Command::new(&program).env(variable, value).bounded();
                assert_eq!(printed(&output), EACH, "{cc} {options:?} {variable}");
                assert_eq!(text(&output.stderr), "", "nothing to say");
            }
        }
    }
}

/// Figures 3 and 4 of the seeds, from the kernel's events: the stub module is loaded for the module that
/// depends on it, and the stub module's function loads the module.
#[test]
fn a_module_calls_the_stub_module_of_another() {
    let root = built().join("modules");
    let output = host(&["figure".as_ref(), &root]).bounded();
    let expected = "\
till_stub for module `buyer`
buyer for buyer::buyer_buy
till for till::till_total
bought: 105
bought: 106
";
    assert_eq!(printed(&output), expected);
}

#[test]
fn a_stub_module_that_the_dynamic_linker_mapped_joins_the_kernel_of_the_host() {
    let folder = copy(&[]);
    let (root, library) = (
        folder.path().join("modules"),
        folder.path().join("libshop.so"),
    );
    let output = host(&["join".as_ref(), &root, &library]).bounded();
    let expected = "\
open, without a kernel: -1
till_stub for a program that is linked to it
open: -1
till for till::till_total
bought: 8
open: 1
module `till_stub` stays: it is a stub module, and the program or one of its libraries is linked to it
module `till_stub` can't be upgraded: it is a stub module, and the program or one of its libraries is \
linked to it; restart the program
drawer unloaded
drawer_stub unloaded
till loaded
till_stub loaded
";
    assert_eq!(printed(&output), expected);
}

#[test]
fn a_process_has_one_kernel_also_if_a_stub_module_boots_it() {
    let (root, library) = (built().join("modules"), built().join("libshop.so"));
    let output = host(&["late".as_ref(), &root, &library]).bounded();
    assert_eq!(printed(&output), "bought: 8\nbooted: false\nbought: 9\n");
}

#[test]
fn calls_through_a_stub_module_hold_the_module_while_it_is_unloaded_again_and_again() {
    let (root, library) = (built().join("modules"), built().join("libshop.so"));
    let output = host(&["fire".as_ref(), &root, &library]).bounded();
    let printed = printed(&output);
    let last = "module `drawer` is busy: calls are in flight; try again later\nunloaded: true\n";
    assert!(printed.ends_with(last), "{printed}");
}

/// First calls from many threads, in a child, in constructors and destructors, and what may come between.
#[test]
fn first_calls_where_they_are_awkward() {
    let program = program("gcc", &["-O2"], "first.c");
    for (what, expected) in [
        ("threads", "coins 16\n"),
        ("threads", "coins 16\n"),
        ("threads", "coins 16\n"),
        ("forks", "child 0\nparent -1 4\nchild 0\nparent 5\n"),
        ("signals", "handler 3\nin a call 0 4\n"),
        ("noise", "total 10\n"),
    ] {
        let output = Command::new(&program).arg(what).bounded();
        assert_eq!(printed(&output), expected, "{what}");
    }
    let output = Command::new(&program).env("FIRST_EARLY", "1").bounded();
    assert_eq!(printed(&output), "constructor 23\ndestructor 9\n");
}

#[test]
fn an_exception_and_a_long_jump_leave_a_module_through_its_stub_module() {
    let folder = copy(&[]);
    let path = |name: &str| folder.path().join(name);
    fs::copy(
        built().join("modules/buyer_stub.so"),
        path("modules/buyer_stub.so"),
    )
    .expect("a copy");
    std::os::unix::fs::symlink("modules/buyer_stub.so", path("libbuyer_stub.so")).expect("a link");
    let options = ["-shared", "-fPIC", "-O2", "-Wno-missing-field-initializers"];
    compile(
        "g++",
        &options,
        "thrower.cc",
        &path("modules/buyer.so"),
        &[],
    );
    compile("g++", &["-O2"], "catcher.cc", &path("catcher"), &["buyer"]);
    let output = Command::new(path("catcher"))
        .env_remove("DLKM_ROOT")
        .bounded();
    let expected = "unwound\ncaught 42\nunwound\ncaught 42\njumped 7\nbought 3\n";
    assert_eq!(printed(&output), expected);
}

#[test]
fn the_metadata_is_that_of_a_stub_module() {
    let image = built().join("modules/drawer_stub.so");
    let metadata = Metadata::read(&image).expect("an image");
    assert_eq!(metadata.name(), "drawer_stub");
    assert_eq!(metadata.desc(), "Autoload stub for the drawer DLKM");
    assert_eq!(metadata.kind(), "misc");
    assert_eq!(metadata.stub_of(), Some("drawer"));
    assert!(metadata.interfaces().is_empty());
    let states = [ModuleState::Loaded, ModuleState::Static, ModuleState::Auto];
    assert_eq!(
        states.map(|state| metadata.supports(state)),
        [true, true, false]
    );
    assert_eq!(metadata.phases().first(), Some(&Phase::Boot1));
}

#[test]
fn a_stub_module_exports_what_c_programs_call_and_little_else() {
    let output = Command::new("nm")
        .args(["--dynamic", "--defined-only", "--format=just-symbols"])
        .arg(built().join("modules/till_stub.so"))
        .output()
        .expect("nm starts");
    let printed = printed(&output);
    let mut symbols: Vec<&str> = printed.lines().collect();
    symbols.sort_unstable();
    let expected = [
        "dlkm_c_module",
        "dlkm_image_entry",
        "till_call",
        "till_is_open",
        "till_length",
        "till_move",
        "till_panic",
        "till_receipt",
        "till_tax",
        "till_total",
    ];
    assert_eq!(symbols, expected);
}

/// What each function returns where nothing can be loaded.
const FALLBACKS: &str = "\
open -1, coins -1
total 0
tax -1.000
coin 1.25 40
receipt 10.00 1 6
length 18446744073709551615
call -1
put 0 0
wait -1 10
open -1, coins -1
";

fn each_in(folder: &Path) -> Command {
    let program = folder.join("each");
    fs::copy(self::program("gcc", &["-O2"], "each.c"), &program).expect("a copy");
    let mut command = Command::new(program);
    command.env_remove("DLKM_ROOT");
    command
}

#[test]
fn without_the_modules_the_fallbacks_answer_and_the_reason_is_printed_once() {
    let folder = copy(&["modules/till.so", "modules/drawer.so"]);
    let output = each_in(folder.path()).bounded();
    assert_eq!(printed(&output), FALLBACKS);
    let root = folder
        .path()
        .canonicalize()
        .expect("the folder")
        .join("modules");
    let error = text(&output.stderr);
    for (module, function) in [("till", "till_total"), ("drawer", "drawer_put")] {
        let start = format!("dlkm: can't load module `{module}`");
        assert_eq!(error.matches(&start).count(), 1, "{function}: {error}");
        let image = format!("there is no image {}", root.join(module).display());
        assert!(error.contains(&image), "{error}");
    }
}

#[test]
fn without_a_kernel_the_fallbacks_answer_and_the_reason_is_printed_once() {
    let folder = copy(&["libdlkm_kernel.so"]);
    let output = each_in(folder.path()).bounded();
    assert_eq!(printed(&output), FALLBACKS);
    let error = text(&output.stderr);
    assert_eq!(
        error.matches("dlkm: ").count(),
        2,
        "once for each stub module: {error}"
    );
    assert!(error.contains("libdlkm_kernel.so"), "{error}");
    assert!(error.contains("`cargo dlkm build --stubs`"), "{error}");
}

/// None of them may end the program by a signal.
#[test]
fn a_damaged_kernel_or_module_is_named() {
    let folder = copy(&["libdlkm_kernel.so"]);
    let at = |name: &str| folder.path().join(name);
    let [kernel, till] = [at("libdlkm_kernel.so"), at("modules/till.so")];
    let error = || {
        let output = each_in(folder.path()).bounded();
        assert_eq!(printed(&output).lines().nth(1), Some("total 0"));
        text(&output.stderr)
    };
    let whole = fs::read(built().join("libdlkm_kernel.so")).expect("built");
    for length in [0, 63, 64, 1000, 4096, whole.len() / 2, whole.len() - 1] {
        fs::write(&kernel, &whole[..length]).expect("written");
        let error = error();
        assert!(
            error.contains("libdlkm_kernel.so is cut short"),
            "{length}: {error}"
        );
    }
    for content in [
        "no library at all".repeat(100).as_bytes(),
        &fs::read(&till).expect("built"),
    ] {
        fs::write(&kernel, content).expect("written");
        let error = error();
        assert!(error.contains("dlkm: can't load module"), "{error}");
        assert!(error.contains("libdlkm_kernel.so"), "{error}");
    }
    fs::write(&kernel, &whole).expect("written");
    fs::copy(at("modules/till_stub.so"), &till).expect("a copy");
    let error = error();
    assert!(
        error.contains("is the image of module `till_stub`"),
        "{error}"
    );
}

/// C code can't catch it: it ends the program, with a message.
#[test]
fn a_panic_that_reaches_a_c_program_ends_it() {
    let program = program("gcc", &["-O2"], "first.c");
    let output = Command::new(&program)
        .arg("panic")
        .env("RUST_BACKTRACE", "0")
        .bounded();
    assert_eq!(output.status.signal(), Some(6), "{}", output.status);
    let error = text(&output.stderr);
    assert!(
        error.contains("module `till`, function `till::till_panic`: the till jams (3)"),
        "{error}"
    );
}

#[test]
fn the_module_root_is_the_one_that_the_environment_names() {
    let folder = copy(&["modules/till.so", "modules/drawer.so"]);
    let output = each_in(folder.path())
        .env("DLKM_ROOT", built().join("modules"))
        .bounded();
    assert_eq!(printed(&output), EACH);
}

/// An image that no kernel has attached has little memory, and looks through the whole environment.
#[test]
fn the_environment_may_be_large() {
    let folder = copy(&["modules/till.so", "modules/drawer.so"]);
    let large = || {
        let mut each = each_in(folder.path());
        for number in 0..8 {
            each.env(format!("A{number}"), "x".repeat(100_000));
        }
        each
    };
    assert_eq!(printed(&large().bounded()), FALLBACKS);
    let output = large().env("DLKM_ROOT", built().join("modules")).bounded();
    assert_eq!(printed(&output), EACH);
}

/// A program with more rights than its user must not load what its user names.
#[test]
fn a_set_uid_program_does_not_follow_the_environment() {
    let is_root = Command::new("id").arg("-u").output();
    if is_root.is_ok_and(|output| output.stdout != b"0\n") {
        let why = "skipped: needs root, to run a program as another user";
        let _ = writeln!(
            std::io::stderr(),
            "a_set_uid_program_does_not_follow_the_environment {why}"
        );
        return;
    }
    let folder = copy(&["modules/till.so", "modules/drawer.so"]);
    let output = each_in(folder.path());
    let program = PathBuf::from(output.get_program());
    // The dynamic linker follows `$ORIGIN` of such a program only into its own folders, so it finds the
    // stub modules by their full path.
    let output = Command::new("setpriv")
        .args(["--reuid=65534", "--regid=65534", "--clear-groups"])
        .arg(set_uid(&program, folder.path()))
        .env("DLKM_ROOT", built().join("modules"))
        .bounded();
    assert_eq!(printed(&output), FALLBACKS);
    let error = text(&output.stderr);
    let root = folder
        .path()
        .canonicalize()
        .expect("the folder")
        .join("modules");
    assert!(error.contains(&*root.to_string_lossy()), "{error}");
}

/// Makes the program set-uid, linked to the stub modules by an absolute path.
fn set_uid(program: &Path, folder: &Path) -> PathBuf {
    let to = program.with_file_name("each-set-uid");
    let rpath = format!("-Wl,-rpath,{}", folder.display());
    compile("gcc", &["-O2", &rpath], "each.c", &to, &["till", "drawer"]);
    let set = |path: &Path, mode| {
        fs::set_permissions(path, fs::Permissions::from_mode(mode)).expect("its mode");
    };
    set(folder, 0o755);
    set(&to, 0o4755);
    to
}

#[test]
fn an_image_of_another_build_is_refused_with_the_difference() {
    let folder = copy(&[]);
    let (root, library) = (
        folder.path().join("modules"),
        folder.path().join("libshop.so"),
    );
    let stub = root.join("till_stub.so");
    let mut image = fs::read(&stub).expect("a copy");
    let place = |image: &[u8], text: &[u8]| image.windows(text.len()).position(|part| part == text);
    let mut changed = 0;
    while let Some(at) = place(&image, b"\0rustc=1.") {
        image[at + 7] = b'0';
        changed += 1;
    }
    assert!(changed > 0, "the image says what built it");
    fs::write(&stub, image).expect("written");
    let output = host(&["join".as_ref(), &root, &library]).bounded();
    assert!(
        printed(&output).contains("bought: 0"),
        "the fallback answers"
    );
    let error = text(&output.stderr);
    let root = root.canonicalize().expect("the root");
    let said = format!(
        "{} was not built for this host: rustc: image 0.",
        root.join("till_stub.so").display()
    );
    assert!(error.contains(&said), "{error}");
}

#[test]
fn the_stub_module_may_be_linked_to_the_program() {
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).join("stubs-core");
    let built_host = Command::new(env!("CARGO"))
        .args([
            "build",
            "--locked",
            "--quiet",
            "--package",
            "scenario-stubs-host",
        ])
        .args(["--features", "c-code", "--target-dir"])
        .arg(&target)
        .env("DLKM_STATIC", "till_stub")
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .expect("cargo starts");
    assert!(built_host.status.success(), "{}", text(&built_host.stderr));
    let folder = copy(&[]);
    let host = target.join("debug/scenario-stubs-host");
    let output = Command::new(host)
        .arg("core")
        .arg(folder.path().join("modules"))
        .bounded();
    let expected = "\
total, without a kernel: 0
till_stub for the kernel's boot
open: -1
till for till::till_total
total: 55
open: 1
drawer unloaded image
drawer_stub unloaded image
till loaded image
till_stub loaded static
";
    assert_eq!(printed(&output), expected);
}
