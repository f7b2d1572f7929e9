//! Archives as file systems, against what the real programs unpack.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;

use crate::support::{Machine, tool};

/// A folder with files of many kinds.
pub(crate) fn tree(root: &Path) {
    fs::create_dir_all(root.join("a/b/c")).expect("made");
    fs::create_dir(root.join("empty")).expect("made");
    fs::write(root.join("a/text"), "text\n").expect("written");
    fs::write(root.join("a/b/nothing"), "").expect("written");
    let bytes: Vec<u8> = (0..300_000_u32)
        .map(|number| (number.wrapping_mul(number) % 253) as u8)
        .collect();
    fs::write(root.join("a/b/c/large"), bytes).expect("written");
    fs::write(root.join("ünï code"), "names\n").expect("written");
    fs::write(root.join(format!("a/{}", "long".repeat(20))), "long\n").expect("written");
    symlink("a/text", root.join("link")).expect("made");
    symlink("../text", root.join("a/b/up")).expect("made");
}

/// Packs a tree, mounts it, copies all of it out, and compares.
fn packed(name: &str, pack: impl Fn(&Path, &Path)) {
    let folder = tempfile::tempdir().expect("a folder");
    let (from, to) = (folder.path().join("from"), folder.path().join("to"));
    let file = folder.path().join(name);
    tree(&from);
    pack(&from, &file);
    let machine = Machine::with(&["archive"]);
    let said = machine.run(&format!(
        "mkdir /mnt
         mount {} /mnt
         copyout /mnt {}
         cat /mnt/link
         cat /mnt/a/b/up
         exec 3<>/mnt/a/text
         umount /mnt
         cat <&3
         exec 3>&-
         umount /mnt
         modunload archive
         mount",
        file.display(),
        to.display()
    ));
    let said = said.bad("umount: EBUSY: Device or resource busy");
    assert_eq!(said, "text\ntext\ntext\n");
    tool("diff", &[&"-r", &"--no-dereference", &from, &to]);
}

#[test]
fn a_tar_has_what_tar_has_packed() {
    for format in ["gnu", "ustar", "pax"] {
        let format = format!("--format={format}");
        packed("a.tar", |from, file| {
            tool("tar", &[&format, &"-C", &from, &"-cf", &file, &"."]);
        });
    }
}

#[test]
fn a_sparse_file_a_long_name_and_hard_links() {
    let folder = tempfile::tempdir().expect("a folder");
    let (from, to) = (folder.path().join("from"), folder.path().join("to"));
    fs::create_dir(&from).expect("made");
    let sparse = fs::File::create(from.join("sparse")).expect("made");
    std::os::unix::fs::FileExt::write_all_at(&sparse, b"end", 1 << 20).expect("written");
    fs::write(from.join("one"), "both\n").expect("written");
    fs::write(from.join("long".repeat(40)), "long\n").expect("written");
    fs::hard_link(from.join("one"), from.join("two")).expect("made");
    let file = folder.path().join("a.tar");
    tool(
        "tar",
        &[&"-C", &from, &"-S", &"--format=gnu", &"-cf", &file, &"."],
    );
    let machine = Machine::with(&["archive"]);
    let said = machine.run(&format!(
        "mkdir /mnt\nmount {} /mnt\ncopyout /mnt {}",
        file.display(),
        to.display()
    ));
    said.good();
    tool("diff", &[&"-r", &from, &to]);
}

#[test]
fn a_zip_has_what_zip_has_packed() {
    // Python is where zip may not be.
    let script = "
import os, stat, sys, zipfile
source, name = sys.argv[1:]
with zipfile.ZipFile(name, 'w', zipfile.ZIP_DEFLATED) as archive:
    for folder, folders, files in os.walk(source):
        for one in folders + files:
            path = os.path.join(folder, one)
            inside = os.path.relpath(path, source)
            if os.path.islink(path):
                info = zipfile.ZipInfo(inside)
                info.create_system = 3
                info.external_attr = (stat.S_IFLNK | 0o777) << 16
                archive.writestr(info, os.readlink(path))
            else:
                archive.write(path, inside)
";
    packed("a.zip", |from, file| {
        tool("python3", &[&"-c", &script, &from, &file])
    });
}

/// The outcomes of a mount of these bytes: an error number, or a mount whose files can be read or not.
fn mount(machine: &Machine, kind: &str, file: &Path, bytes: &[u8]) -> String {
    fs::write(file, bytes).expect("written");
    let to = file.with_extension("out");
    let _ = fs::remove_dir_all(&to);
    let ran = machine.run(&format!(
        "mkdir /mnt\nmount -F {kind} {} /mnt\ncopyout /mnt {}",
        file.display(),
        to.display()
    ));
    assert!(
        matches!(ran.status, Some(0 | 1)),
        "{:?} {}",
        ran.status,
        ran.err
    );
    ran.err
}

