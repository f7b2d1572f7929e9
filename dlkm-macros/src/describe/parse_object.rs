//! From a trait to the AST. Reports what does not fit `dyn`.

use proc_macro2::TokenStream;
use syn::ext::IdentExt;
use syn::{
    FnArg, GenericArgument, GenericParam, Generics, ItemTrait, Path, PathArguments, Receiver,
    ReceiverKind, ReturnType, Safety, Signature, TraitItem, TraitItemFn, Type, TypeParamBound,
    WherePredicate,
};

use super::ast::{AUTO, Method, Object, Super};
use crate::args::Args;
use crate::bounds::is_self;
use crate::check_type::check_type;
use crate::errors::Errors;
use crate::runtime::Runtime;
use crate::{attributes, shape};

/// The other way out of most mistakes.
const OR_SIZED: &str = "or exclude it from `dyn` with `where Self: Sized`";

pub(super) fn parse<'a>(
    args: TokenStream,
    item: &'a ItemTrait,
    of_args: &mut Errors,
    errors: &mut Errors,
) -> Object<'a> {
    let mut args = Args::parse(args, of_args);
    let runtime = Runtime::take(&mut args, "interface", of_args);
    args.finish(of_args);
    let mut methods = Vec::new();
    for member in &item.items {
        match member {
            TraitItem::Fn(function) => methods.extend(method(function, errors)),
            TraitItem::Type(ty) if needs_sized(&ty.generics) => {}
            TraitItem::Type(ty) => errors.at(
                &ty.ident,
                format!("a trait that crosses as `dyn` can't have an associated type: make it a parameter of the trait, {OR_SIZED}"),
            ),
            TraitItem::Const(constant) => errors.at(
                &constant.ident,
                "a trait that crosses as `dyn` can't have an associated constant: make it a method with `&self`",
            ),
            other => errors.at(
                other,
                "the macro can't see which methods this expands to: write them out",
            ),
        }
    }
    let inner = item.items.iter().filter_map(|member| match member {
        TraitItem::Fn(function) => Some(&function.attrs),
        _ => None,
    });
    let (supers, autos) = supers(item, errors);
    Object {
        runtime,
        item,
        supers,
        autos,
        methods,
        allowed: attributes::allowed(inner.chain([&item.attrs])),
    }
}

/// The supertraits in the order of the vtable: rustc takes those after the trait's name, then those
/// of its `where` clauses. And the auto traits among them, which have no code, but are a promise all
/// the same.
fn supers(item: &ItemTrait, errors: &mut Errors) -> (Vec<Super>, Vec<usize>) {
    let clauses = item.generics.where_clause.iter();
    let clauses = clauses.flat_map(|clause| &clause.predicates);
    let on_self = clauses.filter_map(|clause| match clause {
        WherePredicate::Type(clause) if is_self(&clause.bounded_ty) => Some(clause),
        _ => None,
    });
    let named = item.supertraits.iter().map(|bound| (None, bound));
    let in_clauses = on_self.flat_map(|clause| {
        let bounds = clause.bounds.iter();
        bounds.map(|bound| (clause.lifetimes.as_ref(), bound))
    });
    let mut supers = Vec::new();
    let mut autos = Vec::new();
    for (binder, bound) in named.chain(in_clauses) {
        let TypeParamBound::Trait(one) = bound else {
            continue;
        };
        let Some(last) = one.path.segments.last() else {
            continue;
        };
        let name = last.ident.unraw().to_string();
        let message = match &*name {
            auto if AUTO.contains(&auto) => {
                autos.push(name);
                continue;
            }
            "Sized" => {
                "`dyn Trait` can't be `Sized`: remove the bound, or put `where Self: Sized` on the methods that need it"
            }
            "Clone" => {
                "`dyn Trait` can't be `Clone`: declare a method such as `fn boxed(&self) -> Box<dyn ...>`"
            }
            "Copy" => "`dyn Trait` can't be `Copy`: remove the bound",
            _ => {
                let mut bound = one.clone();
                if let Some(binder) = binder {
                    let own = bound.lifetimes.get_or_insert_default();
                    own.lifetimes.extend(binder.lifetimes.clone());
                }
                supers.push(Super { name, bound });
                continue;
            }
        };
        errors.at(bound, message);
    }
    // In a fixed order: the order in which they are written means nothing.
    let promised = |kind: &usize| autos.iter().any(|name| name == AUTO[*kind]);
    (supers, (0..AUTO.len()).filter(promised).collect())
}

