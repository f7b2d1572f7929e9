//! The log of changes: its entries, how they are written, and how they are found.

use std::fmt::Write;
use std::time::SystemTime;

use dlkm_system::same_name;

use crate::by::{By, timestamp};
use crate::planned::{Planned, Subject};

/// An entry of the log: the changes of one command.
///
/// In the file, an entry is a line with the time in UTC, the user's number and name, and the saved
/// configuration or `-`, separated by tabs; below it a line for each change and for each line of
/// the comment, which begin with a tab.
///
/// ```text
/// 2026-01-02T03:04:05Z    0       root    -
///         module  shm     unused  auto
///         tunable shm.pages       Default 64
///         # For the night.
/// ```
///
/// A backslash, a tab and other characters that do not show as themselves are written as
/// `\u{5c}`, so an entry can't bring in another one.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct LogEntry {
    /// When, in whole seconds.
    pub time: SystemTime,
    /// The user's number.
    pub uid: u32,
    /// The user's name; may be empty.
    pub user: String,
    /// The saved configuration that was changed; `None` for the system file and for other files.
    pub configuration: Option<String>,
    /// The changes.
    pub changes: Vec<LogChange>,
    /// The comment; may be empty, or have several lines.
    pub comment: String,
}

/// One change of an entry.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct LogChange {
    /// What kind of thing was changed.
    pub subject: Subject,
    /// Its name; may be empty.
    pub name: String,
    /// What it was.
    pub old: String,
    /// What it became.
    pub new: String,
}

impl LogChange {
    pub(crate) fn new(subject: Subject, name: &str, old: &str, new: &str) -> Self {
        LogChange {
            subject,
            name: name.to_owned(),
            old: old.to_owned(),
            new: new.to_owned(),
        }
    }
}

impl From<&Planned> for LogChange {
    fn from(planned: &Planned) -> Self {
        LogChange::new(planned.subject, &planned.name, &planned.old, &planned.new)
    }
}

/// What the log says, the oldest entry first.
#[derive(Clone, Debug, Default)]
pub struct Log {
    pub(crate) entries: Vec<LogEntry>,
    pub(crate) damaged: usize,
}

/// Which entries of the log are wanted: all that fit everything that is given.
///
/// ```
/// use dlkm_config::{Log, LogFilter, Subject};
///
/// // `kclog -n shm.pages 3`
/// let mut filter = LogFilter::default();
/// filter.name = Some("shm.pages".to_owned());
/// filter.last = Some(3);
/// assert!(Log::default().find(&filter).is_empty());
/// ```
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct LogFilter {
    /// Changes of that saved configuration: `-c`.
    pub configuration: Option<String>,
    /// A text that the entry contains: `-f`.
    pub contains: Option<String>,
    /// A kind of thing that was changed: `-t`.
    pub subject: Option<Subject>,
    /// The name of a module or a tunable that was changed: `-n`.
    pub name: Option<String>,
    /// How many, the latest; `None` for all: `-a`.
    pub last: Option<usize>,
}

impl Log {
    /// All entries, the oldest first.
    pub fn entries(&self) -> &[LogEntry] {
        &self.entries
    }

    /// How many lines can't be understood, because another program has changed the file. They are
    /// left out.
    pub fn damaged(&self) -> usize {
        self.damaged
    }

    /// The entries that a filter wants, the oldest first.
    pub fn find(&self, filter: &LogFilter) -> Vec<&LogEntry> {
        let all = self.entries.iter().rev().filter(|one| filter.wants(one));
        let mut found: Vec<_> = all.take(filter.last.unwrap_or(usize::MAX)).collect();
        found.reverse();
        found
    }

    /// Adds what a file says.
    pub(crate) fn read(&mut self, text: &[u8]) {
        for line in String::from_utf8_lossy(text).lines() {
            let understood = match line.strip_prefix('\t') {
                None => LogEntry::begin(line).map(|entry| self.entries.push(entry)),
                Some(line) => self.entries.last_mut().and_then(|entry| entry.add(line)),
            };
            self.damaged += usize::from(understood.is_none() && !line.is_empty());
        }
        for entry in &mut self.entries {
            entry
                .comment
                .truncate(entry.comment.trim_end_matches('\n').len());
        }
    }
}

