//! Plans the changes of a command line: the new system file, and which changes can apply at once.

use std::collections::HashSet;

use dlkm_system::SystemFile;

use crate::all_best::all_best;
use crate::change::Change;
use crate::dependencies::Dependencies;
use crate::edit::{EditError, Editor};
use crate::inventory::Inventory;
use crate::plain::plain;
use crate::plan_modules;
use crate::plan_options::PlanOptions;
use crate::plan_tunables;
use crate::planned::{Later, Planned, Subject, When};
use crate::problems::problems;
use crate::refusal::Refusal;
use crate::tunable_values::Tunables;

/// Changes that fit together and are allowed.
#[derive(Clone, Debug)]
pub struct Plan {
    pub(crate) before: Option<Vec<u8>>,
    /// The file before, or one of the same meaning if there was none.
    pub(crate) begun: Vec<u8>,
    pub(crate) text: Vec<u8>,
    planned: Vec<Planned>,
    hold: bool,
}

impl Plan {
    /// Plans changes of a system file. `text` is that of the file; `None` if the root has none. Then
    /// the new file says of each installed module that it is `best`, as it was without a file.
    ///
    /// The dependencies of a module that is put into use are put into use, too.
    ///
    /// ```
    /// use dlkm_config::{Argument, Inventory, Plan, PlanOptions};
    /// # use dlkm_config::{Change, Installed};
    /// # use dlkm_metadata::Metadata;
    /// # let metadata = Metadata::parse(b"format=2\0name=shm\0version=0.1.0\0kind=misc\0desc=\0states=auto loaded\0depends=\0\
    /// #   rustc=1.95.0\0commit=unknown\0target=x86_64-unknown-linux-gnu\0pointer=64\0\
    /// #   panic=unwind\0runtime=0.1.0\0sanitizer=\0flags=\0features=fxsr\0")?;
    /// # let inventory = Inventory::new(vec![Installed::of(&metadata)]);
    /// let text = b"version 1\nmodule shm unused\n";
    /// let Argument::Change(change) = Argument::module("shm=auto")? else { unreachable!() };
    /// let plan = Plan::new(Some(text), &inventory, &[change], PlanOptions::default()).unwrap();
    /// assert_eq!(plan.text(), b"version 1\nmodule shm auto\n");
    /// assert!(!plan.waits(), "a running kernel can follow at once");
    ///
    /// let Argument::Change(typo) = Argument::module("shn=auto")? else { unreachable!() };
    /// let refusals = Plan::new(Some(text), &inventory, &[typo], PlanOptions::default()).unwrap_err();
    /// assert_eq!(refusals[0].to_string(), "no module `shn` is installed; did you mean `shm`?");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// All reasons against the changes, not only the first.
    pub fn new(
        text: Option<&[u8]>,
        inventory: &Inventory,
        changes: &[Change],
        options: PlanOptions,
    ) -> Result<Plan, Vec<Refusal>> {
        let edit = |error: EditError| vec![Refusal::Edit(error)];
        let mut editor = match text {
            Some(text) => Editor::parse(text).map_err(edit)?,
            None => all_best(inventory),
        };
        // Without a file, each module is `best`, and this file says so.
        let begun = editor.finish().map_err(edit)?;
        let before = system(&begun)?;
        let mut refusals = twice(changes);
        let old = Tunables::of(Some(&before), inventory);

        plan_modules::edit(&mut editor, &before, inventory, changes, &mut refusals);
        let dependencies = Dependencies::bring_in(&mut editor, &before, inventory, changes);
        refusals.extend(dependencies.refusals);
        plan_tunables::edit(
            &mut editor,
            &old,
            inventory,
            changes,
            options,
            &mut refusals,
        );
        others(&mut editor, changes);

        let text_after = match editor.finish() {
            Ok(text) => text,
            Err(error) => {
                refusals.push(Refusal::Edit(error));
                return Err(refusals);
            }
        };
        let after = system(&text_after)?;
        let new = Tunables::of(Some(&after), inventory);
        plan_tunables::check(&old, &new, changes, &mut refusals);
        if !refusals.is_empty() {
            return Err(refusals);
        }
        let planned = compare((&before, &after), inventory, &dependencies.brought_in);
        Ok(Plan {
            before: text.map(<[u8]>::to_vec),
            begun,
            text: text_after,
            planned,
            hold: options.hold,
        })
    }

