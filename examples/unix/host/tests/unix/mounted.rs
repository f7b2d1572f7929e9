//! The devices as files of the system, by FUSE, with the system's own programs.
//!
//! Where nothing can be mounted, these tests say why, and do nothing.

use std::fs::{self, File, OpenOptions};
use std::io::{BufRead, BufReader, Read, Write};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Output, Stdio};

use tempfile::TempDir;

use crate::support::{Machine, program, tool};

/// A machine whose devices are mounted, and its shell.
pub(crate) struct Shown {
    machine: Machine,
    folder: TempDir,
    shell: Child,
    commands: Option<ChildStdin>,
    said: BufReader<ChildStdout>,
}

/// What the shell says once it is ready.
const READY: &str = "ready";

impl Shown {
    /// `None`, after a message, where nothing can be mounted.
    fn with(test: &str, modules: &[&str]) -> Option<Self> {
        if let Err(why) = can_mount() {
            let _ = writeln!(std::io::stderr(), "skipped: {test}: {why}");
            return None;
        }
        let machine = Machine::with(modules);
        let command = machine.command();
        Some(Shown::on(machine, command))
    }

    /// Such a machine, which other programs reach through a folder.
    pub(crate) fn controlled(test: &str, machine: Machine, runtime: &Path) -> Option<Self> {
        if let Err(why) = can_mount() {
            let _ = writeln!(std::io::stderr(), "skipped: {test}: {why}");
            return None;
        }
        let mut command = machine.command();
        command.arg("--control").env("XDG_RUNTIME_DIR", runtime);
        Some(Shown::on(machine, command))
    }

    fn on(machine: Machine, mut command: Command) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let mut shell = command
            .arg("--mount")
            .arg(folder.path())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            // What fails shows in the tables that the commands print.
            .stderr(Stdio::null())
            .spawn()
            .expect("it starts");
        let commands = shell.stdin.take();
        let said = BufReader::new(shell.stdout.take().expect("a pipe"));
        let mut shown = Shown {
            machine,
            folder,
            shell,
            commands,
            said,
        };
        assert_eq!(shown.run(""), "");
        shown
    }

    /// Runs commands in the shell, and returns what they say.
    #[track_caller]
    pub(crate) fn run(&mut self, commands: &str) -> String {
        let shell = self.commands.as_mut().expect("it runs");
        writeln!(shell, "{commands}\necho {READY}").expect("it reads");
        let mut said = String::new();
        loop {
            let mut line = String::new();
            assert!(
                self.said.read_line(&mut line).expect("it writes") > 0,
                "{said}"
            );
            if line == format!("{READY}\n") {
                return said;
            }
            said.push_str(&line);
        }
    }

    pub(crate) fn machine(&self) -> &Machine {
        &self.machine
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Ends the commands; the machine unmounts, and ends.
    #[track_caller]
    pub(crate) fn end(mut self) {
        drop(self.commands.take());
        assert!(self.shell.wait().expect("it ends").success());
        assert!(!is_mounted(self.folder.path()));
    }
}

impl Drop for Shown {
    fn drop(&mut self) {
        // Has an effect only after a failure.
        let _killed = self.shell.kill();
        let _ended = self.shell.wait();
        if is_mounted(self.folder.path()) {
            let _gone = program("umount").arg("-l").arg(self.folder.path()).status();
        }
    }
}

fn is_mounted(folder: &Path) -> bool {
    let mounts = fs::read_to_string("/proc/self/mounts").expect("there");
    mounts
        .lines()
        .any(|line| line.split(' ').nth(1) == folder.to_str())
}

/// Why nothing can be mounted here, if it can't.
fn can_mount() -> Result<(), String> {
    let folder = tempfile::tempdir().expect("a folder");
    if fs::metadata("/proc/self").expect("there").uid() != 0 {
        return Err("only root makes special files, and this is not root".to_owned());
    }
    if let Err(error) = OpenOptions::new().read(true).write(true).open("/dev/fuse") {
        return Err(format!("/dev/fuse: {error}"));
    }
    let machine = Machine::with(&[]);
    let mut command = machine.command();
    let output = command
        .arg("--mount")
        .arg(folder.path())
        .args(["-c", "true"])
        .output();
    let output = output.expect("it starts");
    match output.status.success() {
        true => Ok(()),
        false => Err(String::from_utf8_lossy(&output.stderr).trim().to_owned()),
    }
}

