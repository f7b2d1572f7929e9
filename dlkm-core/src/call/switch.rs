//! Switch tables: interfaces that many modules provide, with an entry for each of these modules.
//!
//! HP-UX has one for each kind of driver (`cdevsw`, `vfssw`), with generic stubs in it. Here an entry
//! has the stubs of its module, as an interface's table has those of the one module behind it. A
//! stub of an entry has no function for a call without a module: such a function would not know
//! which entry was called. So the call compares first, and asks the kernel itself.

use std::ptr;

use dlkm_metadata::Metadata;

use super::hold::{Hold, HoldPlace};
use super::slot::{Code, Slot};
use super::stub::Stub;
use super::table::{InEntry, StubTable};
use crate::hashed::Hashed;
use crate::primitive::{Acquire, AtomicPtr, Release};

/// In a slot of an entry: no module serves it, and a weak call takes its fallback. No function has
/// this address, and [`Entry::code`] compares with it.
const UNBOUND: *const () = ptr::null();

/// In a slot of an entry: calls wait for the end of an unload. As [`UNBOUND`].
const WAITING: *const () = ptr::dangling();

/// A switch table in one image.
///
/// # Invariants
/// 1. `entries` is null, or a list that `publish` has leaked. `Lists` frees it, once the image is
///    unmapped, so that no one has the `&'static` that lead into it.
#[derive(Debug)]
pub struct Switch {
    /// The interface, with the kinds of its stubs, but without these.
    pub template: StubTable,
    entries: AtomicPtr<Entries>,
}

/// The entries at one time. Each list has all entries of the list before it, which stays: a thread
/// may be reading it.
#[derive(Debug)]
struct Entries {
    all: Vec<&'static EntryData>,
    keys: Keys,
    before: *mut Entries,
}

/// What a switch table knows of one module. It stays as long as the table's image.
#[derive(Debug)]
pub struct EntryData {
    /// Its stubs, with the interface.
    pub table: StubTable,
    metadata: Metadata,
    number: usize,
}

/// One entry of a switch table, with `N` functions: a handle.
#[derive(Clone, Copy, Debug)]
pub struct Entry<const N: usize> {
    stubs: &'static [Stub; N],
    data: &'static EntryData,
}

/// The interfaces of switch tables that this image uses. The linker collects them for each image.
#[linkme::distributed_slice]
pub static DLKM_SWITCHES: [Switch];

impl Switch {
    /// A table without entries.
    pub const fn new(template: StubTable) -> Self {
        Switch {
            template,
            entries: AtomicPtr::new(ptr::null_mut()),
        }
    }

    fn entries(&self) -> Option<&Entries> {
        // Acquire: pairs with the Release in `publish`.
        let entries = self.entries.load(Acquire);
        // SAFETY: by `Switch` invariant 1 null or a live list, which nothing changes.
        unsafe { entries.as_ref() }
    }

    /// All entries, sorted by number.
    pub fn all(&self) -> &[&'static EntryData] {
        self.entries().map_or(&[], |entries| &entries.all)
    }

    /// What is known of a key.
    pub(crate) fn find(&self, key: &str) -> Option<Found> {
        self.entries()?.keys.find(key)
    }

    /// The keys, sorted.
    pub(crate) fn keys(&self) -> impl Iterator<Item = &str> {
        let entries = self.entries();
        entries
            .into_iter()
            .flat_map(|entries| entries.keys.all.iter().map(|(key, _)| &**key))
    }

