//! Observers: closures, types, and their removal. A process has one kernel, so one test runs all
//! parts.

use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::sync::{Arc, Mutex, mpsc};
use std::thread;

use dlkm_rt::{Event, Kernel, ModuleRoot, Observer, ObserverHandle};

/// Causes one event: the module does not exist.
fn fail(kernel: &Kernel, module: &str) {
    kernel.load(module).expect_err("no module is linked");
}

#[test]
fn observers_come_and_go() {
    let kernel = Kernel::boot(ModuleRoot::none()).expect("the only kernel");
    closures(kernel);
    a_dropped_handle_leaves_the_observer(kernel);
    the_handle_removes_its_own_observer(kernel);
    an_observer_removes_itself(kernel);
    a_destructor_adds_an_observer(kernel);
    an_event_in_flight_keeps_the_observer(kernel);
}

fn closures(kernel: &'static Kernel) {
    let names = Arc::new(Mutex::new(Vec::new()));
    let handle = kernel.observe({
        let names = Arc::clone(&names);
        move |event: &Event<'_>| {
            if let Event::LoadFailed { module, .. } = event {
                names.lock().expect("no panic").push((*module).to_owned());
            }
        }
    });
    fail(kernel, "one");
    fail(kernel, "two");
    handle.remove();
    fail(kernel, "three");
    assert_eq!(*names.lock().expect("no panic"), ["one", "two"]);
}

/// Counts events.
#[derive(Clone, Default)]
struct Count(Arc<AtomicUsize>);

impl Count {
    fn get(&self) -> usize {
        self.0.load(Relaxed)
    }
}

impl Observer for Count {
    fn event(&self, _: &Event<'_>) {
        self.0.fetch_add(1, Relaxed);
    }
}

fn a_dropped_handle_leaves_the_observer(kernel: &'static Kernel) {
    let count = Count::default();
    drop(kernel.observe(count.clone()));
    fail(kernel, "one");
    assert_eq!(count.get(), 1);
}

fn the_handle_removes_its_own_observer(kernel: &'static Kernel) {
    let counts: [Count; 3] = Default::default();
    let [first, second, third] = counts.clone().map(|count| kernel.observe(count));
    fail(kernel, "one");
    second.remove();
    fail(kernel, "two");
    first.remove();
    fail(kernel, "three");
    assert_eq!(counts.each_ref().map(Count::get), [2, 1, 3]);
    // Removed, it is dropped: the count here is the last.
    assert_eq!(Arc::strong_count(&counts[0].0), 1);
    third.remove();
}

fn an_observer_removes_itself(kernel: &'static Kernel) {
    let count = Count::default();
    let handle: Arc<Mutex<Option<ObserverHandle>>> = Arc::default();
    let own = kernel.observe({
        let (count, handle) = (count.clone(), Arc::clone(&handle));
        move |event: &Event<'_>| {
            count.event(event);
            let handle = handle.lock().expect("no panic").take();
            handle.expect("it is called once").remove();
        }
    });
    *handle.lock().expect("no panic") = Some(own);
    fail(kernel, "one");
    fail(kernel, "two");
    assert_eq!(count.get(), 1);
}

/// Another observer takes its place when it is dropped.
struct Successor(&'static Kernel, Count);

impl Observer for Successor {
    fn event(&self, _: &Event<'_>) {}
}

impl Drop for Successor {
    fn drop(&mut self) {
        self.0.observe(self.1.clone());
    }
}

fn a_destructor_adds_an_observer(kernel: &'static Kernel) {
    let count = Count::default();
    kernel.observe(Successor(kernel, count.clone())).remove();
    fail(kernel, "one");
    assert_eq!(count.get(), 1);
}

/// The call of an observer goes on after its removal, and the next event does not reach it.
fn an_event_in_flight_keeps_the_observer(kernel: &'static Kernel) {
    let count = Count::default();
    let (began, begin) = mpsc::sync_channel(0);
    let (go_on, wait) = mpsc::sync_channel(0);
    let handle = kernel.observe({
        let (count, wait) = (count.clone(), Mutex::new(wait));
        move |event: &Event<'_>| {
            began.send(()).expect("the test waits");
            let wait = wait.lock().expect("no panic");
            wait.recv().expect("the test goes on");
            count.event(event);
        }
    });
    thread::scope(|scope| {
        scope.spawn(|| fail(kernel, "one"));
        begin.recv().expect("it is called");
        handle.remove();
        fail(kernel, "two");
        assert_eq!(count.get(), 0, "its first call is still running");
        go_on.send(()).expect("it waits");
    });
    assert_eq!(count.get(), 1);
    assert_eq!(Arc::strong_count(&count.0), 1, "the last call dropped it");
}
