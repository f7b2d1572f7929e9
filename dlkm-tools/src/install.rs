//! From built images to files in a module root.

use std::path::{Path, PathBuf};

use crate::error::Error;
use crate::image::Image;
use crate::modinfo::ModInfo;
use crate::{follow, module_root};

/// One module that [`Build::run`](crate::Build::run) installed.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Installed {
    /// The package that the module was built from.
    pub package: String,
    /// The module's name, as its image declares it.
    pub module: String,
    /// The module's version, as its image declares it.
    pub version: String,
    /// The installed image, `<module root>/<module>.so`.
    pub file: PathBuf,
    /// `false` if an identical image was already installed, and was not touched.
    pub changed: bool,
}

/// Checks all names, then installs the images. After an error in a name, nothing was installed.
pub(crate) fn install(images: Vec<(Image, ModInfo)>, root: &Path) -> Result<Vec<Installed>, Error> {
    check_names(&images)?;
    images
        .into_iter()
        .map(|(image, info)| install_one(image, info, root))
        .collect()
}

fn install_one(image: Image, info: ModInfo, root: &Path) -> Result<Installed, Error> {
    let package = image.package.name;
    let Some(file) = module_root::image_path(root, &info.name) else {
        return Err(Error::ModuleName {
            package,
            module: info.name,
        });
    };
    let installed = match follow::configured(root)? {
        Some(root) => Ok(follow::install(&root, &image.file)?),
        None => module_root::install(&image.file, &file),
    };
    match installed {
        Ok(changed) => Ok(Installed {
            package,
            module: info.name,
            version: info.version,
            file,
            changed,
        }),
        Err((step, source)) => Err(Error::Install {
            package,
            file,
            step,
            source,
        }),
    }
}

/// The error for a module whose name can't be installed.
fn check_names(images: &[(Image, ModInfo)]) -> Result<(), Error> {
    for (index, (image, info)) in images.iter().enumerate() {
        if module_root::image_path(Path::new(""), &info.name).is_none() {
            return Err(Error::ModuleName {
                package: image.package.name.clone(),
                module: info.name.clone(),
            });
        }
        if let Some((other, _)) = images[..index]
            .iter()
            .find(|(_, other)| other.name == info.name)
        {
            let origin =
                |image: &Image| (image.package.name.clone(), image.package.manifest.clone());
            return Err(Error::SameModule {
                module: info.name.clone(),
                packages: [origin(other), origin(image)],
            });
        }
    }
    Ok(())
}