    /// Adds entries for these modules, which have none. The kernel calls this under its lock, so no
    /// other thread publishes.
    #[inline]
    pub fn publish(&'static self, modules: Vec<(Metadata, usize)>) -> Vec<&'static StubTable> {
        let mut all = self.all().to_vec();
        let mut added = Vec::new();
        for (metadata, number) in modules {
            let data = self.make(metadata, number);
            added.push(&data.table);
            all.push(data);
        }
        dlkm_metadata::order::sort_by(&mut all, |one, other| one.number.cmp(&other.number));
        let list = Box::new(Entries {
            keys: Keys::new(&all),
            all,
            // Relaxed would do: only this thread stores.
            before: self.entries.load(Acquire),
        });
        // Release: pairs with the Acquire in `entries`.
        self.entries.store(Box::into_raw(list), Release);
        added
    }

    #[inline]
    fn make(&'static self, metadata: Metadata, number: usize) -> &'static EntryData {
        let kinds = self.template.kinds;
        let stubs: Vec<Stub> = kinds
            .iter()
            .map(|_| Stub::new(Slot::new(UNBOUND)))
            .collect();
        let counted = format!("{}/{}", self.template.declaration.name, metadata.name());
        Box::leak(Box::new(EntryData {
            table: StubTable {
                declaration: self.template.declaration,
                types: self.template.types,
                hold: Box::leak(Box::new(HoldPlace::new())),
                stubs: Vec::leak(stubs),
                kinds,
                entry: Some(InEntry {
                    switch: ptr::from_ref(self).addr(),
                    module: String::leak(metadata.name().to_owned()),
                    counted: String::leak(counted),
                }),
                waits: Some(|_| Code::new(WAITING)),
                reach: None,
            },
            metadata,
            number,
        }))
    }
}

/// The lists of a switch table, and all entries in them, which this owns.
///
/// # Invariants
/// 1. The pointer is null, or to the last list of a table, which is unmapped when this is dropped.
#[derive(Debug)]
pub struct Lists(*mut Entries);

impl Switch {
    /// What to drop once the image of this table is unmapped.
    ///
    /// # Safety
    /// The result must not be dropped earlier.
    pub unsafe fn lists(&self) -> Lists {
        // Acquire: pairs with the Release in `publish`.
        Lists(self.entries.load(Acquire))
    }
}

impl Drop for Lists {
    #[inline]
    fn drop(&mut self) {
        /// Frees what `Box::leak` returned.
        ///
        /// # Safety
        /// `leaked` must be of a `Box` of its own, and not be used afterwards.
        unsafe fn free<T: ?Sized>(leaked: *const T) {
            // SAFETY: as the caller promises.
            drop(unsafe { Box::from_raw(leaked.cast_mut()) });
        }

        // SAFETY: `Lists` invariant 1.
        let last = unsafe { self.0.as_ref() };
        for entry in last.map_or(&[][..], |last| &last.all) {
            let entry = ptr::from_ref(*entry);
            // SAFETY: still live; the last list has each entry once.
            let StubTable {
                hold,
                stubs,
                entry: place,
                ..
            } = unsafe { &(*entry).table };
            let texts = place.map(|place| [place.module, place.counted].map(ptr::from_ref));
            let (hold, stubs) = (ptr::from_ref(*hold), ptr::from_ref(*stubs));
            // SAFETY: leaked by `Switch::make`, and by `Lists` invariant 1 no one else has it.
            unsafe { free(entry) };
            // SAFETY: as `entry`.
            unsafe { free(hold) };
            // SAFETY: as `entry`.
            unsafe { free(stubs) };
            for text in texts.into_iter().flatten() {
                // SAFETY: as `entry`.
                unsafe { free(text) };
            }
        }
        let mut list = self.0;
        while !list.is_null() {
            // SAFETY: leaked by `Switch::publish`; the lists before a list are a chain.
            list = unsafe { Box::from_raw(list) }.before;
        }
    }
}

/// Whether the address is that of one of these tables.
pub fn is_in(switches: &[Switch], address: usize) -> bool {
    let of = switches.as_ptr_range();
    (of.start.addr()..of.end.addr()).contains(&address)
}

impl EntryData {
    /// Its module's metadata, as of its registration.
    pub fn metadata(&self) -> &Metadata {
        &self.metadata
    }

    /// Its number: the same in all images, as long as the kernel runs.
    pub(crate) fn number(&self) -> usize {
        self.number
    }
}

impl<const N: usize> Entry<N> {
    /// The handle of an entry; `None` if its interface has another number of functions.
    pub(crate) fn new(data: &'static EntryData) -> Option<Self> {
        let stubs = data.table.stubs.try_into().ok()?;
        Some(Entry { stubs, data })
    }

    /// The stubs, with the interface.
    pub fn table(&self) -> &'static StubTable {
        &self.data.table
    }

    pub(crate) fn data(&self) -> &'static EntryData {
        self.data
    }

    /// The function that a call of stub number `index` goes to now; `None` if the call must ask the
    /// kernel.
    #[inline(always)]
    pub fn code(&self, index: usize) -> Option<Code> {
        let code = self.stubs[index].slot.code();
        // Both are less than any function's address.
        (code.address().addr() > WAITING.addr()).then_some(code)
    }

