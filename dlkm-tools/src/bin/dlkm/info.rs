//! `dlkm info`: prints an image's metadata for people, and what any program may load.

use std::fmt::{self, Write};
use std::process::ExitCode;
use std::time::Duration;

use dlkm_metadata::{FieldInfo, InterfaceInfo, Metadata, ReadError, TypeInfo, TypeKind};

use dlkm_tools::terminal::{self, HEADING};

use crate::args::InfoArgs;
use crate::{notes, report};

pub(crate) fn run(options: &InfoArgs) -> ExitCode {
    let file = &options.image;
    let mut text = String::new();
    match Metadata::read(file) {
        Ok(metadata) => {
            let found = notes::of_file(file).unwrap_or_else(|error| {
                terminal::warning(format_args!("{}: {error}", file.display()));
                Vec::new()
            });
            // Writing to a `String` does not fail.
            let _ = show(&mut text, &metadata);
            let _ = notes::show(&mut text, &notes::without_own(found, &metadata));
        }
        Err(error) => match notes::of_file(file) {
            Ok(found) if may_be_no_module(&error) && !found.is_empty() => {
                let _ = notes::show(&mut text, &found);
            }
            _ => {
                terminal::error(format_args!("{}: {error}", file.display()));
                return ExitCode::from(report::FILE_ERROR);
            }
        },
    }
    report::print(&text, 0)
}

/// Whether the file may be a program or a library of another kind.
fn may_be_no_module(error: &ReadError) -> bool {
    use ReadError::{NoSection, NoSectionTable, NotElf, Processor};
    matches!(error, NoSection | NoSectionTable | NotElf(_) | Processor(_))
}

fn show(out: &mut String, metadata: &Metadata) -> fmt::Result {
    let (name, version) = (metadata.name(), metadata.version());
    writeln!(out, "{HEADING}module {name}{HEADING:#} {version}")?;
    let states: Vec<_> = metadata
        .states()
        .iter()
        .map(|state| state.as_str())
        .collect();
    for (what, value) in [
        ("kind", metadata.kind()),
        ("about", metadata.desc()),
        ("states", &states.join(" ")),
        ("depends", &metadata.depends().join(" ")),
        ("idle", &metadata.idle().map_or_else(String::new, time)),
    ] {
        if !value.is_empty() {
            writeln!(out, "  {what:<8} {value}")?;
        }
    }
    if let Some(reason) = metadata.stays_mapped().and_then(stays_mapped) {
        writeln!(out, "  stays mapped after an unload: {reason}")?;
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

fn show_interface(out: &mut String, interface: &InterfaceInfo) -> fmt::Result {
    writeln!(
        out,
        "{HEADING}interface {}{HEADING:#} {}, {}, ABI {}",
        interface.name(),
        interface.version(),
        interface.class().as_str(),
        interface.abi().as_str()
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
