//! The first generation's commands on a given system file, on search paths, and on the whole kernel.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use crate::golden::session;
use crate::host::Host;
use crate::root::{MODULES, Module, Root};

const ALL: &str = "module cmd-counter auto\nmodule cmd-top auto\n";

/// A root with all modules, of which the file `other` beside it plans something else.
fn given() -> Root {
    let root = Root::with("module shm auto\nmodule guard best\ntunable shm.pages 32\n");
    let other = "version 1\n* Ours.\nmodule shm loaded\nmodule disk loaded\ntunable shm.pages 64\n";
    root.write("../other", other);
    root
}

/// kmsystem(1M), `-S`: the system file that is read and changed, in place of the default.
#[test]
fn kmsystem_and_kmtune_work_on_a_given_file() {
    let root = given();
    session(
        "given",
        &root,
        &[
            "kmsystem -S other",
            "kmsystem -S other -q disk",
            "kmsystem -S other -c N disk",
            "kmsystem -S other -c Y -l Y -b 2 net",
            "kmtune -S other -q shm.pages",
            "kmtune -S other -s shm.pages+1 -r shm.mode -s shm.segments=50",
            "kmtune -S other -s shm.segments=5000",
            "kmtune -S other -l -q shm.segments",
            "kmsystem -S none",
            "kmtune -S modules",
        ],
    );
    assert_eq!(
        root.read("../other"),
        "version 1\n* Ours.\nmodule shm loaded\nmodule disk unused\nmodule net auto phase boot2\n\
         module ip best\nmodule core best\ntunable shm.pages 65\ntunable shm.segments 50\n"
    );
    let own = "module shm auto\nmodule guard best\ntunable shm.pages 32\n";
    assert_eq!(root.system(), own, "the root's own file is as it was");
    assert_eq!(root.does("dlkm log", 0), "", "and so is its log");
    assert!(!root.file("saved/backup").exists());
}

/// The root's own file is changed as always: with backup and log.
#[test]
fn the_own_file_may_be_given_too() {
    let root = given();
    std::os::unix::fs::symlink(root.file("system"), root.base().join("link")).unwrap();
    for file in ["modules/system", "link"] {
        root.does(&format!("kmtune -S {file} -s shm.pages+1 -c because"), 0);
    }
    assert!(root.system().contains("tunable shm.pages 34"));
    assert_eq!(root.does("dlkm log", 0).matches("# because").count(), 2);
    let backup = fs::read_to_string(root.file("saved/backup")).unwrap();
    assert!(backup.contains("tunable shm.pages 33"), "{backup}");
}

/// kmtune(1M), `-u`: applies what is planned to the running kernel, where dynamic.
#[test]
fn a_running_kernel_may_follow_a_given_file() {
    let mut host = Host::start(Some(ALL));
    assert_eq!(host.ask("count"), "1");
    let text = format!("version 1\n{ALL}");
    host.root.write("../other", &text);
    host.root.does("kmtune -S other -s cmd-counter.step=10", 0);
    assert_eq!(host.ask("count"), "2", "the kernel does not follow");
    let text = host.root.does("kmtune -S other -d", 0);
    assert!(
        text.contains("cmd-counter.step  1        Y    10"),
        "{text}"
    );
    host.root.does("kmtune -S other -u", 0);
    assert_eq!(host.ask("count"), "12");
    assert_eq!(host.root.system(), ALL, "the root's own file is as it was");
}

/// kmadmin(1M), `-b`: "sets the configured loading phase of a registered module".
#[test]
fn kmadmin_sets_the_phase() {
    let root = Root::with("module shm loaded\nmodule guard best\n");
    root.does("kmadmin -b 2 shm", 0);
    assert!(root.system().contains("module shm loaded phase boot2\n"));
    let text = root.does("kmadmin -Q shm", 0);
    assert!(
        text.contains("Module Loading Phase         BOOT2\n"),
        "{text}"
    );
    for (phase, word) in [("1", "boot1"), ("i", "init"), ("a", "auto")] {
        root.does(&format!("kmadmin -b {phase} shm"), 0);
        assert!(
            root.system()
                .contains(&format!("shm loaded phase {word}\n"))
        );
    }
    let text = root.does("kmadmin -b 9 shm", 2);
    assert!(text.contains("the phases are 1, 2, i and a"), "{text}");
    root.does("kmadmin -b 1 nothing", 2);
    // A kernel reads phases at boot.
    let host = Host::start(Some("module cmd-counter loaded\n"));
    let text = host.root.does("kmadmin -b 2 cmd-counter", 1);
    assert!(text.contains("phases are those of a boot"), "{text}");
}

