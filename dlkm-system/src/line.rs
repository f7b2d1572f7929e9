//! The lines of a system file, one by one. Tools change a line and leave the others as they are.

use dlkm_metadata::small::owned;
use std::time::Duration;

use dlkm_metadata::{Phase, is_hidden};

use crate::choice::Choice;
use crate::error::{Problem, SystemError};
use crate::limits;
use crate::units;
use crate::verify::Verify;
use crate::words::{Word, Words, is_name};

/// A line of a system file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line<'a> {
    /// Its number, from 1.
    pub number: usize,
    /// Its text, without what ends it.
    pub text: &'a str,
    /// What it says.
    pub directive: Directive<'a>,
}

/// What a line says.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Directive<'a> {
    /// Nothing: an empty line or a comment.
    Nothing,
    /// `version 1`
    Version,
    /// `configuration NAME ["TITLE"] [TIMESTAMP]`
    #[allow(missing_docs)]
    Configuration {
        name: &'a str,
        title: &'a str,
        timestamp: &'a str,
    },
    /// `module NAME STATE …`
    Module(ModuleLine<'a>),
    /// `tunable NAME VALUE`
    Tunable(TunableLine<'a>),
    /// `verify POLICY`
    Verify(Verify),
    /// `key KEY`
    Key(&'a str),
}

/// What a line chooses for a module.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ModuleLine<'a> {
    /// The module's name.
    pub name: &'a str,
    /// The state, or the author's choice.
    pub choice: Choice,
    /// The version that its image must have.
    pub version: Option<&'a str>,
    /// The phase in which it is loaded.
    pub phase: Option<Phase>,
    /// How long it stays loaded without a call; `None` leaves that to its author.
    pub idle: Option<Idle>,
}

/// How long a module stays loaded without a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Idle {
    /// For that time.
    After(Duration),
    /// Always.
    Never,
}

/// A tunable and its value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TunableLine<'a> {
    /// `MODULE.KEY` or `MODULE_KEY`.
    pub name: &'a str,
    /// The value as written, without quotation marks.
    pub value: &'a str,
    /// Whether it stands in quotation marks, and so is a text and no expression.
    pub quoted: bool,
}

/// The lines of a file. The first error ends them.
pub fn lines(text: &[u8]) -> impl Iterator<Item = Result<Line<'_>, SystemError>> {
    let mut rest = Some(text);
    let mut number = 0;
    let mut begun = false;
    std::iter::from_fn(move || {
        let text = rest.filter(|text| !text.is_empty() || number == 0)?;
        number += 1;
        let end = text.iter().position(|byte| *byte == b'\n');
        let (line, after) = match end {
            Some(end) => (&text[..end], Some(&text[end + 1..])),
            None => (text, None),
        };
        rest = after;
        let last = after.is_none_or(<[u8]>::is_empty);
        let result = one(line.strip_suffix(b"\r").unwrap_or(line), &mut begun, last);
        if result.is_err() {
            rest = None;
        }
        Some(match result {
            Ok((text, directive)) => Ok(Line {
                number,
                text,
                directive,
            }),
            Err(fault) => Err(fault.at(number, line)),
        })
    })
}

/// What is wrong, at a byte of the line.
struct Fault {
    at: usize,
    problem: Problem,
}

impl Fault {
    fn at(self, line: usize, text: &[u8]) -> SystemError {
        let before = &text[..self.at.min(text.len())];
        let column = String::from_utf8_lossy(before).chars().count() + 1;
        SystemError {
            line,
            column,
            problem: self.problem,
        }
    }
}

fn one<'a>(
    line: &'a [u8],
    begun: &mut bool,
    last: bool,
) -> Result<(&'a str, Directive<'a>), Fault> {
    if line.len() > limits::LINE {
        let (at, problem) = (limits::LINE, Problem::LineTooLong);
        return Err(Fault { at, problem });
    }
    let text = std::str::from_utf8(line).map_err(|error| Fault {
        at: error.valid_up_to(),
        problem: Problem::NotUtf8,
    })?;
    let hidden = |(_, sign): &(usize, char)| *sign != '\t' && is_hidden(*sign);
    if let Some((at, sign)) = text.char_indices().find(hidden) {
        let problem = Problem::Hidden(sign);
        return Err(Fault { at, problem });
    }
    let mut words = Words::new(text);
    let first = words
        .next()
        .filter(|word| !word.text.starts_with(['*', '#']));
    let Some(first) = first else {
        let problem = Problem::NoVersion(String::new());
        return match *begun || !last {
            true => Ok((text, Directive::Nothing)),
            false => Err(Fault { at: 0, problem }),
        };
    };
    let directive = match std::mem::replace(begun, true) {
        true => directive(first, &mut words)?,
        false => version(first, &mut words, text)?,
    };
    match words.next() {
        Some(extra) => Err(fault(extra, Problem::Extra)),
        None => Ok((text, directive)),
    }
}

