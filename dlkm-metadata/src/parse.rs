//! Parses metadata text. Nothing in it is trusted.

use std::fmt;
use std::ops::Range;
use std::sync::Arc;
use std::time::Duration;

use crate::build_record::Build;
use crate::declaration::{Abi, Class, Function};
use crate::error::BadMetadata;
use crate::interface::{Export, FieldInfo, InterfaceInfo, Layout, TypeInfo, TypeKind, VariantInfo};
use crate::metadata::{Content, Metadata};
use crate::state::ModuleState;
use crate::texts::Texts;
use crate::write::{Described, FORMAT, OwnBuild};

/// What has been parsed so far.
#[derive(Default)]
struct Parser<'a> {
    /// The lines whose key may appear only once.
    single: Vec<(&'a str, &'a str)>,
    interfaces: Vec<InterfaceInfo>,
}

/// Parses a module's metadata. `own` is the build of the runtime that reads it, if one does.
pub(crate) fn metadata(
    text: Vec<u8>,
    own: Option<&'static OwnBuild>,
) -> Result<Metadata, BadMetadata> {
    let text = String::from_utf8(text)
        .map_err(|error| not_utf8(error.utf8_error()))?
        .into_boxed_str();
    let mut parser = Parser {
        // The number of such keys, those of `Build` included.
        single: Vec::with_capacity(16),
        interfaces: Vec::new(),
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
            "format {format} is unknown; this version reads format {FORMAT}"
        )));
    }
    let range = |value: &str| {
        let start = value.as_ptr() as usize - text.as_ptr() as usize;
        start..start + value.len()
    };
    let place = |key| -> Result<Range<usize>, BadMetadata> { Ok(range(parser.take(key)?)) };
    let (name, version) = (place("name")?, place("version")?);
    let (kind, desc) = (place("kind")?, place("desc")?);
    let states = words(parser.take("states")?);
    let states = states.iter().map(state).collect::<Result<_, _>>()?;
    let depends = words(parser.take("depends")?);
    let idle = parser.find("idle").map(idle).transpose()?;
    let stays_mapped = parser.find("stays-mapped").map(range);
    let build = if let Some((own, _)) = same {
        parser.none_of_build()?;
        Build::of(own)
    } else {
        Build::parse(|key| parser.take(key))?
    };
    let interfaces = parser.interfaces;
    Ok(Metadata(Arc::new(Content {
        text,
        name,
        version,
        kind,
        desc,
        states,
        depends,
        idle,
        stays_mapped,
        interfaces,
        build,
    })))
}

/// The words between spaces.
fn words(text: &str) -> Vec<String> {
    let mut words = Vec::new();
    for word in text.split(' ') {
        if !word.is_empty() {
            words.push(word.to_owned());
        }
    }
    words
}

/// Not inlined: there are many callers, and no valid module takes this path.
#[cold]
#[inline(never)]
fn bad(text: fmt::Arguments<'_>) -> BadMetadata {
    BadMetadata(fmt::format(text))
}

fn not_utf8(error: std::str::Utf8Error) -> BadMetadata {
    bad(format_args!("the metadata is not UTF-8: {error}"))
}

fn twice(key: &str) -> BadMetadata {
    bad(format_args!("the key `{key}` appears twice"))
}

/// The text before and after the first `sign`. Not inlined: there are many callers.
#[inline(never)]
fn cut<'a>(text: &'a str, sign: &str) -> Option<(&'a str, &'a str)> {
    let (bytes, sign) = (text.as_bytes(), sign.as_bytes());
    let mut at = 0;
    while !bytes[at..].starts_with(sign) {
        at += 1 + bytes
            .get(at + 1..)?
            .iter()
            .position(|byte| *byte == sign[0])?;
    }
    Some((&text[..at], &text[at + sign.len()..]))
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
            single: Vec::new(),
            interfaces: vec![InterfaceInfo {
                texts: Texts::new([declared.name, declared.version]),
                class: declared.class,
                abi: declared.abi,
                exports: declared.functions.iter().map(Export::of).collect(),
                types: Vec::new(),
            }],
        };
        parser.lines(std::str::from_utf8(caller.types).map_err(not_utf8)?)?;
        Ok(parser.interfaces.swap_remove(0))
    }
}

