use dlkm_rt::{LoadError, ModuleState, module};

#[module]
pub trait Door {
    #[ustub]
    fn enter() -> Result<u32, LoadError>;
}

struct Driver;

static GUESTS: ModuleState<u32> = ModuleState::new(u32::default);

#[module(hand_over = [GUESTS, GUESTS, "GUESTS", self::GUESTS])]
impl Door for Driver {
    fn enter() -> Result<u32, LoadError> {
        Ok(GUESTS.with(|guests| *guests))
    }
}

fn main() {}
