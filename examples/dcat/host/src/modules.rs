//! Prints the list of `--modules`.

use std::io::{self, Write};

use dlkm_rt::ModuleInfo;
use dlkm_rt::metadata::Metadata;

const HEADINGS: [&str; 8] = [
    "NAME",
    "VERSION",
    "KIND",
    "STATE",
    "KEYS",
    "EXTENSIONS",
    "DESCRIPTION",
    "FILE",
];

/// Lists the modules, each with its error if it can't be used.
pub(crate) fn list(modules: &[ModuleInfo], output: &mut impl Write) -> io::Result<()> {
    let rows: Vec<[String; 8]> = modules.iter().map(row).collect();
    let mut widths = HEADINGS.map(str::len);
    for row in &rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = cell.chars().count().max(*width);
        }
    }
    write_row(output, &HEADINGS, &widths)?;
    for (module, row) in modules.iter().zip(&rows) {
        write_row(output, row, &widths)?;
        if let Some(error) = module.error() {
            writeln!(output, "  {error}")?;
        }
    }
    output.flush()
}

fn row(module: &ModuleInfo) -> [String; 8] {
    let file = module.file().map(|file| file.display().to_string());
    [
        module.name().to_owned(),
        module.version().unwrap_or_default().to_owned(),
        module.kind().unwrap_or_default().to_owned(),
        module.state().to_string(),
        words(module.metadata().map(Metadata::keys)),
        words(module.metadata().map(Metadata::extensions)),
        module.desc().to_owned(),
        file.unwrap_or_else(|| "(built in)".to_owned()),
    ]
}

fn words(of: Option<&[String]>) -> String {
    of.unwrap_or_default().join(" ")
}

fn write_row(
    output: &mut impl Write,
    cells: &[impl AsRef<str>; 8],
    widths: &[usize; 8],
) -> io::Result<()> {
    let mut line = String::new();
    for (cell, &width) in cells.iter().zip(widths) {
        line.push_str(&format!("{:width$}  ", cell.as_ref()));
    }
    writeln!(output, "{}", line.trim_end())
}
