//! What the models must notice: one change of the source each.

/// One change.
pub(crate) struct Mutant {
    /// The file, from the workspace's root.
    pub(crate) file: &'static str,
    /// A text that the file has once.
    pub(crate) find: &'static str,
    /// What stands there instead.
    pub(crate) replace: &'static str,
    /// Why it must fail.
    pub(crate) why: &'static str,
    /// The test that notices.
    pub(crate) by: &'static str,
}

/// An ordering or a barrier that no mutant weakens.
pub(crate) struct Unwatched {
    /// The file, from the workspace's root.
    pub(crate) file: &'static str,
    /// A part of the line.
    pub(crate) line: &'static str,
    /// Why no model can tell, and what relies on it.
    #[allow(dead_code, reason = "for those who read")]
    pub(crate) why: &'static str,
}

const SLOT: &str = "dlkm-core/src/call/slot.rs";
const TABLE: &str = "dlkm-core/src/call/table.rs";
const HOLD: &str = "dlkm-core/src/call/hold.rs";
const HOLD_REGISTRY: &str = "dlkm-core/src/call/hold_registry.rs";
const HELD_COUNTS: &str = "dlkm-core/src/services/held_counts.rs";
const CONTROL: &str = "dlkm-kernel/src/kernel/control.rs";
const INSTALL: &str = "dlkm-kernel/src/kernel/install.rs";
const IMAGES: &str = "dlkm-kernel/src/kernel/images.rs";
const MARK: &str = "dlkm-kernel/src/kernel/mark.rs";
const UPGRADE: &str = "dlkm-kernel/src/kernel/upgrade.rs";
const RETIRE: &str = "dlkm-kernel/src/kernel/retire.rs";
const RECORD: &str = "dlkm-kernel/src/kernel/record.rs";
const LINK: &str = "dlkm-kernel/src/kernel/link.rs";
const SWITCH: &str = "dlkm-core/src/call/switch.rs";
const SWITCH_CALL: &str = "dlkm-macros/src/expand/switch.rs";
const STUB: &str = "dlkm-macros/src/expand/stub.rs";

