use std::sync::Once;

use super::*;
use crate::call::hold::Hold;
use dlkm_metadata::write::{Declaration, Functions, Unmap};
use dlkm_metadata::{Abi, Class};

/// An interface, as in one image.
fn interface(name: &'static str) -> &'static StubTable {
    Box::leak(Box::new(StubTable {
        declaration: Declaration {
            name,
            class: Class::Unloadable,
            switch: false,
            abi: Abi::Rust,
            version: "0.1.0",
            functions: Functions::NONE,
            unmap: Unmap::PROVEN,
        },
        types: &[],
        hold: Box::leak(Box::new(HoldPlace::new())),
        stubs: &[],
        entry: None,
        reach: None,
    }))
}

/// Counts a call in, as with a kernel.
fn enter(interface: &'static StubTable) -> Hold {
    let known = interface.hold.enter();
    known.unwrap_or_else(|| {
        let record = super::enter(interface, interface.hold);
        // SAFETY: a live record of this thread, in which the call is counted.
        Hold::of(unsafe { &*record })
    })
}

fn entries(name: &str) -> usize {
    lock(&REGISTRY).of(&[name]).count()
}

#[test]
fn a_call_in_flight_shows_and_a_thread_takes_its_record_along() {
    let table = interface("records-one");
    let name = "records-one";
    std::thread::spawn(move || {
        let one = enter(table);
        assert_eq!((calls(name), ended(name)), (1, 0));
        assert_eq!(in_flight(&["other", name]), 1);
        assert_eq!(in_flight(&["other"]), 0);
        let two = enter(table);
        assert_eq!(in_flight(&[name]), 2);
        drop(one);
        assert_eq!(in_flight(&[name]), 1);
        drop(two);
        assert_eq!(in_flight(&[name]), 0);
        // The interface's stubs in another image.
        let other = interface("records-one");
        drop(enter(other));
        assert_eq!(
            entries(name),
            1,
            "one record for each thread, whichever image calls"
        );
        let _inside = enter(other);
        let outside = step_outside(table);
        assert_eq!(in_flight(&[name]), 0);
        drop(outside);
        assert_eq!(in_flight(&[name]), 1);
    })
    .join()
    .unwrap();
    assert_eq!(entries(name), 0);
    assert_eq!((calls(name), ended(name)), (5, 5));
}

#[test]
fn interfaces_without_a_cell_are_counted_as_well() {
    // It needs a cell, and this test takes all that are left.
    UNBOOTED.call_once(count_without_a_kernel);
    let mut all = Vec::new();
    for number in 0..CELLS + 3 {
        let name: &'static str = format!("records-many-{number}").leak();
        all.push(interface(name));
    }
    let count = |all: &[&'static StubTable]| {
        for (i, table) in all.iter().enumerate() {
            let name = table.declaration.name;
            let held = (enter(table), enter(table));
            assert_eq!(in_flight(&[name]), 2, "{i}");
            drop(held);
            assert_eq!(in_flight(&[name]), 0, "{i}");
            assert_eq!(entries(name), 1, "{i}");
        }
    };
    std::thread::scope(|scope| {
        scope.spawn(|| count(&all));
    });
    let of_ended = all.iter().map(|table| calls(table.declaration.name));
    assert!(of_ended.eq(all.iter().map(|_| 2)));
    let without = all.iter().filter(|table| table.hold.distance() == 0);
    assert!(without.count() >= 3);
}

/// A kernel may boot during a call that began without one.
#[test]
fn calls_without_a_kernel_count_beside_those_with_one() {
    UNBOOTED.call_once(count_without_a_kernel);
    assert!(UNBOOTED.is_completed());
}

static UNBOOTED: Once = Once::new();

fn count_without_a_kernel() {
    let table = interface("records-unbooted");
    let name = "records-unbooted";
    std::thread::spawn(move || {
        let before = table.hold.enter_first(table);
        assert_eq!(table.hold.distance(), 0);
        assert_eq!(in_flight(&[name]), 1);
        drop(table.hold.enter_first(table));
        assert_eq!(in_flight(&[name]), 1);
        let after = enter(table);
        assert_ne!(table.hold.distance(), 0);
        assert_eq!((in_flight(&[name]), entries(name)), (2, 2));
        let outside = step_outside(table);
        assert_eq!(in_flight(&[name]), 1);
        drop((outside, before));
        assert_eq!(in_flight(&[name]), 1);
        assert!(inside(&[name]));
        drop(after);
        assert_eq!(in_flight(&[name]), 0);
    })
    .join()
    .unwrap();
    assert_eq!((calls(name), ended(name), entries(name)), (3 + 1, 3 + 1, 0));
}

#[test]
fn a_call_from_a_destructor_of_thread_local_data_is_counted() {
    struct Calls(&'static StubTable);
    impl Drop for Calls {
        fn drop(&mut self) {
            let held = enter(self.0);
            assert_eq!(in_flight(&[self.0.declaration.name]), 1);
            drop(held);
            assert_eq!(in_flight(&[self.0.declaration.name]), 0);
        }
    }
    thread_local!(static LAST: RefCell<Option<Calls>> = const { RefCell::new(None) });
    let table = interface("records-last");
    std::thread::spawn(move || {
        // Destroyed after `THREAD`, because `THREAD` is first used later.
        LAST.set(Some(Calls(table)));
        drop(enter(table));
    })
    .join()
    .unwrap();
    // The next call frees the block.
    drop(std::thread::spawn(move || drop(enter(table))).join());
    assert!(entries("records-last") <= 1);
}

#[test]
fn calls_drain_one_by_one_and_for_good() {
    let table = interface("records-pending");
    let names = ["records-pending"];
    std::thread::spawn(move || {
        assert!(draining(&names).is_drained(), "no call was in it");
        let outer = enter(table);
        let mut before = draining(&names);
        assert!(inside(&names) && !inside(&["records-other"]));
        drop(enter(table));
        assert!(!before.is_drained(), "nested calls don't end it");
        let mut others = std::thread::scope(|scope| {
            let other = scope.spawn(move || {
                assert!(!inside(&names), "another thread is");
                let call = enter(table);
                let draining = draining(&names);
                // The thread's end removes the record.
                std::mem::forget(call);
                draining
            });
            other.join().unwrap()
        });
        assert!(!others.is_drained(), "the outer call of this thread");
        drop(outer);
        assert!(before.is_drained() && others.is_drained());
        let _next = enter(table);
        assert!(
            before.is_drained() && others.is_drained(),
            "a later call does not matter"
        );
    })
    .join()
    .unwrap();
}
