/* The library. */
#include "states.h"

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
#pragma weak in_constructor
static long from_constructor;

__attribute__((constructor)) static void start(void) {
    from_constructor = in_constructor ? in_constructor() : -1;
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

void say(const char *text) {
    atomic_fetch_add(&calls, 1);
    if (write(1, text, strlen(text)) < 0)
        _exit(3);
}

int said(void) { return atomic_load(&calls); }
