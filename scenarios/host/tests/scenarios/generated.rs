//! System files by chance, and a host that follows each. What it loads is compared with a model of the
//! rules, which knows nothing of the kernel: what kcmodule(1M), kmsystem(1M) and the book say of
//! states, phases and dependencies.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::fs;
use std::path::Path;
use std::process::Command;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;

use scenario_bounded::Bounded;

use crate::support::{root, stderr, stdout};

/// How many system files.
const CASES: u64 = 600;

const PHASES: [&str; 4] = ["boot1", "boot2", "init", "auto"];
const BOOT1: usize = 0;
const INIT: usize = 2;
const AUTO: usize = 3;

/// What the author of a module says of it.
struct Module {
    name: &'static str,
    states: &'static [&'static str],
    phases: &'static [usize],
    critical: bool,
    depends: &'static [&'static str],
    wants: &'static [&'static str],
    version: &'static str,
    /// It has an interface with a function that is called.
    called: bool,
    /// No function of it counts its calls.
    load_only: bool,
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
const MODULES: &[Module] = &[
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

fn module(name: &str) -> &'static Module {
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
struct Line {
    choice: &'static str,
    right_version: bool,
    phase: Option<usize>,
}

/// A system file, and what a host does with it.
struct Case {
    /// `None`: there is no file.
    text: Option<String>,
    /// In the order in which they count.
    lines: Vec<(&'static str, Line)>,
    /// The modules with a tunable that has a value that it can't have.
    wrong: BTreeSet<&'static str>,
    failing: BTreeSet<&'static str>,
    steps: Vec<(&'static str, &'static str)>,
}

impl Case {
    fn of(seed: u64) -> Self {
        let mut chance = Chance(0x9e37_79b9_7f4a_7c15 ^ (seed + 1));
        for _ in 0..8 {
            chance.next();
        }
        let mut case = Case {
            text: None,
            lines: Vec::new(),
            wrong: BTreeSet::new(),
            failing: BTreeSet::new(),
            steps: Vec::new(),
        };
        if !chance.one_in(30) {
            case.write(&mut chance);
        }
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
        for _ in 0..chance.below(10) {
            let all = MODULES.iter();
            let what = chance.of(&["load", "load", "call", "call", "unload"]);
            let may: Vec<_> = all.filter(|one| what != "call" || one.called).collect();
            let module = chance.of(&may);
            case.steps.push((what, module.name));
        }
        case
    }

    fn write(&mut self, chance: &mut Chance) {
        let mut text = String::from("* By chance.\nversion 1\nmodule plan best\n");
        let mut left: Vec<_> = MODULES.iter().collect();
        // Some modules have no line, and some have two.
        let count = MODULES.len() - chance.of(&[0, 0, 1, 2, 4, MODULES.len()]);
        for _ in 0..count {
            let module = match self.lines.is_empty() || !chance.one_in(8) {
                true if !left.is_empty() => left.swap_remove(chance.below(left.len())),
                _ => module(self.lines[chance.below(self.lines.len())].0),
            };
            self.line(module, chance, &mut text);
        }
        self.tunables(chance, &mut text);
        if chance.one_in(4) {
            text = text.replace('\n', "\r\n");
        }
        if chance.one_in(4) {
            text.truncate(text.trim_end().len());
        }
        self.text = Some(text);
    }

    fn line(&mut self, module: &'static Module, chance: &mut Chance, text: &mut String) {
        let choice = chance.of(&[
            "unused", "static", "loaded", "loaded", "loaded", "auto", "auto", "auto", "best",
            "best",
        ]);
        let mut line = Line {
            choice,
            right_version: true,
            phase: None,
        };
        let name = match chance.one_in(4) {
            true => module.name.replace('-', "_"),
            false => module.name.to_owned(),
        };
        write!(text, "module {name} {choice}").expect("written");
        match chance.below(10) {
            0 => {
                line.right_version = false;
                text.push_str(" 9.9.9");
            }
            1 | 2 => write!(text, " {}", module.version).expect("written"),
            _ => {}
        }
        if chance.one_in(3) {
            let phase = chance.of(&[0, 0, 1, 1, 2, 3]);
            line.phase = Some(phase);
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

    fn tunables(&mut self, chance: &mut Chance, text: &mut String) {
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

    /// What the host prints.
    fn run(&self, root: &Path) -> String {
        let file = root.join("system");
        match &self.text {
            Some(text) => fs::write(&file, text).expect("its own root"),
            None => drop(fs::remove_file(&file)),
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
}

/// Who wants a module.
#[derive(Clone, Copy, PartialEq)]
enum By {
    Boot,
    Name,
    Call,
    Module,
}

type Failure = String;

/// The kernel, as the rules have it.
struct Model<'a> {
    case: &'a Case,
    loaded: BTreeMap<&'static str, &'static str>,
    /// Calls don't try again what failed before.
    failures: BTreeMap<&'static str, Failure>,
    loading: Vec<&'static str>,
    entered: Vec<usize>,
    says: String,
    reports: String,
}

impl<'a> Model<'a> {
    fn of(case: &'a Case) -> Self {
        Model {
            case,
            loaded: BTreeMap::new(),
            failures: BTreeMap::new(),
            loading: Vec::new(),
            entered: Vec::new(),
            says: String::new(),
            reports: String::new(),
        }
    }

    /// What the host should print.
    fn run(mut self) -> String {
        if let Err(failure) = self.enter(BOOT1) {
            return format!("boot {failure}\n");
        }
        self.says.push_str("boot ok\n");
        for (what, name) in &self.case.steps {
            let result = match *what {
                "enter" => {
                    let phase = PHASES.iter().position(|one| one == name);
                    self.enter(phase.expect("a phase"))
                }
                "load" => self.load(name, By::Name, AUTO).map(drop),
                "unload" => self.unload(name).map_err(str::to_owned),
                _ => self.load(name, By::Call, AUTO).map(drop),
            };
            let result = result.err();
            let result = result.as_deref().unwrap_or("ok");
            writeln!(self.says, "{what} {name} {result}").expect("written");
        }
        self.says.push_str(&self.reports);
        for (name, cause) in &self.loaded {
            writeln!(self.says, "loaded {name} {cause}").expect("written");
        }
        self.says
    }

    /// "(no line) = unused"; without a file, each module is best.
    fn line(&self, name: &str) -> Line {
        let known = self.case.lines.iter().find(|(known, _)| *known == name);
        let choice = match self.case.text {
            Some(_) => "unused",
            None => "best",
        };
        let none = Line {
            choice,
            right_version: true,
            phase: None,
        };
        known.map_or(none, |(_, line)| *line)
    }

    /// Each phase is entered once, and those before it are made up for.
    fn enter(&mut self, phase: usize) -> Result<(), Failure> {
        for due in BOOT1..=phase {
            if !self.entered.iter().any(|last| *last >= due) {
                self.entered.push(due);
                self.load_due(due)?;
            }
        }
        Ok(())
    }

    fn load_due(&mut self, phase: usize) -> Result<(), Failure> {
        let mut due = Vec::new();
        // Those without a line come last, by name.
        let listed = |name| self.case.lines.iter().any(|(known, _)| *known == name);
        let unlisted = MODULES.iter().filter(|one| !listed(one.name));
        let unlisted = unlisted.map(|one| (one.name, self.line(one.name)));
        let all = self.case.lines.iter().copied().chain(unlisted);
        for (name, line) in all.collect::<Vec<_>>() {
            let module = module(name);
            let best = || match module.states.contains(&"auto") {
                true => "auto",
                false => "loaded",
            };
            let state = match line.choice {
                "best" => best(),
                choice => choice,
            };
            // What is static is to be there from the start, and no image is.
            let at_boot = ["loaded", "static"].contains(&state) || module.critical;
            // "Loaded in init, or in its latest phase before."
            let early = module.phases.iter().rfind(|one| **one <= INIT);
            let own = match line.choice {
                "loaded" => *early.expect("each module has one"),
                _ => INIT,
            };
            if line.phase.unwrap_or(own) == phase && at_boot {
                due.push(module);
                if line.choice == "unused" {
                    writeln!(self.reports, "kept {name}").expect("written");
                }
            }
        }
        for module in due {
            let Err(failure) = self.load(module.name, By::Boot, phase) else {
                continue;
            };
            let (phase, name) = (PHASES[phase], module.name);
            if module.critical {
                return Err(format!("critical {phase} {name}: {failure}"));
            }
            writeln!(self.reports, "skipped {phase} {name}: {failure}").expect("written");
        }
        Ok(())
    }

    /// Loads a module, with what it needs and wants. Returns what was loaded.
    fn load(
        &mut self,
        name: &'static str,
        by: By,
        phase: usize,
    ) -> Result<Vec<&'static str>, Failure> {
        if self.loaded.contains_key(name) {
            return Ok(Vec::new());
        }
        if self.loading.contains(&name) {
            return Err(format!("{name} Circular"));
        }
        if let (Some(failure), By::Call) = (self.failures.get(name), by) {
            return Err(failure.clone());
        }
        let module = module(name);
        self.loading.push(name);
        let mut brought = Vec::new();
        let result = self.bring(module, by, phase, &mut brought);
        self.loading.pop();
        match result {
            Ok(()) => {
                let cause = match by {
                    _ if module.critical => "required",
                    By::Module => "depend",
                    By::Call => "auto",
                    By::Boot if self.line(name).choice == "best" => "best",
                    By::Boot | By::Name => "explicit",
                };
                self.failures.remove(name);
                self.loaded.insert(name, cause);
                brought.push(name);
                Ok(brought)
            }
            Err(failure) => {
                self.failures.insert(name, failure.clone());
                // What was loaded for it alone goes again.
                for other in brought.iter().rev() {
                    let _ = self.unload(other);
                }
                Err(failure)
            }
        }
    }

    fn bring(
        &mut self,
        module: &'static Module,
        by: By,
        phase: usize,
        brought: &mut Vec<&'static str>,
    ) -> Result<(), Failure> {
        let Module { name, states, .. } = module;
        let line = self.line(name);
        let fails = |why: &str| Err(format!("{name} {why}"));
        if line.choice == "unused" && !module.critical {
            return fails("Unused");
        }
        if !line.right_version {
            return fails("Version");
        }
        // "Into or out of `static` always waits": no image is static.
        let states = states.iter().filter(|state| **state != "static");
        if !["unused", "best"].contains(&line.choice) && !{ states }.any(|one| *one == line.choice)
        {
            return fails("Choice");
        }
        // On HP-UX, init and auto are one bit: the run time.
        let supported =
            module.phases.contains(&phase) || (phase == AUTO && module.phases.contains(&INIT));
        if !supported {
            return fails("Phase");
        }
        if by == By::Call && !module.states.contains(&"auto") {
            return fails("State");
        }
        if self.case.wrong.contains(name) {
            return fails("Tunable");
        }
        for other in module.wants {
            if self.line(other).choice != "unused" {
                brought.extend(self.load(other, By::Module, phase).unwrap_or_default());
            }
        }
        for other in module.depends {
            brought.extend(self.load(other, By::Module, phase)?);
        }
        match self.case.failing.contains(name) {
            true => fails("Hook"),
            false => Ok(()),
        }
    }

    fn unload(&mut self, name: &str) -> Result<(), &'static str> {
        if !self.loaded.contains_key(name) {
            return Err("NotLoaded");
        }
        if module(name).load_only {
            return Err("LoadOnly");
        }
        let needs = |other: &&str| module(other).depends.contains(&name);
        if self.loaded.keys().any(needs) {
            return Err("Busy");
        }
        self.loaded.remove(name);
        Ok(())
    }
}

/// A root with the modules of the table.
fn own_root() -> tempfile::TempDir {
    let own = tempfile::tempdir_in(root().parent().expect("a folder")).expect("a folder");
    for module in MODULES {
        let file = format!("{}.so", module.name);
        fs::hard_link(root().join(&file), own.path().join(&file)).expect("built before");
    }
    own
}

#[test]
fn what_a_host_loads_is_what_the_rules_say() {
    let next = AtomicU64::new(0);
    let seen = Mutex::new(BTreeMap::<String, usize>::new());
    let run = || {
        let root = own_root();
        loop {
            // Relaxed: a number, by which nothing else is ordered.
            let seed = next.fetch_add(1, Ordering::Relaxed);
            if seed >= CASES {
                return;
            }
            let case = Case::of(seed);
            let (found, expected) = (case.run(root.path()), Model::of(&case).run());
            let text = case.text.as_deref().unwrap_or("(no file)");
            let steps = &case.steps;
            assert!(
                found == expected,
                "case {seed}:\n{text}\n{:?} {steps:?}\n--- the rules say\n{expected}--- found\n{found}",
                case.failing
            );
            let mut seen = seen.lock().expect("no panic");
            for line in found.lines() {
                let mut words = line.split(' ');
                let first = words.next().expect("a word");
                let last = words.next_back().expect("another word");
                *seen.entry(format!("{first} {last}")).or_default() += 1;
            }
        }
    };
    thread::scope(|scope| {
        let runs = [scope.spawn(run), scope.spawn(run)];
        for run in runs {
            run.join().expect("no case differs");
        }
    });
    // Each rule has been met.
    let seen = seen.into_inner().expect("no panic");
    for what in [
        "boot ok",
        "boot Hook",
        "boot Version",
        "boot Choice",
        "enter ok",
        "enter Hook",
        "load ok",
        "load Unused",
        "load Version",
        "load Choice",
        "load Phase",
        "load Tunable",
        "load Hook",
        "call ok",
        "call Unused",
        "call State",
        "call Choice",
        "call Tunable",
        "call Hook",
        "unload ok",
        "unload NotLoaded",
        "unload LoadOnly",
        "unload Busy",
        "skipped Unused",
        "skipped Version",
        "skipped Choice",
        "skipped Phase",
        "skipped Tunable",
        "skipped Hook",
        "kept vital",
        "loaded explicit",
        "loaded best",
        "loaded auto",
        "loaded required",
        "loaded depend",
    ] {
        let times = seen.get(what).copied().unwrap_or(0);
        assert!(times > 0, "`{what}` has not come: {seen:?}");
    }
}
