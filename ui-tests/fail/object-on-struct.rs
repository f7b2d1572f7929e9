use dlkm_rt::interface;

#[interface]
pub struct Entry {
    pub at: u64,
}

fn main() {
    let _ = Entry { at: 1 };
}
