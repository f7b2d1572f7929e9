//! Calls through a stub library arrive as the caller has made them.

mod common;

use common::{Lab, aborted, succeeded};

/// Whether the real library is loaded.
const IS_LOADED: &str = r#"
#define _GNU_SOURCE
#include <link.h>
#include <string.h>
static int look(struct dl_phdr_info *info, size_t size, void *found) {
    (void)size;
    return *(int *)found |= strstr(info->dlpi_name, "/real/") != 0;
}
static int is_loaded(void) { int found = 0; dl_iterate_phdr(look, &found); return found; }
"#;

/// A library whose constructor overwrites all registers that can hold an argument.
const ALL_KINDS: &str = r#"
#define _GNU_SOURCE
#include <stdarg.h>
#include <errno.h>
#include <stdlib.h>
__attribute__((target("avx512f"))) static void overwrite_512(void) {
    __asm__ volatile("vpternlogd $255, %%zmm0, %%zmm0, %%zmm0; vmovdqa64 %%zmm0, %%zmm1;"
        "vmovdqa64 %%zmm0, %%zmm2; vmovdqa64 %%zmm0, %%zmm7; vmovdqa64 %%zmm0, %%zmm31" :::
        "xmm0", "xmm1", "xmm2", "xmm7", "xmm31");
}
__attribute__((target("avx"))) static void overwrite_256(void) {
    __asm__ volatile("vzeroall" ::: "xmm0", "xmm1", "xmm2", "xmm3", "xmm4", "xmm5", "xmm6", "xmm7",
        "xmm8", "xmm9", "xmm10", "xmm11", "xmm12", "xmm13", "xmm14", "xmm15");
}
__attribute__((constructor)) static void overwrite(void) {
    errno = EDOM;
    if (__builtin_cpu_supports("avx512f")) overwrite_512();
    if (__builtin_cpu_supports("avx")) overwrite_256();
    __asm__ volatile("pxor %%xmm0, %%xmm0; pxor %%xmm1, %%xmm1; pxor %%xmm2, %%xmm2;"
        "xorl %%eax, %%eax; xorl %%edi, %%edi; xorl %%esi, %%esi; xorl %%r8d, %%r8d; xorl %%r10d, %%r10d"
        ::: "xmm0", "xmm1", "xmm2", "rax", "rdi", "rsi", "r8", "r10");
}
struct big { long word[5]; };
struct pair { double x; long y; };
typedef double wide __attribute__((vector_size(32)));
typedef double widest __attribute__((vector_size(64)));
long integers(long a, long b, long c, long d, long e, long f, long g, long h) {
    return a + 2 * b + 3 * c + 4 * d + 5 * e + 6 * f + 7 * g + 8 * h;
}
double doubles(double a, double b, double c, double d, double e, double f, double g, double h, double i) {
    return a + 2 * b + 3 * c + 4 * d + 5 * e + 6 * f + 7 * g + 8 * h + 9 * i;
}
long double longs(long double a, long double b) { return a / b; }
struct big by_value(struct big one, long factor) {
    for (int i = 0; i < 5; i++) one.word[i] *= factor;
    return one;
}
struct pair in_registers(struct pair one) { one.x *= 2; one.y *= 3; return one; }
double variadic(int count, ...) {
    va_list all; va_start(all, count);
    double sum = 0;
    for (int i = 0; i < count; i++) sum += va_arg(all, double);
    va_end(all);
    return sum;
}
__attribute__((target("avx"))) wide of_wide(wide a, wide b) { return a - b; }
__attribute__((target("avx512f"))) widest of_widest(widest a, widest b) { return a - b; }
int keeps_errno(void) { return errno; }
int callback(int (*function)(int), int value) { return function(value); }
"#;

