// Types that contain themselves and each other, followed to a depth.
#![deny(warnings)]
#![allow(dead_code)]

use dlkm_rt::interface::Parts;
use dlkm_rt::{Interface, interface};

#[derive(Interface)]
pub struct List<'a, T> {
    item: &'a T,
    next: Option<Box<List<'a, T>>>,
}

#[derive(Interface)]
pub enum Tree {
    Leaf(u8),
    Node(Vec<Self>),
}

#[derive(Interface)]
pub struct Directory {
    entries: Vec<Entry>,
}

#[derive(Interface)]
enum Entry {
    File(String),
    Directory(Box<Directory>),
}

#[interface]
pub trait Visitor {
    fn enter(&mut self, node: &Node<'_>) -> Box<dyn Visitor>;
}

#[derive(Interface)]
pub struct Node<'a> {
    visit: fn(&Node<'_>, &mut dyn Visitor),
    visitor: &'a mut dyn Visitor,
}

const fn types<T: Interface + ?Sized>(depth: usize) -> usize {
    match depth {
        0 => 1,
        _ => 1 + all::<T::Parts>(depth - 1),
    }
}

const fn all<P: Parts>(depth: usize) -> usize {
    match P::COUNT {
        0 => 0,
        1 if P::Left::COUNT + P::Right::COUNT == 0 => types::<P::This>(depth),
        _ => all::<P::Left>(depth) + all::<P::Right>(depth),
    }
}

const LIST: usize = types::<List<'_, u8>>(6);

fn main() {
    // `List` with `&u8` and `u8`, `Option`, `Box`, the same again, and `List`.
    assert_eq!(LIST, 11);
    assert!(types::<Tree>(9) > 9);
    assert!(types::<Directory>(9) > 9);
    assert!(types::<dyn Visitor>(9) > 9);
    assert!(types::<Node<'_>>(9) > 9);
}
