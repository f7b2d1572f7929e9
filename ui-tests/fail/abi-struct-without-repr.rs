use dlkm_rt::{Interface, module};

#[derive(Interface)]
pub struct Point {
    x: f64,
    y: f32,
}

#[module(abi = "C")]
pub trait Calc {
    #[stub(or = none)]
    fn norm(at: &Point) -> f64;
}

fn none(at: &Point) -> f64 {
    at.x + f64::from(at.y)
}

fn main() {}
