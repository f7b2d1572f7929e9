//! The page of tables, as the benchmark printed it: read, and renewed in part.

/// What the page begins with.
const HEAD: &str = "# The tables\n\n[Performance](../performance.md) says what they measure, and shows \
                    what matters of them.\n\n";

/// What a run says of its machine.
const MACHINE: &str = "Measured on: ";

/// The sections of a page.
pub(crate) struct Tables<'a> {
    sections: Vec<(&'a str, Vec<Row<'a>>)>,
}

/// A row under its table's first row, which has the columns' names.
struct Row<'a> {
    head: Vec<&'a str>,
    cells: Vec<&'a str>,
}

impl<'a> Tables<'a> {
    pub(crate) fn parse(page: &'a str) -> Self {
        let sections = sections(page).1.into_iter();
        let sections = sections.map(|section| (title(section), rows(section)));
        Tables {
            sections: sections.collect(),
        }
    }

    /// Whether the benchmark that wrote the page had this part.
    pub(crate) fn has(&self, section: &str) -> bool {
        self.sections.iter().any(|(title, _)| *title == section)
    }

    /// The figure in a row and a column; the first column names the row.
    pub(crate) fn figure(&self, section: &str, row: &str, column: &str) -> Result<f64, String> {
        let cell = self.cell(section, row, column);
        let cell = cell.ok_or_else(|| format!("{section}: no `{column}` of `{row}`"))?;
        cell.parse()
            .map_err(|_| format!("{section}: `{column}` of `{row}` is {cell}"))
    }

    fn cell(&self, section: &str, row: &str, column: &str) -> Option<&'a str> {
        let (_, rows) = self.sections.iter().find(|(title, _)| *title == section)?;
        let found = rows.iter().filter(|one| one.cells.first() == Some(&row));
        found
            .filter_map(|one| {
                let at = one.head.iter().position(|name| *name == column)?;
                one.cells.get(at).copied()
            })
            .next()
    }

    /// The names of the rows of a section's first table.
    pub(crate) fn rows(&self, section: &str) -> Vec<&'a str> {
        let found = self.sections.iter().find(|(title, _)| *title == section);
        let rows = found.map_or(&[][..], |(_, rows)| rows);
        let first = rows.first().map(|row| &row.head);
        rows.iter()
            .filter(|row| Some(&row.head) == first)
            .filter_map(|row| row.cells.first().copied())
            .collect()
    }
}

/// What comes before the first section, and the sections, each from its title to the next.
fn sections(page: &str) -> (&str, Vec<&str>) {
    let starts = page.match_indices("\n## ").map(|(at, _)| at + 1);
    let starts: Vec<usize> = starts.chain([page.len()]).collect();
    let pairs = starts.windows(2).map(|pair| &page[pair[0]..pair[1]]);
    (&page[..starts[0]], pairs.collect())
}

fn title(section: &str) -> &str {
    let first = section.lines().next().unwrap_or_default();
    first.trim_start_matches("## ")
}

fn rows(section: &str) -> Vec<Row<'_>> {
    let mut rows = Vec::new();
    let mut head: Option<Vec<&str>> = None;
    for line in section.lines() {
        let Some(cells) = line.strip_prefix('|') else {
            head = None;
            continue;
        };
        let cells: Vec<&str> = cells
            .trim_end_matches('|')
            .split('|')
            .map(str::trim)
            .collect();
        match &head {
            None => head = Some(cells),
            Some(_) if cells[0].starts_with("--") => {}
            Some(head) => rows.push(Row {
                head: head.clone(),
                cells,
            }),
        }
    }
    rows
}

/// The page after a run, which printed `output`.
pub(crate) fn renewed(old: &str, output: &str, whole: bool) -> String {
    let (machine, new) = sections(output);
    if whole || !old.contains("\n## ") {
        return format!("{HEAD}{}\n", output.trim_end());
    }
    let (before, mut all) = sections(old);
    // The old page's first lines are about another run.
    let machine = machine
        .trim()
        .replace(MACHINE, "Measured in another run, on: ");
    let new: Vec<String> = new
        .into_iter()
        .map(|section| {
            let (title, text) = section.split_once('\n').unwrap_or((section, ""));
            format!("{title}\n\n{machine}\n{}\n\n", text.trim_end())
        })
        .collect();
    for section in &new {
        match all.iter_mut().find(|one| title(one) == title(section)) {
            Some(one) => *one = section,
            None => all.push(section),
        }
    }
    let page = before.to_owned() + &all.concat();
    page.trim_end().to_owned() + "\n"
}

#[cfg(test)]
mod tests {
    use super::*;

    const OUTPUT: &str = "Measured on: a machine.\n\n## One\n\nWords.\n\n| call | ns |\n|------|---:|\n\
                          | a    | 1.5 |\n| b    | – |\n\n## Two\n\n| x | y |\n|---|---|\n| a | 2 |\n\n\
                          | z | y |\n|---|---|\n| c | 3 |\n";

    #[test]
    fn a_figure_is_found_by_section_row_and_column() {
        let tables = Tables::parse(OUTPUT);
        assert_eq!(tables.figure("One", "a", "ns"), Ok(1.5));
        assert_eq!(tables.figure("Two", "c", "y"), Ok(3.0));
        assert_eq!(tables.rows("Two"), ["a"]);
        assert_eq!(
            tables.figure("One", "b", "ns").unwrap_err(),
            "One: `ns` of `b` is –"
        );
        assert_eq!(
            tables.figure("One", "c", "ns").unwrap_err(),
            "One: no `ns` of `c`"
        );
        assert!(tables.has("Two") && !tables.has("Three"));
    }

    #[test]
    fn a_run_of_some_parts_renews_those() {
        let page = renewed("", OUTPUT, true);
        let other = "Measured on: another one.\n\n## Two\n\nNew.\n\n| x | y |\n|---|---|\n| a | 9 |\n\n\
                     ## Three\n\nMore.\n";
        let page = renewed(&page, other, false);
        let expected = "# The tables\n\n[Performance](../performance.md) says what they measure, and shows \
                        what matters of them.\n\nMeasured on: a machine.\n\n## One\n\nWords.\n\n\
                        | call | ns |\n|------|---:|\n| a    | 1.5 |\n| b    | – |\n\n## Two\n\n\
                        Measured in another run, on: another one.\n\nNew.\n\n| x | y |\n|---|---|\n\
                        | a | 9 |\n\n## Three\n\nMeasured in another run, on: another one.\n\nMore.\n";
        assert_eq!(page, expected);
        assert_eq!(renewed(&page, OUTPUT, true), renewed("", OUTPUT, true));
    }
}
