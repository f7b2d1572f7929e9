//! Takes back what is held for the next boot.

use dlkm_system::{SystemFile, same_name};

use crate::all_best::all_best;
use crate::edit::{EditError, Editor};
use crate::inventory::Inventory;
use crate::plan::Plan;
use crate::plan_options::PlanOptions;
use crate::refusal::Refusal;
use crate::spec::{ModuleSpec, TunableName};

impl Plan {
    /// Plans to take back all changes that are held for the next boot: the file says again what a
    /// running kernel follows (`None`: each module is `best`). Comments and the order of lines stay.
    ///
    /// kconfig(1M), `-H`: "discard all held changes".
    ///
    /// # Errors
    /// As [`replace`](Self::replace): what the kernel follows would go wrong at the next boot.
    pub fn discard(
        text: Option<&[u8]>,
        follows: Option<&SystemFile>,
        inventory: &Inventory,
    ) -> Result<Plan, Vec<Refusal>> {
        let edit = |error: EditError| vec![Refusal::Edit(error)];
        let parse = |text: &[u8]| SystemFile::parse(text).map_err(|error| edit(error.into()));
        let best = all_best(inventory).finish().map_err(edit)?;
        let begun = text.unwrap_or(&best);
        let (now, wanted) = (
            parse(begun)?,
            match follows {
                Some(file) => file.clone(),
                None => parse(&best)?,
            },
        );
        let mut editor = Editor::parse(begun).map_err(edit)?;
        for line in now.modules() {
            if wanted.module(&line.name).is_none() {
                editor.remove_module(&line.name);
            }
        }
        for line in wanted.modules() {
            editor.set_module(&ModuleSpec {
                name: line.name.to_string(),
                choice: line.choice,
                version: line.version.as_deref().map(str::to_owned),
                phase: line.phase,
                idle: line.idle,
            });
        }
        for line in now.tunables() {
            let mut all = wanted.tunables().iter();
            if !all.any(|one| same_name(&one.name, &line.name)) {
                editor.remove_tunable(&TunableName::from(&*line.name));
            }
        }
        for line in wanted.tunables() {
            let text = match line.quoted {
                true => format!("\"{}\"", line.value),
                false => line.value.to_string(),
            };
            let name = TunableName::from(&*line.name);
            editor.set_tunable(&name, &text).map_err(edit)?;
        }
        if now.verify() != wanted.verify() {
            editor.set_verify(wanted.verify());
        }
        for key in now
            .keys()
            .filter(|key| !wanted.keys().any(|one| one == *key))
        {
            editor.remove_key(key);
        }
        for key in wanted.keys() {
            editor.add_key(key);
        }
        let new = editor.finish().map_err(edit)?;
        Plan::replace(text, &new, inventory, true, PlanOptions::default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tests::modules::inventory;

    /// kconfig(1M), `-H`: "discard all held changes".
    #[test]
    fn comments_and_the_order_of_lines_stay() {
        let file = "version 1\n* Mine.\nmodule shm unused # off\nmodule core auto\nmodule disk loaded\n\
                    module guard best\ntunable shm.pages 3\nverify warn\n";
        let follows = "version 1\nmodule core auto\nmodule guard best\nmodule shm auto\n\
                       tunable shm.label \"a b\"\n";
        let follows = SystemFile::parse(follows.as_bytes()).unwrap();
        let file = file.replace(" # off", "");
        let plan = Plan::discard(Some(file.as_bytes()), Some(&follows), &inventory()).unwrap();
        assert_eq!(
            String::from_utf8(plan.text().to_vec()).unwrap(),
            "version 1\n* Mine.\nmodule shm auto\nmodule core auto\nmodule guard best\n\
             verify off\ntunable shm.label \"a b\"\n"
        );
    }
}
