//! The cases of all other files.

use std::fs;

use super::ALL;
use crate::host::Host;
use crate::root::{Module, Root};

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
    root.does("kcmodule paper=unused", 0);
    root.does("dlkm check", 0);
    let text = root.does("dlkm remove paper", 2);
    assert!(
        text.contains("because `print` wants it to be there"),
        "{text}"
    );
    root.does("dlkm remove paper print", 0);
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
        assert!(code == 2 && text.contains("can't load"), "{text}");
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
        let text = include_str!("../golden/root.txt");
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
