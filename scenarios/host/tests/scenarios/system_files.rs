//! Files named `system` as people, tools and attackers make them: what each of them gets from a host.
//! Nothing is loaded by a file that is understood by halves.

use std::ffi::CString;
use std::fs::{self, File, Permissions};
use std::io::Write as _;
use std::os::unix::fs::{PermissionsExt, chown, symlink};
use std::os::unix::net::UnixListener;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::Command;

use scenario_bounded::Bounded;
use tempfile::TempDir;

use crate::support::{root, stderr, stdout};

const MODULES: [&str; 7] = [
    "bare", "by-name", "counter", "late", "tuned", "tuner", "vital",
];

/// The first lines of a file: what they say is right, and `bare` would be loaded at once.
const FIRST: &str = "version 1\nmodule bare loaded phase boot1\nmodule plan best\n";

/// A user without rights, for tests that root runs.
const OTHER: u32 = 54321;

/// A module root that others may look into.
fn own_root() -> TempDir {
    let folder = tempfile::tempdir().expect("a temporary folder");
    fs::set_permissions(folder.path(), Permissions::from_mode(0o755)).expect("ours");
    for module in MODULES {
        let file = format!("{module}.so");
        fs::copy(root().join(&file), folder.path().join(&file)).expect("built before");
    }
    folder
}

fn host(root: &Path, steps: &[&str]) -> Command {
    let mut host = Command::new(env!("CARGO_BIN_EXE_follows"));
    host.arg(root).args(steps).env_remove("RUST_BACKTRACE");
    host
}

/// What the host prints, and what it prints for people.
#[track_caller]
fn run(mut host: Command) -> (String, String) {
    let output = host.bounded();
    let errors = stderr(&output);
    assert!(output.status.success(), "{}\n{errors}", output.status);
    (stdout(&output), errors)
}

/// Boots with a file of these bytes, and enters the phase init.
#[track_caller]
fn follow(text: impl AsRef<[u8]>) -> (String, String) {
    let root = own_root();
    fs::write(root.path().join("system"), text).expect("written");
    run(host(root.path(), &["enter:init"]))
}

/// The boot ends by a file of these bytes, and nothing was loaded.
#[track_caller]
fn refused(text: impl AsRef<[u8]>, says: &str) {
    let (found, errors) = follow(text);
    assert_eq!(found, "boot System\nmapped 0\n", "{says}");
    assert!(
        errors.contains("/system`, ") && errors.contains(says),
        "{errors:?} does not say {says:?}"
    );
}

#[test]
fn a_line_that_is_wrong_ends_the_boot() {
    // It is the last one, and those before it are right.
    for (line, column, says) in [
        (
            "modul counter auto",
            1,
            "`modul` is unknown; a line begins with",
        ),
        ("Module counter auto", 1, "`Module` is unknown"),
        ("swap /dev/sda 0", 1, "`swap` is a line of HP-UX's"),
        ("version 1", 1, "`version` stands here a second time"),
        (
            "module counter aut",
            16,
            "state `aut` is unknown; it is unused, static",
        ),
        ("module counter", 15, "the state: `unused`, `static`"),
        ("module", 7, "the module's name is missing"),
        ("module ../counter auto", 8, "`../counter` is not a name"),
        (
            "module counter loaded phase boot3",
            29,
            "phase `boot3` is unknown; it is boot1",
        ),
        ("module counter loaded phase", 28, "the phase: `boot1`"),
        ("module counter auto idle 30", 26, "`30` is not a time"),
        (
            "module counter auto idle 30sec",
            26,
            "write a whole number and ns",
        ),
        ("module counter auto idle -1s", 26, "`-1s` is not a time"),
        (
            "module counter auto idle 9999999999d",
            26,
            "`9999999999d` is not a time",
        ),
        ("module counter auto 1.0 2.0", 25, "`2.0` is too much here"),
        (
            "module counter auto phase init phase init",
            32,
            "`phase` is too much here",
        ),
        ("tunable tuner.count", 20, "the value is missing"),
        (
            "tunable tuned.greeting \"open",
            24,
            "no second quotation mark",
        ),
        (
            "verify maybe",
            8,
            "`verify maybe` is unknown; it is off, warn or enforce",
        ),
        (
            "module counter\u{202e} auto",
            15,
            "the character U+202E does not show",
        ),
        (
            "module counter auto\0",
            20,
            "the character U+0000 does not show",
        ),
    ] {
        for end in ["\n", "\r\n", ""] {
            let text = format!("{FIRST}{line}{end}");
            refused(text, &format!("line 4, column {column}: "));
        }
        refused(format!("{FIRST}{line}\n"), says);
    }
    let mut text = FIRST.as_bytes().to_vec();
    text.extend(b"module count\xffer auto\n");
    refused(text, "line 4, column 13: the text is not UTF-8");
    let long = format!("{FIRST}* {}\n", "x".repeat(5000));
    refused(
        long,
        "line 4, column 4097: the line has more than 4096 bytes",
    );
}

