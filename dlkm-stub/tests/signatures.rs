//! First calls of functions with generated signatures: each argument arrives, and the result returns.

mod common;

use std::fmt::Write;

use common::{Lab, succeeded};

/// A type of C: its name, a value of it made of a number, and a test that a variable has that value.
struct Type {
    name: &'static str,
    value: fn(u32) -> String,
    test: fn(&str, u32) -> String,
}

fn number(seed: u32) -> String {
    format!("{}", seed % 100)
}

fn is_number(variable: &str, seed: u32) -> String {
    format!("{variable} == {}", seed % 100)
}

fn fraction(seed: u32) -> String {
    format!("{}.5", seed % 100)
}

fn is_fraction(variable: &str, seed: u32) -> String {
    format!("{variable} == {}.5", seed % 100)
}

macro_rules! record {
    ($name:literal, $($field:literal)+) => {
        Type {
            name: $name,
            value: |seed| {
                let mut place = 0;
                let fields = [$($field),+].map(|_: &str| {
                    place += 1;
                    format!("{}", (seed + place) % 100)
                });
                format!("({}){{{}}}", $name, fields.join(", "))
            },
            test: |variable, seed| {
                let mut place = 0;
                let fields = [$($field),+].map(|field| {
                    place += 1;
                    format!("{variable}.{field} == {}", (seed + place) % 100)
                });
                fields.join(" && ")
            },
        }
    };
}

macro_rules! vector {
    ($name:literal, $lanes:literal) => {
        Type {
            name: $name,
            value: |seed| {
                let lanes = [0; $lanes].map(|_: u32| seed % 100);
                let mut place = 0;
                let lanes = lanes.map(|lane| {
                    place += 1;
                    format!("{}", lane + place)
                });
                format!("({}){{{}}}", $name, lanes.join(", "))
            },
            test: |variable, seed| {
                let mut place = 0;
                let lanes = [0; $lanes].map(|_: u32| {
                    place += 1;
                    format!("{variable}[{}] == {}", place - 1, seed % 100 + place)
                });
                lanes.join(" && ")
            },
        }
    };
}

const TYPES: [Type; 17] = [
    Type {
        name: "char",
        value: number,
        test: is_number,
    },
    Type {
        name: "unsigned short",
        value: number,
        test: is_number,
    },
    Type {
        name: "int",
        value: number,
        test: is_number,
    },
    Type {
        name: "long",
        value: number,
        test: is_number,
    },
    Type {
        name: "__int128",
        value: number,
        test: is_number,
    },
    Type {
        name: "float",
        value: fraction,
        test: is_fraction,
    },
    Type {
        name: "double",
        value: fraction,
        test: is_fraction,
    },
    Type {
        name: "long double",
        value: fraction,
        test: is_fraction,
    },
    Type {
        name: "_Complex double",
        value: fraction,
        test: is_fraction,
    },
    Type {
        name: "_Complex long double",
        value: fraction,
        test: is_fraction,
    },
    record!("two_doubles", "a" "b"),
    record!("mixed", "a" "b"),
    record!("small", "a" "b" "c"),
    record!("large", "a" "b" "c" "d" "e"),
    vector!("narrow", 2),
    vector!("wide", 4),
    vector!("widest", 8),
];

const DECLARATIONS: &str = "
    typedef struct { double a, b; } two_doubles;
    typedef struct { long a; float b; } mixed;
    typedef struct { char a, b, c; } small;
    typedef struct { long a, b; double c; int d, e; } large;
    typedef double narrow __attribute__((vector_size(16)));
    typedef double wide __attribute__((vector_size(32)));
    typedef double widest __attribute__((vector_size(64)));
";

