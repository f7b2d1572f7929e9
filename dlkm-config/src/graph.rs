//! Which modules need which, and the order in which they are loaded.

use crate::inventory::{Installed, Inventory, Need};

impl Inventory {
    /// What a module needs, each with the installed modules that are that, in any version. Several can
    /// provide one interface.
    pub fn needs<'a>(&'a self, module: &'a Installed) -> Vec<(&'a Need, Vec<&'a Installed>)> {
        let found = |need| {
            self.candidates(need)
                .into_iter()
                .map(|(one, _)| one)
                .collect()
        };
        let needs = module.needs.iter();
        needs.map(|need| (need, found(need))).collect()
    }

    /// A module after all that it needs, each after what it needs itself: the order in which they are
    /// loaded. A circle is broken where it closes.
    pub fn load_order<'a>(&'a self, module: &'a Installed) -> Vec<&'a Installed> {
        let mut done: Vec<&Installed> = Vec::new();
        let mut begun: Vec<&str> = vec![&module.name];
        // Without recursion, since a chain may be long.
        let mut way = vec![(module, self.children(module))];
        while let Some((module, rest)) = way.last_mut() {
            let module = *module;
            match rest.pop() {
                None => {
                    done.push(module);
                    way.pop();
                }
                Some(next) if begun.contains(&&*next.name) => {}
                Some(next) => {
                    begun.push(&next.name);
                    way.push((next, self.children(next)));
                }
            }
        }
        done
    }

    /// The modules that it needs, the last one first.
    fn children<'a>(&'a self, module: &'a Installed) -> Vec<&'a Installed> {
        let needs = self.needs(module).into_iter();
        let mut all: Vec<_> = needs.flat_map(|(_, modules)| modules).collect();
        all.reverse();
        all
    }
}

#[cfg(test)]
mod tests {
    use crate::inventory::Inventory;
    use crate::tests::modules::{inventory, module};

    #[test]
    fn what_is_needed_comes_first() {
        let all = inventory();
        let order = all.load_order(all.module("net").unwrap());
        let names: Vec<_> = order.iter().map(|one| &*one.name).collect();
        assert_eq!(names, ["core", "ip", "net"]);
        assert_eq!(all.needs(all.module("ip").unwrap())[0].1[0].name, "core");
    }

    #[test]
    fn circles_end() {
        let ring = |name, next| module(name, "auto", next, &[]);
        let all = Inventory::new(vec![ring("a", "b c"), ring("b", "c"), ring("c", "a gone")]);
        let order = all.load_order(all.module("a").unwrap());
        let names: Vec<_> = order.iter().map(|one| &*one.name).collect();
        assert_eq!(names, ["c", "b", "a"]);
        assert!(all.needs(all.module("c").unwrap())[1].1.is_empty());
    }
}
