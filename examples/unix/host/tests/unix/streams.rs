//! Streams: a driver, modules that are pushed and popped, and flow control.

use std::fs;
use std::path::PathBuf;

use tempfile::TempDir;

use crate::support::{Machine, tool};

const NODES: &str = "mknod /dev/ptym c 64 0\nmknod /dev/ptys c 64 1\n";

fn machine() -> Machine {
    // The first by name, and so the one with the major number 64.
    Machine::with(&["pty", "unix-lz4", "upper"])
}

/// Text that can be compressed, longer than all queues together.
fn long_text() -> Vec<u8> {
    let lines = (0..60_000_u32).map(|number| format!("line {}\n", number * 7919 % 60_000));
    lines.collect::<String>().into_bytes()
}

fn files(text: &[u8]) -> (TempDir, [PathBuf; 2]) {
    let folder = tempfile::tempdir().expect("a folder");
    let files = ["from", "to"].map(|name| folder.path().join(name));
    fs::write(&files[0], text).expect("written");
    (folder, files)
}

#[test]
fn both_ends_without_modules() {
    let said = machine().run(&format!(
        "{NODES}exec -n 3<>/dev/ptym
         exec -n 4<>/dev/ptys
         strlist 4
         strinfo
         echo down >&4
         cat <&3
         echo up >&3
         cat <&4
         exec 4>&-
         cat <&3
         exec 3>&-
         modunload pty
         strinfo
         lsdev"
    ));
    assert_eq!(said.good(), "pty\npty driver 64\ndown\nup\n");
}

#[test]
fn what_can_be_done_without_sleep() {
    let (_folder, [from, _]) = files(&long_text());
    let said = machine().run(&format!(
        "{NODES}exec -n 3<>/dev/ptym
         select 3
         exec -n 4<>/dev/ptys
         select 3
         select 4
         echo up >&3
         select 4
         cat < host:{} >&4
         select 3
         select 4
         exec 3>&-
         select 4",
        from.display()
    ));
    let said = said.bad("cat: EAGAIN: Resource temporarily unavailable");
    // Without a slave, the master can do nothing. The full stream takes no more, but still has a line.
    let expected = "\nwrite\nwrite\nread write\nread write\nread\nread write\n";
    assert_eq!(said, expected);
}

#[test]
fn a_module_is_pushed_and_popped() {
    let said = machine().run(&format!(
        "{NODES}exec -n 3<>/dev/ptym
         exec -n 4<>/dev/ptys
         echo one >&4
         push upper 4
         strlist 4
         fmodsw
         echo two >&4
         pop 4
         echo three >&4
         cat <&3
         modunload upper
         fmodsw"
    ));
    let table = |state| {
        format!(
            "  0 unix-lz4   stub   Compresses what is written, decompresses what is read (lz4)
  1 upper      {state:<6} Makes capitals of what is written
"
        )
    };
    let (pushed, popped) = (table("loaded"), table("stub"));
    assert_eq!(
        said.good(),
        format!("upper\npty\n{pushed}one\nTWO\nthree\n{popped}")
    );
}

#[test]
fn a_module_that_is_pushed_stays_loaded() {
    let said = machine().run(&format!(
        "{NODES}exec 3<>/dev/ptym
         exec 4<>/dev/ptys
         push upper 4
         modunload upper
         strlist 4"
    ));
    let said = said.bad("modunload: EBUSY: Device or resource busy");
    assert_eq!(said, "upper\npty\n");
}

#[test]
fn only_the_module_on_top_can_be_popped() {
    let said = machine().run(&format!(
        "{NODES}exec 3<>/dev/ptym
         exec 4<>/dev/ptys
         push upper 4
         push lz4 4
         pop 4 upper
         strlist 4
         pop 4 lz4
         pop 4 upper
         strlist 4"
    ));
    let said = said.bad("pop: EINVAL: Invalid argument: `lz4` is on top, not `upper`");
    assert_eq!(said, "lz4\nupper\npty\npty\n");
    let said = machine().run(&format!(
        "{NODES}exec 3<>/dev/ptym\nexec 4<>/dev/ptys\npop 4"
    ));
    said.bad("pop: EINVAL: Invalid argument");
}