/// system(4): "version 1: must be the first non-comment line; without it: version 0 (old format)".
#[test]
fn a_file_of_another_version_ends_the_boot() {
    for (text, says) in [
        ("", "line 1, column 1: `version 1` is missing"),
        ("\n\n* nothing\n", "`version 1` is missing"),
        (
            "module bare loaded phase boot1\n",
            "not `module bare loaded phase boot1`",
        ),
        (
            "version 2\nmodule bare loaded phase boot1\n",
            "not `version 2`",
        ),
        ("version\n", "not `version`"),
        ("version 1 1\n", "`1` is too much here"),
        ("\u{feff}version 1\n", "the character U+FEFF does not show"),
    ] {
        refused(text, says);
    }
}

#[test]
fn a_file_of_100_megabytes_ends_the_boot() {
    let root = own_root();
    let place = root.path().join("system");
    // Of NULs, of which the first line is wrong; and of comments, which are all right.
    let sparse = File::create(&place).expect("ours");
    sparse.set_len(100_000_000).expect("a sparse file");
    let check = || {
        let limits = "ulimit -v 1000000 && exec \"$0\" \"$@\"";
        let host = host(root.path(), &["enter:init"]);
        let mut limited = Command::new("sh");
        limited
            .args(["-c", limits])
            .arg(host.get_program())
            .args(host.get_args());
        let (found, errors) = run(limited);
        assert_eq!(found, "boot System\nmapped 0\n");
        assert!(
            errors.contains("the file has more than 1048576 bytes"),
            "{errors}"
        );
    };
    check();
    fs::write(
        &place,
        format!("{FIRST}{}", "* a comment\n".repeat(8_500_000)),
    )
    .expect("written");
    check();
    // What fits is read.
    let rest = (1 << 20) - FIRST.len() - 14;
    let text = format!("{FIRST}{}\n", "*\n".repeat(rest / 2));
    fs::write(&place, text).expect("written");
    let (found, _) = run(host(root.path(), &[]));
    assert!(found.contains("loaded bare explicit\n"), "{found}");
}

#[test]
fn a_file_of_nuls_ends_the_boot() {
    refused(
        [0; 100],
        "line 1, column 1: the character U+0000 does not show",
    );
}

#[test]
fn lines_may_end_as_on_other_systems_and_the_last_not_at_all() {
    let expected = follow(FIRST).0;
    assert_eq!(
        expected,
        "boot ok\nenter init ok\nkept vital\nloaded bare explicit\nloaded vital required\n"
    );
    let trimmed = FIRST.trim_end();
    for text in [
        FIRST.replace('\n', "\r\n"),
        trimmed.replace('\n', "\r\n"),
        trimmed.to_owned(),
        FIRST.replace(' ', "\t  "),
        format!("\r\n# A comment.\n   * Another one, ä.\n\n{FIRST}\n  \t\n"),
    ] {
        assert_eq!(follow(&text).0, expected, "{text:?}");
    }
}

