//! What each type of a signature proves about unmapping: for an image that provides the function,
//! and for one that calls it.
#![allow(missing_docs, dead_code, unreachable_pub, clippy::type_complexity)]

use std::borrow::Cow;
use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, HashMap};
use std::error::Error;
use std::ffi::{CStr, OsStr};
use std::fmt;
use std::io;
use std::marker::PhantomData;
use std::net::SocketAddr;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicU64;
use std::sync::{Arc, Mutex, RwLock};
use std::time::{Duration, SystemTime};

use dlkm_rt::c::Str;
use dlkm_rt::interface::{Form, Lifetimes, List, Type};
use dlkm_rt::{Held, Interface, LoadError, interface};

/// An author's alias.
type Text = &'static str;

/// An alias of a reader.
type Input = dyn io::Read;

/// An alias of a writer.
type Output = dyn io::Write;

/// A trait of an author with the name of std's.
pub mod own {
    #[dlkm_rt::interface]
    pub trait Write {
        fn write(&mut self, text: &str) -> u64;
    }
}

/// A trait with a lifetime.
#[interface]
pub trait Source<'a> {
    fn text(&self) -> &'a str;
}

/// Methods that lend their arguments.
#[interface]
pub trait Walk {
    fn step(&mut self, way: &str, more: &[(u8, &str)]) -> u64;
    fn end(self: Box<Self>, why: &str) -> String;
}

/// A method whose argument can be kept.
#[interface]
pub trait Keep {
    fn keep(&mut self, text: Option<&str>);
}

/// Gives a static out.
#[interface]
pub trait Named {
    fn name(&self) -> &'static str;
}

#[interface]
pub trait Person: Named {
    fn age(&self) -> u8;
}

/// Data and pointers to itself.
#[derive(Interface)]
pub struct Tree {
    pub name: String,
    pub children: Vec<Tree>,
    pub parent: *const Tree,
}

/// A value that proves that its lifetime is `'static`.
#[derive(Interface)]
pub struct Mark<'a: 'static>(pub PhantomData<&'a ()>);

/// The same, for a type.
#[derive(Interface)]
pub struct Wrap<T: 'static>(pub T);

/// A type with something undescribed in it.
#[derive(Interface)]
pub struct Foreign {
    #[interface(unsafe(opaque))]
    pub id: std::thread::ThreadId,
}

/// A type with a description that nothing checked.
pub struct ByHand(pub u8);

impl Lifetimes for ByHand {
    type Before<R: List> = R;
}

// SAFETY: it is a number.
unsafe impl Interface for ByHand {
    const TYPE: Type = Type::of::<Self>("ByHand", Form::Struct);
    type Args = ();
    type Parts = ();
}

/// A generic struct with a borrow in it.
#[derive(Interface)]
pub struct Pair<'a, T> {
    pub first: T,
    pub second: &'a str,
}

/// Declares an interface for each function, and compares what stands in the way of each side.
macro_rules! table {
    ($($name:ident: [$($function:tt)*] $provider:literal, $caller:literal;)*) => {
        $(
            pub mod $name {
                #![allow(unused_imports, unused_lifetimes)]
                use super::*;
                use dlkm_rt::module;

                #[module(name = "row")]
                pub trait Row {
                    #[stub]
                    $($function)*;
                }

                pub const DECLARATION: dlkm_metadata::write::Declaration =
                    row::dlkm_glue::DECLARATION;
            }
        )*

        #[test]
        fn each_type_proves_what_it_can() {
            let mut wrong = String::new();
            $(
                let unmap = $name::DECLARATION.unmap;
                let found = [unmap.provider, unmap.caller].map(|one| one.map_or("", |one| one.does));
                if found != [$provider, $caller] {
                    wrong += &format!("{}: {found:#?}\n", stringify!($name));
                }
            )*
            assert!(wrong.is_empty(), "{wrong}");
        }
    };
}

