//! The program that calls a static module: through slots, directly, and without any stub.

use bench_measure::{Contender, calls, instructions};
use dlkm_rt::{Kernel, ModuleRoot};
use static_api::{direct, direct_unloadable, slotted, slotted_unloadable};

fn main() {
    // Before the boot only direct calls arrive, so this shows that the build listed the interfaces.
    let right = static_driver::inlined(1, 2);
    assert_eq!(
        [direct::mix(1, 2), direct_unloadable::mix(1, 2)],
        [right; 2]
    );
    Kernel::boot(ModuleRoot::none()).expect("once in a process");
    // The strong stub loads the module of the weak one.
    assert_ne!(slotted::mix(1, 2), 0);
    let contenders = all();
    let args: Vec<String> = std::env::args().skip(1).collect();
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    match args[..] {
        ["calls", rounds] => {
            let rounds = rounds.parse().expect("a number of rounds");
            calls::run(&contenders, rounds, &[1]);
        }
        ["instructions"] => instructions::run(&contenders),
        _ => panic!("calls ROUNDS, instructions"),
    }
}

fn all() -> Vec<Contender> {
    vec![
        contender(
            "a function of another crate, inlined",
            static_driver::inlined,
        ),
        contender("the same, not inlined", static_driver::called),
        contender("strong, directly", direct::mix),
        contender("weak, directly", direct::weak_mix),
        contender("unloadable, directly", direct_unloadable::mix),
        contender("strong, slot", slotted::mix),
        contender("weak, slot", slotted::weak_mix),
        contender("unloadable, slot", slotted_unloadable::mix),
    ]
}

fn contender(name: &str, mix: impl Fn(u64, u64) -> u64 + Copy + Sync + 'static) -> Contender {
    Contender {
        name: name.to_owned(),
        sum: Box::new(move |count| sum(count, mix)),
        expected: |count| sum(count, static_driver::inlined),
    }
}

/// Mixes the numbers below `count`. Each `mix` has a function of its own, whose loop does nothing
/// else.
#[inline(never)]
fn sum(count: u64, mix: impl Fn(u64, u64) -> u64) -> u64 {
    (0..count).fold(0, mix)
}
