/* A library with state: a constructor and a destructor, and variables of threads. */
#ifndef STATES_H
#define STATES_H

/* Adds to a counter of this thread, and returns the sum. */
long counted(long add);
/* Whether the constructor of the library has returned. */
int ready(void);
/* What the constructor got from its own call of `counted`, found as other libraries find it. */
long reentered(void);
/* Whether the constructor's backtrace reaches the program. */
int reached(void);
/* Writes to standard output without locks, as a handler of a signal may. */
void say(const char *text);
/* How often `say` was called. */
int said(void);

#endif
