/* Built twice, with LIBRARY_VERSION 1 and 2 and the version script of that number. */
#include "versions.h"

#if LIBRARY_VERSION >= 2
int old_answer(void);
int new_answer(void);
__asm__(".symver old_answer, answer@VERSION_1");
__asm__(".symver new_answer, answer@@VERSION_2");
int old_answer(void) { return 1; }
int new_answer(void) { return 2; }
int question(void) { return new_answer() + 40; }
#else
int answer(void) { return 1; }
#endif
