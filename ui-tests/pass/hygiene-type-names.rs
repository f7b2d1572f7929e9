// The author's types have the names of generic parameters and of the runtime's types.
#![deny(warnings)]

use dlkm_rt::{Kernel, LoadError, ModuleRoot, module};

#[derive(Debug, PartialEq, dlkm_rt::Interface)]
pub struct T(pub u8);
#[derive(Debug, PartialEq, dlkm_rt::Interface)]
pub struct F(pub u8);
#[derive(Debug, PartialEq, dlkm_rt::Interface)]
pub struct Slot(pub u8);
#[derive(Debug, PartialEq, dlkm_rt::Interface)]
pub struct Hold(pub u8);
#[derive(Debug, PartialEq, dlkm_rt::Interface)]
pub struct Interface(pub u8);

pub const INTERFACE: usize = 2;
pub const DECLARATION: usize = 2;
pub const HOLD: usize = 2;

#[module]
pub trait Types {
    #[stub]
    fn strong(t: T, f: F, slot: Slot) -> Result<(T, F, Slot), LoadError>;

    #[ustub]
    fn unloadable(hold: Hold, interface: Interface) -> Result<(Hold, Interface), LoadError>;

    #[stub]
    fn arrays(
        one: [u8; INTERFACE],
        two: [u8; DECLARATION],
        three: [u8; HOLD],
    ) -> Result<u8, LoadError>;
}

pub struct Driver;

#[module]
impl Types for Driver {
    fn strong(t: T, f: F, slot: Slot) -> Result<(T, F, Slot), LoadError> {
        Ok((t, f, slot))
    }

    fn unloadable(hold: Hold, interface: Interface) -> Result<(Hold, Interface), LoadError> {
        Ok((hold, interface))
    }

    fn arrays(one: [u8; 2], two: [u8; 2], three: [u8; 2]) -> Result<u8, LoadError> {
        Ok(one[0] + two[1] + three[0])
    }
}

fn main() {
    Kernel::boot(ModuleRoot::none()).unwrap();
    let all = types::strong(T(1), F(2), Slot(3)).unwrap();
    assert_eq!(all, (T(1), F(2), Slot(3)));
    let both = types::unloadable(Hold(4), Interface(5)).unwrap();
    assert_eq!(both, (Hold(4), Interface(5)));
    assert_eq!(types::arrays([1, 2], [3, 4], [5, 6]).unwrap(), 10);
}