/// kmadmin(1M), `-d`: "prepend the pathname to the current loadable modules search path"; `-D`: "reset";
/// both "for all users on the system".
#[test]
fn the_search_path_belongs_to_the_root() {
    let root = Root::with("module guard best\n");
    for folder in ["one", "two"] {
        fs::create_dir(root.base().join(folder)).unwrap();
    }
    root.does("kmadmin -d one", 0);
    root.does("kmadmin -d two", 0);
    let base = fs::canonicalize(root.base()).unwrap();
    let path = |names: &[&str]| -> String {
        let lines = names
            .iter()
            .map(|name| format!("{}\n", base.join(name).display()));
        lines.collect()
    };
    assert_eq!(root.read("search"), path(&["two", "one"]));
    root.does("kmadmin -d one", 0);
    assert_eq!(root.read("search"), path(&["one", "two"]), "once");
    let log = root.does("kclog -a", 0);
    assert_eq!(log.matches("configuration search: ").count(), 3, "{log}");
    let text = root.does("kmadmin -d none", 2);
    assert!(text.contains("none can't be searched"), "{text}");
    root.does("kmadmin -d other.so", 2);
    root.does("kmadmin -D", 0);
    assert!(!root.file("search").exists());
    root.does("kmadmin -D", 0);
    root.write("search", "not/absolute\n");
    let text = root.does("kmadmin -d one", 2);
    assert!(text.contains("line 1: this is no absolute path"), "{text}");
    root.does("kmadmin -D", 0);
}

/// kmadmin(1M), `-L`: "loads with dependencies"; "searches for a matching file in all directories
/// specified in the search path"; with a path name, the file of that name.
#[test]
fn what_the_search_path_has_is_installed_and_loaded() {
    let mut host = Host::stopped(Some("module cmd-weak auto\n"));
    let extra = host.root.base().join("extra");
    fs::create_dir(&extra).unwrap();
    for name in ["cmd-counter.so", "cmd-top.so"] {
        fs::rename(host.root.file(name), extra.join(name)).unwrap();
    }
    // As Cargo names it.
    fs::rename(extra.join("cmd-top.so"), extra.join("libcmd_top.so")).unwrap();
    host.boot();
    host.root.does("kmadmin -L cmd-top", 2);
    host.root.does("kmadmin -d extra", 0);
    let text = host.root.does("kmadmin -L cmd-top", 0);
    assert_eq!(text, "kmadmin: Module cmd-top loaded, ID = 1\n");
    assert_eq!(host.ask("top"), "1");
    assert!(host.root.file("cmd-top.so").is_file());
    assert!(host.root.system().contains("module cmd-counter best\n"));
    // By a path: the installed image, or no other.
    host.root.does("kmadmin -U cmd-top", 0);
    host.root.does("kmadmin -L extra/libcmd_top.so", 0);
    let path = extra.join("cmd-counter.so");
    host.root.does(&format!("kmadmin -L {}", path.display()), 0);
    let other = Module::new("cmd-top");
    fs::write(host.root.base().join("other"), other.image()).unwrap();
    let text = host.root.does("kmadmin -L ./other", 2);
    assert!(
        text.contains("another image of the module `cmd-top` is installed"),
        "{text}"
    );
    host.root.does("kmadmin -L ./none", 2);
}