const CALLS_ALL_KINDS: &str = r#"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
struct big { long word[5]; };
struct pair { double x; long y; };
typedef double wide __attribute__((vector_size(32)));
typedef double widest __attribute__((vector_size(64)));
long integers(long, long, long, long, long, long, long, long);
double doubles(double, double, double, double, double, double, double, double, double);
long double longs(long double, long double);
struct big by_value(struct big, long);
struct pair in_registers(struct pair);
double variadic(int, ...);
wide of_wide(wide, wide);
widest of_widest(widest, widest);
int keeps_errno(void);
int callback(int (*)(int), int);
#define CHECK(condition) do if (!(condition)) { printf("%s\n", #condition); return 1; } while (0)
__attribute__((target("avx"))) static int check_wide(void) {
    wide a = {10, 20, 30, 40}, b = {1, 2, 3, 4}, c = of_wide(a, b);
    CHECK(c[0] == 9 && c[1] == 18 && c[2] == 27 && c[3] == 36);
    return 0;
}
__attribute__((target("avx512f"))) static int check_widest(void) {
    widest a = {10, 20, 30, 40, 50, 60, 70, 80}, b = {1, 2, 3, 4, 5, 6, 7, 8}, c = of_widest(a, b);
    for (int i = 0; i < 8; i++) CHECK(c[i] == 9 * (i + 1));
    return 0;
}
static int twice(int value) { return 2 * value; }
int main(int count, char **arguments) {
    const char *one = count > 1 ? arguments[1] : "";
    if (strcmp(one, "integers") == 0) CHECK(integers(1, 2, 3, 4, 5, 6, 7, 8) == 204);
    else if (strcmp(one, "doubles") == 0) CHECK(doubles(1, 2, 3, 4, 5, 6, 7, 8, 9) == 285);
    else if (strcmp(one, "longs") == 0) CHECK(longs(1, 3) == 1.0L / 3);
    else if (strcmp(one, "by_value") == 0) {
        struct big sent = {{1, 2, 3, 4, 5}}, got = by_value(sent, 3);
        CHECK(got.word[0] == 3 && got.word[4] == 15);
    } else if (strcmp(one, "in_registers") == 0) {
        struct pair sent = {1.5, 7}, got = in_registers(sent);
        CHECK(got.x == 3 && got.y == 21);
    } else if (strcmp(one, "variadic") == 0)
        CHECK(variadic(10, 1., 2., 3., 4., 5., 6., 7., 8., 9., 10.) == 55);
    else if (strcmp(one, "wide") == 0) return __builtin_cpu_supports("avx") ? check_wide() : 0;
    else if (strcmp(one, "widest") == 0) return __builtin_cpu_supports("avx512f") ? check_widest() : 0;
    else if (strcmp(one, "errno") == 0) { errno = ERANGE; CHECK(keeps_errno() == ERANGE); }
    else if (strcmp(one, "callback") == 0) CHECK(callback(twice, 21) == 42);
    else return 2;
    return 0;
}
"#;

const KINDS: [&str; 10] = [
    "integers",
    "doubles",
    "longs",
    "by_value",
    "in_registers",
    "variadic",
    "wide",
    "widest",
    "errno",
    "callback",
];

fn all_kinds_arrive(compiler: &str) {
    let lab = Lab::new();
    lab.library(ALL_KINDS);
    lab.program_with(CALLS_ALL_KINDS, &["-Wno-psabi"]);
    lab.stub().compiler(compiler).build(lab.lazy()).unwrap();
    for kind in KINDS {
        let output = lab.command().arg(kind).output().unwrap();
        println!("{kind}");
        assert_eq!(succeeded(output), "", "{kind}");
    }
}

/// Each kind in a process of its own, so that its call is the first.
#[test]
fn arguments_and_results_of_all_kinds() {
    all_kinds_arrive("cc");
}

/// As on a processor without XSAVEC, or with a C library that does not say.
#[test]
fn arguments_and_results_where_there_is_no_xsavec() {
    all_kinds_arrive("cc -DDLKM_STUB_XSAVE");
}

