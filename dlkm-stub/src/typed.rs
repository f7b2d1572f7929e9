//! Functions with the types of a C header: the compiler writes what they return where the real library
//! can't be loaded, and checks it.

use std::collections::HashMap;
use std::fmt::{self, Write};
use std::path::Path;

use object::read::elf::ElfFile64;
use object::{LittleEndian, Object, ObjectSection, ObjectSymbol};

use crate::compile::Compiler;
use crate::error::Error;

/// Words of C++, which can't be declared. C has functions with such names.
const WORDS: &str = " alignas alignof and and_eq asm auto bitand bitor bool break case catch char char16_t \
    char32_t char8_t class compl concept const const_cast consteval constexpr constinit continue co_await \
    co_return co_yield decltype default delete do double dynamic_cast else enum explicit export extern \
    false float for friend goto if inline int long mutable namespace new noexcept not not_eq nullptr \
    operator or or_eq private protected public register reinterpret_cast requires return short signed \
    sizeof static static_assert static_cast struct switch template this thread_local throw true try \
    typedef typeid typename typeof union unsigned using virtual void volatile wchar_t while xor xor_eq ";

/// What a compiler only warns of is an error in a value, and none in a header.
const STRICT: &str = "\
#pragma GCC diagnostic error \"-Wconversion-null\"
#pragma GCC diagnostic error \"-Wfloat-conversion\"
#pragma GCC diagnostic error \"-Woverflow\"
#pragma GCC diagnostic error \"-Wwrite-strings\"
#ifdef __clang__
#pragma GCC diagnostic error \"-Wconstant-conversion\"
#pragma GCC diagnostic error \"-Wliteral-conversion\"
#pragma GCC diagnostic error \"-Wnull-conversion\"
#endif
";

/// The symbol of the object file that has the answers.
const ANSWERS: &str = "dlkm_stub_kinds";

/// A function that stays untyped, although there is a header.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Untyped {
    name: String,
    is_declared: bool,
}

impl Untyped {
    /// The function's name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Whether the header declares something else under its name.
    pub fn is_declared(&self) -> bool {
        self.is_declared
    }
}

impl fmt::Display for Untyped {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.is_declared {
            true => write!(f, "`{}` is no function in the header", self.name),
            false => write!(f, "`{}` is not in the header", self.name),
        }
    }
}

/// What a header says of the names of functions.
#[derive(Debug)]
pub(crate) struct Header {
    /// The line that includes it.
    include: String,
    kinds: HashMap<String, Kind>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Missing,
    Function,
    Other,
}

impl Header {
    /// Asks a C++ compiler: types can be taken apart by templates alone. `scratch` is a folder for files.
    pub(crate) fn read<'name>(
        header: &str,
        names: impl Iterator<Item = &'name str>,
        compiler: &Compiler,
        scratch: &Path,
    ) -> Result<Self, Error> {
        let include = include(header)?;
        let mut names: Vec<&str> = names.filter(|name| can_be_declared(name)).collect();
        names.sort_unstable();
        names.dedup();
        let object = compiler.object(scratch, "kinds.cpp", &question(&include, &names));
        let object = object.map_err(|error| match error {
            Error::Compiler { output, .. } => Error::Header {
                header: header.to_owned(),
                output,
            },
            other => other,
        })?;
        let answers = answers(&object, names.len()).unwrap_or_default();
        let kinds = names.iter().zip(answers).map(|(name, answer)| {
            let kind = match answer {
                1 => Kind::Function,
                2 => Kind::Other,
                _ => Kind::Missing,
            };
            ((*name).to_owned(), kind)
        });
        Ok(Header {
            kinds: kinds.collect(),
            include,
        })
    }

    pub(crate) fn is_function(&self, name: &str) -> bool {
        self.kinds.get(name) == Some(&Kind::Function)
    }

    pub(crate) fn untyped<'name>(&self, names: impl Iterator<Item = &'name str>) -> Vec<Untyped> {
        let mut found: Vec<Untyped> = names
            .filter(|name| !self.is_function(name))
            .map(|name| Untyped {
                name: name.to_owned(),
                is_declared: self.kinds.get(name) == Some(&Kind::Other),
            })
            .collect();
        found.sort();
        found.dedup();
        found
    }

    /// C++ with a function of the right type for each of these: the index of a function of the library, its
    /// name, and an expression; `void` for no value, or a value of zeros.
    pub(crate) fn fallbacks(&self, all: &[(usize, &str, &str)]) -> String {
        let mut text = format!("{}\n", self.include);
        text.push_str(STRICT);
        for (index, name, value) in all {
            let value = match *value {
                "void" => "R()",
                value => value,
            };
            let shown = format!("--or {name}={value}").replace(['\\', '"'], "_");
            // Writing to a `String` does not fail.
            let _ = write!(
                text,
                "#undef {name}
template<class F> struct or_{index};
template<class R, class... A> struct or_{index}<R(A...)> {{ static R call(A...) {{
#line 1 \"{shown}\"
return ({value});
}} }};
template<class R, class... A> struct or_{index}<R(A..., ...)> {{ static R call(A..., ...) {{
#line 1 \"{shown}\"
return ({value});
}} }};
template<class R, class... A> struct or_{index}<R(A...) noexcept> : or_{index}<R(A...)> {{}};
template<class R, class... A> struct or_{index}<R(A..., ...) noexcept> : or_{index}<R(A..., ...)> {{}};
extern \"C\" {{
extern __attribute__((visibility(\"hidden\"))) decltype(&or_{index}<decltype(::{name})>::call) const dlkm_stub_or{index};
decltype(&or_{index}<decltype(::{name})>::call) const dlkm_stub_or{index} = &or_{index}<decltype(::{name})>::call;
}}
"
            );
        }
        text
    }
}

