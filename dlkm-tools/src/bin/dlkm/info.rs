//! `dlkm info`: prints an image's metadata, and what any program may load.

use std::fmt::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use dlkm_metadata::{
    FieldInfo, InterfaceInfo, Metadata, Phase, ReadError, TunableInfo, TunableType, TypeInfo,
    TypeKind,
};

use dlkm_tools::terminal::HEADING;

use serde_json::{Value, json};

use crate::args::InfoArgs;
use crate::failure::Failure;
use crate::message::{self, Message};
use crate::place::Place;
use crate::view::View;
use crate::{notes, report};

pub(crate) fn run(options: &InfoArgs) -> Result<ExitCode, Failure> {
    let image = file(options)?;
    if options.depends {
        return depends(options, &image);
    }
    let found = notes::of_file(&image);
    let (metadata, notes) = match Metadata::read(&image) {
        Ok(metadata) => {
            let found = found.unwrap_or_else(|error| {
                message::warning(
                    Message::LeftOut,
                    format_args!("{}: {error}", image.display()),
                );
                Vec::new()
            });
            let notes = notes::without_own(found, &metadata);
            (Some(metadata), notes)
        }
        Err(error) => match found {
            Ok(notes) if may_be_no_module(&error) && !notes.is_empty() => (None, notes),
            _ => {
                return Err(Failure::of(
                    Message::Image,
                    format_args!("{}: {error}", image.display()),
                ));
            }
        },
    };
    if options.common.json {
        let mut value = metadata.as_ref().map_or_else(|| json!({}), json);
        value["may_load"] = notes::json(&notes);
        return Ok(report::print_json(&value, 0));
    }
    let mut text = String::new();
    // Writing to a `String` does not fail.
    let _ = metadata.map(|metadata| show(&mut text, &metadata));
    let _ = notes::show(&mut text, &notes);
    Ok(report::print(&text, 0))
}

/// Whether the file may be a program or a library of another kind.
fn may_be_no_module(error: &ReadError) -> bool {
    use ReadError::{NoSection, NoSectionTable, NotElf, Processor};
    matches!(error, NoSection | NoSectionTable | NotElf(_) | Processor(_))
}

/// The file that is named, or else the image of the module of that name.
fn file(options: &InfoArgs) -> Result<PathBuf, Failure> {
    let name = options.image.to_str();
    let is_name = name.filter(|name| !name.contains(['/', '.']) && !options.image.exists());
    let Some(name) = is_name else {
        return Ok(options.image.clone());
    };
    let place = Place::find(options.common.root.as_deref())?;
    Ok(place.root.image_file(name)?)
}

/// The module and all that it needs, in the order in which they are loaded. Nothing is loaded.
fn depends(options: &InfoArgs, image: &Path) -> Result<ExitCode, Failure> {
    let metadata = report::read(image).ok_or(Failure::Printed)?;
    let view = View::find(options.common.root.as_deref())?;
    let module = view.module(metadata.name())?;
    let order = view.inventory.load_order(module);
    if options.common.json {
        let names: Vec<_> = order.iter().map(|one| &*one.name).collect();
        return Ok(report::print_json(&json!({ "order": names }), 0));
    }
    let lines = order
        .iter()
        .map(|one| match view.root.image_file(&one.name) {
            Ok(file) if !one.linked => format!("{}\t{}\n", one.name, file.display()),
            _ => format!("{}\tlinked in\n", one.name),
        });
    Ok(report::print(&lines.collect::<String>(), 0))
}