/// As on a processor without XSAVE, which has no wide vectors either.
#[test]
fn arguments_and_results_where_there_is_no_xsave() {
    let lab = Lab::new();
    lab.library(ALL_KINDS);
    lab.program_with(CALLS_ALL_KINDS, &["-Wno-psabi"]);
    lab.stub()
        .compiler("cc -DDLKM_STUB_FXSAVE")
        .build(lab.lazy())
        .unwrap();
    for kind in KINDS.iter().filter(|kind| !kind.starts_with("wide")) {
        let output = lab.command().arg(kind).output().unwrap();
        assert_eq!(succeeded(output), "", "{kind}");
    }
}

#[test]
fn the_first_call_loads_and_nothing_before_it() {
    let lab = Lab::new();
    lab.library("int one(void) { return 1; } int two(void) { return 2; }");
    lab.program(&format!(
        "{IS_LOADED}
        #include <stdio.h>
        int one(void); int two(void);
        int main(void) {{
            int (*pointer)(void) = two;
            printf(\"%d\", is_loaded());
            printf(\" %d\", one());
            printf(\" %d\", is_loaded());
            printf(\" %d\", pointer());
        }}"
    ));
    lab.stub().build(lab.lazy()).unwrap();
    assert_eq!(lab.run(), "0 1 1 2");
    for (variable, value) in [("LD_BIND_NOW", "1"), ("DLKM_STUB", "lazy")] {
        let output = lab.command().env(variable, value).output().unwrap();
        assert_eq!(succeeded(output), "0 1 1 2", "{variable}");
    }
    let output = lab.command().env("DLKM_STUB", "eager").output().unwrap();
    assert_eq!(succeeded(output), "1 1 1 2");
}

/// Its own calls stay inside of the copy; with `without_copy`, they go through the stub library and a
/// function that the program replaces.
#[test]
fn the_copy_calls_its_own_functions() {
    let lab = Lab::new();
    lab.library("int inner(void) { return 1; } int outer(void) { return inner(); }");
    lab.program(
        "#include <stdio.h>
        int inner(void) { return 2; } int outer(void);
        int main(void) { printf(\"%d\", outer()); }",
    );
    assert!(lab.stub().build(lab.lazy()).unwrap().is_direct());
    assert_eq!(lab.run(), "1");
    let built = lab.stub().without_copy().build(lab.lazy()).unwrap();
    assert!(!built.is_direct());
    assert_eq!(built.real(), lab.path(common::SONAME));
    assert_eq!(lab.run(), "2");
    let refused = lab.stub().for_program(lab.path("program"));
    let error = refused.build(lab.lazy()).unwrap_err().to_string();
    assert!(
        error.contains("`inner` is a function that the program replaces"),
        "{error}"
    );
    refused.without_copy().build(lab.lazy()).unwrap();
}

/// Where the flag of the copy is: in an entry that is there, in an unused one, or in the place of one that
/// only makes loading faster. Where there is no place, calls go through the stub library.
#[test]
fn places_for_the_flag() {
    let inner = "int inner(void) { return 1; } int outer(void) { return inner(); }";
    for (options, is_direct) in [
        (&["-Wl,-z,now"][..], true),
        (&["-Wl,-z,lazy"], true),
        (&["-Wl,-Bsymbolic"], true),
        (&["-Wl,-z,lazy", "-Wl,--spare-dynamic-tags=0"], true),
        (
            &["-Wl,-z,lazy", "-Wl,--spare-dynamic-tags=0", "-nostartfiles"],
            false,
        ),
    ] {
        let lab = Lab::new();
        lab.library_with(inner, options);
        lab.program(
            "int inner(void) { return 2; } int outer(void);
            int main(void) { return outer() + 10; }",
        );
        let built = lab.stub().build(lab.lazy()).unwrap();
        assert_eq!(built.is_direct(), is_direct, "{options:?}");
        let output = lab.command().output().unwrap();
        let expected = if is_direct { 11 } else { 12 };
        assert_eq!(output.status.code(), Some(expected), "{options:?}");
    }
}

/// A program that opens the stub library itself, and closes it, may open it again.
#[test]
fn opened_and_closed() {
    let lab = Lab::new();
    lab.library("static int calls; int count(void) { return ++calls; }");
    lab.program_with(
        "#include <dlfcn.h>
        #include <stdio.h>
        int main(void) {
            for (int i = 0; i < 3; i++) {
                void *library = dlopen(\"libsample.so.1\", RTLD_NOW);
                int (*count)(void) = (int (*)(void))dlsym(library, \"count\");
                printf(\"%d%d \", count(), dlclose(library));
                if (i == 1) printf(\"kept %d \", count());
            }
        }",
        &["-Wl,--as-needed"],
    );
    lab.stub().build(lab.lazy()).unwrap();
    assert_eq!(lab.run(), "10 20 kept 3 40 ");
}

#[test]
fn indirect_functions_choose_their_own_address() {
    let lab = Lab::new();
    lab.library(
        "static int chosen(void) { return 7; }
        static int (*choose(void))(void) { return chosen; }
        int indirect(void) __attribute__((ifunc(\"choose\")));
        int direct(void) { return 1; }",
    );
    lab.program(
        "#include <stdio.h>
        int indirect(void);
        int main(void) { printf(\"%d\", indirect()); printf(\" %d\", indirect()); }",
    );
    lab.stub().build(lab.lazy()).unwrap();
    assert_eq!(lab.run(), "7 7");
}

#[test]
fn weak_functions_load_nothing() {
    let lab = Lab::new();
    lab.library(
        "int weak(void) { return 1; } int strong(void) { return 2; } void nothing(void) {}",
    );
    lab.program(&format!(
        "{IS_LOADED}
        #include <stdio.h>
        int weak(void); int strong(void); void nothing(void);
        int main(void) {{
            nothing();
            printf(\"%d\", weak());
            printf(\" %d\", is_loaded());
            printf(\" %d\", strong());
            printf(\" %d\", weak());
        }}"
    ));
    let stub = lab.stub().weak("weak").weak("nothing").or("weak", "-5");
    stub.build(lab.lazy()).unwrap();
    assert_eq!(lab.run(), "-5 0 2 1");
}

#[test]
fn a_load_that_fails_has_a_value_a_message_or_a_function_of_the_program() {
    let lab = Lab::new();
    lab.library("long one(void) { return 1; } void *two(void) { return \"\"; } int three(void) { return 3; }");
    lab.program_with(
        "#include <stdio.h>
        #include <stdlib.h>
        long one(void); void *two(void); int three(void);
        void dlkm_stub_failed(const char *library, const char *function, const char *why) {
            if (getenv(\"HOOK\")) { printf(\" hook %s: %s\", function, why); exit(0); }
        }
        int main(void) {
            printf(\"%lx %p\", one(), two());
            fflush(stdout);
            printf(\" %d\", three());
        }",
        &["-rdynamic"],
    );
    let stub = lab.stub().or("one", "0x123456789abcdef0").or("two", "NULL");
    let built = stub.build(lab.lazy()).unwrap();
    let real = std::fs::read(built.real()).unwrap();
    std::fs::remove_file(built.real()).unwrap();
    let output = lab.command().output().unwrap();
    assert_eq!(output.stdout, b"123456789abcdef0 (nil)");
    let said = aborted(output);
    for part in [
        "libsample.so.1: can't load the real library for the function `three`",
        built.real().to_str().unwrap(),
        "No such file or directory",
        "Run `dlkm stub` again",
    ] {
        assert!(said.contains(part), "{said}");
    }
    let output = lab.command().env("HOOK", "1").output().unwrap();
    let cause = "can't open the file: No such file or directory";
    assert_eq!(
        succeeded(output),
        format!("123456789abcdef0 (nil) hook three: {cause}")
    );
    // A load that failed is tried again.
    std::fs::write(built.real(), real).unwrap();
    assert!(lab.run().starts_with("1 0x"));
}
