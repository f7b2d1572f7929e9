use dlkm_rt::module;

#[module(abi = "C")]
pub trait Calc {
    #[stub(or = nothing)]
    fn plain(each: fn(u32));

    #[stub(or = no_closure)]
    fn closure(each: &mut dyn FnMut(u32));

    #[stub(or = not_kept)]
    fn kept(each: extern "C" fn(u32));

    #[stub(or = no_text)]
    fn text(each: unsafe extern "C" fn(&str));
}

fn nothing(_: fn(u32)) {}

fn no_closure(_: &mut dyn FnMut(u32)) {}

fn not_kept(_: extern "C" fn(u32)) {}

fn no_text(_: unsafe extern "C" fn(&str)) {}

fn main() {}
