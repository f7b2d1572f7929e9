//! What `dlkm config` and `kconfig` do with saved configurations.

use std::io::{BufRead, IsTerminal, Write};
use std::path::Path;
use std::process::ExitCode;

use dlkm_config::{By, Inventory, Plan, PlanOptions};

use crate::change::{self, Changed, How};
use crate::failure::Failure;
use crate::message::Message;
use crate::place::Place;
use crate::report;
use crate::view::{KernelView, inventory};

/// The text of a configuration: `-e` of kconfig(1M).
pub(crate) fn export(place: &Place, name: Option<&str>) -> Result<Vec<u8>, Failure> {
    Ok(match name {
        Some(name) => place.root.saved_text(name)?,
        None => place.root.export(&Inventory::read(&place.root)?)?,
    })
}

pub(crate) fn write(text: &[u8], file: &Path) -> Result<ExitCode, Failure> {
    if file == Path::new("-") {
        return Ok(report::print(&String::from_utf8_lossy(text), 0));
    }
    std::fs::write(file, text).map_err(|error| {
        Failure::of(
            Message::File,
            format_args!("{} can't be written: {error}", file.display()),
        )
    })?;
    Ok(ExitCode::SUCCESS)
}

pub(crate) fn read(file: &Path) -> Result<Vec<u8>, Failure> {
    std::fs::read(file).map_err(|error| {
        Failure::of(
            Message::File,
            format_args!("{} can't be read: {error}", file.display()),
        )
    })
}

pub(crate) fn save(place: &Place, name: &str, force: bool, by: &By) -> Result<(), Failure> {
    let text = export(place, None)?;
    save_text(place, name, &text, force, by)
}

pub(crate) fn save_text(
    place: &Place,
    name: &str,
    text: &[u8],
    force: bool,
    by: &By,
) -> Result<(), Failure> {
    let force = may_replace(place, name, force)?;
    Ok(change::lock(place)?.save(name, text, force, by)?)
}

pub(crate) fn copy(
    place: &Place,
    from: &str,
    to: &str,
    force: bool,
    by: &By,
) -> Result<(), Failure> {
    Ok(change::lock(place)?.copy(from, to, force, by)?)
}

pub(crate) fn rename(
    place: &Place,
    old: &str,
    new: &str,
    force: bool,
    by: &By,
) -> Result<(), Failure> {
    let force = may_replace(place, new, force)?;
    Ok(change::lock(place)?.rename(old, new, force, by)?)
}

/// kconfig(1M), `-l`: makes the running system match a saved configuration; `-n`: at the next boot.
pub(crate) fn load(place: &Place, name: &str, how: &How, force: bool) -> Result<Changed, Failure> {
    let text = place.root.saved_text(name)?;
    replace(place, &text, false, how, force)
}

/// kconfig(1M), `-i`: applies a system file. "`-V`: strict versions, else import tolerates other
/// module versions".
pub(crate) fn replace(
    place: &Place,
    new: &[u8],
    strict: bool,
    how: &How,
    force: bool,
) -> Result<Changed, Failure> {
    if how.backup == Some(dlkm_config::Backup::No) && !is_saved(place)? {
        may_lose(
            "the present configuration is not saved, and no backup is made",
            force,
        )?;
    }
    change::system(place, how, |text, inventory| {
        let options = PlanOptions::default().hold(how.hold);
        Ok(Plan::replace(text, new, inventory, strict, options)?)
    })
}

/// kconfig(1M), `-H`: discards all held changes.
pub(crate) fn discard(place: &Place, comment: &str) -> Result<Changed, Failure> {
    let (_, views) = inventory(&place.root, place.kernels.clone())?;
    let Some(first) = views.first() else {
        return Err(Failure::of(
            Message::NothingHeld,
            format_args!(
                "no kernel runs on {}, so nothing is held; to undo the last change, use `dlkm config \
             load backup`",
                place.root.path().display()
            ),
        ));
    };
    let text = |one: &KernelView| {
        let file = one.following.system.as_ref();
        file.map(ToString::to_string)
    };
    if let Some(other) = views.iter().find(|one| text(one) != text(first)) {
        return Err(Failure::of(
            Message::OtherConfigurations,
            format_args!(
                "the processes {} and {} follow different configurations; load a saved one instead",
                first.pid(),
                other.pid()
            ),
        ));
    }
    let how = How {
        comment: comment.to_owned(),
        ..How::default()
    };
    change::system(place, &how, |text, inventory| {
        Ok(Plan::discard(
            text,
            first.following.system.as_ref(),
            inventory,
        )?)
    })
}

/// Whether some saved configuration says the same as the system file.
fn is_saved(place: &Place) -> Result<bool, Failure> {
    let own = place.root.system()?.unwrap_or_default().to_string();
    for saved in place.root.saved()? {
        let text = place.root.saved_text(&saved.name)?;
        if dlkm_system::SystemFile::parse(&text).is_ok_and(|one| one.to_string() == own) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Whether a saved configuration of that name may be replaced.
fn may_replace(place: &Place, name: &str, force: bool) -> Result<bool, Failure> {
    if !force && place.root.saved()?.iter().any(|one| one.name == name) {
        may_lose(&format!("a saved configuration `{name}` exists"), force)?;
        return Ok(true);
    }
    Ok(force)
}

/// kconfig(1M), `-f`: "don't ask before losing data; without it: asks if interactive, else stops with
/// an error".
fn may_lose(why: &str, force: bool) -> Result<(), Failure> {
    if force {
        return Ok(());
    }
    let stop = || {
        Err(Failure::of(
            Message::Loses,
            format_args!("{why}; use -f to lose it"),
        ))
    };
    if !std::io::stdin().is_terminal() || !std::io::stderr().is_terminal() {
        return stop();
    }
    let mut out = std::io::stderr();
    write!(out, "{why}; lose it? [y/N] ")?;
    out.flush()?;
    let mut line = String::new();
    std::io::stdin().lock().read_line(&mut line)?;
    match line.trim() {
        "y" | "Y" | "yes" => Ok(()),
        _ => stop(),
    }
}
