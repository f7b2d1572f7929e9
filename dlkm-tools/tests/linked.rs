//! Hosts and images that are linked in a way that does not go with loading. They are built as users
//! build them, and the first call says what to change.

mod common;

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use common::{Sandbox, dependencies, driver, stderr};

/// Calls the module `NAME`, and prints the sum or the error. A panic on the way is caught.
fn host(name: &str) -> String {
    let module = name.replace('-', "_");
    format!(
        r#"//! Host.
fn main() {{
    let root = unsafe {{ dlkm_rt::ModuleRoot::trusted(std::env::args_os().nth(1).unwrap()) }};
    dlkm_rt::Kernel::boot(root).unwrap();
    match std::panic::catch_unwind(|| {module}_api::{module}::add(u64::MAX, 1)) {{
        Ok(Ok(sum)) => println!("{{sum}}"),
        Ok(Err(error)) => println!("{{error}}"),
        Err(_) => println!("a panic"),
    }}
}}
"#
    )
}

/// A workspace with a module that panics on a sum that is too large, and a host that calls it.
fn workspace(name: &str) -> Sandbox {
    let sandbox = Sandbox::new(name);
    sandbox.module(name, &driver(name));
    let host_name = format!("{name}-host");
    let api = format!("{name}-api");
    sandbox.package(&host_name, &dependencies(&[&api]), "//! Host.\n");
    sandbox.write(&format!("crates/{name}-host/src/main.rs"), &host(name));
    sandbox
}

/// Builds the host; `folder` is where its profile's programs are.
fn build_host(
    sandbox: &Sandbox,
    name: &str,
    folder: &str,
    change: &dyn Fn(&mut Command),
) -> PathBuf {
    let host = format!("{name}-host");
    let mut cargo = sandbox.command(env!("CARGO"));
    // As `cargo build`, and takes options for the program's crate.
    cargo.args([
        "rustc",
        "--quiet",
        "--offline",
        "--package",
        &host,
        "--bin",
        &host,
    ]);
    change(&mut cargo);
    let output = cargo.output().unwrap();
    assert!(output.status.success(), "{}", stderr(&output));
    Sandbox::target().join(folder).join(host)
}

#[track_caller]
fn says(host: &Path, root: &Path, parts: &[&str]) {
    let output = Command::new(host).arg(root).output().unwrap();
    assert!(
        output.status.success(),
        "{}\n{}",
        output.status,
        stderr(&output)
    );
    let text = String::from_utf8(output.stdout).unwrap();
    for part in parts {
        assert!(text.contains(part), "{text:?} does not say {part:?}");
    }
}

/// Two copies of the runtime would set hooks for the one std that they share.
const SHARED_STD: [&str; 3] = [
    "was not built for this host: the image links libstd-",
    "remove `-C prefer-dynamic`",
    "dependencies of crate type `dylib`",
];

#[test]
fn an_image_with_a_shared_std_is_refused() {
    let name = "linked-dynamic";
    let sandbox = workspace(name);
    let host = build_host(&sandbox, name, "debug", &|_| {});
    let root = sandbox.dir.join("root");
    sandbox.build().package(name).root(&root).run().unwrap();
    says(&host, &root, &["a panic"]);

    // By hand, so that the flag is for the image alone and nothing else is built again.
    let mut cargo = sandbox.command(env!("CARGO"));
    cargo.args(["rustc", "--quiet", "--offline", "--package", name, "--lib"]);
    cargo.args(["--crate-type", "cdylib", "--", "--cfg", "dlkm_image"]);
    let output = cargo.args(["-C", "prefer-dynamic"]).output().unwrap();
    assert!(output.status.success(), "{}", stderr(&output));
    let image = Sandbox::target().join("debug/liblinked_dynamic.so");
    std::fs::copy(image, root.join("linked-dynamic.so")).unwrap();
    says(&host, &root, &SHARED_STD);
}

#[test]
fn an_image_with_a_shared_crate_is_refused() {
    let name = "linked-shared";
    let sandbox = workspace(name);
    let shared = "linked-shared-sums";
    sandbox.package(
        shared,
        "\n[lib]\ncrate-type = [\"dylib\"]\n",
        "//! Sums.\n\n/// The sum.\npub fn sum(a: u64, b: u64) -> u64 {\n    a + b\n}\n",
    );
    sandbox.package(
        name,
        &dependencies(&["linked-shared-api", shared]),
        &driver(name).replace("a + b", "linked_shared_sums::sum(a, b)"),
    );
    let root = sandbox.dir.join("root");
    sandbox.build().package(name).root(&root).run().unwrap();
    let host = build_host(&sandbox, name, "debug", &|_| {});
    says(&host, &root, &SHARED_STD);
}

/// There would be two copies of the C library and of the unwinder.
#[test]
fn a_host_that_is_linked_statically_with_the_c_library_is_refused() {
    let name = "linked-static";
    let sandbox = workspace(name);
    sandbox.write("main.c", "int main(void) { return 0; }\n");
    let mut cc = sandbox.command("cc");
    let linked = cc.args(["-static", "-o", "main", "main.c"]).output();
    if !linked.is_ok_and(|output| output.status.success()) {
        let _ = writeln!(
            std::io::stderr(),
            "skipped: there is no C compiler with a C library to link statically"
        );
        return;
    }
    let root = sandbox.dir.join("root");
    sandbox.build().package(name).root(&root).run().unwrap();
    let refused = [
        "the host is linked statically with the C library (remove `-C target-feature=+crt-static`)",
    ];
    const TARGET: &str = "x86_64-unknown-linux-gnu";
    let host = build_host(&sandbox, name, &format!("{TARGET}/debug"), &|cargo| {
        cargo.args(["--target", TARGET]);
        cargo.env("RUSTFLAGS", "-C target-feature=+crt-static");
    });
    says(&host, &root, &refused);
    // For the program's crate alone, where the runtime's build does not show it.
    let host = build_host(&sandbox, name, "debug", &|cargo| {
        cargo.args(["--", "-C", "target-feature=+crt-static"]);
    });
    says(&host, &root, &refused);
}
