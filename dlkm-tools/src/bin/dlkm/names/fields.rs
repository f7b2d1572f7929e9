//! The output for programs: `-P`.
//!
//! kconfig(5): a line for each field, with the name, one tab and the value; an empty line between two
//! objects; fields come in the order in which they are asked for, and one without a value has no line.

use std::process::ExitCode;

use crate::failure::Failure;
use crate::message::Message;
use crate::report;

/// The fields that are asked for.
pub(crate) struct Fields {
    names: Vec<String>,
}

/// An object: its fields with their values. A field may be there several times.
pub(crate) type Object = Vec<(&'static str, String)>;

impl Fields {
    /// Of a list with commas; `ALL` is all that are known.
    pub(crate) fn of(list: &str, known: &[&str]) -> Result<Self, Failure> {
        let mut names = Vec::new();
        for name in list.split(',') {
            match name {
                "ALL" => names.extend(known.iter().map(|name| (*name).to_owned())),
                name if known.contains(&name) => names.push(name.to_owned()),
                name => {
                    return Err(Failure::of(
                        Message::Field,
                        format_args!(
                            "there is no field `{}`; the fields are {} and ALL",
                            name.escape_debug(),
                            known.join(", ")
                        ),
                    ));
                }
            }
        }
        Ok(Fields { names })
    }

    pub(crate) fn print(&self, objects: &[Object], code: u8) -> ExitCode {
        let blocks: Vec<String> = objects.iter().map(|one| self.text(one)).collect();
        report::print(&blocks.join("\n"), code)
    }

    fn text(&self, object: &Object) -> String {
        let mut text = String::new();
        for name in &self.names {
            for (_, value) in object.iter().filter(|(known, _)| known == name) {
                text += &format!("{name}\t{value}\n");
            }
        }
        text
    }
}
