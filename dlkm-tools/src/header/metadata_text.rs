//! Writes the metadata of an interface as text, for the section `dlkm_modinfo` of a module in C.

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
        if !ty.bounds().is_empty() {
            lines.push(format!("bounds={}", ty.bounds()));
        }
        lines.extend(ty.fields().iter().flat_map(field));
        for variant in ty.variants() {
            let value = variant.value().map(|value| format!(" {value}"));
            lines.push(format!(
                "variant={}{}",
                variant.name(),
                value.unwrap_or_default()
            ));
            lines.extend(variant.fields().iter().flat_map(field));
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

fn field(field: &FieldInfo) -> Vec<String> {
    let at = field.offset().map(|offset| format!(" at {offset}"));
    let (name, at, ty) = (field.name(), at.unwrap_or_default(), field.ty());
    let mut lines = vec![format!("field={name}{at}: {ty}")];
    if !field.lifetimes().is_empty() {
        lines.push(format!("lifetimes={}", field.lifetimes()));
    }
    lines
}