#[test]
fn what_can_not_be_pushed() {
    let open = format!("{NODES}exec 3<>/dev/ptym\nexec 4<>/dev/ptys\n");
    // An unknown one, and a driver.
    for name in ["none", "pty"] {
        let said = machine().run(&format!("{open}push {name} 4"));
        said.bad("push: EINVAL: Invalid argument: no module provides `fmod`");
    }
    // The master is no stream.
    machine()
        .run(&format!("{open}push upper 3"))
        .bad("push: ENOSTR: Device not a stream");
    machine()
        .run(&format!("{open}ioctl 4 1"))
        .bad("ioctl: EINVAL: Invalid argument");
}

#[test]
fn who_may_open_which_end() {
    let slave = format!("{NODES}exec 4<>/dev/ptys");
    machine().run(&slave).bad("exec: EIO: Input/output error");
    let said = machine().run(&format!("{NODES}exec 3<>/dev/ptym\nexec 4<>/dev/ptym"));
    said.bad("exec: EBUSY: Device or resource busy");
    let said = machine().run("mknod /dev/x c 64 32\nexec 3<>/dev/x");
    said.bad("exec: ENXIO: No such device or address");
}

#[test]
fn what_lz4_makes_the_real_program_unpacks() {
    let (_folder, [from, to]) = files(b"Hello Hello Hello Hello Hello Hello\n");
    let said = machine().run(&format!(
        "{NODES}exec -n 3<>/dev/ptym
         exec -n 4<>/dev/ptys
         push lz4 4
         cat < host:{from} >&4
         echo and more >&4
         cat <&3 > host:{to}
         cat < host:{to} >&3
         cat <&4",
        from = from.display(),
        to = to.display()
    ));
    assert_eq!(
        said.good(),
        "Hello Hello Hello Hello Hello Hello\nand more\n"
    );
    let out = to.with_extension("out");
    tool("lz4", &[&"-dqf", &to, &out]);
    let out = fs::read_to_string(out).expect("it is unpacked");
    assert_eq!(out, "Hello Hello Hello Hello Hello Hello\nand more\n");
}

#[test]
fn a_frame_may_come_in_two_pieces() {
    let (folder, [from, _]) = files(b"Hello Hello Hello Hello Hello Hello\n");
    // With checksums, which the module itself does not make.
    let frame = folder.path().join("frame");
    tool("lz4", &[&"-qBX", &from, &frame]);
    let frame = fs::read(frame).expect("there");
    let pieces = ["one", "two"].map(|name| folder.path().join(name));
    let machine = machine();
    for cut in 1..frame.len() {
        fs::write(&pieces[0], &frame[..cut]).expect("written");
        fs::write(&pieces[1], &frame[cut..]).expect("written");
        let said = machine.run(&format!(
            "{NODES}exec -n 3<>/dev/ptym
             exec -n 4<>/dev/ptys
             push lz4 4
             cat < host:{} >&3
             cat < host:{} >&3
             cat <&4",
            pieces[0].display(),
            pieces[1].display()
        ));
        assert_eq!(
            said.good(),
            "Hello Hello Hello Hello Hello Hello\n",
            "cut at {cut}"
        );
    }
}

#[test]
fn data_that_are_no_lz4_hang_up() {
    let said = machine().run(&format!(
        "{NODES}exec -n 3<>/dev/ptym
         exec 4<>/dev/ptys
         push lz4 4
         echo This is no frame. >&3
         cat <&4
         dmesg
         echo more >&4"
    ));
    let said = said.bad("echo: EIO: Input/output error");
    assert!(said.starts_with("lz4: "), "{said}");
}

