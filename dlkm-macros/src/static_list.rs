//! `DLKM_STATIC`: the interfaces that this build links directly, so that their stubs call a symbol
//! and use no slot.

/// Names with commas between them, from `build.rs`. Empty where this file is compiled without it.
const LIST: &str = match option_env!("DLKM_STATIC") {
    Some(list) => list,
    None => "",
};

/// Whether the build links any interface directly. Each interface then leaves a macro for its
/// drivers, since a driver does not know the name of its interface.
pub(crate) fn is_used() -> bool {
    !LIST.is_empty()
}

/// Whether the build links the interface `name` directly.
pub(crate) fn contains(name: &str) -> bool {
    names("*") || names(name)
}

/// Whether the list has that very word. `*` is all interfaces, and no stub module: a stub module
/// defines symbols of C.
pub(crate) fn names(word: &str) -> bool {
    LIST.split(',').any(|listed| listed == word)
}
