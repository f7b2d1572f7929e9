/* Catches what module `buyer` throws, through its stub module. */

#include <cstdint>
#include <cstdio>
#include <setjmp.h>

extern "C" uint64_t buyer_buy(uint64_t coins);

struct Guard {
    ~Guard() { std::puts("unwound"); }
};

int main() {
    // The first call of all leaves by an exception.
    for (int turn = 0; turn < 2; turn++) {
        try {
            Guard guard;
            buyer_buy(0);
        } catch (int number) {
            std::printf("caught %d\n", number);
        }
    }
    static jmp_buf place;
    int value = setjmp(place);
    if (value == 0)
        buyer_buy(reinterpret_cast<uint64_t>(&place));
    std::printf("jumped %d\n", value);
    std::printf("bought %d\n", static_cast<int>(buyer_buy(3)));
    return 0;
}
