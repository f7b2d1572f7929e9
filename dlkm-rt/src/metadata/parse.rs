//! Takes metadata text apart. Nothing in it is trusted.

use super::interface::{Export, FieldInfo, InterfaceInfo, Layout, TypeInfo, TypeKind, VariantInfo};
use super::{BadMetadata, Build, Metadata, text};
use crate::declaration::{Abi, Class, Function, StubTable};

/// The lines, as they come by.
#[derive(Default)]
struct Parser {
    /// Those whose key stands once.
    single: Vec<(String, String)>,
    interfaces: Vec<InterfaceInfo>,
}

pub(super) fn metadata(text: &[u8]) -> Result<Metadata, BadMetadata> {
    let mut parser = Parser::default();
    parser.lines(text)?;
    let format = parser.take("format")?;
    if format != text::FORMAT {
        let known = text::FORMAT;
        return Err(BadMetadata(format!(
            "format {format} is unknown; known is {known}"
        )));
    }
    let words = |text: String| text.split_whitespace().map(str::to_owned).collect();
    Ok(Metadata {
        name: parser.take("name")?,
        version: parser.take("version")?,
        kind: parser.take("kind")?,
        desc: parser.take("desc")?,
        states: parser.take("states").map(words)?,
        depends: parser.take("depends").map(words)?,
        build: Build::parse(|key| parser.take(key))?,
        interfaces: parser.interfaces,
    })
}

/// The interfaces in a text that has nothing else.
pub(super) fn interfaces(text: &[u8]) -> Result<Vec<InterfaceInfo>, BadMetadata> {
    let mut parser = Parser::default();
    parser.lines(text)?;
    Ok(parser.interfaces)
}

impl InterfaceInfo {
    /// What an image that calls the interface was built with.
    pub(crate) fn of_stubs(stubs: &StubTable) -> Result<Self, BadMetadata> {
        let declared = &stubs.declaration;
        let mut parser = Parser {
            single: Vec::new(),
            interfaces: vec![InterfaceInfo {
                name: declared.name.to_owned(),
                class: declared.class,
                abi: declared.abi,
                version: declared.version.to_owned(),
                exports: declared.functions.iter().map(Export::of).collect(),
                types: Vec::new(),
            }],
        };
        parser.lines(stubs.types)?;
        Ok(parser.interfaces.swap_remove(0))
    }
}

impl Export {
    fn of(function: &Function) -> Self {
        Export {
            name: function.name.to_owned(),
            hash: function.hash,
            signature: function.signature.to_owned(),
        }
    }
}

impl Parser {
    fn lines(&mut self, text: &[u8]) -> Result<(), BadMetadata> {
        let text = std::str::from_utf8(text)
            .map_err(|error| BadMetadata(format!("the metadata is not UTF-8: {error}")))?;
        for line in text.split('\0').filter(|line| !line.is_empty()) {
            let (key, value) = line
                .split_once('=')
                .ok_or_else(|| BadMetadata(format!("`{line}` is no `key=value`")))?;
            match key {
                "interface" => self.interfaces.push(interface(value)?),
                "export" => {
                    let export = export(value)?;
                    self.interface("export", &export.name)?.exports.push(export);
                }
                "type" => {
                    let ty = ty(value)?;
                    self.interface("type", &ty.name)?.types.push(ty);
                }
                "variant" => self.variant(value)?,
                "field" => self.field(value)?,
                // Later formats may add keys; those that decide will raise `format`.
                _ => {
                    if self.single.iter().any(|(known, _)| known == key) {
                        return Err(BadMetadata(format!("the key `{key}` stands there twice")));
                    }
                    self.single.push((key.to_owned(), value.to_owned()));
                }
            }
        }
        Ok(())
    }

    fn take(&self, key: &str) -> Result<String, BadMetadata> {
        self.single
            .iter()
            .find(|(known, _)| known == key)
            .map(|(_, value)| value.clone())
            .ok_or_else(|| BadMetadata(format!("the key `{key}` is missing")))
    }

    /// The interface that the line is of.
    fn interface(&mut self, key: &str, name: &str) -> Result<&mut InterfaceInfo, BadMetadata> {
        self.interfaces
            .last_mut()
            .ok_or_else(|| BadMetadata(format!("{key} `{name}` stands before any interface")))
    }

    /// The type that the line is of.
    fn ty(&mut self, key: &str, name: &str) -> Result<&mut TypeInfo, BadMetadata> {
        self.interfaces
            .last_mut()
            .and_then(|interface| interface.types.last_mut())
            .ok_or_else(|| BadMetadata(format!("{key} `{name}` stands before any type")))
    }

