//! Modules that are linked into a host instead of being built as images: which hosts can do that, and
//! by which of their features.

use cargo_metadata::{Dependency, DependencyKind, Package};
use dlkm_system::same_name;

use crate::error::Error;
use crate::workspace::{Workspace, has_program};

/// A host, and the features by which it contains the modules that are to be linked.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Linking {
    /// The package of the host.
    pub host: String,
    /// Its features; empty if it contains the modules without any.
    pub features: Vec<String>,
}

impl Workspace {
    /// The hosts that link these module packages: `host` alone if it is given, or else each package
    /// with a program that can link all of them.
    pub(crate) fn linking(
        &self,
        modules: &[String],
        host: Option<&str>,
    ) -> Result<Vec<Linking>, Error> {
        let is_host = |package: &&Package| match host {
            Some(name) => *package.name == name,
            None => has_program(package),
        };
        let hosts: Vec<&Package> = self.packages().filter(is_host).collect();
        if let (Some(name), true) = (host, hosts.is_empty()) {
            return Err(self.no_such_package(name));
        }
        let all = hosts.iter().map(|host| linking(host, modules));
        match all.clone().collect::<Result<Vec<_>, _>>() {
            Ok(found) if !found.is_empty() => Ok(found),
            Ok(_) => Err(Error::NoHost {
                module: modules.join("`, `"),
            }),
            Err(error) => {
                let able: Vec<Linking> = all.filter_map(Result::ok).collect();
                match able.is_empty() {
                    true => Err(error),
                    false => Ok(able),
                }
            }
        }
    }
}

/// How a host links all the modules.
fn linking(host: &Package, modules: &[String]) -> Result<Linking, Error> {
    let mut features = Vec::new();
    for module in modules {
        if let Some(feature) = feature(host, module)?
            && !features.contains(&feature)
        {
            features.push(feature);
        }
    }
    Ok(Linking {
        host: host.name.to_string(),
        features,
    })
}

/// The feature by which a host contains a module; `None` if it always does.
fn feature(host: &Package, module: &str) -> Result<Option<String>, Error> {
    let needs = |dependency: &&Dependency| {
        dependency.name == module && dependency.kind == DependencyKind::Normal
    };
    let no_feature = || Error::NoLink {
        host: host.name.to_string(),
        module: module.to_owned(),
        manifest: host.manifest_path.clone().into(),
    };
    let dependency = host.dependencies.iter().find(needs);
    let dependency = dependency.ok_or_else(no_feature)?;
    if !dependency.optional {
        return Ok(None);
    }
    let enabled = format!(
        "dep:{}",
        dependency.rename.as_ref().unwrap_or(&dependency.name)
    );
    let enables =
        |(name, parts): (&String, &Vec<String>)| parts.contains(&enabled).then(|| name.clone());
    let mut found: Vec<String> = host.features.iter().filter_map(enables).collect();
    if let Some(own) = found.iter().find(|name| same_name(name, module)) {
        return Ok(Some(own.clone()));
    }
    match found.len() {
        0 => Err(no_feature()),
        1 => Ok(found.pop()),
        _ => Err(Error::WhichFeature {
            host: host.name.to_string(),
            module: module.to_owned(),
            features: found,
        }),
    }
}
