//! Files that use each other in a circle.

use std::collections::{BTreeMap, BTreeSet};

use crate::source::Arrow;

/// The circles among the files of `arrows`, each as a text that lists the uses between its files.
pub fn circles(arrows: &[Arrow]) -> Vec<String> {
    let mut uses: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for arrow in arrows {
        uses.entry(&arrow.from).or_default().insert(&arrow.to);
    }
    let reached: BTreeMap<&str, BTreeSet<&str>> = uses
        .keys()
        .map(|from| (*from, reach(&uses, from)))
        .collect();
    let mut circles: BTreeSet<BTreeSet<&str>> = BTreeSet::new();
    for (file, reached_files) in &reached {
        // This includes the file itself, if it is in a circle.
        let back = |other: &&str| reached.get(other).is_some_and(|files| files.contains(file));
        let circle: BTreeSet<&str> = reached_files.iter().copied().filter(back).collect();
        if !circle.is_empty() {
            circles.insert(circle);
        }
    }
    circles.iter().map(|circle| text(circle, arrows)).collect()
}

/// The files that `from` uses, and those that they use, and so on.
fn reach<'a>(uses: &BTreeMap<&str, BTreeSet<&'a str>>, from: &str) -> BTreeSet<&'a str> {
    let mut reached = BTreeSet::new();
    let mut next = vec![from];
    while let Some(file) = next.pop() {
        for used in uses.get(file).into_iter().flatten() {
            if reached.insert(*used) {
                next.push(used);
            }
        }
    }
    reached
}

fn text(circle: &BTreeSet<&str>, arrows: &[Arrow]) -> String {
    let mut text = format!("{} files use each other in a circle:", circle.len());
    // One line for each two files: the first use.
    let mut uses: BTreeMap<(&str, &str), Vec<&Arrow>> = BTreeMap::new();
    for arrow in arrows {
        let (from, to) = (arrow.from.as_str(), arrow.to.as_str());
        if circle.contains(from) && circle.contains(to) {
            uses.entry((from, to)).or_default().push(arrow);
        }
    }
    for ((from, to), arrows) in uses {
        let Arrow { line, path, .. } = arrows[0];
        text += &format!("\n  {from}:{line}: {path} is in {to}");
        let more: BTreeSet<usize> = arrows[1..].iter().map(|arrow| arrow.line).collect();
        let more: Vec<String> = more.iter().map(ToString::to_string).collect();
        if !more.is_empty() {
            text += &format!("; more on {}", more.join(", "));
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::files::Files;
    use crate::source::Crate;

    fn check(files: &[(&str, &str)]) -> Vec<String> {
        let source = Crate::read(&Files::made_up(files), "src/lib.rs", None).unwrap();
        circles(&source.uses("src").arrows)
    }

    #[test]
    fn a_tree_has_no_circle() {
        let found = check(&[
            ("src/lib.rs", "mod a; mod b; pub use a::A;"),
            (
                "src/a/mod.rs",
                "mod part; pub use part::A; use crate::b::B;",
            ),
            ("src/a/part.rs", "pub struct A(super::super::b::B);"),
            ("src/b.rs", "pub struct B;"),
        ]);
        assert_eq!(found, [""; 0]);
    }

    #[test]
    fn each_circle_is_listed_with_its_lines() {
        let found = check(&[
            ("src/lib.rs", "mod a; mod b; mod c; mod d; mod e;"),
            ("src/a.rs", "use crate::b::B;\npub struct A(crate::b::B);"),
            ("src/b.rs", "use crate::c::C;\npub struct B;"),
            ("src/c.rs", "\nuse crate::a::A;\npub struct C(crate::d::D);"),
            ("src/d.rs", "use crate::e::E;\npub struct D;"),
            ("src/e.rs", "use crate::d::D;\npub struct E;"),
        ]);
        assert_eq!(
            found,
            [
                "3 files use each other in a circle:\n  \
                 src/a.rs:1: crate::b::B is in src/b.rs; more on 2\n  \
                 src/b.rs:1: crate::c::C is in src/c.rs\n  \
                 src/c.rs:2: crate::a::A is in src/a.rs",
                "2 files use each other in a circle:\n  \
                 src/d.rs:1: crate::e::E is in src/e.rs\n  \
                 src/e.rs:1: crate::d::D is in src/d.rs",
            ]
        );
    }

    #[test]
    fn a_child_may_not_use_what_its_parent_defines_if_the_parent_uses_the_child() {
        let found = check(&[
            ("src/lib.rs", "mod a;"),
            ("src/a/mod.rs", "mod part; pub use part::A; pub struct Own;"),
            ("src/a/part.rs", "pub struct A(super::Own);"),
        ]);
        assert_eq!(
            found,
            ["2 files use each other in a circle:\n  \
              src/a/mod.rs:1: part::A is in src/a/part.rs\n  \
              src/a/part.rs:1: super::Own is in src/a/mod.rs"]
        );
    }
}