/// The guide, p. 29: what `kmadmin -q` prints of a loaded module, as far as the addresses of the process
/// bear it out.
#[test]
fn addresses_are_those_of_the_process() {
    let mut host = Host::start(Some(ALL));
    assert_eq!(host.ask("top"), "1");
    assert_eq!(host.ask("during"), "inside");
    let text = host.root.does("kmadmin -Q cmd-counter", 0);
    let field = |name: &str| {
        let line = text.lines().find(|line| line.starts_with(name));
        line.unwrap_or_else(|| panic!("{name}: {text}"))[29..].to_owned()
    };
    let number = |text: &str| match text.strip_prefix("0x") {
        Some(hex) => usize::from_str_radix(hex, 16).unwrap(),
        None => text.parse().unwrap(),
    };
    let maps = fs::read_to_string(format!("/proc/{}/maps", host.pid())).unwrap();
    let own = maps
        .lines()
        .filter(|line| line.ends_with("/cmd-counter.so"));
    let ranges: Vec<_> = own
        .map(|line| {
            let (start, rest) = line.split_once('-').unwrap();
            let end = rest.split(' ').next().unwrap();
            let hex = |text| usize::from_str_radix(text, 16).unwrap();
            (hex(start), hex(end))
        })
        .collect();
    assert_eq!(
        number(&field("Module Virtual Load Address")),
        ranges[0].0,
        "{maps}"
    );
    let size = number(&field("Module Size"));
    let (base, bss) = (field("Module BSS Base"), field("Module BSS Size"));
    let end = number(&base) + number(&bss);
    // From the first byte to the end of the page in which BSS ends, with small gaps between segments.
    let span = end.next_multiple_of(4096) - ranges[0].0;
    assert!(number(&base) > ranges[0].0 && number(&bss) > 0, "{text}");
    assert!(
        size <= span && size > span - 8 * 4096,
        "{size} {span}: {text}"
    );
    assert_eq!(field("Module Status"), "LOADED");
    assert_eq!(field("Module Dependent Count"), "1");
    assert_eq!(field("Module Hold Count"), "1", "a call is in it");
    assert_eq!(host.ask("end"), "during: true");
    assert!(
        host.root
            .does("kmadmin -Q cmd-counter", 0)
            .contains("Module Hold Count            0\n")
    );
    // One that is linked in has no image of its own.
    let text = host.root.does("kmadmin -Q cmd-linked", 0);
    assert!(
        text.contains("Module Status                STATIC\n"),
        "{text}"
    );
    assert!(text.contains("Module Virtual Load Address  -\n"), "{text}");
    // After the unload it is registered, and in no memory.
    host.root.does("kmadmin -U cmd-top cmd-counter", 0);
    let text = host.root.does("kmadmin -Q cmd-counter", 0);
    assert!(
        text.contains("Module Status                UNLOADED\n"),
        "{text}"
    );
    assert!(text.contains("Module BSS Base              -\n"), "{text}");
}

/// The guide, p. 30: "by type also block major, character major": numbers of the registry.
#[test]
fn numbers_of_the_registry_are_shown() {
    let root = Root::with("module disk loaded\nmodule guard best\n");
    root.write(
        "registry",
        "number block-major disk 31\nnumber char-major disk 188\n",
    );
    let text = root.does("kmadmin -Q disk", 0);
    assert!(text.contains("Module block-major           31\n"), "{text}");
    assert!(
        text.contains("Module char-major            188\n"),
        "{text}"
    );
    // config(1M), `-t`: "a short table of major device numbers".
    assert_eq!(
        root.does("config -t", 0),
        "Class        Name  Number\nblock-major  disk  31\nchar-major   disk  188\n"
    );
}

/// kmupdate(1M), the first form: "the specified kernel_file" becomes the default kernel at the next boot;
/// `-M`: "-i only at once; -a only at shutdown".
#[test]
fn kmupdate_puts_a_program_into_place() {
    let mut host = Host::stopped(Some(ALL));
    let place = host.own_program();
    host.boot();
    let text = host.root.does("kmupdate", 1);
    let pid = host.pid();
    assert_eq!(
        text,
        format!("note: process {pid} uses this when it is started again\n")
    );
    // Whatever is no program is refused.
    host.root.write("../text", "not a program");
    for file in ["text", "modules/cmd-top.so", "none"] {
        let mode = fs::Permissions::from_mode(0o644);
        let _ = fs::set_permissions(host.root.base().join(file), mode);
        let text = host.root.does(&format!("kmupdate {file}"), 2);
        assert!(text.contains("is no program"), "{text}");
    }
    let built = fs::read(&place).unwrap();
    let new = [&built[..], b"newer"].concat();
    fs::write(host.root.base().join("new"), &new).unwrap();
    let mode = fs::Permissions::from_mode(0o755);
    fs::set_permissions(host.root.base().join("new"), mode).unwrap();
    host.root.does("kmupdate new", 1);
    assert!(fs::read(&place).unwrap() == new, "it is in its place");
    assert!(
        fs::read(place.with_extension("prev")).unwrap() == built,
        "the former is kept"
    );
    assert_eq!(host.ask("top"), "1", "the process that runs has its own");
    assert!(host.root.does("kclog", 0).contains("# kmupdate: "));
    // A process whose program was replaced has another name for it.
    host.root.does("kmupdate new", 1);
    // A boot that would fail is not prepared.
    host.root.write(
        "system",
        "version 1\nmodule cmd-top auto\nmodule nothing auto\n",
    );
    let text = host.root.does("kmupdate new", 2);
    assert!(
        text.contains("`nothing`") && text.contains("`cmd-counter`"),
        "{text}"
    );
    host.root.write("system", &format!("version 1\n{ALL}"));
    // The new one boots.
    host.boot();
    assert_eq!(host.ask("top"), "1");
    host.stop();
    assert_eq!(host.root.does("kmupdate", 0), "");
    let text = host.root.does("kmupdate new", 2);
    assert!(text.contains("it is not known which program"), "{text}");
}

