//! Which packages of a workspace are built as modules.

mod common;

use common::{RUNTIME, Sandbox, dependencies, driver, names};
use dlkm_tools::Error;

#[test]
fn finds_the_module_crates_of_a_workspace() {
    let sandbox = Sandbox::new("detect");
    sandbox.module("detect-impl", &driver("detect-impl"));

    sandbox.module("detect-file", "//! Adds.\npub mod drivers;\n");
    sandbox.write(
        "crates/detect-file/src/drivers/mod.rs",
        "//! Drivers.\npub mod adder;\n",
    );
    sandbox.write(
        "crates/detect-file/src/drivers/adder.rs",
        &driver("detect-file"),
    );

    let on_mod = driver("detect-mod")
        .replace("use dlkm_rt::module;", "")
        .replace("#[module(kind = \"misc\", desc = \"adds\")]", "#[export]")
        .replace(
            "//! Adds.",
            "/// Adds.\n#[dlkm_rt::module(name = \"detect-mod\")]\npub mod driver {",
        );
    sandbox.module("detect-mod", &(on_mod + "}\n"));

    // The runtime under another name.
    sandbox.interface("detect-renamed");
    sandbox.package(
        "detect-renamed",
        &format!(
            "\n[dependencies]\nrt = {{ package = \"dlkm-rt\", path = {RUNTIME:?} }}\n\
             detect-renamed-api = {{ path = \"../detect-renamed-api\" }}\n"
        ),
        &driver("detect-renamed").replace("dlkm_rt", "rt"),
    );

    // The runtime through a framework.
    sandbox.interface("detect-through");
    let framework = "//! A framework.\npub use dlkm_rt;\n";
    sandbox.package("detect-framework", &dependencies(&[]), framework);
    sandbox.package(
        "detect-through",
        "\n[dependencies]\ndetect-framework = { path = \"../detect-framework\" }\n\
         detect-through-api = { path = \"../detect-through-api\" }\n\
         [package.metadata.dlkm]\nmodule = true\n",
        &driver("detect-through")
            .replace("dlkm_rt", "detect_framework::dlkm_rt")
            .replace("kind =", "crate = detect_framework::dlkm_rt, kind ="),
    );

    // A macro that writes the attribute hides it from the scan.
    let hidden = driver("detect-hidden").replace(
        "#[module",
        "macro_rules! hide { ($($t:tt)*) => { $($t)* } }\nhide! {\n#[module",
    );
    sandbox.module("detect-hidden", &(hidden.clone() + "}\n"));
    let forced = hidden.replace("detect_hidden", "detect_forced") + "}\n";
    sandbox.interface("detect-forced");
    sandbox.package(
        "detect-forced",
        &(dependencies(&["detect-forced-api"]) + "\n[package.metadata.dlkm]\nmodule = true\n"),
        &forced,
    );

    // These are not built: one is switched off, one has no module, and one uses the runtime only in its
    // tests.
    sandbox.interface("detect-off");
    sandbox.package(
        "detect-off",
        &(dependencies(&["detect-off-api"]) + "\n[package.metadata.dlkm]\nmodule = false\n"),
        &driver("detect-off"),
    );
    sandbox.package(
        "detect-user",
        &dependencies(&["detect-impl-api"]),
        "//! Uses it.\n",
    );
    sandbox.package(
        "detect-dev",
        &dependencies(&[]).replace("[dependencies]", "[dev-dependencies]"),
        "//! Tests.\n#[cfg(any())]\n#[module]\nimpl A for B {}\n",
    );
    // This one passes the scan, but its image declares no module.
    sandbox.package(
        "detect-not",
        &dependencies(&[]),
        "//! None.\n#[cfg(any())]\n#[module]\nimpl A for B {}\n",
    );

    let installed = sandbox.build().run().unwrap();
    assert_eq!(
        names(&installed),
        [
            "detect-file",
            "detect-forced",
            "detect-impl",
            "detect-mod",
            "detect-renamed",
            "detect-through"
        ]
    );
    for module in &installed {
        assert_eq!(
            (&*module.package, &*module.version),
            (&*module.module, "0.3.1")
        );
        assert_eq!(
            module.file,
            Sandbox::modules().join(format!("{}.so", module.module))
        );
        assert!(module.file.is_file());
    }

    // Any package can be built by name, and its image decides.
    let installed = sandbox
        .build()
        .package("detect-hidden")
        .package("detect-off")
        .run()
        .unwrap();
    assert_eq!(names(&installed), ["detect-hidden", "detect-off"]);
    let error = sandbox.build().package("detect-not").run().unwrap_err();
    assert!(
        matches!(error, Error::NotAModule { ref package, .. } if package == "detect-not"),
        "{error}"
    );
}

#[test]
fn the_error_for_a_workspace_without_modules_shows_how_to_write_one() {
    let sandbox = Sandbox::new("detect-none");
    sandbox.package("detect-none", &dependencies(&[]), "//! Nothing.\n");
    let error = sandbox.build().run().unwrap_err();
    assert!(
        matches!(&error, Error::NoModules { workspace } if *workspace == sandbox.dir),
        "{error:?}"
    );

    let output = sandbox.cargo_dlkm(&["build"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(
        common::stderr(&output).contains("#[dlkm_rt::module("),
        "{}",
        common::stderr(&output)
    );
}

#[test]
fn the_error_for_an_invalid_override_names_the_manifest() {
    let sandbox = Sandbox::new("detect-override");
    sandbox.package(
        "detect-override",
        "\n[package.metadata.dlkm]\nmodule = \"yes\"\n",
        "//! Nothing.\n",
    );
    let error = sandbox.build().run().unwrap_err();
    assert!(matches!(error, Error::Override { .. }), "{error:?}");
    assert!(
        error
            .to_string()
            .contains("crates/detect-override/Cargo.toml"),
        "{error}"
    );
}
