use std::time::Duration;

use super::*;

fn parse(text: &str) -> SystemFile {
    SystemFile::parse(text.as_bytes()).unwrap()
}

fn error(text: impl AsRef<[u8]>) -> String {
    SystemFile::parse(text.as_ref()).unwrap_err().to_string()
}

#[test]
fn each_line_is_understood() {
    let file = parse(
        "* HP-UX's comment\n# ours\n\nversion 1\nconfiguration base \"The base\" Tue Sep 12\n\
         module shm auto\nmodule\tramdisk  loaded 0.3.1 phase boot2 idle never\n\
         module gzip best idle 30s\ntunable shm.segments 4*1024\n\
         tunable shm.title \"Hello, * world\"\nverify enforce\nkey RWQf6LRC\n",
    );
    assert_eq!(file.modules().len(), 3);
    let ramdisk = file.module("ramdisk").unwrap();
    assert_eq!((ramdisk.line, ramdisk.choice), (7, Choice::Loaded));
    assert_eq!(ramdisk.version.as_deref(), Some("0.3.1"));
    assert_eq!(
        (ramdisk.phase, ramdisk.idle),
        (Some(Phase::Boot2), Some(Idle::Never))
    );
    let idle = file.module("gzip").unwrap().idle;
    assert_eq!(idle, Some(Idle::After(Duration::from_secs(30))));
    let title = file.tunable("shm", "title").unwrap();
    assert_eq!((&*title.value, title.quoted), ("Hello, * world", true));
    assert_eq!(&*file.tunable("shm", "segments").unwrap().value, "4*1024");
    assert_eq!(file.verify(), Verify::Enforce);
    assert_eq!(file.keys().collect::<Vec<_>>(), ["RWQf6LRC"]);
    assert_eq!(file.warnings(), []);

    let written = file.to_string();
    let again = parse(&written);
    assert_eq!(again.to_string(), written, "it is read as it was written");
    let without_numbers = |file: &SystemFile| {
        let mut modules = file.modules().to_vec();
        modules.iter_mut().for_each(|one| one.line = 0);
        let mut tunables = file.tunables().to_vec();
        tunables.iter_mut().for_each(|one| one.line = 0);
        (modules, tunables)
    };
    assert_eq!(without_numbers(&again), without_numbers(&file));
}

#[test]
fn the_last_line_may_lack_its_end_and_lines_may_end_as_on_windows() {
    for text in ["version 1\nmodule a auto", "version 1\r\nmodule a auto\r\n"] {
        assert_eq!(
            parse(text).module("a").unwrap().choice,
            Choice::Auto,
            "{text:?}"
        );
    }
}

#[test]
fn the_later_of_two_lines_holds_and_both_are_named() {
    let file = parse(
        "version 1\nmodule net-ip auto\nmodule x auto\nmodule net_ip unused\n\
         module net-ip static\ntunable a.b 1\ntunable a.b 2\n",
    );
    assert_eq!(file.module("net_ip").unwrap().choice, Choice::Static);
    let warnings: Vec<_> = file.warnings().iter().map(ToString::to_string).collect();
    assert_eq!(
        warnings,
        [
            "lines 2 and 4 both speak of module `net_ip`; line 4 holds",
            "lines 4 and 5 both speak of module `net-ip`; line 5 holds",
            "lines 6 and 7 both speak of tunable `a.b`; line 7 holds",
        ]
    );
}

#[test]
fn a_tunable_may_be_written_as_on_hp_ux() {
    let file = parse("version 1\ntunable dl_class_buf 1\ntunable x.y 1\ntunable x_y 2\n");
    assert_eq!(&*file.tunable("dl-class", "buf").unwrap().value, "1");
    assert_eq!(&*file.tunable("dl", "class_buf").unwrap().value, "1");
    assert_eq!(&*file.tunable("x", "y").unwrap().value, "2");
}

