//! Edits the text of a system file. All other lines stay as they are, byte for byte: comments, empty
//! lines, their order, their spacing and their ends.

use std::fmt;

use dlkm_system::{Directive, SystemError, SystemFile, Verify, lines, same_name};

use crate::spec::{ModuleSpec, TunableName};
use crate::words;

/// The text of a system file, to be changed line by line.
///
/// If two lines speak of one module or tunable, an edit changes the later one, which is the one
/// that counts. A removal removes both. A new line comes after the last line of its kind. A comment
/// belongs to no line, and stays.
///
/// ```
/// use dlkm_config::{Editor, ModuleSpec};
/// use dlkm_system::Choice;
///
/// let mut editor = Editor::parse(b"version 1\n* for tests\nmodule shm   unused\n")?;
/// editor.set_module(&ModuleSpec::new("shm", Choice::Auto));
/// editor.set_tunable(&"shm.segments".into(), "64")?;
/// let text = editor.finish()?;
/// assert_eq!(text, b"version 1\n* for tests\nmodule shm   auto\ntunable shm.segments 64\n");
/// # Ok::<(), dlkm_config::EditError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Editor {
    lines: Vec<Line>,
}

/// A line and its subject.
#[derive(Clone, Debug)]
struct Line {
    text: String,
    end: &'static str,
    about: About,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum About {
    Nothing,
    Version,
    Configuration,
    Module(ModuleSpec),
    /// The name, as written.
    Tunable(String),
    Verify,
    Key(String),
}

/// Why an edit of a system file fails.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum EditError {
    /// The text is not a system file, or would not be one after the edit: it is too long, or a name
    /// or a value has characters that the file can't have.
    Text(SystemError),
    /// A text that can't be written between quotation marks, or without them.
    Value(String),
}

impl fmt::Display for EditError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            EditError::Text(error) => error.fmt(f),
            EditError::Value(value) => write!(
                f,
                "the value `{}` can't be written on one line; leave out quotation marks and hidden \
                 characters",
                value.escape_debug()
            ),
        }
    }
}

impl std::error::Error for EditError {}

impl From<SystemError> for EditError {
    fn from(error: SystemError) -> Self {
        EditError::Text(error)
    }
}

/// `version 1` alone.
impl Default for Editor {
    fn default() -> Self {
        let line = |text: &str, about| Line {
            text: text.to_owned(),
            end: "\n",
            about,
        };
        let lines = vec![line("version 1", About::Version)];
        Editor { lines }
    }
}

impl Editor {
    /// Takes a text apart.
    ///
    /// # Errors
    /// It is not a system file.
    pub fn parse(text: &[u8]) -> Result<Self, EditError> {
        SystemFile::parse(text)?;
        let mut all = Vec::new();
        let raw = text.split_inclusive(|byte| *byte == b'\n');
        for (line, raw) in lines(text).zip(raw) {
            let line = line?;
            let end = match raw {
                [.., b'\r', b'\n'] => "\r\n",
                [.., b'\n'] => "\n",
                // The last line may end with the file, after a carriage return even.
                [.., b'\r'] => "\r",
                _ => "",
            };
            all.push(Line {
                text: line.text.to_owned(),
                end,
                about: About::of(&line.directive),
            });
        }
        Ok(Editor { lines: all })
    }

    /// The text.
    ///
    /// # Errors
    /// It would not be a system file: it is too long, or has a name that is none.
    pub fn finish(&self) -> Result<Vec<u8>, EditError> {
        let parts = self.lines.iter().flat_map(|line| [&line.text, line.end]);
        let text: String = parts.collect();
        SystemFile::parse(text.as_bytes())?;
        self.compare(text.as_bytes())?;
        Ok(text.into_bytes())
    }

    /// A name or a version with blanks or line feeds would say something else.
    fn compare(&self, text: &[u8]) -> Result<(), EditError> {
        let mut read = lines(text);
        for line in &self.lines {
            match read.next().transpose()? {
                Some(read) if About::of(&read.directive) == line.about => {}
                _ => return Err(EditError::Value(line.text.clone())),
            }
        }
        match read.next().transpose()? {
            Some(extra) => Err(EditError::Value(extra.text.to_owned())),
            None => Ok(()),
        }
    }

    /// The content of a module's line.
    pub fn module(&self, name: &str) -> Option<&ModuleSpec> {
        self.modules().rfind(|spec| same_name(&spec.name, name))
    }

    /// The contents of all modules' lines. Of two for one module, the later one counts.
    pub(crate) fn modules(&self) -> impl DoubleEndedIterator<Item = &ModuleSpec> {
        self.lines.iter().filter_map(|line| match &line.about {
            About::Module(spec) => Some(spec),
            _ => None,
        })
    }

    /// Adds the line of a module that has none.
    pub(crate) fn add_module(&mut self, spec: &ModuleSpec) {
        let (text, about) = (words::module(spec), About::Module(spec.clone()));
        self.insert(text, about, |about| matches!(about, About::Module(_)));
    }

    /// Says this of a module. Only the words of its line that differ change.
    pub fn set_module(&mut self, spec: &ModuleSpec) {
        let same =
            |about: &About| matches!(about, About::Module(one) if same_name(&one.name, &spec.name));
        match self.lines.iter_mut().rfind(|line| same(&line.about)) {
            Some(line) => {
                if let About::Module(old) = &mut line.about {
                    line.text = words::set_module(&line.text, old, spec);
                    // The name stays as it is written.
                    let name = std::mem::take(&mut old.name);
                    *old = spec.clone();
                    old.name = name;
                }
            }
            None => self.add_module(spec),
        }
    }

