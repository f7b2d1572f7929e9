//! The cases of kmod's test-suite that have a counterpart among the commands, each by its name. A test
//! holds this table.
//!
//! | kmod: file, case | here |
//! |---|---|
//! | test-dependencies: test_dependencies | [`test_dependencies`] |
//! | test-modprobe: modprobe_show_depends | [`modprobe_show_depends`] |
//! | test-modprobe: modprobe_show_depends2 | [`modprobe_show_depends2`] |
//! | test-modprobe: modprobe_show_depends_no_load | [`modprobe_show_depends_no_load`] |
//! | test-modprobe: modprobe_show_alias_to_none | [`modprobe_show_alias_to_none`] |
//! | test-modprobe: modprobe_show_exports, modprobe_show_exports_module | [`modprobe_show_exports`] |
//! | test-modprobe: modprobe_builtin, modprobe_builtin_lookup_only | [`modprobe_builtin`] |
//! | test-modprobe: modprobe_softdep_loop | [`modprobe_softdep_loop`] |
//! | test-modprobe: modprobe_weakdep_loop | [`modprobe_weakdep_loop`] |
//! | test-modprobe: modprobe_param_kcmdline_show_deps | [`modprobe_param_kcmdline_show_deps`] |
//! | test-modprobe: modprobe_param_kcmdline2 … modprobe_param_kcmdline9 | [`modprobe_param_kcmdline`] |
//! | test-modprobe: modprobe_external | [`modprobe_external`] |
//! | test-modprobe: modprobe_module_from_abspath, modprobe_module_from_relpath | [`modprobe_module_from_path`] |
//! | test-blacklist: blacklist_1 | [`blacklist_1`] |
//! | test-multi-softdep: multi_softdep (a known bug there) | [`multi_softdep`] |
//! | test-weakdep: test_weakdep, modprobe_config | [`test_weakdep`], [`modprobe_config`] |
//! | test-init: test_load_resource1, test_load_resource2 | [`test_load_resource`] |
//! | test-init: test_initlib | [`test_initlib`] |
//! | test-init: test_insert, test_remove; test-remove: test_remove | [`test_insert_and_remove`] |
//! | test-initstate: test_initstate_from_lookup, test_initstate_from_name | [`modprobe_builtin`] |
//! | test-loaded: loaded_1 | [`loaded_1`] |
//! | test-new-module: from_name; test-util: test_underscores | [`from_name`] |
//! | test-util: test_path_ends_with_kmod_ext | [`test_path_ends_with_kmod_ext`] |
//! | test-util: test_freadline_wrapped | [`test_freadline_wrapped`] |
//! | test-util: test_backoff_time | [`test_backoff_time`] |
//! | test-modinfo: filename author license description parm depends | [`modinfo`] |
//! | test-modinfo: test_modinfo_external, test_modinfo_builtin | [`modinfo`] |
//! | test-depmod: outdir, another_moddir, another_moddir_relative | [`another_moddir`] |
//! | test-depmod: search_order_simple, search_order_same_prefix, search_order_external_first, search_order_external_last, search_order_override | [`search_order`] |
//! | test-depmod: detect_loop | [`detect_loop`] |
//! | test-depmod: check_weakdep | [`check_weakdep`] |
//! | test-testsuite: uname, fopen, open, stat, opendir | [`test_testsuite`] |
//!
//! Without a counterpart among the commands:
//!
//! | kmod: file, case | why |
//! |---|---|
//! | test-modprobe: modprobe_install_cmd_loop | no line runs a command; hooks that load each other are scenarios of the runtime |
//! | test-modprobe: modprobe_force, modprobe_force_modversion, modprobe_force_vermagic | no check can be switched off |
//! | test-modprobe: modprobe_oldkernel … | there is one way to load |
//! | test-new-module: from_alias; test-util: alias_1 | there are no aliases, and so no patterns |
//! | test-modinfo: signer sig_key sig_hashalgo | `dlkm info` prints no signatures |
//! | test-depmod: …_order_for_compressed | there are no aliases |
//! | test-hash, test-list, test-array, test-strbuf | they test containers |

