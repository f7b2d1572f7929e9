//! The three policies, with every kind of argument that they allow.

#![deny(warnings)]
#![forbid(unsafe_code)]

use dlkm_rt::{Interface, LoadError, module};

#[module(on_panic = propagate)]
pub trait Plain {
    #[stub]
    fn plain(bytes: Vec<u8>) -> Result<usize, LoadError>;
}

#[module(on_panic = unload)]
pub trait Taken {
    #[ustub]
    fn taken(bytes: Vec<u8>) -> Result<usize, LoadError>;
}

#[derive(Clone, Copy, Interface)]
pub struct Point {
    pub x: i32,
}

#[module(on_panic = fallback)]
pub trait Kept {
    #[stub]
    fn moved(bytes: Vec<u8>) -> Result<usize, LoadError>;

    #[ustub(or = nothing)]
    fn again(
        copy: Point,
        text: &str,
        list: &mut Vec<u8>,
        callback: &mut dyn FnMut(&[u8]) -> bool,
        shared: &dyn Fn(u8) -> u8,
    ) -> usize;

    #[wstub(or = whole)]
    fn borrowed<'a>(text: &'a str, result: usize) -> &'a str;
}

fn nothing(
    copy: Point,
    text: &str,
    list: &mut Vec<u8>,
    callback: &mut dyn FnMut(&[u8]) -> bool,
    shared: &dyn Fn(u8) -> u8,
) -> usize {
    list.push(shared(1));
    let called = callback(text.as_bytes());
    copy.x as usize + usize::from(called)
}

fn whole(text: &str, _: usize) -> &str {
    text
}

fn main() {
    assert!(plain::plain(Vec::new()).is_err());
    assert!(taken::taken(Vec::new()).is_err());
    assert!(kept::moved(Vec::new()).is_err());
    let mut list = Vec::new();
    let result = kept::again(Point { x: 3 }, "x", &mut list, &mut |text| text == b"x", &|n| n + 1);
    assert_eq!((result, list), (4, vec![2]));
    assert_eq!(kept::borrowed("whole", 1), "whole");
}
