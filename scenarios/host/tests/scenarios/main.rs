//! Each scenario is a process of its own, since a process has one kernel. Each has a test of its
//! name here, or a test that checks what it prints or how it ends.
#![deny(dead_code, reason = "a scenario without a test is dead code here")]

mod by_chance;
mod damaged;
mod foreign_modules;
mod generated;
mod hostile;
mod images;
mod linked;
mod model;
mod panics;
mod printed;
mod static_hosts;
mod support;
mod switch_tables;
mod system_files;
mod tunables;
mod verifying_costs;

macro_rules! handles {
    ($($family:ident { $($name:ident $(($how:ident))?)* })*) => {
        /// All scenarios.
        mod scenario {
            $(
                pub(crate) mod $family {
                    use crate::support::Scenario;

                    $(
                        pub(crate) fn $name() -> Scenario {
                            Scenario(concat!(stringify!($family), "::", stringify!($name)))
                        }
                    )*
                }
            )*
        }
    };
}

macro_rules! tests {
    ($($family:ident { $($name:ident $(($how:ident))?)* })*) => {
        $(
            mod $family {
                $(tests!(@test $family::$name $($how)?);)*
            }
        )*
    };
    (@test $family:ident::$name:ident checked) => {};
    (@test $family:ident::$name:ident editions) => {
        #[test]
        fn $name() {
            crate::scenario::$family::$name().succeed_with_editions();
        }
    };
    (@test $family:ident::$name:ident configured) => {
        #[test]
        fn $name() {
            crate::scenario::$family::$name().succeed_in_a_root_of_its_own();
        }
    };
    // The mark `unbooted` matters to the host only.
    (@test $family:ident::$name:ident $($how:ident)?) => {
        #[test]
        fn $name() {
            crate::scenario::$family::$name().succeed(crate::support::root());
        }
    };
}

scenario_host::scenarios!(handles);
scenario_host::scenarios!(tests);
