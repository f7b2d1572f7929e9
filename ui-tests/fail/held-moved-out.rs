//! A reference to a held value ends with the `Held`.

use std::io;

use dlkm_rt::Held;

fn main() {
    let error: Held<io::Error> = Held::new(io::Error::other("x"));
    let _moved: io::Error = *error;

    let mut error: Held<io::Error> = Held::new(io::Error::other("x"));
    let _swapped = std::mem::replace(&mut *error, io::Error::other("y"));

    let text: &'static str = {
        let held: Held<&'static str> = Held::new("x");
        &held
    };
    println!("{text}");
}
