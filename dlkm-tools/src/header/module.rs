//! What makes a C source a module: see `dlkm_rt`'s `place.rs` and `c_module.rs`, which do the
//! same in Rust.

use dlkm_metadata::{FieldInfo, InterfaceInfo, TypeInfo, TypeKind};

use super::declare::Names;

/// What all headers share.
pub(super) const COMMON: &str = r#"#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifndef DLKM_C_MODULE
#define DLKM_C_MODULE 1

#if !defined(__x86_64__) || !defined(__linux__) || defined(__ILP32__)
#error "dlkm knows Linux on x86-64 alone"
#endif

/* What a hook is told; `module` and `file` do not end with a zero. */
typedef struct dlkm_hook_arg {
    const char *module;
    size_t module_length;
    const char *file;
    size_t file_length;
    void *context;
    void (*say)(void *context, const char *text, size_t length);
} dlkm_hook_arg;

/* Returns 0, or an error number of errno.h, or -1 for none of them. */
typedef int32_t dlkm_hook(const dlkm_hook_arg *arg);

/* Says why a hook fails. */
static inline void dlkm_say(const dlkm_hook_arg *arg, const char *text) {
    size_t length = 0;
    while (text[length] != 0)
        length++;
    arg->say(arg->context, text, length);
}

struct dlkm_interface {
    const char *name;
    size_t name_length;
    size_t count;
    void (*const *functions)(void);
};

struct dlkm_module {
    uint32_t revision;
    uint32_t count;
    const struct dlkm_interface *interfaces;
    dlkm_hook *load;
    dlkm_hook *unload;
    void (*attach)(void);
    void (*detach)(void);
};

/* The processor's features that the compiler may use, for the host to compare. */
#ifdef __SSE3__
#define DLKM_SSE3 " sse3"
#else
#define DLKM_SSE3 ""
#endif
#ifdef __SSSE3__
#define DLKM_SSSE3 " ssse3"
#else
#define DLKM_SSSE3 ""
#endif
#ifdef __SSE4_2__
#define DLKM_SSE4 " sse4.1 sse4.2"
#else
#define DLKM_SSE4 ""
#endif
#ifdef __AVX__
#define DLKM_AVX " avx"
#else
#define DLKM_AVX ""
#endif
#ifdef __AVX2__
#define DLKM_AVX2 " avx2"
#else
#define DLKM_AVX2 ""
#endif
#ifdef __AVX512F__
#define DLKM_AVX512 " avx512f"
#else
#define DLKM_AVX512 ""
#endif
#ifdef __BMI2__
#define DLKM_BMI " bmi1 bmi2"
#else
#define DLKM_BMI ""
#endif
#ifdef __FMA__
#define DLKM_FMA " fma"
#else
#define DLKM_FMA ""
#endif
#define DLKM_FEATURES \
    "fxsr sse sse2" DLKM_SSE3 DLKM_SSSE3 DLKM_SSE4 DLKM_AVX DLKM_AVX2 DLKM_AVX512 DLKM_BMI DLKM_FMA

#endif /* DLKM_C_MODULE */
"#;

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
    let text = |text: &str| asm(&format!(".ascii \\\"{}\\\\0\\\"", quoted(text)));
    let given =
        |key: &str, name: &str| format!("        \".ascii \\\"{key}=\" {name} \"\\\\0\\\"\\n\"");
    put(asm(".pushsection .dlkm_modinfo,\\\"a\\\",@progbits"));
    put(asm("dlkm_modinfo_begin:"));
    put(text("format=2"));
    put(given("name", "dlkm_name"));
    put(given("version", "dlkm_version"));
    put(text("kind=misc"));
    put(given("desc", "dlkm_desc"));
    put(text("states=auto loaded"));
    put(text("depends="));
    for interface in interfaces {
        for line in metadata(interface) {
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
        // "R" keeps it through the linker's garbage collection; the number is SHT_MOD.
        ".pushsection .dlkm_mod,\\\"aR\\\",@0x6d6f6400",
        ".balign 8",
        ".long 1",
        &format!(".long {stubs}"),
        ".quad dlkm_module_here - .",
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
            "        {{\"{name}\", {}, {count}, {functions}}},",
            name.len()
        ));
    }
    put("    };".to_owned());
    // Local, so that its distance is known before the image is loaded.
    put(format!(
        "    static const struct dlkm_module dlkm_module_here = {{1, {}, dlkm_interfaces, dlkm_load, dlkm_unload, 0, 0}};",
        interfaces.len()
    ));
    put("    extern const struct dlkm_module dlkm_c_module".to_owned());
    put(
        "        __attribute__((alias(\"dlkm_module_here\"), visibility(\"default\"), used))"
            .to_owned(),
    );
    format!(
        "\n/* Makes this source the module `dlkm_name`, which provides all of the above. Once, at file\n   \
         scope, with three texts and two hooks, which may be NULL; no quotes or backslashes in the\n   \
         texts. */\n{}\n",
        lines.join(" \\\n")
    )
}

/// A text within a string of the assembler's, within one of C's.
fn quoted(text: &str) -> String {
    text.replace('"', "\\\\\\\"")
}

/// The lines of the format, as the image had them.
fn metadata(interface: &InterfaceInfo) -> Vec<String> {
    let mut lines = vec![format!(
        "interface={} {} {} {}",
        interface.name(),
        interface.class().as_str(),
        interface.abi().as_str(),
        interface.version()
    )];
    for export in interface.exports() {
        let (name, hash, signature) = (export.name(), export.hash(), export.signature());
        lines.push(format!("export={name} {hash:016x}: {signature}"));
    }
    for ty in interface.types() {
        lines.push(type_line(ty));
        lines.extend(ty.fields().iter().map(field));
        for variant in ty.variants() {
            let value = variant.value().map(|value| format!(" {value}"));
            lines.push(format!(
                "variant={}{}",
                variant.name(),
                value.unwrap_or_default()
            ));
            lines.extend(variant.fields().iter().map(field));
        }
    }
    lines
}

fn type_line(ty: &TypeInfo) -> String {
    let mut line = format!("type={}", ty.kind().as_str());
    if let (Some(size), Some(align)) = (ty.size(), ty.align()) {
        line.push_str(&format!(" size {size} align {align}"));
    }
    if ty.niche() {
        line.push_str(" niche");
    }
    if ty.kind() != TypeKind::Trait && !ty.repr().is_empty() {
        line.push_str(&format!(" {}", ty.repr()));
    }
    format!("{line}: {}", ty.name())
}

fn field(field: &FieldInfo) -> String {
    let at = field.offset().map(|offset| format!(" at {offset}"));
    format!(
        "field={}{}: {}",
        field.name(),
        at.unwrap_or_default(),
        field.ty()
    )
}
