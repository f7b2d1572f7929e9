use dlkm_rt::{LoadError, ModuleCell, module};

#[module]
pub trait Door {
    #[ustub]
    fn enter() -> Result<u32, LoadError>;
}

struct Driver;

static GUESTS: ModuleCell<u32> = ModuleCell::new(u32::default);

#[module(hand_over = [GUESTS, GUESTS, "GUESTS", self::GUESTS])]
impl Door for Driver {
    fn enter() -> Result<u32, LoadError> {
        Ok(GUESTS.with(|guests| *guests))
    }
}

fn main() {}
