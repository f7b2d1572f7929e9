/* Module `buyer` in C++. Its function leaves by an exception, or by longjmp. */

#include <setjmp.h>

#include "buyer.h"

extern "C" uint64_t buyer_buyer_buy(uint64_t coins) {
    if (coins == 0)
        throw 42;
    if (coins > 1000)
        longjmp(*reinterpret_cast<jmp_buf *>(coins), 7);
    return coins;
}

DLKM_MODULE("buyer", "0.3.0", "Throws", 0, 0);
