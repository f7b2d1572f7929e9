//! Parses metadata text. Nothing in it is trusted.

mod line;
mod part;
mod tunables;
mod types;

use std::ops::Range;
use std::sync::Arc;
use std::time::Duration;

use crate::build_record::Build;
use crate::dependency::{Requirement, Want};
use crate::error::BadMetadata;
use crate::functions::Function;
use crate::interface::{Export, InterfaceInfo};
use crate::limits;
use crate::magic::Magic;
use crate::metadata::{Content, Metadata};
use crate::order::sort_by;
use crate::phase::Phase;
use crate::small::{self, cut, list, owned};
use crate::state::ModuleState;
use crate::texts::Texts;
use crate::tunable::TunableInfo;
use crate::visible::{self, Quoted};
use crate::write::{Described, FORMAT, OwnBuild};

use part::{bad, too_many};

/// The keys of the module's own lines, each of which may appear only once, as those of `Build`.
const KEYS: [&str; 13] = [
    "format",
    "name",
    "version",
    "kind",
    "desc",
    "states",
    "phases",
    "critical",
    "depends",
    "weak",
    "idle",
    "stays-mapped",
    "stub-of",
];

/// What has been parsed so far.
#[derive(Default)]
struct Parser<'a> {
    /// The lines whose key is known and may appear only once.
    single: Vec<(&'a str, &'a str)>,
    requires: Vec<Requirement>,
    wants: Vec<Want>,
    tunables: Vec<TunableInfo>,
    keys: Vec<String>,
    extensions: Vec<String>,
    magics: Vec<Magic>,
    interfaces: Vec<InterfaceInfo>,
}

/// Parses a module's metadata. `shared_std` is what its image links, and `own` the build of the
/// runtime that reads it, if one does.
pub(crate) fn metadata(
    text: Vec<u8>,
    shared_std: Option<String>,
    own: Option<&'static OwnBuild>,
) -> Result<Metadata, BadMetadata> {
    if text.len() as u64 > limits::METADATA {
        return Err(too_many("the metadata", limits::METADATA, "bytes"));
    }
    let text = String::from_utf8(text)
        .map_err(|error| not_utf8(error.utf8_error()))?
        .into_boxed_str();
    let mut parser = Parser {
        // The number of such keys, those of `Build` included.
        single: Vec::with_capacity(16),
        ..Parser::default()
    };
    // Usually the image was built like its reader, and its last lines need no parsing.
    let same = own.and_then(|own| {
        let rest = text.as_bytes().strip_suffix(own.text())?;
        rest.ends_with(b"\0").then_some((own, rest.len()))
    });
    parser.lines(&text[..same.map_or(text.len(), |(_, length)| length)])?;
    let format = parser.take("format")?;
    if format != FORMAT {
        return Err(bad(format_args!(
            "format {} is unknown; this version reads format {FORMAT}",
            Quoted(format)
        )));
    }
    let range = |value: &str| {
        let start = value.as_ptr() as usize - text.as_ptr() as usize;
        start..start + value.len()
    };
    let place = |key| -> Result<Range<usize>, BadMetadata> { Ok(range(parser.take(key)?)) };
    let (name, version) = (place("name")?, place("version")?);
    let (kind, desc) = (place("kind")?, place("desc")?);
    let states = states(parser.take("states")?)?;
    let phases = parser
        .find("phases")
        .map_or(Ok(Phase::ALL.to_vec()), phases)?;
    let critical = parser.find("critical").is_some();
    let depends = words(parser.take("depends")?);
    if depends.len() > limits::DEPENDS {
        return Err(too_many("`depends`", limits::DEPENDS as u64, "modules"));
    }
    let weak = parser.find("weak").map(words).unwrap_or_default();
    if weak.len() > limits::DEPENDS {
        return Err(too_many("`weak`", limits::DEPENDS as u64, "modules"));
    }
    let idle = parser.find("idle").map(idle).transpose()?;
    let stays_mapped = parser.find("stays-mapped").map(range);
    let stub_of = parser.find("stub-of").map(range);
    let build = if let Some((own, _)) = same {
        parser.none_of_build()?;
        Build::of(own)
    } else {
        Build::parse(|key| parser.take(key))?
    };
    let Parser {
        requires,
        wants,
        tunables,
        mut keys,
        extensions,
        magics,
        mut interfaces,
        ..
    } = parser;
    for interface in interfaces.iter_mut().filter(|one| one.switch) {
        let counted = format!("{}/{}", interface.name(), &text[name.clone()]);
        interface.counted = Some(counted.into_boxed_str());
    }
    let tunables = sorted(tunables)?;
    if keys.is_empty() && interfaces.iter().any(InterfaceInfo::is_switch) {
        keys.push(owned(&text[name.clone()]));
    }
    Ok(Metadata(Arc::new(Content {
        text,
        name,
        version,
        kind,
        desc,
        states,
        phases,
        critical,
        depends,
        requires,
        wants,
        weak,
        idle,
        stays_mapped,
        stub_of,
        shared_std,
        tunables,
        keys,
        extensions,
        magics,
        interfaces,
        build,
    })))
}