use std::fs;

use crate::host::Host;
use crate::root::{Module, Root};

const ALL: &str = "module cmd-counter auto\nmodule cmd-top auto\n";

/// Dependencies are these, in the order in which they are loaded.
#[test]
fn test_dependencies() {
    let root = Root::new(&[
        Module {
            depends: "mod-foo-a mod-foo-b mod-foo-c",
            ..Module::new("mod-foo")
        },
        Module::new("mod-foo-a"),
        Module {
            depends: "mod-foo-c",
            ..Module::new("mod-foo-b")
        },
        Module::new("mod-foo-c"),
    ]);
    let text = root.does("dlkm info --depends mod-foo", 0);
    let names: Vec<_> = text
        .lines()
        .map(|line| line.split('\t').next().unwrap())
        .collect();
    assert_eq!(names, ["mod-foo-a", "mod-foo-c", "mod-foo-b", "mod-foo"]);
}

/// Prints the chain for a module a part of which is loaded.
#[test]
fn modprobe_show_depends() {
    let mut host = Host::start(Some(ALL));
    assert_eq!(host.ask("count"), "1");
    let text = host.root.does("dlkm info --depends cmd-top", 0);
    let root = host.root.path();
    assert_eq!(
        text,
        format!(
            "cmd-counter\t{0}/cmd-counter.so\ncmd-top\t{0}/cmd-top.so\n",
            root.display()
        )
    );
}

/// The same, with nothing loaded.
#[test]
fn modprobe_show_depends2() {
    let host = Host::stopped(None);
    let text = host.root.does("dlkm info --depends cmd-top --json", 0);
    assert!(text.contains("\"cmd-counter\",\n    \"cmd-top\""), "{text}");
}

/// To show dependencies loads nothing.
#[test]
fn modprobe_show_depends_no_load() {
    let host = Host::start(Some(ALL));
    host.root.does("dlkm info --depends cmd-top", 0);
    host.root.does("dlkm tree cmd-top", 0);
    host.root.does("dlkm why cmd-top", 0);
    host.root.does("dlkm check", 0);
    assert!(!host.root.does("dlkm status", 0).contains("loaded"));
}

/// A name of nothing does not disturb the list, and nothing is loaded.
#[test]
fn modprobe_show_alias_to_none() {
    let root = Root::with("module nothing auto\n");
    let text = root.does("dlkm list", 0);
    assert!(text.contains("shm") && !text.contains("nothing"), "{text}");
    root.does("dlkm check", 1);
}

/// Exported functions, by file and by name.
#[test]
fn modprobe_show_exports() {
    let host = Host::stopped(None);
    let by_name = host.root.does("dlkm info cmd-counter", 0);
    let file = host.root.file("cmd-counter.so");
    let by_file = host.root.does(&format!("dlkm info {}", file.display()), 0);
    assert_eq!(by_name, by_file);
    assert!(
        by_name.contains("  fn count() -> Result<u64, LoadError>\n"),
        "{by_name}"
    );
    let exports = host.root.does("kcmodule -P exports cmd-counter", 0);
    assert_eq!(exports, "exports\tcmd-counter:0.3.1\n");
}

/// A built-in is found, is `static`, and to load it changes nothing.
#[test]
fn modprobe_builtin() {
    let host = Host::start(None);
    let state = "kcmodule -P state cmd-linked";
    assert_eq!(host.root.does(state, 0), "state\tstatic\n");
    assert_eq!(
        host.root.does("kcmodule -P state cmd_linked", 0),
        "state\tstatic\n"
    );
    host.root.does("dlkm load cmd-linked", 0);
    assert_eq!(host.root.does(state, 0), "state\tstatic\n");
    assert_eq!(host.root.does("kmadmin -k", 0), "cmd-linked\n");
}

