//! Records: what the body of an answer has.

use std::fmt::Write;

/// A record: lines `KEY VALUE`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Record(Vec<(String, String)>);

impl Record {
    /// Without fields.
    pub fn new() -> Self {
        Record::default()
    }

    /// With one more field.
    #[must_use]
    pub fn with(mut self, key: &str, value: impl ToString) -> Self {
        self.0.push((key.to_owned(), value.to_string()));
        self
    }

    /// With one more field, if there is a value.
    #[must_use]
    pub fn with_some(self, key: &str, value: Option<impl ToString>) -> Self {
        match value {
            Some(value) => self.with(key, value),
            None => self,
        }
    }

    /// The first value of that key.
    pub fn get(&self, key: &str) -> Option<&str> {
        let mut fields = self.0.iter();
        let (_, value) = fields.find(|(known, _)| known == key)?;
        Some(value)
    }

    /// All values of that key, in order.
    pub fn all<'a>(&'a self, key: &'a str) -> impl Iterator<Item = &'a str> {
        let of_key = self.0.iter().filter(move |(known, _)| known == key);
        of_key.map(|(_, value)| &**value)
    }

    /// All fields, in order.
    pub fn fields(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(key, value)| (&**key, &**value))
    }
}

/// The text of records.
pub(crate) fn write(records: &[Record]) -> String {
    let mut text = String::new();
    for (at, record) in records.iter().enumerate() {
        text.push_str(if at == 0 { "" } else { "\n" });
        for (key, value) in record.fields() {
            let value = value.replace('\\', "\\\\").replace('\n', "\\n");
            let _ = writeln!(text, "{key} {value}");
        }
    }
    text
}

/// The records of a text. A line without a value has an empty one.
pub(crate) fn read(text: &str) -> Vec<Record> {
    let mut records = Vec::new();
    let mut fields = Vec::new();
    for line in text.lines().chain([""]) {
        if line.is_empty() {
            if !fields.is_empty() {
                records.push(Record(std::mem::take(&mut fields)));
            }
            continue;
        }
        let (key, value) = line.split_once(' ').unwrap_or((line, ""));
        fields.push((key.to_owned(), unescape(value)));
    }
    records
}

fn unescape(value: &str) -> String {
    let mut out = String::with_capacity(value.len());
    let mut signs = value.chars();
    while let Some(sign) = signs.next() {
        match sign {
            '\\' => match signs.next() {
                Some('n') => out.push('\n'),
                Some(other) => out.push(other),
                None => {}
            },
            sign => out.push(sign),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records_are_read_as_they_were_written() {
        let records = [
            Record::new()
                .with("name", "shm")
                .with("desc", "two\nlines and a \\n"),
            Record::new()
                .with("empty", "")
                .with("name", "a b")
                .with("name", 7),
        ];
        let text = write(&records);
        assert_eq!(text.lines().count(), 6, "{text}");
        assert_eq!(read(&text), records);
        assert_eq!(records[1].all("name").collect::<Vec<_>>(), ["a b", "7"]);
        assert_eq!(read(""), []);
        assert_eq!(read("\n\n\n"), []);
    }
}
