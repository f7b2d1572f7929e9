//! Changes a configuration: all of a command line at once, now or at the next boot.

use std::process::ExitCode;
use std::time::Duration;

use dlkm_client::{ClientError, Request, Running};
use dlkm_config::{
    Action, Backup, By, Inventory, Later, Locked, Plan, Planned, Subject, Tunables, When,
};
use dlkm_tools::terminal::{GOOD, HEADING, WARNING};
use serde_json::{Value, json};

use crate::common::Changing;
use crate::failure::Failure;
use crate::message::{self, Message};
use crate::place::Place;
use crate::report;
use crate::view::{KernelView, ask, inventory};

/// The exit code if a change waits for the next boot, or if there are differences.
pub(crate) const WAITS: u8 = 1;

/// How long to wait for another process that changes the same root.
const PATIENCE: Duration = Duration::from_secs(10);

/// How a change is made.
#[derive(Debug, Default)]
pub(crate) struct How {
    pub(crate) hold: bool,
    pub(crate) comment: String,
    pub(crate) backup: Option<Backup>,
}

impl From<&Changing> for How {
    fn from(options: &Changing) -> Self {
        How {
            hold: options.hold,
            comment: options.comment.clone(),
            backup: options.backup,
        }
    }
}

/// What a change did.
#[derive(Debug, Default)]
pub(crate) struct Changed {
    pub(crate) planned: Vec<Planned>,
    /// Why running kernels don't follow yet: all of it waits for the next boot.
    pub(crate) waits: Option<Vec<String>>,
    /// What kernels did at once.
    pub(crate) did: Vec<Did>,
}

/// What one kernel did.
#[derive(Debug)]
pub(crate) struct Did {
    pub(crate) pid: u32,
    pub(crate) loaded: Vec<String>,
    pub(crate) unloaded: Vec<String>,
}

/// The lock of a root. Says on stderr whom it waits for.
pub(crate) fn lock(place: &Place) -> Result<Locked, Failure> {
    let locked = place.root.lock_with(PATIENCE, &mut |holder| {
        let by = match holder {
            "" => String::new(),
            holder => format!(" by process {holder}"),
        };
        message::note(
            Message::RootWait,
            format_args!("the module root is in use{by}; waiting"),
        );
    });
    Ok(locked?)
}

/// Changes the system file of a root as `plan` finds, and lets the running kernels follow.
///
/// The plan is made for the system file, and once more for what each kernel follows: what was held
/// before stays held.
pub(crate) fn system(
    place: &Place,
    how: &How,
    plan: impl Fn(Option<&[u8]>, &Inventory) -> Result<Plan, Failure>,
) -> Result<Changed, Failure> {
    let locked = lock(place)?;
    let (inventory, views) = inventory(&place.root, place.kernels.clone())?;
    let own = plan(locked.system_text()?.as_deref(), &inventory)?;
    let following = Following::plan(&views, &inventory, how.hold, &plan)?;
    locked.apply(&own, &By::now(&how.comment), how.backup)?;
    let mut planned = own.changes().to_vec();
    if planned.is_empty() {
        planned = following.changes();
    }
    let mut changed = following.follow()?;
    changed.planned = planned;
    Ok(changed)
}

/// Lets the running kernels make the changes that the system file has already.
pub(crate) fn follow(
    place: &Place,
    plan: impl Fn(Option<&[u8]>, &Inventory) -> Result<Plan, Failure>,
) -> Result<Changed, Failure> {
    let (inventory, views) = inventory(&place.root, place.kernels.clone())?;
    let following = Following::plan(&views, &inventory, false, &plan)?;
    let planned = following.changes();
    let mut changed = following.follow()?;
    changed.planned = planned;
    Ok(changed)
}

/// What each kernel would follow.
struct Following<'a> {
    plans: Vec<(&'a Running, Plan, Vec<Tune>)>,
    waits: Option<Vec<String>>,
}

/// A tunable of a loaded module that gets another value.
struct Tune {
    module: String,
    key: String,
    old: String,
    new: String,
}

impl Tune {
    /// Those of a plan whose modules this kernel has loaded. It gives the others their values when it
    /// loads them.
    fn all(view: &KernelView, inventory: &Inventory, plan: &Plan) -> Vec<Self> {
        let now = Tunables::of(view.following.system.as_ref(), inventory);
        let present = |module: &str| {
            let mut all = view.following.present.iter();
            all.any(|one| dlkm_system::same_name(&one.name, module))
        };
        let tune = |planned: &Planned| {
            let When::Now(Action::Tune(new)) = &planned.when else {
                return None;
            };
            let (module, key) = planned.name.rsplit_once('.')?;
            let old = now.get(&planned.name)?.value.as_ref().ok()?.to_string();
            present(module).then(|| Tune {
                module: module.to_owned(),
                key: key.to_owned(),
                old,
                new: new.clone(),
            })
        };
        plan.changes().iter().filter_map(tune).collect()
    }