    /// `NAME[ VALUE]`
    fn variant(&mut self, text: &str) -> Result<(), BadMetadata> {
        let (name, value) = match text.split_once(' ') {
            Some((name, value)) => (name, Some(value)),
            None => (text, None),
        };
        let ty = self.ty("variant", name)?;
        if ty.kind != TypeKind::Enum {
            let of = &ty.name;
            return Err(BadMetadata(format!(
                "variant `{name}` stands in `{of}`, which is no enum"
            )));
        }
        let value = value.map(str::parse).transpose().map_err(|_| {
            let of = &ty.name;
            BadMetadata(format!("variant `{name}` of `{of}` has no number"))
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
        let (head, field_type) = text
            .split_once(": ")
            .ok_or_else(|| BadMetadata(format!("field `{text}` has no type")))?;
        let (name, offset) = match head.split_once(" at ") {
            Some((name, offset)) => (name, Some(offset)),
            None => (head, None),
        };
        let ty = self.ty("field", name)?;
        let of = &ty.name;
        let offset = offset
            .map(str::parse)
            .transpose()
            .map_err(|_| BadMetadata(format!("field `{name}` of `{of}` has no place")))?;
        let fields = match (ty.kind, ty.variants.last_mut()) {
            (TypeKind::Enum, Some(variant)) => &mut variant.fields,
            (TypeKind::Enum, None) => {
                return Err(BadMetadata(format!(
                    "field `{name}` of `{of}` stands before any variant"
                )));
            }
            _ => &mut ty.fields,
        };
        fields.push(FieldInfo {
            name: name.to_owned(),
            offset,
            ty: field_type.to_owned(),
        });
        Ok(())
    }
}

/// `NAME CLASS ABI VERSION`
fn interface(text: &str) -> Result<InterfaceInfo, BadMetadata> {
    let mut words = text.split(' ');
    let name = words.next().unwrap_or_default();
    let lacks = |what: &str| BadMetadata(format!("interface `{name}` has no {what}"));
    let word = words.next().unwrap_or_default();
    let class = [Class::LoadOnly, Class::Unloadable]
        .into_iter()
        .find(|known| known.as_str() == word)
        .ok_or_else(|| lacks("known class"))?;
    let word = words.next().unwrap_or_default();
    let abi = [Abi::Rust, Abi::C]
        .into_iter()
        .find(|known| known.as_str() == word)
        .ok_or_else(|| lacks("known ABI"))?;
    let version = words.next().filter(|version| !version.is_empty());
    Ok(InterfaceInfo {
        name: name.to_owned(),
        class,
        abi,
        version: version.ok_or_else(|| lacks("version"))?.to_owned(),
        exports: Vec::new(),
        types: Vec::new(),
    })
}

/// `NAME HASH: SIGNATURE`
fn export(text: &str) -> Result<Export, BadMetadata> {
    let (head, signature) = text
        .split_once(": ")
        .ok_or_else(|| BadMetadata(format!("export `{text}` has no signature")))?;
    let (name, hash) = head.split_once(' ').unwrap_or((head, ""));
    let digits = hash.len() == 16 && hash.bytes().all(|digit| digit.is_ascii_hexdigit());
    let hash = u64::from_str_radix(hash, 16)
        .ok()
        .filter(|_| digits)
        .ok_or_else(|| BadMetadata(format!("export `{name}` has no hash")))?;
    Ok(Export {
        name: name.to_owned(),
        hash,
        signature: signature.to_owned(),
    })
}

/// `KIND[ size S align A][ niche][ REPR]: NAME`
fn ty(text: &str) -> Result<TypeInfo, BadMetadata> {
    let (head, name) = text
        .split_once(": ")
        .filter(|(_, name)| !name.is_empty())
        .ok_or_else(|| BadMetadata(format!("type `{text}` has no name")))?;
    let (word, rest) = head.split_once(' ').unwrap_or((head, ""));
    let kind = [TypeKind::Struct, TypeKind::Enum, TypeKind::Trait]
        .into_iter()
        .find(|known| known.as_str() == word)
        .ok_or_else(|| BadMetadata(format!("type `{name}` is of no known kind")))?;
    let (layout, rest) = match rest.strip_prefix("size ") {
        Some(rest) => {
            let (layout, rest) = layout(rest)
                .ok_or_else(|| BadMetadata(format!("type `{name}` has no size and alignment")))?;
            (Some(layout), rest)
        }
        None => (None, rest),
    };
    let (niche, repr) = match rest.strip_prefix("niche") {
        Some(rest) => (true, rest),
        None => (false, rest),
    };
    Ok(TypeInfo {
        kind,
        name: name.to_owned(),
        layout,
        niche,
        repr: repr.trim().to_owned(),
        variants: Vec::new(),
        fields: Vec::new(),
    })
}

/// `S align A`, and what follows.
fn layout(text: &str) -> Option<(Layout, &str)> {
    let (size, rest) = text.split_once(" align ")?;
    let (align, rest) = rest.split_once(' ').unwrap_or((rest, ""));
    let layout = Layout {
        size: size.parse().ok()?,
        align: align.parse().ok()?,
    };
    Some((layout, rest))
}
