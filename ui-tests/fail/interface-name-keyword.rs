use dlkm_rt::{LoadError, module};

#[module(name = "loop")]
pub trait LoopDevice {
    #[stub]
    fn attach(file: &str) -> Result<u32, LoadError>;
}

#[module]
pub trait Match {
    #[stub]
    fn find(text: &str) -> Result<u32, LoadError>;
}

fn main() {}