#[test]
fn an_error_names_line_and_column_and_the_way_out() {
    let long = format!("version 1\n*{}\n", "x".repeat(limits::LINE));
    for (text, wanted) in [
        (
            "",
            "line 1, column 1: `version 1` is missing; it must be the first line",
        ),
        (
            "* nothing\n\n",
            "line 2, column 1: `version 1` is missing; it must be the first line",
        ),
        (
            "module a auto\n",
            "line 1, column 1: `version 1` must be the first line, not `module a auto`",
        ),
        (
            "version 2\n",
            "line 1, column 1: `version 1` must be the first line, not `version 2`",
        ),
        ("version 1 x\n", "line 1, column 11: `x` is too much here"),
        (
            "version 1\nversion 1\n",
            "line 2, column 1: `version` stands here a second time",
        ),
        (
            "version 1\n modul a auto\n",
            "line 2, column 2: `modul` is unknown; a line begins with `module`, `tunable`, `verify`, `key` or `*` for a comment",
        ),
        (
            "version 1\nswap 8/0.5.0 16384\n",
            "line 2, column 1: `swap` is a line of HP-UX's, and means nothing to dlkm; remove it",
        ),
        (
            "version 1\nmodule\n",
            "line 2, column 7: the module's name is missing",
        ),
        (
            "version 1\nmodule a\n",
            "line 2, column 9: the state: `unused`, `static`, `loaded`, `auto` or `best` is missing",
        ),
        (
            "version 1\nmodule ä/b auto\n",
            "line 2, column 8: `ä/b` is not a name: a name has letters, digits, `_`, `-` and `.`",
        ),
        (
            "version 1\nmodule größe.x auto\n",
            "line 2, column 8: `größe.x` is not a name: a name has letters, digits, `_`, `-` and `.`",
        ),
        (
            "version 1\nmodule a lodad\n",
            "line 2, column 10: state `lodad` is unknown; it is unused, static, loaded, auto or best",
        ),
        (
            "version 1\nmodule a auto phase boot3\n",
            "line 2, column 21: phase `boot3` is unknown; it is boot1, boot2, init or auto",
        ),
        (
            "version 1\nmodule a auto idle 30\n",
            "line 2, column 20: `30` is not a time: write a whole number and ns, us, ms, s, min, h or d",
        ),
        (
            "version 1\nmodule a auto 1.0 1.1\n",
            "line 2, column 19: `1.1` is too much here",
        ),
        (
            "version 1\nmodule a auto phase init phase init\n",
            "line 2, column 26: `phase` is too much here",
        ),
        (
            "version 1\ntunable a.b\n",
            "line 2, column 12: the value is missing",
        ),
        (
            "version 1\ntunable a.b \"x\n",
            "line 2, column 13: the text has no second quotation mark",
        ),
        (
            "version 1\nverify maybe\n",
            "line 2, column 8: `verify maybe` is unknown; it is off, warn or enforce",
        ),
        (
            "version 1\nmodule a\u{202e} auto\n",
            "line 2, column 9: the character U+202E does not show as itself; remove it",
        ),
        (
            &long,
            "line 2, column 4097: the line has more than 4096 bytes",
        ),
    ] {
        assert_eq!(error(text), wanted, "{text:?}");
    }
    assert_eq!(
        error(b"version 1\n* \xff\n"),
        "line 2, column 3: the text is not UTF-8"
    );
    assert_eq!(
        error(vec![0; 5000]),
        "line 1, column 4097: the line has more than 4096 bytes"
    );
    assert_eq!(
        error(b"\0\0"),
        "line 1, column 1: the character U+0000 does not show as itself; remove it"
    );
    let large = vec![b'\n'; limits::FILE as usize + 1];
    assert_eq!(
        error(large),
        "line 1, column 1: the file has more than 1048576 bytes"
    );
}

/// The work is linear: a file at the limit takes no time that one notices.
#[test]
fn a_file_of_the_largest_size_is_read() {
    let mut text = String::from("version 1\n");
    let mut i = 0;
    while text.len() < limits::FILE as usize - 40 {
        text.push_str(&format!("module m{} auto\n", i % 10_000));
        i += 1;
    }
    let file = parse(&text);
    assert_eq!(file.modules().len(), 10_000);
    assert_eq!(file.warnings().len(), i - 10_000);
}
