//! What commands do for each of many modules: counted, so that a busy machine changes nothing.

use std::fs;
use std::io::Write as _;
use std::process::{Command, Stdio};

use crate::root::{Module, Root};

/// Numbers of modules, with the same distance between them.
const COUNTS: [usize; 3] = [10, 65, 120];

/// With this many modules, the work that grows with the square of their number is less than
/// that which grows with their number. (Here images are tiny, and the program is not optimised: a
/// search of names for each module is most of what is left.)
const MANY: f64 = 1000.0;
const MOST: f64 = 0.8;

/// A root with that many modules, each with a tunable and a line, and most with a dependency.
fn root(count: usize) -> (Root, String) {
    let root = Root::with("");
    let mut lines = String::from("version 1\nverify warn\n");
    let mut install = String::from("install");
    for number in 0..count {
        let name: &str = format!("m{number:03}").leak();
        let module = Module {
            depends: match number % 4 {
                0 => "",
                _ => format!("m{:03}", number - 1).leak(),
            },
            more: "tunable=size u64: Its size|default=1024",
            ..Module::new(name)
        };
        let file = root.base().join(name);
        fs::write(&file, module.image()).unwrap();
        lines += &format!("module {name} auto\ntunable {name}.size {number}\n");
        install += &format!(" {}", file.display());
    }
    root.write("system", &lines);
    root.does(&format!("dlkm {install}"), 0);
    (root, install)
}

/// The instructions of a command.
fn instructions(root: &Root, line: &str) -> f64 {
    let dlkm = root.command("dlkm");
    let mut valgrind = Command::new("valgrind");
    valgrind
        .args(["--tool=callgrind", "--callgrind-out-file=/dev/null"])
        .arg(dlkm.get_program())
        .args(line.split(' '))
        .stdin(Stdio::null());
    for (name, value) in dlkm.get_envs() {
        match value {
            Some(value) => valgrind.env(name, value),
            None => valgrind.env_remove(name),
        };
    }
    let output = valgrind.output().unwrap();
    let text = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{line}: {text}");
    let (_, count) = text.split_once("Collected : ").unwrap();
    count.split_whitespace().next().unwrap().parse().unwrap()
}

#[test]
fn the_work_grows_with_the_number_of_modules_and_not_with_its_square() {
    let found = Command::new("valgrind").arg("--version").output();
    if !found.is_ok_and(|output| output.status.success()) {
        let _ = writeln!(std::io::stderr(), "skipped: valgrind is not installed");
        return;
    }
    let roots = COUNTS.map(root);
    for line in ["list", "check", "install", "remove"] {
        let counts = roots.each_ref().map(|(root, install)| {
            let names: Vec<&str> = install.split_whitespace().skip(1).collect();
            let names = names.iter().map(|file| file.rsplit('/').next().unwrap());
            match line {
                "install" => {
                    root.write("system", "version 1\n");
                    for name in names {
                        fs::remove_file(root.file(&format!("{name}.so"))).unwrap();
                    }
                    fs::remove_file(root.file("digests")).unwrap();
                    instructions(root, install)
                }
                "remove" => {
                    let names: Vec<&str> = names.collect();
                    instructions(root, &format!("remove {}", names.join(" ")))
                }
                line => instructions(root, line),
            }
        });
        // Each is: start + each * number + square * number².
        let [first, second, third] = counts;
        let [low, middle, high] = COUNTS.map(|count| count as f64);
        let (step, sum) = (middle - low, low + high);
        let square = (third - 2.0 * second + first) / (2.0 * step * step);
        let each = (third - first) / (high - low) - square * sum;
        let part = square * MANY / each;
        assert!(part < MOST, "{line}: {part:.2} of {counts:?}");
    }
}
