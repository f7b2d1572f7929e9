//! Dependencies, from metadata only: the kernel knows what is missing or circular before any
//! code runs.

use dlkm_metadata::limits;
use dlkm_metadata::small::owned;

use super::request::{AskedBy, Request};
use super::state::Kernel;
use crate::error::{Failed, LoadError, cause};
use crate::metadata::{Metadata, Phase, Requirement};
use crate::sorted::Sorted;

/// When a module is loaded that another one wants.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum When {
    Before,
    After,
}

impl Kernel {
    /// Checks that everything `module` depends on exists, in a version that it can use, and that no
    /// module depends on itself. Returns the names of the modules that it needs itself.
    pub(super) fn check_dependencies(&self, module: &Metadata) -> Result<Vec<String>, Failed> {
        let needs = self.needs(module)?;
        for weak in module.weak() {
            // Only its presence counts: the module asks for it itself.
            let weak = &*self.spelled(weak);
            self.metadata_of(weak).map_err(|cause| {
                Failed::from(cause::Dependency {
                    source: LoadError::new(weak, cause),
                })
            })?;
        }
        if !needs.is_empty() {
            let mut find = |name: &str| self.needs(&self.metadata_of(name)?);
            walk(&mut find, Step::new(module.name(), needs.clone()))?;
        }
        Ok(needs)
    }

    /// Loads the modules that `module` wants before or after itself. One that can't be loaded is
    /// reported as any failed load, and otherwise left out. The same goes for one that is being
    /// loaded for this very load: modules that want each other are both loaded.
    pub(super) fn load_wanted(
        &self,
        module: &Metadata,
        phase: Phase,
        when: When,
        brought: &mut Vec<String>,
    ) {
        let wanted_by = AskedBy::Dependant {
            module: module.name(),
        };
        for want in module.wants() {
            let now = want.is_after() == (when == When::After);
            let used = self.configuration.uses(want.name());
            let name = self.spelled(want.name());
            if now && used && self.catalog.has(&name) {
                let request = Request::new(&name, wanted_by).during(phase);
                brought.extend(self.load_module(request).unwrap_or_default());
            }
        }
    }

    /// The names of the modules that a module needs.
    fn needs(&self, module: &Metadata) -> Result<Vec<String>, Failed> {
        let depends = module.depends().iter();
        let mut needs: Vec<_> = depends
            .map(|name| self.spelled(name).into_owned())
            .collect();
        for requirement in module.requires() {
            let needed = self.meet(requirement)?;
            if !needs.contains(&needed) {
                needs.push(needed);
            }
        }
        Ok(needs)
    }

    /// The module that meets a requirement.
    fn meet(&self, requirement: &Requirement) -> Result<String, Failed> {
        let name = requirement.name();
        let known = requirement
            .is_interface()
            .then(|| self.control.lock().provider(name));
        let module = match known {
            None => self.spelled(name).into_owned(),
            Some(Some(module)) => module,
            Some(None) => {
                let uses = |module: &str| self.configuration.uses(module);
                self.catalog.provider(name, &uses)?.module
            }
        };
        let dependency = |cause| {
            Failed::from(cause::Dependency {
                source: LoadError::new(&*module, cause),
            })
        };
        let metadata = self.metadata_of(&module).map_err(dependency)?;
        let version = match requirement.is_interface() {
            false => metadata.version(),
            true => match metadata.interface(name) {
                Some(interface) => interface.version(),
                None => {
                    let interface = owned(name);
                    return Err(dependency(cause::NoInterface { interface }.into()));
                }
            },
        };
        if !requirement.allows(version) {
            return Err(cause::Requirement {
                requirement: format!("{requirement}"),
                module,
                found: owned(version),
            }
            .into());
        }
        Ok(module)
    }

    /// A module's metadata: that which is loaded, or else that of its file.
    fn metadata_of(&self, name: &str) -> Result<Metadata, Failed> {
        let table = self.control.lock();
        if let Some(running) = table.running(name) {
            return Ok(running.metadata.clone());
        }
        drop(table);
        self.catalog.look(name).map(|found| found.metadata)
    }
}

/// The names of the modules that a module needs.
type Find<'a> = dyn FnMut(&str) -> Result<Vec<String>, Failed> + 'a;

/// A module on the way from the first one, and how many of its dependencies have been visited.
struct Step {
    name: String,
    depends: Vec<String>,
    visited: usize,
}

impl Step {
    fn new(name: &str, depends: Vec<String>) -> Self {
        Step {
            name: owned(name),
            depends,
            visited: 0,
        }
    }
}

/// Visits each module once, each before those that need it.
fn walk(find: &mut Find<'_>, first: Step) -> Result<(), Failed> {
    let mut way = vec![first];
    let mut seen: Sorted<String, ()> = Sorted::new();
    while let Some(step) = way.last_mut() {
        let Some(name) = step.depends.get(step.visited).cloned() else {
            way.pop();
            continue;
        };
        step.visited += 1;
        if let Some(at) = way.iter().position(|above| above.name == name) {
            let mut chain: Vec<_> = way[at..].iter().map(|step| step.name.clone()).collect();
            chain.push(name);
            return Err(cause::Circular { chain }.into());
        }
        if seen.get(&*name).is_some() {
            continue;
        }
        seen.get_or_insert(&*name, || ());
        let found = match way.len() {
            limits::CHAIN => Err(cause::LongChain {
                most: limits::CHAIN,
            }
            .into()),
            _ => find(&name),
        };
        match found {
            Ok(depends) => way.push(Step::new(&name, depends)),
            Err(cause) => return Err(needed(&way, name, cause)),
        }
    }
    Ok(())
}

/// The error of a module on the way, as that of the first one.
fn needed(way: &[Step], name: String, cause: Failed) -> Failed {
    let between = way[1..].iter().rev().map(|step| step.name.clone());
    [name]
        .into_iter()
        .chain(between)
        .fold(cause, |cause, name| {
            let source = LoadError::new(name, cause);
            cause::Dependency { source }.into()
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(modules: &[(&str, &str)]) -> Result<(), Failed> {
        let mut find = |name: &str| match modules.iter().find(|(known, _)| *known == name) {
            Some((_, depends)) => Ok(depends.split_whitespace().map(str::to_owned).collect()),
            None => Err(cause::Missing { file: name.into() }.into()),
        };
        let first = Step::new(modules[0].0, find(modules[0].0)?);
        walk(&mut find, first)
    }

    #[test]
    fn a_diamond_is_no_circle() {
        check(&[("a", "b c"), ("b", "d"), ("c", "d"), ("d", "")]).unwrap();
    }

    #[test]
    fn a_circle_is_told_from_its_first_module_on() {
        let error = check(&[("a", "b"), ("b", "c"), ("c", "b")]).unwrap_err();
        assert!(error.to_string().contains("b → c → b"), "{}", *error);
        let error = check(&[("a", "a")]).unwrap_err();
        assert!(error.to_string().contains("a → a"), "{}", *error);
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
                Ok(Vec::from_iter((number + 1 < length).then_some(next)))
            };
            let first = Step::new("m0", find("m0").unwrap());
            walk(&mut find, first)
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
            let next = (0..10).map(|i| format!("{}-{i}", row + 1));
            Ok(if row < 6 { next.collect() } else { Vec::new() })
        };
        let first = Step::new("0-0", find("0-0").unwrap());
        walk(&mut find, first).unwrap();
        assert_eq!(reads, 61);
    }
}
