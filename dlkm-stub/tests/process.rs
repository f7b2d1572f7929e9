//! First calls and what else a process does: threads, constructors, signals, forks, thread-local variables,
//! exceptions and backtraces.

mod common;

use common::{Lab, aborted, succeeded};

/// Threads on the smallest stacks that the system has.
#[test]
fn threads_race_on_the_first_call() {
    let lab = Lab::new();
    lab.library(
        "static int ready;
        int value(void) { return ready ? 42 : 0; }
        __attribute__((constructor)) static void start(void) {
            for (volatile int i = 0; i < 1000000; i++) {}
            ready = 1;
        }",
    );
    lab.program(
        "#include <limits.h>
        #include <pthread.h>
        #include <stdio.h>
        #include <unistd.h>
        int value(void);
        static pthread_barrier_t barrier;
        static void *call(void *bad) {
            pthread_barrier_wait(&barrier);
            if (value() != 42) __atomic_store_n((int *)bad, 1, __ATOMIC_RELAXED);
            return 0;
        }
        int main(void) {
            int bad = 0;
            pthread_t threads[16];
            pthread_attr_t small;
            pthread_attr_init(&small);
            pthread_attr_setstacksize(&small, sysconf(_SC_THREAD_STACK_MIN));
            pthread_barrier_init(&barrier, 0, 16);
            for (int i = 0; i < 16; i++) pthread_create(&threads[i], &small, call, &bad);
            for (int i = 0; i < 16; i++) pthread_join(threads[i], 0);
            printf(\"%d\", bad);
        }",
    );
    lab.stub().build(lab.lazy()).unwrap();
    for _ in 0..20 {
        assert_eq!(lab.run(), "0");
    }
}

/// A constructor of the real library calls the stub library. That call works, and lets no other thread
/// in before the constructor has ended.
#[test]
fn a_constructor_calls_the_stub_library() {
    let lab = Lab::new();
    lab.library(
        "#define _GNU_SOURCE
        #include <dlfcn.h>
        static int ready;
        int value(void) { return ready ? 42 : 0; }
        int early(void) { return 5; }
        __attribute__((constructor)) static void start(void) {
            void (*inside)(void) = (void (*)(void))dlsym(RTLD_DEFAULT, \"inside\");
            inside();
            ready = 1;
        }",
    );
    lab.program_with(
        "#define _GNU_SOURCE
        #include <pthread.h>
        #include <stdio.h>
        #include <stdlib.h>
        #include <string.h>
        #include <unistd.h>
        int value(void); int early(void);
        static int thread_id, done, was_early, result = -1;
        static pthread_t thread;
        static void *call(void *unused) {
            (void)unused;
            __atomic_store_n(&thread_id, gettid(), __ATOMIC_RELEASE);
            result = value();
            __atomic_store_n(&done, 1, __ATOMIC_RELEASE);
            return 0;
        }
        // The state of the other thread: S while it waits.
        static char state(void) {
            char path[64], text[256] = {0};
            snprintf(path, sizeof path, \"/proc/self/task/%d/stat\", thread_id);
            FILE *file = fopen(path, \"r\");
            if (!file) return 0;
            size_t length = fread(text, 1, sizeof text - 1, file);
            fclose(file);
            char *end = length ? strrchr(text, ')') : 0;
            return end ? end[2] : 0;
        }
        // Runs in the constructor.
        void inside(void) {
            was_early = early();
            pthread_create(&thread, 0, call, 0);
            while (!__atomic_load_n(&thread_id, __ATOMIC_ACQUIRE)) {}
            while (!__atomic_load_n(&done, __ATOMIC_ACQUIRE) && state() != 'S') {}
        }
        int main(void) {
            int direct = value();
            pthread_join(thread, 0);
            printf(\"%d %d %d\", direct, was_early, result);
        }",
        &["-rdynamic"],
    );
    lab.stub().build(lab.lazy()).unwrap();
    assert_eq!(lab.run(), "42 5 42");
}

#[test]
fn signals_forks_and_cancellation() {
    let lab = Lab::new();
    lab.library("int add(int a, int b) { return a + b; } int other(void) { return 1; }");
    lab.program(
        "#include <pthread.h>
        #include <signal.h>
        #include <stdio.h>
        #include <sys/wait.h>
        #include <unistd.h>
        int add(int, int); int other(void);
        static int in_handler;
        static void handle(int signal) { in_handler = add(signal, 1); }
        static void *cancelled(void *unused) {
            (void)unused;
            pthread_setcanceltype(PTHREAD_CANCEL_DEFERRED, 0);
            pthread_cancel(pthread_self());
            // Neither the call nor the load behind it is where a thread may be cancelled.
            int sum = add(1, 2);
            printf(\"%d \", sum);
            fflush(stdout);
            pthread_testcancel();
            printf(\"not cancelled \");
            return 0;
        }
        int main(void) {
            pid_t child = fork();
            if (child == 0) _exit(add(20, 22));
            int status;
            waitpid(child, &status, 0);
            printf(\"%d \", WEXITSTATUS(status));
            fflush(stdout);
            pthread_t thread;
            pthread_create(&thread, 0, cancelled, 0);
            pthread_join(thread, 0);
            // The other function was never called, and its slot is filled.
            signal(SIGUSR1, handle);
            raise(SIGUSR1);
            child = fork();
            if (child == 0) _exit(other());
            waitpid(child, &status, 0);
            printf(\"%d %d\", in_handler - SIGUSR1, WEXITSTATUS(status));
        }",
    );
    lab.stub().build(lab.lazy()).unwrap();
    assert_eq!(lab.run(), "42 3 1 1");
}

/// Variables of the kind that libraries have which expect to be loaded at the start.
#[test]
fn static_thread_local_variables() {
    let lab = Lab::new();
    let source = |bytes: usize| {
        format!(
            "static __thread char place[{bytes}] __attribute__((tls_model(\"initial-exec\")));
            int count(void) {{ return ++place[0]; }}"
        )
    };
    lab.library(&source(100));
    lab.program(
        "#include <pthread.h>
        #include <stdio.h>
        int count(void);
        static void *call(void *unused) { printf(\"%d \", count() + count()); return unused; }
        int main(void) {
            pthread_t thread;
            pthread_create(&thread, 0, call, 0);
            pthread_join(thread, 0);
            call(0);
        }",
    );
    let built = lab.stub().build(lab.lazy()).unwrap();
    assert_eq!(built.report().static_tls(), 100);
    assert_eq!(lab.run(), "3 3 ");
    lab.library(&source(100_000));
    let built = lab.stub().build(lab.lazy()).unwrap();
    assert_eq!(built.report().static_tls(), 100_000);
    let said = aborted(lab.command().output().unwrap());
    assert!(said.contains("static TLS block"), "{said}");
    let tunable = "glibc.rtld.optional_static_tls=100512";
    let output = lab
        .command()
        .env("GLIBC_TUNABLES", tunable)
        .output()
        .unwrap();
    assert_eq!(succeeded(output), "3 3 ");
}

/// Debuggers and profilers see who has called, also while the real library is loaded.
#[test]
fn a_backtrace_from_a_constructor_reaches_the_caller() {
    for compiler in ["cc", "cc -DDLKM_STUB_XSAVE", "cc -DDLKM_STUB_FXSAVE"] {
        let lab = Lab::new();
        lab.library(
            "#include <execinfo.h>
            int value(void) { return 1; }
            __attribute__((constructor)) static void start(void) {
                void *frames[64];
                backtrace_symbols_fd(frames, backtrace(frames, 64), 1);
            }",
        );
        lab.program_with(
            "int value(void);
            __attribute__((noinline)) int the_caller(int a) { return value() + a; }
            int main(void) { return the_caller(-1); }",
            &["-rdynamic"],
        );
        lab.stub().compiler(compiler).build(lab.lazy()).unwrap();
        let text = lab.run();
        let caller = text.lines().position(|line| line.contains("(the_caller+"));
        let main = text.lines().position(|line| line.contains("(main+"));
        assert!(caller.is_some() && main > caller, "{text}");
    }
}

#[test]
fn exceptions_and_jumps_pass_through() {
    let lab = Lab::new();
    lab.library_with(
        "void call(void (*function)(void)) { function(); }
        void again(void (*function)(void)) { function(); }",
        &["-fexceptions"],
    );
    let source = lab.write(
        "program.cpp",
        "#include <csetjmp>
        #include <cstdio>
        extern \"C\" void call(void (*)()); extern \"C\" void again(void (*)());
        static jmp_buf place;
        extern \"C\" void dlkm_stub_failed(const char *, const char *function, const char *) { throw function; }
        int main() {
            try { call([] { throw 7; }); } catch (int value) { std::printf(\"%d\", value); }
            catch (const char *function) { std::printf(\"no %s\", function); }
            if (setjmp(place) == 0) try { again([] { std::longjmp(place, 1); }); }
            catch (const char *) { std::longjmp(place, 1); }
            std::printf(\" jumped\");
        }",
    );
    let sample = lab.path(common::SONAME);
    let program = lab.path("program");
    common::compile("c++", &["-O2", "-rdynamic"], &[&source, &sample], &program);
    let built = lab.stub().build(lab.lazy()).unwrap();
    assert_eq!(lab.run(), "7 jumped");
    // The program's function leaves the failed call by an exception.
    std::fs::remove_file(built.real()).unwrap();
    assert_eq!(lab.run(), "no call jumped");
}