/// A circle of soft dependencies is broken: both are loaded.
#[test]
fn modprobe_softdep_loop() {
    let host = Host::start(None);
    let text = host.root.does("dlkm load cmd-soft-b", 0);
    assert!(text.contains("loaded cmd-soft-b"), "{text}");
    let status = host.root.does("dlkm status", 0);
    assert!(status.contains("cmd-soft-a\tloaded"), "{status}");
    assert!(status.contains("cmd-soft-b\tloaded"), "{status}");
}

/// Several lines of soft dependencies add up: `cmd-soft-a` wants one module before it and one after it.
#[test]
fn multi_softdep() {
    let host = Host::start(None);
    host.root.does("dlkm load cmd-soft-a", 0);
    let status = host.root.does("dlkm status", 0);
    for module in ["cmd-soft-a", "cmd-soft-b", "cmd-top", "cmd-counter"] {
        assert!(status.contains(&format!("{module}\tloaded")), "{status}");
    }
}

/// A weak dependency loads nothing by itself, and a circle of them is harmless.
#[test]
fn modprobe_weakdep_loop() {
    let host = Host::start(None);
    host.root.does("dlkm load cmd-weak", 0);
    let status = host.root.does("dlkm status", 0);
    assert!(status.contains("cmd-weak\tloaded"), "{status}");
    assert!(!status.contains("cmd-counter\tloaded"), "{status}");
    let weak = |name, more| Module {
        more,
        ..Module::new(name)
    };
    let root = Root::new(&[
        weak("weak-a", "weak=weak-b"),
        weak("weak-b", "weak=weak-c"),
        weak("weak-c", "weak=weak-a"),
    ]);
    root.does("dlkm check", 0);
    let order = root.does("dlkm info --depends weak-b", 0);
    assert!(
        order.starts_with("weak-b\t") && order.lines().count() == 1,
        "{order}"
    );
    root.does("dlkm module weak-b=loaded", 0);
    assert!(
        !root.system().contains("weak-c loaded"),
        "{}",
        root.system()
    );
}

/// Weak dependencies are listed.
#[test]
fn test_weakdep() {
    let host = Host::stopped(None);
    let text = host.root.does("dlkm info cmd-weak --json", 0);
    assert!(
        text.contains("\"weak\": [\n    \"cmd-counter\"\n  ]"),
        "{text}"
    );
    let text = host.root.does("dlkm info cmd-soft-a --json", 0);
    assert!(text.contains("\"cmd-soft-b\",\n    \"cmd-top\""), "{text}");
}

/// The configuration is printed as it is.
#[test]
fn modprobe_config() {
    let lines = "* ours\nmodule shm auto\nmodule guard best\ntunable shm.pages 7\n";
    let root = Root::with(lines);
    assert_eq!(
        root.does("dlkm config show", 0),
        format!("version 1\n{lines}")
    );
    assert_eq!(root.does("kconfig -e -", 0), format!("version 1\n{lines}"));
    assert_eq!(
        root.does("kconfig -S", 0),
        "module guard auto\nmodule shm auto\ntunable shm.pages 7\n"
    );
}

/// Weak dependencies are checked.
#[test]
fn check_weakdep() {
    let root = Root::new(&[Module {
        more: "weak=paper",
        ..Module::new("print")
    }]);
    let text = root.does("dlkm check", 1);
    assert!(
        text.contains("wants the module `paper` to be there"),
        "{text}"
    );
    root.put(&Module::new("paper"));
    root.does("dlkm check", 0);
}

/// A parameter from the configuration reaches the module.
#[test]
fn modprobe_param_kcmdline_show_deps() {
    let mut host = Host::start(Some(
        "module cmd-counter auto\ntunable cmd-counter.step 9\n",
    ));
    assert_eq!(host.ask("count"), "9");
    let text = host.root.does("kctune -P current cmd-counter.step", 0);
    assert_eq!(text, "current\t9\n");
}

