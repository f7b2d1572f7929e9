/* A shared object that the host is linked to. */
#include <stdint.h>

uint64_t linked_add(uint64_t a, uint64_t b) { return a + b; }
