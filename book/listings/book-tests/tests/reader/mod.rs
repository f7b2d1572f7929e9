//! Takes a chapter apart, and does what it says.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// What stands for the reader's own folder in the chapter's output.
const HOME: &str = "/home/you";

/// One thing the reader does.
pub(crate) enum Step {
    Write {
        file: String,
        text: String,
    },
    Run {
        command: String,
        fails: bool,
        output: Vec<String>,
    },
}

/// Someone who does what the chapter says.
pub(crate) struct Reader {
    home: PathBuf,
    /// Where the next command runs.
    folder: PathBuf,
    checkout: PathBuf,
    pub(crate) commands: usize,
}

impl Reader {
    pub(crate) fn new(home: PathBuf, checkout: &Path) -> Self {
        std::os::unix::fs::symlink(checkout, home.join("dlkm")).unwrap();
        Reader {
            folder: home.clone(),
            home,
            checkout: checkout.to_owned(),
            commands: 0,
        }
    }

    pub(crate) fn take(&mut self, step: Step) {
        match step {
            Step::Write { file, text } => {
                let path = self.folder.join(&file);
                fs::write(&path, text).unwrap_or_else(|error| panic!("{file}: {error}"));
                if file == "Cargo.toml" {
                    // The checkout's versions, so that the test needs no network of its own.
                    let lock = self.checkout.join("Cargo.lock");
                    fs::copy(lock, self.folder.join("Cargo.lock")).unwrap();
                }
            }
            Step::Run {
                command,
                fails,
                output,
            } => self.run(&command, fails, &output),
        }
    }

    fn run(&mut self, command: &str, fails: bool, wanted: &[String]) {
        self.commands += 1;
        let path = std::env::var("PATH").unwrap_or_default();
        let tools = self.home.join("tools");
        let folder_after = self.home.join("folder");
        let mut shell = Command::new("sh");
        shell
            .current_dir(&self.folder)
            .env("PATH", format!("{}/bin:{path}", tools.display()))
            .env("CARGO_INSTALL_ROOT", &tools)
            .env_remove("CARGO_TARGET_DIR")
            .env_remove("CARGO_TERM_COLOR");
        let mut line = command.to_owned();
        if line.starts_with("cargo install ") {
            // What the checkout has compiled already is good enough here.
            line.push_str(" --debug");
            let target = Path::new(env!("CARGO_TARGET_TMPDIR")).parent().unwrap();
            shell.env("CARGO_TARGET_DIR", target);
        }
        let script = format!(
            "exec 2>&1\n{line}\nstatus=$?\npwd > '{}'\nexit $status",
            folder_after.display()
        );
        let result = shell.arg("-c").arg(script).output().unwrap();
        let text = String::from_utf8_lossy(&result.stdout);
        let text = text.replace(&*self.home.to_string_lossy(), HOME);
        assert_eq!(result.status.success(), !fails, "$ {command}\n{text}");
        let mut lines = text.lines().map(str::trim_end);
        for line in wanted {
            assert!(
                lines.any(|one| fits(&masked(one), &masked(line))),
                "$ {command}\nthis line of the chapter did not come, or not in this order:\n\
                 {line}\nthe output was:\n{text}"
            );
        }
        let folder = fs::read_to_string(folder_after).unwrap();
        self.folder = folder.trim_end().into();
    }
}

/// Whether a line is that of the chapter, where `…` stands for what differs from machine to machine.
fn fits(line: &str, wanted: &str) -> bool {
    let Some((first, others)) = wanted.split_once('…') else {
        return line == wanted;
    };
    let (between, last) = others.rsplit_once('…').unwrap_or(("", others));
    let Some(mut rest) = line.strip_prefix(first) else {
        return false;
    };
    for part in between.split('…') {
        match rest.split_once(part) {
            Some((_, behind)) => rest = behind,
            None => return false,
        }
    }
    rest.ends_with(last)
}

/// Without hashes: 8 or 16 hexadecimal digits, which change with this project's own source.
fn masked(line: &str) -> String {
    let mut out = String::new();
    let is_word = |sign: char| sign.is_ascii_alphanumeric();
    for word in line.split_inclusive(|sign| !is_word(sign)) {
        let bare = word.trim_end_matches(|sign| !is_word(sign));
        let is_hash = matches!(bare.len(), 8 | 16)
            && bare.contains(|sign: char| sign.is_ascii_digit())
            && bare.chars().all(|sign| sign.is_ascii_hexdigit());
        match is_hash {
            true => out.push_str(&word.replace(bare, "#")),
            false => out.push_str(word),
        }
    }
    out
}

/// Takes a chapter apart. A line "File `name`:" stands before the text of a file; a `console` block
/// holds commands behind `$ ` and their output, where `...` stands for lines left out, and `…` for a part
/// of a line; in one marked `console,fails` the last command ends with an error.
pub(crate) fn steps(chapter: &str) -> Vec<Step> {
    let mut steps = Vec::new();
    let mut file = None;
    let mut lines = chapter.lines();
    while let Some(line) = lines.next() {
        if let Some(name) = line.strip_prefix("File `") {
            file = name.strip_suffix("`:").map(str::to_owned);
            assert!(file.is_some(), "no file's name: {line}");
        } else if let Some(kind) = line.strip_prefix("```") {
            let block: Vec<_> = lines.by_ref().take_while(|line| *line != "```").collect();
            if kind == "console" || kind == "console,fails" {
                commands(&block, kind == "console,fails", &mut steps);
            } else if let Some(file) = file.take() {
                let text = block.join("\n") + "\n";
                steps.push(Step::Write { file, text });
            }
        }
    }
    steps
}

fn commands(block: &[&str], last_fails: bool, steps: &mut Vec<Step>) {
    for line in block {
        match (line.strip_prefix("$ "), steps.last_mut()) {
            (Some(command), _) => steps.push(Step::Run {
                command: command.to_owned(),
                fails: false,
                output: Vec::new(),
            }),
            (None, Some(Step::Run { output, .. })) if *line != "..." => {
                output.push(line.trim_end().to_owned());
            }
            _ => {}
        }
    }
    if let Some(Step::Run { fails, .. }) = steps.last_mut() {
        *fails = last_fails;
    }
}

/// Does what mdBook does with `{{#include file}}` and `{{#include file:anchor}}`.
pub(crate) fn with_includes(chapter: &str, path: &Path) -> String {
    let mut out = String::new();
    for line in chapter.lines() {
        let include = line
            .strip_prefix("{{#include ")
            .and_then(|rest| rest.strip_suffix("}}"));
        let Some(include) = include else {
            out.push_str(line);
            out.push('\n');
            continue;
        };
        let (file, anchor) = match include.split_once(':') {
            Some((file, anchor)) => (file, Some(anchor)),
            None => (include, None),
        };
        let file = path.parent().unwrap().join(file);
        let text = fs::read_to_string(&file).unwrap_or_else(|error| panic!("{include}: {error}"));
        let mut within = anchor.is_none();
        let before = out.len();
        for line in text.lines() {
            let mark = |what: &str| anchor.is_some_and(|anchor| is_mark(line, what, anchor));
            if mark("ANCHOR_END") {
                within = false;
            } else if mark("ANCHOR") {
                within = true;
            } else if within && !(anchor.is_some() && line.contains("ANCHOR")) {
                out.push_str(line);
                out.push('\n');
            }
        }
        assert!(out.len() > before, "{include} gives no text");
    }
    out
}

fn is_mark(line: &str, what: &str, anchor: &str) -> bool {
    line.split_once(&format!("{what}: "))
        .is_some_and(|(_, name)| name.trim_end() == anchor)
}
