//! A table in a module without the prelude.

#[no_implicit_prelude]
mod api {
    #[::dlkm_rt::switch]
    pub trait Codec {
        #[ustub(or = nothing)]
        fn decode(text: &::std::primitive::str) -> ::std::primitive::u64;

        #[wstub(or = nothing)]
        fn peek(text: &::std::primitive::str) -> ::std::primitive::u64;
    }

    fn nothing(_: &::std::primitive::str) -> ::std::primitive::u64 {
        0
    }
}

fn main() {
    assert!(api::codecsw::get("x").is_err());
}
