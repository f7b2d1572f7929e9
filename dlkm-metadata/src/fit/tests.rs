use super::*;
use crate::declaration::{Abi, Declaration};
use crate::functions::{Function, Functions};
use crate::tests::{SHM, SHM_TYPES, interface};
use crate::texts::Texts;

/// Whether a module with the second functions fits a caller with the first ones. A digit at the
/// end of a name makes a function of that name with another hash.
fn fit(caller: (&'static str, &str), module: (&str, &str)) -> Result<Vec<Option<usize>>, String> {
    let functions = |names: &str| -> Vec<(String, u64)> {
        let digits = |name: &&str| name.ends_with(|sign: char| sign.is_ascii_digit());
        names
            .split_whitespace()
            .map(|name| {
                let plain = name.trim_end_matches(|sign: char| sign.is_ascii_digit());
                (plain.to_owned(), u64::from(digits(&name)))
            })
            .collect()
    };
    let text = |names: &str| -> String {
        let types = ["u32", "u64"];
        functions(names)
            .iter()
            .map(|(name, hash)| {
                format!("export={name} {hash:016x}: fn({})\0", types[*hash as usize])
            })
            .collect()
    };
    let declared: Vec<_> = functions(caller.1)
        .into_iter()
        .map(|(name, hash)| Function {
            name: name.leak(),
            signature: ["fn(u32)", "fn(u64)"][hash as usize],
            hash,
        })
        .collect();
    let declaration = Declaration {
        version: caller.0,
        functions: Functions::leaked(&declared),
        ..SHM
    };
    let caller = Described {
        declaration: &declaration,
        types: &[],
    };
    let mut provided = interface(&text(module.1));
    provided.texts = Texts::new([provided.name(), module.0]);
    provided
        .positions(&caller)
        .map_err(|reasons| reasons.join("; "))
}

/// The rule at load: see `fit`.
#[test]
fn which_modules_fit_a_caller() {
    let missing = |text: &str| Err(text.to_owned());
    let rows = [
        (
            ("1.0.0", "a b"),
            ("1.0.0", "a b"),
            Ok(vec![Some(0), Some(1)]),
        ),
        // By name, not by position; functions that the caller does not know are fine.
        (
            ("1.0.0", "a b"),
            ("1.0.0", "c b a"),
            Ok(vec![Some(2), Some(1)]),
        ),
        (("1.0.0", "a b"), ("0.9.0", "b"), Ok(vec![None, Some(0)])),
        (("1.10.0", "a b"), ("1.9.0", "a"), Ok(vec![Some(0), None])),
        (("1.0.0", "a b"), ("1.0.0", "a"), Ok(vec![Some(0), None])),
        (("1.0.0", "a b"), ("1.0.0", ""), Ok(vec![None, None])),
        // Not the caller's first functions, so `a` was removed.
        (("1.0.0", "a b"), ("1.0.0", "b"), missing("`a` is missing")),
        (
            ("1.0.0", "a b"),
            ("1.0.0", "a c"),
            missing("`b` is missing"),
        ),
        (("1.0.0", "a b"), ("1.1.0", "a"), missing("`b` is missing")),
        (
            ("1.0.0", "a b"),
            ("2.0.0", "c"),
            missing("`a` is missing; `b` is missing"),
        ),
        // A pre-release counts as its release.
        (
            ("1.0.0", "a b"),
            ("1.0.0-rc.1", "a"),
            Ok(vec![Some(0), None]),
        ),
        (
            ("1.0.1", "a b"),
            ("1.0.0-rc.1+x.y", "a"),
            Ok(vec![Some(0), None]),
        ),
        // A version that can't be parsed does not count as older.
        (("1.0.0", "a b"), ("0.9", "a"), missing("`b` is missing")),
        (("1.0.0", "a b"), ("", "a"), missing("`b` is missing")),
        (
            ("1.0.0", "a b"),
            ("0.9.0.1", "a"),
            missing("`b` is missing"),
        ),
        // What the module has must fit, however old it is.
        (
            ("1.0.0", "a b"),
            ("0.9.0", "a1"),
            missing("a: argument 1: u32 → u64"),
        ),
        (
            ("1.0.0", "a b"),
            ("1.0.0", "b1"),
            missing("`a` is missing; b: argument 1: u32 → u64"),
        ),
    ];
    for (caller, module, expected) in rows {
        assert_eq!(fit(caller, module), expected, "{caller:?} {module:?}");
    }
}

#[test]
fn a_module_of_another_abi_does_not_fit() {
    let caller = Described {
        declaration: &SHM,
        types: SHM_TYPES,
    };
    let mut shm = InterfaceInfo::of_caller(&caller).unwrap();
    shm.abi = Abi::C;
    assert_eq!(
        shm.positions(&caller),
        Err(vec!["ABI: Rust → C".to_owned()])
    );
}
