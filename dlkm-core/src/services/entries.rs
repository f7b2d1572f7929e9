//! The entries of an image's switch tables, as its own code finds them.

use super::ask;
use super::panic::raise_here;
use super::unbooted;
use crate::call::hold::Hold;
use crate::call::switch::{Entry, EntryData, Found, Switch};
use crate::error::{LoadError, Plain, SwitchError};
use crate::metadata::Magic;

/// How many keys an error names at most.
const NEAR: usize = 8;

/// The entry of a key.
///
/// # Errors
/// No module has the key, or several have it.
#[inline]
pub fn get<const N: usize>(switch: &'static Switch, key: &str) -> Result<Entry<N>, SwitchError> {
    if let Some(Found::One(entry)) = switch.find(key)
        && let Some(entry) = Entry::new(entry)
    {
        return Ok(entry);
    }
    missing(switch, key)
}

/// Like [`get`], for a key that has no entry yet.
#[cold]
fn missing<const N: usize>(switch: &'static Switch, key: &str) -> Result<Entry<N>, SwitchError> {
    register(switch).map_err(|source| SwitchError::Registry { source })?;
    let found = match switch.find(key) {
        Some(Found::One(entry)) => Entry::new(entry),
        Some(Found::Several) => return Err(contested(switch, key)),
        None => None,
    };
    found.ok_or_else(|| SwitchError::Unknown {
        switch: switch.template.declaration.name.to_owned(),
        key: key.to_owned(),
        near: near(switch, key),
    })
}

#[inline]
fn contested(switch: &Switch, key: &str) -> SwitchError {
    let has = |entry: &&&EntryData| entry.metadata().keys().iter().any(|known| known == key);
    let all = switch.all().iter().filter(has);
    SwitchError::Contested {
        switch: switch.template.declaration.name.to_owned(),
        key: key.to_owned(),
        modules: all.map(|one| one.metadata().name().to_owned()).collect(),
    }
}

/// The keys that look like `key`, the nearest first; all of them if they are few.
#[inline]
fn near(switch: &Switch, key: &str) -> Vec<String> {
    let mut all: Vec<(usize, &str)> = switch
        .keys()
        .map(|known| (distance(known, key), known))
        .collect();
    dlkm_metadata::order::sort_by(&mut all, Ord::cmp);
    all.truncate(NEAR);
    all.into_iter().map(|(_, known)| known.to_owned()).collect()
}

/// How many characters must be put in, taken out or replaced to make one text of the other.
#[inline]
fn distance(one: &str, other: &str) -> usize {
    let other: Vec<char> = other.chars().collect();
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (at, letter) in one.chars().enumerate() {
        let mut before = row[0];
        row[0] = at + 1;
        for (i, known) in other.iter().enumerate() {
            let replaced = before + usize::from(letter != *known);
            before = row[i + 1];
            row[i + 1] = replaced.min(before + 1).min(row[i] + 1);
        }
    }
    row[other.len()]
}

/// The entry that recognises the data best: the first of [`candidates`].
///
/// # Errors
/// There is none.
pub fn probe<const N: usize>(
    switch: &'static Switch,
    head: &[u8],
    extension: Option<&str>,
) -> Result<Entry<N>, SwitchError> {
    let all = candidates(switch, head, extension)?;
    // `candidates` returns no empty list.
    Ok(all[0])
}

/// The entries that recognise the data, at least one: first those with a magic number that matches,
/// the ones that compare more bits first; then those for that extension of a file's name. Equal ones
/// are sorted by number.
///
/// # Errors
/// There is none.
pub fn candidates<const N: usize>(
    switch: &'static Switch,
    head: &[u8],
    extension: Option<&str>,
) -> Result<Vec<Entry<N>>, SwitchError> {
    let all = all(switch)?;
    let bits = |entry: &Entry<N>| {
        let matching = entry.magics().iter().filter(|magic| magic.matches(head));
        matching.map(|magic| magic.bits()).max()
    };
    let by_extension = |entry: &Entry<N>| {
        let mut known = entry.extensions().iter();
        extension.is_some_and(|extension| known.any(|known| known.eq_ignore_ascii_case(extension)))
    };
    // Found by extension counts as 0 bits; each magic number compares more.
    let ranked = |entry: &Entry<N>| match bits(entry) {
        None if by_extension(entry) => Some((0, *entry)),
        bits => Some((bits?, *entry)),
    };
    let mut found: Vec<(u32, Entry<N>)> = all.iter().filter_map(ranked).collect();
    // It is stable, and they are sorted by number.
    dlkm_metadata::order::sort_by(&mut found, |one, other| other.0.cmp(&one.0));
    if found.is_empty() {
        let mut modules: Vec<String> = all.iter().map(|one| one.module().to_owned()).collect();
        // Those that are linked in come in the linker's order.
        dlkm_metadata::order::sort_by(&mut modules, String::cmp);
        return Err(SwitchError::Unrecognised {
            switch: switch.template.declaration.name.to_owned(),
            modules,
        });
    }
    Ok(found.into_iter().map(|(_, entry)| entry).collect())
}

/// All entries, sorted by number.
///
/// # Errors
/// The modules can't be listed.
pub fn all<const N: usize>(switch: &'static Switch) -> Result<Vec<Entry<N>>, SwitchError> {
    register(switch).map_err(|source| SwitchError::Registry { source })?;
    Ok(switch
        .all()
        .iter()
        .copied()
        .filter_map(Entry::new)
        .collect())
}

/// The entries as the table's own type. A function, because an author's module may have no prelude.
pub fn each<const N: usize, E>(all: Vec<Entry<N>>, of: fn(Entry<N>) -> E) -> Vec<E> {
    all.into_iter().map(of).collect()
}

/// The entry of that number.
#[inline]
pub fn at<const N: usize>(switch: &'static Switch, number: usize) -> Option<Entry<N>> {
    let of_number = |switch: &'static Switch| {
        let all = switch.all();
        let at = all.binary_search_by(|entry| entry.number().cmp(&number));
        Entry::new(all[at.ok()?])
    };
    of_number(switch).or_else(|| {
        register(switch).ok()?;
        of_number(switch)
    })
}

fn register(switch: &'static Switch) -> Result<(), LoadError> {
    if ask::is_detached() {
        return Err(unbooted::unregistered(switch, Plain::CallerUnloaded));
    }
    (ask::calls().register)(switch).unwrap_or_else(|message| raise_here(message))
}

impl<const N: usize> Entry<N> {
    /// The name of its module.
    pub fn module(&self) -> &'static str {
        self.data().metadata().name()
    }

    /// Its keys.
    pub fn keys(&self) -> &'static [String] {
        self.data().metadata().keys()
    }

    /// The extensions of names of files whose content it serves.
    pub fn extensions(&self) -> &'static [String] {
        self.data().metadata().extensions()
    }

    /// By which bytes it recognises data.
    pub fn magics(&self) -> &'static [Magic] {
        self.data().metadata().magics()
    }

    /// Its number: the same in all images, as long as the kernel runs.
    pub fn number(&self) -> usize {
        self.data().number()
    }

    /// What its author says about it.
    pub fn desc(&self) -> &'static str {
        self.data().metadata().desc()
    }

    /// Whether its module is loaded.
    pub fn is_loaded(&self) -> bool {
        (0..N).any(|index| self.code(index).is_some())
    }

    /// Counts a thread's first call in.
    #[cold]
    pub fn enter_first(&self) -> Hold {
        let table = self.table();
        table.hold.enter_first(table)
    }
}
