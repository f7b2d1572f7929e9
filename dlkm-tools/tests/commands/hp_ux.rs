//! HP-UX's commands by their names. Each rule is quoted with the manual page that it comes from.

use std::fs;

use crate::golden::session;
use crate::root::{MODULES, Module, Root};

pub(crate) const SYSTEM: &str = "module shm auto\nmodule net loaded\nmodule ip auto\nmodule core best\n\
                      tunable shm.pages 32\n";

/// The lines of `-P` without those of timestamps.
fn fields(text: &str) -> String {
    let lines = text.lines().filter(|line| !line.starts_with("timestamp\t"));
    lines.map(|line| format!("{line}\n")).collect()
}

#[test]
fn kcmodule() {
    let root = Root::with(SYSTEM);
    session(
        "kcmodule",
        &root,
        &[
            "kcmodule",
            "kcmodule -a -d",
            "kcmodule -S",
            "kcmodule -D",
            "kcmodule -v ip",
            "kcmodule -P name,state,desc shm net",
            "kcmodule -P name,nothing",
            "kcmodule shm=loaded net=",
            "kcmodule -h shm=auto -C 'later'",
            "kcmodule nothing",
            "kcmodule -a -D",
            "kcmodule -b yes -c day",
            "kcmodule -v -d",
        ],
    );
}

/// kcmodule(1M), a record of `-P ALL`: `name autofs`, `desc Automounter File System`, `version 1.0`,
/// `state static`, `cause best`, `next_state static`, `next_cause best`, `capable static unused`,
/// `depend module nfswrp:0.0.0`, `depend interface HPUX_11_31_PERF:1.0`.
/// kconfig(5): "a field name, a single tab character (ASCII 9), and the value".
#[test]
fn kcmodule_p_prints_a_record_as_on_hp_ux() {
    let root = Root::new(&[
        Module {
            version: "1.0.0",
            states: "static",
            desc: "Automounter File System",
            depends: "nfswrp",
            more: "require=interface HPUX_11_31_PERF ^1.0.0",
            ..Module::new("autofs")
        },
        Module::new("nfswrp"),
        Module::new("HPUX_11_31_PERF"),
    ]);
    root.does("kcmodule autofs= nfswrp= HPUX_11_31_PERF=", 0);
    let text = root.does("kcmodule -P ALL autofs", 0);
    assert_eq!(
        fields(&text),
        "name\tautofs\n\
         desc\tAutomounter File System\n\
         version\t1.0.0\n\
         state\tstatic\n\
         cause\tbest\n\
         next_state\tstatic\n\
         next_cause\tbest\n\
         capable\tstatic unused\n\
         depend\tmodule nfswrp:0.0.0\n\
         depend\tinterface HPUX_11_31_PERF:^1.0.0\n\
         exports\tautofs:1.0.0\n"
    );
    // `timestamp Tue Sep 12 21:53:28 2006 [45078EC8]`
    let line = text
        .lines()
        .find(|line| line.starts_with("timestamp\t"))
        .unwrap();
    let words: Vec<&str> = line.split_whitespace().collect();
    assert_eq!(words.len(), 7, "{line}");
    let hex = words[6]
        .strip_prefix('[')
        .and_then(|hex| hex.strip_suffix(']'))
        .unwrap();
    assert_eq!((hex.len(), u64::from_str_radix(hex, 16).is_ok()), (8, true));
}

/// kconfig(5): "a series of lines describing one object, a blank line, a series of lines describing the
/// next object"; "The lines occur in the same order as requested".
#[test]
fn fields_come_in_the_order_in_which_they_are_asked_for() {
    let root = Root::with(SYSTEM);
    assert_eq!(
        root.does("kcmodule -P state,name shm net", 0),
        "state\tauto\nname\tshm\n\nstate\tloaded\nname\tnet\n"
    );
    // "In these cases, no line will be printed for that field": `disk` has no cause.
    assert_eq!(root.does("kcmodule -P name,cause disk", 0), "name\tdisk\n");
}

/// kcmodule(1M): "`next_state`, `next_cause` (both absent with `-c`)".
#[test]
fn a_saved_configuration_has_no_next_state() {
    let root = Root::with(SYSTEM);
    root.does("kconfig -s day", 0);
    let text = root.does("kcmodule -c day -P name,state,next_state,next_cause shm", 0);
    assert_eq!(text, "name\tshm\nstate\tauto\n");
    assert!(
        root.does("kcmodule -c day shm=unused", 0)
            .contains("shm: auto → unused")
    );
    assert_eq!(
        root.does("kcmodule -P state shm", 0),
        "state\tauto\n",
        "not the running one"
    );
    assert_eq!(
        root.does("kcmodule -c day -P state shm", 0),
        "state\tunused\n"
    );
}