#[test]
fn a_damaged_archive_is_refused_or_read_as_far_as_it_goes() {
    let folder = tempfile::tempdir().expect("a folder");
    let from = folder.path().join("from");
    tree(&from);
    let file = folder.path().join("a.tar");
    tool("tar", &[&"-C", &from, &"-cf", &file, &"."]);
    let good = fs::read(&file).expect("it is there");
    let machine = Machine::with(&["archive"]);
    const REFUSED: &str = "mount: EINVAL: Invalid argument";
    for (what, bytes) in [
        ("empty", Vec::new()),
        ("text", b"This is no archive.".repeat(100)),
        ("cut off in a file", good[..good.len() / 2].to_vec()),
        ("cut off in a header", good[..700].to_vec()),
        ("a wrong checksum", {
            let mut bytes = good.clone();
            bytes[0] ^= 1;
            bytes
        }),
    ] {
        let said = mount(&machine, "tar", &file, &bytes);
        assert!(said.starts_with(REFUSED), "{what}: {said}");
    }
    let said = mount(&machine, "zip", &file, b"PK\x03\x04 and no more");
    assert!(said.starts_with(REFUSED), "{said}");
    // A directory is nothing to mount, and a name that leads out stays inside.
    let said = machine.run("mkdir /mnt\nmount -F tar /tmp /mnt");
    said.bad("mount: EINVAL: Invalid argument");
    tool(
        "tar",
        &[
            &"-C",
            &from,
            &"-P",
            &"--transform=s,^,../,",
            &"-cf",
            &file,
            &"a/text",
        ],
    );
    let said = machine.run(&format!("mkdir /mnt\nmount {} /mnt", file.display()));
    said.bad("mount: EINVAL: Invalid argument");
}

#[test]
fn no_flipped_byte_ends_the_kernel() {
    let folder = tempfile::tempdir().expect("a folder");
    let from = folder.path().join("from");
    fs::create_dir(&from).expect("made");
    fs::write(from.join("text"), "text\n".repeat(50)).expect("written");
    let machine = Machine::with(&["archive"]);
    for (kind, name, arguments) in [
        ("tar", "tar", ["-cf", "a.tar", "text"].as_slice()),
        (
            "zip",
            "python3",
            ["-m", "zipfile", "-c", "a.zip", "text"].as_slice(),
        ),
    ] {
        let mut command = crate::support::program(name);
        let status = command.current_dir(&from).args(arguments).status();
        assert!(status.expect("it starts").success());
        let file = from.join(format!("a.{kind}"));
        let good = fs::read(&file).expect("it is there");
        let used = good.len().min(1024);
        for at in (0..used).step_by(used.div_ceil(40)) {
            let mut bytes = good.clone();
            bytes[at] ^= 0xff;
            mount(&machine, kind, &file, &bytes);
        }
    }
}

#[test]
fn a_zip_whose_content_does_not_fit_its_checksum() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("a.zip");
    let text = folder.path().join("text");
    fs::write(&text, "checked\n").expect("written");
    tool("python3", &[&"-m", &"zipfile", &"-c", &file, &text]);
    let mut bytes = fs::read(&file).expect("it is there");
    let at = bytes
        .windows(2)
        .position(|two| two == b"PK")
        .expect("a header");
    // Behind the header of 30 bytes and the name.
    bytes[at + 30 + "text".len() + 1] ^= 0x10;
    fs::write(&file, bytes).expect("written");
    let machine = Machine::with(&["archive"]);
    let said = machine.run(&format!(
        "mkdir /mnt\nmount {} /mnt\ncat /mnt/text",
        file.display()
    ));
    said.bad("cat: /mnt/text: EIO: Input/output error");
}

#[test]
fn mount_points() {
    let machine = Machine::with(&["archive"]);
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("a.tar");
    tool(
        "tar",
        &[
            &"-C",
            &folder.path(),
            &"-cf",
            &file,
            &"--files-from=/dev/null",
        ],
    );
    let file = file.display();
    machine
        .run(&format!("mount {file} /mnt"))
        .bad("mount: ENOENT");
    let said = machine.run(&format!(
        "mkdir /mnt\nmount -F tar {file} /mnt\nmount -F tar {file} /mnt"
    ));
    said.bad("mount: EBUSY");
    machine.run("mkdir /mnt\numount /mnt").bad("umount: EINVAL");
    machine.run("umount /mnt").bad("umount: ENOENT");
}
