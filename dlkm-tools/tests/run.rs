//! `cargo dlkm run` builds the modules, then runs the host.

mod common;

use std::os::unix::process::ExitStatusExt;

use common::{Sandbox, dependencies, driver, stderr};

/// A host that calls the module `NAME`, prints the sum and its arguments, and exits with the code in its
/// first argument.
fn host(name: &str) -> String {
    let module = name.replace('-', "_");
    format!(
        r#"//! Host.
fn main() {{
    let root = unsafe {{ dlkm_rt::ModuleRoot::beside_executable() }}.unwrap();
    dlkm_rt::Kernel::boot(root).unwrap();
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    println!("{{}} {{arguments:?}}", {module}_api::{module}::add(40, 2).unwrap());
    match arguments.first().map(|first| &**first) {{
        Some("abort") => std::process::abort(),
        Some(code) => std::process::exit(code.parse().unwrap()),
        None => {{}}
    }}
}}
"#
    )
}

fn workspace(name: &str) -> Sandbox {
    let sandbox = Sandbox::new(name);
    sandbox.module(name, &driver(name));
    sandbox.package(
        &format!("{name}-host"),
        &dependencies(&[&format!("{name}-api")]),
        "//! Host.\n",
    );
    sandbox.write(&format!("crates/{name}-host/src/main.rs"), &host(name));
    sandbox.write(
        &format!("crates/{name}-host/examples/{name}-demo.rs"),
        &host(name),
    );
    sandbox
}

#[test]
fn the_host_finds_its_module_and_gets_its_arguments_and_its_exit_status_is_kept() {
    let sandbox = workspace("run-host");
    let output = sandbox.cargo_dlkm(&["run"]);
    assert!(output.status.success(), "{}", stderr(&output));
    assert_eq!(String::from_utf8_lossy(&output.stdout), "42 []\n");
    assert!(
        stderr(&output).contains(" run-host 0.3.1 ("),
        "{}",
        stderr(&output)
    );

    let output = sandbox.cargo_dlkm(&[
        "run",
        "--quiet",
        "-p",
        "run-host-host",
        "--",
        "7",
        "--release",
        "-p",
    ]);
    assert_eq!(output.status.code(), Some(7));
    assert_eq!(
        String::from_utf8_lossy(&output.stdout),
        "42 [\"7\", \"--release\", \"-p\"]\n"
    );
    assert!(stderr(&output).is_empty(), "{}", stderr(&output));

    // If a signal ends the host, it ends the command too; a shell shows 128 + its number.
    let output = sandbox.cargo_dlkm(&["run", "--quiet", "--bin", "run-host-host", "--", "abort"]);
    assert_eq!(output.status.signal(), Some(6), "{:?}", output.status);
}

#[test]
fn an_example_finds_its_modules() {
    let sandbox = workspace("run-example");
    let output = sandbox.cargo_dlkm(&[
        "run",
        "--example",
        "run-example-demo",
        "--module",
        "run-example",
    ]);
    assert!(output.status.success(), "{}", stderr(&output));
    assert_eq!(String::from_utf8_lossy(&output.stdout), "42 []\n");
    assert!(
        Sandbox::target()
            .join("debug/examples/modules/run-example.so")
            .is_file()
    );
}

#[test]
fn the_host_runs_in_a_workspace_without_modules() {
    let sandbox = Sandbox::new("run-plain");
    sandbox.package("run-plain", "", "//! Host.\n");
    sandbox.write(
        "crates/run-plain/src/main.rs",
        "fn main() { println!(\"hello\"); }\n",
    );
    let output = sandbox.cargo_dlkm(&["run"]);
    assert_eq!(String::from_utf8_lossy(&output.stdout), "hello\n");
    assert!(
        stderr(&output).contains("warning: no package of this workspace declares a module"),
        "{}",
        stderr(&output)
    );
}

#[test]
fn the_host_does_not_run_if_a_module_does_not_compile() {
    let sandbox = workspace("run-broken");
    sandbox.write(
        "crates/run-broken/src/lib.rs",
        &driver("run-broken").replace("a + b", "missing"),
    );
    let output = sandbox.cargo_dlkm(&["run"]);
    assert_eq!(output.status.code(), Some(101), "{}", stderr(&output));
    assert!(output.stdout.is_empty());
}

/// To Cargo, another value of `DLKM_STATIC` is another build, and an empty value is not the same as
/// none.
#[test]
fn builds_and_runs_in_turn_compile_nothing_again() {
    let sandbox = workspace("run-fresh");
    // With a value the runtime of other tests must not be compiled anew.
    let apart = Sandbox::target().with_file_name("shared-direct");
    for (direct, target) in [(None, Sandbox::target()), (Some("other"), apart)] {
        let run = |program: &str, arguments: &[&str]| {
            let mut command = sandbox.command(program);
            match direct {
                Some(list) => command.env("DLKM_STATIC", list),
                None => command.env_remove("DLKM_STATIC"),
            };
            command
                .args(arguments)
                .env("CARGO_TARGET_DIR", &target)
                .env("CARGO_TERM_VERBOSE", "true");
            let output = command.output().unwrap();
            assert!(output.status.success(), "{}", stderr(&output));
            stderr(&output)
        };
        let build = || run("cargo", &["build"]);
        let dlkm = |subcommand| run(env!("CARGO_BIN_EXE_cargo-dlkm"), &["dlkm", subcommand]);
        // Each is compiled once.
        build();
        dlkm("run");
        for said in [build(), dlkm("run"), dlkm("build"), build()] {
            assert!(said.contains("Fresh dlkm-rt "), "{direct:?}: {said}");
            for compiled in ["Compiling ", "Dirty "] {
                assert!(!said.contains(compiled), "{direct:?}: {said}");
            }
        }
    }
}
