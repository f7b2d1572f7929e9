use super::*;
use crate::files::Files;

/// The arrows of a crate: `from:line to`, without the folder.
fn arrows_of(files: &[(&str, &str)], for_expansions: Option<&str>) -> Vec<String> {
    let source = Crate::read(&Files::made_up(files), "src/lib.rs", for_expansions).unwrap();
    let Uses { arrows, unresolved } = source.uses("src");
    assert_eq!(unresolved, []);
    let name = |file: &str| file.strip_prefix("src/").unwrap().to_owned();
    let text = |arrow: &Arrow| format!("{}:{} {}", name(&arrow.from), arrow.line, name(&arrow.to));
    arrows.iter().map(text).collect()
}

/// The arrows of `text` as the file `user.rs`, to `a.rs`, `a/b.rs` and `c.rs`: the lines and the
/// files, such as `1 a.rs`.
fn arrows(text: &str) -> Vec<String> {
    let files = [
        (
            "src/lib.rs",
            "mod a; mod c; mod user; pub use a::b::Deep as Renamed;",
        ),
        (
            "src/a.rs",
            "pub mod b; pub use b::*; pub struct A; pub fn a() {}",
        ),
        (
            "src/a/b.rs",
            "pub struct Deep; impl Deep { pub const X: u8 = 0; } pub fn deep() {}",
        ),
        (
            "src/c.rs",
            "pub struct C; #[macro_export] macro_rules! exported { () => {} }",
        ),
        ("src/user.rs", text),
    ];
    let from = "user.rs:";
    let arrows = arrows_of(&files, None);
    arrows
        .iter()
        .filter_map(|arrow| arrow.strip_prefix(from).map(str::to_owned))
        .collect()
}

#[test]
fn use_with_groups_aliases_and_self() {
    assert_eq!(arrows("use crate::a::A;"), ["1 a.rs"]);
    assert_eq!(
        arrows("use crate::{a::{self,\n b::Deep as D}, c};"),
        ["1 a.rs", "2 a/b.rs", "2 c.rs"]
    );
    assert_eq!(arrows("use super::c::*;"), ["1 c.rs"]);
    assert_eq!(arrows("pub(in crate::a) struct Mine;"), [""; 0]);
}

#[test]
fn a_reexport_counts_for_the_file_that_defines() {
    assert_eq!(arrows("use crate::Renamed;"), ["1 a/b.rs"]);
    assert_eq!(arrows("use crate::a::Deep;"), ["1 a/b.rs"]);
}

#[test]
fn paths_in_types_expressions_and_patterns() {
    assert_eq!(arrows("\nstruct S(super::a::A);"), ["2 a.rs"]);
    assert_eq!(
        arrows("fn f() {\n let _ = crate::a::Deep::X; }"),
        ["2 a/b.rs"]
    );
    assert_eq!(
        arrows("impl crate::c::C { fn f(self: &Self) {} }"),
        ["1 c.rs"]
    );
    assert_eq!(
        arrows("fn f() { match 1 { crate::a::b::Deep::X => {} _ => {} } }"),
        ["1 a/b.rs"]
    );
    assert_eq!(
        arrows("mod inner { fn f() { super::super::a::a() } }"),
        ["1 a.rs"]
    );
}

#[test]
fn paths_that_begin_with_an_import() {
    assert_eq!(
        arrows("use crate::a;\nfn f() { a::deep() }"),
        ["1 a.rs", "2 a/b.rs"]
    );
    assert_eq!(
        arrows("fn f() { use crate::a::b;\n b::deep() }"),
        ["1 a/b.rs", "2 a/b.rs"]
    );
    assert_eq!(arrows("fn f() { ::a::b::deep() }"), [""; 0]);
    assert_eq!(arrows("fn f() { std::mem::drop(1); T::new() }"), [""; 0]);
}

#[test]
fn tokens_of_macros() {
    assert_eq!(
        arrows("fn f() {\n println!(\"{}\",\n crate::a::Deep::X); }"),
        ["3 a/b.rs"]
    );
    assert_eq!(
        arrows("use crate::a;\nfn f() { vec![a::deep()] }"),
        ["1 a.rs", "2 a/b.rs"]
    );
    assert_eq!(
        arrows("make! { use crate::{c::C,\n a::{A, Deep}}; }"),
        ["1 c.rs", "2 a.rs", "2 a/b.rs"]
    );
    assert_eq!(arrows("#[marked(crate::c::C)] struct S;"), ["1 c.rs"]);
    assert_eq!(arrows("fn f() { quote!(crate::c::C) }"), [""; 0]);
    assert_eq!(arrows("fn f() { m!(::a::b::Deep) }"), [""; 0]);
}

#[test]
fn bodies_of_macros() {
    let body = |path: &str| arrows(&format!("macro_rules! m {{ () => {{ {path} }} }}"));
    assert_eq!(body("$crate::a::A"), ["1 a.rs"]);
    assert_eq!(body("super::c::C"), ["1 c.rs"]);
    assert_eq!(body("$x::a a::b::deep()"), [""; 0]);
    let exported = "#[macro_export] macro_rules! m { () => { super::gone::X $crate::c::C } }";
    assert_eq!(arrows(exported), ["1 c.rs"]);
}