/// What the kernel can't know before it looks for the module does not end the boot.
#[test]
fn a_module_that_is_not_as_its_line_says_is_skipped_and_reported() {
    for (lines, skipped, says) in [
        (
            "module nowhere loaded",
            "init nowhere: nowhere Missing",
            "there is no image",
        ),
        ("module by-name auto", "", ""),
        (
            "module by-name static",
            "init by-name: by-name Choice",
            "says `static`, which it does not support; it can be: loaded",
        ),
        (
            "module counter static",
            "init counter: counter Choice",
            "says `static`, but this program was built without it",
        ),
        (
            "module counter loaded 9.0.0",
            "init counter: counter Version",
            "wants version 9.0.0, and this is 0.1.0",
        ),
        (
            "module late loaded phase boot2",
            "boot2 late: late Phase",
            "can't be loaded in phase boot2, only in: init auto",
        ),
        (
            "module tuner loaded\ntunable tuner.count 1001",
            "init tuner: tuner Tunable",
            "1001 is not in the range 0 to 1000",
        ),
        (
            "module tuned loaded\ntunable tuned.period 3sec",
            "init tuned: tuned Tunable",
            "`3sec` is not a time",
        ),
        (
            "module tuned loaded\ntunable tuned.cache_size 4k",
            "init tuned: tuned Tunable",
            "KiB",
        ),
        (
            "module tuned loaded\ntunable tuned.mode upside-down",
            "init tuned: tuned Tunable",
            "one of write-back, write-through",
        ),
    ] {
        let (found, errors) = follow(format!("{FIRST}{lines}\n"));
        assert!(found.contains("enter init ok\n"), "{lines}: {found}");
        assert!(found.contains("loaded bare explicit\n"), "{lines}: {found}");
        let line = found.lines().find(|line| line.starts_with("skipped "));
        let line = line.unwrap_or("skipped ");
        assert_eq!(line, format!("skipped {skipped}"), "{errors}");
        assert!(errors.contains(says), "{errors:?} does not say {says:?}");
        assert!(
            says.is_empty() || errors.contains("goes on without it"),
            "{errors}"
        );
    }
    // It is loaded on demand only, so it is refused then.
    let root = own_root();
    fs::write(
        root.path().join("system"),
        format!("{FIRST}module by-name auto\n"),
    )
    .expect("ours");
    let (found, _) = run(host(
        root.path(),
        &["enter:init", "load:by-name", "call:by-name"],
    ));
    assert!(
        found.contains("load by-name by-name Choice\ncall by-name by-name Choice\n"),
        "{found}"
    );
}

/// An image with more or fewer tunables than the file has lines for is loaded.
#[test]
fn a_tunable_that_nobody_has_stops_nothing() {
    let lines = "module tuner loaded\ntunable tuner.nothing 1\ntunable nowhere.x \"text\"\n\
                 tunable tuner_other 1/0\n";
    let (found, _) = follow(format!("{FIRST}{lines}"));
    assert!(found.contains("loaded tuner explicit\n"), "{found}");
    assert!(!found.contains("skipped"), "{found}");
}

#[test]
fn of_two_lines_the_later_one_holds_and_a_report_names_both() {
    for (lines, loaded) in [
        ("module counter loaded\nmodule counter unused", false),
        ("module counter unused\nmodule counter loaded", true),
        ("module by_name unused\nmodule by-name loaded", true),
        ("tunable tuner_count 5\ntunable tuner_count 6", false),
        (
            "verify off\nmodule counter auto\nmodule counter loaded",
            true,
        ),
    ] {
        let (found, errors) = follow(format!("{FIRST}{lines}\n"));
        let names = ["loaded counter", "loaded by-name"];
        let any = names.iter().any(|name| found.contains(name));
        assert_eq!(any, loaded, "{lines}: {found}");
        let count = lines.lines().count() + FIRST.lines().count();
        let says = format!("lines {} and {count} both speak of ", count - 1);
        assert!(errors.contains(&says), "{errors:?} does not say {says:?}");
        assert!(errors.contains(&format!("line {count} holds")), "{errors}");
    }
}

#[test]
fn without_the_file_each_module_is_best() {
    let root = own_root();
    let (found, errors) = run(host(root.path(), &["enter:init"]));
    assert_eq!(
        found,
        "boot ok\nenter init ok\nloaded by-name best\nloaded vital required\n"
    );
    assert_eq!(errors, "");
}

/// A module root that is not there has no file, and the first load says what is wrong.
#[test]
fn a_root_that_is_not_there_has_no_file() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let file = folder.path().join("file");
    fs::write(&file, "").expect("ours");
    for root in [folder.path().join("none"), file] {
        let (found, _) = run(host(&root, &["enter:init", "load:bare"]));
        assert_eq!(found, "boot ok\nenter init ok\nload bare bare Root\n");
    }
}

