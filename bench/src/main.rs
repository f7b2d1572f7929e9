//! The cost of calls through dlkm, compared with other ways to call a function in a shared object:
//! `cargo bench -p dlkm-bench`. It first builds what it measures, which takes some minutes.
//!
//! `cargo bench -p dlkm-bench -- calls size 15` runs two parts, with 15 rounds. The tables are
//! Markdown; progress is printed on standard error.

mod boot;
mod built;
mod calls;
mod figures;
mod first;
mod growth;
mod instructions;
mod lazy;
mod machine;
mod median;
mod renamed;
mod size;
mod static_module;
mod stub_module;
mod table;
mod thousand;

use std::process::ExitCode;

/// The parts, as on the command line.
const PARTS: [&str; 10] = [
    "calls",
    "instructions",
    "first",
    "size",
    "static",
    "boot",
    "thousand",
    "lazy",
    "stubs",
    "growth",
];

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    // `cargo bench` passes `--bench`; `cargo test --all-targets`, which runs this too, does not.
    if !args.iter().any(|arg| arg == "--bench") {
        return ExitCode::SUCCESS;
    }
    let mut rounds = None;
    let mut parts = Vec::new();
    for arg in args.iter().filter(|arg| !arg.starts_with('-')) {
        match arg.parse::<usize>() {
            Ok(number) if number > 0 => rounds = Some(number),
            _ if PARTS.contains(&arg.as_str()) => parts.push(arg.as_str()),
            _ => {
                eprintln!("`{arg}` is neither a number of rounds nor one of {PARTS:?}");
                return ExitCode::FAILURE;
            }
        }
    }
    let wants = |part: &str| parts.is_empty() || parts.contains(&part);

    println!("{}", machine::describe());
    if ["calls", "instructions", "first", "size"]
        .map(wants)
        .contains(&true)
    {
        let built = built::build();
        if wants("calls") || wants("instructions") {
            let counts =
                wants("instructions").then(|| instructions::count(&built.file("bench-host"), &[]));
            let rounds = wants("calls").then(|| rounds.unwrap_or(101));
            calls::report(&built, rounds, counts);
        }
        if wants("first") {
            first::report(&built, rounds.unwrap_or(101));
        }
        if wants("size") {
            size::report(&built);
        }
    }
    if wants("static") {
        static_module::report(rounds.unwrap_or(101));
    }
    if wants("boot") {
        boot::report(rounds.unwrap_or(51));
    }
    if wants("thousand") {
        thousand::report(rounds.unwrap_or(51));
    }
    if wants("lazy") {
        lazy::report(rounds.unwrap_or(51));
    }
    if wants("stubs") {
        stub_module::report(rounds.unwrap_or(51));
    }
    if wants("growth") {
        growth::report(rounds.unwrap_or(51));
    }
    ExitCode::SUCCESS
}
