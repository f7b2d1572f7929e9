//! From a static to the AST. Reports what makes no sense.

use proc_macro2::TokenStream;
use syn::ext::IdentExt;
use syn::{Expr, ItemStatic, RangeLimits, StaticMutability, Type};

use super::ast::{Range, Static};
use crate::args::Args;
use crate::check;
use crate::errors::Errors;
use crate::runtime::Runtime;

pub(super) fn parse<'a>(
    args: TokenStream,
    item: &'a ItemStatic,
    errors: &mut Errors,
) -> Static<'a> {
    let mut args = Args::parse(args, errors);
    let name = args.text("name", errors);
    let name = match name {
        Some(text) => (text.value(), text.span()),
        None => {
            let name = item.ident.unraw().to_string();
            (name.to_lowercase(), item.ident.span())
        }
    };
    let desc = args.text("desc", errors);
    let range = args
        .tokens("range", "a range, as in `1..=4096`", errors)
        .and_then(|tokens| range(tokens, errors));
    let dynamic = args.flag("dynamic", errors);
    let changed = args.path("changed", errors);
    let runtime = Runtime::take(&mut args, "tunable", errors).path;
    args.finish(errors);
    if let (Some(hook), None) = (&changed, &dynamic) {
        errors.at(
            hook,
            "a hook for changes needs a tunable that can change while the module is loaded: add \
             `dynamic`, or leave `changed` out",
        );
    }
    check_name(&name, errors);
    if let Some(desc) = &desc {
        check::desc(desc, errors);
    }
    if let StaticMutability::Mut(word) = &item.mutability {
        errors.at(
            word,
            "the kernel sets the tunable through a shared reference: remove `mut`",
        );
    }
    if !is_tunable(&item.ty) {
        errors.at(
            &item.ty,
            "`#[tunable]` goes on a `static` of the type `Tunable<T>`, as in `Tunable<u32>`",
        );
    }
    Static {
        runtime,
        item,
        name,
        desc,
        dynamic: dynamic.is_some(),
        range,
        changed,
    }
}

fn range(tokens: TokenStream, errors: &mut Errors) -> Option<Range> {
    let Ok(Expr::Range(range)) = syn::parse2::<Expr>(tokens.clone()) else {
        errors.at(tokens, "`range` takes a range, as in `1..=4096`");
        return None;
    };
    match (&range.start, &range.limits, &range.end) {
        (None, _, None) => {
            errors.at(tokens, "the range has no bounds: leave `range` out");
            return None;
        }
        (_, RangeLimits::HalfOpen(dots), Some(_)) => {
            errors.at(
                dots,
                "the range of a tunable includes its greatest value: write `..=`",
            );
            return None;
        }
        _ => {}
    }
    Some(Range {
        tokens,
        min: range.start.map(|bound| *bound),
        max: range.end.map(|bound| *bound),
    })
}

/// The rule of names in the system file, without the period that is between module and tunable.
fn check_name((text, span): &(String, proc_macro2::Span), errors: &mut Errors) {
    let plain =
        |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"_-".contains(&byte);
    let first = text.bytes().next();
    if first.is_none_or(|byte| !byte.is_ascii_lowercase() && byte != b'_')
        || !text.bytes().all(plain)
        || text.len() > 64
    {
        let message = format!(
            "\"{text}\" can't be the name of a tunable: use lowercase letters, digits, `_` and `-`, \
             a letter first, at most 64 characters"
        );
        errors.add(syn::Error::new(*span, message));
    }
}

/// Whether the path of the type ends with `Tunable`.
fn is_tunable(ty: &Type) -> bool {
    match ty {
        Type::Group(inner) => is_tunable(&inner.elem),
        Type::Paren(inner) => is_tunable(&inner.elem),
        Type::Path(ty) => {
            let last = ty.path.segments.last();
            last.is_some_and(|last| last.ident == "Tunable")
        }
        _ => false,
    }
}

/// The digits of a number literal, with its sign; empty for any other expression.
pub(super) fn digits(expr: &Expr) -> String {
    match expr {
        Expr::Lit(lit) => match &lit.lit {
            syn::Lit::Float(number) => number.base10_digits().to_owned(),
            _ => String::new(),
        },
        Expr::Unary(unary) if matches!(unary.op, syn::UnOp::Neg(_)) => {
            match &*digits(&unary.expr) {
                "" => String::new(),
                digits => format!("-{digits}"),
            }
        }
        Expr::Group(inner) => digits(&inner.expr),
        Expr::Paren(inner) => digits(&inner.expr),
        _ => String::new(),
    }
}

/// The default in `Tunable::new(default)`, or the whole expression.
pub(super) fn default_of(initial: &Expr) -> &Expr {
    match initial {
        Expr::Call(call) if call.args.len() == 1 => &call.args[0],
        other => other,
    }
}
