//! System files by chance, and what a host does with them: for `generated.rs`.

use std::collections::BTreeSet;
use std::fmt::Write;
use std::fs;
use std::path::Path;
use std::process::Command;

use scenario_bounded::Bounded;

use crate::support::{stderr, stdout};

pub(crate) const PHASES: [&str; 4] = ["boot1", "boot2", "init", "auto"];
pub(crate) const BOOT1: usize = 0;
pub(crate) const INIT: usize = 2;
pub(crate) const AUTO: usize = 3;

/// What the author of a module says of it.
pub(crate) struct Module {
    pub(crate) name: &'static str,
    pub(crate) states: &'static [&'static str],
    pub(crate) phases: &'static [usize],
    pub(crate) critical: bool,
    pub(crate) depends: &'static [&'static str],
    pub(crate) wants: &'static [&'static str],
    pub(crate) version: &'static str,
    /// It has an interface with a function that is called.
    pub(crate) called: bool,
    /// No function of it counts its calls.
    pub(crate) load_only: bool,
}

const PLAIN: Module = Module {
    name: "",
    states: &["static", "loaded", "auto"],
    phases: &[0, 1, 2, 3],
    critical: false,
    depends: &[],
    wants: &[],
    version: "0.1.0",
    called: false,
    load_only: false,
};

#[rustfmt::skip]
pub(crate) const MODULES: &[Module] = &[
    Module { name: "bare", ..PLAIN },
    Module { name: "by-name", states: &["loaded"], called: true, ..PLAIN },
    Module { name: "counter", called: true, ..PLAIN },
    Module { name: "faulty", depends: &["top"], called: true, ..PLAIN },
    Module { name: "heap", called: true, load_only: true, ..PLAIN },
    Module { name: "late", phases: &[2, 3], ..PLAIN },
    Module { name: "lead", depends: &["late"], ..PLAIN },
    Module { name: "prompt", phases: &[0, 1], ..PLAIN },
    Module { name: "soft-a", wants: &["soft-b"], ..PLAIN },
    Module { name: "soft-b", wants: &["soft-a"], ..PLAIN },
    Module { name: "top", depends: &["counter"], called: true, ..PLAIN },
    Module { name: "tuned", version: "1.0.0", called: true, ..PLAIN },
    Module { name: "tuner", called: true, ..PLAIN },
    Module { name: "vital", critical: true, ..PLAIN },
];

pub(crate) fn module(name: &str) -> &'static Module {
    let found = MODULES.iter().find(|one| one.name == name);
    found.expect("a module of the table")
}

/// Numbers by chance, the same ones for each seed.
struct Chance(u64);

impl Chance {
    fn next(&mut self) -> u64 {
        // Marsaglia's xorshift.
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    fn below(&mut self, end: usize) -> usize {
        (self.next() >> 11) as usize % end
    }

    fn one_in(&mut self, number: usize) -> bool {
        self.below(number) == 0
    }

    fn of<T: Copy>(&mut self, all: &[T]) -> T {
        all[self.below(all.len())]
    }
}

/// What a line says of a module.
#[derive(Clone, Copy)]
pub(crate) struct Line {
    pub(crate) choice: &'static str,
    pub(crate) right_version: bool,
    pub(crate) phase: Option<usize>,
}

impl Line {
    fn by(chance: &mut Chance) -> Self {
        let choice = chance.of(&[
            "unused", "static", "loaded", "loaded", "loaded", "auto", "auto", "auto", "best",
            "best",
        ]);
        Line {
            choice,
            right_version: !chance.one_in(10),
            phase: chance.one_in(3).then(|| chance.of(&[0, 0, 1, 1, 2, 3])),
        }
    }
}

/// A system file.
pub(crate) struct System {
    pub(crate) text: String,
    /// In the order in which they count.
    pub(crate) lines: Vec<(&'static str, Line)>,
    /// The modules with a tunable that has a value that it can't have.
    pub(crate) wrong: BTreeSet<&'static str>,
}

impl System {
    /// Another one than `before`, whose lines it may share.
    fn of(chance: &mut Chance, before: Option<&System>) -> Self {
        let mut system = System {
            text: "* By chance.\nversion 1\nmodule plan best\n".to_owned(),
            lines: Vec::new(),
            wrong: BTreeSet::new(),
        };
        let mut left: Vec<_> = MODULES.iter().collect();
        // Some modules have no line, and some have two.
        let without = match before {
            None => chance.of(&[0, 0, 1, 2, 4, MODULES.len()]),
            Some(_) => chance.of(&[0, 0, 0, 1]),
        };
        for _ in without..MODULES.len() {
            let module = match system.lines.is_empty() || !chance.one_in(8) {
                true if !left.is_empty() => left.swap_remove(chance.below(left.len())),
                _ => module(system.lines[chance.below(system.lines.len())].0),
            };
            let mut same = before.iter().flat_map(|before| &before.lines);
            let same = same.find(|(name, _)| *name == module.name);
            let line = match same {
                Some((_, line)) if !chance.one_in(8) => *line,
                None if before.is_some() && !chance.one_in(8) => continue,
                _ => Line::by(chance),
            };
            system.line(module, line, chance);
        }
        system.tunables(chance);
        if chance.one_in(4) {
            system.text = system.text.replace('\n', "\r\n");
        }
        if chance.one_in(4) {
            system.text.truncate(system.text.trim_end().len());
        }
        system
    }