/// What a program of the system says.
#[track_caller]
fn says(command: &mut Command) -> String {
    let output = command.output().expect("it starts");
    let [out, error] = [&output.stdout, &output.stderr].map(|said| String::from_utf8_lossy(said));
    assert!(output.status.success(), "{out}{error}");
    out.into_owned()
}

fn fails(command: &mut Command, with: &str) {
    let Output { status, stderr, .. } = command.output().expect("it starts");
    let stderr = String::from_utf8_lossy(&stderr);
    assert!(!status.success() && stderr.contains(with), "{stderr}");
}

#[test]
fn the_session_of_the_guide() {
    let Some(mut shown) = Shown::with("the_session_of_the_guide", &["dlclass"]) else {
        return;
    };
    let device = shown.path("dev/dlclass");
    tool("mknod", &[&device, &"c", &"64", &"0"]);
    assert_eq!(
        says(program("cat").arg(&device)),
        "Reading from loadable WSIO driver 'dlclass'.\n"
    );
    tool("sh", &[&"-c", &"echo Hello Hello > \"$0\"", &device]);
    let messages = says(program("cat").arg(shown.path("dev/kmsg")));
    let lines: Vec<&str> = messages.lines().collect();
    assert_eq!(
        lines[lines.len() - 3..],
        [
            "dlclass> OPEN -- write buffer size = 40",
            "dlclass> Hello Hello",
            "dlclass> CLOSE",
        ]
    );
    // By ioctl(2): the size of the buffer, and a command that the device does not know.
    let script = "
import errno, fcntl, sys
with open(sys.argv[1]) as device:
    print(int.from_bytes(fcntl.ioctl(device, 0x80046401, bytes(4)), sys.byteorder))
    try:
        fcntl.ioctl(device, 0x80046402, bytes(4))
    except OSError as error:
        print(errno.errorcode[error.errno])
";
    let said = says(program("python3").args(["-c", script]).arg(&device));
    assert_eq!(said, "40\nENOTTY\n");
    // Open, it can't be unloaded, and afterwards it can.
    let open = File::open(&device).expect("it opens");
    shown.run("modunload dlclass");
    assert!(shown.run("lsdev").contains("dlclass"));
    drop(open);
    // The system closes it when it likes. Its next question comes after that.
    while shown.run("modunload dlclass; lsdev").contains("dlclass") {
        fs::metadata(&device).expect("it is there");
    }
    tool("rm", &[&device]);
    assert!(File::open(&device).is_err());
    fails(
        program("mknod").arg(shown.path("x")).args(["c", "64", "0"]),
        "not permitted",
    );
    tool("mknod", &[&shown.path("dev/none"), &"c", &"99", &"0"]);
    fails(
        program("cat").arg(shown.path("dev/none")),
        "No such device or address",
    );
    shown.end();
}

#[test]
fn mke2fs_and_e2fsck_and_dd_on_the_disk() {
    let Some(shown) = Shown::with("mke2fs_and_e2fsck_and_dd_on_the_disk", &["ramdisk"]) else {
        return;
    };
    let (block, character) = (shown.path("dev/ram"), shown.path("dev/rram"));
    tool("mknod", &[&block, &"b", &"64", &"0"]);
    tool("mknod", &[&character, &"c", &"64", &"0"]);
    let files = tempfile::tempdir().expect("a folder");
    fs::write(files.path().join("text"), "in the file system\n").expect("written");
    tool(
        "mke2fs",
        &[&"-q", &"-F", &"-t", &"ext4", &"-d", &files.path(), &block],
    );
    tool("e2fsck", &[&"-f", &"-n", &block]);
    let text = says(program("debugfs").args(["-R", "cat /text"]).arg(&character));
    assert_eq!(text, "in the file system\n");
    // By dd, in pieces of another size, to a file in which fsck finds nothing either.
    let copy = files.path().join("copy");
    let [from, to] = [
        format!("if={}", block.display()),
        format!("of={}", copy.display()),
    ];
    tool("dd", &[&from, &to, &"bs=3000", &"status=none"]);
    assert_eq!(fs::metadata(&copy).expect("there").len(), 4 << 20);
    tool("e2fsck", &[&"-f", &"-n", &copy]);
    let [from, to] = ["if=/dev/zero".to_owned(), format!("of={}", block.display())];
    fails(
        program("dd").args([from, to, "bs=1M".to_owned()]),
        "No space left on device",
    );
    shown.end();
}