#[test]
fn a_full_stream_takes_no_more() {
    let (_folder, [from, to]) = files(&long_text());
    // The second write can't do anything, and after the reading the third one can.
    let said = machine().run(&format!(
        "{NODES}exec -n 3<>/dev/ptym
         exec -n 4<>/dev/ptys
         push upper 4
         cat < host:{from} >&4
         cat <&3 > host:{to}
         echo behind >&4
         cat <&3 | tail -1",
        from = from.display(),
        to = to.display()
    ));
    let said = said.bad("cat: EAGAIN: Resource temporarily unavailable");
    assert!(
        said.ends_with("behind\n") || said.ends_with("BEHIND\n"),
        "{said}"
    );
    let (from, to) = (fs::read(from).expect("there"), fs::read(to).expect("there"));
    let length = to.len();
    // No less than the driver's queue and what waits for the master, and not all.
    assert!((8192..=16384).contains(&length), "{length}");
    assert!(from[..length].to_ascii_uppercase() == to);
}

/// Sends a long text from one descriptor to the other, and compares.
fn sent(modules: &[&str], from_master: bool, arrives: impl Fn(&[u8]) -> Vec<u8>) {
    let text = long_text();
    let (_folder, [from, to]) = files(&text);
    let push: String = modules
        .iter()
        .map(|name| format!("push {name} 4\n"))
        .collect();
    let (writer, reader) = if from_master { (3, 4) } else { (4, 3) };
    let said = machine().run(&format!(
        "{NODES}exec 3<>/dev/ptym
         exec 4<>/dev/ptys
         {push}
         cat < host:{} >&{writer} &
         cat <&{reader} > host:{} &
         wait 1
         exec {writer}>&-
         wait",
        from.display(),
        to.display()
    ));
    said.good();
    let read = fs::read(to).expect("there");
    assert!(
        read == arrives(&text),
        "{} of {} bytes",
        read.len(),
        text.len()
    );
}

#[test]
fn writers_wait_for_readers_and_nothing_is_lost() {
    for from_master in [true, false] {
        sent(&[], from_master, <[u8]>::to_vec);
    }
    sent(&["upper"], false, <[u8]>::to_ascii_uppercase);
    sent(&["upper"], true, <[u8]>::to_vec);
}

#[test]
fn a_long_text_through_both_modules() {
    let text = long_text();
    let (_folder, [from, to]) = files(&text);
    // `upper` is above `lz4`, so the frames are of capitals. The second pair turns them back.
    let said = machine().run(&format!(
        "{NODES}mknod /dev/ptym1 c 64 2
         mknod /dev/ptys1 c 64 3
         exec 3<>/dev/ptym
         exec 4<>/dev/ptys
         push lz4 4
         push upper 4
         exec 5<>/dev/ptym1
         exec 6<>/dev/ptys1
         push lz4 6
         cat < host:{} >&4 &
         cat <&6 > host:{} &
         copy 3 5 &
         wait 1
         exec 4>&-
         wait 3
         exec 5>&-
         wait",
        from.display(),
        to.display()
    ));
    said.good();
    let read = fs::read(to).expect("there");
    assert!(
        read == text.to_ascii_uppercase(),
        "{} of {} bytes",
        read.len(),
        text.len()
    );
}

#[test]
fn a_reader_that_is_asleep_keeps_the_driver() {
    let said = machine().run(&format!(
        "{NODES}exec 3<>/dev/ptym
         exec 4<>/dev/ptys
         cat <&4 &
         modunload pty
         echo woken >&3
         exec 3>&-
         wait
         exec 4>&-
         modunload pty
         lsdev"
    ));
    assert_eq!(
        said.bad("modunload: EBUSY: Device or resource busy"),
        "woken\n"
    );
}

#[test]
fn the_end_of_the_kernel_does_not_wait_for_readers() {
    let said = machine().run(&format!(
        "{NODES}exec 3<>/dev/ptym
         exec 4<>/dev/ptys
         cat <&4 &
         cat <&3 &
         exit"
    ));
    assert_eq!(said.good(), "");
}
