//! `Held` in results, in arguments, in fields, in containers and in callbacks.

#![deny(warnings)]

use std::collections::BTreeMap;
use std::error::Error;
use std::io;
use std::sync::Arc;

use dlkm_rt::{Held, Interface, LoadError, interface, module};

#[interface]
pub trait Shape: Send + Sync {
    fn area(&self) -> f64;
    fn scaled(&self, by: f64) -> Held<Box<dyn Shape>>;
    fn each(&self, side: &mut dyn FnMut(f64));
}

#[derive(Interface)]
pub struct Opened {
    pub name: String,
    pub shape: Held<Box<dyn Shape>>,
    pub inner: Option<Box<Opened>>,
}

#[module]
pub trait Shapes {
    #[ustub]
    fn one(name: &str) -> Result<Held<Box<dyn Shape>>, LoadError>;

    #[ustub]
    fn opened() -> Result<Opened, Held<io::Error>>;

    #[ustub]
    fn all() -> Result<BTreeMap<String, Vec<Held<Arc<dyn Shape>>>>, LoadError>;

    #[ustub]
    fn fail() -> Result<Held<fn(u8) -> u8>, Held<Box<dyn Error + Send + Sync>>>;

    #[ustub]
    fn keep(callback: Held<Box<dyn Fn(&str, &mut dyn FnMut(u8)) + Send + Sync>>)
    -> Result<(), LoadError>;

    #[ustub]
    fn visit(visitor: &mut dyn FnMut(Held<Box<dyn Shape>>)) -> Result<(), LoadError>;

    #[ustub]
    fn motto() -> Result<Held<&'static str>, LoadError>;

    #[ustub]
    fn bytes() -> Result<Held<&'static [u8]>, LoadError>;
}

struct Square(f64);

impl Shape for Square {
    fn area(&self) -> f64 {
        self.0 * self.0
    }

    fn scaled(&self, by: f64) -> Held<Box<dyn Shape>> {
        Held::new(Box::new(Square(self.0 * by)))
    }

    fn each(&self, side: &mut dyn FnMut(f64)) {
        (0..4).for_each(|_| side(self.0));
    }
}

fn main() {
    let shape: Held<Box<dyn Shape>> = Held::new(Box::new(Square(2.0)));
    assert_eq!(shape.scaled(2.0).area(), 16.0);
    let mut sum = 0.0;
    shape.each(&mut |side| sum += side);
    assert_eq!(sum, 8.0);
    let shared: Held<Arc<dyn Shape>> = Held::new(Arc::new(Square(1.0)));
    let more = [shared.clone(), shared];
    assert_eq!(more.iter().map(|one| one.area()).sum::<f64>(), 2.0);
    std::thread::spawn(move || drop(shape)).join().unwrap();
    assert!(shapes::one("x").is_err());
}
