use dlkm_rt::module;

#[module(kind = "misc")]
pub enum Driver {
    Fast,
    Small,
}

fn main() {
    let _ = [Driver::Fast, Driver::Small];
}