    /// Whether the weak stub number `index` has no module, so that its fallback may be called
    /// without a hold.
    #[inline(always)]
    pub fn is_unbound(&self, index: usize) -> bool {
        self.stubs[index].slot.is_unbound()
    }

    /// Counts a call in, if the place of this thread's record is known.
    #[inline(always)]
    pub fn enter(&self) -> Option<Hold> {
        self.data.table.hold.enter()
    }
}

/// What is known of a key. Not a position: the next list may have the entry elsewhere.
#[derive(Clone, Copy, Debug)]
pub enum Found {
    /// Its entry.
    One(&'static EntryData),
    /// Several modules have it.
    Several,
}

/// The keys of entries, which nothing changes.
#[derive(Debug)]
struct Keys {
    /// Sorted by key.
    all: Vec<(Box<str>, Found)>,
    places: Hashed,
}

impl Keys {
    #[inline]
    fn new(entries: &[&'static EntryData]) -> Self {
        let mut all: Vec<(Box<str>, Found)> = Vec::new();
        for entry in entries.iter().copied() {
            for key in entry.metadata.keys() {
                match all.iter_mut().find(|(known, _)| **known == **key) {
                    Some((_, Found::One(known))) if ptr::eq(*known, entry) => {}
                    Some((_, found)) => *found = Found::Several,
                    None => all.push((key.as_str().into(), Found::One(entry))),
                }
            }
        }
        dlkm_metadata::order::sort_by(&mut all, |one, other| one.0.cmp(&other.0));
        let places = Hashed::new(all.len(), all.iter().map(|(key, _)| &**key));
        Keys { all, places }
    }

    fn find(&self, key: &str) -> Option<Found> {
        let mut entries = self.places.positions(key).map(|at| &self.all[at]);
        entries.find_map(|(known, found)| (**known == *key).then_some(*found))
    }
}

#[cfg(test)]
mod tests {
    use dlkm_metadata::write::{Declaration, Functions, Unmap};
    use dlkm_metadata::{Abi, Class};

    use super::*;

    fn module(name: &str) -> Metadata {
        let text = format!(
            "format=2\0name={name}\0version=0.1.0\0kind=misc\0desc=\0states=auto\0depends=\0\
             key={name}\0key=both\0interface=codec unloadable Rust 0.1.0\0switch=yes\0\
             rustc=1.95.0\0commit=unknown\0target=x86_64-unknown-linux-gnu\0pointer=64\0\
             panic=unwind\0runtime=0.1.0\0sanitizer=\0flags=\0features=\0"
        );
        Metadata::parse(text.as_bytes()).unwrap()
    }

    fn switch() -> &'static Switch {
        let template = StubTable {
            declaration: Declaration {
                name: "codec",
                class: Class::Unloadable,
                switch: true,
                abi: Abi::Rust,
                version: "0.1.0",
                functions: Functions::NONE,
                unmap: Unmap::PROVEN,
            },
            types: &[],
            hold: Box::leak(Box::new(HoldPlace::new())),
            stubs: &[],
            kinds: &[],
            entry: None,
            waits: None,
            reach: None,
        };
        Box::leak(Box::new(Switch::new(template)))
    }

    fn name_of(found: Option<Found>) -> Option<&'static str> {
        match found? {
            Found::One(entry) => Some(entry.metadata().name()),
            Found::Several => Some("several"),
        }
    }

    /// A module that was registered later may have a lower number, and a reader may be in between.
    #[test]
    fn what_was_found_is_the_same_entry_in_the_next_list() {
        let switch = switch();
        assert!(switch.find("b").is_none() && switch.all().is_empty());
        switch.publish(vec![(module("b"), 1)]);
        let found = switch.find("b");
        assert_eq!(name_of(switch.find("both")), Some("b"));
        switch.publish(vec![(module("a"), 0)]);
        assert_eq!(switch.all()[0].metadata().name(), "a");
        assert_eq!(name_of(found), Some("b"));
        assert_eq!(name_of(switch.find("b")), Some("b"));
        assert_eq!(name_of(switch.find("a")), Some("a"));
        assert_eq!(name_of(switch.find("both")), Some("several"));
        assert!(switch.keys().eq(["a", "b", "both"]));
    }
}
