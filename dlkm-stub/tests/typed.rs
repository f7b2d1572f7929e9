//! With a header, the compiler knows the types of functions and checks the values of failed loads.

mod common;

use std::fs;

use common::{Lab, aborted, succeeded};

const LIBRARY: &str = "
    struct point { double x, y, z; };
    double of_double(double a) { return a; }
    struct point of_struct(int a) { return (struct point){a, a, a}; }
    const char *of_text(void) { return \"real\"; }
    int of_enum(void) { return 1; }
    int variadic(int count, ...) { return count; }
    void of_void(int *place) { *place = 1; }
    unsigned char of_byte(void) { return 1; }
    int as_macro(int a) { return a; }
    int renamed(int a) { return a; }
    int undeclared(void) { return 1; }
    int new(void) { return 1; }
    int variable_in_header(void) { return 1; }
    int a_type(void) { return 1; }";

const HEADER: &str = "
    #ifdef __cplusplus
    extern \"C\" {
    #endif
    enum level { LOW = 7, HIGH = 9 };
    struct point { double x, y, z; };
    #define NOWHERE -1.5
    double of_double(double a);
    struct point of_struct(int a);
    const char *of_text(void);
    enum level of_enum(void) __attribute__((nothrow));
    int variadic(int count, ...);
    void of_void(int *place);
    unsigned char of_byte(void);
    #define as_macro(a) ((as_macro)(a) + 1)
    int (as_macro)(int a);
    long other(int a);
    #define renamed other
    #undef renamed
    int renamed(int a);
    #define renamed other
    extern int variable_in_header;
    struct a_type { int a; };
    #ifdef __cplusplus
    }
    #endif";

