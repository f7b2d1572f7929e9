//! `pairs <folder> [words]`: checks some thousand pairs, in programs that it builds in the folder;
//! or those that are about the words.

use std::path::PathBuf;
use std::process::ExitCode;

fn main() -> ExitCode {
    let Some(folder) = std::env::args().nth(1).map(PathBuf::from) else {
        eprintln!("usage: pairs <folder> [words]");
        return ExitCode::from(2);
    };
    let words = std::env::args().nth(2).unwrap_or_default();
    let mut pairs = scenario_pairs::all();
    pairs.retain(|pair| pair.about.contains(&words));
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