/// No value, unrelated words, quoted blanks, dots elsewhere, several lines.
#[test]
fn modprobe_param_kcmdline() {
    for (case, lines, code, said) in [
        (2, "tunable shm.pages\n", 2, "the value is missing"),
        (
            3,
            "tunable quiet 1\ntunable other.x 2\n",
            0,
            "  value        16\n",
        ),
        (4, "module other.pages auto\n", 0, "  value        16\n"),
        (
            5,
            "tunable shm.label \"a quoted b\"\n",
            0,
            "  value        16\n",
        ),
        (6, "tunable a.b.c 1\n", 0, "  value        16\n"),
        (
            7,
            "tunable shm.pages 3\ntunable shm.pages.x 9\n",
            0,
            "  value        3\n",
        ),
        (
            8,
            "tunable shm.label \"shm.pages=3 \"\n",
            0,
            "  value        16\n",
        ),
        (
            9,
            "module net unused\nmodule ip unused\ntunable shm.pages 4\n",
            0,
            "  value        4\n",
        ),
        (
            9,
            "tunable shm.pages 3\ntunable shm.pages 4\n",
            0,
            "  value        4\n",
        ),
        (9, "tunable shm_pages 5\n", 0, "  value        5\n"),
        (2, "tunable shm.pages = 5\n", 0, "  value        none: "),
    ] {
        let root = Root::with(&format!("module shm auto\n{lines}"));
        let (found, text) = root.says("dlkm tune shm.pages");
        assert_eq!(found, code, "{case}: {lines}{text}");
        assert!(text.contains(said), "{case}: {lines}{text}");
    }
}

/// A module outside of the root is found.
#[test]
fn modprobe_external() {
    let root = Root::new(&[]);
    fs::create_dir(root.base().join("extra")).unwrap();
    fs::write(root.base().join("extra/x"), Module::new("extern").image()).unwrap();
    root.does("dlkm install extra/x", 0);
    assert!(root.does("dlkm list", 0).starts_with("extern\t"));

    let mut host = Host::stopped(Some(ALL));
    let extra = host.root.base().join("extra");
    fs::create_dir(&extra).unwrap();
    fs::rename(
        host.root.file("cmd-counter.so"),
        extra.join("cmd-counter.so"),
    )
    .unwrap();
    host.boot();
    assert!(host.ask("count").contains("cmd-counter"), "it is not there");
    host.root.does("kmadmin -d extra", 0);
    host.root.does("kmadmin -L cmd-counter", 0);
    assert_eq!(host.ask("count"), "1");
}

/// A module can be given as a path, absolute or relative.
#[test]
fn modprobe_module_from_path() {
    let root = Root::with("");
    let relative = root.does("dlkm info modules/shm.so", 0);
    let absolute = root.does(&format!("dlkm info {}", root.file("shm.so").display()), 0);
    assert_eq!(relative, absolute);
    assert!(relative.starts_with("module shm 1.0.0\n"));

    let host = Host::start(None);
    let loaded = "kcmodule -P state cmd-weak";
    let absolute = host.root.file("cmd-weak.so").display().to_string();
    for path in [&*absolute, "modules/cmd-weak.so", "./modules/cmd-weak.so"] {
        host.root.does(&format!("kmadmin -L {path}"), 0);
        assert_eq!(host.root.does(loaded, 0), "state\tloaded\n");
        host.root.does("kmadmin -U cmd-weak", 0);
    }
}

