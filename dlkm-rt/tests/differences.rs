//! What is said of two versions of an interface whose types are real ones: derived, laid
//! out by the compiler, and read back from a module's metadata.

#![allow(dead_code, missing_docs, unreachable_pub)]

use dlkm_rt::metadata::Change;
use dlkm_rt::{Kernel, LoadError, ModuleRoot, module};

/// As it was.
mod old {
    use dlkm_rt::{Interface, LoadError, interface, module};

    #[derive(Interface)]
    pub struct Report {
        pub code: i32,
        pub at: u64,
        pub pages: Vec<Page<u8>>,
    }

    #[derive(Interface)]
    pub struct Page<T> {
        pub content: [T; 4],
    }

    #[derive(Interface)]
    #[repr(u8)]
    pub enum Level {
        Low = 1,
        High = 2,
    }

    #[derive(Interface)]
    pub enum Tree {
        Leaf(u8),
        Node(Box<Tree>, Box<Tree>),
    }

    #[interface]
    pub trait Sink: std::fmt::Debug {
        fn put(&mut self, byte: u8);
        fn level(&self) -> Level;
    }

    #[module(name = "old")]
    pub trait Codec {
        #[stub]
        fn same(text: &str) -> Result<String, LoadError>;
        #[stub]
        fn report() -> Result<Report, LoadError>;
        #[stub]
        fn write(sink: &mut dyn Sink) -> Result<(), LoadError>;
        #[stub]
        fn grow(tree: Tree) -> Result<Tree, LoadError>;
        #[stub]
        fn count(from: u32, to: usize) -> Result<usize, LoadError>;
        #[stub]
        fn wait(text: &str) -> Result<u8, LoadError>;
        #[stub]
        async fn sleep(text: &str) -> Result<u8, LoadError>;
        #[stub]
        fn old() -> Result<(), LoadError>;
    }
}

/// As it is now.
mod new {
    use dlkm_rt::{Interface, LoadError, interface, module};

    #[derive(Interface)]
    pub struct Report {
        pub code: i64,
        pub at: u64,
        pub pages: Vec<Page<u8>>,
        pub detail: String,
    }

    #[derive(Interface)]
    pub struct Page<T> {
        pub content: [T; 8],
    }

    #[derive(Interface)]
    #[repr(u16)]
    pub enum Level {
        Low = 1,
        High = 3,
        Extra = 4,
    }

    #[derive(Interface)]
    pub enum Tree {
        Leaf(u16),
        Node(Box<Tree>, Box<Tree>),
    }

    #[interface]
    pub trait Sink: std::fmt::Debug {
        fn put(&mut self, byte: u16);
        fn level(&self) -> Level;
    }

    #[module(name = "new")]
    pub trait Codec {
        #[stub]
        fn same(text: &str) -> Result<String, LoadError>;
        #[stub]
        fn fresh() -> Result<(), LoadError>;
        #[stub]
        fn report() -> Result<Report, LoadError>;
        #[stub]
        fn write(sink: &mut dyn Sink) -> Result<(), LoadError>;
        #[stub]
        fn grow(tree: Tree) -> Result<Tree, LoadError>;
        #[stub]
        fn count(from: u32, to: u32) -> Result<usize, LoadError>;
        #[stub]
        async fn wait(text: &str) -> Result<u8, LoadError>;
        #[stub]
        async fn sleep(text: &str) -> Result<u8, LoadError>;
    }
}

struct Old;

#[module(name = "old")]
impl old::Codec for Old {
    fn same(text: &str) -> Result<String, LoadError> {
        Ok(text.to_owned())
    }
    fn report() -> Result<old::Report, LoadError> {
        unreachable!("no one calls it")
    }
    fn write(_: &mut dyn old::Sink) -> Result<(), LoadError> {
        Ok(())
    }
    fn grow(tree: old::Tree) -> Result<old::Tree, LoadError> {
        Ok(tree)
    }
    fn count(_: u32, to: usize) -> Result<usize, LoadError> {
        Ok(to)
    }
    fn wait(_: &str) -> Result<u8, LoadError> {
        Ok(1)
    }
    async fn sleep(_: &str) -> Result<u8, LoadError> {
        Ok(1)
    }
    fn old() -> Result<(), LoadError> {
        Ok(())
    }
}

struct New;

#[module(name = "new")]
impl new::Codec for New {
    fn same(text: &str) -> Result<String, LoadError> {
        Ok(text.to_owned())
    }
    fn fresh() -> Result<(), LoadError> {
        Ok(())
    }
    fn report() -> Result<new::Report, LoadError> {
        unreachable!("no one calls it")
    }
    fn write(_: &mut dyn new::Sink) -> Result<(), LoadError> {
        Ok(())
    }
    fn grow(tree: new::Tree) -> Result<new::Tree, LoadError> {
        Ok(tree)
    }
    fn count(_: u32, to: u32) -> Result<usize, LoadError> {
        Ok(to as usize)
    }
    async fn wait(_: &str) -> Result<u8, LoadError> {
        Ok(1)
    }
    async fn sleep(_: &str) -> Result<u8, LoadError> {
        Ok(1)
    }
}

#[test]
fn each_change_of_a_real_type_is_named() {
    let kernel = Kernel::boot(ModuleRoot::none()).expect("the only kernel");
    let interface = |name: &str| {
        let modules = kernel.modules();
        let module = modules.iter().find(|one| one.name() == name);
        let metadata = module.and_then(|one| one.metadata()).expect("linked");
        metadata.interface(name).expect("provided").clone()
    };
    let differences = interface("old").differences(&interface("new"));
    let changed: Vec<_> = differences
        .changed()
        .iter()
        .map(Change::to_string)
        .collect();
    assert_eq!(
        changed,
        [
            "Report.detail is added (report)",
            &offsets("Report.code: i32 at {} → i64 at {} (report)", &changed[1]),
            &offsets(
                "Page<u8>.content: [u8; 4] at {} → [u8; 8] at {} (report)",
                &changed[2]
            ),
            "Sink::put: fn(&mut self, u8) → fn(&mut self, u16) (write)",
            "Level: repr(u8) → repr(u16) (write)",
            "Level: variant Extra is added (write)",
            "Level::High: value 2 → 3 (write)",
            "Tree::Leaf.0: u8 → u16 (grow)",
            "count: argument 2: usize → u32",
            "wait: fn → async fn",
        ]
    );
    assert_eq!(differences.added()[0].name(), "fresh");
    assert_eq!(differences.removed()[0].name(), "old");
}

/// The pattern with the numbers that stand in `text`: where rustc puts fields is its own
/// affair.
fn offsets(pattern: &str, text: &str) -> String {
    text.split(" at ")
        .skip(1)
        .fold(pattern.to_owned(), |filled, rest| {
            let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
            filled.replacen("{}", &digits, 1)
        })
}
