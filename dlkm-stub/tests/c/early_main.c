/* Calls the library before `main`: first of all before any constructor, if an argument says so. */
#include "states.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

extern int early(void);

static void first_of_all(int count, char **arguments, char **environment) {
    (void)environment;
    if (count > 1 && strcmp(arguments[1], "preinit") == 0)
        say("before all constructors\n");
}

__attribute__((section(".preinit_array"), used)) static void (*preinit)(int, char **, char **) =
    first_of_all;

__attribute__((constructor)) static void start(void) { say("from the program's constructor\n"); }

int main(void) {
    const char *path = getenv("PATH");
    dprintf(1, "%d %ld %d %s\n", early(), counted(1), said(), path ? path : "no environment");
    return 0;
}