    fn line(&mut self, module: &'static Module, line: Line, chance: &mut Chance) {
        let name = match chance.one_in(4) {
            true => module.name.replace('-', "_"),
            false => module.name.to_owned(),
        };
        let text = &mut self.text;
        write!(text, "module {name} {}", line.choice).expect("written");
        match line.right_version {
            false => text.push_str(" 9.9.9"),
            true if chance.one_in(5) => write!(text, " {}", module.version).expect("written"),
            true => {}
        }
        if let Some(phase) = line.phase {
            write!(text, " phase {}", PHASES[phase]).expect("written");
        }
        if chance.one_in(5) {
            text.push_str(" idle never");
        }
        text.push('\n');
        // The later of two lines counts, and stands where it stands.
        self.lines.retain(|(known, _)| *known != module.name);
        self.lines.push((module.name, line));
    }

    fn tunables(&mut self, chance: &mut Chance) {
        let text = &mut self.text;
        if chance.one_in(3) {
            let (value, right) = chance.of(&[("7", true), ("0x10<<1", true), ("1001", false)]);
            writeln!(text, "tunable tuner.count {value}").expect("written");
            if !right {
                self.wrong.insert("tuner");
            }
        }
        if chance.one_in(3) {
            let name = chance.of(&["tuned.segments", "tuned_segments"]);
            let (value, right) = chance.of(&[
                ("4096", true),
                ("4097", false),
                ("tuned.level", false),
                ("tuner.count+1", !self.wrong.contains("tuner")),
            ]);
            writeln!(text, "tunable {name} {value}").expect("written");
            if !right {
                self.wrong.insert("tuned");
            }
        }
        if chance.one_in(4) {
            text.push_str("tunable tuned.nothing 1\ntunable nowhere_x 2\n");
        }
    }
}

/// What a host does.
pub(crate) struct Case {
    /// `None`: there is no file.
    pub(crate) file: Option<System>,
    /// The files that it follows later.
    pub(crate) next: Vec<System>,
    pub(crate) failing: BTreeSet<&'static str>,
    pub(crate) steps: Vec<(&'static str, &'static str)>,
}

pub(crate) const NEXT: [&str; 2] = ["0", "1"];

impl Case {
    pub(crate) fn of(seed: u64) -> Self {
        let mut chance = Chance(0x9e37_79b9_7f4a_7c15 ^ (seed + 1));
        for _ in 0..8 {
            chance.next();
        }
        let file = (!chance.one_in(30)).then(|| System::of(&mut chance, None));
        let first = System::of(&mut chance, file.as_ref());
        let second = System::of(&mut chance, Some(&first));
        let mut case = Case {
            file,
            next: vec![first, second],
            failing: BTreeSet::new(),
            steps: Vec::new(),
        };
        for hook in ["faulty", "vital"] {
            if chance.one_in(4) {
                case.failing.insert(hook);
            }
        }
        let entered = chance.of(&[
            &[][..],
            &["boot2"],
            &["boot2", "init"],
            &["init"],
            &["init"],
        ]);
        case.steps
            .extend(entered.iter().map(|phase| ("enter", *phase)));
        case.use_modules(&mut chance);
        for next in &NEXT[..chance.below(NEXT.len() + 1)] {
            case.steps.push(("adopt", next));
            case.use_modules(&mut chance);
        }
        case
    }

    fn use_modules(&mut self, chance: &mut Chance) {
        for _ in 0..chance.below(8) {
            let all = MODULES.iter();
            let what = chance.of(&["load", "load", "call", "call", "unload"]);
            let may: Vec<_> = all.filter(|one| what != "call" || one.called).collect();
            let module = chance.of(&may);
            self.steps.push((what, module.name));
        }
    }

    /// What the host prints.
    pub(crate) fn run(&self, root: &Path) -> String {
        let file = root.join("system");
        match &self.file {
            Some(file_of_boot) => fs::write(&file, &file_of_boot.text).expect("its own root"),
            None => drop(fs::remove_file(&file)),
        }
        for (number, next) in NEXT.iter().zip(&self.next) {
            fs::write(root.join(format!("next-{number}")), &next.text).expect("its own root");
        }
        let mut host = Command::new(env!("CARGO_BIN_EXE_follows"));
        host.arg(root).env_remove("RUST_BACKTRACE");
        host.args(self.failing.iter().map(|hook| format!("fail:{hook} load")));
        host.args(self.steps.iter().map(|(what, of)| format!("{what}:{of}")));
        let output = host.bounded();
        let text = stderr(&output);
        assert!(output.status.success(), "{}\n{text}", output.status);
        stdout(&output)
    }

    /// For a person who looks for what differs.
    pub(crate) fn shown(&self) -> String {
        let mut text = match &self.file {
            Some(file) => file.text.clone(),
            None => "(no file)\n".to_owned(),
        };
        for (number, next) in NEXT.iter().zip(&self.next) {
            if self.steps.contains(&("adopt", number)) {
                write!(text, "--- {number}\n{}", next.text).expect("written");
            }
        }
        format!("{text}\n{:?} {:?}", self.failing, self.steps)
    }
}