#[test]
fn four_programs_at_once_find_what_they_wrote() {
    let name = "four_programs_at_once_find_what_they_wrote";
    let Some(shown) = Shown::with(name, &["ramdisk"]) else {
        return;
    };
    let device = shown.path("dev/ram");
    tool("mknod", &[&device, &"b", &"64", &"0"]);
    // Pieces that begin and end inside of blocks, also at the borders between the programs. It stays
    // open, so that its size is known.
    let open = File::open(&device).expect("it opens");
    let file = format!("--filename={}", device.display());
    let mut fio = program("fio");
    fio.args([
        "--name=pieces",
        &file,
        "--ioengine=psync",
        "--fallocate=none",
        "--thread=0",
    ]);
    fio.args([
        "--numjobs=4",
        "--size=1000000",
        "--offset_increment=1000000",
    ]);
    fio.args(["--rw=randwrite", "--bs=1000", "--loops=4", "--randrepeat=1"]);
    fio.args(["--verify=crc32c", "--do_verify=1", "--verify_fatal=1"]);
    // It would write files into the current folder.
    fio.arg("--verify_state_save=0");
    says(&mut fio);
    drop(open);
    shown.end();
}

#[test]
fn diff_finds_nothing_in_an_archive() {
    let Some(mut shown) = Shown::with("diff_finds_nothing_in_an_archive", &["archive"]) else {
        return;
    };
    let folder = tempfile::tempdir().expect("a folder");
    let from = folder.path().join("from");
    crate::archives::tree(&from);
    let file = folder.path().join("a.tar");
    tool("tar", &[&"-C", &from, &"-cf", &file, &"."]);
    tool("mkdir", &[&shown.path("mnt")]);
    shown.run(&format!("mount {} /mnt", file.display()));
    tool(
        "diff",
        &[&"-r", &"--no-dereference", &from, &shown.path("mnt")],
    );
    // Packed again from there, and unpacked, it is the same.
    let (again, to) = (folder.path().join("again.tar"), folder.path().join("to"));
    fs::create_dir(&to).expect("made");
    tool("tar", &[&"-C", &shown.path("mnt"), &"-cf", &again, &"."]);
    tool("tar", &[&"-C", &to, &"-xf", &again]);
    tool("diff", &[&"-r", &"--no-dereference", &from, &to]);
    fails(program("rm").arg(shown.path("mnt/link")), "not permitted");
    fails(
        program("touch").arg(shown.path("mnt/a/text")),
        "Read-only file system",
    );
    // With a file of it open, it stays.
    let mut open = File::open(shown.path("mnt/a/text")).expect("it opens");
    shown.run("umount /mnt");
    let mut text = String::new();
    open.read_to_string(&mut text).expect("it can be read");
    assert_eq!(text, "text\n");
    assert!(!shown.run("mount").is_empty());
    drop(open);
    while !shown.run("umount /mnt; mount").is_empty() {
        fs::metadata(shown.path("mnt")).expect("it is there");
    }
    assert_eq!(
        fs::read_dir(shown.path("mnt")).expect("a folder").count(),
        0
    );
    shown.end();
}

/// Opens both ends of a pair.
fn pair(shown: &mut Shown) -> [File; 2] {
    shown.run("mknod /dev/ptym c 64 0\nmknod /dev/ptys c 64 1");
    ["dev/ptym", "dev/ptys"].map(|name| {
        let mut options = OpenOptions::new();
        options
            .read(true)
            .write(true)
            .open(shown.path(name))
            .expect("it opens")
    })
}

