//! What is printed on a terminal.

use crate::dlkm::SYSTEM;
use crate::root::{Module, Root};

/// On a terminal: a table with a heading, in colour, without blanks at the ends of lines.
#[test]
fn on_a_terminal() {
    let root = Root::with(SYSTEM);
    let list = terminal(&root, "dlkm list");
    let lines: Vec<&str> = list.lines().collect();
    assert_eq!(
        plain(lines[0]),
        "Module  Version  State   Cause     Next boot  About",
        "{list}"
    );
    assert_eq!(
        plain(lines[5]),
        "net     1.0.0    loaded  explicit             network"
    );
    assert!(lines[5].contains("\u{1b}["), "{list}");
    assert_eq!(lines.len(), 7);
    // `NO_COLOR` takes the colour, and leaves the table.
    let mut command = root.command("dlkm");
    command.arg("list").env("NO_COLOR", "1");
    let list = in_terminal(command);
    assert!(list.starts_with("Module  Version"), "{list}");
    assert!(!list.contains('\u{1b}'), "{list}");
    // A narrow terminal breaks the last column only.
    let long = Module {
        desc: "memory that several programs may share",
        ..Module::new("long")
    };
    root.put(&long);
    let narrow = terminal_of(Some(64), root.command("dlkm"), "dlkm list");
    let lines: Vec<String> = narrow.lines().map(plain).collect();
    let at = lines
        .iter()
        .position(|line| line.starts_with("long "))
        .unwrap();
    assert!(lines[at].ends_with("memory that"), "{narrow}");
    assert_eq!(lines[at + 1].trim_start(), "several programs");
    assert!(
        lines.iter().all(|line| line.chars().count() <= 64),
        "{narrow}"
    );
    std::fs::remove_file(root.file("long.so")).unwrap();
    // A person is told what nothing means; a program sees nothing.
    for (line, said) in [
        ("dlkm log", "the log has no such entry"),
        ("dlkm config held", "nothing waits for the next boot"),
        (
            "dlkm config list",
            "no configuration is saved; `dlkm config save NAME` saves one",
        ),
        ("dlkm list -D", "no such module is installed"),
        ("dlkm tune -D", "there are no such tunables"),
        ("dlkm diff modules modules", "the two are the same"),
    ] {
        assert_eq!(terminal(&root, line), format!("{said}\n"), "{line}");
        assert_eq!(root.does(line, 0), "", "{line}");
    }
    // Two pictures, each of which begins at the upper left.
    let top = terminal(&root, "dlkm top -n 2 -d 1ms");
    assert_eq!(top.matches("\u{1b}[H").count(), 2, "{top:?}");
    assert_eq!(top.matches("no kernel runs").count(), 2, "{top:?}");
}

fn terminal(root: &Root, line: &str) -> String {
    let mut words = line.split(' ');
    let mut command = root.command(words.next().unwrap());
    command.args(words).env_remove("NO_COLOR");
    in_terminal(command)
}

/// On a terminal of that many columns.
fn terminal_of(width: Option<u16>, mut command: std::process::Command, line: &str) -> String {
    command.args(line.split(' ').skip(1)).env_remove("NO_COLOR");
    in_terminal_of(width, command)
}

/// What a program prints on a terminal.
fn in_terminal(command: std::process::Command) -> String {
    in_terminal_of(None, command)
}

fn in_terminal_of(width: Option<u16>, mut command: std::process::Command) -> String {
    use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
    use std::io::Read;

    let ours = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
    grantpt(&ours).unwrap();
    unlockpt(&ours).unwrap();
    let name = ptsname(&ours, Vec::new()).unwrap();
    if let Some(ws_col) = width {
        let size = rustix::termios::Winsize {
            ws_row: 24,
            ws_col,
            ws_xpixel: 0,
            ws_ypixel: 0,
        };
        rustix::termios::tcsetwinsize(&ours, size).unwrap();
    }
    let open = || {
        let mut options = std::fs::OpenOptions::new();
        options.read(true).write(true).open(name.to_str().unwrap())
    };
    command.env("TERM", "xterm");
    command.stdout(open().unwrap()).stderr(open().unwrap());
    let mut child = command.spawn().unwrap();
    drop(command);
    let (mut text, mut part) = (Vec::new(), [0; 4096]);
    let mut ours = std::fs::File::from(ours);
    // The error says that no program has the other side open any more.
    while let Ok(length @ 1..) = ours.read(&mut part) {
        text.extend_from_slice(&part[..length]);
    }
    assert!(child.wait().unwrap().success());
    String::from_utf8(text).unwrap().replace("\r\n", "\n")
}

/// Without colours.
fn plain(line: &str) -> String {
    let mut parts = line.split("\u{1b}[");
    let mut text = parts.next().unwrap().to_owned();
    parts.for_each(|part| text += part.split_once('m').unwrap().1);
    text
}
