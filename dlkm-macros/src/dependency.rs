//! `depends`, `wants` and `weak`: what a module needs of others, as its author writes it.

use semver::VersionReq;
use syn::LitStr;

use crate::errors::Errors;

/// One text of `depends`: `"sem"`, `"sem ^1.2"`, `"interface msg"`, `"interface msg 1"`.
pub(crate) struct Depends {
    pub(crate) literal: LitStr,
    pub(crate) interface: bool,
    pub(crate) name: String,
    range: String,
}

impl Depends {
    /// Reports a range that is none.
    pub(crate) fn parse(literal: LitStr, errors: &mut Errors) -> Self {
        let text = literal.value();
        let (interface, rest) = match text.strip_prefix("interface ") {
            Some(rest) => (true, rest.trim_start()),
            None => (false, &*text),
        };
        let (name, range) = rest.split_once(' ').unwrap_or((rest, ""));
        let range = match VersionReq::parse(range) {
            _ if range.is_empty() => String::new(),
            Ok(range) => range.to_string(),
            Err(error) => {
                let message = format!(
                    "`{range}` is not a range of versions, as in Cargo.toml (\"^1.2\", \">=1, <3\"): \
                     {error}"
                );
                errors.at(&literal, message);
                String::new()
            }
        };
        Depends {
            interface,
            name: name.to_owned(),
            range,
            literal,
        }
    }

    /// The module's name, for the list of those that are loaded first.
    pub(crate) fn module(&self) -> Option<&str> {
        (!self.interface).then_some(&*self.name)
    }

    /// A line of the metadata, if it says more than a module's name.
    pub(crate) fn line(&self) -> Option<String> {
        let what = if self.interface {
            "interface"
        } else {
            "module"
        };
        let more = self.interface || !self.range.is_empty();
        let line = format!("require={what} {} {}", self.name, self.range);
        more.then(|| line.trim_end().to_owned())
    }
}

/// One text of `wants`: `"log"`, `"before log"`, `"after audit"`.
pub(crate) struct Want {
    pub(crate) literal: LitStr,
    pub(crate) name: String,
    after: bool,
}

impl Want {
    pub(crate) fn parse(literal: LitStr) -> Self {
        let text = literal.value();
        let (after, name) = match (text.strip_prefix("after "), text.strip_prefix("before ")) {
            (Some(name), _) => (true, name),
            (_, Some(name)) => (false, name),
            _ => (false, &*text),
        };
        let name = name.trim_start().to_owned();
        Want {
            literal,
            name,
            after,
        }
    }

    /// A line of the metadata.
    pub(crate) fn line(&self) -> String {
        let when = if self.after { "after" } else { "before" };
        format!("want={when} {}", self.name)
    }
}
