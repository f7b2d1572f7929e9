//! One way to call a function that adds.

use bench_api::sum;
use bench_measure::Contender;

/// The function in the plain shared object.
pub(crate) type Plain = extern "C" fn(u64, u64) -> u64;

/// A way to call `add`, which is inlined into its loop. Whatever `add` captures must be behind a
/// `&'static`: the compiler would keep it in registers otherwise, where any program has to load it
/// for each call.
pub(crate) fn contender(
    name: &str,
    add: impl Fn(u64, u64) -> u64 + Copy + Sync + 'static,
) -> Contender {
    of_sum(name, move |count| sum(count, add))
}

/// A way that has a loop of its own.
pub(crate) fn of_sum(name: &str, sum: impl Fn(u64) -> u64 + Sync + 'static) -> Contender {
    Contender {
        name: name.to_owned(),
        sum: Box::new(sum),
        expected: bench_api::expected,
    }
}