/// Whether there is `where Self: Sized`.
fn needs_sized(generics: &Generics) -> bool {
    let clauses = generics.where_clause.iter();
    clauses.flat_map(|clause| &clause.predicates).any(|clause| {
        let WherePredicate::Type(clause) = clause else {
            return false;
        };
        let sized = |bound: &TypeParamBound| {
            matches!(bound, TypeParamBound::Trait(bound)
                    if bound.path.segments.last().is_some_and(|last| last.ident == "Sized"))
        };
        is_self(&clause.bounded_ty) && clause.bounds.iter().any(sized)
    })
}

/// `None` if the method is excluded from `dyn`, or does not fit it.
fn method<'a>(item: &'a TraitItemFn, errors: &mut Errors) -> Option<Method<'a>> {
    for attribute in item.attrs.iter().filter(|one| attributes::is_cfg(one)) {
        errors.at(
            attribute,
            "a single method can't have `cfg`, because host and module must see the same methods: put it on the whole trait",
        );
    }
    let sig = &item.sig;
    if needs_sized(&sig.generics) {
        return None;
    }
    if let Some(token) = &sig.asyncness {
        errors.at(
            token,
            format!(
                "a method called through `dyn` can't be `async`: return a boxed future, {OR_SIZED}"
            ),
        );
    }
    for param in &sig.generics.params {
        if !matches!(param, GenericParam::Lifetime(_)) {
            errors.at(
                param,
                format!(
                    "a method called through `dyn` can't be generic: take `&dyn Trait` instead, \
                     {OR_SIZED}"
                ),
            );
        }
    }
    let mut args = Vec::new();
    for arg in &sig.inputs {
        if let FnArg::Typed(arg) = arg {
            check_method_type(&arg.ty, errors);
            args.push(&*arg.ty);
        }
    }
    let result = match &sig.output {
        ReturnType::Default => None,
        ReturnType::Type(_, ty) => Some(&**ty),
    };
    if let Some(ty) = result {
        check_method_type(ty, errors);
    }
    let kind = kind(sig, errors);
    let Some(first) = sig.receiver() else {
        errors.at(
            &sig.ident,
            format!(
                "`{}` can't be called through `dyn` without `self`: take `&self`, {OR_SIZED}",
                sig.ident
            ),
        );
        return None;
    };
    let lifetimes = sig.generics.params.iter().filter_map(|param| match param {
        GenericParam::Lifetime(param) => Some(param.lifetime.clone()),
        _ => None,
    });
    Some(Method {
        ident: &sig.ident,
        kind,
        receiver: receiver(first, errors)?,
        lifetimes: lifetimes.collect(),
        sig,
        args,
        result,
    })
}

fn kind(sig: &Signature, errors: &mut Errors) -> usize {
    let is_unsafe = matches!(sig.safety, Safety::Unsafe(_));
    let base = match shape::abi(sig.abi.as_ref()) {
        Some("Rust") => 0,
        Some(_) => 2,
        None => {
            let message =
                "unsupported ABI: a method uses Rust's calling convention, or `extern \"C\"`";
            errors.at(&sig.abi, message);
            0
        }
    };
    base + usize::from(is_unsafe)
}

fn receiver(receiver: &Receiver, errors: &mut Errors) -> Option<usize> {
    let kind = match &receiver.kind {
        ReceiverKind::Reference(_, _, mutable) => Some(usize::from(mutable.is_some())),
        ReceiverKind::Typed(_, ty) => match &**ty {
            Type::Reference(ty) if is_self(&ty.elem) => Some(usize::from(ty.mutability.is_some())),
            Type::Path(ty) if is_box_of_self(&ty.path) => Some(2),
            _ => None,
        },
        _ => None,
    };
    if kind.is_none() {
        errors.at(
            receiver,
            format!(
                "unsupported receiver: take `&self`, `&mut self` or `self: Box<Self>`, {OR_SIZED}"
            ),
        );
    }
    kind
}

fn is_box_of_self(path: &Path) -> bool {
    let Some(last) = path.segments.last() else {
        return false;
    };
    let PathArguments::AngleBracketed(args) = &last.arguments else {
        return false;
    };
    let mut args = args.args.iter();
    let one = matches!(args.next(), Some(GenericArgument::Type(ty)) if is_self(ty));
    last.ident == "Box" && one && args.next().is_none()
}

fn check_method_type(ty: &Type, errors: &mut Errors) {
    let generic = format!(
        "a method called through `dyn` can't be generic: use `&dyn Trait` or `Box<dyn Trait>`, \
         {OR_SIZED}"
    );
    let of_self =
        format!("behind `dyn`, the type `Self` is unknown: use `dyn Trait` instead, {OR_SIZED}");
    check_type(ty, &generic, &of_self, errors);
}
