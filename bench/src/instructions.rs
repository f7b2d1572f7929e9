//! Instructions of one call, counted by valgrind's callgrind.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use crate::built;

/// Whether valgrind is installed.
pub(crate) fn can_count() -> bool {
    let found = Command::new("valgrind")
        .arg("--version")
        .stdout(Stdio::null())
        .status();
    found.is_ok_and(|status| status.success())
}

/// Each contender's instructions, or the reason why they were not counted. The program's last argument
/// says what it is to do, and these come before.
pub(crate) fn count(program: &Path, args: &[&Path]) -> Result<Vec<(String, f64)>, String> {
    if !can_count() {
        return Err("valgrind is not installed".into());
    }
    eprintln!("instructions: runs {} in valgrind", program.display());
    let folder = built::place().join("callgrind");
    // Counts of an earlier run must not be read as this one's.
    if folder.exists() {
        fs::remove_dir_all(&folder).map_err(|error| error.to_string())?;
    }
    fs::create_dir_all(&folder).map_err(|error| error.to_string())?;
    let output = Command::new("valgrind")
        .args(["--tool=callgrind", "--dump-before=bench_mark"])
        .arg(format!(
            "--callgrind-out-file={}",
            folder.join("out").display()
        ))
        .arg(program)
        .args(args)
        .arg("instructions")
        .output()
        .map_err(|error| error.to_string())?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        return Err(format!("the host fails under valgrind:\n{said}"));
    }
    let text = String::from_utf8_lossy(&output.stdout);
    let mut counts = Vec::new();
    for (index, line) in text.lines().enumerate() {
        let (name, calls) = line.split_once('\t').ok_or("an unexpected line")?;
        let calls: f64 = calls.parse().map_err(|_| "an unexpected count")?;
        // Three dumps for each contender: its setup, the short loop, the long one.
        let short = total(&folder, 3 * index + 2)?;
        let long = total(&folder, 3 * index + 3)?;
        counts.push((name.to_owned(), (long - short) / calls));
    }
    Ok(counts)
}

fn total(folder: &Path, dump: usize) -> Result<f64, String> {
    let file = folder.join(format!("out.{dump}"));
    let text = fs::read_to_string(&file).map_err(|error| format!("{}: {error}", file.display()))?;
    let total = text.lines().find_map(|line| line.strip_prefix("summary:"));
    let total = total.and_then(|total| total.trim().parse().ok());
    total.ok_or_else(|| format!("{} has no total", file.display()))
}
