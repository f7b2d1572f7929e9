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
const CASES: u64 = 400;

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
struct System {
    text: String,
    /// In the order in which they count.
    lines: Vec<(&'static str, Line)>,
    /// The modules with a tunable that has a value that it can't have.
    wrong: BTreeSet<&'static str>,
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
struct Case {
    /// `None`: there is no file.
    file: Option<System>,
    /// The files that it follows later.
    next: Vec<System>,
    failing: BTreeSet<&'static str>,
    steps: Vec<(&'static str, &'static str)>,
}

const NEXT: [&str; 2] = ["0", "1"];

impl Case {
    fn of(seed: u64) -> Self {
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
    fn run(&self, root: &Path) -> String {
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
    fn shown(&self) -> String {
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
    /// The file that it follows.
    file: Option<&'a System>,
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
            file: case.file.as_ref(),
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
                "adopt" => {
                    let number = NEXT.iter().position(|one| one == name);
                    let next = &self.case.next[number.expect("a number")];
                    match self.adopt(next) {
                        Ok(done) => {
                            writeln!(self.says, "adopt {name}{done} ok").expect("written");
                            continue;
                        }
                        Err(waits) => Err(waits),
                    }
                }
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
        line_in(self.file, name)
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
        let lines = self.file.map_or(&[][..], |file| &file.lines);
        let listed = |name| lines.iter().any(|(known, _)| *known == name);
        let unlisted = MODULES.iter().filter(|one| !listed(one.name));
        let unlisted = unlisted.map(|one| (one.name, self.line(one.name)));
        let all = lines.iter().copied().chain(unlisted);
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
        if self.file.is_some_and(|file| file.wrong.contains(name)) {
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

    /// "Changes apply at once if possible. If any change must wait, all wait."
    fn adopt(&mut self, next: &'a System) -> Result<String, Failure> {
        let mut waits = Vec::new();
        let mut load = Vec::new();
        let mut lines = next.lines.clone();
        lines.sort_by_key(|(name, _)| *name);
        for (name, line) in lines {
            let [was, is] = [self.line(name).choice, line.choice].map(|one| one == "static");
            let by_name = module(name).states == ["loaded"];
            // "Into or out of `static` always waits."
            match line.choice {
                _ if was != is => waits.push("Static"),
                "unused" | "static" => {}
                _ if self.loaded.contains_key(name) => {
                    waits.extend((!line.right_version).then_some("Version"));
                }
                "loaded" => load.push(name),
                "best" if by_name => load.push(name),
                _ => {}
            }
        }
        let unused = |name: &str| line_in(Some(next), name).choice == "unused";
        let loaded = self.loaded.keys().copied();
        let mut unload: Vec<_> = loaded
            .filter(|name| unused(name) && !module(name).critical)
            .collect();
        waits.extend(
            unload
                .iter()
                .filter(|name| module(name).load_only)
                .map(|_| "InUse"),
        );
        if !waits.is_empty() {
            return Err(waits.join(","));
        }
        let before = (self.file, self.loaded.clone());
        let mut done = String::new();
        let mut gone = Vec::new();
        while !unload.is_empty() {
            // Each before those that it needs.
            let needed = |name: &&str| unload.iter().any(|one| module(one).depends.contains(name));
            let first = unload
                .iter()
                .position(|name| !needed(name))
                .expect("no circle");
            let name = unload.remove(first);
            if self.unload(name).is_err() {
                self.undo(before, &[], &gone);
                return Err("InUse".to_owned());
            }
            gone.push(name);
            write!(done, " -{name}").expect("written");
        }
        self.file = Some(next);
        let mut came = Vec::new();
        for name in load {
            match self.load(name, By::Boot, AUTO) {
                Ok(all) => came.extend(all),
                Err(_) => {
                    self.undo(before, &came, &gone);
                    return Err("Load".to_owned());
                }
            }
        }
        for name in came {
            write!(done, " +{name}").expect("written");
        }
        self.failures.clear();
        Ok(done)
    }

    /// As before, as far as what was unloaded can be loaded again.
    fn undo(
        &mut self,
        (file, loaded): (Option<&'a System>, BTreeMap<&'static str, &'static str>),
        came: &[&'static str],
        gone: &[&'static str],
    ) {
        self.file = file;
        for name in came.iter().rev() {
            let _ = self.unload(name);
        }
        for name in gone.iter().rev() {
            if self.load(name, By::Name, AUTO).is_ok() {
                self.loaded.insert(name, loaded[name]);
            }
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

/// What a file says of a module. "(no line) = unused"; without a file, each module is best.
fn line_in(file: Option<&System>, name: &str) -> Line {
    let mut lines = file.iter().flat_map(|file| &file.lines);
    let known = lines.find(|(known, _)| *known == name);
    let choice = match file {
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
            let shown = case.shown();
            assert!(
                found == expected,
                "case {seed}:\n{shown}\n--- the rules say\n{expected}--- found\n{found}"
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
        "adopt ok",
        "adopt Static",
        "adopt Version",
        "adopt InUse",
        "adopt Load",
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
