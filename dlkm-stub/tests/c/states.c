/* The library. */
#define _GNU_SOURCE
#include "states.h"

#include <dlfcn.h>
#include <errno.h>
#include <execinfo.h>
#include <sched.h>
#include <stdatomic.h>
#include <string.h>
#include <unistd.h>

#ifndef TLS_BYTES
#define TLS_BYTES 64
#endif

/* Of the static block of each thread, of which the C library keeps little for libraries that a
   program opens. */
static __thread struct {
    long sum;
    char more[TLS_BYTES - sizeof(long)];
} thread __attribute__((tls_model("initial-exec"))) = {100, {0}};

static atomic_int started;
static atomic_int calls;
static long from_constructor;
static int program_reached;

static int reaches_program(void) {
    void *frames[64];
    int count = backtrace(frames, 64);
    for (int i = 0; i < count; i++) {
        Dl_info info;
        /* Of the program, this is the first of its arguments. */
        if (dladdr(frames[i], &info) && strcmp(info.dli_fname, program_invocation_name) == 0)
            return 1;
    }
    return 0;
}

__attribute__((constructor)) static void start(void) {
    long (*found)(long) = (long (*)(long))dlsym(RTLD_DEFAULT, "counted");
    from_constructor = found ? found(0) : -1;
    program_reached = reaches_program();
    /* Gives the other threads the time to come to their first calls. */
    for (int i = 0; i < 100; i++)
        sched_yield();
    atomic_store(&started, 1);
}

__attribute__((destructor)) static void end(void) { say("the library ends\n"); }

long counted(long add) {
    thread.more[0] = (char)add;
    return thread.sum += thread.more[0];
}

int ready(void) { return atomic_load(&started); }

long reentered(void) { return from_constructor; }

int reached(void) { return program_reached; }

void say(const char *text) {
    atomic_fetch_add(&calls, 1);
    if (write(1, text, strlen(text)) < 0)
        _exit(3);
}

int said(void) { return atomic_load(&calls); }