    /// Gives them their new values. If a module refuses one, all have their old values again.
    fn set(all: &[Tune], kernel: &Running) -> Result<(), ClientError> {
        for (index, one) in all.iter().enumerate() {
            if let Err(refused) = one.ask(kernel, &one.new) {
                Tune::undo(&all[..index], kernel);
                return Err(refused);
            }
        }
        Ok(())
    }

    /// Gives them their old values.
    fn undo(all: &[Tune], kernel: &Running) {
        for one in all.iter().rev() {
            // A hook that refuses its former value keeps the new one.
            let _ = one.ask(kernel, &one.old);
        }
    }

    fn ask(&self, kernel: &Running, value: &str) -> Result<(), ClientError> {
        let request = Request::new(&["tune", &self.module, &self.key]).with_body(value);
        kernel.ask(&request).map(drop)
    }
}

impl<'a> Following<'a> {
    /// kcmodule(1M): if any change on the line must wait, all wait until the next boot.
    fn plan(
        views: &'a [KernelView],
        inventory: &Inventory,
        hold: bool,
        plan: &impl Fn(Option<&[u8]>, &Inventory) -> Result<Plan, Failure>,
    ) -> Result<Self, Failure> {
        let (mut plans, mut reasons, mut any) = (Vec::new(), Vec::new(), false);
        for view in views {
            let follows = view.following.system.as_ref().map(ToString::to_string);
            let plan = match plan(follows.as_deref().map(str::as_bytes), inventory) {
                Ok(plan) => plan,
                // The file can say it, and what this kernel follows can't.
                Err(refused) => {
                    any = true;
                    reasons.push(format!("process {}: {}", view.pid(), refused.text()));
                    continue;
                }
            };
            if plan.changes().is_empty() {
                continue;
            }
            any = true;
            for (planned, later) in plan.reasons() {
                reasons.push(match planned.name.as_str() {
                    "" => format!("`{}`: {later}", planned.subject),
                    name => format!("`{name}`: {later}"),
                });
            }
            let request = Request::new(&["check"]).with_body(text(&plan));
            for record in ask(&view.running, &request)? {
                let texts = record.all("waits").filter(|text| !is_said(&plan, text));
                reasons.extend(texts.map(str::to_owned));
            }
            let tunes = Tune::all(view, inventory, &plan);
            plans.push((&view.running, plan, tunes));
        }
        let mut said = Vec::new();
        reasons.retain(|one| {
            !said.contains(one) && {
                said.push(one.clone());
                true
            }
        });
        let waits = Some(reasons).filter(|reasons| any && (hold || !reasons.is_empty()));
        Ok(Following { plans, waits })
    }

    /// What changes in the first kernel in which something changes.
    fn changes(&self) -> Vec<Planned> {
        let first = self.plans.first();
        first.map_or_else(Vec::new, |(_, plan, _)| plan.changes().to_vec())
    }

    /// Lets the kernels follow, if nothing waits. If one can't after all, because a call has begun,
    /// those before it go back to what they have followed.
    fn follow(self) -> Result<Changed, Failure> {
        let mut changed = Changed {
            waits: self.waits,
            ..Changed::default()
        };
        if changed.waits.is_some() {
            return Ok(changed);
        }
        for (index, (kernel, plan, tunes)) in self.plans.iter().enumerate() {
            match Tune::set(tunes, kernel) {
                Ok(()) => {
                    adopt(kernel, &text(plan), &mut changed)?;
                    if changed.waits.is_some() {
                        Tune::undo(tunes, kernel);
                    }
                }
                Err(refused) => changed.waits = Some(vec![refused.to_string()]),
            }
            if changed.waits.is_some() {
                for (kernel, plan, tunes) in &self.plans[..index] {
                    Tune::undo(tunes, kernel);
                    let former = String::from_utf8_lossy(plan.begun());
                    ask(kernel, &Request::new(&["adopt"]).with_body(former))?;
                }
                changed.did.clear();
                break;
            }
        }
        Ok(changed)
    }
}

/// A kernel says again of `static` what the plan has said.
fn is_said(plan: &Plan, text: &str) -> bool {
    plan.reasons().any(|(planned, later)| {
        *later == Later::Static && text.starts_with(&format!("module `{}` becomes ", planned.name))
    })
}

fn text(plan: &Plan) -> String {
    String::from_utf8_lossy(plan.text()).into_owned()
}