const PROGRAM: &str = "
    #include <stdio.h>
    #include \"header.h\"
    int main(void) {
        int place = 5;
        struct point point = of_struct(3);
        printf(\"%g %g%g%g \", of_double(2), point.x, point.y, point.z);
        printf(\"%s %d %d \", of_text(), of_enum(), variadic(1, 2.0));
        of_void(&place);
        printf(\"%d %d\", place, of_byte());
    }";

const VALUES: [(&str, &str); 6] = [
    ("of_double", "NOWHERE"),
    ("of_struct", "{4, 5, 6}"),
    ("of_text", "\"none\""),
    ("of_enum", "HIGH"),
    ("variadic", "sizeof(struct point)"),
    ("of_byte", "'a'"),
];

fn lab() -> (Lab, String) {
    let lab = Lab::new();
    lab.library(LIBRARY);
    let header = lab.write("header.h", HEADER);
    (lab, header.to_str().unwrap().to_owned())
}

#[test]
fn values_of_all_types() {
    let (lab, header) = lab();
    lab.program(PROGRAM);
    let mut stub = lab.stub().header(&header).weak("of_void");
    for (name, value) in VALUES {
        stub = stub.or(name, value.trim_matches(['{', '}']));
        stub = match value.starts_with('{') {
            // A struct's value is written as the header's language writes it.
            true => stub.or(name, format!("point{value}")),
            false => stub,
        };
    }
    let built = stub.build(lab.lazy()).unwrap();
    assert_eq!(lab.run(), "2 333 real 1 1 1 1");
    fs::remove_file(built.real()).unwrap();
    assert_eq!(lab.run(), "-1.5 456 none 9 24 5 97");
}

#[test]
fn what_the_header_does_not_declare_stays_untyped() {
    let (lab, header) = lab();
    let stub = lab
        .stub()
        .header(&header)
        .or("undeclared", "3")
        .or("new", "4");
    let report = stub.check().unwrap();
    let found: Vec<_> = report.untyped().iter().map(ToString::to_string).collect();
    assert_eq!(
        found,
        [
            "`a_type` is not in the header",
            "`new` is not in the header",
            "`undeclared` is not in the header",
            "`variable_in_header` is no function in the header",
        ]
    );
    let built = stub
        .or("as_macro", "8")
        .or("renamed", "7")
        .build(lab.lazy())
        .unwrap();
    lab.program_with(
        "#include <stdio.h>
        int undeclared(void); int new(void); int as_macro(int); int renamed(int);
        int main(void) { printf(\"%d %d %d %d\", undeclared(), new(), as_macro(1), renamed(1)); }",
        &[],
    );
    assert_eq!(lab.run(), "1 1 1 1");
    fs::remove_file(built.real()).unwrap();
    assert_eq!(lab.run(), "3 4 8 7");
}

/// Each in the header's terms, and each a mistake that the untyped stub library would not notice.
#[test]
fn values_of_other_types_are_refused() {
    let (lab, header) = lab();
    for (name, value, part) in [
        ("of_double", "\"text\"", "of_double=_text_"),
        ("of_struct", "0", "of_struct=0"),
        ("of_text", "1", "of_text=1"),
        ("of_enum", "9", "of_enum=9"),
        ("of_byte", "NULL", "of_byte=NULL"),
        ("of_byte", "300", "of_byte=300"),
        ("variadic", "1.5", "variadic=1.5"),
        ("of_void", "1", "of_void=1"),
        ("of_byte", "NO_SUCH_NAME", "of_byte=NO_SUCH_NAME"),
        ("of_byte", "1); } void broken( {", "of_byte=1); }"),
    ] {
        let error = lab
            .stub()
            .header(&header)
            .or(name, value)
            .build(lab.lazy())
            .unwrap_err();
        let text = error.to_string();
        assert!(
            text.contains("the compiler fails") && text.contains(part),
            "{name}={value}: {text}"
        );
        assert!(!lab.lazy().exists());
    }
    // What the compiler does not see has the untyped rule.
    for (name, value) in [("undeclared", "LOW"), ("of_byte", "1\n2")] {
        let error = lab
            .stub()
            .header(&header)
            .or(name, value)
            .check()
            .unwrap_err();
        assert!(
            error.to_string().contains("need a header that declares"),
            "{error}"
        );
    }
}

#[test]
fn headers_that_can_not_be_read() {
    let lab = Lab::new();
    lab.library(LIBRARY);
    let broken = lab.write("broken.h", "int of_byte(");
    for (header, part) in [
        ("no/such/header.h", "no/such/header.h"),
        (broken.to_str().unwrap(), "broken.h"),
        ("a\"b", "a\"b"),
        ("a>\n#error", "a>\n#error"),
    ] {
        let error = lab.stub().header(header).check().unwrap_err().to_string();
        assert!(error.contains(part), "{error}");
    }
}

/// A header of the system: many functions, macros under their names, and constants.
#[test]
fn the_header_of_a_library_of_the_system() {
    let Ok(stub) = dlkm_stub::StubLibrary::of("libm.so.6") else {
        panic!("the C compiler itself needs libm");
    };
    // In C, fenv.h declares functions once each.
    let report = stub
        .header("fenv.h")
        .or("fegetround", "FE_UPWARD")
        .check()
        .unwrap();
    let untyped: Vec<_> = report.untyped().iter().map(|one| one.name()).collect();
    assert!(
        !untyped.contains(&"fegetround") && untyped.contains(&"sin"),
        "{untyped:?}"
    );
}

#[test]
fn a_source_of_ones_own_is_told_of_failures() {
    let lab = Lab::new();
    lab.library("int value(void) { return 1; }");
    lab.program("int value(void); int main(void) { return value(); }");
    let source = lab.write(
        "failed.c",
        "#include <stdio.h>
        #include <stdlib.h>
        void dlkm_stub_failed(const char *library, const char *function, const char *why) {
            if (getenv(\"LEAVE\")) { printf(\"%s %s\", function, why); exit(0); }
        }",
    );
    let folder = lab.path("elsewhere");
    let built = lab
        .stub()
        .on_failure(source)
        .installed_in(&folder)
        .build(lab.lazy())
        .unwrap();
    // Where it is now, the stub library does not look.
    assert!(built.real().starts_with(lab.lazy()));
    let said = aborted(lab.command().output().unwrap());
    assert!(
        said.contains(folder.join("real").to_str().unwrap()),
        "{said}"
    );
    let output = lab.command().env("LEAVE", "1").output().unwrap();
    let said = succeeded(output);
    assert_eq!(said, "value can't open the file: No such file or directory");
    fs::rename(lab.lazy(), &folder).unwrap();
    let output = lab
        .command()
        .env("LD_LIBRARY_PATH", &folder)
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(1));
    let missing = lab
        .stub()
        .on_failure(lab.path("missing.c"))
        .build(lab.lazy());
    assert!(missing.unwrap_err().to_string().contains("missing.c"));
}