/// The line that includes a header: a file, or else a name that the compiler looks for.
fn include(header: &str) -> Result<String, Error> {
    if header.contains(['"', '>', '\n', '\\']) {
        return Err(Error::NotFound(header.to_owned()));
    }
    Ok(match Path::new(header).canonicalize() {
        Ok(path) => format!("#include \"{}\"", path.display()),
        Err(_) => format!("#include <{header}>"),
    })
}

fn can_be_declared(name: &str) -> bool {
    !WORDS.contains(&format!(" {name} ")) && !name.contains(['.', '$'])
}

/// An array with a byte for each name. The struct of that name is hidden by a function or variable that
/// the header declares, so the name is a type only where there is none.
fn question(include: &str, names: &[&str]) -> String {
    let mut text = format!(
        "{include}
namespace dlkm_stub {{
template<class F> struct is_function {{ static constexpr char kind = 2; }};
template<class R, class... A> struct is_function<R(A...)> {{ static constexpr char kind = 1; }};
template<class R, class... A> struct is_function<R(A..., ...)> {{ static constexpr char kind = 1; }};
template<class R, class... A> struct is_function<R(A...) noexcept> {{ static constexpr char kind = 1; }};
template<class R, class... A> struct is_function<R(A..., ...) noexcept> {{ static constexpr char kind = 1; }};
template<class F> constexpr char of(F &) {{ return is_function<F>::kind; }}
template<class T> struct type {{}};
template<class T> constexpr char kind() {{ return 0; }}
template<auto &X> constexpr char kind() {{ return of(X); }}
}}
"
    );
    for name in names {
        let _ = writeln!(text, "#undef {name}\nstruct {name};");
    }
    let _ = writeln!(
        text,
        "extern \"C\" __attribute__((used, visibility(\"default\"))) const char {ANSWERS}[] = {{ 0,"
    );
    for name in names {
        let _ = writeln!(text, "dlkm_stub::kind< ::{name}>(),");
    }
    text.push_str("};\n");
    text
}

/// The bytes of the array.
fn answers(object: &[u8], count: usize) -> Option<Vec<u8>> {
    let file = ElfFile64::<LittleEndian>::parse(object).ok()?;
    let symbol = file.symbols().find(|symbol| symbol.name() == Ok(ANSWERS))?;
    let section = file.section_by_index(symbol.section_index()?).ok()?;
    let start = usize::try_from(symbol.address()).ok()?;
    let all = section.data().ok()?.get(start..)?;
    // The first is not about a name: an array has one element at least.
    Some(all.get(1..=count)?.to_vec())
}
