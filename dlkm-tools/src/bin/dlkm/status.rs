//! `dlkm status`: the running kernels of this user.

use std::path::Path;
use std::process::ExitCode;
use std::time::Duration;

use clap::builder::styling::Style;
use dlkm_client::{ClientError, Record, Request, Running};
use dlkm_tools::terminal::{HEADING, WARNING};
use serde_json::{Value, json};

use crate::common::Common;
use crate::failure::Failure;
use crate::message::{self, Message};
use crate::place;
use crate::report;
use crate::table::Table;

/// Show the running kernels, and what they use.
///
/// Without --root, it shows all kernels of this user that can be reached.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Exit codes:
  0  the state is printed
  2  a kernel refuses, or the command line is wrong")]
pub(crate) struct StatusArgs {
    #[command(flatten)]
    common: Common,
}

/// What a kernel says of itself.
#[derive(Debug)]
pub(crate) struct Seen {
    pub(crate) running: Running,
    pub(crate) modules: Vec<Record>,
    pub(crate) reports: Vec<Record>,
}

/// All kernels, or those on one root.
pub(crate) fn look(root: Option<&Path>) -> Result<Vec<Seen>, Failure> {
    let kernels = match root {
        Some(_) => place::Place::find(root)?.kernels,
        None => place::kernels()?,
    };
    let mut seen = Vec::new();
    for running in kernels {
        let words = [Request::new(&["snapshot"]), Request::new(&["reports"])];
        let [modules, reports] = words.map(|request| running.ask(&request));
        match (modules, reports) {
            (Ok(modules), Ok(reports)) => seen.push(Seen {
                running,
                modules,
                reports,
            }),
            (Err(ClientError::Io(_)), _) | (_, Err(ClientError::Io(_))) => {
                // It may have ended meanwhile. One that hangs is another matter.
                let pid = running.pid().unwrap_or_default();
                if Path::new(&format!("/proc/{pid}")).exists() {
                    message::warning(
                        Message::KernelGone,
                        format_args!("process {pid} does not answer"),
                    );
                }
            }
            (Err(source), _) | (_, Err(source)) => {
                let pid = running.pid().unwrap_or_default();
                return Err(Failure::Kernel { pid, source });
            }
        }
    }
    Ok(seen)
}

pub(crate) fn run(options: &StatusArgs) -> Result<ExitCode, Failure> {
    let seen = look(options.common.root.as_deref())?;
    Ok(match options.common.json {
        true => report::print_json(&json(&seen), 0),
        false => report::print(&text(&seen), 0),
    })
}

pub(crate) fn json(seen: &[Seen]) -> Value {
    let kernels = seen.iter().map(|one| {
        let modules = one.modules.iter().map(|record| {
            let single = record
                .fields()
                .filter(|(key, _)| !matches!(*key, "dependant" | "static"));
            let fields = single.map(|(key, value)| {
                let value = match key {
                    "state" => state(record).into(),
                    _ => value
                        .parse::<u64>()
                        .map_or_else(|_| value.into(), Value::from),
                };
                (key.replace('-', "_"), value)
            });
            let dependants: Vec<_> = record.all("dependant").collect();
            let dependants = ("dependants".to_owned(), json!(dependants));
            Value::Object(fields.chain([dependants]).collect())
        });
        let reports = one.reports.iter().filter_map(|record| record.get("report"));
        json!({
            "pid": one.running.pid(),
            "program": one.running.program(),
            "root": one.running.root(),
            "reports": reports.collect::<Vec<_>>(),
            "modules": modules.collect::<Vec<_>>(),
        })
    });
    json!({ "kernels": kernels.collect::<Vec<_>>() })
}

pub(crate) fn text(seen: &[Seen]) -> String {
    if seen.is_empty() {
        return "no kernel runs that can be reached\n".to_owned();
    }
    let mut text = String::new();
    for (index, one) in seen.iter().enumerate() {
        if index > 0 {
            text.push('\n');
        }
        text += &format!(
            "{HEADING}process {}{HEADING:#} {}, {}\n",
            one.running.pid().unwrap_or_default(),
            one.running.program().unwrap_or(Path::new("?")).display(),
            match one.running.root() {
                Some(root) => format!("module root {}", root.display()),
                None => "no module root".to_owned(),
            }
        );
        for record in &one.reports {
            let report = record.get("report").unwrap_or_default();
            text += &format!("{WARNING}at boot{WARNING:#}: {report}\n");
        }
        text += &modules(&one.modules).text();
    }
    text
}

/// The counts of a kernel's modules.
fn modules(records: &[Record]) -> Table {
    let mut table = Table::new(&[
        "Module",
        "State",
        "Calls",
        "Now",
        "Held",
        "Memory",
        "Heap",
        "Idle",
        "Load",
        "Stays loaded",
    ]);
    for record in records {
        let field = |key| record.get(key).unwrap_or_default().to_owned();
        let number = |key| record.get(key).and_then(|text| text.parse::<u64>().ok());
        let bytes = |key| number(key).map(size).unwrap_or_default();
        let time = |millis: u64| Duration::from_millis(millis / 1000 * 1000);
        let idle = number("idle-ms").map(|idle| humantime::format_duration(time(idle)).to_string());
        let load =
            number("load-us").map(|time| format!("{}.{:02} ms", time / 1000, time % 1000 / 10));
        table.styled(
            [
                field("name"),
                state(record).to_owned(),
                field("calls"),
                field("in-flight"),
                field("held"),
                bytes("memory"),
                bytes("heap"),
                idle.unwrap_or_default(),
                load.unwrap_or_default(),
                record
                    .get("error")
                    .map_or_else(|| field("stays"), str::to_owned),
            ]
            .into_iter()
            .map(|cell| (cell, Style::new()))
            .collect(),
        );
    }
    table
}

/// The state of a module. One that is linked in is static while it is in service.
fn state(record: &Record) -> &str {
    match record.get("state").unwrap_or_default() {
        "loaded" if record.get("static") == Some("yes") => "static",
        state => state,
    }
}

/// A number of bytes for people.
fn size(bytes: u64) -> String {
    match bytes {
        0..10_240 => format!("{bytes} B"),
        10_240..10_485_760 => format!("{} KiB", bytes / 1024),
        _ => format!("{} MiB", bytes / 1_048_576),
    }
}
