//! What to do if modules are not where a host looks for them: the command that installs them, or the
//! program whose modules are to be installed.

use std::ffi::OsStr;
use std::path::Path;

/// `cargo dlkm build`, with the options for the module root `root`.
///
/// Beside the executables of a profile, the command installs into the root without `--root`. A test
/// runs in `deps`, an example in `examples`, and an installed host elsewhere.
#[inline]
pub(super) fn for_root(root: &Path) -> String {
    let beside = root.parent().filter(|_| root.ends_with("modules"));
    let is_below = |folder: &&Path| folder.ends_with("deps") || folder.ends_with("examples");
    let below = beside.filter(is_below);
    let folder = below.map_or(beside, Path::parent);
    let profile = folder.and_then(Path::file_name).map(OsStr::to_string_lossy);
    let (options, is_of_profile) = match profile.as_deref() {
        Some("debug") => (String::new(), true),
        Some("release") => (" --release".to_owned(), true),
        Some(name) if below.is_some() => (format!(" --profile {}", quoted(name)), true),
        // That of this program.
        _ if cfg!(debug_assertions) => (String::new(), false),
        _ => (" --release".to_owned(), false),
    };
    if is_of_profile && below.is_none() {
        format!("cargo dlkm build{options}")
    } else {
        let root = root.to_string_lossy();
        format!("cargo dlkm build{options} --root {}", quoted(&root))
    }
}

/// The name of the program whose modules belong in `root`, if that is the folder of an installed
/// program: `lib/NAME/modules`. There, no one has a workspace to build.
#[inline]
pub(super) fn installed_program(root: &Path) -> Option<&str> {
    let program = root.parent().filter(|_| root.ends_with("modules"))?;
    let is_installed = program.parent()?.ends_with("lib");
    program.file_name()?.to_str().filter(|_| is_installed)
}

/// As a shell reads it.
#[inline]
fn quoted(text: &str) -> String {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"/._-+".contains(&byte);
    if text.bytes().all(is_plain) {
        return text.to_owned();
    }
    let mut quoted = String::from("'");
    for letter in text.chars() {
        match letter {
            '\'' => quoted.push_str(r"'\''"),
            letter => quoted.push(letter),
        }
    }
    quoted.push('\'');
    quoted
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_folder_of_an_installed_program_names_it() {
        for (root, program) in [
            ("/usr/lib/dcat/modules", Some("dcat")),
            ("/home/me/.local/lib/dcat/modules", Some("dcat")),
            ("/usr/lib/dcat", None),
            ("/usr/lib/modules", None),
            ("/w/target/debug/modules", None),
            ("/lib/target/debug/modules", None),
            ("modules", None),
            ("/", None),
        ] {
            assert_eq!(installed_program(Path::new(root)), program, "{root}");
        }
    }

    #[test]
    fn the_command_installs_where_the_host_looks() {
        let own = if cfg!(debug_assertions) {
            ""
        } else {
            " --release"
        };
        for (root, options) in [
            ("/w/target/debug/modules", ""),
            (
                "/w/target/x86_64-unknown-linux-gnu/release/modules",
                " --release",
            ),
            (
                "/w/target/debug/deps/modules",
                " --root /w/target/debug/deps/modules",
            ),
            (
                "/w/target/release/examples/modules",
                " --release --root /w/target/release/examples/modules",
            ),
            (
                "/w/target/small/deps/modules",
                " --profile small --root /w/target/small/deps/modules",
            ),
            (
                "/h/.cargo/bin/modules",
                &format!("{own} --root /h/.cargo/bin/modules"),
            ),
            ("/usr/lib/dcat", &format!("{own} --root /usr/lib/dcat")),
            ("/it's here", &format!(r"{own} --root '/it'\''s here'")),
            ("modules", &format!("{own} --root modules")),
            ("/", &format!("{own} --root /")),
        ] {
            assert_eq!(
                for_root(Path::new(root)),
                format!("cargo dlkm build{options}")
            );
        }
    }
}