/// kcmodule(1M): "`before_state`, `before_cause` (only for modules this invocation changed at once)".
#[test]
fn before_is_there_for_what_changed_at_once() {
    let root = Root::with(SYSTEM);
    let list = "-P name,before_state,before_cause,state,cause";
    assert_eq!(
        root.does(&format!("kcmodule {list} shm=unused net"), 0),
        "name\tnet\nstate\tloaded\ncause\texplicit\n\n\
         name\tshm\nbefore_state\tauto\nbefore_cause\texplicit\nstate\tunused\ncause\texplicit\n"
    );
    assert_eq!(
        root.does(&format!("kcmodule {list} shm"), 0),
        "name\tshm\nstate\tunused\ncause\texplicit\n"
    );
}

/// kcmodule(1M), the table of options: what can't stand beside what.
#[test]
fn options_that_exclude_each_other() {
    let root = Root::with(SYSTEM);
    root.does("kconfig -s day", 0);
    for line in [
        "kcmodule -a -D",
        "kcmodule -a -S",
        "kcmodule -D -S",
        "kcmodule -b yes -c day shm=",
        "kcmodule -B -c day shm=",
        "kcmodule -B -K shm=",
        "kcmodule -v -d",
        "kcmodule -v -P name",
        "kctune -v -d",
        "kctune -v -g",
        "kctune -v -P name",
        "kctune -B -c day",
    ] {
        assert!(root.does(line, 2).contains("cannot be used with"), "{line}");
    }
}

/// kcmodule(1M): "Whether a module is *required* shows in that `unused` is absent from *Capable*"; "by
/// default required modules … are left out".
#[test]
fn required_modules() {
    let root = Root::with(SYSTEM);
    let capable = root.does("kcmodule -P capable guard shm", 0);
    assert_eq!(
        capable,
        "capable\tauto loaded static\n\ncapable\tauto loaded static unused\n"
    );
    assert!(!root.does("kcmodule", 0).contains("guard"));
    assert!(root.does("kcmodule -a", 0).contains("guard"));
    assert!(
        root.does("kcmodule guard=unused", 2)
            .contains("is required")
    );
}

/// kcmodule(1M): "`module=` = put into best state"; "`best` … typically `auto` if supported, else
/// `loaded`, else `static`. A module in `best` follows later changes of the developer's choice".
#[test]
fn the_best_state_follows_the_developer() {
    let root = Root::with(SYSTEM);
    root.does("kcmodule disk=", 0);
    let state = |root: &Root| root.does("kcmodule -P state,cause disk", 0);
    assert_eq!(state(&root), "state\tloaded\ncause\tbest\n");
    root.put(&Module {
        states: "auto loaded",
        ..Module::new("disk")
    });
    assert_eq!(state(&root), "state\tauto\ncause\tbest\n");
    root.put(&Module {
        states: "static",
        ..Module::new("disk")
    });
    assert_eq!(state(&root), "state\tstatic\ncause\tbest\n");
}

/// kcmodule(1M) of 11i v2: "`uninstall` = `unused` + purge its tunable settings".
#[test]
fn uninstall_takes_its_tunables_along() {
    let root = Root::with(SYSTEM);
    root.does("kcmodule shm=uninstall", 0);
    assert_eq!(
        root.system(),
        "module net loaded\nmodule ip auto\nmodule core best\n"
    );
}

#[test]
fn kctune() {
    let root = Root::with(SYSTEM);
    session(
        "kctune",
        &root,
        &[
            "kctune",
            "kctune -d -g",
            "kctune -S",
            "kctune -v shm.pages",
            "kctune -P ALL shm.segments",
            "kctune -P name,bootvalue,flags,constraint shm.pages",
            "kctune shm.segments=shm_pages*2 shm.pages+=0x10 'disk.size>=2000'",
            "kctune SHM_PAGES=default",
            "kctune shm.pages=shm.segments",
            "kctune 'shm.pages=1 + 2'",
            "kctune -u mine=10",
            "kctune shm.pages=mine<<2",
            "kctune mine=Default",
            "kctune -P name,before,current,before_expr,expr shm.pages=4 mine",
        ],
    );
}

/// kctune(1M): "`t=`, `t=Default`: to default (the word is case-insensitive)"; "`expr` says `Default`
/// when default"; "Tunables of installed modules can be set even if the module is unused".
#[test]
fn tunables_go_back_to_their_default() {
    let root = Root::with("module guard best\ntunable disk.size 7\n");
    let list = "-P expr,current,default disk.size";
    assert_eq!(
        root.does(&format!("kctune {list}"), 0),
        "expr\t7\ncurrent\t7\ndefault\tn\n"
    );
    for word in ["", "Default", "DEFAULT", "default"] {
        root.does(&format!("kctune disk.size={word}"), 0);
        let text = root.does(&format!("kctune {list}"), 0);
        assert_eq!(text, "expr\tDefault\ncurrent\t1024\ndefault\ty\n");
        root.does("kctune disk.size=9", 0);
    }
}

