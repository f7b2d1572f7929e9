//! `cargo dlkm build` and `run` follow `--static` and the system file: they link modules into hosts, and
//! give new modules their lines.

mod common;

use std::fs;
use std::path::PathBuf;
use std::process::{Command, Output};

use common::{Sandbox, dependencies, driver, stderr};

/// The tests of the system file build for this target by name, so that the file is in a module root
/// that no other test uses.
const TRIPLE: &str = "x86_64-unknown-linux-gnu";

/// Calls the module `NAME`, and says whether it is linked in.
fn host(name: &str) -> String {
    let module = name.replace('-', "_");
    format!(
        r#"//! Host.
#[cfg(feature = "{name}")]
use ::{module} as _;

fn main() {{
    let root = unsafe {{ dlkm_rt::ModuleRoot::beside_executable() }}.unwrap();
    let kernel = dlkm_rt::Kernel::boot(root).unwrap();
    let sum = {module}_api::{module}::add(40, 2).unwrap();
    let modules = kernel.modules();
    let own = modules.iter().find(|one| one.name() == "{name}").unwrap();
    println!("{{sum}} {{}}", own.file().map_or("linked", |_| "loaded"));
}}
"#
    )
}

/// The host's dependencies, and its feature.
fn manifest(name: &str) -> String {
    format!(
        "{}{name} = {{ path = \"../{name}\", optional = true }}\n\n[features]\n{name} = \
         [\"dep:{name}\"]\n",
        dependencies(&[&format!("{name}-api")])
    )
}

/// The module `NAME` and its host `NAME-host`.
fn workspace(name: &str) -> Sandbox {
    let sandbox = Sandbox::new(name);
    sandbox.module(name, &driver(name));
    sandbox.package(&format!("{name}-host"), &manifest(name), "//! Host.\n");
    sandbox.write(&format!("crates/{name}-host/src/main.rs"), &host(name));
    sandbox
}

#[track_caller]
fn stdout(output: &Output) -> String {
    assert!(output.status.success(), "{}", stderr(output));
    String::from_utf8(output.stdout.clone()).unwrap()
}

/// An empty module root, and the folder with the executables beside it.
fn empty_root() -> (PathBuf, PathBuf) {
    let programs = Sandbox::target().join(TRIPLE).join("debug");
    let root = programs.join("modules");
    let _ = fs::remove_dir_all(&root);
    fs::create_dir_all(&root).unwrap();
    (root, programs)
}

#[test]
fn static_links_a_module_and_builds_no_image() {
    let sandbox = workspace("follow-static");
    let image = Sandbox::modules().join("follow-static.so");
    let _ = fs::remove_file(&image);
    let run = sandbox.cargo_dlkm(&["run", "--offline", "--static", "follow-static"]);
    assert_eq!(stdout(&run), "42 linked\n");
    assert!(!image.exists());
    // The other spelling is the same name; and `build` leaves such a host.
    let run = sandbox.cargo_dlkm(&["run", "--offline"]);
    assert_eq!(stdout(&run), "42 loaded\n");
    let build = sandbox.cargo_dlkm(&["build", "--offline", "--static", "follow_static"]);
    assert_eq!(stdout(&build), "");
    let host = Sandbox::target().join("debug/follow-static-host");
    let output = Command::new(host).output().unwrap();
    assert_eq!(stdout(&output), "42 linked\n");
}

#[test]
fn the_system_file_is_followed_and_kept() {
    let sandbox = workspace("follow-file");
    let (root, programs) = empty_root();
    let system = root.join("system");
    let dlkm = |command: &str| {
        let arguments = [command, "--offline", "--quiet", "--target", TRIPLE];
        sandbox.cargo_dlkm(&arguments)
    };
    // A module without a line gets one. Comments and other modules stay.
    let text = "version 1\n* mine\nmodule other   unused\n";
    fs::write(&system, text).unwrap();
    assert_eq!(stdout(&dlkm("run")), "42 loaded\n");
    let best = "version 1\n* mine\nmodule other   unused\nmodule follow-file best\n";
    assert_eq!(fs::read_to_string(&system).unwrap(), best);
    let digests = fs::read_to_string(root.join("digests")).unwrap();
    assert!(digests.contains(" follow-file 0.3.1"), "{digests}");

    // Again, nothing changes.
    let files = || {
        let names = ["system", "digests", "log", "follow-file.so"];
        names.map(|name| fs::metadata(root.join(name)).unwrap().modified().unwrap())
    };
    let before = files();
    assert_eq!(stdout(&dlkm("build")), "");
    assert_eq!(files(), before);

    // Static: the host links it.
    fs::remove_file(root.join("follow-file.so")).unwrap();
    fs::write(&system, "version 1\nmodule follow_file static\n").unwrap();
    assert_eq!(stdout(&dlkm("build")), "");
    assert!(!root.join("follow-file.so").exists());
    let built = Command::new(programs.join("follow-file-host")).output();
    assert_eq!(stdout(&built.unwrap()), "42 linked\n");
    assert_eq!(stdout(&dlkm("run")), "42 linked\n");

    // What can't be understood builds nothing.
    fs::write(&system, "version 1\nmodule follow-file statik\n").unwrap();
    for command in ["build", "run"] {
        let output = dlkm(command);
        assert_eq!(output.status.code(), Some(1));
        let error = stderr(&output);
        assert!(
            error.contains("system") && error.contains("`statik`"),
            "{error}"
        );
    }
    let _ = fs::remove_file(&system);
}

