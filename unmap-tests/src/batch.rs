//! One generated program: many attempts, of which those run that rustc accepts.

use std::collections::BTreeSet;
use std::env;
use std::fmt::Write;
use std::fs;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use cargo_metadata::Message;
use cargo_metadata::diagnostic::{Diagnostic, DiagnosticLevel, DiagnosticSpan};
use fastrand::Rng;

use crate::attempt::Function;

/// How often rustc is asked. It reports the errors of a later stage only if the earlier ones have
/// none.
const MOST_ROUNDS: usize = 12;

/// A program in a folder of its own.
#[derive(Debug)]
pub struct Batch {
    folder: PathBuf,
    target: PathBuf,
    attempts: Vec<Attempt>,
}

#[derive(Debug)]
struct Attempt {
    /// Which function it is of.
    function: usize,
    /// Whether it is the function's first attempt, which keeps nothing.
    first: bool,
    signature: String,
    code: String,
    /// Its lines in the program; empty if it is not there.
    lines: Range<usize>,
    dropped: bool,
}

/// What one attempt that ran has shown.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// Which function it is of.
    pub function: usize,
    /// The function's type.
    pub signature: String,
    /// The attempt's code.
    pub code: String,
    /// Whether the caller kept something of the provider.
    pub kept_by_caller: bool,
    /// Whether the provider kept something of the caller.
    pub kept_by_provider: bool,
    /// What the rule says against unmapping a provider; empty if it sees nothing.
    pub provider: String,
    /// What the rule says against unmapping a caller; empty if it sees nothing.
    pub caller: String,
}

impl Outcome {
    /// Whether something was kept of an image that would be unmapped.
    pub fn is_hole(&self) -> bool {
        self.kept_by_caller && self.provider.is_empty()
            || self.kept_by_provider && self.caller.is_empty()
    }
}

impl Batch {
    /// Makes `functions` functions from a seed, in `folder`. `target` is where Cargo builds.
    pub fn generate(folder: &Path, target: &Path, seed: u64, functions: usize) -> Self {
        let mut rng = Rng::with_seed(seed);
        let mut attempts = Vec::new();
        for number in 0..functions {
            let function = Function::generate(&mut rng);
            let codes = function.attempts(attempts.len());
            attempts.extend(codes.into_iter().enumerate().map(|(i, code)| Attempt {
                function: number,
                first: i == 0,
                signature: function.signature(),
                code,
                lines: 0..0,
                dropped: false,
            }));
        }
        Batch {
            folder: folder.to_owned(),
            target: target.to_owned(),
            attempts,
        }
    }

    /// How many attempts were made of functions that may be declared, and how many of them rustc
    /// has rejected.
    pub fn attempts(&self) -> (usize, usize) {
        let firsts = self.attempts.iter().filter(|one| one.first && !one.dropped);
        let declared: BTreeSet<_> = firsts.map(|one| one.function).collect();
        let all = self.attempts.iter();
        let all: Vec<_> = all.filter(|one| declared.contains(&one.function)).collect();
        (all.len(), all.iter().filter(|one| one.dropped).count())
    }

    /// Drops what rustc rejects, and runs the rest.
    ///
    /// # Panics
    /// The program can't be built or does not end well.
    pub fn run(&mut self) -> Vec<Outcome> {
        self.write_manifest();
        // Functions that may not be declared at all are found with one attempt of each.
        self.drop_rejected(true);
        let firsts = self.attempts.iter().filter(|one| one.first && one.dropped);
        let refused: BTreeSet<_> = firsts.map(|one| one.function).collect();
        for attempt in &mut self.attempts {
            attempt.dropped |= refused.contains(&attempt.function);
        }
        self.drop_rejected(false);
        let run = self.cargo("run").output().unwrap();
        let (out, err) = (String::from_utf8(run.stdout), String::from_utf8(run.stderr));
        let (out, err) = (out.unwrap(), err.unwrap());
        assert!(run.status.success(), "{out}\n{err}");
        out.lines().map(|line| self.outcome(line)).collect()
    }

    fn drop_rejected(&mut self, first_only: bool) {
        for _ in 0..MOST_ROUNDS {
            self.write(first_only);
            let wrong = self.check();
            if wrong.is_empty() {
                return;
            }
            for at in wrong {
                self.attempts[at].dropped = true;
            }
        }
        panic!("rustc goes on reporting errors");
    }

