//! Compiles each file of `fail/`, compares what rustc prints with the `.stderr` beside
//! it, and compiles and runs each file of `pass/`. `.ci/test` does so beside the other tests.
//!
//! `TRYBUILD=overwrite cargo test -p ui-tests` writes the `.stderr` files anew; read them
//! before they are committed. `cargo test -p ui-tests -- compile_errors trybuild=NAME` runs one case.

#[test]
fn compile_errors() {
    let cases = trybuild::TestCases::new();
    cases.compile_fail("fail/*.rs");
    cases.pass("pass/*.rs");
}
