//! The type that represents an author's type in a description: as written, but with shapes in
//! place of `fn` and `dyn Fn`, and with the lifetimes that the place allows.
//!
//! This is the last step: the result contains tokens that no visitor can look into.

mod fixed;
mod marks;

use proc_macro2::{Literal, Span, TokenStream};
use quote::{ToTokens, quote};
use syn::visit_mut::{self, VisitMut};
use syn::{
    Abi, BoundLifetimes, GenericParam, Ident, Lifetime, ParenthesizedGenericArguments, Path,
    PathArguments, ReturnType, TraitBound, Type, TypeFnPtr, TypeParamBound, TypeReference,
    TypeTraitObject,
};

pub(crate) use fixed::{fixed_bits, is_fixed};
pub(crate) use marks::{leaves_out, marks, marks_of_each, marks_of_method};

use crate::tokens::{ends, located, mention};

/// How lifetimes are written; a description declares none.
#[derive(Clone, Copy)]
pub(crate) enum Lifetimes<'a> {
    /// In an expression, where rustc infers lifetimes: named ones become `'_`.
    Inferred,
    /// In an associated type, where no lifetime may be left out. Elided ones, those of a `for<'a>`
    /// and the `own` ones become `'static`; those that the item declares stay.
    Static {
        own: &'a [Lifetime],
        /// The item's parameters, with `Self`. A type that names one of them need not be
        /// `'static`, so a shape represents a `&'static` to it.
        params: &'a [Ident],
    },
}

/// The type that represents `ty`. `rt` is where the runtime's `interface` is.
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

/// Joins lists, none of them empty.
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

/// The number of kinds. A shape's `KIND` modulo this is its kind; the quotient says what is
/// fixed, see [`fixed_bits`].
pub(crate) const KINDS: usize = 16;

struct Shape<'a> {
    rt: &'a TokenStream,
    lifetimes: Lifetimes<'a>,
    /// Declared by a `for<'a>` around the place.
    bound: Vec<Lifetime>,
}

