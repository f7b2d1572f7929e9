//! Builds the modules and runs the host.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::OnceLock;

use scenario_bounded::Bounded;

const MODULES: &[&str] = &[
    "asker",
    "audit",
    "bare",
    "by-name",
    "calc",
    "choosy",
    "clingy",
    "counter",
    "disc",
    "early",
    "faulty",
    "forgiving",
    "fragile",
    "gallery",
    "heap",
    "hoarder",
    "idler",
    "idler-top",
    "keeper",
    "late",
    "lead",
    "ledger-1",
    "lender",
    "loop-a",
    "loop-b",
    "lost",
    "mixed",
    "pair",
    "panics",
    "parting",
    "patient",
    "picky",
    "prompt",
    "quota",
    "relay",
    "ring-a",
    "ring-b",
    "scribe",
    "soft-a",
    "soft-b",
    "speaker",
    "square",
    "static-tls",
    "subscriber",
    "threads",
    "top",
    "tuned-1",
    "tuned-c",
    "tuner",
    "veteran",
    "vital",
    "weak-a",
    "weak-b",
    "weak-c",
];

/// The module root with all modules of the list.
pub(crate) fn root() -> &'static Path {
    static ROOT: OnceLock<PathBuf> = OnceLock::new();
    ROOT.get_or_init(|| build("modules", MODULES))
}

/// Builds modules of `../modules` into a root of their own.
pub(crate) fn build(root: &str, modules: &[&str]) -> PathBuf {
    let root = Path::new(env!("CARGO_TARGET_TMPDIR"))
        .join("scenarios")
        .join(profile())
        .join(root);
    let mut build = dlkm_tools::Build::new(env!("CARGO_MANIFEST_DIR"))
        .profile(profile())
        .root(&root)
        .quiet();
    for module in modules {
        build = build.package(format!("scenario-{module}"));
    }
    if let Err(error) = build.run() {
        panic!("the scenarios' modules can't be built: {error}");
    }
    root
}

/// The profile of the tests. Panics cross by the frames on the stack, which differ in optimised code,
/// so the modules are built as the tests are.
fn profile() -> &'static str {
    let program = Path::new(env!("CARGO_BIN_EXE_scenario-host"));
    // target/debug, target/optimised
    let folder = program.parent().and_then(Path::file_name);
    match folder.and_then(|name| name.to_str()) {
        Some("debug") => "dev",
        Some(name) => name,
        None => panic!("Cargo builds programs in a folder"),
    }
}

/// One scenario of the host, by its file and function.
#[derive(Clone, Copy)]
pub(crate) struct Scenario(pub(crate) &'static str);

impl Scenario {
    /// Runs it with the modules in `root`.
    pub(crate) fn run(self, root: &Path, argument: &str) -> Output {
        let mut host = self.host(root);
        host.arg(argument).bounded()
    }

    /// The process that runs it, to be started.
    pub(crate) fn host(self, root: &Path) -> Command {
        let mut host = Command::new(env!("CARGO_BIN_EXE_scenario-host"));
        host.arg(root).arg(self.0).env_remove("RUST_BACKTRACE");
        host
    }

    /// Runs it; it must succeed.
    #[track_caller]
    pub(crate) fn succeed(self, root: &Path) -> Output {
        self.succeed_with(root, "")
    }

    /// Runs it with an argument; it must succeed.
    #[track_caller]
    pub(crate) fn succeed_with(self, root: &Path, argument: &str) -> Output {
        let output = self.run(root, argument);
        let text = stderr(&output);
        assert!(output.status.success(), "{}\n{text}", output.status);
        output
    }

    /// Runs it in a module root of its own with all modules; it must succeed.
    #[track_caller]
    pub(crate) fn succeed_in_a_root_of_its_own(self) {
        let all = self::root();
        let root = tempfile::tempdir_in(all.parent().expect("a folder")).expect("a folder");
        for module in MODULES {
            let module = module.strip_suffix("-1").unwrap_or(module);
            let file = format!("{module}.so");
            // One file under two names: an image is never changed in place.
            fs::hard_link(all.join(&file), root.path().join(&file)).expect("built before");
        }
        self.succeed(root.path());
    }

    /// Runs it in a module root of its own, where it installs editions of module `edition`; it
    /// must succeed. Its argument is a folder with a folder for each edition.
    #[track_caller]
    pub(crate) fn succeed_with_editions(self) {
        static EDITIONS: OnceLock<PathBuf> = OnceLock::new();
        let folder = EDITIONS.get_or_init(|| {
            let of_edition = ["1", "2", "young", "odd", "needy"].map(|one| {
                let folder = format!("editions/{one}");
                build(&folder, &[&format!("edition-{one}")])
            });
            for one in ["ledger-1", "ledger-2", "ledger-3", "tuned-1", "tuned-2"] {
                build(&format!("editions/{one}"), &[one]);
            }
            of_edition[0].parent().expect("they are in one").to_owned()
        });
        let root = tempfile::tempdir().expect("a temporary folder");
        for other in ["relay", "heap", "top", "counter", "lender", "asker"] {
            let file = format!("{other}.so");
            fs::copy(self::root().join(&file), root.path().join(&file)).expect("built before");
        }
        self.succeed_with(root.path(), folder.to_str().expect("UTF-8"));
    }
}

/// What a process wrote to standard error.
pub(crate) fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// What a process wrote to standard output.
pub(crate) fn stdout(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// A command that runs `host` in namespaces of its own, after a command of the shell, or `None` if
/// the system does not allow it.
pub(crate) fn in_namespaces(flags: &str, first: &str, host: &Command) -> Option<Command> {
    let unshare = || {
        let mut unshare = Command::new("unshare");
        unshare.args(["--map-root-user", flags, "sh", "-c"]);
        unshare
    };
    let allowed = unshare().arg(first).status();
    if !allowed.is_ok_and(|status| status.success()) {
        let _ = writeln!(
            std::io::stderr(),
            "skipped: this system does not allow `unshare --map-root-user {flags}`"
        );
        return None;
    }
    let mut command = unshare();
    command.arg(format!("{first} && exec \"$0\" \"$@\""));
    command.arg(host.get_program()).args(host.get_args());
    Some(command)
}
