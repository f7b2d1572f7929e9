use std::sync::Mutex;

use dlkm_rt::{LoadError, ModuleCell, module};

#[module]
pub trait Door {
    #[ustub]
    fn enter() -> Result<u32, LoadError>;
}

struct Driver;

#[derive(Default)]
struct Guests(u32);

static PLAIN: Mutex<u32> = Mutex::new(0);
static GUESTS: ModuleCell<Guests> = ModuleCell::new(Guests::default);

#[module(hand_over = [PLAIN, GUESTS])]
impl Door for Driver {
    fn enter() -> Result<u32, LoadError> {
        Ok(GUESTS.with(|guests| guests.0))
    }
}

fn main() {}
