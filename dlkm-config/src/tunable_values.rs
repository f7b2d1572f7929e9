//! The values that a system file gives to all tunables, through their expressions.

use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;

use dlkm_metadata::{TunableInfo, TunableType};
use dlkm_system::{Expression, SystemFile, TunableSetting, Value, ValueError};

use crate::inventory::Inventory;
use crate::near::near;
use crate::plain::plain;

/// Why a tunable has no value.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ValueFault {
    /// The text is no value of it.
    Value(ValueError),
    /// Its expression leads back to itself: the names, from one to the same one.
    Circle(Arc<[String]>),
    /// Its expression names a tunable that does not exist.
    Unknown(String),
    /// Its expression names a tunable that has no value itself.
    Depends(String),
}

impl fmt::Display for ValueFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ValueFault::Value(error) => error.fmt(f),
            ValueFault::Circle(names) => {
                write!(f, "the expressions form a circle: {}", names.join(" > "))
            }
            ValueFault::Unknown(name) => write!(f, "there is no tunable `{name}`"),
            ValueFault::Depends(name) => write!(f, "`{name}` has no value"),
        }
    }
}

/// A tunable, its line, and its value at the next boot.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Tunable<'a> {
    /// `MODULE.KEY`, or the name of a user's own tunable.
    pub name: String,
    /// The name of its module, and its metadata; `None` if no installed module has it.
    pub info: Option<(&'a str, &'a TunableInfo)>,
    /// The line that sets it.
    pub setting: Option<TunableSetting>,
    /// Its value.
    pub value: Result<Value, ValueFault>,
}

impl Tunable<'_> {
    /// Whether it is a user's own, for use in expressions only. Its name has no module.
    pub fn is_users(&self) -> bool {
        self.info.is_none() && !self.name.contains('.')
    }

    /// The text on its line, in quotation marks if it has them; `Default` without one.
    ///
    /// kctune(1M): `expr` says `Default` when default.
    pub fn text(&self) -> String {
        match &self.setting {
            None => "Default".to_owned(),
            Some(line) if line.quoted => format!("\"{}\"", line.value),
            Some(line) => line.value.to_string(),
        }
    }

    /// The names in its expression.
    pub(crate) fn names(&self) -> Vec<&str> {
        let integer = self.info.is_none_or(|(_, info)| {
            matches!(info.ty(), TunableType::Integer { .. } | TunableType::Size)
        });
        let line = self.setting.as_ref().filter(|line| !line.quoted && integer);
        let text = line.map(|line| &*line.value);
        let text = text.filter(|text| !text.eq_ignore_ascii_case("default"));
        let expression = text.and_then(|text| Expression::parse(text).ok());
        expression.map_or_else(Vec::new, |one| one.names().collect())
    }
}

/// All tunables: those of installed modules, and those that only the file names.
///
/// ```
/// use dlkm_config::{Inventory, Tunables};
/// use dlkm_system::{SystemFile, Value};
///
/// let system = SystemFile::parse(b"version 1\ntunable users 4\ntunable files users*2\n")?;
/// let inventory = Inventory::default();
/// let tunables = Tunables::of(Some(&system), &inventory);
/// let files = tunables.get("files").expect("the file has it");
/// assert!(files.is_users() && files.value == Ok(Value::Integer(8)));
/// # Ok::<(), dlkm_system::SystemError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Tunables<'a> {
    all: Vec<Tunable<'a>>,
    /// By the name with `_` for `-`, and also for `.`, as HP-UX's names are.
    index: HashMap<String, usize>,
}

fn joined(name: &str) -> String {
    name.replace(['-', '.'], "_")
}

impl<'a> Tunables<'a> {
    /// Computes them from a system file.
    pub fn of(system: Option<&SystemFile>, inventory: &'a Inventory) -> Self {
        let mut tunables = Tunables {
            all: Vec::new(),
            index: HashMap::new(),
        };
        for module in inventory.modules() {
            for info in &module.tunables {
                let name = format!("{}.{}", module.name, info.name());
                tunables.add(name, Some((&*module.name, info)));
            }
        }
        // The later line holds, however the name is written.
        let mut lines: Vec<_> = system
            .map_or(&[][..], SystemFile::tunables)
            .iter()
            .collect();
        lines.sort_by_key(|line| line.line);
        for line in lines {
            let at = match tunables.at(&line.name) {
                Some(at) => at,
                None => tunables.add(line.name.to_string(), None),
            };
            tunables.all[at].setting = Some(line.clone());
        }
        tunables.evaluate();
        tunables
    }

