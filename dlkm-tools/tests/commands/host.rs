//! A host with a running kernel, and real images for it. They are built once for all tests.

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Stdio};
use std::sync::OnceLock;

use crate::common::{RUNTIME, Sandbox, dependencies};
use crate::root::Root;

const COUNTER: &str = r#"//! Counts.
use dlkm_rt::{LoadError, module};

/// Counts.
#[module(name = "cmd-counter")]
pub trait Counter {
    /// Counts one up.
    #[ustub]
    fn count() -> Result<u64, LoadError>;

    /// Calls `body` from inside the module.
    #[ustub(or = not_run)]
    fn during(body: &mut dyn FnMut()) -> bool;

    /// Keeps the module loaded forever.
    #[stub]
    fn keep() -> Result<u64, LoadError>;
}

fn not_run(_: &mut dyn FnMut()) -> bool {
    false
}
"#;

const COUNTER_DRIVER: &str = r#"//! Counts.
use std::sync::atomic::{AtomicU64, Ordering};

use dlkm_rt::{LoadError, Tunable, module, tunable};

/// The driver.
pub struct Driver;

static COUNT: AtomicU64 = AtomicU64::new(0);

/// By how much it counts.
#[tunable(range = 1..=100, desc = "by how much it counts", dynamic, changed = odd)]
static STEP: Tunable<u32> = Tunable::new(1);

/// Refuses one value.
fn odd(step: &u32) -> Result<(), &'static str> {
    match step {
        13 => Err("13 brings bad luck"),
        _ => Ok(()),
    }
}

#[module(kind = "misc", desc = "counts calls")]
impl cmd_counter_api::Counter for Driver {
    fn count() -> Result<u64, LoadError> {
        let step = u64::from(STEP.get());
        Ok(COUNT.fetch_add(step, Ordering::Relaxed) + step)
    }

    fn during(body: &mut dyn FnMut()) -> bool {
        body();
        true
    }

    fn keep() -> Result<u64, LoadError> {
        Ok(0)
    }
}
"#;

const TOP: &str = r#"//! Uses the counter.
use dlkm_rt::{LoadError, module};

/// Uses the counter.
#[module(name = "cmd-top")]
pub trait Top {
    /// The count.
    #[ustub]
    fn top() -> Result<u64, LoadError>;
}
"#;

const TOP_DRIVER: &str = r#"//! Uses the counter.
use dlkm_rt::{LoadError, module};

/// The driver.
pub struct Driver;

#[module(desc = "uses the counter", depends = ["cmd-counter"])]
impl cmd_top_api::Top for Driver {
    fn top() -> Result<u64, LoadError> {
        cmd_counter_api::cmd_counter::count()
    }
}
"#;

/// Modules without functions, whose dependencies are soft, weak, or several.
const SOFT: [(&str, &str); 3] = [
    (
        "cmd-soft-a",
        "wants = [\"before cmd-soft-b\", \"after cmd-top\"]",
    ),
    ("cmd-soft-b", "wants = [\"before cmd-soft-a\"]"),
    ("cmd-weak", "weak = [\"cmd-counter\"]"),
];

const HOST: &str = r#"//! A host that does what its input says.
use std::io::{BufRead, Write};

use dlkm_rt::{Kernel, LoadError, ModuleRoot, module};

/// Linked into the host.
#[module(name = "cmd-linked")]
pub trait Linked {
    /// Shines.
    #[ustub]
    fn light() -> Result<u32, LoadError>;
}

struct Lamp;

#[module(desc = "linked in")]
impl Linked for Lamp {
    fn light() -> Result<u32, LoadError> {
        Ok(1)
    }
}

fn main() {
    let path = std::env::args().nth(1).expect("a root");
    // SAFETY: the test has built the images.
    let root = unsafe { ModuleRoot::trusted(path) };
    let kernel = Kernel::boot(root).expect("boots");
    for phase in [dlkm_rt::Phase::Boot2, dlkm_rt::Phase::Init] {
        kernel.enter(phase).expect("enters the phase");
    }
    let _server = dlkm_control::Server::start(kernel).expect("starts");
    say("ready");
    obey();
}

fn say(text: &str) {
    println!("{text}");
    std::io::stdout().flush().expect("flushes");
}