/// kctune(1M): "C integer expression; other tunables' names allowed; circular references refused; no
/// white space; operators `( ) ~ ! - + * / % << >> < <= > >= & ^ | == != && || ?:`; decimal, octal, hex".
#[test]
fn expressions() {
    let root = Root::with("module shm auto\nmodule guard best\n");
    for (expression, value) in [
        ("(1+2)*3-8/2%3", "8"),
        ("1<<4>>1", "8"),
        ("~0&0xff", "255"),
        ("!0+!5", "1"),
        ("6^3|8", "13"),
        ("(3<4)&&(4<=4)&&(5>4)&&(4>=4)&&(1!=2)", "1"),
        ("(1==2)||0?7:011", "9"),
        ("shm_segments*2", "80"),
        ("SHM_SEGMENTS*2", "80"),
    ] {
        root.does(&format!("kctune 'shm.pages={expression}'"), 0);
        let text = root.does("kctune -P current shm.pages", 0);
        assert_eq!(text, format!("current\t{value}\n"), "{expression}");
    }
    root.does("kctune shm.pages=shm.segments", 0);
    let text = root.does("kctune shm.segments=shm.pages", 2);
    assert!(text.contains("circle"), "{text}");
    assert!(root.does("kctune 'shm.pages=1 + 1'", 2).contains("blanks"));
}

/// kcmodule(1M): the causes `explicit`, `best` and `required`, without a running kernel. A module that is
/// unused without a line has none.
#[test]
fn causes() {
    let root = Root::with("module shm auto\nmodule net best\nmodule ip best\nmodule core best\n");
    let list = "kcmodule -P name,state,cause shm net guard disk";
    assert_eq!(
        root.does(list, 0),
        "name\tshm\nstate\tauto\ncause\texplicit\n\n\
         name\tnet\nstate\tauto\ncause\tbest\n\n\
         name\tguard\nstate\tauto\ncause\trequired\n\n\
         name\tdisk\nstate\tunused\n"
    );
    // "No argument: query all", without required ones.
    assert_eq!(
        root.does("kcmodule -P name", 0),
        "name\tcore\n\nname\tdisk\n\nname\tip\n\nname\tnet\n\nname\tshm\n"
    );
    assert!(
        root.does("kcmodule -a -P name", 0)
            .contains("name\tguard\n")
    );
}

/// system(4): "`name` or `module name best`: `kcmodule name=best`"; "(no line): `kcmodule
/// name=unused`"; "`tunable t value`: `kctune t=value`"; "(no line): `kctune t=default`".
#[test]
fn lines_and_commands_say_the_same() {
    let root = Root::with("module core unused\n");
    root.does("kcmodule core=best", 0);
    assert_eq!(root.system(), "module core best\n");
    root.does("kcmodule core=loaded", 0);
    assert_eq!(root.system(), "module core loaded\n");
    assert_eq!(root.does("kcmodule -P state shm", 0), "state\tunused\n");
    root.does("kctune disk.size=5", 0);
    assert_eq!(root.system(), "module core loaded\ntunable disk.size 5\n");
    root.does("kctune disk.size=default", 0);
    assert_eq!(root.system(), "module core loaded\n");
}

#[test]
fn the_first_generation() {
    let root = Root::with("module core auto\nmodule guard best\n");
    for name in ["shm", "net", "ip"] {
        fs::remove_file(root.file(&format!("{name}.so"))).unwrap();
    }
    let build = |module: &Module, name: &str| fs::write(root.base().join(name), module.image());
    build(&MODULES[0], "shm.so").unwrap();
    build(&MODULES[2], "libip.so").unwrap();
    session(
        "first-generation",
        &root,
        &[
            "kminstall -a shm",
            "kminstall -a shm",
            "kminstall -u ip",
            "kminstall -u -s ip",
            "kminstall -a net",
            "kmsystem",
            "kmsystem -q shm",
            "kmsystem shm",
            "kmsystem -c Y -l N shm",
            "kmsystem -l Y disk",
            "kmsystem -c Y -l Y -b 2 shm",
            "kmsystem -c N ip",
            "kmsystem -q shm",
            "kmtune",
            "kmtune -l -q shm.segments",
            "kmtune -s shm.segments=100 -s shm.pages+4",
            "kmtune -q shm.segments -q shm.pages",
            "kmtune -r shm.pages",
            "kmtune -s shm.segments=5000",
            "config -M shm",
            "config -M nothing",
            "kmupdate -M shm",
            "kmupdate -M nothing",
            "kmadmin -L shm",
            "kmadmin -Q shm",
            "kmadmin -s",
            "kmadmin -S",
            "kmadmin -k",
            "kmadmin -q 7",
            "kminstall -d shm",
            "kminstall -d shm",
            "dlkm config show",
        ],
    );
}
