// Types that lead to each other, as those of a syntax tree do, and more of them than one type may
// consist of.
use dlkm_rt::{Interface, LoadError, module};

macro_rules! circle {
    ($first:ident $($one:ident)*) => { circle! { @ $first : $first $($one)* } };
    (@ $first:ident : $last:ident) => {
        #[derive(Interface)]
        pub struct $last { pub next: Option<Box<$first>> }
    };
    (@ $first:ident : $one:ident $two:ident $($rest:ident)*) => {
        #[derive(Interface)]
        pub struct $one { pub next: Option<Box<$two>> }
        circle! { @ $first : $two $($rest)* }
    };
}

circle! {
    T0 T1 T2 T3 T4 T5 T6 T7 T8 T9
    T10 T11 T12 T13 T14 T15 T16 T17 T18 T19
    T20 T21 T22 T23 T24 T25 T26 T27 T28 T29
}

#[module]
pub trait Tree {
    #[stub]
    fn parse(text: &str) -> Result<T0, LoadError>;
}

fn main() {
    assert!(tree::parse("").is_err());
}
