/* Calls `answer` of the version that the program was linked with. */
#include "versions.h"

#include <stdio.h>

int main(void) {
    printf("%d %d\n", answer(), answer());
#if LIBRARY_VERSION >= 2
    printf("%d\n", question());
#endif
}
