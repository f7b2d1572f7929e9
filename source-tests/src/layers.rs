//! Whether the folders of a crate use each other in one direction only.

use std::collections::BTreeSet;

use crate::files::below;
use crate::picture::Picture;
use crate::source::{Arrow, Crate};

/// What contradicts `picture`, a line each. Its title is the folder of the crate's source, and its
/// names are the folders and files directly in it.
pub fn violations(source: &Crate, picture: &Picture) -> Vec<String> {
    let folder = picture.title.as_str();
    let mut found = Vec::new();
    let files = source.production_files();
    let present: BTreeSet<&str> = files.iter().filter_map(|file| part(file, folder)).collect();
    let drawn: BTreeSet<&str> = picture.names().collect();
    for missing in present.difference(&drawn) {
        found.push(format!("the picture of {folder} lacks {missing}"));
    }
    for gone in drawn.difference(&present) {
        found.push(format!(
            "the picture of {folder} names {gone}, which does not exist"
        ));
    }
    let uses = source.uses(folder);
    found.extend(uses.unresolved.iter().map(ToString::to_string));
    found.extend(uses.arrows.iter().filter_map(|arrow| {
        let (from, to) = (part(&arrow.from, folder)?, part(&arrow.to, folder)?);
        let place = picture.misplaced(from, to)?;
        let Arrow { line, path, .. } = arrow;
        let file = &arrow.from;
        Some(format!(
            "{file}:{line}: {from} uses {to} ({path}), which lies {place} it"
        ))
    }));
    found
}

/// The folder or file directly in `folder` that `file` belongs to.
fn part<'a>(file: &'a str, folder: &str) -> Option<&'a str> {
    let name = below(file, folder)?.split('/').next()?;
    Some(name.strip_suffix(".rs").unwrap_or(name))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::files::Files;

    const PICTURE: &str = "\
## Directions
```text
app/src
  lib
   ↓
  kernel
   ↓
  left · right
   ↓
  error
```
";

    fn check(files: &[(&str, &str)]) -> Vec<String> {
        let picture = Picture::find(PICTURE, "## Directions", "app/src").unwrap();
        let source = Crate::read(&Files::made_up(files), "app/src/lib.rs", None).unwrap();
        violations(&source, &picture)
    }

    const LIB: (&str, &str) = (
        "app/src/lib.rs",
        "mod error; mod kernel; mod left; mod right;\npub use error::LoadError;",
    );

    #[test]
    fn one_direction_is_fine() {
        let found = check(&[
            LIB,
            (
                "app/src/kernel/mod.rs",
                "mod state; use crate::left::L; use crate::LoadError;",
            ),
            ("app/src/kernel/state.rs", "use super::super::right::R;"),
            ("app/src/left.rs", "pub struct L(crate::error::LoadError);"),
            ("app/src/right.rs", "pub struct R;"),
            ("app/src/error/mod.rs", "mod load; pub use load::LoadError;"),
            ("app/src/error/load.rs", "pub struct LoadError;"),
        ]);
        assert_eq!(found, [""; 0]);
    }

    #[test]
    fn a_use_of_what_lies_above_or_beside_is_named_with_its_line() {
        let found = check(&[
            LIB,
            ("app/src/kernel/mod.rs", "pub enum Phase { Loaded }"),
            ("app/src/left.rs", "\nfn f() { crate::right::g() }"),
            ("app/src/right.rs", "pub fn g() {}"),
            ("app/src/error/mod.rs", "mod load; pub use load::LoadError;"),
            (
                "app/src/error/load.rs",
                "\n\npub struct LoadError(crate::kernel::Phase);",
            ),
        ]);
        assert_eq!(
            found,
            [
                "app/src/error/load.rs:3: error uses kernel (crate::kernel::Phase), which lies \
                 above it",
                "app/src/left.rs:2: left uses right (crate::right::g), which lies beside it",
            ]
        );
    }

    #[test]
    fn the_picture_has_all_parts_and_no_others() {
        let found = check(&[
            (
                "app/src/lib.rs",
                "mod error; mod kernel; mod left; mod new;",
            ),
            ("app/src/kernel/mod.rs", ""),
            ("app/src/left.rs", ""),
            ("app/src/new/mod.rs", ""),
            ("app/src/error/mod.rs", ""),
        ]);
        assert_eq!(
            found,
            [
                "the picture of app/src lacks new",
                "the picture of app/src names right, which does not exist",
            ]
        );
    }
}
