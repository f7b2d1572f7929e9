//! What can't work, with the error number that a UNIX gives, and nothing left behind.

use std::fs;
use std::io::Write;
use std::process::Stdio;

use crate::support::{Machine, tool};

#[test]
fn a_major_number_without_a_driver() {
    let said = Machine::with(&["dlclass"]).run("mknod /dev/x c 99 0\ncat /dev/x");
    said.bad("cat: /dev/x: ENXIO: No such device or address");
}

#[test]
fn a_minor_number_that_the_driver_does_not_have() {
    let said = Machine::with(&["dlclass"]).run("mknod /dev/x c 64 1\ncat /dev/x");
    said.bad("cat: /dev/x: ENXIO: No such device or address");
}

#[test]
fn a_special_file_that_is_not_there() {
    let machine = Machine::with(&[]);
    machine.run("cat /dev/x").bad("cat: /dev/x: ENOENT");
    machine.run("rm /dev/x").bad("rm: ENOENT");
    machine.run("mknod /dev/kmsg c 1 1").bad("mknod: EEXIST");
    machine.run("mknod /etc/x c 1 1").bad("mknod: EINVAL");
}

#[test]
fn a_file_system_that_no_module_has() {
    let machine = Machine::with(&["archive", "dlclass"]);
    let said = machine.run("mkdir /mnt\nmount -F ext2 /dev/null /mnt");
    said.bad("mount: ENODEV: No such device: no module provides `filesys` for `ext2`; there is ");
}

#[test]
fn a_module_of_another_type() {
    let machine = Machine::with(&["archive", "dlclass"]);
    // A driver is no file system, and a character driver no block driver.
    let said = machine.run("mkdir /mnt\nmount -F dlclass /dev/null /mnt");
    said.bad("mount: ENODEV: No such device");
    let said = machine.run("mknod /dev/x b 64 0\ncat /dev/x");
    said.bad("cat: /dev/x: ENXIO: No such device or address");
}

#[test]
fn two_modules_for_one_key() {
    let machine = Machine::with(&["archive", "broken"]);
    let said = machine.run("mkdir /mnt\nmount -F zip /dev/null /mnt");
    said.bad("mount: EEXIST: File exists: several modules provide `filesys` for `zip`: ");
    // With one of them unused, the other has the key.
    machine.configure("module archive auto\nmodule broken unused\n");
    let said = machine.run("mkdir /mnt\nmount -F zip /dev/null /mnt");
    said.bad("mount: EINVAL: Invalid argument");
}

#[test]
fn modules_that_can_not_be_loaded() {
    let machine = Machine::with(&["dlclass"]);
    machine.run("modload none").bad("modload: ENOENT");
    machine.run("modunload dlclass").bad("modunload: ENOENT");
    fs::write(machine.file("text.so"), "not an image").expect("written");
    machine
        .run("modload text")
        .bad("modload: ENOEXEC: Exec format error");
    machine.configure("module dlclass unused\n");
    machine
        .run("modload dlclass")
        .bad("modload: ENODEV: No such device");
    machine.configure("module dlclass auto\ntunable dlclass_bufsz 0\n");
    machine
        .run("modload dlclass")
        .bad("modload: EINVAL: Invalid argument");
}

#[test]
fn a_load_hook_that_fails_half_way_leaves_nothing() {
    let machine = Machine::with(&["broken", "ramdisk"]);
    let said = machine.run(
        "modload broken
         lsdev
         modload ramdisk
         lsdev
         ioscan",
    );
    let said = said.bad("modload: EIO: Input/output error");
    assert_eq!(
        said,
        "       65    64 ramdisk    disk
Core/0 memory ramdisk
Pci/3 serial unclaimed
Eisa/1 sound unclaimed
ramdisk: disk 0
"
    );
    // By an open, it is the hook's number too.
    let said = machine.run("mknod /dev/x c 64 0\ncat /dev/x");
    said.bad("cat: /dev/x: EIO: Input/output error");
}

