//! `kconfig` and `kclog`: saved configurations, backups and the log, as on HP-UX.

use std::fs;

use crate::golden::session;
use crate::hp_ux::SYSTEM;
use crate::root::Root;

/// kcmodule(1M): "`-B` / `-K`: aliases of `-b yes` / `-b no`"; `-b` "also becomes the default for later
/// changes". kconfig(5): "A saved configuration `backup` is kept by the tools".
#[test]
fn backups() {
    let root = Root::with(SYSTEM);
    let backup = |root: &Root| fs::read_to_string(root.file("saved/backup")).unwrap_or_default();
    root.does("kcmodule -K disk=loaded", 0);
    assert_eq!(backup(&root), "");
    root.does("kcmodule disk=unused", 0);
    assert_eq!(backup(&root), "", "`no` is the default now");
    root.does("kcmodule -B disk=loaded", 0);
    assert!(backup(&root).contains("module disk unused"));
    root.does("kctune shm.pages=3", 0);
    assert!(backup(&root).contains("tunable shm.pages 32"));
    root.does("kconfig -l backup", 0);
    assert_eq!(root.does("kctune -P current shm.pages", 0), "current\t32\n");
}

#[test]
fn kconfig() {
    let root = Root::with(SYSTEM);
    root.write(
        "../night",
        "version 1\nmodule shm loaded 0.9.0\nmodule guard best\n",
    );
    session(
        "kconfig",
        &root,
        &[
            "kconfig",
            "kconfig -s day",
            "kconfig -t day 'By day'",
            "kconfig -c day copy",
            "kconfig -c day copy",
            "kconfig -i night night",
            "kconfig",
            "kconfig -v day",
            "kconfig -P name,title day copy",
            "kconfig -r copy other",
            "kconfig -d other",
            "kconfig -S",
            "kconfig -D",
            "kconfig -l night",
            "kconfig -S",
            "kconfig -i -V night",
            "kconfig -n day",
            "kconfig -e -",
            "kconfig -e night -",
            "kconfig -H",
            "kconfig -s -d day",
            "kconfig -s",
            "kconfig none",
        ],
    );
}

/// kconfig(1M): "`-c src dest`: copy; `dest` must not exist"; "`-f`: don't ask before losing data;
/// without it: asks if interactive, else stops with an error".
#[test]
fn nothing_is_lost_without_force() {
    let root = Root::with(SYSTEM);
    root.does("kconfig -s one", 0);
    root.does("kcmodule disk=loaded", 0);
    root.does("kconfig -s two", 0);
    assert!(root.does("kconfig -s one", 2).contains("use -f"));
    assert!(root.does("kconfig -r two one", 2).contains("use -f"));
    assert!(root.does("kconfig -c two one", 2).contains("exists"));
    assert!(root.does("kconfig -f -c two one", 2).contains("exists"));
    root.does("kconfig -f -r two one", 0);
    assert_eq!(
        root.does("kconfig -P name", 0),
        "name\tbackup\n\nname\tone\n"
    );
}

/// kconfig(5): names "start with a letter; letters, digits, `_`; ≤ 32; case counts".
#[test]
fn names_of_configurations() {
    let root = Root::with(SYSTEM);
    root.does("kconfig -s Day", 0);
    root.does("kconfig -s day", 0);
    for name in ["9a", "a-b", "_a", &"x".repeat(33)] {
        root.does(&format!("kconfig -s {name}"), 2);
    }
}

/// kconfig(1M), `-a`: "also the output of `kcmodule -a -v` and `kctune -v`".
#[test]
fn kconfig_lists_all_of_a_configuration() {
    let root = Root::with(SYSTEM);
    root.does("kconfig -s day", 0);
    let text = root.does("kconfig -a day", 0);
    let blocks = |line: &str| root.does(&format!("{line} -c day"), 0);
    assert!(text.starts_with("configuration day\n"), "{text}");
    for block in blocks("kcmodule -a -v").split("\n\n") {
        assert!(text.contains(block.trim_end()), "{block}\n{text}");
    }
    for block in blocks("kctune -v").split("\n\n") {
        assert!(text.contains(block.trim_end()), "{block}\n{text}");
    }
    assert!(text.contains("module guard\n") && text.contains("tunable shm.pages\n"));
    root.does("kconfig -a -S", 2);
}

/// kconfig(1M): `-i [-fhBKV] [config] file`, `-l [-fBK] config`, `-n [-fBK] config`.
#[test]
fn backups_of_kconfig() {
    let root = Root::with(SYSTEM);
    root.write(
        "../file",
        "version 1\nmodule shm loaded\nmodule guard best\n",
    );
    let backup = || fs::read_to_string(root.file("saved/backup")).unwrap_or_default();
    root.does("kconfig -s day", 0);
    root.does("kconfig -i -h -B file", 0);
    assert!(backup().contains("module net loaded"));
    assert_eq!(root.system(), "module shm loaded\nmodule guard best\n");
    root.does("kconfig -s night", 0);
    // What is saved is not lost.
    root.does("kconfig -l -K day", 0);
    assert!(backup().contains("module net loaded"), "it is as it was");
    root.does("kconfig -n -B night", 0);
    assert!(backup().contains("module shm auto"));
    root.does("kcmodule -K disk=loaded", 0);
    let text = root.does("kconfig -l -K day", 2);
    assert!(text.contains("use -f to lose it"), "{text}");
    root.does("kconfig -l -f -K day", 0);
    root.does("kconfig -B -K -l day", 2);
    root.does("kconfig -h -l day", 2);
}

/// kclog(1M): "`count`: last n matching entries, default 1"; "`-a`: all matching"; "`-C comment`: add an
/// entry without a change". kconfig(1M): "every change by kconfig, kcmodule, kctune".
#[test]
fn kclog() {
    let root = Root::with(SYSTEM);
    root.does("kcmodule disk=loaded -C 'first'", 0);
    root.does("kctune shm.pages=9 -C 'second'", 0);
    root.does("kconfig -s day -C 'third'", 0);
    root.does("kclog -C 'by hand'", 0);
    let count = |line: &str| root.does(line, 0).matches("# ").count();
    assert_eq!(count("kclog"), 1);
    assert_eq!(count("kclog 3"), 3);
    assert_eq!(count("kclog -a"), 4);
    assert_eq!(count("kclog -a -t tunable"), 1);
    assert!(root.does("kclog -n disk", 0).contains("# first"));
    assert!(root.does("kclog -f secon", 0).contains("shm.pages: 32 → 9"));
    assert!(root.does("kclog -c day", 0).contains("# third"));
    assert_eq!(root.does("kclog -n none", 0), "");
    // Rejected changes are no changes.
    root.does("kcmodule guard=unused", 2);
    assert_eq!(count("kclog -a"), 4);
}