/// What a constructor may do to registers.
const OVERWRITES: &str = "
    __attribute__((target(\"avx512f\"))) static void overwrite_512(void) {
        __asm__ volatile(\"vpternlogd $255, %%zmm0, %%zmm0, %%zmm0; vmovdqa64 %%zmm0, %%zmm1;\"
            \"vmovdqa64 %%zmm0, %%zmm2; vmovdqa64 %%zmm0, %%zmm3; vmovdqa64 %%zmm0, %%zmm4;\"
            \"vmovdqa64 %%zmm0, %%zmm5; vmovdqa64 %%zmm0, %%zmm6; vmovdqa64 %%zmm0, %%zmm7\" :::
            \"xmm0\", \"xmm1\", \"xmm2\", \"xmm3\", \"xmm4\", \"xmm5\", \"xmm6\", \"xmm7\");
    }
    __attribute__((constructor)) static void overwrite(void) {
        __asm__ volatile(\"pcmpeqd %%xmm0, %%xmm0; pcmpeqd %%xmm1, %%xmm1; pcmpeqd %%xmm2, %%xmm2;\"
            \"pcmpeqd %%xmm3, %%xmm3; pcmpeqd %%xmm4, %%xmm4; pcmpeqd %%xmm5, %%xmm5;\"
            \"pcmpeqd %%xmm6, %%xmm6; pcmpeqd %%xmm7, %%xmm7\" :::
            \"xmm0\", \"xmm1\", \"xmm2\", \"xmm3\", \"xmm4\", \"xmm5\", \"xmm6\", \"xmm7\");
        if (__builtin_cpu_supports(\"avx512f\")) overwrite_512();
    }
";

/// In each child, the first call.
const MAIN: &str = "
    int main(void) {
        for (int i = 0; i < COUNT; i++) {
            pid_t child = fork();
            if (child == 0) _exit(calls[i]());
            int status;
            waitpid(child, &status, 0);
            if (status != 0) printf(\"f%d: %x\\n\", i, status);
        }
    }
";

/// The sources of a library of so many functions, and of a program that calls each.
fn generate(seed: u64, count: usize) -> (String, String) {
    let mut random = fastrand::Rng::with_seed(seed);
    let mut library = format!("{DECLARATIONS}{OVERWRITES}");
    let mut program = format!(
        "#include <stdio.h>\n#include <sys/wait.h>\n#include <unistd.h>\n#define COUNT {count}\n{DECLARATIONS}"
    );
    for index in 0..count {
        let result = random.choice(&TYPES).unwrap();
        let returned = random.u32(..1000);
        let given: Vec<(&Type, u32)> = (0..random.usize(..16))
            .map(|_| (random.choice(&TYPES).unwrap(), random.u32(..1000)))
            .collect();
        // Vectors need the registers that hold them; a caller without them would pass them otherwise.
        let names = given.iter().map(|(one, _)| one.name).chain([result.name]);
        let target = names.fold("", |target, name| match name {
            "widest" => "__attribute__((target(\"avx512f\")))",
            "wide" if target.is_empty() => "__attribute__((target(\"avx\")))",
            _ => target,
        });
        let support = match target {
            "" => "1",
            target if target.contains("avx512f") => "__builtin_cpu_supports(\"avx512f\")",
            _ => "__builtin_cpu_supports(\"avx\")",
        };
        let parameters: Vec<String> = given
            .iter()
            .enumerate()
            .map(|(place, (one, _))| format!("{} a{place}", one.name))
            .collect();
        let parameters = match parameters.is_empty() {
            true => "void".to_owned(),
            false => parameters.join(", "),
        };
        let tests: String = given
            .iter()
            .enumerate()
            .map(|(place, (one, seed))| format!(" && {}", (one.test)(&format!("a{place}"), *seed)))
            .collect();
        let values: Vec<String> = given.iter().map(|(one, seed)| (one.value)(*seed)).collect();
        // Writing to a `String` does not fail.
        let _ = writeln!(
            library,
            "{target} {0} f{index}({parameters}) {{ if (!(1{tests})) __builtin_trap(); return {1}; }}",
            result.name,
            (result.value)(returned)
        );
        let _ = writeln!(
            program,
            "{target} {0} f{index}({parameters});
            {target} static int inner{index}(void) {{ {0} r = f{index}({1}); return !({2}); }}
            static int call{index}(void) {{ return {support} ? inner{index}() : 0; }}",
            result.name,
            values.join(", "),
            (result.test)("r", returned)
        );
    }
    let calls: Vec<String> = (0..count).map(|index| format!("call{index}")).collect();
    let _ = writeln!(
        program,
        "static int (*const calls[])(void) = {{{}}};{MAIN}",
        calls.join(", ")
    );
    (library, program)
}

#[test]
fn generated_signatures() {
    for seed in 0..3 {
        let (library, program) = generate(seed, 80);
        let lab = Lab::new();
        lab.library_with(&library, &["-Wno-psabi"]);
        lab.program_with(&program, &["-Wno-psabi"]);
        // The test itself is right.
        let real = lab.command().env("LD_LIBRARY_PATH", lab.path("")).output();
        assert_eq!(
            succeeded(real.unwrap()),
            "",
            "seed {seed}, without a stub library"
        );
        for compiler in ["cc", "cc -DDLKM_STUB_XSAVE"] {
            lab.stub().compiler(compiler).build(lab.lazy()).unwrap();
            assert_eq!(lab.run(), "", "seed {seed}, {compiler}");
        }
    }
}
