//! Dependencies, from metadata alone: what is missing or circular is known before any
//! code runs.

use crate::error::{Cause, LoadError};
use crate::loader::Catalog;
use crate::metadata::Metadata;

/// Checks that all that `module` needs is there, and nothing needs itself.
pub(super) fn check(catalog: &Catalog, module: &Metadata) -> Result<(), Cause> {
    if module.depends().is_empty() {
        return Ok(());
    }
    let mut path = vec![module.name().to_owned()];
    let mut seen = Vec::new();
    walk(
        &mut |name| catalog.find(name, None).map(|found| found.metadata),
        module,
        &mut path,
        &mut seen,
    )
}

type Find<'a> = dyn FnMut(&str) -> Result<Metadata, Cause> + 'a;

fn walk(
    find: &mut Find<'_>,
    module: &Metadata,
    path: &mut Vec<String>,
    seen: &mut Vec<String>,
) -> Result<(), Cause> {
    for name in module.depends() {
        if let Some(at) = path.iter().position(|above| above == name) {
            let mut chain = path[at..].to_vec();
            chain.push(name.clone());
            return Err(Cause::Circular { chain });
        }
        if seen.contains(name) {
            continue;
        }
        let needed = |cause| Cause::Dependency {
            source: LoadError::new(name, cause),
        };
        let metadata = find(name).map_err(needed)?;
        path.push(name.clone());
        walk(find, &metadata, path, seen).map_err(|cause| match cause {
            circle @ Cause::Circular { .. } => circle,
            cause => Cause::Dependency {
                source: LoadError::new(name, cause),
            },
        })?;
        path.pop();
        seen.push(name.clone());
    }
    Ok(())
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
        let mut path = vec![first.name().to_owned()];
        walk(&mut find, &first, &mut path, &mut Vec::new())
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
}