#[test]
fn macros_by_their_names() {
    assert_eq!(arrows("fn f() { exported!() }"), ["1 c.rs"]);
    assert_eq!(arrows("fn f() { crate::exported!() }"), ["1 c.rs"]);
    assert_eq!(
        arrows("use crate::exported as renamed;\nrenamed!();"),
        ["1 c.rs", "2 c.rs"]
    );
    assert_eq!(arrows("fn f() { unknown!() }"), [""; 0]);
    let own = "macro_rules! exported { () => {} } exported!();";
    assert_eq!(arrows(own), [""; 0]);
}

#[test]
fn what_expansions_name_does_not_count() {
    let files = [
        ("src/lib.rs", "mod a; pub mod private;"),
        (
            "src/a.rs",
            "#[macro_export] macro_rules! m { () => { $crate::private::A } } pub struct A;",
        ),
        ("src/private.rs", "pub use crate::a::A;"),
    ];
    assert_eq!(arrows_of(&files, Some("private")), ["private.rs:1 a.rs"]);
    // Outside of a macro it counts.
    let by_hand = [
        files[0],
        ("src/a.rs", "mod x; use crate::private::f;"),
        ("src/a/x.rs", ""),
        ("src/private.rs", "pub fn f() {}"),
    ];
    assert_eq!(arrows_of(&by_hand, Some("private")), ["a.rs:1 private.rs"]);
}

#[test]
fn tests_do_not_count() {
    assert_eq!(
        arrows("#[cfg(test)] mod tests { use crate::a::A; }"),
        [""; 0]
    );
    assert_eq!(arrows("#[cfg(test)] use crate::a::A;"), [""; 0]);
    assert_eq!(
        arrows("#[cfg(all(test, unix))] fn f() { crate::a::a() }"),
        [""; 0]
    );
    assert_eq!(
        arrows("struct S; impl S { #[cfg(test)] fn f() { crate::a::a() } }"),
        [""; 0]
    );
    assert_eq!(arrows("#[cfg(not(test))] use crate::a::A;"), ["1 a.rs"]);
}

#[test]
fn modules_of_other_paths() {
    let files = [
        (
            "all/src/lib.rs",
            "#[cfg_attr(unix, path = \"sys/unix.rs\")] mod os; #[path = \"../far/x.rs\"] mod x;",
        ),
        (
            "all/src/sys/unix.rs",
            "mod more; pub fn f() { crate::x::y::g() }",
        ),
        ("all/src/sys/more.rs", "use super::f;"),
        ("all/far/x.rs", "pub mod y;"),
        ("all/far/y.rs", "pub fn g() { crate::os::f() }"),
    ];
    let source = Crate::read(&Files::made_up(&files), "all/src/lib.rs", None).unwrap();
    let ends = |folder: &str| -> Vec<(String, String)> {
        let arrows = source.uses(folder).arrows.into_iter();
        arrows.map(|arrow| (arrow.from, arrow.to)).collect()
    };
    let pair = |from: &str, to: &str| (from.to_owned(), to.to_owned());
    let inside = pair("all/src/sys/more.rs", "all/src/sys/unix.rs");
    assert_eq!(
        ends("all"),
        [
            pair("all/far/y.rs", "all/src/sys/unix.rs"),
            inside.clone(),
            pair("all/src/sys/unix.rs", "all/far/y.rs"),
        ]
    );
    assert_eq!(ends("all/src"), [inside]);
    assert_eq!(source.files().len(), 5);
}

#[test]
fn what_a_macro_defines_is_in_its_file() {
    let files = [
        ("src/lib.rs", "mod a; mod made;"),
        ("src/a.rs", "use crate::made::anything;"),
        ("src/made.rs", "define! { anything }"),
    ];
    assert_eq!(arrows_of(&files, None), ["a.rs:1 made.rs"]);
}

#[test]
fn a_path_to_nothing_is_reported() {
    let files = [
        ("src/lib.rs", "mod a;"),
        ("src/a.rs", "\nuse crate::nothing::X;"),
    ];
    let source = Crate::read(&Files::made_up(&files), "src/lib.rs", None).unwrap();
    let unresolved = source.uses("src").unresolved;
    let shown: Vec<String> = unresolved.iter().map(ToString::to_string).collect();
    assert_eq!(shown, ["src/a.rs:2: `crate::nothing::X` is not found"]);
}

#[test]
fn statics_without_a_value() {
    assert_eq!(
        arrows_of(
            &[
                ("src/lib.rs", "mod a; mod b;"),
                ("src/a.rs", "#[gathered] pub static ALL: [crate::b::B];"),
                ("src/b.rs", "pub struct B; fn f() { crate::a::ALL }"),
            ],
            None
        ),
        ["a.rs:1 b.rs", "b.rs:1 a.rs"]
    );
}

#[test]
fn a_missing_file_is_an_error() {
    let files = Files::made_up(&[("src/lib.rs", "mod gone;")]);
    let error = Crate::read(&files, "src/lib.rs", None).unwrap_err();
    assert_eq!(error, "neither src/gone.rs nor src/gone/mod.rs exists");
}

#[test]
fn names_of_other_crates_may_come_through_a_reexport() {
    let files = [
        (
            "src/lib.rs",
            "mod a; pub use other as metadata; pub use third::*; pub use ::a::Other;",
        ),
        (
            "src/a.rs",
            "use crate::metadata::Metadata; use crate::Anything; use crate::Other;",
        ),
    ];
    assert_eq!(arrows_of(&files, None), [""; 0]);
}