fn fault(word: Word<'_>, problem: fn(String) -> Problem) -> Fault {
    let (at, problem) = (word.at, problem(owned(word.text)));
    Fault { at, problem }
}

fn version<'a>(first: Word<'a>, words: &mut Words<'a>, line: &str) -> Result<Directive<'a>, Fault> {
    let number = words.next();
    match (first.text, number.map(|word| word.text)) {
        ("version", Some("1")) => Ok(Directive::Version),
        _ => Err(Fault {
            at: first.at,
            problem: Problem::NoVersion(owned(line.trim_ascii())),
        }),
    }
}

fn directive<'a>(first: Word<'a>, words: &mut Words<'a>) -> Result<Directive<'a>, Fault> {
    match first.text {
        "version" => Err(fault(first, |_| Problem::SecondVersion)),
        "configuration" => configuration(words),
        "module" => module(words).map(Directive::Module),
        "tunable" => tunable(words).map(Directive::Tunable),
        "verify" => {
            let word = need(words, "the policy: `off`, `warn` or `enforce`")?;
            let policy = Verify::of(word.text);
            policy
                .map(Directive::Verify)
                .ok_or_else(|| fault(word, Problem::Verify))
        }
        "key" => need(words, "the public key").map(|word| Directive::Key(word.text)),
        "swap" | "dump" | "driver" => Err(fault(first, Problem::HpuxOnly)),
        _ => Err(fault(first, Problem::Keyword)),
    }
}

/// Not inlined: there are many callers.
#[inline(never)]
fn need<'a>(words: &mut Words<'a>, what: &'static str) -> Result<Word<'a>, Fault> {
    let at = words.place();
    let problem = Problem::Missing(what);
    words.next().ok_or(Fault { at, problem })
}

fn name<'a>(words: &mut Words<'a>, what: &'static str) -> Result<&'a str, Fault> {
    let word = need(words, what)?;
    match is_name(word.text) {
        true => Ok(word.text),
        false => Err(fault(word, Problem::Name)),
    }
}

fn configuration<'a>(words: &mut Words<'a>) -> Result<Directive<'a>, Fault> {
    let name = name(words, "the configuration's name")?;
    let title = match words.quoted() {
        Some(Ok(title)) => title.text,
        Some(Err(at)) => {
            return Err(Fault {
                at,
                problem: Problem::Unclosed,
            });
        }
        None => "",
    };
    let timestamp = words.rest().text;
    Ok(Directive::Configuration {
        name,
        title,
        timestamp,
    })
}

fn module<'a>(words: &mut Words<'a>) -> Result<ModuleLine<'a>, Fault> {
    let name = name(words, "the module's name")?;
    let word = need(
        words,
        "the state: `unused`, `static`, `loaded`, `auto` or `best`",
    )?;
    let choice = Choice::of(word.text).ok_or_else(|| fault(word, Problem::State))?;
    let mut line = ModuleLine {
        name,
        choice,
        version: None,
        phase: None,
        idle: None,
    };
    let mut first = true;
    while let Some(word) = words.next() {
        match word.text {
            "phase" if line.phase.is_none() => {
                let word = need(words, "the phase: `boot1`, `boot2`, `init` or `auto`")?;
                let phase = Phase::of(word.text).ok_or_else(|| fault(word, Problem::Phase))?;
                line.phase = Some(phase);
            }
            "idle" if line.idle.is_none() => {
                let word = need(words, "the time, such as `30s`, or `never`")?;
                line.idle = Some(idle(word)?);
            }
            version if first => line.version = Some(version),
            _ => return Err(fault(word, Problem::Extra)),
        }
        first = false;
    }
    Ok(line)
}

fn idle(word: Word<'_>) -> Result<Idle, Fault> {
    if word.text == "never" {
        return Ok(Idle::Never);
    }
    let time = units::duration(word.text);
    time.map(Idle::After).map_err(|error| Fault {
        at: word.at,
        problem: Problem::Time(error),
    })
}

fn tunable<'a>(words: &mut Words<'a>) -> Result<TunableLine<'a>, Fault> {
    let name = name(words, "the tunable's name")?;
    let (value, quoted) = match words.quoted() {
        Some(Ok(value)) => (value, true),
        Some(Err(at)) => {
            return Err(Fault {
                at,
                problem: Problem::Unclosed,
            });
        }
        None => (words.rest(), false),
    };
    if value.text.is_empty() && !quoted {
        let problem = Problem::Missing("the value");
        return Err(Fault {
            at: value.at,
            problem,
        });
    }
    let value = value.text;
    Ok(TunableLine {
        name,
        value,
        quoted,
    })
}
