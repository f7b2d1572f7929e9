/* A plugin that is linked with the library. */
#include "states.h"

long run(void);

long run(void) { return counted(1); }