/// By name, whatever order the linker has chosen. In names, `-` and `_` are one.
fn sorted(mut tunables: Vec<TunableInfo>) -> Result<Vec<TunableInfo>, BadMetadata> {
    sort_by(&mut tunables, |one, other| one.name.cmp(&other.name));
    let mut plain = list(tunables.iter().map(|one| one.name.replace('-', "_")));
    sort_by(&mut plain, Ord::cmp);
    match plain.windows(2).find(|two| two[0] == two[1]) {
        Some(twice) => Err(bad(format_args!(
            "two tunables have the name `{}`; give one of them another `name`",
            Quoted(&twice[0])
        ))),
        None => Ok(tunables),
    }
}

/// The words between spaces.
fn words(text: &str) -> Vec<String> {
    let mut words = Vec::new();
    for word in text.split(' ') {
        if !word.is_empty() {
            words.push(owned(word));
        }
    }
    words
}

fn not_utf8(error: std::str::Utf8Error) -> BadMetadata {
    bad(format_args!("the metadata is not UTF-8: {error}"))
}

fn twice(key: &str) -> BadMetadata {
    bad(format_args!("the key `{key}` appears twice"))
}

/// Parses a text that has interfaces only.
pub(crate) fn interfaces(text: &[u8]) -> Result<Vec<InterfaceInfo>, BadMetadata> {
    let mut parser = Parser::default();
    parser.lines(std::str::from_utf8(text).map_err(not_utf8)?)?;
    Ok(parser.interfaces)
}

impl InterfaceInfo {
    /// The interface that a calling image was built with.
    ///
    /// # Errors
    /// The text of the types can't be parsed.
    pub fn of_caller(caller: &Described<'_>) -> Result<Self, BadMetadata> {
        let declared = caller.declaration;
        let mut parser = Parser {
            interfaces: vec![InterfaceInfo {
                texts: Texts::new([declared.name, declared.version]),
                class: declared.class,
                abi: declared.abi,
                switch: declared.switch,
                counted: None,
                exports: declared.functions.iter().map(Export::of).collect(),
                types: Vec::new(),
            }],
            ..Parser::default()
        };
        parser.lines(std::str::from_utf8(caller.types).map_err(not_utf8)?)?;
        Ok(parser.interfaces.swap_remove(0))
    }
}

impl Export {
    fn of(function: Function) -> Self {
        Export {
            texts: Texts::new([function.name, function.signature]),
            hash: function.hash,
        }
    }
}

impl<'a> Parser<'a> {
    fn lines(&mut self, text: &'a str) -> Result<(), BadMetadata> {
        if let Some((at, sign)) = visible::hidden(text) {
            return Err(not_visible(text, at, sign));
        }
        let mut rest = text;
        while !rest.is_empty() {
            let line;
            (line, rest) = small::line(rest);
            if line.is_empty() {
                continue;
            }
            let Some((key, value)) = cut(line, "=") else {
                let line = Quoted(line);
                return Err(bad(format_args!("`{line}` is not `key=value`")));
            };
            match key {
                "interface" => {
                    let one = line::interface(value)?;
                    let all = &mut self.interfaces;
                    room(all.len(), limits::INTERFACES, "interfaces", MODULE)?;
                    all.push(one);
                }
                "export" => {
                    let export = line::export(value)?;
                    let InterfaceInfo { texts, exports, .. } =
                        self.interface("export", export.name())?;
                    room(exports.len(), limits::FUNCTIONS, "functions", texts.get(0))?;
                    exports.push(export);
                }
                "type" => {
                    let ty = line::ty(value)?;
                    let InterfaceInfo { texts, types, .. } = self.interface("type", ty.name())?;
                    room(types.len(), limits::TYPES, "types", texts.get(0))?;
                    types.push(ty);
                }
                "require" => {
                    let one = line::requirement(value)?;
                    let all = &mut self.requires;
                    room(all.len(), limits::DEPENDS, "requirements", MODULE)?;
                    all.push(one);
                }
                "switch" => self.interface(key, value)?.switch = true,
                "key" => self.word(|all| &mut all.keys, value, "keys")?,
                "extension" => self.word(|all| &mut all.extensions, value, "extensions")?,
                "magic" => {
                    let magic = Magic::parse(value).ok_or_else(|| {
                        let value = Quoted(value);
                        bad(format_args!(
                            "magic `{value}` is not an offset, a mask and a value"
                        ))
                    })?;
                    let all = &mut self.magics;
                    room(all.len(), limits::KEYS, "magic numbers", MODULE)?;
                    all.push(magic);
                }
                "want" => {
                    let one = line::want(value)?;
                    let all = &mut self.wants;
                    room(all.len(), limits::DEPENDS, "wants", MODULE)?;
                    all.push(one);
                }
                "tunable" | "default" | "min" | "max" | "choice" => self.tunable(key, value)?,
                "variant" => self.variant(value)?,
                "field" => self.field(value)?,
                "bounds" => self.ty(key, value)?.bounds = owned(value),
                "lifetimes" => self.last_field(value)?.lifetimes = owned(value),
                _ if KEYS.contains(&key) || Build::has(key) => {
                    if self.find(key).is_some() {
                        return Err(twice(key));
                    }
                    self.single.push((key, value));
                }
                // Later versions may add keys; if one changes what others mean, `format` changes.
                _ => {}
            }
        }
        Ok(())
    }

