//! The module's function would still have the `&mut`, through its result.

use dlkm_rt::module;

#[module(on_panic = fallback)]
pub trait Lines {
    #[ustub(or = empty)]
    fn first<'a>(text: &'a mut String, from: usize) -> &'a str;

    #[ustub(or = whole)]
    fn trimmed(text: &str) -> &str;
}

fn empty(_: &mut String, _: usize) -> &str {
    ""
}

fn whole(text: &str) -> &str {
    text
}

fn main() {}
