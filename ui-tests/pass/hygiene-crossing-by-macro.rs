// Types that a macro passes into an interface as fragments, each in a group of its own.
#![deny(warnings)]

use std::borrow::Cow;

use dlkm_rt::{Kernel, LoadError, ModuleRoot};

macro_rules! described {
    ($(#[$attribute:meta])* $name:ident $(<$lifetime:lifetime>)?: $ty:ty) => {
        #[derive(Debug, dlkm_rt::Interface)]
        $(#[$attribute])*
        pub struct $name $(<$lifetime>)? {
            pub value: $ty,
        }
    };
}

described!(Owned: Vec<(u8, String)>);
described!(Lent<'a>: &'a [Cow<'a, str>]);

macro_rules! passes {
    ($name:ident, $text:literal, $kind:ident, $driver:ident:
     $($function:ident: $in:ty => $out:ty = $body:expr;)*) => {
        #[dlkm_rt::module(name = $text)]
        pub trait $name {
            $(
                #[$kind]
                fn $function(value: $in) -> Result<$out, LoadError>;
            )*
        }

        struct $driver;

        #[dlkm_rt::module]
        impl $name for $driver {
            $(
                fn $function(value: $in) -> Result<$out, LoadError> {
                    let call: fn($in) -> $out = $body;
                    Ok(call(value))
                }
            )*
        }
    };
}

passes! {
    Unloadable, "unloadable", ustub, UnloadableDriver:
    number: u8 => u16 = |value| u16::from(value);
    text: &str => String = |value| value.to_owned();
    owned: Owned => Option<Owned> = |value| Some(value);
    local: self::Owned => [u8; self::LENGTH] = |value| [value.value.len() as u8; LENGTH];
    lent: Lent<'_> => usize = |value| value.value.len();
    callback: &dyn Fn(&str) -> usize => usize = |value| value("four");
    mutable: &mut (dyn FnMut(u8) + Send) => () = |value| value(1);
    length: [u8; LENGTH] => [[u8; LENGTH - 1]; 1] = |value| [[value[0]]];
    raw: r#type => u8 = |value| value.r#match;
}

passes! {
    LoadOnly, "load-only", stub, LoadOnlyDriver:
    function: u8 => fn(&str) -> usize = |_| str::len;
    closure: u8 => Box<dyn Fn(u8) -> u8 + Send> = |value| Box::new(move |n| n + value);
    forever: u8 => &'static str = |_| "for ever";
}

pub const LENGTH: usize = 2;

#[derive(dlkm_rt::Interface)]
#[expect(non_camel_case_types)]
pub struct r#type {
    pub r#match: u8,
}

pub mod inner {
    pub mod deep {
        use dlkm_rt::LoadError;

        passes! {
            Paths, "paths", ustub, PathsDriver:
            up: super::super::Owned => super::super::Owned = |value| value;
            array: [u8; super::super::LENGTH] => [u8; self::HERE] = |value| [value[1]];
            beside: self::Beside => super::deep::Beside = |value| value;
        }

        pub const HERE: usize = 1;

        #[derive(Debug, dlkm_rt::Interface)]
        pub struct Beside;
    }
}

fn main() {
    Kernel::boot(ModuleRoot::none()).unwrap();
    let owned = || Owned {
        value: vec![(1, "one".into())],
    };
    assert_eq!(unloadable::number(1).unwrap(), 1);
    assert_eq!(unloadable::text("text").unwrap(), "text");
    assert!(unloadable::owned(owned()).unwrap().is_some());
    assert_eq!(unloadable::local(owned()).unwrap(), [1, 1]);
    let lent = Lent {
        value: &["a".into()],
    };
    assert_eq!(unloadable::lent(lent).unwrap(), 1);
    assert_eq!(unloadable::callback(&|text| text.len()).unwrap(), 4);
    let mut seen = 0;
    unloadable::mutable(&mut |n| seen = n).unwrap();
    assert_eq!(seen, 1);
    assert_eq!(unloadable::length([3, 4]).unwrap(), [[3]]);
    assert_eq!(unloadable::raw(r#type { r#match: 5 }).unwrap(), 5);
    assert_eq!(load_only::function(0).unwrap()("four"), 4);
    assert_eq!(load_only::closure(1).unwrap()(2), 3);
    assert_eq!(load_only::forever(0).unwrap(), "for ever");
    use inner::deep::{Beside, paths};
    assert_eq!(paths::up(owned()).unwrap().value.len(), 1);
    assert_eq!(paths::array([1, 2]).unwrap(), [2]);
    assert!(paths::beside(Beside).is_ok());
}
