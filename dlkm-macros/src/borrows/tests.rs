use super::places::returned;
use super::*;

fn text(text: &str) -> (String, bool) {
    let ty: syn::TypeFnPtr = syn::parse_str(text).unwrap();
    let own: Vec<Lifetime> = ["'a", "'b", "'x"]
        .map(|one| syn::parse_str(one).unwrap())
        .into();
    let args: Vec<&Type> = ty.inputs.iter().map(|arg| &arg.ty).collect();
    let result = returned(&ty.output);
    let text = of_stub(&own, &args, result);
    let without = goes_without(&text, &args, result);
    (text, without)
}

#[test]
fn signatures_that_borrow_alike_have_one_text() {
    for (signature, expected, without) in [
        ("fn(u8) -> u8", "", true),
        ("fn(&str, &str)", "", true),
        ("fn(&'a str, &'b str)", "", true),
        ("fn(&str) -> &str", "'1 '1", true),
        ("fn(&'x str) -> Of<'x>", "'1 '1", true),
        ("fn(&'a str) -> Of<'_>", "'1 '1", true),
        ("fn(&'a str, &str) -> &'a str", "'1 '_ '1", false),
        ("fn(&str, &'a str) -> &'a str", "'_ '1 '1", false),
        (
            "fn(&'b u8, &'a u8) -> (&'a u8, &'b u8)",
            "'1 '2 '2 '1",
            false,
        ),
        ("fn(&'a str, &'a str)", "'1 '1", false),
        ("fn(&'static str)", "", false),
        ("fn(&str) -> &'static str", "", false),
        ("fn(&'static str, &'a str, &'a str)", "'1 '1", false),
        ("fn((&'static str, &str))", "'static '_", false),
        // rustc takes `'static` for the only lifetime of the arguments.
        ("fn(&'static str) -> &str", "", false),
        ("fn(&mut dyn Sink)", "", true),
        ("fn(&'a mut (dyn Sink + 'a))", "", true),
        ("fn(&'a mut (dyn Sink + 'b))", "'_ +'1", false),
        ("fn(&(dyn Sink + 'static))", "'_ +'static", false),
        ("fn(Box<dyn Sink>)", "", true),
        ("fn(Box<dyn Sink + 'static>)", "", true),
        ("fn(Box<dyn Sink + 'a>)", "+'1", false),
        ("fn(Box<dyn Sink + '_>, Box<dyn Sink>)", "+'1", false),
        ("fn((Box<dyn Sink + '_>, Box<dyn Sink>))", "+'1 +", false),
    ] {
        assert_eq!(
            text(signature),
            (expected.to_owned(), without),
            "{signature}"
        );
    }
}

#[test]
fn lifetimes_of_callbacks_are_told_apart_by_their_binder() {
    for (signature, expected, without) in [
        ("fn(&dyn Fn(&str) -> &u8)", "'_ '1^1 '1^1 +", true),
        (
            "fn(&dyn for<'c> Fn(&'c u8, &u8) -> &'c u8)",
            "'_ '1^1 '_ '1^1 +",
            false,
        ),
        (
            "fn(&dyn for<'c, 'd> Fn(&'c u8, &'d u8) -> &'d u8)",
            "'_ '_ '1^1 '1^1 +",
            false,
        ),
        ("fn(fn(&u8))", "", true),
        ("fn(for<'c> fn(&'c u8))", "", true),
        ("fn(fn(&'a u8))", "'1", false),
        ("fn(for<'c> fn(fn(&'c u8)))", "'1^1", false),
        ("fn(&mut dyn FnMut(&'a u8), &'a u8)", "'_ '1 + '1", false),
        ("fn(&dyn for<'c> Of<'c>)", "'_ '1^1 +", false),
    ] {
        assert_eq!(
            text(signature),
            (expected.to_owned(), without),
            "{signature}"
        );
    }
}

#[test]
fn a_receiver_has_a_lifetime_too() {
    let item = Params {
        lifetimes: vec![syn::parse_quote!(t)],
        others: Vec::new(),
    };
    for (method, expected) in [
        ("fn f(&self, _: &str) -> &str", "'1 '_ '1"),
        ("fn f<'a>(&'a self, _: &str) -> &'a str", "'1 '_ '1"),
        ("fn f<'a>(&self, _: &'a str) -> &'a str", "'_ '1 '1"),
        ("fn f(&self)", ""),
        ("fn f<'a>(&'a self)", ""),
        ("fn f(&'t self)", "'a"),
        ("fn f(self: &'t Self)", "'a"),
        ("fn f(self: Box<Self>, _: &'t str)", "'a"),
        ("fn f(&self, _: &'static str)", "'_ 'static"),
    ] {
        let method: syn::TraitItemFn = syn::parse_str(&format!("{method};")).unwrap();
        let own: Vec<_> = method.sig.generics.lifetimes().collect();
        let own: Vec<_> = own.iter().map(|one| one.lifetime.clone()).collect();
        let args = method.sig.inputs.iter().filter_map(|arg| match arg {
            syn::FnArg::Typed(arg) => Some(&*arg.ty),
            syn::FnArg::Receiver(_) => None,
        });
        let args: Vec<_> = args.collect();
        let result = returned(&method.sig.output);
        let text = of_method(method.sig.receiver(), &own, &item, &args, result, &[]);
        assert_eq!(text, expected, "{}", quote::quote!(#method));
    }
}

#[test]
fn the_lifetimes_of_a_field_are_those_of_its_item() {
    let own = Params {
        lifetimes: vec![syn::parse_quote!(x), syn::parse_quote!(y)],
        others: vec![syn::parse_quote!(T)],
    };
    for (ty, text) in [
        ("u8", ""),
        ("&'x str", "'a"),
        ("Of<'y, &'x u8>", "'b 'a"),
        ("&'static str", "'static"),
        ("fn(&str) -> &'y u8", "'_ 'b"),
        ("Box<dyn Sink + 'x>", "+'a"),
        ("&'x dyn Sink", "'a +"),
        ("&'y T", "'b T0"),
        ("Vec<T::Item>", "T0::Item"),
        ("Of<'x, <T as IntoIterator>::Item>", "'a ::Item T0"),
    ] {
        assert_eq!(of_field(&syn::parse_str(ty).unwrap(), &own), text, "{ty}");
    }
}
