//! The text of the places that have lifetimes.

use std::fmt::Write;

use super::item::Params;
use super::places::{Life, Place, Places};

impl Places<'_> {
    /// The text of all places.
    pub(super) fn text(&self) -> String {
        let lives: Vec<Life> = self.found.iter().filter_map(Place::life).collect();
        let mut known: Vec<Life> = Vec::new();
        let mut texts = Vec::new();
        let mut trivial = true;
        for place in &self.found {
            let mut text = String::new();
            let (life, scope) = match place {
                Place::Default => {
                    texts.push("+".to_owned());
                    continue;
                }
                Place::Param(param) => {
                    trivial = false;
                    texts.push(param.clone());
                    continue;
                }
                Place::Of(life, scope) => (*life, *scope),
                Place::Object(life, scope) => {
                    text.push('+');
                    (*life, *scope)
                }
            };
            let once = lives.iter().filter(|other| **other == life).count() == 1;
            match life {
                Life::Static => text.push_str("'static"),
                Life::Unknown => text.push_str("'?"),
                Life::Item(at) => text.push_str(&Params::lifetime(at)),
                Life::Bound { scope: own, .. }
                    if once && own == scope && self.scopes[own].shown && text.is_empty() =>
                {
                    text.push_str("'_");
                }
                Life::Bound { scope: own, .. } => {
                    let number = known.iter().position(|one| *one == life);
                    let number = number.unwrap_or_else(|| {
                        known.push(life);
                        known.len() - 1
                    });
                    let level = self.scopes[own].level;
                    // Writing to a `String` never fails.
                    let _ = match level {
                        0 => write!(text, "'{}", number + 1),
                        _ => write!(text, "'{}^{level}", number + 1),
                    };
                }
            }
            trivial &= text == "'_";
            texts.push(text);
        }
        if trivial {
            return String::new();
        }
        texts.join(" ")
    }
}
