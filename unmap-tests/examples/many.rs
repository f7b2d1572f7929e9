//! Makes thousands of attempts:
//! `cargo run -p unmap-tests --example many -- [batches] [first seed] [functions of a batch]`.
//! Prints each function of which something was kept that the rule has not foreseen, and with `SHOW`
//! set also those that the rule keeps mapped although no attempt kept anything. `ATTEMPTS_RUSTFLAGS`
//! are flags for the generated programs, such as those of a sanitizer.

use std::collections::BTreeSet;
use std::path::PathBuf;

use unmap_tests::{Batch, Summary};

fn main() {
    let number = |at| std::env::args().nth(at).and_then(|arg| arg.parse().ok());
    let (batches, first) = (number(1).unwrap_or(10), number(2).unwrap_or(1000));
    let functions = number(3).and_then(|number| usize::try_from(number).ok());
    let functions = functions.unwrap_or(300);
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../target/unmap");
    let mut any = false;
    for seed in first..first + batches {
        let mut batch = Batch::generate(
            &folder.join("many"),
            &folder.join("target"),
            seed,
            functions,
        );
        let outcomes = batch.run();
        println!("seed {seed}: {}", Summary::of(&batch, &outcomes));
        for hole in outcomes.iter().filter(|one| one.is_hole()) {
            println!("  hole: {}", hole.signature);
            any = true;
        }
        if std::env::var_os("SHOW").is_some() {
            let kept = outcomes.iter().filter(|one| one.kept_by_caller);
            let kept: BTreeSet<_> = kept.map(|one| one.function).collect();
            let open: BTreeSet<_> = outcomes
                .iter()
                .filter(|one| !one.provider.is_empty() && !kept.contains(&one.function))
                .map(|one| (&one.signature, &one.provider))
                .collect();
            for (signature, why) in open {
                println!("  stays mapped: {signature}: {why}");
            }
        }
    }
    std::process::exit(i32::from(any));
}
