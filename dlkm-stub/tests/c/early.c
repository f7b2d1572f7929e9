/* A library that calls another one in its constructor and in its destructor. */
#include "states.h"

int early(void);

static long at_start;

__attribute__((constructor)) static void start(void) {
    say("from a library's constructor\n");
    at_start = counted(20);
}

__attribute__((destructor)) static void end(void) { say("from a library's destructor\n"); }

int early(void) { return (int)at_start; }