    /// Plans to put another file in the place of the system file, such as a saved configuration or
    /// an import: `kconfig -l`, and `-n` with [`PlanOptions::hold`].
    ///
    /// Lines that ask for another version of a module than is installed are refused with `strict`.
    /// Otherwise they ask for the installed one.
    ///
    /// # Errors
    /// Everything that would go wrong at the next boot, or `new` is no system file.
    pub fn replace(
        text: Option<&[u8]>,
        new: &[u8],
        inventory: &Inventory,
        strict: bool,
        options: PlanOptions,
    ) -> Result<Plan, Vec<Refusal>> {
        let edit = |error: EditError| vec![Refusal::Edit(error)];
        let begun = match text {
            Some(text) => text.to_vec(),
            None => all_best(inventory).finish().map_err(edit)?,
        };
        let mut editor = Editor::parse(new).map_err(edit)?;
        if !strict {
            editor.set_versions(|name| Some(inventory.module(name)?.version.clone()));
        }
        let text_after = editor.finish().map_err(edit)?;
        let after = system(&text_after)?;
        let refusals = problems(Some(&after), inventory);
        if !refusals.is_empty() {
            return Err(refusals);
        }
        // The former file may be damaged. Replacing it is the remedy.
        let before = SystemFile::parse(&begun).unwrap_or_default();
        Ok(Plan {
            before: text.map(<[u8]>::to_vec),
            begun,
            text: text_after,
            planned: compare((&before, &after), inventory, &[]),
            hold: options.hold,
        })
    }

    /// The text of the file that the plan is for; without a file, one that says the same.
    pub fn begun(&self) -> &[u8] {
        &self.begun
    }

    /// The new text of the file.
    pub fn text(&self) -> &[u8] {
        &self.text
    }

    /// The changes. Empty if everything is as wanted already.
    pub fn changes(&self) -> &[Planned] {
        &self.planned
    }

    /// Whether all changes wait for the next boot.
    ///
    /// kcmodule(1M): if any change of a command line must wait, all wait, and with `-h` too.
    pub fn waits(&self) -> bool {
        self.hold || self.reasons().next().is_some()
    }

    /// Which changes must wait, and why.
    pub fn reasons(&self) -> impl Iterator<Item = (&Planned, &Later)> {
        self.planned.iter().filter_map(|one| match &one.when {
            When::Later(later) => Some((one, later)),
            When::Now(_) => None,
        })
    }

    /// Whether the file's text changes, if only in comments.
    pub(crate) fn changes_text(&self) -> bool {
        self.before.as_ref() != Some(&self.text)
            && (self.begun != self.text || self.before.is_some())
    }

    /// Whether the file is made by it.
    pub fn makes_file(&self) -> bool {
        self.before.is_none()
    }
}

fn system(text: &[u8]) -> Result<SystemFile, Vec<Refusal>> {
    SystemFile::parse(text).map_err(|error| vec![Refusal::Edit(error.into())])
}

fn twice(changes: &[Change]) -> Vec<Refusal> {
    let name = |change: &Change| match change {
        Change::Module(change) => Some(("module", change.name.clone())),
        Change::Uninstall(name) => Some(("module", name.clone())),
        Change::Tunable { name, .. } => Some(("tunable", name.clone())),
        Change::Verify(_) => Some(("", "verify".to_owned())),
        Change::AddKey(_) | Change::RemoveKey(_) => None,
    };
    let mut seen = HashSet::new();
    let named = changes.iter().filter_map(name);
    let again = named.filter(|(what, name)| !seen.insert((*what, plain(name))));
    again.map(|(_, name)| Refusal::Twice(name)).collect()
}

fn others(editor: &mut Editor, changes: &[Change]) {
    for change in changes {
        match change {
            Change::Verify(policy) => editor.set_verify(*policy),
            Change::AddKey(key) => drop(editor.add_key(key)),
            Change::RemoveKey(key) => drop(editor.remove_key(key)),
            _ => {}
        }
    }
}

fn compare(
    systems: (&SystemFile, &SystemFile),
    inventory: &Inventory,
    brought_in: &[String],
) -> Vec<Planned> {
    let (old, new) = (
        Tunables::of(Some(systems.0), inventory),
        Tunables::of(Some(systems.1), inventory),
    );
    let mut planned = plan_modules::compare(systems, inventory, brought_in);
    planned.extend(plan_tunables::compare(&old, &new, systems, inventory));
    planned.extend(compare_others(systems));
    planned
}

/// A kernel reads `verify` and keys when it is booted.
fn compare_others((before, after): (&SystemFile, &SystemFile)) -> Vec<Planned> {
    let later = || When::Later(Later::Trust);
    let mut found = Vec::new();
    if before.verify() != after.verify() {
        let (old, new) = (before.verify().to_string(), after.verify().to_string());
        found.push(Planned::new(Subject::Verify, "", (old, new), later()));
    }
    let gone = before
        .keys()
        .filter(|key| !after.keys().any(|one| one == *key));
    for key in gone {
        let texts = (key.to_owned(), String::new());
        found.push(Planned::new(Subject::Key, "", texts, later()));
    }
    let added = after
        .keys()
        .filter(|key| !before.keys().any(|one| one == *key));
    for key in added {
        let texts = (String::new(), key.to_owned());
        found.push(Planned::new(Subject::Key, "", texts, later()));
    }
    found
}
