// Results that only a load-only interface may have: its modules stay loaded.
#![deny(warnings)]

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::error::Error;
use std::io;
use std::sync::{Arc, Mutex};

use dlkm_rt::{Interface, Kernel, LoadError, ModuleRoot, interface, module};

#[interface]
pub trait Walk {
    fn step(&mut self) -> u64;
    fn name(&self) -> &'static str;
    fn rest(self: Box<Self>) -> Vec<u64>;
}

pub type Hash = Box<dyn Fn(u64) -> u64 + Send>;
pub type Name = &'static str;

#[derive(Interface)]
pub struct Report {
    pub title: Cow<'static, str>,
    pub name: Name,
    pub pages: Vec<Page>,
}

#[derive(Interface)]
pub struct Page {
    pub draw: Option<fn(u8) -> u8>,
    pub hooks: Vec<Box<dyn Fn(&str) -> usize + Send>>,
    pub counts: Mutex<BTreeMap<u8, u8>>,
}

#[module]
pub trait Results {
    #[stub]
    fn object(from: u64) -> Result<Box<dyn Walk>, LoadError>;

    #[stub]
    fn shared() -> Result<Arc<dyn Fn() -> u8 + Send + Sync>, LoadError>;

    #[stub]
    fn function() -> Result<fn(&str) -> usize, LoadError>;

    #[stub]
    fn alias() -> Result<Hash, LoadError>;

    #[stub]
    fn error(code: i32) -> io::Result<u32>;

    #[stub]
    fn any_error() -> Result<u32, Box<dyn Error + Send + Sync>>;

    #[stub]
    fn text() -> Result<&'static str, LoadError>;

    #[stub]
    fn hidden() -> Result<Name, LoadError>;

    #[stub]
    fn report() -> Result<Report, LoadError>;

    #[stub]
    fn numbers<'a>(of: &'a [u8]) -> Result<Box<dyn Iterator<Item = u8> + 'a>, LoadError>;

    #[stub]
    fn maps(words: &HashSet<String>) -> Result<(HashMap<String, u64>, Arc<str>), LoadError>;

    #[stub]
    fn object_of<'a>(of: &'a mut u64) -> Result<&'a mut dyn Walk, LoadError>;

    /// The module gives code to the caller, which keeps it.
    #[stub]
    fn each(then: &mut dyn FnMut(Box<dyn Fn() -> u8>)) -> Result<(), LoadError>;

    #[stub]
    fn named(then: &mut dyn FnMut(&'static str)) -> Result<(), LoadError>;
}

struct From(u64);

impl Walk for From {
    fn step(&mut self) -> u64 {
        self.0 += 1;
        self.0
    }

    fn name(&self) -> &'static str {
        "from"
    }

    fn rest(self: Box<Self>) -> Vec<u64> {
        vec![self.0]
    }
}

impl Walk for u64 {
    fn step(&mut self) -> u64 {
        *self += 1;
        *self
    }

    fn name(&self) -> &'static str {
        "number"
    }

    fn rest(self: Box<Self>) -> Vec<u64> {
        vec![*self]
    }
}

pub struct Driver;

#[module]
impl Results for Driver {
    fn object(from: u64) -> Result<Box<dyn Walk>, LoadError> {
        Ok(Box::new(From(from)))
    }

    fn shared() -> Result<Arc<dyn Fn() -> u8 + Send + Sync>, LoadError> {
        Ok(Arc::new(|| 1))
    }

    fn function() -> Result<fn(&str) -> usize, LoadError> {
        Ok(str::len)
    }

    fn alias() -> Result<Hash, LoadError> {
        Ok(Box::new(|number| 2 * number))
    }

    fn error(code: i32) -> io::Result<u32> {
        Err(io::Error::from_raw_os_error(code))
    }

    fn any_error() -> Result<u32, Box<dyn Error + Send + Sync>> {
        Err("any".into())
    }

    fn text() -> Result<&'static str, LoadError> {
        Ok("text")
    }

    fn hidden() -> Result<Name, LoadError> {
        Ok("hidden")
    }

    fn report() -> Result<Report, LoadError> {
        let page = Page {
            draw: Some(|n| n + 1),
            hooks: vec![Box::new(str::len)],
            counts: Mutex::default(),
        };
        Ok(Report {
            title: "title".into(),
            name: "name",
            pages: vec![page],
        })
    }

    fn numbers<'a>(of: &'a [u8]) -> Result<Box<dyn Iterator<Item = u8> + 'a>, LoadError> {
        Ok(Box::new(of.iter().copied()))
    }

    fn maps(words: &HashSet<String>) -> Result<(HashMap<String, u64>, Arc<str>), LoadError> {
        let lengths = words.iter().map(|word| (word.clone(), word.len() as u64));
        Ok((lengths.collect(), "".into()))
    }

    fn object_of<'a>(of: &'a mut u64) -> Result<&'a mut dyn Walk, LoadError> {
        Ok(of)
    }

    fn each(then: &mut dyn FnMut(Box<dyn Fn() -> u8>)) -> Result<(), LoadError> {
        then(Box::new(|| 9));
        Ok(())
    }

    fn named(then: &mut dyn FnMut(&'static str)) -> Result<(), LoadError> {
        then("for ever");
        Ok(())
    }
}

fn main() {
    Kernel::boot(ModuleRoot::none()).unwrap();
    let mut walk = results::object(1).unwrap();
    assert_eq!((walk.step(), walk.name(), walk.rest()), (2, "from", vec![2]));
    assert_eq!(results::shared().unwrap()(), 1);
    assert_eq!(results::function().unwrap()("four"), 4);
    assert_eq!(results::alias().unwrap()(5), 10);
    assert_eq!(results::error(2).unwrap_err().raw_os_error(), Some(2));
    assert_eq!(results::any_error().unwrap_err().to_string(), "any");
    assert_eq!(results::text().unwrap(), "text");
    assert_eq!(results::hidden().unwrap(), "hidden");
    let report = results::report().unwrap();
    assert_eq!(report.title.len() + report.name.len(), 9);
    assert_eq!(report.pages[0].draw.unwrap()(1), 2);
    assert_eq!(report.pages[0].hooks[0]("hook"), 4);
    assert!(report.pages[0].counts.lock().unwrap().is_empty());
    assert_eq!(results::numbers(&[1, 2]).unwrap().sum::<u8>(), 3);
    let words = HashSet::from(["a".to_owned()]);
    assert_eq!(results::maps(&words).unwrap().0["a"], 1);
    assert_eq!(results::object_of(&mut 1).unwrap().step(), 2);
    let mut kept = Vec::new();
    results::each(&mut |one| kept.push(one)).unwrap();
    assert_eq!(kept[0](), 9);
    let mut names = Vec::new();
    results::named(&mut |name| names.push(name)).unwrap();
    assert_eq!(names, ["for ever"]);
}
