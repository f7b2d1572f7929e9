//! The guide's session as it is typed: the commands of HP-UX, on a machine whose devices are mounted; and
//! the drivers as a part of the kernel.

use std::ffi::OsString;
use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::mounted::Shown;
use crate::support::{Machine, artifacts, image};

/// Builds a program of the workspace, beside the one under test.
fn built(package: &str, program: &str) -> PathBuf {
    let (target, profile) = artifacts();
    let mut command = Command::new(env!("CARGO"));
    command.args([
        "build",
        "--quiet",
        "--package",
        package,
        "--bin",
        program,
        "--profile",
    ]);
    command.arg(&profile).arg("--target-dir").arg(&target);
    let status = command.current_dir(env!("CARGO_MANIFEST_DIR")).status();
    assert!(status.expect("cargo starts").success());
    Path::new(env!("CARGO_BIN_EXE_unix")).with_file_name(program)
}

/// A shell of the system in which the commands are those of HP-UX.
struct Typist {
    folder: tempfile::TempDir,
    path: OsString,
}

impl Typist {
    fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let programs = folder.path().join("bin");
        fs::create_dir(&programs).expect("made");
        let dlkm = built("dlkm-tools", "dlkm");
        for name in ["kminstall", "kmsystem", "config", "kmadmin", "kmtune"] {
            symlink(&dlkm, programs.join(name)).expect("made");
        }
        fs::create_dir(folder.path().join("dlclass")).expect("made");
        let old = std::env::var_os("PATH").unwrap_or_default();
        let path = std::iter::once(programs).chain(std::env::split_paths(&old));
        let path = std::env::join_paths(path).expect("no colons");
        Typist { folder, path }
    }

    /// The folder with the module's files.
    fn conf(&self) -> PathBuf {
        self.folder.path().join("dlclass")
    }

    /// Types a line; returns whether it succeeded, and what it said.
    fn types(&self, shown: &Shown, line: &str) -> (bool, String) {
        let mut command = Command::new("sh");
        command
            .args(["-c", &format!("exec 2>&1; {line}")])
            .current_dir(self.conf());
        command
            .env("PATH", &self.path)
            .env("XDG_RUNTIME_DIR", self.folder.path());
        command
            .env("DLKM_ROOT", shown.machine().root())
            .env("U", shown.path(""));
        let output = command.output().expect("it starts");
        let said = String::from_utf8(output.stdout).expect("UTF-8");
        (output.status.success(), said)
    }

    #[track_caller]
    fn does(&self, shown: &Shown, line: &str) -> String {
        let (done, said) = self.types(shown, line);
        assert!(done, "{line}: {said}");
        said
    }
}

#[test]
fn the_session_of_the_guide_as_it_is_typed() {
    let typist = Typist::new();
    let machine = Machine::with(&[]);
    machine.configure("");
    let runtime = typist.folder.path();
    let name = "the_session_of_the_guide_as_it_is_typed";
    let Some(mut shown) = Shown::controlled(name, machine, runtime) else {
        return;
    };
    // make
    fs::copy(image("dlclass"), typist.conf().join("dlclass.so")).expect("a copy");
    typist.does(&shown, "kminstall -a dlclass");
    let (again, said) = typist.types(&shown, "kminstall -a dlclass");
    assert!(!again && said.contains("installed already"), "{said}");
    typist.does(&shown, "kmsystem -c Y -l Y dlclass");
    typist.does(&shown, "config -M dlclass -u");
    typist.does(&shown, "kmadmin -L dlclass");
    let about = typist.does(&shown, "kmadmin -Q dlclass");
    assert!(about.contains("dlclass"), "{about}");
    assert_eq!(shown.run("lsdev"), "       64    -1 dlclass    dlclass\n");
    typist.does(&shown, "mknod $U/dev/dlclass c 64 0");
    let text = "Reading from loadable WSIO driver 'dlclass'.\n";
    assert_eq!(typist.does(&shown, "cat $U/dev/dlclass"), text);
    typist.does(&shown, "echo Hello Hello > $U/dev/dlclass");
    let messages = typist.does(&shown, "cat $U/dev/kmsg | tail -3");
    let open = "dlclass> OPEN -- write buffer size = 40";
    assert_eq!(
        messages,
        format!("{open}\ndlclass> Hello Hello\ndlclass> CLOSE\n")
    );
    // While it is open, it can be neither unloaded nor deleted.
    shown.run("exec 3<>/dev/dlclass");
    let (unloaded, said) = typist.types(&shown, "kmadmin -U dlclass");
    assert!(!unloaded && said.contains("in use"), "{said}");
    let (deleted, said) = typist.types(&shown, "kminstall -d dlclass");
    assert!(!deleted, "{said}");
    shown.run("exec 3>&-");
    typist.does(&shown, "kmadmin -U dlclass");
    assert_eq!(shown.run("lsdev"), "");
    typist.does(&shown, "kminstall -d dlclass");
    let (read, said) = typist.types(&shown, "cat $U/dev/dlclass");
    assert!(!read && said.contains("No such device"), "{said}");
    shown.end();
}

/// Builds the machine with the drivers linked in, and runs commands on it.
fn linked(root: &Path, commands: &str) -> String {
    // Shared with other tests, so that the dependencies are compiled once.
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).join("shared");
    let mut command = Command::new(env!("CARGO"));
    command.args([
        "run",
        "--quiet",
        "--package",
        "unix-host",
        "--no-default-features",
    ]);
    command
        .args(["--features", "static", "--target-dir"])
        .arg(target);
    command
        .arg("--")
        .arg("--root")
        .arg(root)
        .args(["-c", commands]);
    let output = command
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .expect("cargo starts");
    let error = String::from_utf8_lossy(&output.stderr);
    assert!(
        output.status.success() && error.is_empty(),
        "{}: {error}",
        output.status
    );
    String::from_utf8(output.stdout).expect("UTF-8")
}

#[test]
fn linked_and_loaded_drivers_do_the_same() {
    let commands = "
        mknod /dev/dlclass c 64 0; mknod /dev/ptym c 65 0; mknod /dev/ptys c 65 1
        mknod /dev/ram b 64 0
        cat /dev/dlclass
        exec -n 3<>/dev/ptym; exec -n 4<>/dev/ptys
        push lz4 4; push upper 4; strlist 4
        echo Hello >&4; pop 4; pop 4
        cat <&3 | wc -c
        modload serial; shmget 7 4096
        echo Hello > /dev/ram; dd if=/dev/ram of=/dev/kmsg bs=5 count=1
        lsdev; strinfo; ioscan; dmesg
    ";
    let all = [
        "archive", "dlclass", "pty", "ramdisk", "serial", "shm", "unix-lz4", "upper",
    ];
    let (loaded, linked_in) = (Machine::with(&all), Machine::with(&[]));
    // As they were assigned at an earlier boot.
    let registry = "\
number char-major dlclass 64
number char-major pty 65
number char-major ramdisk 66
number block-major ramdisk 64
";
    for machine in [&loaded, &linked_in] {
        fs::write(machine.file("registry"), registry).expect("written");
    }
    let loaded = loaded.run(commands).good();
    // Those that are linked in have all entered themselves at the boot, in another order.
    let sorted = |text: &str| {
        let mut lines: Vec<_> = text.lines().map(str::to_owned).collect();
        lines.sort();
        lines
    };
    assert_eq!(sorted(&linked(linked_in.root(), commands)), sorted(&loaded));
}