fn adopt(kernel: &Running, text: &str, changed: &mut Changed) -> Result<(), Failure> {
    let request = Request::new(&["adopt"]).with_body(text);
    let (mut loaded, mut unloaded) = (Vec::new(), Vec::new());
    for record in ask(kernel, &request)? {
        loaded.extend(record.all("loaded").map(str::to_owned));
        unloaded.extend(record.all("unloaded").map(str::to_owned));
        // It was used between the question and the change.
        let mut waits = record.all("waits").map(str::to_owned).peekable();
        if waits.peek().is_some() {
            changed.waits.get_or_insert_default().extend(waits);
        }
    }
    changed.did.push(Did {
        pid: kernel.pid().unwrap_or_default(),
        loaded,
        unloaded,
    });
    Ok(())
}

/// Changes a saved configuration as `plan` finds.
pub(crate) fn saved(
    place: &Place,
    name: &str,
    how: &How,
    plan: impl FnOnce(Option<&[u8]>, &Inventory) -> Result<Plan, Failure>,
) -> Result<Changed, Failure> {
    if how.backup.is_some() {
        // kcmodule(1M): `-b` not with `-c`.
        return Err(Failure::of(
            Message::NoBackup,
            "a change of a saved configuration makes no backup; leave out -b",
        ));
    }
    let locked = lock(place)?;
    let (inventory, _) = inventory(&place.root, place.kernels.clone())?;
    let plan = plan(Some(&locked.saved_text(name)?), &inventory)?;
    locked.apply_to(name, &plan, &By::now(&how.comment))?;
    Ok(Changed {
        planned: plan.changes().to_vec(),
        waits: None,
        did: Vec::new(),
    })
}

impl Changed {
    /// 0 done, 1 if it waits for the next boot.
    pub(crate) fn code(&self) -> u8 {
        match self.waits {
            Some(_) => WAITS,
            None => 0,
        }
    }

    pub(crate) fn print(&self, json: bool) -> ExitCode {
        match json {
            true => report::print_json(&self.json(), self.code()),
            false => report::print(&self.text(), self.code()),
        }
    }

    pub(crate) fn text(&self) -> String {
        let mut text = String::new();
        for one in &self.planned {
            text += &line(one);
        }
        if self.planned.is_empty() {
            text += "nothing changes\n";
        }
        text + &self.effects()
    }

    /// What kernels did, or why they wait.
    pub(crate) fn effects(&self) -> String {
        let mut text = String::new();
        if let Some(reasons) = &self.waits {
            text += &format!("{WARNING}waits for the next boot{WARNING:#}\n");
            for reason in reasons {
                text += &format!("  {reason}\n");
            }
        }
        for Did {
            pid,
            loaded,
            unloaded,
        } in &self.did
        {
            for (word, modules) in [("unloaded", unloaded), ("loaded", loaded)] {
                if !modules.is_empty() {
                    text += &format!(
                        "{GOOD}process {pid}{GOOD:#} {word} {}\n",
                        modules.join(", ")
                    );
                }
            }
        }
        text
    }

    pub(crate) fn json(&self) -> Value {
        let changed: Vec<_> = self.planned.iter().map(planned).collect();
        let did: Vec<_> = self
            .did
            .iter()
            .map(|did| json!({"pid": did.pid, "loaded": did.loaded, "unloaded": did.unloaded}))
            .collect();
        json!({
            "changed": changed,
            "waits": self.waits.is_some(),
            "reasons": self.waits.as_deref().unwrap_or_default(),
            "kernels": did,
        })
    }
}

fn line(one: &Planned) -> String {
    let name = match one.name.as_str() {
        "" => one.subject.as_str(),
        name => name,
    };
    let or_none = |text: &str| match text {
        "" => "none".to_owned(),
        text => text.to_owned(),
    };
    let (old, new) = (or_none(&one.old), or_none(&one.new));
    let mut line = match one.indirect {
        true => {
            let value = match &one.when {
                When::Now(Action::Tune(value)) => format!(" becomes {value}"),
                _ => " changes".to_owned(),
            };
            format!("{HEADING}{name}{HEADING:#}:{value}, through its expression {new}")
        }
        false => format!("{HEADING}{name}{HEADING:#}: {old} → {new}"),
    };
    if let When::Later(later @ Later::Static) = &one.when {
        line += &format!(" ({later})");
    }
    if one.subject == Subject::Module && one.cause == Some(dlkm_system::Cause::Depend) {
        line += ", which others need";
    }
    line + "\n"
}

fn planned(one: &Planned) -> Value {
    let later = match &one.when {
        When::Later(later) => Some(later.to_string()),
        _ => None,
    };
    json!({
        "subject": one.subject.as_str(),
        "name": one.name,
        "old": one.old,
        "new": one.new,
        "cause": one.cause.map(dlkm_system::Cause::as_str),
        "indirect": one.indirect,
        "later": later,
    })
}
