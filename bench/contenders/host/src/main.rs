//! The program that `cargo bench -p dlkm-bench` measures: all contenders in one, so that they run
//! in turn in one process. It prints figures for `dlkm-bench` to read, one line each.

mod contender;
mod contenders;
mod first;
mod guards;
mod peers;
mod switches;

use bench_measure::{calls, instructions};
use own::place;

fn main() {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    match args[..] {
        ["calls", rounds] => {
            let rounds = rounds.parse().expect("a number of rounds");
            calls::run(&contenders::all(), rounds, &[1, 2]);
        }
        ["instructions"] => instructions::run(&contenders::all()),
        ["first", way] => first::run(way),
        ["first"] => first::WAYS.iter().for_each(|way| println!("{}", way.name)),
        _ => panic!("calls ROUNDS, instructions, first [WAY]"),
    }
}
