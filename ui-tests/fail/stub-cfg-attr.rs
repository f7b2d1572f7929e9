use dlkm_rt::{LoadError, module};

#[module]
pub trait Docs {
    #[cfg_attr(all(), stub)]
    fn connect() -> Result<u8, LoadError>;

    #[stub]
    #[cfg_attr(all(), cfg(all()))]
    fn close() -> Result<u8, LoadError>;
}

fn main() {}
