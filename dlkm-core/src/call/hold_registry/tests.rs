use std::sync::Once;

use super::*;
use crate::call::hold::Hold;
use dlkm_metadata::write::{Declaration, Functions, Unmap};
use dlkm_metadata::{Abi, Class};

/// An interface, as in one image.
pub(super) fn interface(name: &'static str) -> &'static StubTable {
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
        kinds: &[],
        entry: None,
        waits: None,
        reach: None,
    }))
}

/// Counts a call in, as with a kernel.
pub(super) fn enter(interface: &'static StubTable) -> Hold {
    let known = interface
        .hold
        .enter()
        .or_else(|| interface.hold.enter_later());
    known.unwrap_or_else(|| {
        let record = super::enter(interface, interface.hold);
        // SAFETY: a live record of this thread, in which the call is counted.
        Hold::of(unsafe { &*record })
    })
}

fn entries(name: &str) -> usize {
    lock(&REGISTRY).of(&[name]).count()
}

fn calls(name: &str) -> u64 {
    numbers(&[name]).calls
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
    // The last ones are in a page that a thread does not find by itself.
    for number in 0..CELLS + LATER_PAGES * PAGE + 3 {
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
    let places = all
        .iter()
        .map(|table| (table.hold.distance(), table.hold.later()));
    let later = places.clone().filter(|place| place.0 == 0 && place.1 != 0);
    // Other tests run at the same time, and have interfaces of their own.
    assert!(later.count() > LATER_PAGES * PAGE / 2);
    assert!(places.filter(|place| *place == (0, 0)).count() >= 3);
    // One of each sort.
    for table in [0, CELLS, all.len() - 1].map(|number| all[number]) {
        call_last(table);
        assert_eq!(calls(table.declaration.name), 4);
    }
}

/// A kernel may boot during a call that began without one.
#[test]
fn calls_without_a_kernel_count_beside_those_with_one() {
    UNBOOTED.call_once(count_without_a_kernel);
    assert!(UNBOOTED.is_completed());
}

#[test]
fn calls_without_a_kernel_drain() {
    let table = interface("records-early");
    let names = ["records-early"];
    let first = table.hold.enter_first(table);
    let mut before = draining(&names);
    assert!(!before.is_drained() && draining(&["records-other"]).is_drained());
    let second = table.hold.enter_first(table);
    drop(first);
    assert!(before.is_drained(), "the second call is not one of these");
    assert_eq!(in_flight(&names), 1);
    assert_eq!(AllNumbers::now().of(&names).calls, 2);
    drop(second);
    assert_eq!(in_flight(&names), 0);
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
        // The record of the call that has ended is still there: the next such call takes it over.
        assert_eq!((in_flight(&[name]), entries(name)), (2, 3));
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
    assert_eq!((calls(name), ended(name)), (3 + 1, 3 + 1));
    for _ in 0..9 {
        drop(interface(name).hold.enter_first(table));
    }
    // One record for each of the two that were in flight at one time.
    assert_eq!((calls(name), ended(name), entries(name)), (13, 13, 2));
}

/// Calls when the thread's data is destroyed.
struct Calls(&'static StubTable);

impl Drop for Calls {
    fn drop(&mut self) {
        let number = self.0.hold.number().expect("it was called");
        let has_cell = self.0.hold.distance() != 0;
        assert!(
            has_cell || own_record(number).is_none(),
            "its page is freed"
        );
        let held = enter(self.0);
        assert_eq!(in_flight(&[self.0.declaration.name]), 1);
        drop(held);
        assert_eq!(in_flight(&[self.0.declaration.name]), 0);
    }
}

/// A thread that calls twice: as other calls do, and after its records are gone.
fn call_last(table: &'static StubTable) {
    thread_local!(static LAST: RefCell<Option<Calls>> = const { RefCell::new(None) });
    let thread = std::thread::spawn(move || {
        // Destroyed after `THREAD`, because `THREAD` is first used later.
        LAST.set(Some(Calls(table)));
        drop(enter(table));
    });
    thread.join().unwrap();
}

#[test]
fn a_call_from_a_destructor_of_thread_local_data_is_counted() {
    let table = interface("records-last");
    call_last(table);
    // The next call frees the block.
    call_last(table);
    assert!(entries("records-last") <= 1);
    assert_eq!(calls("records-last"), 4);
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