impl Export {
    fn of(function: &Function) -> Self {
        Export {
            texts: Texts::new([function.name, function.signature]),
            hash: function.hash,
        }
    }
}

impl<'a> Parser<'a> {
    fn lines(&mut self, text: &'a str) -> Result<(), BadMetadata> {
        let mut rest = text;
        while !rest.is_empty() {
            let (line, after) = cut(rest, "\0").unwrap_or((rest, ""));
            rest = after;
            if line.is_empty() {
                continue;
            }
            let Some((key, value)) = cut(line, "=") else {
                return Err(bad(format_args!("`{line}` is not `key=value`")));
            };
            match key {
                "interface" => self.interfaces.push(interface(value)?),
                "export" => {
                    let export = export(value)?;
                    let interface = self.interface("export", export.name())?;
                    interface.exports.push(export);
                }
                "type" => {
                    let ty = ty(value)?;
                    self.interface("type", ty.name())?.types.push(ty);
                }
                "variant" => self.variant(value)?,
                "field" => self.field(value)?,
                "bounds" => self.ty(key, value)?.bounds = value.to_owned(),
                "lifetimes" => self.last_field(value)?.lifetimes = value.to_owned(),
                // Later versions may add keys; if one changes what others mean, `format` changes.
                _ => {
                    if self.find(key).is_some() {
                        return Err(twice(key));
                    }
                    self.single.push((key, value));
                }
            }
        }
        Ok(())
    }

    fn find(&self, key: &str) -> Option<&'a str> {
        let mut single = self.single.iter();
        single
            .find(|(known, _)| *known == key)
            .map(|(_, value)| *value)
    }

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
        self.interfaces
            .last_mut()
            .ok_or_else(|| bad(format_args!("{key} `{name}` comes before any interface")))
    }

    /// The type that the line belongs to.
    fn ty(&mut self, key: &str, name: &str) -> Result<&mut TypeInfo, BadMetadata> {
        self.interfaces
            .last_mut()
            .and_then(|interface| interface.types.last_mut())
            .ok_or_else(|| bad(format_args!("{key} `{name}` comes before any type")))
    }

    /// `NAME[ VALUE]`
    fn variant(&mut self, text: &str) -> Result<(), BadMetadata> {
        let (name, value) = match cut(text, " ") {
            Some((name, value)) => (name, Some(value)),
            None => (text, None),
        };
        let ty = self.ty("variant", name)?;
        if ty.kind != TypeKind::Enum {
            let of = ty.name();
            return Err(bad(format_args!(
                "variant `{name}` is in `{of}`, which is not an enum"
            )));
        }
        let value = value.map(str::parse).transpose().map_err(|_| {
            let of = ty.name();
            bad(format_args!(
                "the value of variant `{name}` of `{of}` is not a number"
            ))
        })?;
        ty.variants.push(VariantInfo {
            name: name.to_owned(),
            value,
            fields: Vec::new(),
        });
        Ok(())
    }

    /// `NAME[ at OFFSET]: TYPE`
    fn field(&mut self, text: &str) -> Result<(), BadMetadata> {
        let Some((head, field_type)) = cut(text, ": ") else {
            return Err(bad(format_args!("field `{text}` has no type")));
        };
        let (name, offset) = match cut(head, " at ") {
            Some((name, offset)) => (name, Some(offset)),
            None => (head, None),
        };
        let ty = self.ty("field", name)?;
        let of = ty.texts.get(0);
        let offset = offset.map(str::parse).transpose().map_err(|_| {
            bad(format_args!(
                "the offset of field `{name}` of `{of}` is not a number"
            ))
        })?;
        let fields = match (ty.kind, ty.variants.last_mut()) {
            (TypeKind::Enum, Some(variant)) => &mut variant.fields,
            (TypeKind::Enum, None) => {
                return Err(bad(format_args!(
                    "field `{name}` of `{of}` comes before any variant"
                )));
            }
            _ => &mut ty.fields,
        };
        fields.push(FieldInfo {
            texts: Texts::new([name, field_type]),
            offset,
            lifetimes: String::new(),
        });
        Ok(())
    }

    /// The field that the line belongs to.
    fn last_field(&mut self, value: &str) -> Result<&mut FieldInfo, BadMetadata> {
        let ty = self.ty("lifetimes", value)?;
        let fields = match ty.variants.last_mut() {
            Some(variant) => &mut variant.fields,
            None => &mut ty.fields,
        };
        fields
            .last_mut()
            .ok_or_else(|| bad(format_args!("lifetimes `{value}` come before any field")))
    }
}