fn json(metadata: &Metadata) -> Value {
    let interfaces = metadata.interfaces().iter().map(|one| {
        let exports = one.exports().iter();
        let exports = exports.map(|one| json!({"name": one.name(), "type": one.signature()}));
        json!({
            "name": one.name(),
            "version": one.version(),
            "class": one.class().as_str(),
            "abi": one.abi().as_str(),
            "switch": one.is_switch(),
            "functions": exports.collect::<Vec<_>>(),
        })
    });
    let tunables = metadata.tunables().iter().map(|one| {
        json!({
            "name": one.name(),
            "type": one.ty().as_str(),
            "default": one.default(),
            "min": one.min(),
            "max": one.max(),
            "choices": one.choices(),
            "dynamic": one.is_dynamic(),
            "desc": one.desc(),
        })
    });
    let build = metadata.build().fields();
    let build = build.map(|(name, value)| (name.replace(' ', "_"), Value::from(value)));
    json!({
        "name": metadata.name(),
        "version": metadata.version(),
        "kind": metadata.kind(),
        "desc": metadata.desc(),
        "states": metadata.states().iter().map(|one| one.as_str().to_owned()).collect::<Vec<_>>(),
        "phases": metadata.phases().iter().map(ToString::to_string).collect::<Vec<_>>(),
        "required": metadata.is_critical(),
        "keys": metadata.keys(),
        "extensions": metadata.extensions(),
        "magic": metadata.magics().iter().map(ToString::to_string).collect::<Vec<_>>(),
        "depends": metadata.depends(),
        "requires": metadata.requires().iter().map(ToString::to_string).collect::<Vec<_>>(),
        "wants": metadata.wants().iter().map(|one| one.name().to_owned()).collect::<Vec<_>>(),
        "weak": metadata.weak(),
        "idle_ms": metadata.idle().map(|time| time.as_millis() as u64),
        "stays_mapped": metadata.stays_mapped(),
        "stub_of": metadata.stub_of(),
        "tunables": tunables.collect::<Vec<_>>(),
        "interfaces": interfaces.collect::<Vec<_>>(),
        "build": Value::Object(build.collect()),
    })
}

fn show(out: &mut String, metadata: &Metadata) -> fmt::Result {
    let (name, version) = (metadata.name(), metadata.version());
    writeln!(out, "{HEADING}module {name}{HEADING:#} {version}")?;
    let states: Vec<_> = metadata
        .states()
        .iter()
        .map(|state| state.as_str())
        .collect();
    let extensions: Vec<_> = metadata
        .extensions()
        .iter()
        .map(|one| format!(".{one}"))
        .collect();
    for (what, value) in [
        ("kind", metadata.kind()),
        ("about", metadata.desc()),
        ("stubs of", metadata.stub_of().unwrap_or_default()),
        ("states", &states.join(" ")),
        ("keys", &metadata.keys().join(" ")),
        ("files", &extensions.join(" ")),
        ("depends", &metadata.depends().join(" ")),
        ("idle", &metadata.idle().map_or_else(String::new, time)),
    ] {
        if !value.is_empty() {
            writeln!(out, "  {what:<8} {value}")?;
        }
    }
    for magic in metadata.magics() {
        writeln!(out, "  magic    {magic}")?;
    }
    if metadata.phases() != Phase::ALL {
        let phases: Vec<_> = metadata.phases().iter().map(ToString::to_string).collect();
        writeln!(out, "  phases   {}", phases.join(" "))?;
    }
    if metadata.is_critical() {
        writeln!(out, "  required: a host can't do without it")?;
    }
    for want in metadata.wants() {
        let when = if want.is_after() { "after" } else { "before" };
        writeln!(out, "  wants    {} {when} it", want.name())?;
    }
    for name in metadata.weak() {
        writeln!(out, "  wants    {name} to be there")?;
    }
    for requirement in metadata.requires() {
        writeln!(out, "  needs    {requirement}")?;
    }
    if let Some(reason) = metadata.stays_mapped().and_then(stays_mapped) {
        writeln!(out, "  stays mapped after an unload: {reason}")?;
    }
    if !metadata.tunables().is_empty() {
        writeln!(out, "{HEADING}tunables{HEADING:#}")?;
    }
    for tunable in metadata.tunables() {
        show_tunable(out, tunable)?;
    }
    for interface in metadata.interfaces() {
        show_interface(out, interface)?;
    }
    writeln!(out, "{HEADING}built{HEADING:#}")?;
    for (what, value) in metadata.build().fields() {
        if !value.is_empty() {
            writeln!(out, "  {what}: {value}")?;
        }
    }
    Ok(())
}