    /// Adds a word to one of the lists.
    fn word(
        &mut self,
        list: fn(&mut Self) -> &mut Vec<String>,
        value: &str,
        what: &str,
    ) -> Result<(), BadMetadata> {
        line::check_length(value)?;
        let all = list(self);
        room(all.len(), limits::KEYS, what, MODULE)?;
        all.push(owned(value));
        Ok(())
    }

    #[inline(never)]
    fn find(&self, key: &str) -> Option<&'a str> {
        let mut single = self.single.iter();
        single
            .find(|(known, _)| *known == key)
            .map(|(_, value)| *value)
    }

    #[inline(never)]
    fn take(&self, key: &str) -> Result<&'a str, BadMetadata> {
        self.find(key)
            .ok_or_else(|| bad(format_args!("the key `{key}` is missing")))
    }

    /// Checks that no line of `Build` has come yet: the lines that follow are those.
    fn none_of_build(&self) -> Result<(), BadMetadata> {
        match self.single.iter().find(|(key, _)| Build::has(key)) {
            Some((key, _)) => Err(twice(key)),
            None => Ok(()),
        }
    }

    /// The interface that the line belongs to.
    fn interface(&mut self, key: &str, name: &str) -> Result<&mut InterfaceInfo, BadMetadata> {
        self.interfaces.last_mut().ok_or_else(|| {
            bad(format_args!(
                "{key} `{}` comes before any interface",
                Quoted(name)
            ))
        })
    }
}

/// What has lists that belong to no interface, in errors.
const MODULE: &str = "the module";

/// Checks that a list that has a limit can have one more. Not generic: the error is made in one place.
#[inline(never)]
fn room(length: usize, most: usize, what: &str, of: &str) -> Result<(), BadMetadata> {
    if length < most {
        return Ok(());
    }
    let of = format!("{}", Quoted(of));
    Err(too_many(&of, most as u64, what))
}

/// Names the line that has a character that does not show as itself.
#[cold]
fn not_visible(text: &str, at: usize, sign: char) -> BadMetadata {
    let start = text[..at].rfind('\0').map_or(0, |end| end + 1);
    let (key, _) = cut(&text[start..at], "=").unwrap_or((&text[start..at], ""));
    bad(format_args!(
        "the value of `{}` has the character U+{:04X}, which does not show as itself; take it \
         out of the module's source, and build the module again",
        Quoted(key),
        u32::from(sign)
    ))
}

fn states(text: &str) -> Result<Vec<ModuleState>, BadMetadata> {
    let mut states = Vec::new();
    for word in text.split(' ').filter(|word| !word.is_empty()) {
        let unknown = || bad(format_args!("state `{}` is unknown", Quoted(word)));
        let state = ModuleState::of(word).ok_or_else(unknown)?;
        if !states.contains(&state) {
            states.push(state);
        }
    }
    Ok(states)
}

fn phases(text: &str) -> Result<Vec<Phase>, BadMetadata> {
    let mut named = [false; Phase::ALL.len()];
    for word in text.split(' ').filter(|word| !word.is_empty()) {
        let unknown = || bad(format_args!("phase `{}` is unknown", Quoted(word)));
        named[Phase::of(word).ok_or_else(unknown)? as usize] = true;
    }
    let mut phases = Phase::ALL.to_vec();
    phases.retain(|phase| named[*phase as usize]);
    Ok(phases)
}

fn idle(text: &str) -> Result<Duration, BadMetadata> {
    let millis = text.parse().ok().filter(|millis| *millis > 0);
    millis.map(Duration::from_millis).ok_or_else(|| {
        bad(format_args!(
            "idle `{}` is not a number of milliseconds",
            Quoted(text)
        ))
    })
}

#[cfg(test)]
mod tests;
