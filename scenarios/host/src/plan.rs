//! The static module `plan`: what hooks ask, and what they leave as notes.

use std::collections::HashMap;
use std::sync::{Condvar, LazyLock, Mutex, MutexGuard, PoisonError};

use dlkm_rt::{LoadError, module};
use scenario_api::Orders;

struct Planner;

#[module(desc = "what hooks are to do")]
impl scenario_api::Plan for Planner {
    fn ask(hook: &str) -> Result<Orders, LoadError> {
        let mut board = board();
        board.notes.push(hook.to_owned());
        Ok(board.orders.get(hook).copied().unwrap_or(Orders::Succeed))
    }

    fn meet() -> Result<(), LoadError> {
        let mut board = board();
        board.here += 1;
        MEETING.notify_all();
        let meeting = MEETING.wait_while(board, |board| board.here < 2);
        drop(meeting.unwrap_or_else(PoisonError::into_inner));
        Ok(())
    }
}

#[derive(Default)]
struct Board {
    orders: HashMap<String, Orders>,
    notes: Vec<String>,
    here: u32,
}

static BOARD: LazyLock<Mutex<Board>> = LazyLock::new(Mutex::default);
static MEETING: Condvar = Condvar::new();

fn board() -> MutexGuard<'static, Board> {
    BOARD.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Tells `hook` what to do from now on.
pub(crate) fn order(hook: &str, orders: Orders) {
    board().orders.insert(hook.to_owned(), orders);
}

/// What the hooks have asked since the last time, in order.
pub(crate) fn notes() -> Vec<String> {
    std::mem::take(&mut board().notes)
}
