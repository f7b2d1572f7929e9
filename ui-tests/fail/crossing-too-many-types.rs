// More than a hundred and twenty-eight in one type.
use dlkm_rt::{LoadError, module};

macro_rules! ten {
    ($($group:ident)*) => {$(
        pub mod $group {
            ten! { @ a b c d e f g h i }
        }
    )*};
    (@ $($field:ident)*) => {
        $(
            pub mod $field {
                #[derive(dlkm_rt::Interface)]
                pub struct One(pub u8);
            }
        )*

        #[derive(dlkm_rt::Interface)]
        pub struct Group {
            $(pub $field: $field::One,)*
        }
    };
}

macro_rules! all {
    ($($group:ident)*) => {
        ten! { $($group)* }

        #[derive(dlkm_rt::Interface)]
        pub struct All {
            $(pub $group: $group::Group,)*
        }
    };
}

all! { m0 m1 m2 m3 m4 m5 m6 m7 m8 m9 m10 m11 m12 }

#[module]
pub trait Shm {
    #[stub]
    fn count(all: All) -> Result<u64, LoadError>;
}

fn main() {}
