//! Help, messages, completions and manual pages.

use crate::dlkm::SYSTEM;
use crate::golden::session;
use crate::root::Root;

#[test]
fn help() {
    let root = Root::with("");
    session(
        "help",
        &root,
        &[
            "dlkm --help",
            "dlkm check --help",
            "dlkm config --help",
            "dlkm config load --help",
            "dlkm config import --help",
            "dlkm config save --help",
            "dlkm config verify --help",
            "dlkm config key --help",
            "dlkm sign --help",
            "dlkm diff --help",
            "dlkm header --help",
            "dlkm info --help",
            "dlkm install --help",
            "dlkm list --help",
            "dlkm load --help",
            "dlkm log --help",
            "dlkm module --help",
            "dlkm remove --help",
            "dlkm status --help",
            "dlkm stub --help",
            "dlkm top --help",
            "dlkm tree --help",
            "dlkm tune --help",
            "dlkm unload --help",
            "dlkm upgrade --help",
            "dlkm why --help",
            "dlkm completions --help",
            "kcmodule --help",
            "kctune --help",
            "kconfig --help",
            "kclog --help",
            "kminstall --help",
            "kmsystem --help",
            "kmtune --help",
            "config --help",
            "kmupdate --help",
            "kmadmin --help",
        ],
    );
}

/// kconfig(5): "all messages are numbered, hidden unless `KC_SHOW_MSGIDS=1`". The table is part of the
/// book; a number stays with its message.
#[test]
fn messages_have_numbers() {
    let root = Root::with(SYSTEM);
    crate::golden::compare("messages", &root.does("dlkm messages", 0));
    let says = |line: &str, shown: Option<&str>| {
        let mut words = line.split(' ');
        let mut command = root.command(words.next().unwrap());
        command.args(words).env_remove("KC_SHOW_MSGIDS");
        if let Some(value) = shown {
            command.env("KC_SHOW_MSGIDS", value);
        }
        let output = command.output().unwrap();
        String::from_utf8([output.stdout, output.stderr].concat()).unwrap()
    };
    for (line, numbered) in [
        ("dlkm why shn", "error[050]: no module `shn` is installed"),
        ("kcmodule shm=loded", "error[009]: `loded` is not a state"),
        ("kctune nothing=1", "error[051]: there is no tunable"),
        ("kctune -P nothing", "error[005]: there is no field"),
        ("kconfig -d none", "error[031]: there is no saved"),
        ("kconfig -s 9a", "error[030]: "),
        ("kcmodule guard=unused", "error[054]: "),
        ("kmadmin -L shm", "error[013]: no kernel"),
        ("kmadmin -q 7", "error[084]: no module has the id 7"),
        ("kminstall -a none", "error[085]: there is neither"),
        ("config -M shm", "note[091]: the modules fit"),
        ("dlkm list --root none", "error[021]: the module root"),
        ("kcmodule -Z", "error[001]: unexpected argument"),
        ("dlkm frobnicate", "error[001]: unrecognized subcommand"),
    ] {
        let text = says(line, Some("1"));
        assert!(text.contains(numbered), "{line}: {text}");
        let number = &numbered[numbered.find('[').unwrap()..=numbered.find(']').unwrap()];
        for hidden in [None, Some("0"), Some("")] {
            assert_eq!(says(line, hidden), text.replacen(number, "", 1), "{line}");
        }
    }
    root.write(
        "system",
        "version 1\nmodule shm loaded\nmodule nothing auto\n",
    );
    let text = says("dlkm check", Some("1"));
    assert!(text.contains("error[050]: no module `nothing`"), "{text}");
    root.write("system", "version 1\nmodule shm loded\n");
    let text = says("dlkm list", Some("1"));
    assert!(text.contains("error[027]: `"), "{text}");
}

#[test]
fn completions_and_manual_pages_are_made_from_the_command_line() {
    let root = Root::with("");
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let text = root.does(&format!("dlkm completions {shell}"), 0);
        assert!(text.contains("upgrade"), "{shell}");
    }
    root.does("dlkm man pages", 0);
    let page = |name: &str| {
        let file = root.base().join("pages").join(name);
        std::fs::read_to_string(&file).unwrap_or_else(|error| panic!("{name}: {error}"))
    };
    assert!(page("dlkm.1").contains("dlkm\\-why"));
    let names = [
        "kcmodule",
        "kctune",
        "kconfig",
        "kclog",
        "kminstall",
        "kmsystem",
        "kmtune",
        "config",
        "kmupdate",
        "kmadmin",
    ];
    for name in names {
        assert!(
            page(&format!("{name}.1")).contains(".SH SYNOPSIS"),
            "{name}"
        );
        let text = root.does(&format!("dlkm completions bash {name}"), 0);
        assert!(text.contains(&format!("_{name}()")), "{text}");
    }
    root.does("dlkm completions bash nothing", 2);
    assert!(page("dlkm-config-load.1").contains("\\-\\-backup"));
    assert!(
        page("dlkm-module.1").contains("waits for the next boot")
            || page("dlkm-module.1").contains("wait for the next boot")
    );
}
