//! The static module `plan`: decides what hooks do, and records which hooks ran.

use std::collections::HashMap;
use std::sync::{Condvar, LazyLock, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use dlkm_rt::{LoadError, module};
use scenario_api::Orders;

struct Planner;

#[module(desc = "what hooks are to do")]
impl scenario_api::Plan for Planner {
    fn ask(hook: &str) -> Result<Orders, LoadError> {
        let (orders, errand) = {
            let mut board = board();
            board.notes.push(hook.to_owned());
            let orders = board.orders.get(hook).copied();
            (
                orders.unwrap_or(Orders::Succeed),
                board.errands.remove(hook),
            )
        };
        if let Some(errand) = errand {
            errand();
        }
        Ok(orders)
    }

    fn meet() -> Result<(), LoadError> {
        let mut board = board();
        board.here += 1;
        MEETING.notify_all();
        let meeting = MEETING.wait_timeout_while(board, PATIENCE, |board| board.here < 2);
        let (board, waited) = meeting.unwrap_or_else(PoisonError::into_inner);
        drop(board);
        assert!(!waited.timed_out(), "the other hook did not come");
        Ok(())
    }
}

#[derive(Default)]
struct Board {
    orders: HashMap<String, Orders>,
    errands: HashMap<String, Box<dyn FnOnce() + Send>>,
    notes: Vec<String>,
    here: u32,
}

static BOARD: LazyLock<Mutex<Board>> = LazyLock::new(Mutex::default);
static MEETING: Condvar = Condvar::new();

/// How long a scenario waits for what a hook does: one that does not run would never do it.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);

fn board() -> MutexGuard<'static, Board> {
    BOARD.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Sets what `hook` does from now on.
pub(crate) fn order(hook: &str, orders: Orders) {
    board().orders.insert(hook.to_owned(), orders);
}

/// Runs `errand` inside `hook`, the next time that hook runs.
pub(crate) fn errand(hook: &str, errand: impl FnOnce() + Send + 'static) {
    board().errands.insert(hook.to_owned(), Box::new(errand));
}

/// The hooks that have run since the last call of this, in order.
pub(crate) fn notes() -> Vec<String> {
    std::mem::take(&mut board().notes)
}
