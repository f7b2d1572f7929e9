//! One attempt: an interface with one function, its provider and its caller, of which one tries to
//! keep what the other has lent it.

use fastrand::Rng;

use crate::code::{Side, Writer};
use crate::ty::{self, Ty};

/// The types of a generated function.
#[derive(Debug)]
pub(crate) struct Function {
    asynchronous: bool,
    args: Vec<Ty>,
    result: Option<Ty>,
}

/// How the caller makes its arguments.
#[derive(Clone, Copy, Debug)]
enum Args {
    /// Everything lives for ever, so that results that borrow from arguments do too.
    Leaked,
    /// In local variables, which the caller takes apart after the call.
    Local,
}

impl Function {
    pub(crate) fn generate(rng: &mut Rng) -> Self {
        let asynchronous = rng.u8(0..5) == 0;
        let args = (0..rng.usize(1..3)).map(|_| ty::argument(rng)).collect();
        let result = (rng.u8(0..2) == 0).then(|| ty::result(rng));
        Function {
            asynchronous,
            args,
            result,
        }
    }

    /// `fn call<'a>(a0: &'a str) -> &'a str`
    pub(crate) fn signature(&self) -> String {
        let args: Vec<_> = self.args.iter().enumerate().map(argument).collect();
        let result = self.result.as_ref().map_or("()".to_owned(), Ty::text);
        let mut text = format!("({}) -> Result<{result}, Absent>", args.join(", "));
        let mut head = "fn call".to_owned();
        if self.asynchronous {
            head.insert_str(0, "async ");
            // A future has to be `Send`.
            for name in ty::streams() {
                let object = format!("dyn {name}");
                text = text.replace(&object, &format!("({object} + Send)"));
            }
        }
        let declared: Vec<_> = ["'a", "'b"]
            .into_iter()
            .filter(|life| {
                text.contains(&format!("{life} ")) || text.contains(&format!("<{life}>"))
            })
            .collect();
        match declared.is_empty() {
            true => format!("{head}{text}"),
            false => format!("{head}<{}>{text}", declared.join(", ")),
        }
    }

    /// The modules of all attempts. `first` is the number of the first, which keeps nothing.
    pub(crate) fn attempts(&self, first: usize) -> Vec<String> {
        let mut attempts = vec![self.write(&mut Writer::new(None), first, Args::Leaked)];
        for args in [Args::Leaked, Args::Local] {
            let mut all = Writer::new(None);
            self.write(&mut all, 0, args);
            for place in 0..all.places {
                let mut one = Writer::new(Some(place));
                attempts.push(self.write(&mut one, first + attempts.len(), args));
            }
        }
        attempts
    }

    fn write(&self, writer: &mut Writer, number: usize, args: Args) -> String {
        let signature = self.signature();
        let mut provider = String::new();
        for (i, ty) in self.args.iter().enumerate() {
            provider += &writer.take(ty, &format!("a{i}"), Side::Provider);
        }
        let made = match &self.result {
            Some(ty) => writer.make(ty, Side::Provider),
            None => "()".to_owned(),
        };

        let (mut before, mut passed, mut after) = (String::new(), Vec::new(), String::new());
        for (i, ty) in self.args.iter().enumerate() {
            let local = format!("a{i}");
            let (value, place, inner) = match (args, ty) {
                (Args::Local, Ty::RefMut(_, inner)) => (
                    writer.make(inner, Side::Caller),
                    format!("&mut {local}"),
                    Some(inner),
                ),
                (Args::Local, Ty::Ref(_, inner)) => {
                    (writer.make(inner, Side::Caller), format!("&{local}"), None)
                }
                (Args::Local, Ty::Cell(_, inner)) => {
                    let value = writer.make(inner, Side::Caller);
                    before += &format!("let {local} = std::cell::Cell::new({value});");
                    passed.push(format!("&{local}"));
                    let inside = format!("{local}.into_inner()");
                    after += &writer.take(inner, &inside, Side::Caller);
                    continue;
                }
                _ => {
                    passed.push(writer.make(ty, Side::Caller));
                    continue;
                }
            };
            before += &format!("let mut {local} = {value};");
            passed.push(place);
            if let Some(inner) = inner {
                after += &writer.take(inner, &local, Side::Caller);
            }
        }
        let taken = match &self.result {
            Some(ty) => writer.take(ty, "result", Side::Caller),
            None => String::new(),
        };
        let call = format!("f{number}::call({})", passed.join(", "));
        let call = match self.asynchronous {
            true => format!("ready({call})"),
            false => call,
        };
        format!(
            "mod m{number} {{
    use super::*;
    #[module(name = \"f{number}\")]
    pub trait F{number} {{
        #[ustub]
        {signature};
    }}
    pub struct Own;
    #[module]
    impl F{number} for Own {{
        {signature} {{ {provider} Ok({made}) }}
    }}
    pub fn attempt() {{
        {before}
        if let Ok(result) = {call} {{ {taken} }}
        {after}
    }}
}}
"
        )
    }
}

fn argument((i, ty): (usize, &Ty)) -> String {
    format!("a{i}: {}", ty.text())
}
