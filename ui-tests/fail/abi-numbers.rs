use dlkm_rt::module;

#[module(abi = "C")]
pub trait Calc {
    #[stub(or = nothing)]
    fn wide(number: u128);

    #[stub(or = no_letter)]
    fn letter(letter: char);

    #[stub(or = no_array)]
    fn array(bytes: [u8; 4]);

    #[stub(or = no_unit)]
    fn unit(unit: ());
}

fn nothing(_: u128) {}

fn no_letter(_: char) {}

fn no_array(_: [u8; 4]) {}

fn no_unit(_: ()) {}

fn main() {}
