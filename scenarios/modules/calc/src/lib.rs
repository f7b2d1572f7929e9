//! `calc`: the module in Rust that `calc.c` is in C.

use std::ffi::c_void;
use std::sync::atomic::{AtomicU64, Ordering};

use dlkm_rt::c::{Callback, Slice, SliceMut, Str};
use dlkm_rt::{Errno, HookError, Kernel, LoadArg, ModuleRoot, module};
use scenario_api::{Frame, Id, Mode, Point, Quotient, Status};

static CALLS: AtomicU64 = AtomicU64::new(0);

/// The driver.
pub struct Driver;

#[module(
    version = "1.2.3",
    desc = "calculates; a scenario may write further metadata in place of this text, which is long \
            enough for that",
    load = load,
    unload = unload,
)]
impl scenario_api::Calc for Driver {
    fn add(a: u64, b: u64) -> u64 {
        CALLS.fetch_add(1, Ordering::Relaxed);
        a.wrapping_add(b)
    }

    fn divide(a: i32, b: i32) -> Quotient {
        match a.checked_div(b) {
            Some(value) => Quotient {
                status: Status::Done,
                value,
            },
            None => Quotient {
                status: Status::ByZero,
                value: 0,
            },
        }
    }

    fn shift(at: Point, by: Option<&Point>) -> Point {
        match by {
            Some(by) => Point {
                x: at.x + by.x,
                y: at.y + by.y,
                ..at
            },
            None => at,
        }
    }

    fn frame(points: Slice<'_, Point>, frame: &mut Frame) -> bool {
        let Some((first, rest)) = points.as_slice().split_first() else {
            return false;
        };
        *frame = Frame {
            least: *first,
            most: *first,
        };
        for point in rest {
            frame.least.x = frame.least.x.min(point.x);
            frame.least.y = frame.least.y.min(point.y);
            frame.most.x = frame.most.x.max(point.x);
            frame.most.y = frame.most.y.max(point.y);
        }
        true
    }

    fn count(text: Str<'_>, letter: u8) -> usize {
        text.bytes().iter().filter(|one| **one == letter).count()
    }

    fn first_word<'a>(text: Str<'a>) -> Str<'a> {
        let text = text.to_str().unwrap_or_default();
        text.split(' ').next().unwrap_or_default().into()
    }

    fn change(mut values: SliceMut<'_, i32>, mode: Mode) -> usize {
        let values = values.as_mut_slice();
        for value in values.iter_mut() {
            *value = match mode {
                Mode::Negate => -*value,
                Mode::Double => 2 * *value,
            };
        }
        values.len()
    }

    fn fold(end: u32, mut each: Callback<'_, u32, u64>) -> u64 {
        (0..end).map(|number| each.call(number)).sum()
    }

    #[expect(
        clippy::not_unsafe_ptr_arg_deref,
        reason = "the interface is safe to call; what its callers pass is theirs to vouch for"
    )]
    fn ask(hook: Option<unsafe extern "C" fn(*mut c_void) -> Id>, context: *mut c_void) -> Id {
        // SAFETY: the caller gave both for this.
        hook.map_or(Id(7), |hook| unsafe { hook(context) })
    }

    fn hoard(bytes: usize) -> usize {
        let mut all = vec![1_u8];
        all.resize(bytes, 1);
        all.iter().map(|one| usize::from(*one)).sum()
    }

    fn fail(why: Str<'_>, really: u8) -> usize {
        match really {
            0 => 0,
            _ => panic!("{}", why.to_str().unwrap_or_default()),
        }
    }

    fn calls() -> u64 {
        CALLS.load(Ordering::Relaxed)
    }
}

fn load(arg: &LoadArg) -> Result<(), HookError> {
    // The name is known before a kernel of another compiler can be called.
    assert_eq!(arg.module(), "calc");
    CALLS.store(0, Ordering::Relaxed);
    match std::env::var("CALC_REFUSES").as_deref() {
        Ok("load") => Err(Errno::ENODEV.into()),
        Ok("panic") => panic!("the hook went wrong"),
        Ok("boot") => match Kernel::boot(ModuleRoot::none()) {
            Ok(_) => Err("a second kernel".into()),
            Err(error) => Err(error.to_string().into()),
        },
        _ => Ok(()),
    }
}

fn unload(_: &LoadArg) -> Result<(), HookError> {
    match CALLS.load(Ordering::Relaxed) {
        13 => Err("13 calls are too many".into()),
        _ => Ok(()),
    }
}