    /// Each line that asks for a version of a module asks for this one, if there is one.
    pub(crate) fn set_versions(&mut self, version: impl Fn(&str) -> Option<String>) {
        for line in &mut self.lines {
            let About::Module(spec) = &mut line.about else {
                continue;
            };
            let Some(version) = version(&spec.name).filter(|_| spec.version.is_some()) else {
                continue;
            };
            let old = spec.clone();
            spec.version = Some(version);
            line.text = words::set_module(&line.text, &old, spec);
        }
    }

    /// Removes each line about a module. Says whether there was one.
    pub fn remove_module(&mut self, name: &str) -> bool {
        self.remove(|about| matches!(about, About::Module(one) if same_name(&one.name, name)))
    }

    /// Gives a tunable a value or an expression. `"` at both ends makes it a text.
    ///
    /// # Errors
    /// The value can't stand on a line.
    pub fn set_tunable(&mut self, name: &TunableName<'_>, value: &str) -> Result<(), EditError> {
        if !words::is_value(value) {
            return Err(EditError::Value(value.to_owned()));
        }
        let same = |about: &About| matches!(about, About::Tunable(one) if name.is(one));
        match self.lines.iter_mut().rfind(|line| same(&line.about)) {
            Some(line) => line.text = words::set_rest(&line.text, 2, value),
            None => {
                let (text, about) = (format!("tunable {name} {value}"), name.to_string());
                self.insert(text, About::Tunable(about), |about| {
                    matches!(about, About::Tunable(_))
                });
            }
        }
        Ok(())
    }

    /// Removes each line about a tunable. Says whether there was one.
    pub fn remove_tunable(&mut self, name: &TunableName<'_>) -> bool {
        self.remove(|about| matches!(about, About::Tunable(one) if name.is(one)))
    }

    /// Removes each line about a tunable of which `concerned` says so, by its name as written.
    pub(crate) fn remove_tunables(&mut self, concerned: impl Fn(&str) -> bool) -> bool {
        self.remove(|about| matches!(about, About::Tunable(name) if concerned(name)))
    }

    /// Sets whether a load compares an image with its record.
    pub fn set_verify(&mut self, policy: Verify) {
        let text = format!("verify {policy}");
        match self
            .lines
            .iter_mut()
            .rfind(|line| line.about == About::Verify)
        {
            Some(line) => line.text = words::set_rest(&line.text, 1, policy.as_str()),
            // Beside the keys, which are about the same.
            None => self.insert(text, About::Verify, |about| matches!(about, About::Key(_))),
        }
    }

    /// Adds a public key, unless it is there. Says whether it was added.
    pub fn add_key(&mut self, key: &str) -> bool {
        let about = About::Key(key.to_owned());
        if self.lines.iter().any(|line| line.about == about) {
            return false;
        }
        let text = format!("key {key}");
        self.insert(text, about, |about| matches!(about, About::Key(_)));
        true
    }

    /// Removes a public key. Says whether it was there.
    pub fn remove_key(&mut self, key: &str) -> bool {
        self.remove(|about| matches!(about, About::Key(one) if one == key))
    }

    /// Writes the line `configuration`: the name, the title and the time of a saved configuration.
    pub fn set_configuration(&mut self, name: &str, title: &str, timestamp: &str) {
        self.remove_configuration();
        let text = format!("configuration {name} \"{title}\" {timestamp}");
        let text = text.trim_end().to_owned();
        self.insert(text, About::Configuration, |about| *about == About::Version);
    }

    /// Removes the line `configuration`. Says whether there was one.
    pub fn remove_configuration(&mut self) -> bool {
        self.remove(|about| *about == About::Configuration)
    }

    fn remove(&mut self, concerned: impl Fn(&About) -> bool) -> bool {
        let before = self.lines.len();
        self.lines.retain(|line| !concerned(&line.about));
        self.lines.len() < before
    }

    /// Adds a line after the last one of its kind, or at the end.
    fn insert(&mut self, text: String, about: About, kind: impl Fn(&About) -> bool) {
        let last = self.lines.iter().rposition(|line| kind(&line.about));
        let at = last.map_or(self.lines.len(), |last| last + 1);
        // Lines end as the one before does. A last line without an end gets one.
        let ends = self.lines.iter().map(|line| line.end);
        let usual = ends.clone().find(|end| end.ends_with('\n')).unwrap_or("\n");
        let mut end = usual;
        if let Some(before) = at.checked_sub(1).and_then(|at| self.lines.get_mut(at)) {
            match before.end.ends_with('\n') {
                true => end = before.end,
                false => before.end = usual,
            }
        }
        self.lines.insert(at, Line { text, end, about });
    }
}

impl About {
    fn of(directive: &Directive<'_>) -> Self {
        match directive {
            Directive::Version => About::Version,
            Directive::Configuration { .. } => About::Configuration,
            Directive::Module(line) => About::Module(ModuleSpec {
                name: line.name.to_owned(),
                choice: line.choice,
                version: line.version.map(str::to_owned),
                phase: line.phase,
                idle: line.idle,
            }),
            Directive::Tunable(line) => About::Tunable(line.name.to_owned()),
            Directive::Verify(_) => About::Verify,
            Directive::Key(key) => About::Key((*key).to_owned()),
            _ => About::Nothing,
        }
    }
}
