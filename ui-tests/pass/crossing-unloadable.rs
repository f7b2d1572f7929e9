// Types that may cross to and from a module that can be unloaded: data, and code lent to a call.
#![deny(warnings)]

use std::borrow::Cow;
use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};
use std::error::Error;
use std::fmt::{self, Display};
use std::io::{self, BufRead, Read, Write};
use std::net::{IpAddr, SocketAddr};
use std::num::NonZero;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime};

use dlkm_rt::{Interface, Kernel, LoadError, ModuleRoot, interface, module};

#[interface]
pub trait Visit {
    fn leaf(&mut self, key: Key, text: &str) -> bool;

    fn name(&self) -> &str;

    /// Lent code that is lent code.
    fn each(&self, then: &mut dyn FnMut(&Key, &dyn Display));

    fn inner<'a>(&'a mut self, key: &Key) -> Option<&'a mut dyn Visit>;
}

#[derive(Clone, Copy, Debug, PartialEq, Interface)]
pub struct Key(pub u32);

/// Lends what it has.
#[derive(Interface)]
pub struct Job<'a> {
    pub from: &'a mut dyn Read,
    pub to: Option<&'a mut (dyn Write + Send)>,
    pub progress: Option<&'a dyn Fn(u64)>,
    pub names: Vec<Cow<'a, str>>,
}

#[derive(Debug, PartialEq, Interface)]
pub struct View<'a> {
    pub text: &'a str,
    pub keys: Vec<&'a Key>,
}

#[derive(Clone, Debug, PartialEq, Interface)]
pub enum Tree<T> {
    Leaf(T),
    Fork(Box<Tree<T>>, Vec<Tree<T>>),
}

#[derive(Clone, Debug, PartialEq, Interface)]
pub struct Everything {
    pub numbers: (u8, i128, f64, char, bool, NonZero<u32>),
    pub texts: [String; 2],
    pub path: PathBuf,
    pub time: (Duration, SystemTime),
    pub net: (IpAddr, SocketAddr),
    pub maps: BTreeMap<String, BTreeSet<u8>>,
    pub queue: VecDeque<Option<Box<[u8]>>>,
    pub range: Range<usize>,
    pub kind: io::ErrorKind,
    pub tree: Tree<Key>,
}

#[derive(Debug, Interface)]
pub enum Failure {
    Load(LoadError),
    Io(io::ErrorKind, String),
}

impl From<LoadError> for Failure {
    fn from(error: LoadError) -> Self {
        Failure::Load(error)
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        Failure::Io(error.kind(), error.to_string())
    }
}

#[module]
pub trait Crossing {
    #[ustub]
    fn copy(from: &mut dyn Read, to: Option<&mut dyn Write>) -> Result<u64, Failure>;

    #[ustub]
    fn lines(of: &mut dyn BufRead, then: &mut dyn FnMut(&[u8])) -> Result<(), Failure>;

    #[ustub]
    fn job(job: Job<'_>) -> Result<usize, Failure>;

    #[ustub]
    fn lengths(of: &[&str], by: &dyn Fn(&str) -> usize) -> Result<Vec<usize>, Failure>;

    #[ustub]
    fn visit(with: &mut dyn Visit) -> Result<u32, Failure>;

    #[ustub]
    fn describe(error: &(dyn Error + Send), what: &dyn Display) -> Result<String, Failure>;

    #[ustub]
    fn view<'a>(text: &'a str, keys: &'a [Key]) -> Result<View<'a>, Failure>;

    #[ustub]
    fn trimmed(text: &str) -> Result<Cow<'_, str>, Failure>;

    #[ustub]
    fn tree(of: Tree<Key>) -> Result<Tree<Tree<u8>>, Failure>;

    #[ustub]
    fn everything(of: Everything, at: &Path) -> Result<Everything, Failure>;

    #[ustub]
    fn shared(
        cell: &Cell<u8>,
        text: &RefCell<String>,
        sum: &AtomicU64,
        list: Arc<Mutex<Vec<u8>>>,
        map: &HashMap<String, u64>,
    ) -> Result<(), Failure>;

    #[ustub]
    fn results(of: Result<Option<u8>, String>) -> Result<Result<Option<u8>, String>, Failure>;
}

pub struct Driver;

#[module]
impl Crossing for Driver {
    fn copy(from: &mut dyn Read, to: Option<&mut dyn Write>) -> Result<u64, Failure> {
        match to {
            Some(to) => Ok(io::copy(from, to)?),
            None => Err(io::Error::other("nowhere").into()),
        }
    }

    fn lines(of: &mut dyn BufRead, then: &mut dyn FnMut(&[u8])) -> Result<(), Failure> {
        for line in of.split(b'\n') {
            then(&line?);
        }
        Ok(())
    }

    fn job(job: Job<'_>) -> Result<usize, Failure> {
        let copied = io::copy(job.from, job.to.unwrap())?;
        if let Some(progress) = job.progress {
            progress(copied);
        }
        Ok(job.names.len())
    }

    fn lengths(of: &[&str], by: &dyn Fn(&str) -> usize) -> Result<Vec<usize>, Failure> {
        Ok(of.iter().map(|one| by(one)).collect())
    }

    fn visit(with: &mut dyn Visit) -> Result<u32, Failure> {
        let name = with.name().to_owned();
        with.leaf(Key(1), &name);
        let mut sum = 0;
        with.each(&mut |key, text| sum += key.0 + text.to_string().len() as u32);
        if let Some(inner) = with.inner(&Key(2)) {
            inner.leaf(Key(sum), "inner");
        }
        Ok(sum)
    }

