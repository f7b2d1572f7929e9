/* A library that is linked to two stub modules. It knows nothing of dlkm. */

#include "drawer.h"
#include "till.h"

uint64_t shop_buy(uint64_t coins) {
    return till_total(coins, 0, 0, 0, 0, 0, 0, 0, 0, 1);
}

int32_t shop_is_open(void) {
    return till_is_open();
}

uint64_t shop_put(uint64_t coins) {
    return drawer_put(coins);
}

int64_t shop_coins(void) {
    return drawer_coins();
}

static void call(void *context) {
    void (*inside)(void);
    *(void **)&inside = context;
    inside();
}

int32_t shop_wait(void (*inside)(void)) {
    return drawer_wait(call, *(void **)&inside);
}