/// Which of two images of a name is used is a matter of configuration.
#[test]
fn search_order() {
    let host = Host::start(Some(ALL));
    let put = |folder: &str, version| {
        let folder = host.root.base().join(folder);
        fs::create_dir_all(&folder).unwrap();
        let module = Module {
            version,
            ..Module::new("cmd-other")
        };
        fs::write(folder.join("cmd-other.so"), module.image()).unwrap();
    };
    // `same_prefix`: the name of one begins with that of the other.
    put("foo", "1.0.0");
    put("foobar", "2.0.0");
    // The kernel refuses the image, which no compiler has built; it is installed by then.
    let chosen = || {
        let (code, text) = host.root.says("kmadmin -L cmd-other");
        assert_eq!(code, 2, "{text}");
        let version = host.root.does("kcmodule -P version cmd-other", 0);
        version
            .trim_start_matches("version\t")
            .trim_end()
            .to_owned()
    };
    let (code, text) = host.root.says("kmadmin -L cmd-other");
    assert_eq!(code, 2, "{text}");
    assert!(
        !host.root.file("cmd-other.so").exists(),
        "in no folder of the path"
    );
    // `external_first` and `external_last`: the folder that was named last comes first.
    host.root.does("kmadmin -d foobar", 0);
    host.root.does("kmadmin -d foo", 0);
    assert_eq!(chosen(), "1.0.0");
    // `simple`: what is installed wins.
    host.root.does("kmadmin -d foobar", 0);
    assert_eq!(chosen(), "1.0.0");
    host.root.does("dlkm remove cmd-other", 0);
    assert_eq!(chosen(), "2.0.0");
    // `override`: it is replaced by its name.
    host.root.does("dlkm install -u foo/cmd-other.so", 0);
    assert_eq!(chosen(), "1.0.0");
}

/// The folder with the modules is given, absolute or relative, by an option or a variable.
#[test]
fn another_moddir() {
    let (root, other) = (Root::with(""), Root::new(&[Module::new("lamp")]));
    std::os::unix::fs::symlink(other.path(), root.base().join("other")).unwrap();
    let absolute = other.path().display().to_string();
    for folder in ["other", "./modules/../other", &absolute] {
        let text = root.does(&format!("kcmodule --root {folder} -P name"), 0);
        assert_eq!(text, "name\tlamp\n", "{folder}");
        let mut command = root.command("kcmodule");
        let output = command
            .args(["-P", "name"])
            .env("DLKM_ROOT", folder)
            .output();
        assert_eq!(output.unwrap().stdout, b"name\tlamp\n", "{folder}");
    }
    // What is written goes there too.
    root.does("kcmodule --root other lamp=loaded", 0);
    assert_eq!(other.system(), "module lamp loaded\n");
    assert_eq!(root.system(), "");
    // A root begins with its first module.
    fs::write(root.base().join("image"), Module::new("first").image()).unwrap();
    root.does("dlkm install --root new/modules image", 0);
    assert!(root.base().join("new/modules/first.so").is_file());
}

/// Which files are images.
#[test]
fn test_path_ends_with_kmod_ext() {
    let root = Root::with("module guard best\n");
    for name in [
        "a.so.1", "b.so~", "c.SO", "d.ko", ".so", ".e.so", "so", "f.so.bak",
    ] {
        root.write(name, "nothing");
    }
    fs::create_dir(root.file("g.so")).unwrap();
    let text = root.does("dlkm list", 0);
    assert_eq!(text.matches("warning: ").count(), 1, "{text}");
    assert!(text.contains("g.so`: "), "{text}");
    assert_eq!(
        root.does("kcmodule -a -P name", 0)
            .matches("name\t")
            .count(),
        6
    );
}

/// A line ends where it ends: there are no continued lines. The last one may lack its end.
#[test]
fn test_freadline_wrapped() {
    let root = Root::with("");
    for (text, code, said) in [
        ("module shm \\\nauto\n", 2, "line 2"),
        ("module shm auto\\\n", 2, "line 2"),
        ("\n\n  \n* \\\nmodule shm auto", 0, "state\tauto\n"),
        ("# comment \\\nmodule shm auto\n", 0, "state\tauto\n"),
        ("module shm auto\r\n\r\n", 0, "state\tauto\n"),
    ] {
        root.write("system", &format!("version 1\n{text}"));
        let found = root.does("kcmodule -P state shm", code);
        assert!(found.contains(said), "{text:?}: {found}");
    }
}

