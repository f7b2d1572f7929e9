//! Tables: aligned and with a heading on a terminal, separated by tabs elsewhere.

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

    /// Columns in line, with a heading.
    pub(crate) fn aligned(&self) -> String {
        if self.is_empty() {
            return String::new();
        }
        let mut widths: Vec<usize> = self.heads.iter().map(|head| head.chars().count()).collect();
        for row in &self.rows {
            for (width, (cell, _)) in widths.iter_mut().zip(row) {
                *width = (*width).max(cell.chars().count());
            }
        }
        let mut text = String::new();
        let heads = self.heads.iter().map(|head| ((*head).to_owned(), HEADING));
        let heads: Vec<_> = heads.collect();
        for row in std::iter::once(&heads).chain(&self.rows) {
            let mut gap = 0;
            for ((cell, style), width) in row.iter().zip(&widths) {
                if cell.is_empty() {
                    gap += width + 2;
                    continue;
                }
                let _ = write!(text, "{:gap$}{style}{cell}{style:#}", "");
                gap = width - cell.chars().count() + 2;
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
            .aligned()
            .replace("\u{1b}[1m", "")
            .replace("\u{1b}[0m", "");
        assert_eq!(
            plain,
            "Module        State   Cause\n\
             shm           auto    best\n\
             a-longer-one  unused\n"
        );
        assert_eq!(table.tabs(), "shm\tauto\tbest\na-longer-one\tunused\t\n");
    }
}
