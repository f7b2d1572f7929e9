//! Where a module's statics are placed. Macros only: `#[module]` expands to a call of one of
//! these in a driver's crate.

/// Places the text of an interface of ABI C in a shared object that is built only to be read
/// (`--cfg dlkm_interfaces`), as `dlkm header --package` does. It needs `DECLARATION` and `TYPES`
/// of the interface in scope.
#[doc(hidden)]
#[macro_export]
macro_rules! __place_interface {
    () => {
        // The lint must be off one level above the cfg. It is about the author's manifest,
        // and this cfg is ours.
        #[allow(unexpected_cfgs)]
        mod dlkm_declared {
            #[cfg(dlkm_interfaces)]
            mod declared {
                const DESCRIBED: $crate::private::Described = $crate::private::Described {
                    declaration: &super::super::DECLARATION,
                    types: super::super::TYPES,
                };

                #[unsafe(link_section = ".dlkm_interfaces")]
                #[used]
                static TEXT: [$crate::private::std::primitive::u8; DESCRIBED.text_len()] =
                    DESCRIBED.text();

                // "R" keeps it, and so the text, from the linker's garbage collection.
                $crate::private::std::arch::global_asm!(
                    ".pushsection .dlkm_kept,\"aR\",@progbits",
                    ".quad {text} - .",
                    ".popsection",
                    text = sym TEXT,
                );
            }
        }
    };
}

/// Places the note that says which module an interface needs, in every program and library that the
/// interface's crate is linked into. Package managers read it.
///
/// The linker keeps notes: they are roots of its garbage collection.
#[doc(hidden)]
#[macro_export]
macro_rules! __place_dlopen_note {
    ($json:literal) => {
        // The section has notes only, one after the other, each of a type with C's layout and without
        // padding.
        #[cfg(target_os = "linux")]
        #[unsafe(link_section = ".note.dlopen")]
        #[used]
        static DLOPEN_NOTE: $crate::private::DlopenNote<
            { $crate::private::DlopenNote::size($json) },
        > = $crate::private::DlopenNote::new($json);
    };
}

