//! The cost of calls through dlkm, compared with other ways to call a function in a shared object:
//! `cargo bench -p dlkm-bench`. It first builds what it measures, which takes some minutes.
//!
//! `cargo bench -p dlkm-bench -- calls size 15` runs two parts, with 15 rounds. The tables are
//! Markdown; progress is printed on standard error. With the word `book`, the tables go into the book,
//! and what the book makes from them is made anew.

mod boot;
mod built;
mod calls;
mod figures;
mod first;
mod growth;
mod instructions;
mod lazy;
mod loads;
mod machine;
mod median;
mod renamed;
mod size;
mod static_module;
mod stub_module;
mod table;
mod thousand;
mod workspace;

use std::fs;
use std::process::{Command, ExitCode, Stdio};

/// The word that renews the book.
const BOOK: &str = "book";

/// The parts, as on the command line.
const PARTS: [&str; 11] = [
    "calls",
    "instructions",
    "first",
    "loads",
    "growth",
    "size",
    "static",
    "boot",
    "thousand",
    "lazy",
    "stubs",
];

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    // `cargo bench` passes `--bench`; `cargo test --all-targets`, which runs this too, does not.
    if !args.iter().any(|arg| arg == "--bench") {
        return ExitCode::SUCCESS;
    }
    if let Some(at) = args.iter().position(|arg| arg == BOOK) {
        let mut args = args;
        args.remove(at);
        return book(&args);
    }
    let mut rounds = None;
    let mut parts = Vec::new();
    for arg in args.iter().filter(|arg| !arg.starts_with('-')) {
        match arg.parse::<usize>() {
            Ok(number) if number > 0 => rounds = Some(number),
            _ if PARTS.contains(&arg.as_str()) => parts.push(arg.as_str()),
            _ => {
                eprintln!(
                    "`{arg}` is neither a number of rounds, nor `{BOOK}`, nor one of {PARTS:?}"
                );
                return ExitCode::FAILURE;
            }
        }
    }
    let wants = |part: &str| parts.is_empty() || parts.contains(&part);

    println!("{}", machine::describe());
    if ["calls", "instructions", "first"]
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
    }
    if wants("size") {
        size::report();
    }
    if wants("loads") {
        loads::report(rounds.unwrap_or(51));
    }
    if wants("growth") {
        growth::report(rounds.unwrap_or(51));
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
    ExitCode::SUCCESS
}

/// Runs the benchmark with these arguments, and renews the book with what it prints.
fn book(args: &[String]) -> ExitCode {
    let program = std::env::current_exe().expect("this program is somewhere");
    let output = Command::new(program)
        .args(args)
        .stderr(Stdio::inherit())
        .output()
        .expect("this program starts");
    if !output.status.success() {
        return ExitCode::FAILURE;
    }
    let output = String::from_utf8(output.stdout).expect("tables are text");
    let place = dlkm_bench::folder();
    let page = place.join(dlkm_bench::TABLES);
    let old = fs::read_to_string(&page).unwrap_or_default();
    let whole = !args.iter().any(|arg| PARTS.contains(&arg.as_str()));
    let tables = dlkm_bench::renewed(&old, &output, whole);
    // Even if nothing can be made from them.
    fs::write(&page, &tables).expect("the book can be written");
    match dlkm_bench::files(&tables) {
        Ok(files) => {
            for (name, text) in files {
                fs::write(place.join(name), text).expect("the book can be written");
            }
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("{}: {error}", page.display());
            ExitCode::FAILURE
        }
    }
}
