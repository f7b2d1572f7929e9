//! `dlkm diff`: whether a new image can replace an old one without breaking callers.

use std::fmt::Write;
use std::process::ExitCode;

use clap::builder::styling::Style;
use dlkm_metadata::{Change, Export, InterfaceInfo, Metadata};

use dlkm_tools::terminal::{BAD, GOOD, HEADING, NOTE};

use serde_json::{Value, json};

use crate::args::DiffArgs;
use crate::failure::Failure;
use crate::{report, roots};

pub(crate) fn run(options: &DiffArgs) -> Result<ExitCode, Failure> {
    if options.old.is_dir() && options.new.is_dir() {
        return roots::run(&options.old, &options.new, options.json);
    }
    // Reads both before it returns, so that each one's error is printed.
    let (old, new) = (report::read(&options.old), report::read(&options.new));
    let (Some(old), Some(new)) = (old, new) else {
        return Err(Failure::Printed);
    };
    let mut report = Report::default();
    report.module(&old, &new);
    for interface in old.interfaces() {
        match new.interface(interface.name()) {
            Some(now) => report.interface(interface, now),
            None => report.removed(interface),
        }
    }
    for interface in new.interfaces() {
        if old.interface(interface.name()).is_none() {
            report.added(interface);
        }
    }
    report.build(&old, &new);
    let works = match report.breaks {
        true => format!("{BAD}do not work{BAD:#}"),
        false => format!("{GOOD}work{GOOD:#}"),
    };
    report.line(format_args!(
        "callers built with {} {works} with {}",
        options.old.display(),
        options.new.display()
    ));
    let code = u8::from(report.breaks);
    Ok(match options.json {
        true => report::print_json(&report.json(&old, &new), code),
        false => report::print(&report.text, code),
    })
}

/// The text to print, and whether any difference in it breaks callers.
#[derive(Default)]
struct Report {
    text: String,
    breaks: bool,
    items: Vec<Value>,
}

impl Report {
    fn json(&self, old: &Metadata, new: &Metadata) -> Value {
        let side = |one: &Metadata| json!({"name": one.name(), "version": one.version()});
        json!({
            "old": side(old),
            "new": side(new),
            "works": !self.breaks,
            "differences": self.items,
        })
    }

    fn module(&mut self, old: &Metadata, new: &Metadata) {
        let name = changed(old.name(), new.name());
        let version = changed(old.version(), new.version());
        self.line(format_args!("{HEADING}module {name}{HEADING:#} {version}"));
    }

    fn interface(&mut self, old: &InterfaceInfo, new: &InterfaceInfo) {
        let name = old.name();
        let version = changed(old.version(), new.version());
        self.line(format_args!(
            "{HEADING}interface {name}{HEADING:#} {version}"
        ));
        let differences = old.differences(new);
        self.breaks |= differences.breaks();
        if let Some((old, new)) = differences.abi() {
            let (old, new) = (old.as_str(), new.as_str());
            self.item(BAD, "changed", format_args!("ABI: {old} → {new}"));
        }
        for change in differences.changed() {
            self.item(BAD, "changed", format_args!("{}", with_functions(change)));
        }
        for export in differences.removed() {
            self.item(BAD, "removed", format_args!("{}", function(export)));
        }
        for export in differences.added() {
            self.item(GOOD, "added", format_args!("{}", function(export)));
        }
        if let Some((old, new)) = differences.class() {
            let (old, new) = (old.as_str(), new.as_str());
            self.item(NOTE, "note", format_args!("{old} → {new}"));
        }
        if differences.added().is_empty() && differences.class().is_none() && !differences.breaks()
        {
            self.line(format_args!("  no differences"));
        }
    }

    fn removed(&mut self, interface: &InterfaceInfo) {
        self.breaks = true;
        self.whole_interface(interface, BAD, "removed");
    }

    fn added(&mut self, interface: &InterfaceInfo) {
        self.whole_interface(interface, GOOD, "added");
    }

    fn whole_interface(&mut self, interface: &InterfaceInfo, style: Style, word: &str) {
        let (name, version) = (interface.name(), interface.version());
        let text = format!("interface {name} {version}");
        self.items.push(json!({"kind": word, "text": text}));
        self.line(format_args!(
            "{HEADING}interface {name}{HEADING:#} {version}: {style}{word}{style:#}"
        ));
    }

    fn build(&mut self, old: &Metadata, new: &Metadata) {
        let fields = old.build().fields().zip(new.build().fields());
        let differ: Vec<_> = fields
            .filter(|((_, old), (_, new))| old != new)
            .map(|((name, old), (_, new))| {
                let shown = |value: &str| match value {
                    "" => "none".to_owned(),
                    value => value.to_owned(),
                };
                format!("{name}: {} → {}", shown(old), shown(new))
            })
            .collect();
        if differ.is_empty() {
            return;
        }
        self.line(format_args!(
            "{HEADING}build differs{HEADING:#}: a host compares the build with its own"
        ));
        for text in differ {
            self.item(NOTE, "note", format_args!("{text}"));
        }
    }

    fn item(&mut self, style: Style, word: &str, text: std::fmt::Arguments<'_>) {
        self.items
            .push(json!({"kind": word, "text": text.to_string()}));
        self.line(format_args!("  {style}{word:<8}{style:#} {text}"));
    }

    fn line(&mut self, text: std::fmt::Arguments<'_>) {
        // Writing to a `String` does not fail.
        let _ = writeln!(self.text, "{text}");
    }
}

/// `0.1.0 → 0.2.0`, or one of the two if they are equal.
fn changed(old: &str, new: &str) -> String {
    match old == new {
        true => old.to_owned(),
        false => format!("{old} → {new}"),
    }
}

/// The change with all functions that it concerns. An error, which is one line, names only some.
fn with_functions(change: &Change) -> String {
    match change.in_signature() {
        true => change.text().to_owned(),
        false => format!("{} ({})", change.text(), change.functions().join(", ")),
    }
}

fn function(export: &Export) -> String {
    format!("{}: {}", export.name(), export.signature())
}
