use dlkm_rt::{Held, LoadError, module};

#[module]
pub trait Db {
    #[ustub]
    fn open(name: &str) -> Result<Held<Box<dyn Db>>, LoadError>;

    #[ustub]
    async fn copy(from: &(dyn Db + Sync)) -> Result<u64, LoadError>;
}

fn main() {
    let _ = db::open("");
}
