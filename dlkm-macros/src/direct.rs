//! Direct linking: which interfaces this build calls without a slot, and by which symbols.

use std::env;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::atomic::{AtomicU64, Ordering};

use syn::Ident;
use syn::ext::IdentExt;

/// From `build.rs`: names with commas between them. Nothing where this file is compiled elsewhere.
const LIST: &str = match option_env!("DLKM_STATIC") {
    Some(list) => list,
    None => "",
};

/// Whether the build links any interface directly. Each interface then has a macro for drivers,
/// since a driver does not know its interface's name.
pub(crate) fn any() -> bool {
    !LIST.is_empty()
}

/// How an interface's functions are called directly.
pub(crate) struct Direct {
    /// Tells this interface from any other of the same name.
    unique: u64,
    /// Whether it is one of those that the build links directly.
    pub(crate) listed: bool,
}

impl Direct {
    /// What the build says of the interface `name`; `None` unless it links some interface so.
    pub(crate) fn of(name: &str) -> Option<Self> {
        any().then(|| Direct {
            unique: unique(),
            listed: LIST
                .split(',')
                .any(|listed| listed == name || listed == "*"),
        })
    }

    /// The symbol of a function. It is what a linker's message shows if there is no module, so it
    /// names interface and function.
    pub(crate) fn symbol(&self, interface: &str, function: &Ident) -> String {
        let interface = interface.replace('-', "_");
        let (function, unique) = (function.unraw(), self.unique);
        format!("dlkm_static__{interface}__{function}__{unique:016x}")
    }

    /// The name of the interface's macro.
    pub(crate) fn macro_name(&self, interface: &str) -> String {
        let interface = interface.replace('-', "_");
        format!("dlkm_static_{interface}_{:016x}", self.unique)
    }
}

/// A number for one interface among all of a program: one that was declared elsewhere, or in
/// another version of the crate, may have the same name and other types. Nobody computes it a
/// second time: drivers get it from the interface's macro.
fn unique() -> u64 {
    /// The interfaces of the crate that is being compiled; a compiler compiles one.
    static COUNT: AtomicU64 = AtomicU64::new(0);
    let mut hasher = DefaultHasher::new();
    // Relaxed: a number.
    COUNT.fetch_add(1, Ordering::Relaxed).hash(&mut hasher);
    // A package is one by its name, its version and where it is from.
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
    fn a_symbol_names_interface_and_function_and_is_no_other_interfaces() {
        let [one, other] = [unique(), unique()].map(|unique| Direct {
            unique,
            listed: true,
        });
        let function = Ident::new_raw("type", proc_macro2::Span::call_site());
        let symbol = one.symbol("tcp-ip", &function);
        assert!(
            symbol.starts_with("dlkm_static__tcp_ip__type__"),
            "{symbol}"
        );
        assert_ne!(symbol, other.symbol("tcp-ip", &function));
        assert_ne!(one.macro_name("shm"), other.macro_name("shm"));
    }
}
