//! Switch tables, and what stands in their place without them: objects of a trait, in a map.

use std::collections::HashMap;
use std::hint::black_box;
use std::sync::OnceLock;

use bench_api::addersw;
use bench_measure::Contender;

use crate::contender::contender;

/// What a program without switch tables has.
trait Adds: Sync {
    fn add(&self, a: u64, b: u64) -> u64;
}

struct Plus;
struct Minus;

impl Adds for Plus {
    fn add(&self, a: u64, b: u64) -> u64 {
        a.wrapping_add(b)
    }
}

impl Adds for Minus {
    fn add(&self, a: u64, b: u64) -> u64 {
        a.wrapping_sub(b)
    }
}

/// Some of the others, so that neither map has one key only.
const OTHERS: [&str; 5] = ["minus", "times", "over", "mod", "power"];

pub(crate) fn contenders() -> Vec<Contender> {
    static OBJECTS: OnceLock<HashMap<&str, &dyn Adds>> = OnceLock::new();
    let objects = OBJECTS.get_or_init(|| {
        let mut all: HashMap<&str, &dyn Adds> = HashMap::new();
        for key in OTHERS {
            all.insert(key, &Minus);
        }
        for key in ["plus", "add", "sum"] {
            all.insert(key, &Plus);
        }
        all
    });
    let object: &'static _ = Box::leak(Box::new(black_box(objects["plus"])));
    let mut all = vec![contender("`&'static dyn Trait`", |a, b| object.add(a, b))];
    all.extend(own::switches());
    all.extend([
        contender("`HashMap`, `get` for each call", |a, b| {
            objects
                .get(black_box("plus"))
                .map_or(0, |one| one.add(a, b))
        }),
        contender("dlkm switch, `get` for each call", |a, b| {
            addersw::get(black_box("plus")).map_or(0, |one| one.add(a, b))
        }),
    ]);
    all
}
