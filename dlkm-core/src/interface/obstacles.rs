//! What stands in the way of unmapping the images of an interface.

use super::describe::Signatures;
use super::obstacle::Found;
use dlkm_metadata::write::{Obstacle, Text, Unmap};

/// The maximum length of what a function does, in bytes.
const LENGTH: usize = 1 << 10;

/// What stands in the way for images that provide an interface, and for those that call it.
#[derive(Clone, Copy, Debug)]
pub struct Obstacles {
    provider: Option<Written>,
    caller: Option<Written>,
}

/// A function, and what it does.
#[derive(Clone, Copy, Debug)]
struct Written {
    function: &'static str,
    does: Text<LENGTH>,
}

impl Signatures {
    /// The first obstacle of each side.
    pub const fn obstacles(&self) -> Obstacles {
        let mut obstacles = Obstacles {
            provider: None,
            caller: None,
        };
        if self.are_proven() {
            return obstacles;
        }
        let mut i = 0;
        while i < self.functions.len() {
            let (name, _, _, shapes) = self.functions[i];
            // The last is the result.
            let last = shapes.len() - 1;
            let of_result = &self.shapes[shapes[last] as usize].leads;
            let mut j = 0;
            while j <= last {
                let leads = &self.shapes[shapes[j] as usize].leads;
                let is_result = j == last;
                if let Some(found) = &leads.provider
                    && obstacles.provider.is_none()
                {
                    obstacles.provider = Some(written(name, found, is_result));
                }
                let caller = match &leads.alone {
                    Some(found) if of_result.restricts => Some(found),
                    _ => leads.caller.as_ref(),
                };
                if let Some(found) = caller
                    && obstacles.caller.is_none()
                {
                    obstacles.caller = Some(written(name, found, is_result));
                }
                j += 1;
            }
            i += 1;
        }
        obstacles
    }

    /// Whether no combination of these types stands in the way: then the compiler need not
    /// look at each function.
    const fn are_proven(&self) -> bool {
        let (mut alone, mut restricts) = (false, false);
        let mut i = 0;
        while i < self.shapes.len() {
            let leads = &self.shapes[i].leads;
            if leads.provider.is_some() || leads.caller.is_some() {
                return false;
            }
            alone |= leads.alone.is_some();
            restricts |= leads.restricts;
            i += 1;
        }
        !(alone && restricts)
    }
}

const fn written(function: &'static str, found: &Found, result: bool) -> Written {
    let mut does = Text::new();
    found.write(result, &mut does);
    Written { function, does }
}

impl Obstacles {
    /// For an interface's declaration.
    pub const fn unmap(&'static self) -> Unmap {
        Unmap {
            provider: obstacle(&self.provider),
            caller: obstacle(&self.caller),
        }
    }
}

const fn obstacle(written: &'static Option<Written>) -> Option<Obstacle> {
    match written {
        None => None,
        Some(Written { function, does }) => Some(Obstacle {
            function,
            does: match std::str::from_utf8(does.bytes()) {
                Ok(text) if does.length() <= LENGTH => text,
                _ => "has types that dlkm can't follow",
            },
        }),
    }
}
