//! Divides the requested features among the packages to build.

use crate::error::Error;
use crate::workspace::ModulePackage;

/// The requested features: `feature` or `package/feature`.
#[derive(Debug, Clone, Default)]
pub(crate) struct Features(Vec<String>);

impl Features {
    /// Adds names separated by commas or spaces.
    pub(crate) fn add(&mut self, text: &str) {
        let names = text.split([',', ' ']).filter(|name| !name.is_empty());
        self.0.extend(names.map(str::to_owned));
    }

    /// The features of each package. Cargo does the same for packages that it builds in one call, but
    /// `cargo rustc` builds only one.
    pub(crate) fn divide(&self, packages: &[ModulePackage]) -> Result<Vec<Vec<String>>, Error> {
        let has = |package: &ModulePackage, feature: &String| package.features.contains(feature);
        for feature in self.0.iter().filter(|feature| !feature.contains('/')) {
            if !packages.iter().any(|package| has(package, feature)) {
                return Err(Error::NoSuchFeature {
                    feature: feature.clone(),
                    packages: packages
                        .iter()
                        .map(|package| package.name.clone())
                        .collect(),
                });
            }
        }
        let of = |package: &ModulePackage, feature: &String| match feature.split_once('/') {
            Some((owner, name)) if owner == package.name => Some(name.to_owned()),
            Some((owner, _)) if packages.iter().any(|other| other.name == owner) => None,
            // A feature of a dependency; cargo reports an error if there is no such dependency.
            Some(_) => Some(feature.clone()),
            None => has(package, feature).then(|| feature.clone()),
        };
        Ok(packages
            .iter()
            .map(|package| {
                self.0
                    .iter()
                    .filter_map(|feature| of(package, feature))
                    .collect()
            })
            .collect())
    }
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;

    fn package(name: &str, features: &[&str]) -> ModulePackage {
        ModulePackage {
            name: name.to_owned(),
            spec: name.to_owned(),
            manifest: PathBuf::new(),
            features: features.iter().map(|&name| name.to_owned()).collect(),
            forced: false,
            clashes: false,
        }
    }

    #[test]
    fn each_package_gets_the_features_that_it_has() {
        let mut features = Features::default();
        features.add("fast, crc");
        features.add("zstd/dict log/std");
        let (gzip, zstd) = (
            package("gzip", &["fast", "crc"]),
            package("zstd", &["fast"]),
        );
        let divided = features.divide(&[gzip, zstd.clone()]).unwrap();
        assert_eq!(
            divided,
            [["fast", "crc", "log/std"], ["fast", "dict", "log/std"]]
        );

        let error = features.divide(&[zstd]).unwrap_err();
        assert!(matches!(error, Error::NoSuchFeature { feature, .. } if feature == "crc"));
    }
}
