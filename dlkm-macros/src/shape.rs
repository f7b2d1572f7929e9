//! The type that stands for a type in a description: as written, but with shapes in place
//! of `fn` and `dyn Fn`, and with lifetimes as the place allows them.
//!
//! It is the last step: the result is tokens that no visitor looks into again.

use proc_macro2::{Group, Literal, Span, TokenStream, TokenTree};
use quote::{ToTokens, quote};
use syn::visit::{self, Visit};
use syn::visit_mut::{self, VisitMut};
use syn::{
    Abi, BoundLifetimes, GenericParam, Ident, Lifetime, Macro, NamedArg,
    ParenthesizedGenericArguments, Path, PathArguments, ReturnType, TraitBound, Type, TypeFnPtr,
    TypeParamBound, TypeReference, TypeTraitObject,
};

/// What becomes of lifetimes; a description has none of its own.
#[derive(Clone, Copy)]
pub(crate) enum Lifetimes<'a> {
    /// In an expression, whose lifetimes rustc finds: named ones become `'_`.
    #[cfg_attr(not(test), expect(dead_code, reason = "for signatures, which follow"))]
    Inferred,
    /// In an associated type, where none may be left out: elided ones, those of a `for<'a>`
    /// and the given ones become `'static`; those that the item declares stay.
    Static(&'a [Lifetime]),
}

/// The type that stands for `ty`. `rt` is where the runtime's `interface` is.
pub(crate) fn shape(ty: &Type, rt: &TokenStream, lifetimes: Lifetimes<'_>) -> Type {
    let mut ty = ty.clone();
    let mut shape = Shape {
        rt,
        lifetimes,
        bound: Vec::new(),
    };
    shape.visit_type_mut(&mut ty);
    ty
}