    fn outcome(&self, line: &str) -> Outcome {
        let fields: Vec<_> = line.split('\t').collect();
        let [name, by_caller, by_provider, provider, caller] = fields[..] else {
            panic!("the program printed {line}");
        };
        let attempt = &self.attempts[name[1..].parse::<usize>().unwrap()];
        Outcome {
            function: attempt.function,
            signature: attempt.signature.clone(),
            code: attempt.code.clone(),
            kept_by_caller: by_caller == "true",
            kept_by_provider: by_provider == "true",
            provider: provider.to_owned(),
            caller: caller.to_owned(),
        }
    }

    fn write_manifest(&self) {
        let runtime = Path::new(env!("CARGO_MANIFEST_DIR")).join("../dlkm-rt");
        let manifest = format!(
            "[package]\nname = \"attempts\"\nedition = \"2024\"\n\n\
             [dependencies]\ndlkm-rt = {{ path = {runtime:?} }}\n\n\
             [profile.dev]\ndebug = false\nincremental = false\n\n[workspace]\n"
        );
        fs::create_dir_all(self.folder.join("src")).unwrap();
        fs::write(self.folder.join("Cargo.toml"), manifest).unwrap();
        let lock = Path::new(env!("CARGO_MANIFEST_DIR")).join("../Cargo.lock");
        // The same versions as in the workspace, which are downloaded already.
        fs::copy(lock, self.folder.join("Cargo.lock")).unwrap();
    }

    /// Writes the program without the dropped attempts; of each function the first attempt or all.
    fn write(&mut self, first_only: bool) {
        let private = format!(
            "__private_{}",
            env!("CARGO_PKG_VERSION").replace(['.', '-'], "_")
        );
        let mut text = String::from("#![allow(warnings)]\n#![recursion_limit = \"1024\"]\n");
        text += &include_str!("prelude.rs").replace("PRIVATE", &private);
        let mut line = text.lines().count() + 1;
        let mut main = String::from("fn main() {\n");
        main += "dlkm_rt::Kernel::boot(dlkm_rt::ModuleRoot::none()).unwrap();\n";
        for (i, attempt) in self.attempts.iter_mut().enumerate() {
            if attempt.dropped || first_only && !attempt.first {
                attempt.lines = 0..0;
                continue;
            }
            text += &attempt.code;
            let count = attempt.code.lines().count();
            attempt.lines = line..line + count;
            line += count;
            writeln!(main, "m{i}::attempt(); report(\"f{i}\");").unwrap();
        }
        text += &main;
        text += "}\n";
        fs::write(self.folder.join("src/main.rs"), text).unwrap();
    }

    fn cargo(&self, command: &str) -> Command {
        let mut cargo = Command::new(env!("CARGO"));
        cargo
            .args([command, "--quiet", "--offline"])
            .arg("--manifest-path")
            .arg(self.folder.join("Cargo.toml"))
            .env("CARGO_TARGET_DIR", &self.target)
            .stdin(Stdio::null());
        match env::var_os("ATTEMPTS_RUSTFLAGS") {
            Some(flags) => cargo.env("RUSTFLAGS", flags),
            // Those that this program was built with are not meant for others.
            None => cargo.env_remove("RUSTFLAGS"),
        };
        cargo
    }

    /// The attempts in which rustc finds errors.
    fn check(&self) -> BTreeSet<usize> {
        let check = self
            .cargo("check")
            .arg("--message-format=json")
            .stderr(Stdio::piped())
            .output()
            .unwrap();
        let mut wrong = BTreeSet::new();
        for message in Message::parse_stream(&check.stdout[..]) {
            let Message::CompilerMessage(message) = message.unwrap() else {
                continue;
            };
            let message = message.message;
            if message.level == DiagnosticLevel::Error && !message.spans.is_empty() {
                let at = self.attempt_of(&message);
                assert!(at.is_some(), "{}", message.rendered.unwrap_or_default());
                wrong.extend(at);
            }
        }
        assert!(
            !wrong.is_empty() || check.status.success(),
            "{}",
            String::from_utf8_lossy(&check.stderr)
        );
        wrong
    }

    fn attempt_of(&self, message: &Diagnostic) -> Option<usize> {
        let inner = message.children.iter().flat_map(|child| &child.spans);
        let mut spans = message.spans.iter().chain(inner);
        spans.find_map(|span| self.attempt_at(span))
    }

    fn attempt_at(&self, span: &DiagnosticSpan) -> Option<usize> {
        let here = span.file_name.ends_with("src/main.rs");
        let at = self
            .attempts
            .iter()
            .position(|one| one.lines.contains(&span.line_start));
        let outer = || self.attempt_at(&span.expansion.as_ref()?.span);
        at.filter(|_| here).or_else(outer)
    }
}
