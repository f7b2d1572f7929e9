use std::collections::HashMap;
use std::sync::Mutex;

use dlkm_rt::{Interface, LoadError, ModuleCell, module};

#[module]
pub trait Door {
    #[ustub]
    fn enter() -> Result<u32, LoadError>;
}

struct Driver;

#[derive(Default, Interface)]
struct Guests {
    names: Vec<&'static str>,
}

static NAMES: ModuleCell<Mutex<Guests>> = ModuleCell::new(Mutex::default);
static ROOMS: ModuleCell<Mutex<HashMap<u32, String>>> = ModuleCell::new(Mutex::default);
static GREET: ModuleCell<Option<fn() -> u32>> = ModuleCell::new(Option::default);

#[module(hand_over = [NAMES, ROOMS, GREET])]
impl Door for Driver {
    fn enter() -> Result<u32, LoadError> {
        Ok(NAMES.with(|guests| guests.lock().unwrap().names.len() as u32))
    }
}

fn main() {}
