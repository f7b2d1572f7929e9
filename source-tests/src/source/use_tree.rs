//! The names that a `use` brings.

use proc_macro2::Ident;
use syn::UseTree;
use syn::ext::IdentExt;

/// A name that a `use` brings; none is a glob.
pub(super) struct Leaf {
    pub(super) name: Option<String>,
    pub(super) path: Vec<String>,
    pub(super) line: usize,
}

/// The names that a `use` brings, without globs.
pub fn names_in_use(tree: &UseTree) -> Vec<String> {
    leaves(tree)
        .into_iter()
        .filter_map(|leaf| leaf.name)
        .collect()
}

pub(super) fn leaves(tree: &UseTree) -> Vec<Leaf> {
    let mut leaves = Vec::new();
    collect(tree, &mut Vec::new(), &mut leaves);
    leaves
}

fn collect(tree: &UseTree, prefix: &mut Vec<String>, leaves: &mut Vec<Leaf>) {
    let mut leaf = |name: Option<&Ident>, last: Option<&Ident>, line| {
        let mut path = prefix.clone();
        // `a::{self}` is `a`.
        let is_self = !prefix.is_empty() && last.is_some_and(|last| last == "self");
        path.extend(
            last.filter(|_| !is_self)
                .map(|last| last.unraw().to_string()),
        );
        let name = name.map(|name| match name == "self" {
            true => path.last().expect("`use self` has a path").clone(),
            false => name.unraw().to_string(),
        });
        leaves.push(Leaf { name, path, line });
    };
    match tree {
        UseTree::Path(tree) => {
            prefix.push(tree.ident.unraw().to_string());
            collect(&tree.tree, prefix, leaves);
            prefix.pop();
        }
        UseTree::Group(group) => {
            for tree in &group.items {
                collect(tree, prefix, leaves);
            }
        }
        UseTree::Name(name) => {
            let line = name.ident.span().start().line;
            leaf(Some(&name.ident), Some(&name.ident), line);
        }
        UseTree::Rename(renamed) => {
            let line = renamed.ident.span().start().line;
            leaf(Some(&renamed.rename), Some(&renamed.ident), line);
        }
        UseTree::Glob(glob) => leaf(None, None, glob.star_token.spans[0].start().line),
    }
}