/// Does what each line says, to the line `end`.
fn obey() {
    let mut line = String::new();
    loop {
        line.clear();
        let length = std::io::stdin().lock().read_line(&mut line).expect("reads");
        let shown = |result: Result<u64, LoadError>| match result {
            Ok(number) => number.to_string(),
            Err(error) => error.to_string(),
        };
        match line.trim() {
            "count" => say(&shown(cmd_counter_api::cmd_counter::count())),
            "keep" => say(&shown(cmd_counter_api::cmd_counter::keep())),
            "top" => say(&shown(cmd_top_api::cmd_top::top())),
            "during" => {
                let ran = cmd_counter_api::cmd_counter::during(&mut || {
                    say("inside");
                    obey();
                });
                say(&format!("during: {ran}"));
            }
            "end" => return,
            _ if length == 0 => return,
            other => panic!("{other}"),
        }
    }
}
"#;

/// The program of the host, and the folder with the images.
fn built() -> &'static (PathBuf, PathBuf) {
    static BUILT: OnceLock<(PathBuf, PathBuf)> = OnceLock::new();
    BUILT.get_or_init(|| {
        let sandbox = Sandbox::new("commands");
        sandbox.package("cmd-counter-api", &dependencies(&[]), COUNTER);
        sandbox.package(
            "cmd-counter",
            &dependencies(&["cmd-counter-api"]),
            COUNTER_DRIVER,
        );
        sandbox.package("cmd-top-api", &dependencies(&[]), TOP);
        let both = dependencies(&["cmd-counter-api", "cmd-top-api"]);
        sandbox.package("cmd-top", &both, TOP_DRIVER);
        for (name, wants) in SOFT {
            let source = format!(
                "//! Soft.\n#[dlkm_rt::module(name = \"{name}\", {wants})]\nmod soft {{}}\n"
            );
            sandbox.package(name, &dependencies(&[]), &source);
        }
        let control = Path::new(RUNTIME).join("../dlkm-control");
        let manifest = format!("{both}dlkm-control = {{ path = {control:?} }}\n");
        sandbox.package("cmd-host", &manifest, "//! A host.\n");
        sandbox.write("crates/cmd-host/src/main.rs", HOST);
        let mut build = sandbox.build().root("images");
        for name in [
            "cmd-counter",
            "cmd-top",
            "cmd-soft-a",
            "cmd-soft-b",
            "cmd-weak",
        ] {
            build = build.package(name);
        }
        build.run().unwrap();
        let mut cargo = sandbox.command(env!("CARGO"));
        let output = cargo
            .args(["build", "--offline", "-p", "cmd-host"])
            .output()
            .unwrap();
        assert!(
            output.status.success(),
            "{}",
            crate::common::stderr(&output)
        );
        (
            Sandbox::target().join("debug/cmd-host"),
            sandbox.dir.join("images"),
        )
    })
}

/// A root with the real images, and a process with a kernel on it.
pub(crate) struct Host {
    pub(crate) root: Root,
    /// Its program, if that is not the one of all.
    program: Option<PathBuf>,
    process: Option<Process>,
    second: Option<Process>,
}

type Process = (Child, ChildStdin, BufReader<ChildStdout>);

/// Starts a process with a kernel on this root.
fn process(root: &Root, program: &Path) -> Process {
    let mut command = root.command("dlkm");
    let mut host = std::process::Command::new(program);
    host.arg(root.path());
    for (name, value) in command.env_remove("DLKM_ROOT").get_envs() {
        match value {
            Some(value) => host.env(name, value),
            None => host.env_remove(name),
        };
    }
    let host = host.stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut child = host.spawn().unwrap();
    let (input, output) = (child.stdin.take().unwrap(), child.stdout.take().unwrap());
    (child, input, BufReader::new(output))
}

impl Host {
    /// With a system file; `None` for none.
    pub(crate) fn start(system: Option<&str>) -> Self {
        let mut host = Host::stopped(system);
        host.boot();
        host
    }

    /// The root alone.
    pub(crate) fn stopped(system: Option<&str>) -> Self {
        let root = Root::new(&[]);
        for entry in fs::read_dir(&built().1).unwrap() {
            let file = entry.unwrap();
            fs::copy(file.path(), root.file(file.file_name().to_str().unwrap())).unwrap();
        }
        if let Some(system) = system {
            root.write("system", &format!("version 1\n{system}"));
        }
        let (process, second) = (None, None);
        Host {
            root,
            program: None,
            process,
            second,
        }
    }

