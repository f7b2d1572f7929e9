//! How much more than dlopen a load does: counted, so that a busy machine changes nothing. What is
//! counted is optimised code.

mod common;

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use common::{Sandbox, dependencies, driver, replaced, stderr};

/// A module's number among those that are loaded, and the instructions of its load less those of
/// dlopen and dlsym: some 3 % more than there are.
const LIMITS: [(usize, i64); 3] = [(1, 66_500), (2, 64_600), (100, 62_200)];

/// Loads the first modules by the kernel, or opens their images.
const HOST: &str = r#"//! Host.
use std::ffi::{CString, c_char, c_int, c_void};

use dlkm_rt::{Kernel, ModuleRoot};

unsafe extern "C" {
    fn dlopen(file: *const c_char, flags: c_int) -> *mut c_void;
    fn dlsym(handle: *mut c_void, name: *const c_char) -> *mut c_void;
}

const RTLD_NOW: c_int = 2;

fn main() {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let [way, root, count] = &args[..] else { panic!("way, root, count") };
    let kernel = Kernel::boot(unsafe { ModuleRoot::trusted(root) }).unwrap();
    for number in 0..count.parse().unwrap() {
        let name = format!("m{number:03}");
        if way == "dlkm" {
            kernel.load(&name).unwrap();
        } else {
            let file = CString::new(format!("{root}/{name}.so")).unwrap();
            let image = unsafe { dlopen(file.as_ptr(), RTLD_NOW) };
            assert!(!image.is_null());
            let entry = unsafe { dlsym(image, c"dlkm_image_entry".as_ptr()) };
            assert!(!entry.is_null());
        }
    }
}
"#;

/// Builds the host, and fills `root` with modules.
fn build(root: &Path) -> PathBuf {
    let sandbox = Sandbox::new("loads");
    sandbox.write(
        "Cargo.toml",
        "[workspace]\nresolver = \"3\"\nmembers = [\"crates/*\"]\n\n\
         [profile.release]\nincremental = false\nstrip = \"debuginfo\"\n",
    );
    sandbox.module("m000", &driver("m000"));
    sandbox.package("loads-host", &dependencies(&[]), "//! Host.\n");
    sandbox.write("crates/loads-host/src/main.rs", HOST);
    let mut cargo = sandbox.command(env!("CARGO"));
    let output = cargo
        .args(["build", "--quiet", "--offline", "--release"])
        .args(["--package", "loads-host"])
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", stderr(&output));
    let built = sandbox.dir.join("modules");
    let module = sandbox.build().release().package("m000").root(&built);
    module.run().unwrap();
    let image = fs::read(built.join("m000.so")).unwrap();
    let most = LIMITS.iter().map(|(number, _)| *number).max().unwrap();
    for number in 0..most {
        // All its texts with the name, so that it is another module with another interface.
        let name = format!("m{number:03}");
        let renamed = replaced(&image, "m000", &name);
        fs::write(root.join(format!("{name}.so")), renamed).unwrap();
    }
    Sandbox::target().join("release/loads-host")
}

/// The instructions of a process that loads so many modules. What it calls is written to `profile`.
fn instructions(host: &Path, way: &str, root: &Path, count: usize, profile: &Path) -> i64 {
    let output = Command::new("valgrind")
        .arg("--tool=callgrind")
        .arg(format!("--callgrind-out-file={}", profile.display()))
        .arg(host)
        .args([Path::new(way), root, Path::new(&count.to_string())])
        .env_clear()
        .env("PATH", std::env::var_os("PATH").unwrap_or_default())
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let text = stderr(&output);
    assert!(output.status.success(), "{way}: {text}");
    let (_, count) = text.split_once("Collected : ").unwrap();
    count.split_whitespace().next().unwrap().parse().unwrap()
}

#[test]
fn a_load_does_little_more_than_dlopen() {
    let found = Command::new("valgrind").arg("--version").output();
    if !found.is_ok_and(|output| output.status.success()) {
        let _ = writeln!(std::io::stderr(), "skipped: valgrind is not installed");
        return;
    }
    // A short path, and of the same length everywhere.
    let root = tempfile::tempdir_in("/tmp").unwrap();
    let host = build(root.path());
    let more = |number| {
        let load = |way| {
            let count = |count| instructions(&host, way, root.path(), count, "/dev/null".as_ref());
            count(number) - count(number - 1)
        };
        load("dlkm") - load("dlopen")
    };
    // One count in many is some thousand instructions higher, and the next one of the same load is not. What
    // the code does each time is in every count, so the least of them has it.
    let all = LIMITS.map(|(number, most)| {
        let mut least = more(number);
        for _ in 0..2 {
            if least > most {
                least = least.min(more(number));
            }
        }
        least
    });
    // What std asks the processor by `cpuid` leaves a virtual machine each time, some 50 µs in all, which
    // no count shows. A load needs it only for an image that was built for a better processor.
    let profile = root.path().join("profile");
    instructions(&host, "dlkm", root.path(), 1, &profile);
    let called = fs::read_to_string(&profile).unwrap();
    assert!(called.contains("Kernel>::load"), "the profile has names");
    assert!(!called.contains("std_detect"), "a load asks by `cpuid`");

    let within = LIMITS
        .iter()
        .zip(&all)
        .all(|((_, most), more)| more <= most);
    assert!(within, "{all:?}, and the limits are {LIMITS:?}");
    println!("{all:?}");
}