/// The function that keeps the image mapped, and what it does.
fn stays_mapped(text: &str) -> Option<String> {
    let (function, does) = text.split_once(' ')?;
    Some(format!("`{function}` {does}"))
}

/// The duration as an author writes it in `idle = "…"`.
fn time(length: Duration) -> String {
    let millis = length.as_millis();
    let units = [("h", 3_600_000), ("min", 60_000), ("s", 1000)];
    let fits = units
        .into_iter()
        .find(|(_, unit)| millis.is_multiple_of(*unit));
    let (name, unit) = fits.unwrap_or(("ms", 1));
    format!("{}{name}", millis / unit)
}

fn show_tunable(out: &mut String, tunable: &TunableInfo) -> fmt::Result {
    let (name, ty, default) = (tunable.name(), tunable.ty(), tunable.default());
    match ty {
        TunableType::Choice => write!(out, "  {name}: {}", tunable.choices().join(" | "))?,
        ty => write!(out, "  {name}: {ty}")?,
    }
    match (tunable.min(), tunable.max()) {
        (Some(min), Some(max)) => write!(out, " from {min} to {max}")?,
        (Some(min), None) => write!(out, " from {min}")?,
        (None, Some(max)) => write!(out, " to {max}")?,
        (None, None) => {}
    }
    match ty {
        TunableType::Text => write!(out, ", default \"{default}\"")?,
        _ => write!(out, ", default {default}")?,
    }
    if tunable.is_dynamic() {
        out.write_str(", dynamic")?;
    }
    writeln!(out)?;
    if !tunable.desc().is_empty() {
        writeln!(out, "    {}", tunable.desc())?;
    }
    Ok(())
}

fn show_interface(out: &mut String, interface: &InterfaceInfo) -> fmt::Result {
    writeln!(
        out,
        "{HEADING}interface {}{HEADING:#} {}, {}, ABI {}{}",
        interface.name(),
        interface.version(),
        interface.class().as_str(),
        interface.abi().as_str(),
        if interface.is_switch() {
            ", switch table"
        } else {
            ""
        }
    )?;
    for export in interface.exports() {
        // As the interface declares it.
        let named = format!("fn {}(", export.name());
        writeln!(out, "  {}", export.signature().replacen("fn(", &named, 1))?;
    }
    interface
        .types()
        .iter()
        .try_for_each(|ty| show_type(out, ty))
}

fn show_type(out: &mut String, ty: &TypeInfo) -> fmt::Result {
    // The `repr` of a trait is already in its name.
    let kind = ty.kind().as_str();
    write!(out, "  {kind} {}", ty.name())?;
    if ty.kind() != TypeKind::Trait && !ty.repr().is_empty() {
        write!(out, ", {}", ty.repr())?;
    }
    if let (Some(size), Some(align)) = (ty.size(), ty.align()) {
        write!(out, ", size {size}, alignment {align}")?;
    }
    if ty.niche() {
        write!(out, ", niche")?;
    }
    writeln!(out)?;
    for field in ty.fields() {
        writeln!(out, "    {}", shown(field))?;
    }
    for variant in ty.variants() {
        write!(out, "    {}", variant.name())?;
        if let Some(value) = variant.value() {
            write!(out, " = {value}")?;
        }
        writeln!(out)?;
        for field in variant.fields() {
            writeln!(out, "      {}", shown(field))?;
        }
    }
    Ok(())
}

fn shown(field: &FieldInfo) -> String {
    let (name, ty) = (field.name(), field.ty());
    match field.offset() {
        Some(offset) => format!("{name}: {ty} at {offset}"),
        None => format!("{name}: {ty}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_duration_is_shown_in_its_largest_whole_unit() {
        for (millis, text) in [
            (1, "1ms"),
            (1500, "1500ms"),
            (30_000, "30s"),
            (90_000, "90s"),
            (120_000, "2min"),
            (5_400_000, "90min"),
            (7_200_000, "2h"),
        ] {
            assert_eq!(time(Duration::from_millis(millis)), text);
        }
    }
}