/// Places a module's wrapper and metadata in the image's slices, and in a loadable image also what
/// makes it one: the entry, the allocator and the section. `image` is the cfg of a loadable image,
/// `dlkm_image`, or one that never holds for the second module of a crate.
///
/// Only `#[module]` calls it; it is a macro here so that it is easy to read.
#[doc(hidden)]
#[macro_export]
macro_rules! __place_module {
    (
        names: [$wrapper:ident, $declared:ident, $image:ident],
        image: $in_image:meta,
        exports: [$($exports:expr),*],
        declared: $value:expr,
        load: $load:expr,
        unload: $unload:expr,
        save: $save:expr,
        hand_over: [$($state:expr),*],
    ) => {
        #[allow(non_upper_case_globals)]
        const $declared: $crate::private::Declared = $value;

        #[allow(non_upper_case_globals)]
        #[$crate::private::distributed_slice($crate::private::DLKM_MODULES)]
        #[linkme(crate = $crate::private::linkme)]
        static $wrapper: $crate::private::Wrapper = $crate::private::Wrapper {
            metadata: {
                const TEXT: [$crate::private::std::primitive::u8; $declared.text_len(&$crate::private::BUILD)] =
                    $declared.text(&$crate::private::BUILD);
                &TEXT
            },
            declared_at: $crate::private::std::concat!(
                $crate::private::std::file!(),
                ":",
                $crate::private::std::line!()
            ),
            exports: &[$($exports),*],
            load: $load,
            unload: $unload,
            save: $save,
            handed_over: &[$($state),*],
            owner: $crate::private::Owner::new(
                $crate::private::std::module_path!(),
                $crate::private::std::option_env!("CARGO_PKG_VERSION"),
            ),
            gathered: $crate::private::gathered,
        };

        // The lint must be off one level above the cfg. It is about the author's manifest,
        // and this cfg is ours.
        #[allow(unexpected_cfgs, non_snake_case)]
        mod $image {
            #[cfg($in_image)]
            mod image {
                use super::super::{$declared as DECLARED, $wrapper as WRAPPER};

                #[unsafe(no_mangle)]
                fn dlkm_image_entry() -> $crate::private::Image {
                    $crate::private::of_module(&WRAPPER, DECLARED.name)
                }

                // For a kernel that another compiler built: see `image/c.rs`.
                static INTERFACES: [$crate::private::CInterface; DECLARED.interfaces.len()] =
                    $crate::private::CInterface::all(WRAPPER.exports);

                extern "C" fn load(arg: &$crate::private::CHookArg<'_>) -> $crate::private::std::primitive::i32 {
                    $crate::private::run_c_hook(WRAPPER.load, arg)
                }

                extern "C" fn unload(arg: &$crate::private::CHookArg<'_>) -> $crate::private::std::primitive::i32 {
                    $crate::private::run_c_hook(WRAPPER.unload, arg)
                }

                #[unsafe(no_mangle)]
                #[used]
                #[allow(non_upper_case_globals)]
                static dlkm_c_module: $crate::private::CModule =
                    $crate::private::CModule::of_image(WRAPPER.exports, &INTERFACES, load, unload);

                #[global_allocator]
                static ALLOCATOR: $crate::private::ImageAllocator =
                    $crate::private::ImageAllocator;

                $crate::private::catch_threads!();
                $crate::private::catch_raises!();

                #[unsafe(link_section = "dlkm_modinfo")]
                #[used]
                static TEXT: [$crate::private::std::primitive::u8; DECLARED.text_len(&$crate::private::BUILD)] =
                    DECLARED.text(&$crate::private::BUILD);

                // The header that `sectioned.rs` of `dlkm-metadata` reads. "R" keeps it from the
                // linker's garbage collection; the number is SHT_MOD. Then the note that
                // `noted.rs` reads, so that a load need not look for the header. The linker
                // defines the section's start and its end.
                $crate::private::std::arch::global_asm!(
                    ".pushsection .dlkm_mod,\"aR\",@0x6d6f6400",
                    ".balign 8",
                    ".long 1",
                    ".long {stubs}",
                    ".quad {wrapper} - .",
                    ".quad {text} - .",
                    ".quad {length}",
                    ".popsection",
                    ".pushsection .note.dlkm_mod,\"a\",@note",
                    ".balign 4",
                    ".long 5, 32, 2",
                    ".asciz \"dlkm\"",
                    ".balign 4",
                    ".quad __start_dlkm_modinfo - .",
                    ".quad __stop_dlkm_modinfo - .",
                    ".quad {text} - .",
                    ".quad {length}",
                    ".popsection",
                    stubs = const DECLARED.max_stubs(),
                    wrapper = sym WRAPPER,
                    text = sym TEXT,
                    length = const DECLARED.text_len(&$crate::private::BUILD),
                );
            }
        }
    };
}

/// Places a tunable in the image's slice, and in a loadable image (`--cfg dlkm_image`) its lines in
/// the section of the metadata, where the linker gathers them. `#[tunable]` expands to a call of it.
#[doc(hidden)]
#[macro_export]
macro_rules! __place_tunable {
    (
        tunable: $tunable:ident,
        declared: $declared:ident,
        changed: $changed:expr,
    ) => {
        // The names are not those of an author's items, which are in scope here.
        const _: () = {
            // A macro, since the inside of this module does not see the items of a function.
            // The lint must be off one level above the cfg. It is about the author's manifest,
            // and this cfg is ours.
            #[allow(unexpected_cfgs)]
            mod dlkm_place {
                #[cfg(dlkm_image)]
                macro_rules! place {
                    ($text:item) => {
                        #[unsafe(link_section = "dlkm_modinfo")]
                        $text
                    };
                }
                #[cfg(not(dlkm_image))]
                macro_rules! place {
                    ($text:item) => {
                        $text
                    };
                }
                pub(super) use place;
            }

            dlkm_place::place! {
                static DLKM_TEXT: [$crate::private::std::primitive::u8; $declared.text_len()] =
                    $declared.text();
            }

            // It keeps `DLKM_TEXT` from the linker's garbage collection.
            #[$crate::private::distributed_slice($crate::private::DLKM_TUNABLES)]
            #[linkme(crate = $crate::private::linkme)]
            static DLKM_RECORD: $crate::private::TunableRecord = $crate::private::TunableRecord {
                owner: $crate::private::Owner::new(
                    $crate::private::std::module_path!(),
                    $crate::private::std::option_env!("CARGO_PKG_VERSION"),
                ),
                name: $declared.name,
                text: &DLKM_TEXT,
                declared_at: $crate::private::std::concat!(
                    $crate::private::std::file!(),
                    ":",
                    $crate::private::std::line!()
                ),
                cell: &$tunable,
                changed: $changed,
            };
        };
    };
}
