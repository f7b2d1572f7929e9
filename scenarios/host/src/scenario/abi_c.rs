//! An interface of ABI C, whose module another compiler may have built.

use std::ffi::c_void;
use std::panic::{self, AssertUnwindSafe};

use dlkm_rt::c::{Callback, Slice, SliceMut, Str};
use dlkm_rt::{Kept, Kernel};
use scenario_api::{Frame, Id, Mode, Point, Status, calc, mixed_c, mixed_rust, quota};

use super::{Must, mapped, says, state, stays_mapped};

pub(super) fn each_function_works(kernel: &'static Kernel, _: &str) {
    for _ in 0..2 {
        once(kernel);
        kernel.unload("calc").must();
        assert_eq!(
            (state(kernel, "calc"), mapped("calc")),
            ("unloaded".to_owned(), stays_mapped(kernel, "calc"))
        );
        assert_eq!(calc::calls(), 0, "the fallback");
    }
    // The unload hook may refuse with a text instead of an error number.
    for _ in 0..13 {
        calc::add(1, 1);
    }
    let error = kernel.unload("calc").expect_err("13 calls");
    says(&error, &["13 calls are too many"]);
    calc::add(1, 1);
    kernel.unload("calc").must();
}

fn once(kernel: &'static Kernel) {
    assert_eq!(calc::calls(), 0, "not loaded");
    assert_eq!(calc::add(u64::MAX, 3), 2);
    assert_eq!(calc::calls(), 1);
    assert_eq!(state(kernel, "calc"), "loaded");

    let quotient = calc::divide(-7, 2);
    assert_eq!((quotient.status, quotient.value), (Status::Done, -3));
    assert_eq!(calc::divide(1, 0).status, Status::ByZero);

    let at = Point {
        x: 1.0,
        y: 2.0,
        tag: *b"abc",
    };
    let by = Point {
        x: 0.5,
        y: -4.0,
        tag: *b"xyz",
    };
    assert_eq!(calc::shift(at, None), at);
    let moved = Point {
        x: 1.5,
        y: -2.0,
        tag: *b"abc",
    };
    assert_eq!(calc::shift(at, Some(&by)), moved);

    let mut frame = Frame::default();
    assert!(!calc::frame(Slice::new(&[]), &mut frame));
    assert!(calc::frame((&[at, by, moved]).into(), &mut frame));
    assert_eq!((frame.least.x, frame.least.y), (0.5, -4.0));
    assert_eq!((frame.most.x, frame.most.y), (1.5, 2.0));

    assert_eq!(calc::count("Grüße, grüne Bäume".into(), b'e'), 3);
    assert_eq!(calc::count(Str::new(""), b'e'), 0);
    let text = String::from("zwei Wörter");
    assert_eq!(calc::first_word((&text).into()).to_str(), Ok("zwei"));

    let mut values = [1, -2, 3];
    assert_eq!(calc::change(SliceMut::from(&mut values), Mode::Negate), 3);
    assert_eq!(calc::change(SliceMut::from(&mut values), Mode::Double), 3);
    assert_eq!(values, [-2, 4, -6]);

    let mut seen = Vec::new();
    let mut each = |number| {
        seen.push(number);
        u64::from(number) * 10
    };
    assert_eq!(calc::fold(4, Callback::new(&mut each)), 60);
    assert_eq!(seen, [0, 1, 2, 3]);

    unsafe extern "C" fn answer(context: *mut c_void) -> Id {
        // SAFETY: the only caller passes the address of `number`, a `u32` that outlives the call.
        Id(unsafe { *context.cast::<u32>() } + 1)
    }
    let mut number = 41_u32;
    assert_eq!(calc::ask(None, std::ptr::null_mut()), Id(7));
    assert_eq!(calc::ask(Some(answer), (&raw mut number).cast()), Id(42));

    // More than the blocks that an image has before it is attached.
    assert_eq!(calc::hoard(1 << 20), 1 << 20);
    assert_eq!(calc::fail("no".into(), 0), 0);
}

/// A panic of a Rust module arrives as one of the host.
pub(super) fn panics_cross_the_boundary(kernel: &'static Kernel, _: &str) {
    panic::set_hook(Box::new(|info| {
        println!("heard: {}", info.payload_as_str().unwrap_or_default());
    }));
    let payload = panic::catch_unwind(|| calc::fail("too bad".into(), 1)).expect_err("it panics");
    let text = payload.downcast::<String>().expect("the host's own String");
    assert_eq!(
        *text,
        "module `calc`, function `calc::fail` panicked: too bad"
    );

    // A panic of the callback passes through the module.
    let mut each = |number: u32| match number {
        2 => panic!("two"),
        number => u64::from(number),
    };
    let call = AssertUnwindSafe(|| calc::fold(5, Callback::new(&mut each)));
    let payload = panic::catch_unwind(call).expect_err("it panics");
    assert_eq!(payload.downcast_ref::<&str>(), Some(&"two"));
    assert_eq!(calc::add(1, 2), 3);
    kernel.unload("calc").must();
}

pub(super) fn load_hook_refuses(kernel: &'static Kernel, _: &str) {
    let error = kernel.load("calc").expect_err("the hook refuses");
    println!("{error}");
    assert_eq!(calc::add(1, 2), u64::MAX);
    assert_eq!(calc::divide(1, 2).status, Status::NoModule);
    assert!(!mapped("calc"));
}

pub(super) fn one_module_may_have_both_abis(kernel: &'static Kernel, _: &str) {
    assert_eq!(mixed_c::one(), 1);
    assert_eq!(mixed_rust::two().must(), "two");
    kernel.unload("mixed").must();
}

pub(super) fn load_mixed(kernel: &'static Kernel, _: &str) {
    println!("{}", kernel.load("mixed").expect_err("it does not fit"));
    assert_eq!(mixed_c::one(), 0);
}

/// The panic of a callback passes through a module in C, to the frame that catches it.
pub(super) fn a_panic_of_a_callback_passes_through(kernel: &'static Kernel, _: &str) {
    let mut each = |number: u32| match number {
        2 => panic::panic_any(2_u8),
        number => u64::from(number),
    };
    let call = AssertUnwindSafe(|| calc::fold(5, Callback::new(&mut each)));
    let payload = panic::catch_unwind(call).expect_err("it panics");
    assert_eq!(payload.downcast_ref::<u8>(), Some(&2));
    kernel.unload("calc").must();
}

/// In a root of its own.
pub(super) fn its_image_stays_mapped(kernel: &'static Kernel, _: &str) {
    let root = kernel.root().path().expect("there is one");
    super::staying::stays(root, "calc", "first_word");
    for round in 1..=3 {
        assert_eq!(calc::add(1, 2), 3);
        assert_eq!(calc::calls(), 1, "it starts afresh");
        kernel.unload("calc").must();
        let kept = kernel.module("calc").expect("it is there").kept();
        assert!(matches!(kept, Some(Kept::Borrows { .. })), "{kept:?}");
        let snapshot = kernel.snapshot();
        let calc = snapshot.module("calc").expect("it was loaded");
        assert_eq!((calc.left_mapped(), calc.is_mapped()), (round, true));
    }
}

/// Of a `modmeta!`.
pub(super) fn statements_make_an_interface_and_its_driver(kernel: &'static Kernel, _: &str) {
    for _ in 0..3 {
        assert_eq!(quota::used(), -7, "the author's function");
        assert_eq!(quota::charge(2, 3), 105, "after the load hook");
        assert_eq!((quota::used(), quota::limit()), (105, isize::MAX));
        kernel.unload("quota").must();
        assert!(!mapped("quota"));
    }
}
