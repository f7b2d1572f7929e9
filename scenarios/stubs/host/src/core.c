/* C code of the program itself. The stub module of `till` is linked into the program. */

#include <stddef.h>
#include <stdint.h>

uint64_t till_total(uint64_t, uint64_t, uint64_t, uint64_t, uint64_t, uint64_t, uint64_t, uint64_t,
                    uint64_t, uint64_t);
int32_t till_is_open(void);

uint64_t core_total(void) {
    return till_total(1, 2, 3, 4, 5, 6, 7, 8, 9, 10);
}

int32_t core_is_open(void) {
    return till_is_open();
}
