//! Dependencies, from metadata only: the kernel knows what is missing or circular before any
//! code runs.

use std::collections::HashSet;

use dlkm_metadata::limits;

use crate::error::{Cause, LoadError};
use crate::loader::Catalog;
use crate::metadata::Metadata;

/// Checks that everything `module` depends on exists, and that no module depends on itself.
pub(super) fn check(catalog: &Catalog, module: &Metadata) -> Result<(), Cause> {
    if module.depends().is_empty() {
        return Ok(());
    }
    walk(
        &mut |name| catalog.find(name, None).map(|found| found.metadata),
        module,
    )
}

type Find<'a> = dyn FnMut(&str) -> Result<Metadata, Cause> + 'a;

/// A module on the way from the first one, and how many of its dependencies have been visited.
struct Step {
    name: String,
    depends: Vec<String>,
    visited: usize,
}

impl Step {
    fn of(module: &Metadata) -> Self {
        Step {
            name: module.name().to_owned(),
            depends: module.depends().to_vec(),
            visited: 0,
        }
    }
}

/// Visits each module once, each before those that need it.
fn walk(find: &mut Find<'_>, first: &Metadata) -> Result<(), Cause> {
    let mut way = vec![Step::of(first)];
    let mut seen = HashSet::new();
    while let Some(step) = way.last_mut() {
        let Some(name) = step.depends.get(step.visited).cloned() else {
            way.pop();
            continue;
        };
        step.visited += 1;
        if let Some(at) = way.iter().position(|above| above.name == name) {
            let mut chain: Vec<_> = way[at..].iter().map(|step| step.name.clone()).collect();
            chain.push(name);
            return Err(Cause::Circular { chain });
        }
        if !seen.insert(name.clone()) {
            continue;
        }
        let found = match way.len() {
            limits::CHAIN => Err(Cause::LongChain {
                most: limits::CHAIN,
            }),
            _ => find(&name),
        };
        match found {
            Ok(metadata) => way.push(Step::of(&metadata)),
            Err(cause) => return Err(needed(&way, name, cause)),
        }
    }
    Ok(())
}

/// The error of a module on the way, as that of the first one.
fn needed(way: &[Step], name: String, cause: Cause) -> Cause {
    let between = way[1..].iter().rev().map(|step| step.name.clone());
    [name]
        .into_iter()
        .chain(between)
        .fold(cause, |cause, name| {
            let source = LoadError::new(name, cause);
            Cause::Dependency { source }
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn module(name: &str, depends: &str) -> Metadata {
        let text = format!(
            "format=2\0name={name}\0version=1.0.0\0kind=misc\0desc=\0states=auto\0\
             depends={depends}\0rustc=\0commit=\0target=\0pointer=\0panic=\0runtime=\0\
             sanitizer=\0flags=\0features=\0"
        );
        Metadata::parse(text.as_bytes()).unwrap()
    }

    fn check(modules: &[(&str, &str)]) -> Result<(), Cause> {
        let mut find = |name: &str| match modules.iter().find(|(known, _)| *known == name) {
            Some((name, depends)) => Ok(module(name, depends)),
            None => Err(Cause::Missing { file: name.into() }),
        };
        let first = find(modules[0].0)?;
        walk(&mut find, &first)
    }

    #[test]
    fn a_diamond_is_no_circle() {
        check(&[("a", "b c"), ("b", "d"), ("c", "d"), ("d", "")]).unwrap();
    }

    #[test]
    fn a_circle_is_told_from_its_first_module_on() {
        let error = check(&[("a", "b"), ("b", "c"), ("c", "b")]).unwrap_err();
        assert!(error.to_string().contains("b → c → b"), "{error}");
        let error = check(&[("a", "a")]).unwrap_err();
        assert!(error.to_string().contains("a → a"), "{error}");
    }

    #[test]
    fn what_is_missing_is_told_with_the_way_to_it() {
        let error = check(&[("a", "b"), ("b", "nowhere")]).unwrap_err();
        let text = error.to_string();
        assert!(text.contains("`b`") && text.contains("`nowhere`"), "{text}");
    }

    #[test]
    fn a_chain_has_an_end() {
        let chain = |length: usize| {
            let mut find = |name: &str| {
                let number: usize = name[1..].parse().unwrap();
                let next = format!("m{}", number + 1);
                Ok(module(name, if number + 1 < length { &next } else { "" }))
            };
            let first = find("m0").unwrap();
            walk(&mut find, &first)
        };
        chain(limits::CHAIN).unwrap();
        let text = chain(10_000).unwrap_err().to_string();
        assert!(text.contains("more than 64"), "{text}");
        assert!(text.len() < 10_000, "{text}");
    }

    #[test]
    fn a_module_is_read_once_however_many_need_it() {
        // Each of a row needs each of the next row: 10 to the power of 6 ways.
        let mut reads = 0;
        let mut find = |name: &str| {
            reads += 1;
            let row: u32 = name.split('-').next().unwrap().parse().unwrap();
            let next: Vec<_> = (0..10).map(|i| format!("{}-{i}", row + 1)).collect();
            Ok(module(
                name,
                &if row < 6 {
                    next.join(" ")
                } else {
                    String::new()
                },
            ))
        };
        let first = find("0-0").unwrap();
        walk(&mut find, &first).unwrap();
        assert_eq!(reads, 61);
    }
}
