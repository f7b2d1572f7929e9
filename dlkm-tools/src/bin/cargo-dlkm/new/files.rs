//! The files of a new workspace.

use std::path::Path;

use super::name::Name;

/// Path and text of each file. `@name@` and the other words between two `@` stand for what depends
/// on the workspace.
const FILES: &[(&str, &str)] = &[
    (
        "Cargo.toml",
        include_str!("../../../../templates/Cargo.toml.in"),
    ),
    (
        "README.md",
        include_str!("../../../../templates/README.md.in"),
    ),
    (
        ".gitignore",
        include_str!("../../../../templates/gitignore.in"),
    ),
    (
        "@name@-api/Cargo.toml",
        include_str!("../../../../templates/api.toml.in"),
    ),
    (
        "@name@-api/src/lib.rs",
        include_str!("../../../../templates/api.rs.in"),
    ),
    (
        "@name@/Cargo.toml",
        include_str!("../../../../templates/driver.toml.in"),
    ),
    (
        "@name@/src/lib.rs",
        include_str!("../../../../templates/driver.rs.in"),
    ),
    (
        "@name@-host/Cargo.toml",
        include_str!("../../../../templates/host.toml.in"),
    ),
    (
        "@name@-host/src/main.rs",
        include_str!("../../../../templates/host.rs.in"),
    ),
    (
        "@name@-host/tests/loads.rs",
        include_str!("../../../../templates/loads.rs.in"),
    ),
];

/// Path and text of each file of the workspace `name`. It depends on the crates of the checkout, or
/// else on those of this version that are published.
pub(super) fn files(name: &Name, checkout: Option<&Path>) -> Vec<(String, String)> {
    let dependency = |package: &str| match checkout {
        // A quoted text of Rust with such characters only is one of TOML.
        Some(checkout) => format!("{{ path = {:?} }}", checkout.join(package)),
        None => format!("{:?}", env!("CARGO_PKG_VERSION")),
    };
    let words = [
        ("@name@", name.text.clone()),
        ("@ident@", name.ident()),
        ("@Trait@", name.trait_name()),
        ("@dlkm-rt@", dependency("dlkm-rt")),
        ("@dlkm-tools@", dependency("dlkm-tools")),
    ];
    let filled = |text: &str| {
        let fill = |text: String, (word, value): &(&str, String)| text.replace(word, value);
        words.iter().fold(text.to_owned(), fill)
    };
    let each = FILES
        .iter()
        .map(|(path, text)| (filled(path), filled(text)));
    each.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_word_is_left() {
        let name = Name::new("word-count").unwrap();
        for checkout in [None, Some(Path::new("/checkout"))] {
            for (path, text) in files(&name, checkout) {
                assert!(!path.contains('@') && !text.contains('@'), "{path}: {text}");
            }
        }
    }
}
