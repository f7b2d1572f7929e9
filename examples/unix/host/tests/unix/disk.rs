//! The disk in memory, and real file systems on it.

use std::fs;

use crate::support::{Machine, tool};

const NODES: &str = "mknod /dev/ram b 64 0\nmknod /dev/rram c 64 0\n";

#[test]
fn block_and_character_device_are_the_same_disk() {
    let machine = Machine::with(&["ramdisk"]);
    let folder = tempfile::tempdir().expect("a folder");
    let (from, to) = (folder.path().join("from"), folder.path().join("to"));
    let bytes: Vec<u8> = (0..100_000_u32)
        .map(|number| (number * 7 % 251) as u8)
        .collect();
    fs::write(&from, &bytes).expect("written");
    // Neither size is a multiple of a block.
    let said = machine.run(&format!(
        "{NODES}dd if=host:{} of=/dev/ram bs=1000 seek=3
         dd if=/dev/rram of=host:{} bs=777 count=150",
        from.display(),
        to.display()
    ));
    assert_eq!(said.good(), "100000 bytes copied\n116550 bytes copied\n");
    let read = fs::read(to).expect("it is written");
    assert!(read[..3000].iter().all(|byte| *byte == 0));
    assert!(read[3000..103_000] == bytes);
    assert!(read[103_000..].iter().all(|byte| *byte == 0));
}

#[test]
fn the_size_by_ioctl() {
    let machine = Machine::with(&["ramdisk"]);
    machine.configure("module ramdisk auto\ntunable ramdisk_kb 8\n");
    for node in ["ram", "rram"] {
        let said = machine.run(&format!("{NODES}exec 3<>/dev/{node}\nioctl 3 0x80081272 8"));
        assert_eq!(said.good(), "0 00 20 00 00 00 00 00 00\n");
    }
}

#[test]
fn fsck_finds_nothing_after_the_disk_had_it() {
    let folder = tempfile::tempdir().expect("a folder");
    let (made, copied) = (folder.path().join("made"), folder.path().join("copied"));
    fs::File::create(&made)
        .and_then(|file| file.set_len(4 << 20))
        .expect("made");
    tool("mke2fs", &[&"-q", &"-F", &made]);
    let machine = Machine::with(&["ramdisk"]);
    let said = machine.run(&format!(
        "{NODES}dd if=host:{} of=/dev/ram bs=4096
         dd if=/dev/ram of=host:{} bs=1536",
        made.display(),
        copied.display()
    ));
    said.good();
    tool("e2fsck", &[&"-f", &"-n", &copied]);
    tool("cmp", &[&made, &copied]);
}

#[test]
fn an_unload_forgets_the_disk() {
    let machine = Machine::with(&["ramdisk"]);
    let said = machine.run(&format!(
        "{NODES}echo Hello > /dev/ram
         dd if=/dev/ram of=/dev/kmsg bs=5 count=1
         modunload ramdisk
         dd if=/dev/ram of=/dev/kmsg bs=5 count=1
         dmesg"
    ));
    let said = said.good();
    assert_eq!(said, "5 bytes copied\n5 bytes copied\nHello\n\0\0\0\0\0\n");
}
