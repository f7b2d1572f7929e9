//! The sources of two crates that offer the same functions: one declares an interface, the
//! other has the wrapper that its author would write by hand for each.

use std::fmt::Write;

/// Arguments, their names and the result; the functions take them in turn.
const SIGNATURES: [(&str, &str, &str); 5] = [
    ("a: u32, b: u64", "a, b", "u64"),
    ("text: &str", "text", "usize"),
    ("bytes: &[u8], at: usize", "bytes, at", "Option<u8>"),
    ("id: Id, size: usize", "id, size", "u64"),
    ("x: f64", "x", "f64"),
];

/// An interface of `count` functions.
pub fn stubs(count: usize) -> String {
    let mut out = String::from(STUBS);
    for i in 0..count {
        let (args, _, result) = SIGNATURES[i % SIGNATURES.len()];
        write!(
            out,
            "
    /// Function {i}.
    #[stub]
    fn f{i}({args}) -> Result<{result}, LoadError>;
"
        )
        .unwrap();
    }
    out.push_str("}\n");
    out
}

/// The same functions without this project: each resolves its symbol when it is first called.
pub fn hand(count: usize) -> String {
    let mut out = String::from(HAND);
    for i in 0..count {
        let (args, names, result) = SIGNATURES[i % SIGNATURES.len()];
        let types: Vec<_> = args
            .split(", ")
            .filter_map(|arg| arg.split(": ").nth(1))
            .collect();
        let types = types.join(", ");
        write!(
            out,
            "
static F{i}: AtomicPtr<()> = AtomicPtr::new(std::ptr::null_mut());

/// Function {i}.
pub fn f{i}({args}) -> Result<{result}, LoadError> {{
    let mut code = F{i}.load(Ordering::Acquire);
    if code.is_null() {{
        code = load(c\"f{i}\", &F{i})?;
    }}
    // SAFETY: the symbol has this type.
    let function = unsafe {{
        std::mem::transmute::<*mut (), extern \"C\" fn({types}) -> Result<{result}, LoadError>>(code)
    }};
    function({names})
}}
"
        )
        .unwrap();
    }
    out
}

const STUBS: &str = r#"//! An interface.
#![warn(missing_docs)]

use dlkm_rt::{Interface, LoadError, module};

/// A number with a name.
#[derive(Clone, Copy, Debug, Interface)]
pub struct Id(pub u32);

/// Many functions.
#[module]
pub trait Big {"#;

const HAND: &str = r#"//! Wrappers.
#![warn(missing_docs)]

use std::ffi::{CStr, c_char, c_int, c_void};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicPtr, Ordering};

/// A number with a name.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct Id(pub u32);

/// The library or the symbol is not there.
#[derive(Debug)]
pub struct LoadError(pub &'static CStr);

unsafe extern "C" {
    fn dlopen(path: *const c_char, flags: c_int) -> *mut c_void;
    fn dlsym(library: *mut c_void, name: *const c_char) -> *mut c_void;
}

/// Finds `name`, and remembers it in `slot`.
#[cold]
fn load(name: &'static CStr, slot: &AtomicPtr<()>) -> Result<*mut (), LoadError> {
    static LIBRARY: OnceLock<usize> = OnceLock::new();
    // SAFETY: the path ends with a NUL, and the library's constructors are sound.
    let library = LIBRARY.get_or_init(|| unsafe { dlopen(c"big.so".as_ptr(), 2) } as usize);
    if *library == 0 {
        return Err(LoadError(c"big.so"));
    }
    // SAFETY: the library is open, and the name ends with a NUL.
    let code = unsafe { dlsym(*library as *mut c_void, name.as_ptr()) }.cast::<()>();
    if code.is_null() {
        return Err(LoadError(name));
    }
    slot.store(code, Ordering::Release);
    Ok(code)
}
"#;

#[cfg(test)]
mod tests {
    #[test]
    fn both_have_as_many_functions() {
        for source in [super::stubs(7), super::hand(7)] {
            assert_eq!(source.matches("/// Function ").count(), 7, "{source}");
        }
    }
}