    /// Gives it a program of its own, which may be replaced, and returns its path.
    pub(crate) fn own_program(&mut self) -> PathBuf {
        let program = self.root.base().join("host");
        fs::copy(&built().0, &program).unwrap();
        self.program = Some(program.clone());
        program
    }

    fn program(&self) -> &Path {
        self.program.as_deref().unwrap_or(&built().0)
    }

    /// Starts the process.
    pub(crate) fn boot(&mut self) {
        self.stop();
        self.process = Some(process(&self.root, self.program()));
        assert_eq!(self.line(), "ready");
    }

    /// Starts a second process on the same root, and returns its number. It ends with this one.
    pub(crate) fn boot_another(&mut self) -> u32 {
        let first = process(&self.root, self.program());
        let first = self.process.replace(first);
        assert_eq!(self.line(), "ready");
        let pid = self.pid();
        self.second = std::mem::replace(&mut self.process, first);
        pid
    }

    /// Lets `ask` and `tell` speak to the other process.
    pub(crate) fn swap(&mut self) {
        std::mem::swap(&mut self.process, &mut self.second);
    }

    /// Ends the processes.
    pub(crate) fn stop(&mut self) {
        let both = [self.process.take(), self.second.take()];
        for (mut child, input, _) in both.into_iter().flatten() {
            drop(input);
            child.wait().unwrap();
        }
    }

    pub(crate) fn pid(&self) -> u32 {
        self.process.as_ref().unwrap().0.id()
    }

    /// What the process answers to a line.
    pub(crate) fn ask(&mut self, line: &str) -> String {
        self.tell(line);
        self.line()
    }

    pub(crate) fn tell(&mut self, line: &str) {
        let (_, input, _) = self.process.as_mut().unwrap();
        writeln!(input, "{line}").unwrap();
    }

    fn line(&mut self) -> String {
        let (_, _, output) = self.process.as_mut().unwrap();
        let mut line = String::new();
        output.read_line(&mut line).unwrap();
        line.trim_end().to_owned()
    }

    /// Compares what command lines print with a file.
    #[track_caller]
    pub(crate) fn session(&self, name: &str, lines: &[&str]) {
        let mut text = String::new();
        for line in lines {
            let (code, said) = self.root.says(line);
            text += &format!("$ {line}\n{said}[{code}]\n\n");
        }
        crate::golden::compare(name, &self.steady(&text));
    }

    /// The text with what differs from run to run replaced.
    fn steady(&self, text: &str) -> String {
        let text = text.replace(&built().0.display().to_string(), "HOST");
        let text = text.replace(&format!("process {}", self.pid()), "process PID");
        let text = text.replace(&format!("\"pid\": {}", self.pid()), "\"pid\": 1");
        let text = crate::golden::steady(&text, &self.root);
        text.lines().map(|line| counts(line) + "\n").collect()
    }
}

/// A line without the sizes and times in it.
fn counts(line: &str) -> String {
    const KEYS: [&str; 6] = [
        "memory",
        "heap",
        "load_us",
        "idle_ms",
        "left",
        "Module Size",
    ];
    let is_size = |cell: &str| cell.ends_with(" ms") || cell.ends_with("iB");
    let cells = line.split('\t');
    let cells = cells.map(|cell| if is_size(cell) { "…" } else { cell });
    let line = cells.collect::<Vec<_>>().join("\t");
    if line.starts_with("Module Virtual") || line.starts_with("Module BSS") {
        let value = line.rfind(' ').map_or(0, |at| at + 1);
        return format!("{}…", &line[..value]);
    }
    let key = line.trim_start().trim_start_matches('"');
    if !KEYS.iter().any(|name| key.starts_with(name)) {
        return line;
    }
    let digits = |sign: char| sign.is_ascii_digit();
    let end = line.trim_end_matches(',').len();
    format!("{}0{}", line[..end].trim_end_matches(digits), &line[end..])
}

impl Drop for Host {
    fn drop(&mut self) {
        self.stop();
    }
}
