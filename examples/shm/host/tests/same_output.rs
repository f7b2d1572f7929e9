//! The host does the same with its driver as an image and with its driver linked in. The one
//! difference is when the driver starts: a module that is linked in is in service from the boot on.

use std::path::Path;
use std::process::{Command, Output};

/// Builds the host with these features and runs it.
fn host(features: &[&str], modules: bool) -> Output {
    // Shared with other tests, so that the dependencies are compiled once.
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).join("shared");
    if modules {
        dlkm_tools::Build::new(env!("CARGO_MANIFEST_DIR"))
            .package("shm")
            .target_dir(&target)
            .quiet()
            .run()
            .expect("the driver builds");
    }
    Command::new(env!("CARGO"))
        .args(["run", "--quiet", "--package", "shm-host", "--target-dir"])
        .arg(&target)
        .args(features)
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .expect("cargo starts")
}

#[track_caller]
fn text(output: &Output) -> String {
    let error = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{}: {error}", output.status);
    String::from_utf8(output.stdout.clone()).expect("UTF-8")
}

#[test]
fn static_and_loaded_do_the_same() {
    let linked = text(&host(&["--features", "static"], false));
    let loaded = text(&host(&[], true));
    const LOAD: &str = "  [shm: load]\n";
    assert_eq!(linked, format!("{LOAD}{}", loaded.replacen(LOAD, "", 1)));
    let expected = "\
process 1 used no shared memory:
  exit(1): shmexit cleaned up 0
process 2 uses some:
  [shm: load]
  shmget(7, 4096) = SegmentId(0)
  shmat(2, SegmentId(0)): attached
  exit(2): shmexit cleaned up 1
";
    assert_eq!(loaded, expected);
}

#[test]
fn without_its_image_the_host_names_the_command_that_builds_it() {
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).join("bare");
    std::fs::create_dir_all(&target).expect("a folder");
    let bare = target.join("shm-host");
    std::fs::copy(env!("CARGO_BIN_EXE_shm-host"), &bare).expect("a copy");
    let output = Command::new(bare).output().expect("the host starts");
    assert_eq!(output.status.code(), Some(1));
    let error = String::from_utf8_lossy(&output.stderr);
    let command = format!(" --root {}`", target.join("modules").display());
    for part in [
        "module `shm`",
        "`shm::shmget`",
        "`cargo dlkm build",
        &command,
    ] {
        assert!(error.contains(part), "{error}");
    }
}