/// A command waits for another one that changes the root, says so once, and goes on when it can.
#[test]
fn test_backoff_time() {
    use std::io::{BufRead, BufReader, Read};
    let root = Root::with("module shm auto\nmodule guard best\n");
    root.write(".lock", "4711 other\n");
    let lock = fs::File::open(root.file(".lock")).unwrap();
    lock.lock().unwrap();
    let mut command = root.command("kcmodule");
    command
        .arg("shm=loaded")
        .stdout(std::process::Stdio::piped());
    let mut child = command
        .stderr(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    let mut stderr = BufReader::new(child.stderr.take().unwrap());
    let mut line = String::new();
    stderr.read_line(&mut line).unwrap();
    assert_eq!(
        line,
        "note: the module root is in use by process 4711 other; waiting\n"
    );
    assert!(root.system().contains("module shm auto"));
    lock.unlock().unwrap();
    let mut rest = String::new();
    stderr.read_to_string(&mut rest).unwrap();
    assert_eq!(rest, "");
    assert!(child.wait().unwrap().success());
    assert!(root.system().contains("module shm loaded"));
}

/// A host boots, and does nothing else.
#[test]
fn test_initlib() {
    let host = Host::start(Some(ALL));
    let status = host.root.does("dlkm status --json", 0);
    let status: serde_json::Value = serde_json::from_str(&status).unwrap();
    let modules = status["kernels"][0]["modules"].as_array().unwrap();
    let states: Vec<_> = modules
        .iter()
        .map(|one| (&one["name"], &one["state"]))
        .collect();
    assert_eq!(states, [(&"cmd-linked".into(), &"static".into())]);
    assert_eq!(status["kernels"][0]["reports"], serde_json::json!([]));
    let maps = fs::read_to_string(format!("/proc/{}/maps", host.pid())).unwrap();
    let root = host.root.path().display().to_string();
    assert!(!maps.contains(&root), "{maps}");
}

/// The tests' own tools find what they are to find.
#[test]
fn test_testsuite() {
    use std::panic::{AssertUnwindSafe, catch_unwind};
    let fails = |test: &dyn Fn()| catch_unwind(AssertUnwindSafe(test)).is_err();
    let root = Root::with("module shm auto\n");
    assert!(
        fails(&|| drop(root.does("dlkm list", 1))),
        "another exit code"
    );
    root.does("dlkm list", 0);
    if std::env::var_os("BLESS").is_none() {
        let text = include_str!("golden/root.txt");
        crate::golden::compare("root", text);
        assert!(fails(&|| crate::golden::compare(
            "root",
            &text.replace("error", "eror")
        )));
        assert!(fails(&|| crate::golden::compare("no-such-file", "text")));
    }
    let steady = crate::golden::steady("at 2026-01-02T03:04:05Z", &root);
    assert_eq!(steady, "at TIME");
    let path = root.file("x").display().to_string();
    assert_eq!(crate::golden::steady(&path, &root), "ROOT/x");
    // Images of tests are images, and what is none is found.
    root.write("x.so", "text");
    assert!(root.does("dlkm check", 0).contains("x.so"));
    // Each root is its own: no process of another test is seen.
    assert_eq!(
        root.does("dlkm status", 0),
        "no kernel runs that can be reached\n"
    );
    let host = Host::start(None);
    assert!(
        host.root
            .does("dlkm status", 0)
            .contains(&format!("process {} ", host.pid()))
    );
    assert_eq!(
        root.does("dlkm status", 0),
        "no kernel runs that can be reached\n"
    );
}

/// The table above names all cases, and tests that exist.
#[test]
fn the_table_is_complete() {
    let source = include_str!("kmod.rs");
    let head: String = source
        .lines()
        .take_while(|line| line.starts_with("//!"))
        .collect();
    for case in CASES {
        assert!(head.contains(case), "{case} is in no row");
    }
    let named = head
        .split("[`")
        .skip(1)
        .map(|rest| rest.split('`').next().unwrap());
    let named: Vec<_> = named.collect();
    for name in &named {
        assert!(
            source.contains(&format!("#[test]\nfn {name}()")),
            "{name} is no test"
        );
    }
    let tests = source.split("#[test]\nfn ").skip(1);
    let tests = tests.map(|rest| rest.split('(').next().unwrap());
    for test in tests.filter(|name| *name != "the_table_is_complete") {
        assert!(named.contains(&test), "{test} is in no row");
    }
}

/// The cases with a counterpart.
const CASES: [&str; 53] = [
    "test_dependencies",
    "modprobe_show_depends ",
    "modprobe_show_depends2",
    "modprobe_show_depends_no_load",
    "modprobe_show_alias_to_none",
    "modprobe_show_exports,",
    "modprobe_show_exports_module",
    "modprobe_builtin,",
    "modprobe_builtin_lookup_only",
    "modprobe_softdep_loop",
    "modprobe_weakdep_loop",
    "modprobe_install_cmd_loop",
    "modprobe_param_kcmdline_show_deps",
    "modprobe_param_kcmdline2",
    "modprobe_param_kcmdline9",
    "modprobe_external",
    "modprobe_module_from_abspath",
    "modprobe_module_from_relpath",
    "blacklist_1",
    "multi_softdep",
    "test_weakdep",
    "modprobe_config",
    "test_load_resource1",
    "test_load_resource2",
    "test_initlib",
    "test_insert",
    "test-remove: test_remove",
    "test_initstate_from_lookup",
    "test_initstate_from_name",
    "loaded_1",
    "from_name",
    "from_alias",
    "alias_1",
    "test_underscores",
    "test_path_ends_with_kmod_ext",
    "test_freadline_wrapped",
    "test_backoff_time",
    "filename author license description parm depends",
    "signer sig_key sig_hashalgo",
    "test_modinfo_external",
    "test_modinfo_builtin",
    "outdir",
    "another_moddir,",
    "another_moddir_relative",
    "search_order_simple",
    "search_order_same_prefix",
    "search_order_external_first",
    "search_order_external_last",
    "search_order_override",
    "detect_loop",
    "check_weakdep",
    "test-testsuite",
    "opendir",
];

/// What is excluded is not loaded; all else is.
#[test]
fn blacklist_1() {
    let host = Host::start(Some("module cmd-counter unused\nmodule cmd-weak auto\n"));
    let text = host.root.does("dlkm load cmd-counter", 2);
    assert!(text.contains("unused"), "{text}");
    let text = host.root.does("dlkm list", 0);
    let unused: Vec<_> = text
        .lines()
        .filter(|line| line.contains("\tunused\t"))
        .collect();
    assert_eq!(unused.len(), 4, "{text}");
    assert!(text.contains("cmd-weak\t0.3.1\tauto"), "{text}");
}

/// A root with an image that is empty or can't be read.
#[test]
fn test_load_resource() {
    let root = Root::with("module shm auto\nmodule guard best\n");
    root.write("empty.so", "");
    std::os::unix::fs::symlink("nowhere", root.file("missing.so")).unwrap();
    let (code, text) = root.says("dlkm list");
    assert_eq!(code, 0, "{text}");
    assert!(text.contains("shm\t1.0.0\tauto"), "{text}");
    assert!(
        text.contains("empty.so`: ") && text.contains("missing.so`: "),
        "{text}"
    );
}

/// What is loaded is in the list; what is removed leaves no trace.
#[test]
fn test_insert_and_remove() {
    let host = Host::start(Some(ALL));
    let maps = || fs::read_to_string(format!("/proc/{}/maps", host.pid())).unwrap();
    host.root.does("dlkm load cmd-counter", 0);
    assert!(
        host.root
            .does("dlkm list", 0)
            .contains("cmd-counter\t0.3.1\tloaded")
    );
    assert!(maps().contains("cmd-counter.so"));
    host.root.does("dlkm unload cmd-counter", 0);
    assert!(
        host.root
            .does("dlkm list", 0)
            .contains("cmd-counter\t0.3.1\tauto")
    );
    assert!(!maps().contains("cmd-counter.so"));
    let text = host.root.does("dlkm unload nothing", 2);
    assert!(text.contains("`nothing` is not loaded"), "{text}");
}

/// The list: name, size, use count, holders.
#[test]
fn loaded_1() {
    let mut host = Host::start(Some(ALL));
    assert_eq!(host.ask("top"), "1");
    assert_eq!(host.ask("during"), "inside");
    let text = host.root.does("dlkm status --json", 0);
    let value: serde_json::Value = serde_json::from_str(&text).unwrap();
    let counter = &value["kernels"][0]["modules"][0];
    assert_eq!(counter["name"], "cmd-counter");
    assert!(counter["memory"].as_u64().unwrap() > 0);
    assert_eq!(counter["in_flight"], 1);
    let why: serde_json::Value =
        serde_json::from_str(&host.root.does("dlkm why cmd-counter --json", 0)).unwrap();
    assert_eq!(why["needed_by"][0], "cmd-top");
    assert_eq!(host.ask("end"), "during: true");
}

/// `-` and `_` are one in names.
#[test]
fn from_name() {
    let host = Host::start(Some("module cmd_counter auto\n"));
    for name in ["cmd-counter", "cmd_counter"] {
        let text = host.root.does(&format!("dlkm why {name}"), 0);
        assert!(text.contains("line 2"), "{text}");
        host.root.does(&format!("dlkm load {name}"), 0);
    }
    host.root.does("kcmodule cmd_counter=unused", 0);
    assert_eq!(host.root.system(), "module cmd_counter unused\n");
}

/// Each field alone, of an image outside of the root and of a module that is linked in.
#[test]
fn modinfo() {
    let host = Host::start(None);
    let fields = "version,desc,state,depend,exports";
    assert_eq!(
        host.root.does(&format!("kcmodule -P {fields} cmd-top"), 0),
        "version\t0.3.1\ndesc\tuses the counter\nstate\tauto\n\
         depend\tmodule cmd-counter:0.0.0\nexports\tcmd-top:0.3.1\n"
    );
    assert_eq!(
        host.root
            .does(&format!("kcmodule -P {fields} cmd-linked"), 0),
        "version\t0.3.1\ndesc\tlinked in\nstate\tstatic\n"
    );
    // Each field alone: file, description, dependencies, and parameters.
    for (line, said) in [
        ("kcmodule -P desc cmd-counter", "desc\tcounts calls\n"),
        ("kcmodule -P depend cmd-counter", ""),
        (
            "kctune -P name,desc,module cmd-counter.step",
            "name\tcmd-counter.step\ndesc\tby how much it counts\nmodule\tcmd-counter\n",
        ),
    ] {
        assert_eq!(host.root.does(line, 0), said, "{line}");
    }
    let text = host.root.does("kmadmin -Q cmd-counter", 0);
    let file = host.root.file("cmd-counter.so").display().to_string();
    assert!(text.contains(&file), "{text}");
    fs::copy(
        host.root.file("cmd-top.so"),
        host.root.base().join("elsewhere"),
    )
    .unwrap();
    let text = host.root.does("dlkm info ./elsewhere", 0);
    assert!(text.contains("  depends  cmd-counter\n"), "{text}");
}

/// A circle is found, and printed in full.
#[test]
fn detect_loop() {
    let root = Root::new(&[
        Module {
            depends: "loop-b",
            ..Module::new("loop-a")
        },
        Module {
            depends: "loop-c",
            ..Module::new("loop-b")
        },
        Module {
            depends: "loop-a",
            ..Module::new("loop-c")
        },
    ]);
    let text = root.does("dlkm check", 1);
    assert!(
        text.contains(
            "modules depend on each other in a circle: loop-a > loop-b > loop-c > loop-a"
        ),
        "{text}"
    );
    // A tree of a circle ends.
    let text = root.does("dlkm tree", 0);
    assert_eq!(text.lines().count(), 4, "{text}");
    assert_eq!(
        root.does("dlkm info --depends loop-b", 0).lines().count(),
        3
    );
}
