//! `dlkm diff` of two whole module roots.

use std::path::Path;
use std::process::ExitCode;

use clap::builder::styling::Style;
use dlkm_config::{Difference, Root, Subject, diff};
use dlkm_tools::terminal::{BAD, GOOD, HEADING};
use serde_json::json;

use crate::change::WAITS;
use crate::failure::Failure;
use crate::report;

/// Prints in what two roots differ. The exit code is 1 if they do.
pub(crate) fn run(left: &Path, right: &Path, json: bool) -> Result<ExitCode, Failure> {
    let found = diff(&Root::open(left)?, &Root::open(right)?)?;
    let code = if found.is_empty() { 0 } else { WAITS };
    if json {
        let all = found.iter().map(|one| {
            json!({
                "subject": word(one.subject),
                "name": one.name,
                "left": one.left,
                "right": one.right,
            })
        });
        let value = json!({ "differences": all.collect::<Vec<_>>() });
        return Ok(report::print_json(&value, code));
    }
    let text: String = found.iter().map(line).collect();
    Ok(report::print_or(&text, "the two are the same", code))
}

fn word(subject: Subject) -> &'static str {
    match subject {
        Subject::Digest => "image",
        subject => subject.as_str(),
    }
}

fn line(one: &Difference) -> String {
    let name = match one.name.as_str() {
        "" => String::new(),
        name => format!(" {name}"),
    };
    let mut text = format!("{HEADING}{}{name}{HEADING:#}\n", word(one.subject));
    let side = |style: Style, sign: &str, value: &Option<String>| match value {
        Some(value) => format!("  {style}{sign}{style:#} {value}\n"),
        None => String::new(),
    };
    text += &side(BAD, "-", &one.left);
    text += &side(GOOD, "+", &one.right);
    text
}
