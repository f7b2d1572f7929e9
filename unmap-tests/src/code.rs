//! Code that makes values and takes them apart.

use crate::ty::{Call, Leaf, Object, Ty};

/// Who runs a piece of code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Side {
    Provider,
    Caller,
}

impl Side {
    fn letter(self) -> char {
        match self {
            Side::Provider => 'P',
            Side::Caller => 'C',
        }
    }

    fn own(self) -> &'static str {
        match self {
            Side::Provider => "ProvidersOwn",
            Side::Caller => "CallersOwn",
        }
    }

    fn keeps(self) -> &'static str {
        match self {
            Side::Provider => "p_keeps",
            Side::Caller => "c_keeps",
        }
    }
}

/// Writes the code of one attempt: of all places where a side could keep something, it tries one.
/// rustc rejects most such attempts, so a program with more than one would show nothing.
pub(crate) struct Writer {
    wanted: Option<usize>,
    /// How many places have been passed.
    pub(crate) places: usize,
    names: usize,
}

impl Writer {
    pub(crate) fn new(wanted: Option<usize>) -> Self {
        Writer {
            wanted,
            places: 0,
            names: 0,
        }
    }

    pub(crate) fn name(&mut self) -> String {
        self.names += 1;
        format!("v{}", self.names)
    }

    /// Keeps `value` here, if this is the place.
    fn keep(&mut self, value: &str, side: Side) -> String {
        let here = self.wanted == Some(self.places);
        self.places += 1;
        if here {
            format!("{}({value});", side.keeps())
        } else {
            format!("let _ = {value};")
        }
    }

    /// An expression for a value of the type that `side` makes. References lead to statics.
    pub(crate) fn make(&mut self, ty: &Ty, side: Side) -> String {
        let letter = side.letter();
        match ty {
            Ty::Leaf(_, Leaf::Str) | Ty::Text | Ty::TextOf(_) => format!("\"{letter}\""),
            Ty::Leaf(_, Leaf::Bytes) => format!("&b\"{letter}\"[..]"),
            Ty::Leaf(_, Leaf::Number) => format!("&b'{letter}'"),
            Ty::Ref(_, ty) => format!("&*Box::leak(Box::new({}))", self.make(ty, side)),
            Ty::RefMut(_, ty) => format!("Box::leak(Box::new({}))", self.make(ty, side)),
            Ty::Slice(_, ty) => format!("&*vec![{}].leak()", self.make(ty, side)),
            Ty::Option(ty) => format!("Some({})", self.make(ty, side)),
            Ty::Vec(ty) => format!("vec![{}]", self.make(ty, side)),
            Ty::Box(ty) => format!("Box::new({})", self.make(ty, side)),
            Ty::Array(ty) => format!("[{}]", self.make(ty, side)),
            Ty::Tuple(ty) => format!("({}, 0)", self.make(ty, side)),
            Ty::Cell(_, ty) => format!(
                "&*Box::leak(Box::new(std::cell::Cell::new({})))",
                self.make(ty, side)
            ),
            Ty::Wrap(ty) => format!("Wrap({})", self.make(ty, side)),
            Ty::Fixed(ty) => format!("Fixed({})", self.make(ty, side)),
            Ty::Pair(_) => format!("Pair {{ text: \"{letter}\", number: 0 }}"),
            Ty::Token(_) => "Token(PhantomData)".to_owned(),
            Ty::Mark(_) => "Mark(PhantomData)".to_owned(),
            Ty::Texts(_) => format!("vec![\"{letter}\"]"),
            Ty::FnMut(_, call) => format!("&mut {}", self.closure(call, side)),
            Ty::Object(..) => format!("&mut {}", side.own()),
            Ty::Iterator(_, item) => {
                format!("&mut std::iter::once({})", self.make(item, side))
            }
            Ty::HeldObject(_) => format!("Held::new(Box::new({}))", side.own()),
            Ty::HeldIterator(item) => format!(
                "Held::new(Box::new(std::iter::once({})))",
                self.make(item, side)
            ),
            Ty::HeldFn(call) => format!("Held::new(Box::new({}))", self.closure(call, side)),
            Ty::HeldLeaf(leaf) => {
                let leaf = Ty::Leaf(crate::ty::Life::Static, *leaf);
                format!("Held::new({})", self.make(&leaf, side))
            }
        }
    }

