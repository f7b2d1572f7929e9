//! The 526 stubs of illumos's 64 modules, as interfaces: what each answers with and without its module.

use std::collections::HashMap;
use std::path::Path;
use std::process::Command;
use std::sync::OnceLock;

use scenario_bounded::Bounded;
use stub_tests::{Module, Stub, Workspace, illumos};

/// What the program has printed: for each pass, module and function, the result.
struct Printed(HashMap<[String; 3], String>);

impl Printed {
    fn of(program: &Path, root: &Path) -> Self {
        let output = Command::new(program).arg(root).bounded();
        let errors = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{}\n{errors}", output.status);
        let text = String::from_utf8(output.stdout).expect("UTF-8");
        let lines = text.lines().map(|line| {
            let mut parts = line.splitn(4, ' ').map(str::to_owned);
            let key = std::array::from_fn(|_| parts.next().expect("four parts"));
            (key, parts.next().expect("four parts"))
        });
        Printed(lines.collect())
    }

    #[track_caller]
    fn at(&self, pass: &str, module: &Module, function: &str) -> &str {
        &self.0[&[pass, &module.name, function].map(str::to_owned)]
    }

    #[track_caller]
    fn default(&self, pass: &str, module: &Module, stub: &Stub) {
        let (name, function) = (&module.name, stub.function);
        let printed = self.at(pass, module, function);
        match stub.result_without_module() {
            Some(result) => assert_eq!(printed, result.to_string(), "{pass} {name} {function}"),
            None => {
                let begin = format!("`{name}::{function}` has no result without its module: ");
                assert!(printed.starts_with(&begin), "{printed}");
                assert!(printed.contains("there is no image"), "{printed}");
            }
        }
    }

    #[track_caller]
    fn of_module(&self, pass: &str, module: &Module, stub: &Stub) {
        let result = stub.result_of_module().to_string();
        let printed = self.at(pass, module, stub.function);
        assert_eq!(printed, result, "{pass} {} {}", module.name, stub.function);
    }
}

/// The workspace and its program, generated and built once.
fn built() -> &'static (Workspace, std::path::PathBuf, Vec<Module>) {
    static BUILT: OnceLock<(Workspace, std::path::PathBuf, Vec<Module>)> = OnceLock::new();
    BUILT.get_or_init(|| {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR"));
        let modules = illumos();
        // Where the workspaces of `ui-tests` are built, so that the runtime is compiled once.
        let (folder, target) = (folder.join("workspaces/illumos"), folder.join("shared"));
        let workspace = Workspace::write(&folder, &target, &modules);
        let program = workspace.program();
        (workspace, program, modules)
    })
}

#[test]
fn the_table_is_complete() {
    let modules = illumos();
    let count = |is: fn(&Stub) -> bool| {
        let stubs = modules.iter().flat_map(|module| &module.stubs);
        stubs.filter(|stub| is(stub)).count()
    };
    assert_eq!((modules.len(), count(|_| true)), (64, 526));
    assert_eq!(count(|one| one.is_strong && !one.holds), 364);
    assert_eq!(count(|one| one.is_strong && one.holds), 90);
    assert_eq!(count(|one| !one.is_strong && one.holds), 46);
    assert_eq!(count(|one| one.result_without_module().is_none()), 26);
    // Those of weak stubs alone, which only `class unloadable` lets go.
    let weak = modules
        .iter()
        .filter(|module| module.is_unloadable() && module.stubs.iter().all(|stub| !stub.is_strong));
    assert_eq!(weak.count(), 9);
}

#[test]
fn without_their_modules_all_stubs_answer_with_their_defaults() {
    let (_, program, modules) = built();
    let empty = Path::new(env!("CARGO_TARGET_TMPDIR")).join("workspaces/illumos/empty");
    std::fs::create_dir_all(&empty).expect("the folder is made");
    let printed = Printed::of(program, &empty);
    for module in modules {
        assert!(
            printed
                .at("load", module, "-")
                .contains("there is no image")
        );
        assert_eq!(printed.at("unload", module, "-"), "not loaded");
        for stub in &module.stubs {
            printed.default("called", module, stub);
            printed.default("loaded", module, stub);
        }
    }
}

#[test]
fn with_their_modules_all_stubs_answer_with_the_modules_results() {
    let (workspace, program, modules) = built();
    let Some(root) = workspace.modules_in_c(modules) else {
        return;
    };
    let printed = Printed::of(program, &root);
    for module in modules {
        let name = &module.name;
        assert_eq!(printed.at("load", module, "-"), "yes", "{name}");
        let has_strong = module.stubs.iter().any(|stub| stub.is_strong);
        let unloads = match module.is_unloadable() {
            _ if module.is_pinned_by_calls() => "pinned",
            true => "yes",
            false => "load-only",
        };
        assert_eq!(printed.at("unload", module, "-"), unloads, "{name}");
        let mut is_loaded = false;
        for stub in &module.stubs {
            is_loaded |= stub.is_strong;
            match is_loaded {
                true => printed.of_module("called", module, stub),
                false => printed.default("called", module, stub),
            }
            printed.of_module("loaded", module, stub);
            // Strong stubs load it again.
            match unloads != "yes" || has_strong {
                true => printed.of_module("again", module, stub),
                false => printed.default("again", module, stub),
            }
        }
    }
}
