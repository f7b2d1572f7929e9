//! Names as they are compared.

/// The name by which a map finds a module or a tunable: `-` and `_` are one, as in
/// [`same_name`](dlkm_system::same_name).
pub(crate) fn plain(name: &str) -> String {
    name.replace('-', "_")
}
