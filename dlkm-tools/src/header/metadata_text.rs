//! Writes the metadata of an interface as text, for the section `.dlkm_modinfo` of a module in C.

use dlkm_metadata::{FieldInfo, InterfaceInfo, TypeInfo, TypeKind};

/// The lines of one interface, equal to those of the image that it was read from.
pub(super) fn lines(interface: &InterfaceInfo) -> Vec<String> {
    let mut lines = vec![format!(
        "interface={} {} {} {}",
        interface.name(),
        interface.class().as_str(),
        interface.abi().as_str(),
        interface.version()
    )];
    for export in interface.exports() {
        let (name, hash, signature) = (export.name(), export.hash(), export.signature());
        lines.push(format!("export={name} {hash:016x}: {signature}"));
    }
    for ty in interface.types() {
        lines.push(type_line(ty));
        lines.extend(ty.fields().iter().map(field));
        for variant in ty.variants() {
            let value = variant.value().map(|value| format!(" {value}"));
            lines.push(format!(
                "variant={}{}",
                variant.name(),
                value.unwrap_or_default()
            ));
            lines.extend(variant.fields().iter().map(field));
        }
    }
    lines
}

fn type_line(ty: &TypeInfo) -> String {
    let mut line = format!("type={}", ty.kind().as_str());
    if let (Some(size), Some(align)) = (ty.size(), ty.align()) {
        line.push_str(&format!(" size {size} align {align}"));
    }
    if ty.niche() {
        line.push_str(" niche");
    }
    if ty.kind() != TypeKind::Trait && !ty.repr().is_empty() {
        line.push_str(&format!(" {}", ty.repr()));
    }
    format!("{line}: {}", ty.name())
}

fn field(field: &FieldInfo) -> String {
    let at = field.offset().map(|offset| format!(" at {offset}"));
    format!(
        "field={}{}: {}",
        field.name(),
        at.unwrap_or_default(),
        field.ty()
    )
}
