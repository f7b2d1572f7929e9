//! The values of single lines that describe an interface.

use semver::VersionReq;

use super::part::{bad, too_many};
use crate::declaration::{Abi, Class};
use crate::dependency::{Requirement, Want};
use crate::error::BadMetadata;
use crate::interface::{Export, InterfaceInfo, Layout, TypeInfo, TypeKind};
use crate::limits;
use crate::small::{cut, owned};
use crate::texts::Texts;
use crate::tunable::{TunableInfo, TunableType};
use crate::visible::Quoted;

/// `NAME CLASS ABI VERSION`
pub(super) fn interface(text: &str) -> Result<InterfaceInfo, BadMetadata> {
    let (name, rest) = cut(text, " ").unwrap_or((text, ""));
    let (class, rest) = cut(rest, " ").unwrap_or((rest, ""));
    let (abi, rest) = cut(rest, " ").unwrap_or((rest, ""));
    let (version, _) = cut(rest, " ").unwrap_or((rest, ""));
    let lacks = |what: &str| {
        let name = Quoted(name);
        Err(bad(format_args!("interface `{name}` has no {what}")))
    };
    let class = match class {
        "load-only" => Class::LoadOnly,
        "unloadable" => Class::Unloadable,
        _ => return lacks("known class"),
    };
    let abi = match abi {
        "Rust" => Abi::Rust,
        "C" => Abi::C,
        _ => return lacks("known ABI"),
    };
    if version.is_empty() {
        return lacks("version");
    }
    check_length(name)?;
    Ok(InterfaceInfo {
        texts: Texts::new([name, version]),
        class,
        abi,
        switch: false,
        counted: None,
        exports: Vec::new(),
        types: Vec::new(),
    })
}

/// `NAME HASH: SIGNATURE`
pub(super) fn export(text: &str) -> Result<Export, BadMetadata> {
    let Some((head, signature)) = cut(text, ": ") else {
        let text = Quoted(text);
        return Err(bad(format_args!("export `{text}` has no signature")));
    };
    let (name, hash) = cut(head, " ").unwrap_or((head, ""));
    let digits = hash.len() == 16 && hash.bytes().all(|digit| digit.is_ascii_hexdigit());
    match u64::from_str_radix(hash, 16) {
        Ok(hash) if digits => Ok(Export {
            texts: Texts::new([name, signature]),
            hash,
        }),
        _ => Err(bad(format_args!("export `{}` has no hash", Quoted(name)))),
    }
}

/// `KIND[ size S align A][ niche][ REPR]: NAME`
pub(super) fn ty(text: &str) -> Result<TypeInfo, BadMetadata> {
    let Some((head, name)) = cut(text, ": ").filter(|(_, name)| !name.is_empty()) else {
        let text = Quoted(text);
        return Err(bad(format_args!("type `{text}` has no name")));
    };
    check_length(name)?;
    let (word, rest) = cut(head, " ").unwrap_or((head, ""));
    let kind = match word {
        "struct" => TypeKind::Struct,
        "enum" => TypeKind::Enum,
        "trait" => TypeKind::Trait,
        _ => {
            let name = Quoted(name);
            return Err(bad(format_args!("type `{name}` has no known kind")));
        }
    };
    let (layout, rest) = match rest.strip_prefix("size ") {
        Some(rest) => match layout(rest) {
            Some((layout, rest)) => (Some(layout), rest),
            None => {
                let name = Quoted(name);
                return Err(bad(format_args!("type `{name}` has no size and alignment")));
            }
        },
        None => (None, rest),
    };
    let (niche, repr) = match rest.strip_prefix("niche") {
        Some(rest) => (true, rest),
        None => (false, rest),
    };
    Ok(TypeInfo {
        texts: Texts::new([name, repr.trim_ascii()]),
        kind,
        layout,
        niche,
        bounds: String::new(),
        variants: Vec::new(),
        fields: Vec::new(),
    })
}

/// `module NAME[ RANGE]` or `interface NAME[ RANGE]`
pub(super) fn requirement(text: &str) -> Result<Requirement, BadMetadata> {
    let (what, rest) = cut(text, " ").unwrap_or((text, ""));
    let (name, range) = cut(rest, " ").unwrap_or((rest, ""));
    let interface = match what {
        "module" => false,
        "interface" => true,
        _ => {
            let text = Quoted(text);
            return Err(bad(format_args!(
                "require `{text}` names no module and no interface"
            )));
        }
    };
    check_length(name)?;
    let parsed = (!range.is_empty()).then(|| VersionReq::parse(range));
    let range = parsed.transpose().map_err(|error| {
        let (name, range) = (Quoted(name), Quoted(range));
        bad(format_args!(
            "the range `{range}` of `{name}` is none: {error}"
        ))
    })?;
    Ok(Requirement {
        interface,
        name: owned(name),
        range,
    })
}

/// `before NAME` or `after NAME`
pub(super) fn want(text: &str) -> Result<Want, BadMetadata> {
    let (when, name) = cut(text, " ").unwrap_or((text, ""));
    let after = match when {
        "before" => false,
        "after" => true,
        _ => {
            let text = Quoted(text);
            return Err(bad(format_args!("want `{text}` does not say when")));
        }
    };
    check_length(name)?;
    Ok(Want {
        after,
        name: owned(name),
    })
}

/// `NAME TYPE[ dynamic]: DESCRIPTION`
pub(super) fn tunable(text: &str) -> Result<TunableInfo, BadMetadata> {
    let (head, desc) = cut(text, ":").unwrap_or((text, ""));
    let (name, rest) = cut(head, " ").unwrap_or((head, ""));
    let (word, rest) = cut(rest, " ").unwrap_or((rest, ""));
    let Some(ty) = TunableType::of(word) else {
        let name = Quoted(name);
        return Err(bad(format_args!("tunable `{name}` has no known type")));
    };
    check_length(name)?;
    Ok(TunableInfo {
        name: owned(name),
        ty,
        dynamic: rest == "dynamic",
        default: String::new(),
        min: None,
        max: None,
        choices: Vec::new(),
        desc: owned(desc.trim_ascii_start()),
    })
}

pub(super) fn check_length(name: &str) -> Result<(), BadMetadata> {
    if name.len() > limits::IDENTIFIER {
        let name = format!("name `{}`", Quoted(name));
        return Err(too_many(&name, limits::IDENTIFIER as u64, "bytes"));
    }
    Ok(())
}

/// Parses `S align A`; returns the rest too.
fn layout(text: &str) -> Option<(Layout, &str)> {
    let (size, rest) = cut(text, " align ")?;
    let (align, rest) = cut(rest, " ").unwrap_or((rest, ""));
    let layout = Layout {
        size: size.parse().ok()?,
        align: align.parse().ok()?,
    };
    Some((layout, rest))
}