    /// A closure of `side`: it takes its arguments apart, and makes its result.
    fn closure(&mut self, call: &Call, side: Side) -> String {
        let names: Vec<_> = call.args.iter().map(|_| self.name()).collect();
        let mut body = String::new();
        for (ty, name) in call.args.iter().zip(&names) {
            body += &self.take(ty, name, side);
        }
        if let Some(ty) = &call.result {
            body += &self.make(ty, side);
        }
        format!("|{}| {{ {body} }}", names.join(", "))
    }

    /// Statements with which `side` takes the value apart.
    pub(crate) fn take(&mut self, ty: &Ty, value: &str, side: Side) -> String {
        match ty {
            Ty::Leaf(..) | Ty::Text | Ty::TextOf(_) => self.keep(value, side),
            Ty::Ref(_, ty) => self.look(ty, value, side),
            Ty::RefMut(_, ty) => {
                let other = self.make(ty, side);
                let value = format!("std::mem::replace({value}, {other})");
                self.within("let", &value, |it, name| it.take(ty, name, side))
            }
            Ty::Slice(_, ty) => self.each(value, |it, name| it.look(ty, name, side)),
            Ty::Option(ty) | Ty::Vec(ty) => self.each(value, |it, name| it.take(ty, name, side)),
            Ty::Iterator(_, ty) | Ty::HeldIterator(ty) => {
                self.each(value, |it, name| it.take(ty, name, side))
            }
            Ty::Box(ty) => {
                let value = format!("*{value}");
                self.within("let", &value, |it, name| it.take(ty, name, side))
            }
            Ty::Array(ty) => {
                let value = format!("{value}.into_iter().next()");
                self.each(&value, |it, name| it.take(ty, name, side))
            }
            Ty::Tuple(ty) | Ty::Wrap(ty) | Ty::Fixed(ty) => {
                let value = format!("{value}.0");
                self.within("let", &value, |it, name| it.take(ty, name, side))
            }
            Ty::Cell(_, ty) => self.replace(ty, value, side),
            Ty::Pair(_) => self.keep(&format!("{value}.text"), side),
            Ty::Texts(_) => self.each(value, |it, name| it.keep(name, side)),
            Ty::Token(_) | Ty::Mark(_) => format!("let _ = {value};"),
            Ty::FnMut(_, call) | Ty::HeldFn(call) => {
                self.within("let", value, |it, name| it.call(call, name, side))
            }
            Ty::Object(_, object, _) | Ty::HeldObject(object) => {
                self.within("let mut", value, |it, name| it.use_mut(*object, name, side))
            }
            Ty::HeldLeaf(_) => {
                self.within("let", value, |it, name| it.keep(&format!("&*{name}"), side))
            }
        }
    }

    /// Statements with which `side` takes apart what a shared reference leads to.
    fn look(&mut self, ty: &Ty, value: &str, side: Side) -> String {
        let again = |it: &mut Self, value: String, ty: &Ty| {
            it.within("let", &value, |it, name| it.look(ty, name, side))
        };
        match ty {
            Ty::Leaf(..) | Ty::Text | Ty::TextOf(_) => self.keep(&format!("*{value}"), side),
            Ty::Ref(_, ty) => again(self, format!("*{value}"), ty),
            Ty::RefMut(_, ty) | Ty::Box(ty) => again(self, format!("&**{value}"), ty),
            Ty::Slice(_, ty) | Ty::Option(ty) | Ty::Vec(ty) | Ty::Array(ty) => {
                let value = format!("{value}.iter()");
                self.each(&value, |it, name| it.look(ty, name, side))
            }
            Ty::Tuple(ty) | Ty::Wrap(ty) | Ty::Fixed(ty) => again(self, format!("&{value}.0"), ty),
            Ty::Cell(_, ty) => self.replace(ty, value, side),
            Ty::Pair(_) => self.keep(&format!("{value}.text"), side),
            Ty::Texts(_) => {
                let value = format!("{value}.iter()");
                self.each(&value, |it, name| it.keep(&format!("*{name}"), side))
            }
            Ty::HeldFn(call) => {
                let value = format!("&**{value}");
                self.within("let", &value, |it, name| it.call(call, name, side))
            }
            Ty::HeldLeaf(_) => self.keep(&format!("&**{value}"), side),
            Ty::Object(_, object, _) | Ty::HeldObject(object) => {
                let value = format!("&**{value}");
                self.within("let", &value, |it, name| it.use_shared(*object, name, side))
            }
            Ty::Token(_) | Ty::Mark(_) | Ty::FnMut(..) | Ty::Iterator(..) | Ty::HeldIterator(_) => {
                format!("let _ = {value};")
            }
        }
    }

