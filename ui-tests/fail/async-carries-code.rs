use dlkm_rt::{LoadError, module};

#[module]
pub trait Shm {
    #[ustub]
    async fn name(key: u32) -> Result<&'static str, LoadError>;

    #[ustub]
    async fn later(key: u32) -> Result<Box<dyn Fn() + Send>, LoadError>;

    #[ustub]
    async fn keep(call: Box<dyn Fn() + Send>) -> Result<(), LoadError>;

    #[ustub]
    async fn keep_text(text: &'static str) -> Result<(), LoadError>;

    // Borrowed for as long as the future lives.
    #[ustub]
    async fn ask(call: &(dyn Fn() + Sync)) -> Result<(), LoadError>;
}

fn main() {}
