//! `dlkm check`: everything that would go wrong at the next boot.

use std::process::ExitCode;

use dlkm_config::{Compared, Finding};
use dlkm_tools::terminal::GOOD;
use serde_json::json;

use crate::change::WAITS;
use crate::common::Common;
use crate::failure::Failure;
use crate::message::{self, Message};
use crate::place::Place;
use crate::progress;
use crate::report;
use crate::view::inventory;

/// Find everything that would go wrong at the next boot, all at once.
///
/// Reads the system file, the metadata of all images and what is recorded of them. None of their code
/// runs. With `verify warn` or `verify enforce` in the system file, each image is also compared with the
/// digest that `dlkm install` has recorded, and with its signature if the file has keys.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Exit codes:
  0  nothing would go wrong; there may be warnings
  1  something would go wrong
  2  the module root can't be read, or the command line is wrong")]
pub(crate) struct CheckArgs {
    #[command(flatten)]
    common: Common,
}

pub(crate) fn run(options: &CheckArgs) -> Result<ExitCode, Failure> {
    let place = Place::find(options.common.root.as_deref())?;
    let progress = progress::spinner("reading the metadata");
    let (inventory, _) = inventory(&place.root, place.kernels)?;
    drop(progress);
    let progress = progress::bar(inventory.modules().len(), "comparing");
    let found = (place.root).check_with(&inventory, &mut || progress.step());
    drop(progress);
    let code = if found.is_good() { 0 } else { WAITS };
    if options.common.json {
        let all = |list: &[Finding]| list.iter().map(finding).collect::<Vec<_>>();
        let value = json!({
            "root": place.root.path(),
            "modules": inventory.modules().len(),
            "errors": all(&found.errors),
            "warnings": all(&found.warnings),
            "notes": all(&found.notes),
        });
        return Ok(report::print_json(&value, code));
    }
    let mut text = String::new();
    for error in &found.errors {
        text += &message::error_line(Message::of_finding(error), error);
    }
    for warning in &found.warnings {
        text += &message::warning_line(Message::of_finding(warning), warning);
    }
    for note in &found.notes {
        text += &message::note_line(Message::of_finding(note), note);
    }
    let modules = counted(inventory.modules().len(), "module");
    text += &match (found.errors.len(), found.warnings.len()) {
        (0, 0) => format!("{GOOD}good{GOOD:#}: {modules}\n"),
        (errors, warnings) => format!(
            "{modules}, {}, {}\n",
            counted(errors, "error"),
            counted(warnings, "warning")
        ),
    };
    Ok(report::print(&text, code))
}

fn counted(count: usize, what: &str) -> String {
    match count {
        1 => format!("1 {what}"),
        count => format!("{count} {what}s"),
    }
}

fn finding(one: &Finding) -> serde_json::Value {
    let (kind, name, line) = match one {
        Finding::File(_) => ("file", None, None),
        Finding::Refusal(_) => ("configuration", None, None),
        Finding::Image(_) => ("image", None, None),
        Finding::Digest { module, found } => {
            let kind = match found {
                Compared::Missing => "missing",
                _ => "digest",
            };
            (kind, Some(module.clone()), None)
        }
        Finding::Key(_) => ("key", None, None),
        Finding::Line(_) => ("line", None, None),
        Finding::UnknownTunable { name, line } => ("tunable", Some(name.clone()), Some(*line)),
        Finding::OnlyLinked { name, line } => ("static", Some(name.clone()), Some(*line)),
        Finding::UnknownModule { name, line } => ("module", Some(name.clone()), Some(*line)),
        Finding::Absent { module, .. } => ("absent", Some(module.clone()), None),
        Finding::Linked { module, line, .. } => ("linked", Some(module.clone()), Some(*line)),
        _ => ("other", None, None),
    };
    let message = Message::of_finding(one).number();
    json!({"kind": kind, "message": message, "name": name, "line": line, "text": one.to_string()})
}
