//! Texts of the metadata as parts of a C source. They are from a file, so each goes through one of
//! these functions, and none can end the part that it stands in.

/// An identifier of C. Letters and digits stay, beyond ASCII too, so that different names stay
/// different; what is between them becomes `_`.
pub(super) fn identifier(name: &str) -> String {
    let mut out = String::new();
    for letter in name.replace("r#", "").chars() {
        if letter.is_alphanumeric() {
            out.push(letter);
        } else if !out.ends_with('_') {
            out.push('_');
        }
    }
    out
}

/// The name of a field, changed if it would be a keyword or a macro.
pub(super) fn member(name: &str) -> String {
    let plain = name.strip_prefix("r#").unwrap_or(name);
    let letter = |letter: char| {
        if letter.is_alphanumeric() {
            letter
        } else {
            '_'
        }
    };
    let mut out: String = plain.chars().map(letter).collect();
    if out.starts_with(char::is_numeric) {
        out.insert(0, '_');
    }
    // By convention, names without small letters are macros: `NULL`, `EOF`, `INT_MAX`, `I`.
    let capital = out.contains(|one: char| one.is_ascii_uppercase())
        && !out.contains(|one: char| one.is_ascii_lowercase());
    if capital || RESERVED.binary_search(&&*out).is_ok() {
        out.push('_');
    }
    out
}

/// The inside of a comment.
pub(super) fn comment(text: &str) -> String {
    text.replace("*/", "* /").replace("/*", "/ *")
}

/// The inside of a string.
pub(super) fn string(text: &str) -> String {
    escaped(text, "\\")
}

/// The inside of a string of the assembler, which is inside a string of C.
pub(super) fn assembled(text: &str) -> String {
    escaped(text, "\\\\")
}

/// The text with all bytes but plain ones as three octal digits after `sign`. (`?` is not plain: two
/// of them may begin a trigraph.)
fn escaped(text: &str, sign: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b' ' | b'!' | b'#'..=b'>' | b'A'..=b'[' | b']'..=b'~' => out.push(byte.into()),
            _ => out.push_str(&format!("{sign}{byte:03o}")),
        }
    }
    out
}

/// Keywords of C and C++, and names with small letters that the headers of C, POSIX and glibc, or
/// the compiler without any header, define as macros. Sorted.
const RESERVED: &[&str] = &[
    "alignas",
    "alignof",
    "and",
    "and_eq",
    "asm",
    "auto",
    "bitand",
    "bitor",
    "bool",
    "break",
    "case",
    "catch",
    "char",
    "char16_t",
    "char32_t",
    "char8_t",
    "class",
    "co_await",
    "co_return",
    "co_yield",
    "compl",
    "complex",
    "concept",
    "const",
    "const_cast",
    "consteval",
    "constexpr",
    "constinit",
    "continue",
    "d_fileno",
    "decltype",
    "default",
    "delete",
    "do",
    "double",
    "dynamic_cast",
    "else",
    "enum",
    "errno",
    "explicit",
    "export",
    "extern",
    "false",
    "float",
    "for",
    "friend",
    "goto",
    "h_addr",
    "h_errno",
    "i386",
    "if",
    "imaginary",
    "inline",
    "int",
    "linux",
    "long",
    "math_errhandling",
    "mutable",
    "namespace",
    "new",
    "noexcept",
    "noreturn",
    "not",
    "not_eq",
    "nullptr",
    "operator",
    "or",
    "or_eq",
    "private",
    "protected",
    "public",
    "register",
    "reinterpret_cast",
    "requires",
    "restrict",
    "return",
    "s6_addr",
    "s6_addr16",
    "s6_addr32",
    "sa_handler",
    "sa_sigaction",
    "sched_priority",
    "short",
    "si_addr",
    "si_addr_lsb",
    "si_arch",
    "si_band",
    "si_call_addr",
    "si_fd",
    "si_int",
    "si_lower",
    "si_overrun",
    "si_pid",
    "si_pkey",
    "si_ptr",
    "si_status",
    "si_stime",
    "si_syscall",
    "si_timerid",
    "si_uid",
    "si_upper",
    "si_utime",
    "si_value",
    "sigev_notify_attributes",
    "sigev_notify_function",
    "signed",
    "sizeof",
    "st_atime",
    "st_ctime",
    "st_mtime",
    "static",
    "static_assert",
    "static_cast",
    "stderr",
    "stdin",
    "stdout",
    "struct",
    "switch",
    "template",
    "this",
    "thread_local",
    "throw",
    "true",
    "try",
    "typedef",
    "typeid",
    "typename",
    "typeof",
    "typeof_unqual",
    "union",
    "unix",
    "unsigned",
    "using",
    "virtual",
    "void",
    "volatile",
    "wchar_t",
    "while",
    "xor",
    "xor_eq",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_stay_different_and_become_identifiers() {
        assert_eq!(identifier("calc_Slice<u8>"), "calc_Slice_u8_");
        assert_eq!(identifier("names_r#type"), "names_type");
        assert_ne!(identifier("größe"), identifier("gräße"));
        assert_eq!(identifier("a;} int evil(void) {"), "a_int_evil_void_");
    }

    #[test]
    fn a_field_is_no_keyword_and_no_macro() {
        assert!(RESERVED.is_sorted());
        for (name, in_c) in [
            ("x", "x"),
            ("0", "_0"),
            ("default", "default_"),
            ("linux", "linux_"),
            ("errno", "errno_"),
            ("NULL", "NULL_"),
            ("class", "class_"),
            ("r#type", "type"),
            ("größe", "größe"),
            ("a; int b", "a__int_b"),
            ("x[sizeof(int)]", "x_sizeof_int__"),
        ] {
            assert_eq!(member(name), in_c);
        }
    }

    #[test]
    fn no_text_ends_the_part_it_stands_in() {
        assert_eq!(comment("1 */ int evil; /* 2"), "1 * / int evil; / * 2");
        assert_eq!(comment("**//"), "** //");
        assert_eq!(string("a\"b\\c??/"), "a\\042b\\134c\\077\\077/");
        assert_eq!(assembled("a\"\\ü"), "a\\\\042\\\\134\\\\303\\\\274");
    }
}
