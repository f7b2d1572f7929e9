//! `pairs <folder> [words]...`: checks some thousand pairs, in programs that it builds in the folder;
//! or those that are about one of the words.

use std::process::ExitCode;

use scenario_pairs::Pair;

fn main() -> ExitCode {
    let mut args = std::env::args().skip(1);
    // Each program is built in a folder of its own.
    let Some(Ok(folder)) = args.next().map(std::path::absolute) else {
        eprintln!("usage: pairs <folder> [words]...");
        return ExitCode::from(2);
    };
    let words: Vec<String> = args.collect();
    let mut pairs = scenario_pairs::all();
    let about = |pair: &Pair| words.iter().any(|one| pair.about.contains(one.as_str()));
    pairs.retain(|pair| words.is_empty() || about(pair));
    let mut wrong = 0;
    for (number, some) in pairs.chunks(1000).enumerate() {
        let program = folder.join(format!("pairs-{number}"));
        match scenario_pairs::check(some, &program, &folder.join("target")) {
            Ok(lines) => {
                wrong += lines.len();
                lines.iter().for_each(|line| println!("{line}"));
            }
            Err(error) => {
                eprintln!("{}: {error}", program.display());
                return ExitCode::FAILURE;
            }
        }
    }
    println!("{} pairs, {wrong} wrong", pairs.len());
    match wrong {
        0 => ExitCode::SUCCESS,
        _ => ExitCode::FAILURE,
    }
}
