/* Module `buyer`. It calls the till as C code calls any library, and depends on the stub module. */

#define DLKM_DEPENDS "till_stub"
#include "buyer.h"

uint64_t till_total(uint64_t, uint64_t, uint64_t, uint64_t, uint64_t, uint64_t, uint64_t, uint64_t,
                    uint64_t, uint64_t);

uint64_t buyer_buyer_buy(uint64_t coins) {
    return till_total(coins, 100, 0, 0, 0, 0, 0, 0, 0, 0);
}

DLKM_MODULE("buyer", "0.3.0", "Buys", 0, 0);
