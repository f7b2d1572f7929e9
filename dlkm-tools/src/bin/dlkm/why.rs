//! `dlkm why`: why a module is in its state.

use std::process::ExitCode;

use dlkm_client::{Record, Request};
use dlkm_config::{Installed, ModuleStatus, On};
use dlkm_system::{Cause, State, same_name};
use dlkm_tools::terminal::{HEADING, WARNING};
use serde_json::{Value, json};

use crate::common::Common;
use crate::failure::Failure;
use crate::list;
use crate::report;
use crate::view::{KernelView, View};

/// Explain why a module is loaded or not, what needs it, and what keeps it loaded.
///
/// The answer names the line of the system file that chooses the state, what running kernels say, what
/// keeps the module loaded, and what changes at the next boot.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Exit codes:
  0  the answer is printed
  2  no such module is installed, or the command line is wrong")]
pub(crate) struct WhyArgs {
    #[command(flatten)]
    common: Common,

    /// Module
    name: String,
}

pub(crate) fn run(options: &WhyArgs) -> Result<ExitCode, Failure> {
    let view = View::find(options.common.root.as_deref())?;
    let module = view.module(&options.name)?;
    let answer = Answer::of(&view, module);
    Ok(match options.common.json {
        true => report::print_json(&answer.json(), 0),
        false => report::print(&answer.text(), 0),
    })
}

/// All that is known.
struct Answer<'a> {
    status: ModuleStatus<'a>,
    /// The line of the system file: its number and text.
    line: Option<(usize, String)>,
    has_file: bool,
    kernels: Vec<(&'a KernelView, &'a Record, Option<Record>)>,
    /// The modules that are used at the next boot and need it.
    needed_by: Vec<&'a str>,
}

impl<'a> Answer<'a> {
    fn of(view: &'a View, module: &'a Installed) -> Self {
        let system = view.system.as_ref();
        let line = system.and_then(|system| system.module(&module.name));
        let records = view.records(&module.name);
        let kernels = records.map(|(kernel, record)| (kernel, record, look(kernel, &module.name)));
        let statuses = view.statuses();
        let needs = |other: &&ModuleStatus<'_>| {
            let is_used = other.next.state != State::Unused || other.now.state != State::Unused;
            let mut needs = other.module.needs.iter();
            is_used
                && needs.any(|need| match need.on {
                    On::Module => same_name(&need.name, &module.name),
                    On::Interface => module.interfaces.iter().any(|one| one.name == need.name),
                })
        };
        let needed_by = statuses.iter().filter(needs);
        Answer {
            status: view.status_of(module),
            line: line.map(|line| (line.line, line.to_string())),
            has_file: view.system.is_some(),
            kernels: kernels.collect(),
            needed_by: needed_by.map(|other| &*other.module.name).collect(),
        }
    }

    fn json(&self) -> Value {
        let kernels = self.kernels.iter().map(|(kernel, record, look)| {
            let look = look.as_ref();
            json!({
                "pid": kernel.pid(),
                "program": kernel.running.program(),
                "state": match (record.get("state"), record.get("static")) {
                    (Some("loaded"), Some("yes")) => Some("static"),
                    (state, _) => state,
                },
                "cause": record.get("cause"),
                "error": record.get("error"),
                "stays": look.and_then(|look| look.get("stays")),
                "in_flight": look.and_then(|look| look.get("in-flight")),
            })
        });
        let mut value = list::module(&self.status);
        let more = json!({
            "line": self.line.as_ref().map(|(number, _)| number),
            "text": self.line.as_ref().map(|(_, text)| text),
            "needed_by": self.needed_by,
            "stub_of": self.status.module.stub_of,
            "kernels": kernels.collect::<Vec<_>>(),
        });
        if let (Some(value), Value::Object(more)) = (value.as_object_mut(), more) {
            value.extend(more);
        }
        value
    }

    fn text(&self) -> String {
        let module = self.status.module;
        let name = &module.name;
        let mut text = format!("{HEADING}{name}{HEADING:#} {}\n", module.version);
        let mut say = |line: &str| {
            text += "  ";
            text += line;
            text.push('\n');
        };
        say(&match &self.line {
            Some((number, line)) => format!("`system`, line {number}: {line}"),
            None if !self.has_file => {
                "there is no file `system`, so its author's choice counts".to_owned()
            }
            None if module.required => "`system` has no line for it, and it is required".to_owned(),
            None if module.linked => "`system` has no line for it; it is linked in".to_owned(),
            None => "`system` has no line for it, so it is unused".to_owned(),
        });
        say(&match module.linked {
            true => "at the next boot: static, because it is linked into the program".to_owned(),
            false => format!("at the next boot: {}", stands(self.status.next)),
        });
        if let Some(of) = &module.stub_of {
            say(&match module.linked {
                true => format!(
                    "it has the stubs of `{of}`, and is linked in because code of the program itself \
                     calls them"
                ),
                false => format!("it has the stubs of `{of}`, which a call of one loads"),
            });
        }
        for (kernel, record, look) in &self.kernels {
            say(&in_kernel(kernel, record));
            let look = look.as_ref();
            if let Some(stays) = look.and_then(|look| look.get("stays")) {
                say(&format!("  it stays loaded, because {stays}"));
            }
            let calls = look.and_then(|look| look.get("in-flight"));
            if let Some(calls) = calls.filter(|calls| *calls != "0") {
                say(&format!("  {calls} calls are in it now"));
            }
            if let Some(error) = record.get("error") {
                say(&format!("  the last try to load it failed: {error}"));
            }
        }
        if !self.needed_by.is_empty() {
            say(&format!("needed by {}", self.needed_by.join(", ")));
        }
        if self.status.differs() {
            say(&format!(
                "{WARNING}a change waits for the next boot{WARNING:#}: {} → {}",
                self.status.now.state, self.status.next.state
            ));
        }
        text
    }
}

fn stands(one: dlkm_config::Standing) -> String {
    let state = one.state;
    let why = match one.cause {
        None => return state.to_string(),
        Some(Cause::Explicit) => "an administrator chose that",
        Some(Cause::Best) => "its author prefers that",
        Some(Cause::Auto) => "something called it",
        Some(Cause::Required) => "its author requires it",
        Some(Cause::Depend) => "another module needs it",
        Some(_) => "there is another reason",
    };
    format!("{state}, because {why}")
}

fn in_kernel(kernel: &KernelView, record: &Record) -> String {
    let program = kernel.running.program().and_then(|path| path.file_name());
    let program = program.map(|name| format!(" ({})", name.to_string_lossy()));
    let process = format!("process {}{}", kernel.pid(), program.unwrap_or_default());
    let state = record.get("state").unwrap_or("unknown");
    let is_static = record.get("static") == Some("yes");
    if is_static && state == "loaded" {
        return format!("in {process}: static, because it is linked into the program");
    }
    let why = match record.get("cause") {
        Some("explicit") => ", because an administrator asked for it",
        Some("best") => ", because its author prefers that",
        Some("auto") => ", because something called it",
        Some("required") => ", because its author requires it",
        Some("depend") => ", because another module needs it",
        _ => "",
    };
    let why = if state == "loaded" { why } else { "" };
    format!("in {process}: {state}{why}")
}

/// What a kernel counts of a module.
fn look(kernel: &KernelView, name: &str) -> Option<Record> {
    let all = kernel.running.ask(&Request::new(&["snapshot"])).ok()?;
    let is = |one: &Record| one.get("name").is_some_and(|other| same_name(other, name));
    all.into_iter().find(is)
}
