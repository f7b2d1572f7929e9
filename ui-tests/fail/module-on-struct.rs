use dlkm_rt::module;

#[module]
pub struct Driver {
    pub segments: usize,
}

fn main() {
    let _ = Driver { segments: 0 };
}
