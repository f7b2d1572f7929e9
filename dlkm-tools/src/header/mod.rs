//! Writes the C header of interfaces of ABI C.

mod c_text;
mod declare;
mod error;
mod metadata_text;
mod module_macro;
mod nesting;
mod types;

use std::collections::BTreeSet;

use dlkm_metadata::{Abi, InterfaceInfo};

use declare::Names;

pub use error::HeaderError;

/// Writes a C header for modules that provide these interfaces. It declares their types and functions,
/// and defines the macro `DLKM_MODULE`, which makes a source file in C or C++ such a module.
///
/// # Errors
/// The ABI of an interface is not C, or C can't express one of its types.
pub fn c_header(interfaces: &[InterfaceInfo]) -> Result<String, HeaderError> {
    header(interfaces, Side::Module)
}

/// Writes a C header for programs that call these interfaces through their stub modules. The functions
/// have their own names; those of types have the interface's name in front, as for modules.
///
/// # Errors
/// As for [`c_header`].
pub fn c_caller_header(interfaces: &[InterfaceInfo]) -> Result<String, HeaderError> {
    header(interfaces, Side::Caller)
}

/// Which side of an interface a header is for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Side {
    Module,
    Caller,
}

fn header(interfaces: &[InterfaceInfo], side: Side) -> Result<String, HeaderError> {
    if interfaces.is_empty() {
        return Err(HeaderError::Empty);
    }
    for interface in interfaces {
        if interface.abi() != Abi::C {
            return Err(HeaderError::Abi {
                interface: interface.name().to_owned(),
            });
        }
    }
    let names: Vec<_> = interfaces.iter().map(InterfaceInfo::name).collect();
    let (option, end) = match side {
        Side::Module => ("", "H"),
        Side::Caller => (" --callers", "CALLERS_H"),
    };
    let guard = format!(
        "DLKM_{}_{end}",
        c_text::identifier(&names.join("_")).to_uppercase()
    );
    let mut out = format!(
        "/* Written by `dlkm header{option}`. Interfaces: {}. */\n#ifndef {guard}\n#define {guard}\n\n",
        c_text::comment(&names.join(", "))
    );
    out.push_str(module_macro::COMMON);
    out.push_str(BEGIN_C);
    if side == Side::Module {
        out.push_str(HIDDEN);
    }
    let mut taken = BTreeSet::new();
    for interface in interfaces {
        out.push_str(&format!(
            "\n/* Interface {} {} */\n\n",
            c_text::comment(interface.name()),
            c_text::comment(interface.version())
        ));
        let names = Names::new(interface);
        names.claim(&mut taken)?;
        out.push_str(&types::types(&names)?);
        out.push_str(&prototypes(&names, side)?);
    }
    if side == Side::Module {
        out.push_str(END_HIDDEN);
    }
    out.push_str(END_C);
    if side == Side::Module {
        out.push_str(&module_macro::definition(interfaces));
    }
    out.push_str(&format!("\n#endif /* {guard} */\n"));
    Ok(out)
}

const BEGIN_C: &str = "
#ifdef __cplusplus
extern \"C\" {
#endif
";

const END_C: &str = "\
#ifdef __cplusplus
}
#endif
";

/// Before a module's declarations. Its functions are hidden: those of its table must be its own,
/// and the dynamic linker would prefer a function of that name in the program.
const HIDDEN: &str = "#pragma GCC visibility push(hidden)\n";
const END_HIDDEN: &str = "\n#pragma GCC visibility pop\n";

fn prototypes(names: &Names<'_>, side: Side) -> Result<String, HeaderError> {
    let mut out = String::new();
    for export in names.interface.exports() {
        let name = match side {
            Side::Module => names.prefixed(export.name()),
            Side::Caller => export.name().to_owned(),
        };
        let ty = names.parse(export.signature())?;
        let syn::Type::FnPtr(function) = ty else {
            return Err(names.unknown(export.signature()));
        };
        out.push_str(&names.function(&function, &name)?);
        out.push_str(";\n");
    }
    Ok(out)
}

#[cfg(test)]
mod tests;