impl LogFilter {
    fn wants(&self, entry: &LogEntry) -> bool {
        let configuration = self.configuration.as_ref();
        let change = |change: &LogChange| {
            self.subject.is_none_or(|subject| subject == change.subject)
                && self.name.as_ref().is_none_or(|name| {
                    let joined = change.name.replacen('.', "_", 1);
                    same_name(name, &change.name) || same_name(name, &joined)
                })
        };
        configuration.is_none_or(|name| entry.configuration.as_ref() == Some(name))
            && (self.subject.is_none() && self.name.is_none() || entry.changes.iter().any(change))
            && self.contains.as_ref().is_none_or(|text| entry.has(text))
    }
}

impl LogEntry {
    pub(crate) fn new(by: &By, configuration: Option<&str>, changes: Vec<LogChange>) -> Self {
        // The ends of lines are line feeds.
        let lines: Vec<&str> = by.comment.lines().collect();
        LogEntry {
            time: by.time,
            uid: by.uid,
            user: by.user.clone(),
            configuration: configuration.map(str::to_owned),
            changes,
            comment: lines.join("\n").trim_end_matches('\n').to_owned(),
        }
    }

    /// The time as the log has it: `2026-01-02T03:04:05Z`.
    pub fn timestamp(&self) -> String {
        timestamp(self.time)
    }

    fn has(&self, text: &str) -> bool {
        let changes = self.changes.iter();
        let mut texts = changes.flat_map(|one| [&one.name, &one.old, &one.new]);
        self.comment.contains(text)
            || self.user.contains(text)
            || self
                .configuration
                .as_ref()
                .is_some_and(|name| name.contains(text))
            || texts.any(|one| one.contains(text))
            || self.written().contains(text)
    }

    /// Its lines in the file.
    pub(crate) fn written(&self) -> String {
        let configuration = self.configuration.as_deref().unwrap_or("-");
        let mut text = format!(
            "{}\t{}\t{}\t{configuration}\n",
            self.timestamp(),
            self.uid,
            escaped(&self.user)
        );
        for LogChange {
            subject,
            name,
            old,
            new,
        } in &self.changes
        {
            let [name, old, new] = [name, old, new].map(|text| escaped(text));
            // Writing to a text can't fail.
            let _ = writeln!(text, "\t{subject}\t{name}\t{old}\t{new}");
        }
        for line in self.comment.lines() {
            let _ = writeln!(text, "\t# {}", escaped(line));
        }
        text
    }

    fn begin(line: &str) -> Option<Self> {
        let [time, uid, user, configuration] = fields(line)?;
        Some(LogEntry {
            time: humantime::parse_rfc3339(&time).ok()?,
            uid: uid.parse().ok()?,
            user,
            configuration: Some(configuration).filter(|name| name != "-"),
            changes: Vec::new(),
            comment: String::new(),
        })
    }

    fn add(&mut self, line: &str) -> Option<()> {
        if let Some(line) = line.strip_prefix('#') {
            self.comment += &shown(line.strip_prefix(' ').unwrap_or(line))?;
            self.comment.push('\n');
            return Some(());
        }
        let [subject, name, old, new] = fields(line)?;
        let subject = Subject::of(&subject)?;
        self.changes
            .push(LogChange::new(subject, &name, &old, &new));
        Some(())
    }
}

fn fields<const N: usize>(line: &str) -> Option<[String; N]> {
    let fields: Option<Vec<String>> = line.split('\t').map(shown).collect();
    fields?.try_into().ok()
}

/// A text in which each character shows as itself.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for sign in text.chars() {
        let hidden = sign.is_control()
            || matches!(sign, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{feff}')
            || matches!(sign, '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
        match hidden || sign == '\\' {
            true => out.extend(sign.escape_unicode()),
            false => out.push(sign),
        }
    }
    out
}

/// The text that was escaped.
fn shown(text: &str) -> Option<String> {
    let mut parts = text.split("\\u{");
    let mut out = parts.next()?.to_owned();
    for part in parts {
        let (number, rest) = part.split_once('}')?;
        out.push(char::from_u32(u32::from_str_radix(number, 16).ok()?)?);
        out += rest;
    }
    Some(out)
}

#[cfg(test)]
mod tests;
