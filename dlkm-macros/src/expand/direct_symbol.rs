//! The symbols of an interface that the build links directly: what they are called.

use std::env;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::atomic::{AtomicU64, Ordering};

use syn::Ident;
use syn::ext::IdentExt;

/// Names for one interface, which no other interface of the program has.
pub(super) struct SymbolNames {
    /// With `_` for `-`.
    interface: String,
    unique: u64,
}

impl SymbolNames {
    pub(super) fn new(interface: &str) -> Self {
        SymbolNames {
            interface: interface.replace('-', "_"),
            unique: unique(),
        }
    }

    /// The symbol of a function. A linker prints it if there is no module, so it contains the names
    /// of interface and function.
    pub(super) fn of(&self, function: &Ident) -> String {
        let (interface, function) = (&self.interface, function.unraw());
        format!("dlkm_static__{interface}__{function}__{:016x}", self.unique)
    }

    /// The macro that the interface leaves for its drivers.
    pub(super) fn of_macro(&self) -> String {
        format!("dlkm_static_{}_{:016x}", self.interface, self.unique)
    }
}

/// A number for one interface among all of a program. An interface declared elsewhere, or in
/// another version of the crate, may have the same name and other types. The number is computed
/// once: drivers get it from the interface's macro.
fn unique() -> u64 {
    /// The interfaces of the crate being compiled: a compiler process compiles one crate.
    static COUNT: AtomicU64 = AtomicU64::new(0);
    let mut hasher = DefaultHasher::new();
    // Relaxed: nothing but the number is shared.
    COUNT.fetch_add(1, Ordering::Relaxed).hash(&mut hasher);
    // A package is identified by its name, its version and its place.
    for variable in [
        "CARGO_PKG_NAME",
        "CARGO_PKG_VERSION",
        "CARGO_MANIFEST_DIR",
        "CARGO_CRATE_NAME",
    ] {
        env::var_os(variable).hash(&mut hasher);
    }
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_symbol_names_interface_and_function_and_differs_between_interfaces() {
        let [one, other] = [SymbolNames::new("tcp-ip"), SymbolNames::new("tcp-ip")];
        let function = Ident::new_raw("type", proc_macro2::Span::call_site());
        let symbol = one.of(&function);
        assert!(
            symbol.starts_with("dlkm_static__tcp_ip__type__"),
            "{symbol}"
        );
        assert_ne!(symbol, other.of(&function));
        assert_ne!(one.of_macro(), other.of_macro());
    }
}