/// kmupdate(1M): `[-i | -a | -n] -M module`: one of them, and only with a module.
#[test]
fn options_of_kmupdate() {
    let mut host = Host::start(Some(ALL));
    assert_eq!(host.ask("top"), "1");
    host.root.does("kmsystem -c N cmd-top", 0);
    for option in ["-a", "-n"] {
        host.root.does(&format!("kmupdate {option} -M cmd-top"), 0);
        assert_eq!(
            host.root.does("kcmodule -P state cmd-top", 0),
            "state\tloaded\n"
        );
    }
    host.root.does("kmupdate -M cmd-top -M cmd-counter", 0);
    assert!(host.ask("top").contains("unused"));
    for line in [
        "kmupdate -i",
        "kmupdate -n file",
        "kmupdate -M cmd-top -a -i",
        "kmupdate -M a file",
    ] {
        host.root.does(line, 2);
    }
}

/// config(1M), the first form: the whole kernel. Where nothing can be built, nothing static changes.
#[test]
fn config_makes_a_system_file_that_of_the_next_boot() {
    let root = given();
    let text = root.does("config other", 0);
    assert!(text.contains("shm: auto → loaded"), "{text}");
    assert!(root.system().contains("module disk loaded\n"));
    root.write("../static", "version 1\nmodule shm static\n");
    let text = root.does("config static", 2);
    assert!(text.contains("there is no Cargo workspace"), "{text}");
    root.does("config -s static", 0);
    assert_eq!(root.system(), "module shm static\n");
    // `-S`: all that can be linked and are loadable.
    root.does("config -S -s other", 0);
    assert_eq!(
        root.system(),
        "* Ours.\nmodule shm static\nmodule disk static\nmodule guard static\ntunable shm.pages 64\n"
    );
    for line in [
        "config other -m master",
        "config -c conf.c other",
        "config -l makefile other",
        "config -r /stand other",
    ] {
        assert!(root.does(line, 2).contains("leave out -"), "{line}");
    }
    for line in [
        "config",
        "config -s -u other",
        "config -M shm other",
        "config none",
    ] {
        root.does(line, 2);
    }
    root.write(
        "../wrong",
        "version 1\nmodule shm auto\nmodule nothing auto\n",
    );
    assert!(root.does("config -s wrong", 2).contains("`nothing`"));
}

/// kminstall(1M): "`-u`: not there: warns and adds; keeps tunables … of the installed system file"; "`-s`:
/// no warnings".
#[test]
fn kminstall_keeps_what_is_set() {
    let root =
        Root::with("module shm loaded phase boot2\ntunable shm.pages 5\nmodule guard best\n");
    let before = root.system();
    let new = Module {
        version: "2.0.0",
        ..MODULES[0]
    };
    fs::write(root.base().join("shm.so"), new.image()).unwrap();
    root.does("kminstall -u shm", 0);
    assert_eq!(root.system(), before);
    assert_eq!(root.does("kcmodule -P version shm", 0), "version\t2.0.0\n");
    root.does("kminstall -d shm", 0);
    assert_eq!(root.system(), "module guard best\n");
    let text = root.does("kminstall -u shm", 0);
    assert!(text.contains("warning: the module `shm` is not installed; adding it"));
    root.does("kminstall -d shm", 0);
    assert_eq!(root.does("kminstall -u -s shm", 0), "");
    assert!(
        root.does("kminstall -a shm", 2)
            .contains("is installed already")
    );
    root.does("kminstall -a -u shm", 2);
    root.does("kminstall shm", 2);
}