    fn within(
        &mut self,
        keyword: &str,
        value: &str,
        body: impl FnOnce(&mut Self, &str) -> String,
    ) -> String {
        let name = self.name();
        let body = body(self, &name);
        format!("{keyword} {name} = {value}; {body}")
    }

    fn each(&mut self, value: &str, body: impl FnOnce(&mut Self, &str) -> String) -> String {
        let name = self.name();
        let body = body(self, &name);
        format!("for {name} in {value} {{ {body} }}")
    }

    fn replace(&mut self, ty: &Ty, cell: &str, side: Side) -> String {
        let other = self.make(ty, side);
        let value = format!("{cell}.replace({other})");
        self.within("let", &value, |it, name| it.take(ty, name, side))
    }

    fn call(&mut self, call: &Call, callable: &str, side: Side) -> String {
        let args: Vec<_> = call.args.iter().map(|ty| self.make(ty, side)).collect();
        let value = format!("{callable}({})", args.join(", "));
        match &call.result {
            None => format!("{value};"),
            Some(ty) => self.within("let", &value, |it, name| it.take(ty, name, side)),
        }
    }

    /// Calls the methods of a trait object. What the object's side keeps is in the prelude.
    fn use_mut(&mut self, object: Object, name: &str, side: Side) -> String {
        let letter = side.letter();
        match object {
            Object::Source | Object::Above => self.keep(&format!("{name}.next()"), side),
            Object::Sink => format!("{name}.put(\"{letter}\");"),
            Object::Filler => {
                let texts = self.name();
                let kept = self.each(&texts, |it, text| it.keep(text, side));
                format!("let mut {texts} = vec![\"{letter}\"]; {name}.fill(&mut {texts}); {kept}")
            }
            Object::Listener => format!("{name}.hear(\"{letter}\");"),
            Object::IoWrite => {
                let failed = self.complain(&format!("io::Write::write(&mut *{name}, &[0])"), side);
                format!(
                    "let _ = io::Write::write_fmt(&mut *{name}, \
                     format_args!(\"{letter} is written\")); {failed}"
                )
            }
            Object::FmtWrite => format!(
                "let _ = fmt::Write::write_fmt(&mut *{name}, format_args!(\"{letter} is written\"));"
            ),
            Object::IoRead => {
                let failed = format!("io::Read::read(&mut *{name}, &mut [0])");
                let failed = self.complain(&failed, side);
                let buffer = self.name();
                let kept = self.keep(&format!("&Box::leak(Box::new({buffer}))[..]"), side);
                format!(
                    "{failed} let mut {buffer} = [io::IoSliceMut::new(Box::leak(Box::new([0])))]; \
                     let _ = io::Read::read_vectored(&mut *{name}, &mut {buffer}); \
                     let [{buffer}] = {buffer}; {kept}"
                )
            }
            Object::IoBufRead => {
                let failed = format!("io::BufRead::read_until(&mut *{name}, 0, &mut Vec::new())");
                let failed = self.complain(&failed, side);
                let bytes = self.name();
                let kept = self.keep(&bytes, side);
                format!(
                    "{failed} if let Ok({bytes}) = io::BufRead::fill_buf(&mut *{name}) {{ {kept} }}"
                )
            }
            Object::IoSeek => self.complain(&format!("io::Seek::rewind(&mut *{name})"), side),
            Object::Named | Object::Chooser | Object::Display | Object::Error => {
                let shared = format!("&*{name}");
                self.within("let", &shared, |it, name| it.use_shared(object, name, side))
            }
        }
    }

    /// Keeps the text in the error of `result`.
    fn complain(&mut self, result: &str, side: Side) -> String {
        let (error, text) = (self.name(), self.name());
        let kept = self.keep(&text, side);
        format!(
            "if let Err({error}) = {result} {{ if let Some({text}) = complaint(&{error}) \
             {{ {kept} }} }}"
        )
    }

    fn use_shared(&mut self, object: Object, name: &str, side: Side) -> String {
        let letter = side.letter();
        match object {
            Object::Named => self.keep(&format!("{name}.name()"), side),
            Object::Chooser => {
                let value = format!("{name}.choose(\"{letter}\", \"{letter}\")");
                self.keep(&value, side)
            }
            Object::Display => format!("let _ = {name}.to_string();"),
            Object::Error => {
                let text = self.name();
                let kept = self.keep(&text, side);
                format!(
                    "if let Some({text}) = {name}.source().and_then(|error| \
                     error.downcast_ref::<Complaint>()).map(|one| one.0) {{ {kept} }}"
                )
            }
            _ => format!("let _ = {name};"),
        }
    }
}