/// All changes.
pub(crate) const MUTANTS: &[Mutant] = &[
    Mutant {
        file: SLOT,
        find: "self.current.load(Acquire)",
        replace: "self.current.load(Relaxed)",
        why: "a caller that sees the function must see what the load hook wrote",
        by: "loads::a_call_sees_what_a_concurrent_load_wrote",
    },
    Mutant {
        file: SLOT,
        find: "self.current.swap(code.0.cast_mut(), Release)",
        replace: "self.current.swap(code.0.cast_mut(), Relaxed)",
        why: "the load hook's writes are published with the function",
        by: "loads::a_call_sees_what_a_concurrent_load_wrote",
    },
    Mutant {
        file: TABLE,
        find: "(StubKind::Weak, Some(waits)) => unsafe { slot.suspend(waits(index)) },",
        replace: "(StubKind::Weak, Some(_)) => slot.unbind(),",
        why: "a weak call during an unload must wait: the hook may refuse",
        by: "calls::calls_go_on_if_the_unload_hook_refuses",
    },
    Mutant {
        file: HOLD,
        find: "        os::light_barrier();\n",
        replace: "",
        why: "a compiler may load the slot before it counts the call in",
        by: "calls::later_calls_survive_an_unload_if_stores_move",
    },
    Mutant {
        file: STUB,
        find: HELD_FIRST,
        replace: HELD_LAST,
        why: "a stub must count the call in before it loads the slot",
        by: "calls::later_calls_survive_an_unload",
    },
    Mutant {
        file: STUB,
        find: ENTERED_FIRST,
        replace: ENTERED_LAST,
        why: "a thread's first call must count itself in before it loads the slot",
        by: "calls::a_first_call_survives_an_unload",
    },
    Mutant {
        file: INSTALL,
        find: "let barrier = os::heavy_barrier();",
        replace: "let barrier = true;",
        why: "a processor may load the slot before others see the call counted in",
        by: "calls::later_calls_survive_an_unload",
    },
    Mutant {
        file: INSTALL,
        find: "        link::suspend(&table, &running);\n",
        replace: "",
        why: "calls that begin after the count would go on into the module",
        by: "calls::later_calls_survive_an_unload",
    },
    Mutant {
        file: INSTALL,
        find: "hold_registry::in_flight(&running.metadata.counted_names()) > 0",
        replace: "(hold_registry::in_flight(&running.metadata.counted_names()) > 0 && false)",
        why: "a call in flight is in the module",
        by: "calls::later_calls_survive_an_unload",
    },
    Mutant {
        file: HOLD,
        find: "add_one::<EXITED, 2>(&self.0, Release)",
        replace: "add_one::<EXITED, 2>(&self.0, Relaxed)",
        why: "what a call wrote comes before the unload hook reads it",
        by: "calls::later_calls_survive_an_unload",
    },
    Mutant {
        file: HOLD,
        find: "self.0[EXITED].load(Acquire)",
        replace: "self.0[EXITED].load(Relaxed)",
        why: "the unload hook reads what a call wrote",
        by: "calls::later_calls_survive_an_unload",
    },
    Mutant {
        file: HOLD,
        find: "self.0[ENTERED].store(KNOWN + 1, Relaxed)",
        replace: "self.0[ENTERED].store(KNOWN, Relaxed)",
        why: "a thread's first call counts",
        by: "calls::a_first_call_survives_an_unload",
    },
    Mutant {
        file: HOLD_REGISTRY,
        find: "registry.remove_of(number as usize, owner);",
        replace: "",
        why: "no one may read a record of a thread that has ended",
        by: "calls::later_calls_survive_an_unload",
    },
    Mutant {
        file: HOLD_REGISTRY,
        find: "let pages = self.pages[page].iter();",
        replace: "let pages = self.pages[page].iter().skip(1);",
        why: "the unloader must find each record",
        by: "calls::later_calls_survive_an_unload",
    },
    Mutant {
        file: HOLD_REGISTRY,
        find: "    record.leave();\n    Some(Outside {",
        replace: "    Some(Outside {",
        why: "a call that waits for an unload must not be in its way",
        by: "panics::calls_after_a_panic_get_a_fresh_module",
    },
    Mutant {
        file: HOLD_REGISTRY,
        find: "        record.enter_again();\n",
        replace: "        _ = record;\n",
        why: "once it goes on, the call counts again",
        by: "panics::calls_after_a_panic_get_a_fresh_module",
    },
    Mutant {
        file: HELD_COUNTS,
        find: "self.0.values.fetch_sub(1, Release)",
        replace: "self.0.values.fetch_sub(1, Relaxed)",
        why: "what a value's destructor did comes before the unload",
        by: "held::a_value_keeps_the_module_until_another_thread_drops_it",
    },
    Mutant {
        file: HELD_COUNTS,
        find: "self.values.load(Acquire)",
        replace: "self.values.load(Relaxed)",
        why: "the unload comes after what a value's destructor did",
        by: "held::a_value_keeps_the_module_until_another_thread_drops_it",
    },
    Mutant {
        file: HELD_COUNTS,
        find: "        let registered = self.registered.get();\n        registered + self.others.get()",
        replace: "        let others = self.others.get();\n        others + self.registered.get()",
        why: "a copy of what the load hook left may be made and the original dropped in between",
        by: "held::a_copy_of_what_the_load_hook_left_keeps_the_code",
    },
    Mutant {
        file: HELD_COUNTS,
        find: "        let count = self.copies.unwrap_or(self);\n",
        replace: "        let count = self;\n",
        why: "a copy keeps the module loaded, whatever it is a copy of",
        by: "held::a_copy_of_what_the_load_hook_left_keeps_the_module",
    },
    Mutant {
        file: INSTALL,
        find: "            running.image.serve();\n",
        replace: "",
        why: "values that calls return keep the module, however many the load hook left",
        by: "held::a_dropped_callback_hides_no_value",
    },
    Mutant {
        file: INSTALL,
        find: "if values > 0 {",
        replace: "if values > 1000 {",
        why: "a held value keeps its module",
        by: "held::a_value_keeps_the_module_until_another_thread_drops_it",
    },
    Mutant {
        file: INSTALL,
        find: "        table.record(module).phase = Stage::Unloading(me());\n",
        replace: "        let _ = me();\n",
        why: "calls must wait while the unload hook runs",
        by: "calls::a_weak_call_reaches_the_module_or_the_fallback",
    },
    Mutant {
        file: INSTALL,
        find: "        drop(running);\n        let mut table = self.control.lock();\n        table.record(module).phase = Stage::Unloaded;\n",
        replace: "        self.control.lock().record(module).phase = Stage::Unloaded;\n        drop(running);\n        let table = self.control.lock();\n",
        why: "one load at a time: the old image is closed before the next is opened",
        by: "calls::later_calls_survive_an_unload",
    },
    Mutant {
        file: INSTALL,
        find: "        self.control.changed(&table);\n        drop(table);\n        self.observers.tell(&Event::Unloaded",
        replace: "        drop(table);\n        self.observers.tell(&Event::Unloaded",
        why: "those who wait for the unload must be woken",
        by: "calls::later_calls_survive_an_unload",
    },
    Mutant {
        file: CONTROL,
        find: "if table.sleeping > 0 {",
        replace: "if table.sleeping > 1 {",
        why: "nor may one who waits alone be missed",
        by: "calls::later_calls_survive_an_unload",
    },
    Mutant {
        file: CONTROL,
        find: "        let mut table = self.settle(table, module)?;\n",
        replace: "        let mut table = table;\n",
        why: "a load waits for another that is under way",
        by: "loads::first_calls_of_two_threads_load_once",
    },
    Mutant {
        file: CONTROL,
        find: "        self.control.changed(table);\n        outcome",
        replace: "        outcome",
        why: "those who wait for the load must be woken",
        by: "loads::first_calls_of_two_threads_load_once",
    },
    Mutant {
        file: RECORD,
        find: "self.draining.is_none() && os::heavy_barrier()",
        replace: "self.draining.is_none()",
        why: "a processor may load the slot before others see the call counted in",
        by: "upgrades::later_calls_never_go_back_to_the_old_version",
    },
    Mutant {
        file: UPGRADE,
        find: MOVED_BEFORE,
        replace: MOVED_AFTER,
        why: "calls that begin after the count would go on into the old version",
        by: "upgrades::later_calls_never_go_back_to_the_old_version",
    },
    Mutant {
        file: UPGRADE,
        find: HOOK_BEFORE,
        replace: HOOK_AFTER,
        why: "the new version's load hook comes before its first call",
        by: "upgrades::a_first_call_reaches_one_of_both_versions",
    },
    Mutant {
        file: RECORD,
        find: "hold_registry::draining(&interfaces)",
        replace: "hold_registry::draining(&interfaces[..0])",
        why: "a call in flight may be in the old version",
        by: "upgrades::later_calls_never_go_back_to_the_old_version",
    },
    Mutant {
        file: HOLD_REGISTRY,
        find: "        self.0.is_empty()\n",
        replace: "        true\n",
        why: "the old version waits for the calls in it, however long they take",
        by: "upgrades::a_call_that_goes_on_keeps_the_old_version",
    },
    Mutant {
        file: RECORD,
        find: "drained && image.held() == 0 &&",
        replace: "drained &&",
        why: "a held value keeps the old version",
        by: "upgrades::a_held_value_keeps_the_old_version",
    },
    Mutant {
        file: RETIRE,
        find: "            one.ending = true;\n",
        replace: "",
        why: "one thread ends an old version, once",
        by: "upgrades::two_threads_end_the_old_version_once",
    },
    Mutant {
        file: IMAGES,
        find: "            None => &self.all,\n",
        replace: "            None => &self.all[..1],\n",
        why: "an unload must suspend the stubs in the images of other modules",
        by: "staying::an_unload_reaches_the_stubs_of_another_module",
    },
    Mutant {
        file: LINK,
        find: "    for image in images.switching() {\n",
        replace: "    for image in images.switching().take(0) {\n",
        why: "an unload must suspend the entries of switch tables",
        by: "switches::later_calls_through_an_entry_survive_an_unload",
    },
    Mutant {
        file: SWITCH_CALL,
        find: "            #unbound
            #holds
            match self.0.code(#index) {
                // SAFETY: the slot's functions have the type of this one.
                #rt::Some(#code) =>",
        replace: "            #unbound
            let found = self.0.code(#index);
            #holds
            match found {
                // SAFETY: the slot's functions have the type of this one.
                #rt::Some(#code) =>",
        why: "the hold comes before the slot is read",
        by: "switches::later_calls_through_an_entry_survive_an_unload",
    },
    Mutant {
        file: LINK,
        find: "        bind_interface(table, new, image, interface);\n",
        replace: "        interface.stubs.iter().for_each(|stub| stub.slot.unbind());
        bind_interface(table, new, image, interface);\n",
        why: "a weak call must find one of both versions at any time",
        by: "upgrades::a_weak_call_reaches_one_of_both_versions",
    },
    Mutant {
        file: LINK,
        find: "    if image.may_be_unmapped()\n        && let Some(obstacle)",
        replace: "    if false\n        && let Some(obstacle)",
        why: "what a caller gets may lead back to the caller's image",
        by: "staying::a_caller_stays_if_its_call_was_before_its_unload",
    },
    Mutant {
        file: UPGRADE,
        find: "        table.record(module).upgrading = Some(me());\n",
        replace: "        let _ = me();\n",
        why: "an unload waits for an upgrade that has begun",
        by: "upgrades::an_unload_comes_before_or_after_an_upgrade",
    },
    Mutant {
        file: MARK,
        find: "upgrading = None;\n        self.control.changed(&table);\n",
        replace: "upgrading = None;\n",
        why: "those who wait for the upgrade must be woken",
        by: "upgrades::an_unload_comes_before_or_after_an_upgrade",
    },
    Mutant {
        file: UPGRADE,
        find: "if !os::heavy_barrier() {",
        replace: "if false {",
        why: "without a barrier the old version could never end",
        by: "upgrades::a_system_without_the_barrier_upgrades_nothing",
    },
];

const MOVED_BEFORE: &str = "        link::succeed(&table, old, new);
        table.loads += 1;
        table.forget_providers();
        table.retired.push(Retired::new(old.clone()));
";
const MOVED_AFTER: &str = "        table.loads += 1;
        table.forget_providers();
        table.retired.push(Retired::new(old.clone()));
        drop(table);
        self.finish(Some(module));
        let table = self.control.lock();
        link::succeed(&table, old, new);
";

const HOOK_BEFORE: &str = "        self.run_load_hook(&new, &arg).map_err(refused)?;

        let info = ModuleInfo::loaded(&new);
        let build = os::build_id(new.image.address());
        match self.put_into_service(old, &new, start) {
";
const HOOK_AFTER: &str = "        let placed = self.put_into_service(old, &new, start);
        self.run_load_hook(&new, &arg).map_err(refused)?;

        let info = ModuleInfo::loaded(&new);
        let build = os::build_id(new.image.address());
        match placed {
";

const HELD_FIRST: &str = "quote!(#unbound #hold #call)";
const HELD_LAST: &str = "quote! {
            #unbound
            let function = unsafe { dlkm_glue::STUBS.#function(#index) };
            #hold
            function(#(#args),*)
        }";

const ENTERED_FIRST: &str = "        let #hold = STUBS.hold.enter_first(&INTERFACE);
        // SAFETY: the slot's functions have the type of this one.
        (unsafe { STUBS.#function(#index) })(#(#args),*)
";
const ENTERED_LAST: &str = "        let function = unsafe { STUBS.#function(#index) };
        let #hold = STUBS.hold.enter_first(&INTERFACE);
        function(#(#args),*)
";

/// Lines that no mutant weakens.
pub(crate) const UNWATCHED: &[Unwatched] = &[
    Unwatched {
        file: HOLD_REGISTRY,
        line: "cell.store(first, Release)",
        why: "for a signal handler of the same thread, which no model has; other threads do not read it",
    },
    Unwatched {
        file: SWITCH,
        line: "self.entries.store(Box::into_raw(list), Release)",
        why: "publishes what the pointer leads to, a list in plain memory: loom watches its own cells \
              only. Its partner is the Acquire in `entries`.",
    },
    Unwatched {
        file: SWITCH,
        line: "let entries = self.entries.load(Acquire);",
        why: "the partner of the one above",
    },
    Unwatched {
        file: SWITCH,
        line: "before: self.entries.load(Acquire)",
        why: "all stores are made under the kernel's lock, and so is this",
    },
    Unwatched {
        file: SWITCH,
        line: "Lists(self.entries.load(Acquire))",
        why: "the image is about to be unmapped, and no thread publishes",
    },
    Unwatched {
        file: "dlkm-core/src/call/stub.rs",
        line: "failure).cast_mut(), Release)",
        why: "publishes what the pointer leads to, an error in plain memory: loom watches its own \
              cells only. Its partner is the Acquire in `failure`.",
    },
    Unwatched {
        file: "dlkm-core/src/call/stub.rs",
        line: "self.failure.load(Acquire)",
        why: "the partner of the one above",
    },
    Unwatched {
        file: "dlkm-core/src/services/ask.rs",
        line: "ATTACHED.load(Acquire)",
        why: "an image is attached by the one thread that opened it, before its functions are \
              bound; a model has one copy of the runtime, which attaches nothing",
    },
    Unwatched {
        file: "dlkm-core/src/image/rust.rs",
        line: "ATTACHED.store(",
        why: "the partner of the one above",
    },
    Unwatched {
        file: "dlkm-core/src/services/ask.rs",
        line: "BOOTED.load(Acquire)",
        why: "what it leads to is a static, which is right from the start; models boot before they \
              start threads",
    },
    Unwatched {
        file: "dlkm-core/src/services/ask.rs",
        line: "BOOTED.store(",
        why: "the partner of the one above",
    },
];

/// The files whose orderings are all listed here.
pub(crate) const WATCHED: &[&str] = &[
    IMAGES,
    SLOT,
    HOLD,
    HOLD_REGISTRY,
    HELD_COUNTS,
    CONTROL,
    INSTALL,
    "dlkm-kernel/src/kernel/resolve.rs",
    "dlkm-core/src/image/rust.rs",
    "dlkm-core/src/services/ask.rs",
    "dlkm-core/src/call/stub.rs",
    SWITCH,
    LINK,
    UPGRADE,
    RECORD,
    RETIRE,
    "dlkm-kernel/src/kernel/state.rs",
    "dlkm-kernel/src/kernel/observe.rs",
    "dlkm-kernel/src/kernel/services.rs",
];
