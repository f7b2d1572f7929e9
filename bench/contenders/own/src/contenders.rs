//! The stubs, each in a loop, in this program and in a module.

use bench_api::{Sum, addersw, holdersw, sum};
use bench_measure::Contender;

bench_api::stubs!();

/// A way to call `add`, which is inlined into its loop. Whatever `add` captures must be behind a
/// `&'static`: the compiler would keep it in registers otherwise, where any program has to load it
/// for each call.
pub fn contender(name: &str, add: impl Fn(u64, u64) -> u64 + Copy + Sync + 'static) -> Contender {
    of_sum(name, move |count| sum(count, add))
}

/// A way that has a loop of its own.
pub fn of_sum(name: &str, sum: impl Fn(u64) -> u64 + Sync + 'static) -> Contender {
    Contender {
        name: name.to_owned(),
        sum: Box::new(sum),
        expected: bench_api::expected,
    }
}

/// All stubs. The kernel is booted; this loads the modules.
pub fn all() -> Vec<Contender> {
    // The strong stubs load the modules of the weak ones.
    assert_eq!(bench_api::resident::add(1, 2), 3);
    assert_eq!(bench_api::transient::add(1, 2), 3);
    let mut all = Vec::new();
    for (which, (name, sum)) in STUBS.iter().enumerate() {
        let sum: Sum = *sum;
        all.push(of_sum(&format!("dlkm {name}"), sum));
        let inside = move |count| bench_api::inside::sum(which, count).expect("it was built");
        all.push(of_sum(&format!("dlkm {name}, from a module"), inside));
    }
    all
}

/// Entries of switch tables, which the program has found before.
pub fn switches() -> Vec<Contender> {
    let strong: &'static _ = Box::leak(Box::new(addersw::get("plus").expect("it was built")));
    let unloadable: &'static _ = Box::leak(Box::new(holdersw::get("plus").expect("it was built")));
    assert_eq!((strong.add(1, 2), unloadable.add(1, 2)), (3, 3));
    vec![
        contender("dlkm `#[stub]` of a switch's entry", |a, b| {
            strong.add(a, b)
        }),
        contender("dlkm `#[ustub]` of a switch's entry", |a, b| {
            unloadable.add(a, b)
        }),
    ]
}
