//! Which types the functions of an interface use.

use super::named::Work;
use super::types;
use crate::interface::{InterfaceInfo, TypeInfo};

/// The types of an interface, and which of them each one mentions.
pub(super) struct Reach<'a> {
    types: &'a [TypeInfo],
    /// For each type, the positions of the types that its fields mention, in order.
    mentioned: Vec<Vec<usize>>,
}

/// Positions of types, each once, in the order in which they were found.
struct Found {
    order: Vec<usize>,
    known: Vec<bool>,
}

impl<'a> Reach<'a> {
    /// `None` if there is too much text.
    pub(super) fn new(interface: &'a InterfaceInfo, work: &mut Work) -> Option<Self> {
        let types = &interface.types[..];
        let mut mentioned = Vec::with_capacity(types.len());
        for ty in types {
            let mut found = Found::none(types);
            let of_variants = ty.variants.iter().map(|variant| &variant.fields[..]);
            for fields in of_variants.chain([&ty.fields[..]]) {
                for field in fields {
                    found.add_mentioned(types, field.ty(), work)?;
                }
            }
            mentioned.push(found.order);
        }
        Some(Reach { types, mentioned })
    }

    /// The types that a function uses, in the order in which they are reached; `None` if there is
    /// too much text.
    pub(super) fn of(&self, signature: &str, work: &mut Work) -> Option<Vec<&'a TypeInfo>> {
        let mut found = Found::none(self.types);
        found.add_mentioned(self.types, signature, work)?;
        let mut next = 0;
        while let Some(at) = found.order.get(next).copied() {
            let mentioned = &self.mentioned[at];
            if !work.take(mentioned.len()) {
                return None;
            }
            for other in mentioned {
                found.add(*other);
            }
            next += 1;
        }
        let mut types = Vec::with_capacity(found.order.len());
        for at in found.order {
            types.push(&self.types[at]);
        }
        Some(types)
    }
}

impl Found {
    fn none(types: &[TypeInfo]) -> Self {
        Found {
            order: Vec::new(),
            known: vec![false; types.len()],
        }
    }

    fn add(&mut self, at: usize) {
        if !std::mem::replace(&mut self.known[at], true) {
            self.order.push(at);
        }
    }

    fn add_mentioned(&mut self, types: &[TypeInfo], text: &str, work: &mut Work) -> Option<()> {
        if !work.take(types.len() * (1 + text.len())) {
            return None;
        }
        for (at, ty) in types.iter().enumerate() {
            if !self.known[at] && types::mentions(text, ty) {
                self.add(at);
            }
        }
        Some(())
    }
}
