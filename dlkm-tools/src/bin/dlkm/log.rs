//! `dlkm log`: who has changed what, when and why.

use std::process::ExitCode;

use dlkm_config::{By, LogEntry, LogFilter, Subject};
use dlkm_tools::terminal::HEADING;
use serde_json::{Value, json};

use crate::change;
use crate::common::Common;
use crate::failure::Failure;
use crate::message::{self, Message};
use crate::place::Place;
use crate::report;

/// Show the log of changes, the oldest first, or add a comment to it.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Exit codes:
  0  the entries are printed, or the comment is added
  2  the module root can't be read or changed, or the command line is wrong

Examples:
  dlkm log 5                  the last five changes
  dlkm log --name shm         all changes of a module or a tunable
  dlkm log -C 'New disks are in'")]
pub(crate) struct LogArgs {
    #[command(flatten)]
    common: Common,

    /// Only changes of this saved configuration
    #[arg(short, long, value_name = "NAME")]
    config: Option<String>,

    /// Only entries that contain this text
    #[arg(short, long = "find", value_name = "TEXT")]
    find: Option<String>,

    /// Only changes of this kind: module, tunable, verify, key, configuration, digest, number
    #[arg(short = 't', long = "type", value_name = "KIND", value_parser = subject)]
    subject: Option<Subject>,

    /// Only changes of this module or tunable
    #[arg(short, long, value_name = "NAME")]
    name: Option<String>,

    /// Add an entry that has only this comment
    #[arg(short = 'C', long, value_name = "TEXT", exclusive = false)]
    comment: Option<String>,

    /// How many entries, the latest [default: all]
    count: Option<usize>,
}

pub(crate) fn subject(word: &str) -> Result<Subject, String> {
    Subject::of(word).ok_or_else(|| {
        let words = Subject::ALL.map(Subject::as_str);
        format!("it is one of {}", words.join(", "))
    })
}

pub(crate) fn run(options: &LogArgs) -> Result<ExitCode, Failure> {
    let place = Place::find(options.common.root.as_deref())?;
    if let Some(comment) = &options.comment {
        change::lock(&place)?.comment(&By::now(comment))?;
        return Ok(match options.common.json {
            true => report::print_json(&json!({ "done": "commented" }), 0),
            false => ExitCode::SUCCESS,
        });
    }
    let mut filter = LogFilter::default();
    filter.configuration.clone_from(&options.config);
    filter.contains.clone_from(&options.find);
    filter.subject = options.subject;
    filter.name.clone_from(&options.name);
    filter.last = options.count;
    print(&place, &filter, options.common.json)
}

/// Prints the entries that a filter wants.
pub(crate) fn print(place: &Place, filter: &LogFilter, json: bool) -> Result<ExitCode, Failure> {
    let log = place.root.log()?;
    let found = log.find(filter);
    if log.damaged() > 0 {
        message::warning(
            Message::LogDamaged,
            format_args!(
                "{} lines of the log can't be understood; another program has changed it",
                log.damaged()
            ),
        );
    }
    Ok(match json {
        true => {
            let entries: Vec<_> = found.iter().map(|one| entry(one)).collect();
            report::print_json(&json!({ "entries": entries }), 0)
        }
        false => {
            let texts: Vec<_> = found.iter().map(|one| text(one)).collect();
            report::print_or(&texts.join("\n"), "the log has no such entry", 0)
        }
    })
}

fn text(one: &LogEntry) -> String {
    let user = match one.user.as_str() {
        "" => one.uid.to_string(),
        user => user.to_owned(),
    };
    let mut text = format!("{HEADING}{}{HEADING:#} {user}", one.timestamp());
    if let Some(name) = &one.configuration {
        text += &format!(", saved configuration {name}");
    }
    text.push('\n');
    let changes = one.changes.iter();
    for change in changes.filter(|change| change.subject != Subject::Comment) {
        let or_none = |text: &str| match text {
            "" => "none".to_owned(),
            text => text.to_owned(),
        };
        let name = match change.name.as_str() {
            "" => String::new(),
            name => format!(" {name}"),
        };
        let (old, new) = (or_none(&change.old), or_none(&change.new));
        text += &format!("  {}{name}: {old} → {new}\n", change.subject);
    }
    for line in one.comment.lines() {
        text += &format!("  # {line}\n");
    }
    text
}

fn entry(one: &LogEntry) -> Value {
    let changes = one.changes.iter().map(|change| {
        json!({
            "subject": change.subject.as_str(),
            "name": change.name,
            "old": change.old,
            "new": change.new,
        })
    });
    json!({
        "time": one.timestamp(),
        "uid": one.uid,
        "user": one.user,
        "configuration": one.configuration,
        "changes": changes.collect::<Vec<_>>(),
        "comment": one.comment,
    })
}