    fn describe(error: &(dyn Error + Send), what: &dyn Display) -> Result<String, Failure> {
        Ok(format!("{what}: {error}"))
    }

    fn view<'a>(text: &'a str, keys: &'a [Key]) -> Result<View<'a>, Failure> {
        let keys = keys.iter().collect();
        Ok(View { text, keys })
    }

    fn trimmed(text: &str) -> Result<Cow<'_, str>, Failure> {
        Ok(Cow::Borrowed(text.trim()))
    }

    fn tree(of: Tree<Key>) -> Result<Tree<Tree<u8>>, Failure> {
        match of {
            Tree::Leaf(Key(key)) => Ok(Tree::Leaf(Tree::Leaf(key as u8))),
            Tree::Fork(first, _) => Self::tree(*first),
        }
    }

    fn everything(mut of: Everything, at: &Path) -> Result<Everything, Failure> {
        of.path.push(at);
        Ok(of)
    }

    fn shared(
        cell: &Cell<u8>,
        text: &RefCell<String>,
        sum: &AtomicU64,
        list: Arc<Mutex<Vec<u8>>>,
        map: &HashMap<String, u64>,
    ) -> Result<(), Failure> {
        cell.set(2);
        text.borrow_mut().push_str("more");
        sum.fetch_add(map["a"], Ordering::Relaxed);
        list.lock().unwrap().push(3);
        Ok(())
    }

    fn results(of: Result<Option<u8>, String>) -> Result<Result<Option<u8>, String>, Failure> {
        Ok(of)
    }
}

#[derive(Default)]
struct Seen(Vec<(Key, String)>);

impl Visit for Seen {
    fn leaf(&mut self, key: Key, text: &str) -> bool {
        self.0.push((key, text.to_owned()));
        true
    }

    fn name(&self) -> &str {
        "seen"
    }

    fn each(&self, then: &mut dyn FnMut(&Key, &dyn Display)) {
        self.0.iter().for_each(|(key, text)| then(key, text));
    }

    fn inner<'a>(&'a mut self, _: &Key) -> Option<&'a mut dyn Visit> {
        Some(self)
    }
}

fn main() {
    Kernel::boot(ModuleRoot::none()).unwrap();
    let mut out = Vec::new();
    assert_eq!(crossing::copy(&mut &b"text"[..], Some(&mut out)).unwrap(), 4);
    let nowhere = crossing::copy(&mut io::empty(), None);
    assert!(matches!(nowhere, Err(Failure::Io(io::ErrorKind::Other, text)) if text == "nowhere"));
    let mut lines = 0;
    crossing::lines(&mut &b"a\nb"[..], &mut |line| lines += line.len()).unwrap();
    assert_eq!(lines, 2);
    let count = Cell::new(0);
    let job = Job {
        from: &mut &b"job"[..],
        to: Some(&mut out),
        progress: Some(&|bytes| count.set(bytes)),
        names: vec!["a".into(), String::from("b").into()],
    };
    assert_eq!((crossing::job(job).unwrap(), count.get()), (2, 3));
    assert_eq!(out, b"textjob");
    assert_eq!(crossing::lengths(&["a", "bc"], &|one| one.len()).unwrap(), [1, 2]);
    let mut seen = Seen::default();
    assert_eq!(crossing::visit(&mut seen).unwrap(), 5);
    assert_eq!(seen.0[1], (Key(5), "inner".to_owned()));
    let text = crossing::describe(&fmt::Error, &"what").unwrap();
    assert!(text.starts_with("what: an error"));
    let keys = [Key(1), Key(2)];
    assert_eq!(crossing::view("view", &keys).unwrap().keys, [&Key(1), &Key(2)]);
    assert_eq!(crossing::trimmed(" text ").unwrap(), "text");
    let tree = Tree::Fork(Box::new(Tree::Leaf(Key(7))), Vec::new());
    assert_eq!(crossing::tree(tree.clone()).unwrap(), Tree::Leaf(Tree::Leaf(7)));
    let everything = Everything {
        numbers: (1, 2, 3.0, '4', true, NonZero::new(5).unwrap()),
        texts: ["a".into(), "b".into()],
        path: PathBuf::from("/at"),
        time: (Duration::from_secs(1), SystemTime::UNIX_EPOCH),
        net: ([127, 0, 0, 1].into(), ([127, 0, 0, 1], 80).into()),
        maps: BTreeMap::from([("a".into(), BTreeSet::from([1]))]),
        queue: VecDeque::from([None, Some([1].into())]),
        range: 1..2,
        kind: io::ErrorKind::NotFound,
        tree,
    };
    let moved = crossing::everything(everything.clone(), Path::new("home")).unwrap();
    assert_eq!(moved.path, Path::new("/at/home"));
    assert_eq!(moved.maps, everything.maps);
    let (cell, text, sum) = (Cell::new(1), RefCell::default(), AtomicU64::new(1));
    let list = Arc::new(Mutex::new(vec![]));
    let map = HashMap::from([("a".to_owned(), 4)]);
    crossing::shared(&cell, &text, &sum, list.clone(), &map).unwrap();
    assert_eq!((cell.get(), text.take(), sum.into_inner()), (2, "more".into(), 5));
    assert_eq!(*list.lock().unwrap(), [3]);
    assert_eq!(crossing::results(Ok(None)).unwrap(), Ok(None));
}
