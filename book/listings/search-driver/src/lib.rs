//! The module `search`.

use std::fs;
use std::io::{self, BufRead, BufReader, Read};
use std::ops::Range;
use std::path::Path;

use dlkm_rt::{Held, HookError, LoadArg, module};
use search_api::{Hit, Matcher, Search, SearchError, commands};

/// The driver.
pub enum Driver {}

#[module(desc = "Looks for plain text", load = init, unload = fini)]
impl Search for Driver {
    fn find(pattern: &str, text: &str) -> Result<Vec<Hit>, SearchError> {
        let mut matcher = Plain::new(pattern)?;
        Ok(hits(&mut matcher, text).collect())
    }

    // ANCHOR: borrow
    fn from_first<'a>(pattern: &str, text: &'a str) -> Result<&'a str, SearchError> {
        let place = Plain::new(pattern)?.find(text);
        // The end of `text`, not a literal, which would belong to this image.
        Ok(&text[place.map_or(text.len(), |place| place.start)..])
    }
    // ANCHOR_END: borrow

    fn scan(
        pattern: &str,
        input: &mut dyn Read,
        each: &mut dyn FnMut(Hit) -> bool,
    ) -> Result<(), SearchError> {
        let mut matcher = Plain::new(pattern)?;
        for (line, text) in (1..).zip(BufReader::new(input).lines()) {
            // The reader's error stays here; only its text crosses.
            let text = text.map_err(|error| SearchError::Unreadable(error.to_string()))?;
            if let Some(place) = matcher.find(&text)
                && !each(Hit { line, place, text })
            {
                break;
            }
        }
        Ok(())
    }

    // ANCHOR: held
    fn matcher(pattern: &str) -> Result<Held<Box<dyn Matcher>>, SearchError> {
        Ok(Held::new(Box::new(Plain::new(pattern)?)))
    }

    fn filter(pattern: &str) -> Result<Held<Box<dyn Fn(&str) -> bool>>, SearchError> {
        let pattern = Plain::new(pattern)?.pattern;
        Ok(Held::new(Box::new(move |line| line.contains(&pattern))))
    }

    fn places(
        pattern: &str,
        text: String,
    ) -> Result<Held<Box<dyn Iterator<Item = Hit>>>, SearchError> {
        let mut matcher = Plain::new(pattern)?;
        let hits: Vec<_> = hits(&mut matcher, &text).collect();
        Ok(Held::new(Box::new(hits.into_iter())))
    }

    fn count(pattern: &str, file: &Path) -> Result<u64, Held<io::Error>> {
        let text = fs::read_to_string(file)?;
        let lines = text.lines().filter(|line| line.contains(pattern));
        Ok(lines.count() as u64)
    }
    // ANCHOR_END: held
}

// ANCHOR: hooks
fn init(_: &LoadArg) -> Result<(), HookError> {
    let run = |text: &str| format!("{} lines", text.lines().count());
    commands::add("lines", Held::new(Box::new(run)))?;
    Ok(())
}

fn fini(_: &LoadArg) -> Result<(), HookError> {
    commands::remove("lines")?;
    Ok(())
}
// ANCHOR_END: hooks

/// A pattern without special characters.
struct Plain {
    pattern: String,
    found: u64,
}

impl Plain {
    fn new(pattern: &str) -> Result<Self, SearchError> {
        if pattern.is_empty() {
            return Err(SearchError::Empty);
        }
        Ok(Plain {
            pattern: pattern.to_owned(),
            found: 0,
        })
    }
}

impl Matcher for Plain {
    fn find(&mut self, line: &str) -> Option<Range<usize>> {
        let start = line.find(&self.pattern)?;
        self.found += 1;
        Some(start..start + self.pattern.len())
    }

    fn found(&self) -> u64 {
        self.found
    }
}

fn hits(matcher: &mut Plain, text: &str) -> impl Iterator<Item = Hit> {
    (1..).zip(text.lines()).filter_map(|(line, text)| {
        let place = matcher.find(text)?;
        let text = text.to_owned();
        Some(Hit { line, place, text })
    })
}
