/* Calls through a PLT that is bound lazily. */
#include <stdint.h>

uint64_t linked_add(uint64_t a, uint64_t b);

/* The loop of `bench_api::sum`. */
uint64_t linked_sum(uint64_t count) {
    uint64_t sum = 0;
    for (uint64_t number = 0; number < count; number++)
        sum = linked_add(sum, number);
    return sum;
}
