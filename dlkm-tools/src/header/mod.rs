//! Writes the C header of interfaces of ABI C.

mod declare;
mod error;
mod metadata_text;
mod module_macro;
mod types;

use dlkm_metadata::{Abi, InterfaceInfo};

use declare::Names;

pub use error::HeaderError;

/// Writes a C header for modules that provide these interfaces. It declares their types and functions,
/// and defines the macro `DLKM_MODULE`, which makes a C source file such a module.
///
/// # Errors
/// The ABI of an interface is not C, or C can't express one of its types.
pub fn c_header(interfaces: &[InterfaceInfo]) -> Result<String, HeaderError> {
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
    let guard = format!(
        "DLKM_{}_H",
        names.join("_").replace('-', "_").to_uppercase()
    );
    let mut out = format!(
        "/* Written by `dlkm header`. Interfaces: {}. */\n#ifndef {guard}\n#define {guard}\n\n",
        names.join(", ")
    );
    out.push_str(module_macro::COMMON);
    for interface in interfaces {
        out.push_str(&format!(
            "\n/* Interface {} {} */\n\n",
            interface.name(),
            interface.version()
        ));
        let names = Names::new(interface);
        out.push_str(&types::types(&names)?);
        out.push_str(&prototypes(&names)?);
    }
    out.push_str(&module_macro::definition(interfaces));
    out.push_str(&format!("\n#endif /* {guard} */\n"));
    Ok(out)
}

fn prototypes(names: &Names<'_>) -> Result<String, HeaderError> {
    let mut out = String::new();
    for export in names.interface.exports() {
        let name = names.prefixed(export.name());
        let ty = names.parse(export.signature())?;
        let syn::Type::FnPtr(function) = ty else {
            return Err(names.unknown(export.signature()));
        };
        out.push_str(&names.function(&function, &name)?);
        out.push_str(";\n");
    }
    Ok(out)
}