/// config(1M), the first form: configures and builds the whole kernel that a system file describes.
#[test]
fn config_builds_the_host_that_a_system_file_describes() {
    let sandbox = workspace("follow-config");
    let root = sandbox.dir.join("root");
    fs::create_dir(&root).unwrap();
    let program = sandbox.dir.join("config");
    std::os::unix::fs::symlink(env!("CARGO_BIN_EXE_dlkm"), &program).unwrap();
    let config = |arguments: &[&str]| {
        let mut command = sandbox.command(program.to_str().unwrap());
        let command = command.args(arguments).arg("--root").arg(&root);
        let command = command.env("XDG_RUNTIME_DIR", &sandbox.dir);
        command.env("CARGO_NET_OFFLINE", "true").output().unwrap()
    };
    let host = Sandbox::target().join("debug/follow-config-host");
    let _ = fs::remove_file(&host);
    let image = root.join("follow-config.so");
    let system = || fs::read_to_string(root.join("system")).unwrap();

    // The image is not built yet.
    let auto = "version 1\nmodule follow-config auto\n";
    sandbox.write("planned", auto);
    let text = stdout(&config(&["planned"]));
    assert!(text.contains("follow-config: "), "{text}");
    assert!(image.is_file());
    assert_eq!(system(), auto);

    // Static: the host is built, with the module in it.
    let linked = "version 1\nmodule follow-config static\n";
    sandbox.write("planned", linked);
    stdout(&config(&["-s", "planned"]));
    assert_eq!(system(), linked);
    assert!(!host.exists(), "-s stops before anything is built");
    let text = stdout(&config(&["-u", "planned"]));
    assert!(text.starts_with("nothing changes\n"), "{text}");
    let output = Command::new(&host).output();
    assert_eq!(stdout(&output.unwrap()), "42 linked\n");

    // What can't be built says what to do.
    sandbox.write("crates/follow-config/src/lib.rs", "not Rust\n");
    let output = config(&["planned"]);
    assert_eq!(output.status.code(), Some(2));
    let error = stderr(&output);
    assert!(error.contains("the build has failed; mend it"), "{error}");
}

#[test]
fn a_host_that_can_not_link_is_told_how() {
    let sandbox = workspace("follow-how");
    let plain = dependencies(&["follow-how-api"]);
    sandbox.package("follow-how-host", &plain, "//! Host.\n");
    for command in ["build", "run"] {
        let output = sandbox.cargo_dlkm(&[command, "--offline", "--static", "follow-how"]);
        assert_eq!(output.status.code(), Some(1));
        let error = stderr(&output);
        for part in [
            "error: package `follow-how-host` can't link the module `follow-how`",
            "crates/follow-how-host/Cargo.toml",
            "follow-how = [\"dep:follow-how\"]",
            "use ::follow_how as _;",
        ] {
            assert!(error.contains(part), "{error}");
        }
    }

    let two = manifest("follow-how").replace("\nfollow-how = [", "\nb = []\na = [");
    let two = two + "c = [\"dep:follow-how\"]\n";
    sandbox.package("follow-how-host", &two, "//! Host.\n");
    let output = sandbox.cargo_dlkm(&["run", "--offline", "--static", "follow-how"]);
    let error = stderr(&output);
    let expected = "several features of package `follow-how-host` link the module `follow-how`: `a`, \
                    `c`; name one of them `follow-how`";
    assert!(error.contains(expected), "{error}");

    let output = sandbox.cargo_dlkm(&["build", "--offline", "--static", "nothing"]);
    let error = stderr(&output);
    assert!(error.contains("no package `nothing`"), "{error}");

    // Two hosts: `run` has to know which.
    sandbox.package("follow-how-host", &manifest("follow-how"), "//! Host.\n");
    sandbox.package("follow-how-more", &manifest("follow-how"), "//! Host.\n");
    sandbox.write("crates/follow-how-more/src/main.rs", &host("follow-how"));
    let output = sandbox.cargo_dlkm(&["run", "--offline", "--static", "follow-how"]);
    let error = stderr(&output);
    let expected = "`follow-how-host`, `follow-how-more`; choose the host with `--package`";
    assert!(error.contains(expected), "{error}");
}
