//! `Kernel::module`: one module's info without the list of all.

#![allow(missing_docs)]

use std::fs;
use std::path::{Path, PathBuf};

use dlkm_rt::{BootOptions, Cause, LoadError, ModuleRoot, State, UnloadError, module};

#[module(name = "lamp")]
pub trait Lamp {
    #[ustub]
    fn light() -> Result<u32, LoadError>;
}

struct Candle;

#[module(desc = "shines")]
impl Lamp for Candle {
    fn light() -> Result<u32, LoadError> {
        Ok(1)
    }
}

/// A module root with a file that is no image, and a link to nowhere.
fn root() -> PathBuf {
    let root = Path::new(env!("CARGO_TARGET_TMPDIR")).join("one_module");
    let _ = fs::remove_dir_all(&root);
    fs::create_dir_all(&root).expect("the folder can be made");
    fs::write(root.join("junk.so"), "no image").expect("a file can be written");
    std::os::unix::fs::symlink("/nowhere/at/all", root.join("lost.so")).expect("a link");
    fs::write(root.join("lamp.so"), "hidden by the static module").expect("another");
    root
}

#[test]
fn one_module_is_described_as_in_the_list_of_all() {
    // SAFETY: the files are no images, so none is opened.
    let root = unsafe { ModuleRoot::trusted(root()) };
    let late = BootOptions::new().static_on_first_call();
    let kernel = late.boot(root).expect("the only kernel");
    let names: Vec<String> = kernel
        .modules()
        .iter()
        .map(|listed| {
            let one = kernel.module(listed.name()).expect("listed");
            assert_eq!(format!("{one:?}"), format!("{listed:?}"));
            one.name().to_owned()
        })
        .collect();
    assert_eq!(names, ["junk", "lamp", "lost"]);

    for unusable in ["junk", "lost"] {
        let info = kernel.module(unusable).expect("there is a file");
        assert_eq!(
            (info.state(), info.version(), info.kind()),
            (State::Failed, None, None)
        );
        let error = info.error().expect("unusable");
        assert!(matches!(error.cause(), Cause::Metadata { .. }), "{error}");
    }

    for absent in [
        "absent",
        "",
        "..",
        "../one_module/junk",
        "junk.so",
        "ju\0nk",
    ] {
        assert!(kernel.module(absent).is_none(), "{absent:?}");
    }

    let state = || kernel.module("lamp").map(|lamp| lamp.state());
    assert_eq!(state(), Some(State::Unloaded));
    assert_eq!(lamp::light().expect("it is linked"), 1);
    assert_eq!(state(), Some(State::Loaded));
    let lamp = kernel.module("lamp").expect("linked");
    assert!(lamp.is_static());
    assert_eq!(
        (lamp.version(), lamp.desc()),
        (Some(env!("CARGO_PKG_VERSION")), "shines")
    );

    // Errors name the module.
    for module in ["lamp", "absent"] {
        let error = kernel
            .unload(module)
            .expect_err("it is static, or not loaded");
        assert_eq!(UnloadError::module(&error), module);
    }
}
