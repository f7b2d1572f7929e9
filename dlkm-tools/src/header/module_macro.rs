//! `DLKM_MODULE`, the macro that makes a C source file a module. It expands to what `#[module]` and
//! the runtime put into the image of a module in Rust.

use dlkm_metadata::{InterfaceInfo, SHT_MOD};

use super::declare::Names;
use super::{c_text, metadata_text};

/// What all headers share: the types of hooks, and those behind the macro.
pub(super) const COMMON: &str = include_str!("common.h");

/// The macro `DLKM_MODULE`.
pub(super) fn definition(interfaces: &[InterfaceInfo]) -> String {
    let mut lines = Vec::new();
    let mut put = |line: String| lines.push(line);
    let stubs: usize = interfaces.iter().map(|one| one.exports().len()).sum();
    put(
        "#define DLKM_MODULE(dlkm_name, dlkm_version, dlkm_desc, dlkm_load, dlkm_unload)"
            .to_owned(),
    );
    put("    __asm__(".to_owned());
    let asm = |code: &str| format!("        \"{code}\\n\"");
    let text = |text: &str| asm(&format!(".ascii \\\"{}\\\\0\\\"", c_text::assembled(text)));
    let given =
        |key: &str, name: &str| format!("        \".ascii \\\"{key}=\" {name} \"\\\\0\\\"\\n\"");
    put(asm(".pushsection dlkm_modinfo,\\\"a\\\",@progbits"));
    put(asm("dlkm_modinfo_begin:"));
    put(text("format=2"));
    put(given("name", "dlkm_name"));
    put(given("version", "dlkm_version"));
    put(text("kind=misc"));
    put(given("desc", "dlkm_desc"));
    put(text("states=auto loaded"));
    put(given("depends", "DLKM_DEPENDS"));
    let functions = interfaces.iter().flat_map(|one| {
        let names = one.exports().iter().map(|export| export.name());
        names.map(|name| format!("{}::{name}", one.name()))
    });
    // The first one, as for a module in Rust.
    for function in functions.take(1) {
        let function = c_text::assembled(&function);
        put(format!("        DLKM_STAYS_MAPPED(\"{function}\")"));
    }
    for interface in interfaces {
        for line in metadata_text::lines(interface) {
            put(text(&line));
        }
    }
    for key in ["rustc", "commit"] {
        put(text(&format!("{key}=")));
    }
    put(text("target=x86_64-unknown-linux-gnu"));
    put(text("pointer=64"));
    for key in ["panic", "runtime", "sanitizer", "flags"] {
        put(text(&format!("{key}=")));
    }
    put(given("features", "DLKM_FEATURES"));
    put(asm("dlkm_modinfo_end:"));
    put(asm(".popsection"));
    for code in [
        // The flag R protects the section from the linker's garbage collection.
        &format!(".pushsection .dlkm_mod,\\\"aR\\\",@0x{SHT_MOD:x}"),
        ".balign 8",
        ".long 1",
        &format!(".long {stubs}"),
        ".quad dlkm_module_here - .",
        ".quad dlkm_modinfo_begin - .",
        ".quad dlkm_modinfo_end - dlkm_modinfo_begin",
        ".popsection",
        // The note by which a load finds the text without looking for the section above.
        ".pushsection .note.dlkm_mod,\\\"a\\\",@note",
        ".balign 4",
        ".long 5, 32, 2",
        ".asciz \\\"dlkm\\\"",
        ".balign 4",
        ".quad dlkm_modinfo_begin - .",
        ".quad dlkm_modinfo_end - .",
        ".quad dlkm_modinfo_begin - .",
        ".quad dlkm_modinfo_end - dlkm_modinfo_begin",
        ".popsection",
    ] {
        put(asm(code));
    }
    put("    );".to_owned());
    for interface in interfaces {
        let names = Names::new(interface);
        put(format!(
            "    static void (*const {}[])(void) = {{",
            names.prefixed("dlkm_functions")
        ));
        for export in interface.exports() {
            put(format!(
                "        (void (*)(void)){},",
                names.prefixed(export.name())
            ));
        }
        put("    };".to_owned());
    }
    put("    static const struct dlkm_interface dlkm_interfaces[] = {".to_owned());
    for interface in interfaces {
        let (name, count) = (interface.name(), interface.exports().len());
        let functions = Names::new(interface).prefixed("dlkm_functions");
        put(format!(
            "        {{\"{}\", {}, {count}, {functions}}},",
            c_text::string(name),
            name.len()
        ));
    }
    put("    };".to_owned());
    // A local symbol, so that its distance is fixed when the image is linked. C++ would mangle it.
    put(
        "    static const struct dlkm_module dlkm_module_here __asm__(\"dlkm_module_here\") ="
            .to_owned(),
    );
    put(format!(
        "        {{1, {}, dlkm_interfaces, dlkm_load, dlkm_unload, 0, 0}};",
        interfaces.len()
    ));
    put("    DLKM_EXTERN const struct dlkm_module dlkm_c_module".to_owned());
    put(
        "        __attribute__((alias(\"dlkm_module_here\"), visibility(\"default\"), used))"
            .to_owned(),
    );
    format!(
        "\n/* Makes this source file the module `dlkm_name`, which provides all interfaces above. Use it\n   \
         once, at file scope. The name, version and description are string literals without quotes\n   \
         and backslashes; `dlkm_load` and `dlkm_unload` are hooks, or NULL. */\n{}\n",
        lines.join(" \\\n")
    )
}