/// Starts `cat` with this input, and waits until it has passed on the first line.
fn reader(input: File, other: &mut File) -> Child {
    let mut command = program("cat");
    let mut cat = command
        .stdin(input)
        .stdout(Stdio::piped())
        .spawn()
        .expect("it starts");
    other.write_all(b"first\n").expect("there is room");
    let mut line = [0; 6];
    cat.stdout
        .as_mut()
        .expect("a pipe")
        .read_exact(&mut line)
        .expect("it writes");
    assert_eq!(&line, b"first\n");
    // It reads again, and there is nothing more.
    let status = format!("/proc/{}/stat", cat.id());
    let is_asleep = || {
        let text = fs::read_to_string(&status).expect("it runs");
        let state = text
            .rsplit(") ")
            .next()
            .and_then(|rest| rest.chars().next());
        matches!(state, Some('S' | 'D'))
    };
    while !is_asleep() {
        std::thread::yield_now();
    }
    cat
}

#[test]
fn a_reader_that_is_asleep_can_be_killed() {
    let Some(mut shown) = Shown::with("a_reader_that_is_asleep_can_be_killed", &["pty"]) else {
        return;
    };
    for end in [0, 1] {
        let [mut master, mut slave] = pair(&mut shown);
        let mut cat = match end {
            0 => reader(master.try_clone().expect("a copy"), &mut slave),
            _ => reader(slave.try_clone().expect("a copy"), &mut master),
        };
        cat.kill().expect("it runs");
        cat.wait().expect("it ends");
        // The others are as before.
        slave.write_all(b"down\n").expect("there is room");
        let mut line = [0; 5];
        master.read_exact(&mut line).expect("it is there");
        assert_eq!(&line, b"down\n");
        drop((slave, master));
        while shown.run("modunload pty; lsdev").contains("pty") {
            fs::metadata(shown.path("dev")).expect("it is there");
        }
        shown.run("rm /dev/ptym\nrm /dev/ptys");
    }
    shown.end();
}

#[test]
fn a_driver_with_a_reader_asleep_stays_and_the_machine_ends_all_the_same() {
    let name = "a_driver_with_a_reader_asleep_stays_and_the_machine_ends_all_the_same";
    let Some(mut shown) = Shown::with(name, &["pty"]) else {
        return;
    };
    let [mut master, slave] = pair(&mut shown);
    let mut cat = reader(slave, &mut master);
    shown.run("modunload pty");
    assert!(shown.run("lsdev").contains("pty"));
    // The system does not unmount what is in use.
    fails(program("umount").arg(shown.folder.path()), "busy");
    shown.end();
    assert!(!cat.wait().expect("it ends").success());
    assert!(master.write_all(b"more\n").is_err());
}

#[test]
fn a_machine_that_is_killed_leaves_no_one_waiting() {
    let name = "a_machine_that_is_killed_leaves_no_one_waiting";
    let Some(mut shown) = Shown::with(name, &["pty"]) else {
        return;
    };
    let [mut master, slave] = pair(&mut shown);
    let mut cat = reader(slave, &mut master);
    shown.shell.kill().expect("it runs");
    shown.shell.wait().expect("it ends");
    assert!(!cat.wait().expect("it ends").success());
    assert!(master.write_all(b"more\n").is_err());
    fails(program("ls").arg(shown.path("dev")), "not connected");
    // The next machine takes the same place.
    drop(master);
    let at = shown.folder.path().to_owned();
    let output = shown
        .machine
        .command()
        .arg("--mount")
        .arg(&at)
        .args(["-c", "true"])
        .output()
        .expect("it starts");
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    assert!(!is_mounted(&at));
}

#[test]
fn where_nothing_can_be_mounted_it_says_so() {
    let machine = Machine::with(&[]);
    let mut command = machine.command();
    let output = command
        .args(["--mount", "/no/such/folder", "-c", "true"])
        .output();
    let output = output.expect("it starts");
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1));
    assert!(
        said.contains("/no/such/folder") && said.contains("without --mount"),
        "{said}"
    );
}
