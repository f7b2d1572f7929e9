//! What a kernel says of its modules while the module root does not exist.

#![allow(missing_docs)]

use std::fs;
use std::path::Path;

use dlkm_rt::{Cause, Kernel, LoadError, ModuleInfo, ModuleRoot, State, module};

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

/// The entry stands for the root, and a lookup by name finds the same error.
fn stands_for(entry: &ModuleInfo, root: &Path, name: &str) -> String {
    assert_eq!((entry.name(), entry.file()), (name, Some(root)));
    assert_eq!((entry.state(), entry.version()), (State::Failed, None));
    assert!(entry.is_root());
    let error = entry.error().expect("it failed");
    assert!(matches!(error.cause(), Cause::Root { .. }), "{error}");
    assert_eq!(error.file(), Some(root));
    error.to_string()
}

#[test]
fn a_missing_root_is_in_the_list_beside_the_static_modules() {
    let root = Path::new(env!("CARGO_TARGET_TMPDIR")).join("missing_root");
    let _ = fs::remove_dir(&root);
    // SAFETY: no file is ever in it.
    let kernel = Kernel::boot(unsafe { ModuleRoot::trusted(&root) }).expect("the only kernel");
    let path = root.to_str().expect("UTF-8");
    let names = || -> Vec<String> {
        let mut names = Vec::new();
        for module in kernel.modules() {
            names.push(module.name().to_owned());
        }
        names
    };
    assert_eq!(names(), [path, "lamp"]);
    let said = format!("the module root {path} can't be read: ");
    let text = stands_for(&kernel.modules()[0], &root, path);
    assert!(text.starts_with(&said), "{text}");
    let text = stands_for(&kernel.module("other").expect("an error"), &root, "other");
    assert!(
        text.starts_with(&format!("can't load module `other`: {said}")),
        "{text}"
    );
    let lamp = kernel.module("lamp").expect("linked");
    assert!(lamp.is_static() && !lamp.is_root());
    assert_eq!(lamp::light().expect("linked"), 1);
    assert_eq!(names(), [path, "lamp"], "loaded modules stay in the list");

    fs::write(&root, "no folder").expect("written");
    let text = stands_for(&kernel.modules()[0], &root, path);
    assert!(text.ends_with("; name a folder"), "{text}");
    fs::remove_file(&root).expect("made above");

    fs::create_dir(&root).expect("made");
    assert_eq!(names(), ["lamp"]);
    assert!(kernel.module("other").is_none());
    fs::remove_dir(&root).expect("made above");
}