table! {
    numbers: [fn f(a: u32, b: [u8; 4]) -> Result<u64, LoadError>] "", "";
    owned: [fn f(a: Vec<String>, b: Tree) -> Result<Option<Tree>, LoadError>] "", "";
    text: [fn f(a: &str, b: &[u8]) -> Result<String, LoadError>] "", "";
    text_alone: [fn f(a: &str) -> Result<String, LoadError>] "", "";
    texts: [fn f(a: &[&str], b: (&str, [&mut u8; 2])) -> Result<String, LoadError>] "", "";
    changed: [fn f(a: &mut Vec<String>, b: &RefCell<Tree>) -> Result<(), LoadError>] "", "";
    text_named: [fn f<'a>(a: &'a str, b: &'a str) -> Result<(), LoadError>]
        "", "takes a borrow, `&str`";
    text_in_option: [fn f(a: Option<&str>) -> Result<(), LoadError>] "", "takes a borrow, `&str`";
    text_in_struct: [fn f(a: &Pair<'_, u8>) -> Result<(), LoadError>]
        "", "takes a borrow, `&str`, in `Pair.second`";
    text_of_c: [fn f(a: Str<'_>) -> Result<(), LoadError>]
        "", "takes a borrow, `&u8`, in `Str.borrow`";

    lent_data: [
        fn f(a: &mut [u8], b: &[String], c: &[(&str, &[u8])], d: &mut String) -> Result<(), LoadError>
    ] "", "";
    lent_paths: [fn f(a: &Path, b: &OsStr, c: &CStr) -> Result<PathBuf, LoadError>] "", "";
    lent_maps: [
        fn f(a: &BTreeMap<String, Vec<u8>>, b: &mut BTreeMap<u8, String>) -> Result<(), LoadError>
    ] "", "";
    lent_cells: [
        fn f(a: &Mutex<Vec<u8>>, b: &AtomicU64, c: &RwLock<String>) -> Result<(), LoadError>
    ] "", "";
    values: [
        fn f(a: Duration, b: Range<usize>, c: SocketAddr) -> Result<Option<SystemTime>, LoadError>
    ] "", "";
    boxes: [fn f(a: Box<[u8]>, b: Vec<Box<str>>) -> Result<Box<[u8]>, LoadError>] "", "";
    shared: [fn f(a: Arc<Mutex<Tree>>) -> Result<Arc<Tree>, LoadError>] "", "";
    shared_text: [fn f(a: &str) -> Result<Arc<str>, LoadError>]
        "returns `Arc<str>`, which refers to its own image while it is empty", "";
    cow_taken: [fn f(a: Cow<'_, str>) -> Result<(), LoadError>] "", "takes a borrow, `&str`";
    io_result: [fn f(a: &Path) -> Result<u64, io::Error>]
        "returns `io::Error`, which may carry code", "";

    first_word: [fn f(a: &str) -> Result<&str, LoadError>]
        "returns a borrow, `&str`", "takes a borrow, `&str`";
    second_word: [fn f<'a>(a: &str, b: &'a str) -> Result<&'a str, LoadError>]
        "returns a borrow, `&str`", "takes a borrow, `&str`";
    proves_static: [fn f(a: &str) -> Result<Mark<'_>, LoadError>]
        "returns a borrow, `&()`, in `Mark.0`", "takes a borrow, `&str`";
    alias: [fn f(a: u8) -> Result<Held<Box<dyn Iterator<Item = Text>>>, LoadError>]
        "passes a borrow, `&str`, through a callback or a method", "";
    cow: [fn f(a: u8) -> Result<Cow<'static, str>, LoadError>] "returns a borrow, `&str`", "";
    phantom: [fn f<'a>(a: PhantomData<&'a ()>) -> Result<&'a str, LoadError>]
        "returns a borrow, `&str`", "takes a borrow, `&()`";
    phantom_only: [fn f() -> Result<PhantomData<&'static str>, LoadError>]
        "returns a borrow, `&str`", "";

    left_in_vec: [fn f<'a>(a: &mut Vec<&'a str>) -> Result<(), LoadError>]
        "can leave a borrow, `&str`, in an argument", "can leave a borrow, `&str`, in an argument";
    left_in_place: [fn f(a: &mut &str) -> Result<(), LoadError>]
        "can leave a borrow, `&str`, in an argument", "";
    left_in_cell: [fn f<'a>(a: &Cell<&'a str>) -> Result<(), LoadError>]
        "can leave a borrow, `&str`, in an argument", "can leave a borrow, `&str`, in an argument";
    left_in_pointer: [fn f<'a>(a: *mut &'a str) -> Result<(), LoadError>]
        "can leave a borrow, `&str`, in an argument", "can leave a borrow, `&str`, in an argument";

    callback: [fn f(a: &mut dyn FnMut(&str, &[&u8]) -> String) -> Result<(), LoadError>] "", "";
    callback_of_bytes: [
        fn f(a: &mut dyn FnMut(&[u8]) -> bool, b: &dyn Fn(u64, &Path)) -> Result<(), LoadError>
    ] "", "";
    callback_alone: [fn f(a: &dyn Fn(&str) -> String) -> Result<(), LoadError>] "", "";
    callback_named: [fn f<'a>(a: &mut dyn FnMut(&'a str), b: &'a str) -> Result<(), LoadError>]
        "passes a borrow, `&str`, through a callback or a method", "takes a borrow, `&str`";
    callback_for: [fn f(a: &mut dyn for<'x> FnMut(&'x str)) -> Result<(), LoadError>]
        "passes a borrow, `&str`, through a callback or a method", "";
    callback_option: [fn f(a: &mut dyn FnMut(Option<&str>)) -> Result<(), LoadError>]
        "passes a borrow, `&str`, through a callback or a method", "";
    callback_wrapped: [fn f(a: &mut dyn FnMut(Wrap<&str>)) -> Result<(), LoadError>]
        "passes a borrow, `&str`, through a callback or a method, in `Wrap.0`", "";
    callback_mark: [
        fn f(a: &mut dyn for<'x> FnMut(&'x str, Mark<'x>)) -> Result<(), LoadError>
    ] "passes a borrow, `&str`, through a callback or a method", "";
    callback_result: [fn f(a: &mut dyn FnMut(&str) -> Mark<'_>) -> Result<(), LoadError>]
        "passes a borrow, `&str`, through a callback or a method",
        "passes a borrow, `&()`, through a callback or a method, in `Mark.0`";
    callback_gives: [fn f<'a>(a: &dyn Fn() -> &'a str) -> Result<(), LoadError>]
        "", "passes a borrow, `&str`, through a callback or a method";
    callback_of_callback: [fn f(a: &mut dyn FnMut(&mut dyn FnMut(&str))) -> Result<(), LoadError>]
        "", "";
    callback_changed: [fn f(a: &mut dyn FnMut(&mut &str)) -> Result<(), LoadError>]
        "", "passes a borrow, `&str`, through a callback or a method";

    function: [fn f(a: u8) -> Result<fn(), LoadError>]
        "returns a function pointer, `fn()`", "";
    object: [fn f(a: u8) -> Result<Box<dyn Walk>, LoadError>]
        "returns `dyn Walk`, whose code is the module's", "";
    error: [fn f(a: u8) -> Result<u8, io::Error>]
        "returns `io::Error`, which may carry code", "";
    map: [fn f(a: &HashMap<u8, u8>) -> Result<HashMap<u8, u8>, LoadError>]
        "returns `HashMap<u8, u8, RandomState>`, which refers to its own image while it is empty", "";
    maps: [fn f(a: &HashMap<u8, u8>, b: &u8) -> Result<u8, LoadError>] "", "";
    opaque: [fn f(a: u8) -> Result<Foreign, LoadError>]
        "returns `opaque`, which may contain anything, in `Foreign.id`",
        "returns `opaque`, which may contain anything, in `Foreign.id`";
    by_hand: [fn f(a: u8) -> Result<ByHand, LoadError>]
        "returns `ByHand`, which may contain anything", "returns `ByHand`, which may contain anything";
    opaque_taken: [fn f(a: Foreign) -> Result<u8, LoadError>]
        "takes `opaque`, which may contain anything, in `Foreign.id`",
        "takes `opaque`, which may contain anything, in `Foreign.id`";

    lent: [fn f(a: &mut dyn Walk) -> Result<(), LoadError>] "", "";
    lent_keeper: [fn f(a: &mut dyn Keep) -> Result<(), LoadError>]
        "passes a borrow, `&str`, through a callback or a method, in `Keep::keep`", "";
    lent_source: [fn f(a: &dyn Source<'_>) -> Result<(), LoadError>]
        "", "passes a borrow, `&str`, through a callback or a method, in `Source::text`";
    held: [fn f(a: u8) -> Result<Held<Box<dyn Walk>>, LoadError>] "", "";
    held_by_name: [fn f(a: &str) -> Result<Held<Box<dyn Walk>>, LoadError>] "", "";
    held_taken: [fn f(a: Held<Box<dyn Keep>>) -> Result<u8, LoadError>]
        "passes a borrow, `&str`, through a callback or a method, in `Keep::keep`", "";
    held_source: [fn f(a: u8) -> Result<Held<Box<dyn Source<'static>>>, LoadError>]
        "passes a borrow, `&str`, through a callback or a method, in `Source::text`", "";
    held_person: [fn f(a: u8) -> Result<Held<Box<dyn Person>>, LoadError>]
        "passes a borrow, `&str`, through a callback or a method, in `Named::name`", "";
    held_closure: [fn f(a: &str) -> Result<Held<Box<dyn Fn(&str, u64) -> String>>, LoadError>] "", "";
    held_closure_gives: [fn f(a: u8) -> Result<Held<Box<dyn Fn() -> Text>>, LoadError>]
        "passes a borrow, `&str`, through a callback or a method", "";
    held_texts: [fn f(a: u8) -> Result<Held<Box<dyn Iterator<Item = &'static str>>>, LoadError>]
        "passes a borrow, `&str`, through a callback or a method", "";
    held_item_of_text: [
        fn f(a: &str, b: String) -> Result<Held<Box<dyn Iterator<Item = Tree> + Send>>, LoadError>
    ] "", "";
    held_strings: [fn f(a: u8) -> Result<Held<Box<dyn Iterator<Item = String>>>, LoadError>] "", "";
    held_static: [fn f(a: u8) -> Result<Held<&'static [u8]>, LoadError>] "", "";
    held_statics: [fn f(a: u8) -> Result<Held<&'static [&'static str]>, LoadError>]
        "returns a borrow, `&str`", "";
    held_reader: [fn f(a: u8) -> Result<Held<Box<dyn io::Read>>, LoadError>]
        "returns `dyn Read`, whose methods return errors that may carry code", "";
    held_error: [fn f(a: u8) -> Result<Held<io::Error>, LoadError>]
        "returns `io::Error`, which may carry code", "";
    held_any_error: [fn f(a: u8) -> Result<Held<Box<dyn Error>>, LoadError>]
        "returns `dyn Error`, whose methods return errors that may carry code", "";
    held_display: [fn f(a: u8) -> Result<Held<Box<dyn fmt::Display>>, LoadError>] "", "";

    reader: [fn f(a: &mut dyn io::Read) -> Result<(), LoadError>] "", "";
    reader_of_lines: [fn f(a: &mut (dyn io::BufRead + Send)) -> Result<Vec<u8>, LoadError>] "", "";
    reader_anywhere: [fn f(a: &mut dyn io::Seek, b: &str) -> Result<u64, LoadError>] "", "";
    reader_alias: [fn f(a: &mut Input) -> Result<(), LoadError>]
        "", "takes `dyn Read`, whose methods return errors that may carry code";
    reader_named: [fn f<'a>(a: &'a mut dyn io::Read) -> Result<(), LoadError>]
        "", "takes a borrow, `&mut dyn Read`";
    reader_in_option: [fn f(a: Option<&mut dyn io::Read>) -> Result<(), LoadError>]
        "", "takes a borrow, `&mut dyn Read`";
    reader_in_callback: [
        fn f(a: &mut dyn FnMut(&mut dyn io::Read)) -> Result<(), LoadError>
    ] "takes `dyn Read`, whose methods return errors that may carry code", "";
    reader_and_borrow: [fn f(a: &mut dyn io::Read) -> Result<&str, LoadError>]
        "returns a borrow, `&str`", "takes a borrow, `&mut dyn Read`";
    reader_and_static: [fn f(a: &mut dyn io::Read) -> Result<&'static str, LoadError>]
        "returns a borrow, `&str`", "";
    reader_and_named: [fn f<'a>(a: &mut dyn io::Read, b: &'a u8) -> Result<&'a u8, LoadError>]
        "returns a borrow, `&u8`", "takes a borrow, `&u8`";
    reader_held_too: [
        fn f(a: &mut dyn io::Read) -> Result<Held<Box<dyn io::Read>>, LoadError>
    ] "returns `dyn Read`, whose methods return errors that may carry code", "";
    reader_later: [async fn f(a: &mut (dyn io::Read + Send)) -> Result<(), LoadError>] "", "";
    codec: [
        fn f(a: &mut dyn io::Read, b: &mut dyn io::Write) -> Result<u64, LoadError>
    ] "", "";
    writer: [fn f(a: &mut Vec<Box<u8>>, b: &mut dyn io::Write) -> Result<(), LoadError>] "", "";
    writer_of_text: [fn f(a: &mut dyn fmt::Write) -> Result<(), LoadError>] "", "";
    writer_unloadable: [
        fn f(a: &mut (dyn io::Write + Send), b: u8) -> Result<(), LoadError>;
        #[ustub]
        fn g(a: &mut dyn fmt::Write) -> Result<u8, LoadError>
    ] "", "";
    writer_later: [
        async fn f(
            a: &mut (dyn io::Write + Send),
            b: &mut (dyn fmt::Write + Send)
        ) -> Result<(), LoadError>
    ] "", "";
    writer_alias: [fn f(a: &mut Output) -> Result<(), LoadError>]
        "takes `dyn Write`, whose `write_fmt` may keep text of the module",
        "takes `dyn Write`, whose methods return errors that may carry code";
    writer_in_option: [fn f(a: Option<&mut dyn io::Write>) -> Result<(), LoadError>]
        "takes `dyn Write`, whose `write_fmt` may keep text of the module",
        "takes a borrow, `&mut dyn Write`";
    writer_own: [
        fn f(a: &mut dyn own::Write) -> Result<(), LoadError>;
        #[ustub]
        fn g() -> Result<u8, LoadError>
    ] "", "";
    lent_iterator: [
        fn f(a: &mut dyn Iterator<Item = (String, Vec<u8>)>) -> Result<u64, LoadError>
    ] "", "";
    lent_error: [fn f(a: &dyn Error) -> Result<(), LoadError>]
        "", "takes `dyn Error`, whose methods return errors that may carry code";
    shown: [fn f(a: &dyn fmt::Display, b: &mut fmt::Formatter<'_>) -> Result<(), LoadError>] "", "";
    arguments: [fn f(a: fmt::Arguments<'_>) -> Result<(), LoadError>]
        "", "takes a borrow, `fmt::Arguments`";

    asynchronous: [async fn f(a: &str) -> Result<String, LoadError>] "", "";
    asynchronous_borrow: [async fn f(a: &str) -> Result<&str, LoadError>]
        "returns a borrow, `&str`", "takes a borrow, `&str`";
}

/// A caller relies on the shield of the function that it is bound to, which may have been built
/// against another version of the interface.
#[test]
fn a_function_with_a_shield_is_not_one_without() {
    let functions = [
        reader::DECLARATION,
        reader_alias::DECLARATION,
        reader_named::DECLARATION,
    ];
    let [shielded, alias, named] = functions.map(|one| one.functions.get(0));
    assert_ne!(shielded.hash, alias.hash);
    assert_eq!(shielded.hash, named.hash);
    assert_eq!(shielded.signature, named.signature);
}