#[test]
fn a_load_hook_that_sleeps_keeps_no_one_else() {
    let machine = Machine::with(&["broken", "dlclass"]);
    let folder = tempfile::tempdir().expect("a folder");
    let (fifo, done) = (folder.path().join("fifo"), folder.path().join("done"));
    tool("mkfifo", &[&fifo]);
    machine.configure(&format!(
        "module broken auto\nmodule dlclass auto\ntunable broken_wait {:?}\n",
        fifo.display().to_string()
    ));
    let commands = format!(
        "mknod /dev/dlclass c 65 0
         modload dlclass
         modload broken &
         cat /dev/dlclass > host:{}
         wait
         lsdev",
        done.display()
    );
    let mut command = machine.command();
    command
        .args(["-c", &commands])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let shell = command.spawn().expect("it starts");
    // This waits for the hook, which then waits for a line.
    let mut writer = fs::OpenOptions::new()
        .write(true)
        .open(&fifo)
        .expect("it opens");
    // Another driver works meanwhile.
    while !fs::metadata(&done).is_ok_and(|done| done.len() > 0) {
        std::thread::yield_now();
    }
    writer.write_all(b"go on\n").expect("the hook reads");
    drop(writer);
    let output = shell.wait_with_output().expect("it ends");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(
        said.starts_with("modload: EIO: Input/output error"),
        "{said}"
    );
    let out = String::from_utf8_lossy(&output.stdout);
    assert_eq!(out, "       65    -1 dlclass    dlclass\n");
}

#[test]
fn an_ioctl_that_the_device_does_not_know() {
    let machine = Machine::with(&["dlclass", "ramdisk"]);
    let said = machine.run("mknod /dev/x c 64 0\nexec 3<>/dev/x\nioctl 3 0x1234");
    said.bad("ioctl: ENOTTY: Inappropriate ioctl for device");
    let said = machine.run("mknod /dev/x b 64 0\nexec 3<>/dev/x\nioctl 3 0x1234");
    said.bad("ioctl: ENOTTY: Inappropriate ioctl for device");
    // One that it knows, without room for the answer, and with it.
    let known = "mknod /dev/x c 64 0\nexec 3<>/dev/x\nioctl 3 0x80046401";
    machine.run(known).bad("ioctl: EINVAL: Invalid argument");
    assert_eq!(machine.run(&format!("{known} 4")).good(), "0 28 00 00 00\n");
}

#[test]
fn writes_past_the_end_of_the_device() {
    let machine = Machine::with(&["ramdisk"]);
    machine.configure("module ramdisk auto\ntunable ramdisk_kb 1\n");
    for special in ["b 64 0", "c 64 0"] {
        let said = machine.run(&format!(
            "mknod /dev/x {special}
             dd if=host:/dev/zero of=/dev/x bs=400 count=3
             dd if=/dev/x of=host:/dev/null bs=100"
        ));
        let said = said.bad("dd: /dev/x: ENOSPC: No space left on device");
        assert_eq!(said, "1024 bytes copied\n", "{special}");
    }
}

#[test]
fn all_major_numbers_are_assigned() {
    let machine = Machine::with(&["dlclass"]);
    let lines = (64..=255).map(|number| format!("number char-major other-{number} {number}\n"));
    fs::write(machine.file("registry"), lines.collect::<String>()).expect("written");
    let said = machine.run("modload dlclass\ncdevsw\nlsdev");
    let said = said.bad("modload: EBUSY: Device or resource busy");
    assert_eq!(said, "  - dlclass    stub   Loadable class driver\n");
}

#[test]
fn descriptors_that_are_not_open() {
    let machine = Machine::with(&["dlclass"]);
    machine
        .run("exec 3>&-")
        .bad("exec: EBADF: Bad file descriptor");
    machine
        .run("cat <&3")
        .bad("cat: EBADF: Bad file descriptor");
    let said = machine.run("mknod /dev/x c 64 0\nexec 3<>/dev/x\npush lz4 3");
    said.bad("push: ENOSTR: Device not a stream");
}

#[test]
fn commands_that_can_not_be_understood() {
    let machine = Machine::with(&[]);
    for commands in [
        "frob",
        "mknod",
        "mknod /dev/x c",
        "cat < ",
        "| cat",
        "echo 'a",
        "exec x",
    ] {
        let ran = machine.run(commands);
        assert!(ran.status != Some(0) && !ran.err.is_empty(), "{commands}");
    }
}

#[test]
fn a_system_file_that_leaves_the_kernel_out() {
    let machine = Machine::with(&["dlclass"]);
    let lines = "version 1\nmodule kern unused\nmodule dlclass auto\n";
    fs::write(machine.file("system"), lines).expect("written");
    let said = machine.run("true");
    said.bad("unix: the system file leaves the kernel out");
}