/// A list of types: `()`, `One`, or a tree of `Two`.
pub(crate) fn list(types: &[impl ToTokens], rt: &TokenStream) -> TokenStream {
    let ones = types.iter().map(|ty| quote!(#rt::interface::One<#ty>));
    tree(&ones.collect::<Vec<_>>(), rt)
}

/// Lists one after another, none of them empty.
pub(crate) fn tree(lists: &[TokenStream], rt: &TokenStream) -> TokenStream {
    match lists {
        [] => quote!(()),
        [one] => one.clone(),
        more => {
            let (left, right) = more.split_at(more.len() / 2);
            let (left, right) = (tree(left, rt), tree(right, rt));
            quote!(#rt::interface::Two<#left, #right>)
        }
    }
}

struct Shape<'a> {
    rt: &'a TokenStream,
    lifetimes: Lifetimes<'a>,
    /// Declared by a `for<'a>` around.
    bound: Vec<Lifetime>,
}

impl Shape<'_> {
    /// Does `inner` where the lifetimes of a `for<'a>` are known, which is taken away: none
    /// of them is left.
    fn within<T>(
        &mut self,
        binder: Option<BoundLifetimes>,
        inner: impl FnOnce(&mut Self) -> T,
    ) -> T {
        let before = self.bound.len();
        let params = binder.into_iter().flat_map(|binder| binder.lifetimes);
        self.bound.extend(params.filter_map(|param| match param {
            GenericParam::Lifetime(param) => Some(param.lifetime),
            GenericParam::Type(_) | GenericParam::Const(_) => None,
        }));
        let result = inner(self);
        self.bound.truncate(before);
        result
    }

    /// `Function<KIND, (A, B), R>`, or `Closure`, where rustc points at `written`.
    fn write(
        &self,
        written: TokenStream,
        name: &str,
        kind: usize,
        args: &[&Type],
        output: &ReturnType,
    ) -> Type {
        let rt = self.rt;
        let args = list(args, rt);
        let result = match output {
            ReturnType::Default => quote!(()),
            ReturnType::Type(_, ty) => ty.to_token_stream(),
        };
        let name = Ident::new(name, Span::call_site());
        let kind = Literal::usize_unsuffixed(kind);
        let (first, last) = ends(written);
        let path = located(quote!(#rt::interface::#name<), first);
        let close = located(quote!(>), last);
        Type::Verbatim(quote!(#path #kind, #args, #result #close))
    }

    fn function(&self, ty: &TypeFnPtr, written: TokenStream) -> Option<Type> {
        let kind = match (abi(ty.abi.as_ref()), ty.unsafety.is_some()) {
            (Some("Rust"), is_unsafe) => usize::from(is_unsafe),
            (Some("C"), is_unsafe) => 2 + usize::from(is_unsafe),
            _ => return None,
        };
        let args: Vec<_> = ty.inputs.iter().map(|arg| &arg.ty).collect();
        let known = ty.variadic.is_none();
        known.then(|| self.write(written, "Function", kind, &args, &ty.output))
    }

    fn closure(&self, ty: &TypeTraitObject, written: TokenStream) -> Option<Type> {
        let mut call = None;
        let mut auto = [false; 2];
        for bound in &ty.bounds {
            match bound {
                TypeParamBound::Lifetime(_) => {}
                TypeParamBound::Trait(bound) => match closure(&bound.path) {
                    Some(found) => call = Some(found),
                    None => {
                        let name = &bound.path.segments.last()?.ident;
                        let which = ["Send", "Sync"].iter().position(|one| name == one)?;
                        auto[which] = true;
                    }
                },
                _ => return None,
            }
        }
        let (kind, call) = call?;
        let kind = kind + 3 * usize::from(auto[0]) + 6 * usize::from(auto[1]);
        let args: Vec<_> = call.inputs.iter().map(|arg| &arg.ty).collect();
        Some(self.write(written, "Closure", kind, &args, &call.output))
    }
}

impl VisitMut for Shape<'_> {
    fn visit_type_mut(&mut self, ty: &mut Type) {
        let written = ty.to_token_stream();
        match ty {
            Type::FnPtr(function) => {
                let binder = function.lifetimes.take();
                self.within(binder, |shape| {
                    visit_mut::visit_type_fn_ptr_mut(shape, function);
                });
                if let Some(shape) = self.function(function, written) {
                    *ty = shape;
                }
            }
            Type::TraitObject(object) => {
                visit_mut::visit_type_trait_object_mut(self, object);
                if let Some(shape) = self.closure(object, written) {
                    *ty = shape;
                }
            }
            Type::Paren(paren) => {
                self.visit_type_mut(&mut paren.elem);
                // Around `dyn Fn() + Send` they were needed; rustc would warn of them now.
                if let Type::Verbatim(_) = &*paren.elem {
                    *ty = (*paren.elem).clone();
                }
            }
            other => visit_mut::visit_type_mut(self, other),
        }
    }

    fn visit_trait_bound_mut(&mut self, bound: &mut TraitBound) {
        let binder = bound.lifetimes.take();
        self.within(binder, |shape| {
            visit_mut::visit_trait_bound_mut(shape, bound);
        });
    }

    fn visit_type_reference_mut(&mut self, ty: &mut TypeReference) {
        if let Lifetimes::Static(_) = self.lifetimes {
            let span = ty.and_token.span;
            ty.lifetime
                .get_or_insert_with(|| Lifetime::new("'static", span));
        }
        visit_mut::visit_type_reference_mut(self, ty);
    }

    fn visit_lifetime_mut(&mut self, lifetime: &mut Lifetime) {
        let becomes = match self.lifetimes {
            Lifetimes::Inferred if lifetime.ident != "static" => "'_",
            Lifetimes::Static(own)
                if lifetime.ident == "_"
                    || own.contains(lifetime)
                    || self.bound.contains(lifetime) =>
            {
                "'static"
            }
            _ => return,
        };
        *lifetime = Lifetime::new(becomes, lifetime.span());
    }
}

/// `"Rust"` or `"C"`; `None` for another one.
pub(crate) fn abi(abi: Option<&Abi>) -> Option<&'static str> {
    let Some(abi) = abi else { return Some("Rust") };
    match abi.name.as_ref().map(|name| name.value()).as_deref() {
        None | Some("C") => Some("C"),
        Some("Rust") => Some("Rust"),
        Some(_) => None,
    }
}

/// Which of `Fn`, `FnMut` and `FnOnce` it is, with its arguments.
fn closure(path: &Path) -> Option<(usize, &ParenthesizedGenericArguments)> {
    let last = path.segments.last()?;
    let PathArguments::Parenthesized(call) = &last.arguments else {
        return None;
    };
    let kind = ["Fn", "FnMut", "FnOnce"]
        .iter()
        .position(|one| last.ident == one)?;
    Some((kind, call))
}

/// Where the first and the last token are.
pub(crate) fn ends(tokens: TokenStream) -> (Span, Span) {
    let mut spans = tokens.into_iter().map(|token| match token {
        TokenTree::Group(group) => (group.span_open(), group.span_close()),
        other => (other.span(), other.span()),
    });
    let call_site = (Span::call_site(), Span::call_site());
    let first = spans.next().unwrap_or(call_site);
    let last = spans.last().unwrap_or(first);
    (first.0, last.1)
}

/// The tokens as if they stood there; what they mean, and who wrote them, stays.
pub(crate) fn located(tokens: TokenStream, there: Span) -> TokenStream {
    let tokens = tokens.into_iter().map(|token| {
        let mut token = match token {
            TokenTree::Group(group) => {
                let inner = located(group.stream(), there);
                let mut outer = Group::new(group.delimiter(), inner);
                outer.set_span(group.span());
                TokenTree::Group(outer)
            }
            other => other,
        };
        token.set_span(there.resolved_at(token.span()));
        token
    });
    tokens.collect()
}

/// Whether references in the type can only be `'static`: it is written with that, other
/// than among a function's arguments, or without any lifetime and any of the `generics`.
pub(crate) fn pins(ty: &Type, generics: &[Ident]) -> bool {
    let mut seen = Seen {
        generics,
        depth: 0,
        forever: false,
        open: false,
    };
    seen.visit_type(ty);
    seen.forever || !seen.open
}

struct Seen<'a> {
    generics: &'a [Ident],
    /// How many lists of arguments lie around.
    depth: usize,
    /// There is a `'static`.
    forever: bool,
    /// There is another lifetime, or a parameter that may have one.
    open: bool,
}

impl<'ast> Visit<'ast> for Seen<'_> {
    fn visit_lifetime(&mut self, lifetime: &'ast Lifetime) {
        if lifetime.ident == "static" && self.depth == 0 {
            self.forever = true;
        } else {
            self.open = true;
        }
    }

    fn visit_type_reference(&mut self, ty: &'ast TypeReference) {
        self.open |= ty.lifetime.is_none();
        visit::visit_type_reference(self, ty);
    }

    fn visit_ident(&mut self, ident: &'ast Ident) {
        self.open |= self.generics.contains(ident);
    }

    fn visit_macro(&mut self, _: &'ast Macro) {
        // Nobody knows what it stands for.
        self.open = true;
    }

    /// Arguments of `fn` and of `dyn Fn` alike.
    fn visit_named_arg(&mut self, arg: &'ast NamedArg) {
        self.depth += 1;
        visit::visit_named_arg(self, arg);
        self.depth -= 1;
    }

    fn visit_bound_lifetimes(&mut self, _: &'ast BoundLifetimes) {}
}

#[cfg(test)]
mod tests {
    use syn::parse_quote;

    use super::*;

    fn shaped(ty: &str, lifetimes: Lifetimes<'_>) -> String {
        let ty: Type = syn::parse_str(ty).unwrap();
        plain(shape(&ty, &quote!(rt), lifetimes))
    }

    /// Without blanks, which depend on how the tokens came about.
    fn plain(tokens: impl ToTokens) -> String {
        let text = tokens.to_token_stream().to_string().replace(' ', "");
        text.replace("rt::interface::", "")
    }

    fn same(tokens: &str) -> String {
        tokens.replace(' ', "")
    }

    #[test]
    fn functions_and_closures_become_shapes() {
        for (ty, shape) in [
            ("Vec<u8>", "Vec<u8>"),
            ("fn()", "Function<0, (), ()>"),
            ("unsafe fn(u8) -> u8", "Function<1, One<u8>, u8>"),
            ("extern \"C\" fn(u8)", "Function<2, One<u8>, ()>"),
            ("unsafe extern fn(u8)", "Function<3, One<u8>, ()>"),
            (
                "extern \"system\" fn(fn())",
                "extern \"system\" fn(Function<0, (), ()>)",
            ),
            (
                "fn(A, b: B, C)",
                "Function<0, Two<One<A>, Two<One<B>, One<C>> >, ()>",
            ),
            (
                "Option<fn(fn(A) -> B)>",
                "Option<Function<0, One<Function<0, One<A>, B>>, ()>>",
            ),
            ("dyn Fn(A) -> B", "Closure<0, One<A>, B>"),
            ("dyn ops::FnMut(A) + Send", "Closure<4, One<A>, ()>"),
            ("dyn Sync + FnOnce()", "Closure<8, (), ()>"),
            ("dyn Fn() + Sync + Send + 'static", "Closure<9, (), ()>"),
            ("Box<dyn Fn() + Unpin>", "Box<dyn Fn() + Unpin>"),
            (
                "dyn Iterator<Item = fn()>",
                "dyn Iterator<Item = Function<0, (), ()>>",
            ),
        ] {
            for lifetimes in [Lifetimes::Inferred, Lifetimes::Static(&[])] {
                assert_eq!(shaped(ty, lifetimes), same(shape), "{ty}");
            }
        }
    }

    #[test]
    fn lifetimes_are_such_as_the_place_allows() {
        let own: Lifetime = parse_quote!('own);
        for (ty, inferred, fixed) in [
            ("&str", "&str", "&'static str"),
            ("&'item u8", "&'_ u8", "&'item u8"),
            ("&'own mut u8", "&'_ mut u8", "&'static mut u8"),
            ("Of<'_, 'static>", "Of<'_, 'static>", "Of<'static, 'static>"),
            ("dyn Any + 'own", "dyn Any + '_", "dyn Any + 'static"),
            ("dyn for<'x> Of<'x>", "dyn Of<'_>", "dyn Of<'static>"),
            (
                "for<'x> fn(&'x u8, &u8) -> &'item u8",
                "Function<0, Two<One<&'_ u8>, One<&u8>>, &'_ u8>",
                "Function<0, Two<One<&'static u8>, One<&'static u8>>, &'item u8>",
            ),
            (
                "&'item (dyn for<'x> Fn(&'x u8) + Send + 'item)",
                "&'_ Closure<3, One<&'_ u8>, ()>",
                "&'item Closure<3, One<&'static u8>, ()>",
            ),
        ] {
            assert_eq!(shaped(ty, Lifetimes::Inferred), same(inferred), "{ty}");
            let lifetimes = Lifetimes::Static(std::slice::from_ref(&own));
            assert_eq!(shaped(ty, lifetimes), same(fixed), "{ty}");
        }
    }

    #[test]
    fn a_list_is_a_balanced_tree() {
        let names: Vec<_> = (0..4).map(|i| quote::format_ident!("T{i}")).collect();
        let text = plain(list(&names, &quote!(rt)));
        let tree = "Two<Two<One<T0>, One<T1>>, Two<One<T2>, One<T3>> >";
        assert_eq!(text, same(tree));
        assert_eq!(plain(list(&names[..0], &quote!(rt))), "()");
    }

    #[test]
    fn what_is_written_tells_whether_references_are_static() {
        let generics: [Ident; 1] = [parse_quote!(T)];
        for (ty, fixed) in [
            ("u8", true),
            ("Vec<String>", true),
            ("Box<dyn Read>", true),
            ("&'static str", true),
            ("Cow<'static, T>", true),
            ("fn(u8)", true),
            ("fn(&str) -> &'static str", true),
            ("&str", false),
            ("&'a str", false),
            ("Of<'_>", false),
            ("Vec<T>", false),
            ("T::Item", false),
            ("fn(&str)", false),
            ("fn(&'static str)", false),
            ("dyn Fn(&'static str)", false),
            ("some!()", false),
        ] {
            let written: Type = syn::parse_str(ty).unwrap();
            assert_eq!(pins(&written, &generics), fixed, "{ty}");
        }
    }
}