fn state(word: impl AsRef<str>) -> Result<ModuleState, BadMetadata> {
    let word = word.as_ref();
    ModuleState::of(word).ok_or_else(|| bad(format_args!("state `{word}` is unknown")))
}

fn idle(text: &str) -> Result<Duration, BadMetadata> {
    let millis = text.parse().ok().filter(|millis| *millis > 0);
    millis.map(Duration::from_millis).ok_or_else(|| {
        bad(format_args!(
            "idle `{text}` is not a number of milliseconds"
        ))
    })
}

/// `NAME CLASS ABI VERSION`
fn interface(text: &str) -> Result<InterfaceInfo, BadMetadata> {
    let (name, rest) = cut(text, " ").unwrap_or((text, ""));
    let (class, rest) = cut(rest, " ").unwrap_or((rest, ""));
    let (abi, rest) = cut(rest, " ").unwrap_or((rest, ""));
    let (version, _) = cut(rest, " ").unwrap_or((rest, ""));
    let lacks = |what: &str| Err(bad(format_args!("interface `{name}` has no {what}")));
    let class = match class {
        "load-only" => Class::LoadOnly,
        "unloadable" => Class::Unloadable,
        _ => return lacks("known class"),
    };
    let abi = match abi {
        "Rust" => Abi::Rust,
        "C" => Abi::C,
        _ => return lacks("known ABI"),
    };
    if version.is_empty() {
        return lacks("version");
    }
    Ok(InterfaceInfo {
        texts: Texts::new([name, version]),
        class,
        abi,
        exports: Vec::new(),
        types: Vec::new(),
    })
}

/// `NAME HASH: SIGNATURE`
fn export(text: &str) -> Result<Export, BadMetadata> {
    let Some((head, signature)) = cut(text, ": ") else {
        return Err(bad(format_args!("export `{text}` has no signature")));
    };
    let (name, hash) = cut(head, " ").unwrap_or((head, ""));
    let digits = hash.len() == 16 && hash.bytes().all(|digit| digit.is_ascii_hexdigit());
    match u64::from_str_radix(hash, 16) {
        Ok(hash) if digits => Ok(Export {
            texts: Texts::new([name, signature]),
            hash,
        }),
        _ => Err(bad(format_args!("export `{name}` has no hash"))),
    }
}

/// `KIND[ size S align A][ niche][ REPR]: NAME`
fn ty(text: &str) -> Result<TypeInfo, BadMetadata> {
    let Some((head, name)) = cut(text, ": ").filter(|(_, name)| !name.is_empty()) else {
        return Err(bad(format_args!("type `{text}` has no name")));
    };
    let (word, rest) = cut(head, " ").unwrap_or((head, ""));
    let kind = match word {
        "struct" => TypeKind::Struct,
        "enum" => TypeKind::Enum,
        "trait" => TypeKind::Trait,
        _ => return Err(bad(format_args!("type `{name}` has no known kind"))),
    };
    let (layout, rest) = match rest.strip_prefix("size ") {
        Some(rest) => match layout(rest) {
            Some((layout, rest)) => (Some(layout), rest),
            None => {
                return Err(bad(format_args!("type `{name}` has no size and alignment")));
            }
        },
        None => (None, rest),
    };
    let (niche, repr) = match rest.strip_prefix("niche") {
        Some(rest) => (true, rest),
        None => (false, rest),
    };
    Ok(TypeInfo {
        texts: Texts::new([name, repr.trim_ascii()]),
        kind,
        layout,
        niche,
        bounds: String::new(),
        variants: Vec::new(),
        fields: Vec::new(),
    })
}

/// Parses `S align A`; returns the rest too.
fn layout(text: &str) -> Option<(Layout, &str)> {
    let (size, rest) = cut(text, " align ")?;
    let (align, rest) = cut(rest, " ").unwrap_or((rest, ""));
    let layout = Layout {
        size: size.parse().ok()?,
        align: align.parse().ok()?,
    };
    Some((layout, rest))
}
