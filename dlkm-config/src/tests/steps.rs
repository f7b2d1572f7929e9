//! Each step of an operation fails, or is the last one, by turns.

use std::collections::BTreeMap;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use super::modules::by;
use crate::error::Error;
use crate::lock::Locked;
use crate::memory::{After, Fault, Memory, ROOT};
use crate::root::Root;

/// Something that changes a root.
pub(super) type Operation<'a> = &'a dyn Fn(&Locked) -> Result<(), Error>;

type Files = BTreeMap<PathBuf, String>;

pub(super) fn lock(memory: &Memory) -> Result<Locked, Error> {
    Root::with(Path::new(ROOT), Arc::new(memory.clone()))?.lock(Duration::ZERO)
}

/// A root with files, all on the disk.
fn memory_with(before: Operation<'_>) -> Memory {
    let memory = Memory::new();
    before(&lock(&memory).unwrap()).unwrap();
    memory.go_on(After::Kill);
    memory
}

/// Walks all steps of `operation` on a root that `before` has made. Returns how many there are.
pub(super) fn walk(name: &str, before: Operation<'_>, operation: Operation<'_>) -> usize {
    let begun = memory_with(before);
    let memory = begun.copy();
    let old = memory.files();
    memory.fail_at(usize::MAX, Fault::Full);
    operation(&lock(&memory).unwrap()).unwrap();
    let steps = memory.steps();
    let new = memory.files();
    assert_ne!(old, new, "{name} changes nothing");
    // What is not brought to the disk when the operation has returned is lost.
    memory.go_on(After::Power);
    assert_eq!(memory.files(), new, "{name}: the change is on the disk");

    for step in 0..steps {
        let refused = [Fault::Refuse(ErrorKind::Other), Fault::Lie, Fault::Full]
            .map(|one| (one, After::Kill));
        // After a step is before the next one.
        let seed = 4 * step as u64;
        let first = (step == 0).then_some(Fault::KillBefore);
        let killed = first
            .into_iter()
            .chain([Fault::KillAfter])
            .flat_map(move |fault| {
                let afters = [After::Kill, After::Power].into_iter();
                let afters = afters.chain((seed..seed + 4).map(After::SomeNames));
                afters.map(move |after| (fault, after))
            });
        for (fault, after) in refused.into_iter().chain(killed) {
            let what = format!("{name}, step {step}, {fault:?}, {after:?}");
            let at = (step, fault, after);
            one(&what, begun.copy(), operation, at, (&old, &new));
        }
    }
    steps
}

fn one(
    what: &str,
    memory: Memory,
    operation: Operation<'_>,
    (step, fault, after): (usize, Fault, After),
    (old, new): (&Files, &Files),
) {
    memory.fail_at(step, fault);
    let locked = lock(&memory).unwrap_or_else(|error| panic!("{what}: {error}"));
    let result = operation(&locked);
    let commit = Path::new(ROOT).join(".commit");
    if matches!(fault, Fault::Refuse(_)) && memory.files().contains_key(&commit) {
        // The same process does not go on before the change is finished.
        let left = memory.files();
        let next = locked.comment(&by("the next change"));
        assert!(
            matches!(next, Err(Error::Unfinished { .. })),
            "{what}: {next:?}"
        );
        assert_eq!(memory.files(), left, "{what}");
    }
    drop(locked);
    let killed = matches!(fault, Fault::KillBefore | Fault::KillAfter);
    memory.go_on(if killed { after } else { After::Kill });
    // A reader, which has no lock, sees whole files at any time.
    for (path, text) in memory.files() {
        let hidden = |path: &Path| path.file_name().unwrap().to_string_lossy().starts_with('.');
        let known = [old, new].map(|files| files.get(&path) == Some(&text));
        assert!(
            hidden(&path) || known.contains(&true),
            "{what}: {path:?} {text:?}"
        );
    }
    drop(lock(&memory).unwrap_or_else(|error| panic!("{what}: {error}")));
    let found = memory.files();
    assert!(found == *old || found == *new, "{what}: {found:#?}");
    match &result {
        Ok(()) => assert_eq!(&found, new, "{what}"),
        Err(_) if killed => {}
        Err(Error::Unfinished { .. }) => assert_eq!(&found, new, "{what}"),
        Err(error) => assert_eq!(&found, old, "{what}: {error}"),
    }
    // The next operation works.
    if found == *old {
        operation(&lock(&memory).unwrap()).unwrap_or_else(|error| panic!("{what}: {error}"));
        assert_eq!(&memory.files(), new, "{what}");
    }
}