impl Shape<'_> {
    /// Runs `inner` with the lifetimes of a `for<'a>` known. The binder is dropped, as none of its
    /// lifetimes remains.
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

    /// `Function<KIND, (A, B), R>`, or `Closure`. rustc points at `written`.
    fn write(
        &self,
        written: TokenStream,
        name: &str,
        (kind, marks): (usize, u64),
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
        let marks = marks_argument(marks);
        let (first, last) = ends(written);
        let path = located(quote!(#rt::interface::#name<), first);
        let close = located(quote!(>), last);
        Type::Verbatim(quote!(#path #kind, #args, #result #marks #close))
    }

    /// Whether the lifetime is not one that the item declares.
    fn is_open(&self, lifetime: &Lifetime, own: &[Lifetime]) -> bool {
        lifetime.ident == "_" || own.contains(lifetime) || self.bound.contains(lifetime)
    }

    /// `Reference`, in place of a reference that would become `'static` and must not.
    fn reference(&mut self, ty: &mut TypeReference, written: &TokenStream) -> Option<Type> {
        let Lifetimes::Static { own, params } = self.lifetimes else {
            return None;
        };
        let lifetime = ty.lifetime.as_ref();
        let open = lifetime.is_none_or(|lifetime| self.is_open(lifetime, own));
        if !open || !mention(ty.elem.to_token_stream(), params) {
            return None;
        }
        self.visit_type_mut(&mut ty.elem);
        let (rt, elem, mutable) = (self.rt, &ty.elem, ty.mutability.is_some());
        let (first, last) = ends(written.clone());
        let path = located(quote!(#rt::interface::Reference<), first);
        let close = located(quote!(>), last);
        Some(Type::Verbatim(quote!(#path #mutable, #elem #close)))
    }

    /// The item's parameters, which may contain lifetimes.
    fn generics(&self) -> &[Ident] {
        match self.lifetimes {
            Lifetimes::Inferred => &[],
            Lifetimes::Static { params, .. } => params,
        }
    }

    fn function(
        &self,
        ty: &TypeFnPtr,
        written: TokenStream,
        (fixed, marks): (usize, u64),
    ) -> Option<Type> {
        let kind = match (abi(ty.abi.as_ref()), ty.unsafety.is_some()) {
            (Some("Rust"), is_unsafe) => usize::from(is_unsafe),
            (Some("C"), is_unsafe) => 2 + usize::from(is_unsafe),
            _ => return None,
        };
        let args: Vec<_> = ty.inputs.iter().map(|arg| &arg.ty).collect();
        let known = ty.variadic.is_none();
        let kind = (kind + KINDS * fixed, marks);
        known.then(|| self.write(written, "Function", kind, &args, &ty.output))
    }

    /// [`fixed_bits`] and [`marks`] of a `dyn Fn`.
    fn closure_bits(&self, ty: &TypeTraitObject) -> (usize, u64) {
        let call = ty.bounds.iter().find_map(|bound| match bound {
            TypeParamBound::Trait(bound) => closure(&bound.path),
            _ => None,
        });
        call.map_or((0, 0), |(_, call)| {
            let args: Vec<_> = call.inputs.iter().map(|arg| &arg.ty).collect();
            self.bits(&args, returned(&call.output))
        })
    }

    fn bits(&self, args: &[&Type], result: Option<&Type>) -> (usize, u64) {
        let fixed = fixed_bits(args.iter().copied(), result, self.generics());
        (fixed, marks(args, false))
    }

    fn closure(
        &self,
        ty: &TypeTraitObject,
        written: TokenStream,
        (fixed, marks): (usize, u64),
    ) -> Option<Type> {
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
        let kind = kind + 3 * usize::from(auto[0]) + 6 * usize::from(auto[1]) + KINDS * fixed;
        let args: Vec<_> = call.inputs.iter().map(|arg| &arg.ty).collect();
        Some(self.write(written, "Closure", (kind, marks), &args, &call.output))
    }
}

impl VisitMut for Shape<'_> {
    fn visit_type_mut(&mut self, ty: &mut Type) {
        let written = ty.to_token_stream();
        match ty {
            Type::FnPtr(function) => {
                let args: Vec<_> = function.inputs.iter().map(|arg| &arg.ty).collect();
                let bits = self.bits(&args, returned(&function.output));
                let binder = function.lifetimes.take();
                self.within(binder, |shape| {
                    visit_mut::visit_type_fn_ptr_mut(shape, function);
                });
                if let Some(shape) = self.function(function, written, bits) {
                    *ty = shape;
                }
            }
            Type::TraitObject(object) => {
                let bits = self.closure_bits(object);
                visit_mut::visit_type_trait_object_mut(self, object);
                if let Some(shape) = self.closure(object, written, bits) {
                    *ty = shape;
                }
            }
            Type::Never(_) => {
                let rt = self.rt;
                *ty = Type::Verbatim(located(quote!(#rt::interface::Never), ends(written).0));
            }
            Type::Paren(paren) => {
                self.visit_type_mut(&mut paren.elem);
                // `dyn Fn() + Send` needed the parentheses; rustc would warn of them now.
                if let Type::Verbatim(_) = &*paren.elem {
                    *ty = (*paren.elem).clone();
                }
            }
            Type::Reference(reference) => {
                if let Some(shape) = self.reference(reference, &written) {
                    *ty = shape;
                } else {
                    self.visit_type_reference_mut(reference);
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
        if let Lifetimes::Static { .. } = self.lifetimes {
            let span = ty.and_token.span;
            ty.lifetime
                .get_or_insert_with(|| Lifetime::new("'static", span));
        }
        visit_mut::visit_type_reference_mut(self, ty);
    }

    fn visit_lifetime_mut(&mut self, lifetime: &mut Lifetime) {
        let becomes = match self.lifetimes {
            Lifetimes::Inferred if lifetime.ident != "static" => "'_",
            Lifetimes::Static { own, .. } if self.is_open(lifetime, own) => "'static",
            _ => return,
        };
        *lifetime = Lifetime::new(becomes, lifetime.span());
    }
}

/// The argument of a shape with the marks, which is left out if there are none.
pub(crate) fn marks_argument(marks: u64) -> Option<TokenStream> {
    let number = Literal::u64_unsuffixed(marks);
    (marks != 0).then(|| quote!(, #number))
}

fn returned(output: &ReturnType) -> Option<&Type> {
    match output {
        ReturnType::Default => None,
        ReturnType::Type(_, ty) => Some(ty),
    }
}

/// `"Rust"` or `"C"`; `None` for any other ABI.
pub(crate) fn abi(abi: Option<&Abi>) -> Option<&'static str> {
    let Some(abi) = abi else { return Some("Rust") };
    match abi.name.as_ref().map(|name| name.value()).as_deref() {
        None | Some("C") => Some("C"),
        Some("Rust") => Some("Rust"),
        Some(_) => None,
    }
}

/// The position among `Fn`, `FnMut` and `FnOnce`, with the arguments.
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

#[cfg(test)]
mod tests {
    use syn::parse_quote;

    use super::*;

    fn shaped(ty: &str, lifetimes: Lifetimes<'_>) -> String {
        let ty: Type = syn::parse_str(ty).unwrap();
        plain(shape(&ty, &quote!(rt), lifetimes))
    }

    /// Without spaces, which depend on how the tokens were made.
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
            ("unsafe fn(u8) -> u8", "Function<49, One<u8>, u8>"),
            ("extern \"C\" fn(u8)", "Function<34, One<u8>, ()>"),
            ("unsafe extern fn(u8)", "Function<35, One<u8>, ()>"),
            (
                "extern \"system\" fn(fn())",
                "extern \"system\" fn(Function<0, (), ()>)",
            ),
            (
                "fn(A, b: B, C)",
                "Function<224, Two<One<A>, Two<One<B>, One<C>> >, ()>",
            ),
            (
                "Option<fn(fn(A) -> B)>",
                "Option<Function<32, One<Function<48, One<A>, B>>, ()>>",
            ),
            ("dyn Fn(A) -> B", "Closure<48, One<A>, B>"),
            ("dyn ops::FnMut(A) + Send", "Closure<36, One<A>, ()>"),
            ("dyn Sync + FnOnce()", "Closure<8, (), ()>"),
            ("dyn Fn() + Sync + Send + 'static", "Closure<9, (), ()>"),
            ("Box<dyn Fn() + Unpin>", "Box<dyn Fn() + Unpin>"),
            (
                "dyn Iterator<Item = fn()>",
                "dyn Iterator<Item = Function<0, (), ()>>",
            ),
        ] {
            let (own, params) = (&[][..], &[][..]);
            for lifetimes in [Lifetimes::Inferred, Lifetimes::Static { own, params }] {
                assert_eq!(shaped(ty, lifetimes), same(shape), "{ty}");
            }
        }
    }

    #[test]
    fn lifetimes_become_those_that_the_place_allows() {
        let own: [Lifetime; 1] = [parse_quote!('own)];
        let params: [Ident; 2] = [parse_quote!(T), parse_quote!(item)];
        for (ty, inferred, fixed) in [
            ("&str", "&str", "&'static str"),
            ("&'item u8", "&'_ u8", "&'item u8"),
            ("&'own mut u8", "&'_ mut u8", "&'static mut u8"),
            ("Of<'_, 'static>", "Of<'_, 'static>", "Of<'static, 'static>"),
            ("dyn Any + 'own", "dyn Any + '_", "dyn Any + 'static"),
            ("&'item T", "&'_ T", "&'item T"),
            (
                "&[&mut T]",
                "&[&mut T]",
                "Reference<false, [Reference<true, T>]>",
            ),
            ("dyn for<'x> Of<'x>", "dyn Of<'_>", "dyn Of<'static>"),
            (
                "for<'x> fn(&'x u8, &u8) -> &'item u8",
                "Function<0, Two<One<&'_ u8>, One<&u8>>, &'_ u8, 5>",
                "Function<0, Two<One<&'static u8>, One<&'static u8>>, &'item u8, 5>",
            ),
            (
                "&'item (dyn for<'x> Fn(&'x u8) + Send + 'item)",
                "&'_ Closure<3, One<&'_ u8>, ()>",
                "&'item Closure<3, One<&'static u8>, ()>",
            ),
        ] {
            assert_eq!(shaped(ty, Lifetimes::Inferred), same(inferred), "{ty}");
            let lifetimes = Lifetimes::Static {
                own: &own,
                params: &params,
            };
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
}
