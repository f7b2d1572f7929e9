//! A held value is used in place.

use dlkm_rt::Held;

fn main() {
    let held: Held<Box<dyn Fn()>> = Held::new(Box::new(|| {}));
    let _taken: Box<dyn Fn()> = *held;
}
