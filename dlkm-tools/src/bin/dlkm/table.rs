//! Tables: aligned, with a heading, and as wide as the terminal; separated by tabs elsewhere.

use std::fmt::Write;
use std::io::IsTerminal;

use clap::builder::styling::Style;
use dlkm_tools::terminal::HEADING;

/// Rows of cells. A cell may have a style.
#[derive(Debug, Default)]
pub(crate) struct Table {
    heads: Vec<&'static str>,
    rows: Vec<Vec<(String, Style)>>,
}

impl Table {
    pub(crate) fn new(heads: &[&'static str]) -> Self {
        Table {
            heads: heads.to_vec(),
            rows: Vec::new(),
        }
    }

    pub(crate) fn row<const N: usize>(&mut self, cells: [String; N]) {
        self.plain(cells.into());
    }

    pub(crate) fn plain(&mut self, cells: Vec<String>) {
        self.styled(cells.into_iter().map(|cell| (cell, Style::new())).collect());
    }

    pub(crate) fn styled(&mut self, cells: Vec<(String, Style)>) {
        self.rows.push(cells);
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// The text for where stdout goes.
    pub(crate) fn text(&self) -> String {
        match std::io::stdout().is_terminal() {
            true => self.aligned(),
            false => self.tabs(),
        }
    }

    /// Columns in line, with a heading. On a terminal, the last column is broken where the line ends.
    pub(crate) fn aligned(&self) -> String {
        let width = rustix::termios::tcgetwinsize(std::io::stdout());
        let width = width.map_or(0, |size| usize::from(size.ws_col));
        self.within(Some(width).filter(|width| *width > 0))
    }

    /// Columns in lines of that many signs.
    fn within(&self, all: Option<usize>) -> String {
        if self.is_empty() {
            return String::new();
        }
        let mut widths: Vec<usize> = self.heads.iter().map(|head| head.chars().count()).collect();
        for row in &self.rows {
            for (width, (cell, _)) in widths.iter_mut().zip(row) {
                *width = (*width).max(cell.chars().count());
            }
        }
        let before = widths
            .iter()
            .rev()
            .skip(1)
            .map(|width| width + 2)
            .sum::<usize>();
        let last = all.map(|all| all.saturating_sub(before).max(LEAST));
        let mut text = String::new();
        let heads = self.heads.iter().map(|head| ((*head).to_owned(), HEADING));
        let heads: Vec<_> = heads.collect();
        for row in std::iter::once(&heads).chain(&self.rows) {
            let mut gap = 0;
            for (index, ((cell, style), width)) in row.iter().zip(&widths).enumerate() {
                if cell.is_empty() {
                    gap += width + 2;
                    continue;
                }
                let is_last = index + 1 == widths.len();
                let lines = match last.filter(|_| is_last) {
                    Some(last) => broken(cell, last),
                    None => vec![cell.clone()],
                };
                for (index, line) in lines.iter().enumerate() {
                    if index > 0 {
                        text.push('\n');
                        gap = before;
                    }
                    let _ = write!(text, "{:gap$}{style}{line}{style:#}", "");
                }
                gap = width.saturating_sub(cell.chars().count()) + 2;
            }
            text.push('\n');
        }
        text
    }

    fn tabs(&self) -> String {
        let mut text = String::new();
        for row in &self.rows {
            let cells: Vec<&str> = row.iter().map(|(cell, _)| &**cell).collect();
            let _ = writeln!(text, "{}", cells.join("\t"));
        }
        text
    }
}

/// How narrow the last column may become.
const LEAST: usize = 16;

/// A text in lines of at most that many signs, broken at blanks; a longer word stays whole.
fn broken(text: &str, most: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in text.split(' ') {
        let line = lines.last().map_or(0, |line| line.chars().count());
        if line > 0 && line + 1 + word.chars().count() > most {
            lines.push(String::new());
        }
        if let Some(line) = lines.last_mut() {
            if !line.is_empty() {
                line.push(' ');
            }
            line.push_str(word);
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_stand_in_line_and_lines_have_no_blanks_at_their_end() {
        let mut table = Table::new(&["Module", "State", "Cause"]);
        table.row(["shm".to_owned(), "auto".to_owned(), "best".to_owned()]);
        table.row([
            "a-longer-one".to_owned(),
            "unused".to_owned(),
            String::new(),
        ]);
        let plain = table
            .within(None)
            .replace("\u{1b}[1m", "")
            .replace("\u{1b}[0m", "");
        assert_eq!(
            plain,
            "Module        State   Cause\n\
             shm           auto    best\n\
             a-longer-one  unused\n"
        );
        let mut wide = Table::new(&["Module", "About"]);
        wide.row([
            "shm".to_owned(),
            "memory that several programs share".to_owned(),
        ]);
        wide.row([
            "x".to_owned(),
            "Donaudampfschifffahrtsgesellschaft it".to_owned(),
        ]);
        let plain = wide
            .within(Some(24))
            .replace("\u{1b}[1m", "")
            .replace("\u{1b}[0m", "");
        assert_eq!(
            plain,
            "Module  About\n\
             shm     memory that\n        several programs\n        share\n\
             x       Donaudampfschifffahrtsgesellschaft\n        it\n"
        );
        assert_eq!(table.tabs(), "shm\tauto\tbest\na-longer-one\tunused\t\n");
    }
}