/// What is no regular file, or can't be read, is not taken for a file that is not there.
#[test]
fn what_can_not_be_read_ends_the_boot() {
    let root = own_root();
    let place = root.path().join("system");
    let check = |says: &str| {
        let (found, errors) = run(host(root.path(), &["enter:init"]));
        assert_eq!(found, "boot System\nmapped 0\n", "{says}");
        assert!(
            errors.contains("/system` ") && errors.contains(says),
            "{errors:?} does not say {says:?}"
        );
        match place.is_dir() && !place.is_symlink() {
            true => fs::remove_dir(&place).expect("ours"),
            false => fs::remove_file(&place).expect("ours"),
        }
    };
    let path = CString::new(place.as_os_str().as_encoded_bytes()).expect("no NUL");
    // SAFETY: the path ends with a NUL.
    assert_eq!(unsafe { libc::mkfifo(path.as_ptr(), 0o644) }, 0);
    check("is not a regular file; remove it");
    fs::create_dir(&place).expect("ours");
    check("is not a regular file; remove it");
    symlink("/dev/null", &place).expect("ours");
    check("is not a regular file; remove it");
    let listener = UnixListener::bind(&place).expect("ours");
    check("can't be read: No such device or address");
    drop(listener);
    symlink("nowhere", &place).expect("ours");
    check("can't be read: No such file or directory");
    symlink("system", &place).expect("ours");
    check("can't be read: Too many levels of symbolic links");
    // No one can read what is not mapped.
    symlink("/proc/self/mem", &place).expect("ours");
    check("can't be read: Input/output error");
    // A link that leads to a file is as good as the file.
    fs::write(root.path().join("elsewhere"), FIRST).expect("ours");
    symlink("elsewhere", &place).expect("ours");
    let (found, _) = run(host(root.path(), &[]));
    assert!(found.contains("loaded bare explicit\n"), "{found}");
}

/// Whether this process may give files away and change its user.
fn is_root() -> bool {
    // SAFETY: it accesses no memory.
    let root = unsafe { libc::geteuid() } == 0;
    if !root {
        let _ = writeln!(
            std::io::stderr(),
            "skipped: only root can give a file to another user"
        );
    }
    root
}

#[test]
fn a_file_that_others_can_write_ends_the_boot() {
    let root = own_root();
    let place = root.path().join("system");
    fs::write(&place, FIRST).expect("ours");
    let check = |says: &str| {
        let (found, errors) = run(host(root.path(), &["enter:init"]));
        assert_eq!(found, "boot Exposed\nmapped 0\n", "{says}");
        assert!(errors.contains(says), "{errors:?} does not say {says:?}");
    };
    fs::set_permissions(&place, Permissions::from_mode(0o646)).expect("ours");
    check("/system can be written by everyone (mode 0646); `chmod o-w` it");
    fs::set_permissions(&place, Permissions::from_mode(0o644)).expect("ours");
    fs::set_permissions(root.path(), Permissions::from_mode(0o777)).expect("ours");
    check("can be written by everyone (mode 0777)");
    fs::set_permissions(root.path(), Permissions::from_mode(0o755)).expect("ours");
    if is_root() {
        chown(&place, Some(OTHER), None).expect("root may");
        check("/system belongs to user 54321, who is neither root nor the user of this process");
        // Through a link too: it counts who can write what is read.
        fs::rename(&place, root.path().join("elsewhere")).expect("ours");
        symlink("elsewhere", &place).expect("ours");
        check("/system belongs to user 54321");
    }
}

/// A file or a root that this user may not read: it is not known what is unused.
#[test]
fn what_this_user_may_not_read_ends_the_boot() {
    let root = own_root();
    let place = root.path().join("system");
    fs::write(&place, FIRST).expect("ours");
    let as_other = || {
        let mut host = host(root.path(), &["enter:init"]);
        // SAFETY: it accesses no memory.
        if unsafe { libc::geteuid() } == 0 {
            host.uid(OTHER).gid(OTHER);
        }
        host
    };
    if as_other().output().is_err() {
        let _ = writeln!(
            std::io::stderr(),
            "skipped: another user can't start the host"
        );
        return;
    }
    assert!(run(as_other()).0.contains("loaded bare explicit\n"));
    let check = || {
        let (found, errors) = run(as_other());
        assert_eq!(found, "boot System\nmapped 0\n");
        assert!(
            errors.contains("/system` can't be read: Permission denied"),
            "{errors}"
        );
    };
    fs::set_permissions(&place, Permissions::from_mode(0o000)).expect("ours");
    check();
    fs::set_permissions(&place, Permissions::from_mode(0o644)).expect("ours");
    fs::set_permissions(root.path(), Permissions::from_mode(0o600)).expect("ours");
    check();
    fs::set_permissions(root.path(), Permissions::from_mode(0o755)).expect("ours");
}