    fn add(&mut self, name: String, info: Option<(&'a str, &'a TunableInfo)>) -> usize {
        let at = self.all.len();
        self.index.insert(plain(&name), at);
        self.index.entry(joined(&name)).or_insert(at);
        let value = Err(ValueFault::Depends(name.clone()));
        self.all.push(Tunable {
            name,
            info,
            setting: None,
            value,
        });
        at
    }

    fn at(&self, name: &str) -> Option<usize> {
        let find = |name: &str| {
            let exact = self.index.get(&plain(name));
            exact.or_else(|| self.index.get(&joined(name))).copied()
        };
        // kctune(1M): names in capitals are accepted, for old files.
        let capitals = !name.bytes().any(|byte| byte.is_ascii_lowercase());
        find(name).or_else(|| find(&name.to_ascii_lowercase()).filter(|_| capitals))
    }

    /// The tunable of that name: `MODULE.KEY`, `MODULE_KEY`, or either in capitals.
    pub fn get(&self, name: &str) -> Option<&Tunable<'a>> {
        self.at(name).map(|at| &self.all[at])
    }

    /// All of them: those of modules by module, then those that only the file has.
    pub fn iter(&self) -> impl Iterator<Item = &Tunable<'a>> {
        self.all.iter()
    }

    /// Names that a person may have meant.
    pub(crate) fn near(&self, name: &str) -> Vec<String> {
        let all = self.all.iter().map(|one| &*one.name);
        near(name, all)
    }

    /// Each tunable after those that its expression names.
    fn evaluate(&mut self) {
        let needs: Vec<Vec<usize>> = self
            .all
            .iter()
            .map(|one| {
                one.names()
                    .iter()
                    .filter_map(|name| self.at(name))
                    .collect()
            })
            .collect();
        let mut seen = vec![false; needs.len()];
        let mut circular: Vec<Option<Arc<[String]>>> = vec![None; needs.len()];
        // Where it is on the way.
        let mut place = vec![None; needs.len()];
        for start in 0..needs.len() {
            if std::mem::replace(&mut seen[start], true) {
                continue;
            }
            // Without recursion, since a file may have a long chain.
            let mut way = vec![(start, 0)];
            place[start] = Some(0);
            while let Some((at, next)) = way.last_mut() {
                let at = *at;
                let Some(need) = needs[at].get(*next).copied() else {
                    way.pop();
                    place[at] = None;
                    let value = match circular[at].take() {
                        Some(names) => Err(ValueFault::Circle(names)),
                        None => self.value(at),
                    };
                    self.all[at].value = value;
                    continue;
                };
                *next += 1;
                if let Some(first) = place[need] {
                    let around: Vec<usize> = way[first..].iter().map(|(at, _)| *at).collect();
                    let names = around.iter().chain([&need]);
                    let names: Arc<[String]> = names.map(|at| self.all[*at].name.clone()).collect();
                    for member in around {
                        circular[member].get_or_insert_with(|| names.clone());
                    }
                } else if !std::mem::replace(&mut seen[need], true) {
                    place[need] = Some(way.len());
                    way.push((need, 0));
                }
            }
        }
    }

    fn value(&self, at: usize) -> Result<Value, ValueFault> {
        let one = &self.all[at];
        for name in one.names() {
            let Some(at) = self.at(name) else {
                return Err(ValueFault::Unknown(name.to_owned()));
            };
            if self.all[at].value.is_err() {
                return Err(ValueFault::Depends(self.all[at].name.clone()));
            }
        }
        let mut others = |name: &str| self.get(name)?.value.as_ref().ok()?.as_integer();
        let value = match (&one.setting, one.info) {
            (Some(line), Some((_, info))) => Value::of(line, info, &mut others),
            (None, Some((_, info))) => Value::default_of(info),
            (Some(line), None) if line.quoted => Ok(Value::Text(line.value.to_string())),
            (Some(line), None) => Expression::parse(&line.value)
                .and_then(|expression| expression.evaluate(&mut others))
                .map(Value::Integer)
                .map_err(ValueError::Expression),
            (None, None) => return Err(ValueFault::Depends(one.name.clone())),
        };
        value.map_err(ValueFault::Value)
    }
}
