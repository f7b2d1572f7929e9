// Fifty types, each as an argument and as a result.
#![deny(warnings)]

use std::sync::Mutex;

use dlkm_rt::{Kernel, LoadError, ModuleRoot, module};

macro_rules! ten {
    ($($group:ident)*) => {$(
        pub mod $group {
            ten! { @ a b c d e f g h i }
        }
    )*};
    (@ $($field:ident)*) => {
        $(
            pub mod $field {
                #[derive(Default, dlkm_rt::Interface)]
                pub struct One(pub u8);
            }
        )*

        #[derive(Default, dlkm_rt::Interface)]
        pub struct Group {
            $(pub $field: $field::One,)*
        }
    };
}

ten! { one two three four five }

macro_rules! all {
    ($($group:ident)*) => {
        #[derive(Default, dlkm_rt::Interface)]
        pub struct All {
            $(pub $group: $group::Group,)*
        }
    };
}

all! { one two three four five }

#[module]
pub trait Many {
    #[ustub]
    fn change(all: &mut Mutex<All>, with: &dyn Fn(&mut All)) -> Result<(), LoadError>;
}

pub struct Driver;

#[module]
impl Many for Driver {
    fn change(all: &mut Mutex<All>, with: &dyn Fn(&mut All)) -> Result<(), LoadError> {
        with(all.get_mut().unwrap());
        Ok(())
    }
}

fn main() {
    Kernel::boot(ModuleRoot::none()).unwrap();
    let mut all = Mutex::default();
    many::change(&mut all, &|all: &mut All| all.five.a.0 = 1).unwrap();
    assert_eq!(all.get_mut().unwrap().five.a.0, 1);
}
