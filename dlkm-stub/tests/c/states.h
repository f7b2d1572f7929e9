/* A library with state: a constructor and a destructor, and variables of threads. */
#ifndef STATES_H
#define STATES_H

/* Adds to a counter of this thread, and returns the sum. */
long counted(long add);
/* Whether the constructor of the library has returned. */
int ready(void);
/* What the constructor got from `in_constructor`. */
long reentered(void);
/* A program may define it: the constructor calls it. */
long in_constructor(void);
/* Writes to standard output without locks, as a handler of a signal may. */
void say(const char *text);
/* How often `say` was called. */
int said(void);

#endif
