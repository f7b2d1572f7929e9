/* A library whose functions have versions: `answer` of VERSION_1 is another function than that of
   VERSION_2. */
#ifndef VERSIONS_H
#define VERSIONS_H

int answer(void);
#if LIBRARY_VERSION >= 2
int question(void);
#endif

#endif
