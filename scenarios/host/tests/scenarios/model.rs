//! A kernel as the rules have it, for `generated.rs`: what kcmodule(1M), kmsystem(1M) and the book say of
//! states, phases and dependencies. It knows nothing of the kernel that is tested.

use std::collections::BTreeMap;
use std::fmt::Write;

use crate::by_chance::{
    AUTO, BOOT1, Case, INIT, Line, MODULES, Module, NEXT, PHASES, System, module,
};

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
pub(crate) struct Model<'a> {
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
    pub(crate) fn of(case: &'a Case) -> Self {
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
    pub(crate) fn run(mut self) -> String {
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
