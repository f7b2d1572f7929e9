/* Calls each function of both interfaces, and prints what they return. */

#include <stdio.h>
#include <string.h>

#include "drawer.h"
#include "till.h"

static int32_t add(void *context, int32_t by) {
    *(int32_t *)context += by;
    return *(int32_t *)context;
}

static void nothing(void *context) {
    *(int32_t *)context = 7;
}

/* The last thing that it does is a call with the same arguments: a jump, if it is optimised. */
static __attribute__((noinline)) uint64_t tail(uint64_t a, uint64_t b, uint64_t c, uint64_t d,
                                               uint64_t e, uint64_t f, uint64_t g, uint64_t h,
                                               uint64_t i, uint64_t j) {
    return till_total(a, b, c, d, e, f, g, h, i, j);
}

int main(void) {
    printf("open %d, coins %ld\n", till_is_open(), (long)drawer_coins());
    printf("total %lu\n", (unsigned long)tail(1, 2, 3, 4, 5, 6, 7, 8, 9, 10));
    printf("tax %.3f\n", till_tax(100.0, 0.5f, 0.1, 0.01, 0.001, 0.0, 0.0, 0.25, 3.0));
    till_Coin coin = {1.25, 40};
    coin = till_move(coin, 2);
    printf("coin %.2f %d\n", coin.value, coin.place);
    till_Receipt receipt = {10.0, {1, 2, 3, 4, 5, 6}};
    receipt = till_receipt(&coin, &receipt);
    printf("receipt %.2f %lu %lu\n", receipt.total, (unsigned long)receipt.lines[0],
           (unsigned long)receipt.lines[5]);
    till_Str text = {(const uint8_t *)"twelve bytes", 12};
    printf("length %zu\n", till_length(text));
    int32_t sum = 10;
    printf("call %d\n", till_call(add, &sum));
    printf("put %lu", (unsigned long)drawer_put(2));
    printf(" %lu\n", (unsigned long)drawer_put(3));
    printf("wait %d", drawer_wait(nothing, &sum));
    printf(" %d\n", sum);
    printf("open %d, coins %ld\n", till_is_open(), (long)drawer_coins());
    return 0;
}
