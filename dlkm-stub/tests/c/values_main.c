/* `values_main CASE` calls one function twice, so that the first call is the one that loads the
   library. `values_main` lists the cases. */
#define _GNU_SOURCE
#include "values.h"

#include <dlfcn.h>
#include <errno.h>
#include <execinfo.h>
#include <fenv.h>
#include <setjmp.h>
#include <string.h>

/* Opaque to the optimiser, so that arguments are passed and not folded. */
static volatile int one = 1;

static void show_large(struct large a) {
    for (int i = 0; i < 9; i++)
        printf("%ld ", a.words[i]);
    printf("%g %g %g\n", a.reals[0], a.reals[1], a.reals[2]);
}

static void show_floats(const void *floats, int count) {
    float values[16];
    memcpy(values, floats, (size_t)count * sizeof *values);
    for (int i = 0; i < count; i++)
        printf("%g ", (double)values[i]);
    printf("\n");
}

static struct large large_from(long first) {
    struct large a;
    for (int i = 0; i < 9; i++)
        a.words[i] = first + i;
    for (int i = 0; i < 3; i++)
        a.reals[i] = (double)first + i / 4.0;
    return a;
}

static void none_case(void) { printf("%d\n", none()); }

static void narrow_case(void) {
    printf("%d\n", narrow((signed char)(-100 * one), (unsigned short)(65535 * one), one != 0,
                          (char)(7 * one)));
}

static void six_case(void) {
    printf("%ld\n", six(-1L * one, 2, -3, 'd', 4000000000U, "f"));
}

static void eleven_case(void) {
    printf("%ld\n", eleven(one, 2, 3, 4, 5, 6, 7, -8, 'i', "jj", 1L << 40));
}

static void single_case(void) { printf("%g\n", (double)single(1.5F * (float)one, 0.25F)); }

static void twelve_case(void) {
    printf("%g\n", twelve(one, .5, .25, 1.5, 2, 3, 4, 5, 6, 7, 8.5F, 9));
}

static void both_case(void) { printf("%g\n", both(one, 2.5, 3, 4.5F, 'e', 6.5, 7, 8.5, 9, 10.5)); }

static void extended_case(void) { printf("%.18Lg\n", extended(1.1L * one, 3, 0.7L)); }

static void wide_case(void) {
    __int128 result = wide((__int128)one << 70, 5, 3);
    printf("%lx %lx\n", (long)(result >> 64), (long)result);
}

static void complex_case(void) {
    _Complex float a = complex_float(1.5F * (float)one + 2i);
    printf("%g %g\n", (double)__real__ a, (double)__imag__ a);
}

static void complex_double_case(void) {
    _Complex double b = complex_double(1.5 * one + 2i, 3 - 4i);
    printf("%g %g\n", __real__ b, __imag__ b);
}

static void complex_extended_case(void) {
    _Complex long double c = complex_extended(1.5L * one + 2i);
    printf("%Lg %Lg\n", __real__ c, __imag__ c);
}

static void quadruple_case(void) {
    printf("%.18Lg\n", (long double)quadruple((__float128)1.25 * one, 0.5));
}

static void sum_case(void) {
    struct pair pair = {7, 8};
    struct mixed mixed = {9.5, 10};
    printf("%g\n", sum("ildespmLdddddddddiiiiie", one, 2L, 3.5, 4.5L, "s", pair, mixed,
                       large_from(3), 1.5, 2.5, 3.5, 4.5, 5.5, 6.5, 7.5, 8.5, 9.5, 1, 2, 3, 4, 5,
                       6.5L));
}

static void sum_whole_case(void) { printf("%g\n", sum("iiiiiiii", one, 2, 3, 4, 5, 6, 7, 8)); }

static double through_list(const char *kinds, ...) {
    va_list list;
    va_start(list, kinds);
    double all = sum_list(kinds, list);
    va_end(list);
    return all;
}

static void list_case(void) {
    printf("%g\n", through_list("idlsdddddddddiiii", one, 2.5, 3L, "s", .5, 1.5, 2.5, 3.5, 4.5, 5.5,
                                6.5, 7.5, 8.5, 1, 2, 3, 4));
}

static void text_case(void) {
    char to[80];
    int length = text(to, sizeof to, "%d %s %.3f %Lg %c %p", one, "two", 3.25, 4.5L, '5', NULL);
    printf("%s %d\n", to, length);
}

static void swap_case(void) {
    struct pair pair = swap((struct pair){one, 2});
    printf("%ld %ld\n", pair.first, pair.second);
}

static void mix_case(void) {
    struct mixed mixed = mix((struct mixed){1.5 * one, 2}, (struct mixed){3.5, 4});
    printf("%g %ld\n", mixed.real, mixed.whole);
}

static void pack_case(void) {
    struct packed packed = pack((struct packed){1, 2, (float)one}, (struct packed){4.5F, 5, 6});
    printf("%g %g %g\n", (double)packed.a, (double)packed.b, (double)packed.c);
}

static void byte_case(void) { printf("%d\n", next((struct byte){(char)(one + 40)}).value); }

static void enlarge_case(void) { show_large(enlarge(large_from(one), 3, large_from(5))); }

static void lengthen_case(void) {
    printf("%.18Lg\n", lengthen((struct extended){1.1L * one}).value);
}

static void crowded_case(void) {
    show_large(crowded(one, (struct pair){2, 3}, 4, 5, (struct pair){6, 7}, 8.5,
                       (struct mixed){9.5, 10}, (struct mixed){11.5, 12},
                       (struct packed){13, 14, 15}, (struct byte){16}));
}

static void four_case(void) {
    four a = {(float)one, 2, 3, 4};
    four sum = add_four(a, a + 1, a + 2, a + 3, a + 4, a + 5, a + 6, a + 7, a + 8);
    show_floats(&sum, 4);
}

static void two_case(void) {
    two sum = add_two((two){one, 2.5}, 3.5, (two){4, 5});
    printf("%g %g\n", sum[0], sum[1]);
}

__attribute__((target("avx"))) static void eight_calls(void) {
    eight a = {(float)one, 2, 3, 4, 5, 6, 7, 8};
    eight sum = add_eight(a, a + 1, a + 2, a + 3, a + 4, a + 5, a + 6, a + 7, a + 8);
    show_floats(&sum, 8);
}

static void eight_case(void) {
    if (__builtin_cpu_supports("avx"))
        eight_calls();
    else
        printf("this processor has no AVX: %d\n", none());
}

__attribute__((target("avx512f"))) static void sixteen_calls(void) {
    sixteen a = {(float)one, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16};
    sixteen sum = add_sixteen(a, a + 1, a + 2, a + 3, a + 4, a + 5, a + 6, a + 7, a + 8);
    show_floats(&sum, 16);
}

static void sixteen_case(void) {
    if (__builtin_cpu_supports("avx512f"))
        sixteen_calls();
    else
        printf("this processor has no AVX-512: %d\n", none());
}

/* The callback calls the library too. */
static long back(long a, void *context) {
    *(long *)context += a;
    return a > 3 ? a : call(back, a, context);
}

static void callback_case(void) {
    long context = one;
    long result = call(back, 1, &context);
    printf("%ld %ld\n", result, context);
}

static int order(const void *a, const void *b) { return *(const int *)a - *(const int *)b; }

static void sorted_case(void) {
    int numbers[] = {5, 3, 9 * one, -1, 7};
    sort(numbers, 5, order);
    for (int i = 0; i < 5; i++)
        printf("%d ", numbers[i]);
    printf("\n");
}

static void chosen_case(void) { printf("%ld %ld\n", chosen(one)(21), chosen(!one)(84)); }

/* With optimisation both are jumps: the library returns to the caller of this function. */
__attribute__((noinline)) static long tail(long (*function)(long, void *), long a, void *context) {
    return call_last(function, a + 1, context);
}

static long last(long a, void *context) { return a + *(long *)context; }

static void tail_case(void) {
    long context = 40 * one;
    printf("%ld\n", tail(last, 0, &context));
}

static jmp_buf place;

static long leave(long a, void *context) {
    (void)context;
    longjmp(place, (int)a);
}

static void jump_case(void) {
    volatile long kept = 5 * one;
    int value = setjmp(place);
    if (value == 0)
        printf("not reached %ld\n", call(leave, 6, NULL));
    printf("%d %ld %d\n", value, kept, none());
}

static void error_case(void) {
    errno = 77 * one;
    int seen = error_number();
    printf("%d %d\n", seen, errno);
}

static void rounding_case(void) {
    fesetround(FE_UPWARD);
    double up = third();
    int seen = rounding();
    int after = fegetround();
    fesetround(FE_TONEAREST);
    printf("%.20g %d %d\n", up, seen == FE_UPWARD, after == FE_UPWARD);
}

/* The library sees the program as its caller, as the trampoline is a jump. */
static void caller_case(void) {
    Dl_info of_caller, of_this;
    dladdr(caller(), &of_caller);
    dladdr(&place, &of_this);
    printf("%d\n", of_caller.dli_fbase == of_this.dli_fbase);
}

/* Registers that no C argument is in: the count of vector registers, and the static chain. Not through
   the PLT, as lazy binding does not keep the latter. */
static void hidden_case(void) {
    long result = 5 * one;
    /* Below what this function may keep under its stack pointer. */
    __asm__ volatile("mov $20, %%r10\n\t"
                     "mov %%rsp, %%rbx\n\t"
                     "sub $128, %%rsp\n\t"
                     "and $-16, %%rsp\n\t"
                     "call *hidden@GOTPCREL(%%rip)\n\t"
                     "mov %%rbx, %%rsp"
                     : "+a"(result)
                     :
                     : "rbx", "rcx", "rdx", "rdi", "rsi", "r8", "r9", "r10", "r11", "memory", "cc",
                       "xmm0", "xmm1", "xmm2", "xmm3", "xmm4", "xmm5", "xmm6", "xmm7", "xmm8", "xmm9",
                       "xmm10", "xmm11", "xmm12", "xmm13", "xmm14", "xmm15");
    printf("%ld\n", result);
}

static long frames(long a, void *context) {
    (void)context;
    void *found[64];
    return a + backtrace(found, 64);
}

static void backtrace_case(void) { printf("%ld\n", call(frames, 0, NULL)); }

static const struct {
    const char *name;
    void (*run)(void);
} cases[] = {
    {"none", none_case},
    {"narrow", narrow_case},
    {"six", six_case},
    {"eleven", eleven_case},
    {"single", single_case},
    {"twelve", twelve_case},
    {"both", both_case},
    {"extended", extended_case},
    {"wide", wide_case},
    {"complex", complex_case},
    {"complex-double", complex_double_case},
    {"complex-extended", complex_extended_case},
    {"quadruple", quadruple_case},
    {"varargs", sum_case},
    {"varargs-whole", sum_whole_case},
    {"va-list", list_case},
    {"text", text_case},
    {"swap", swap_case},
    {"mix", mix_case},
    {"pack", pack_case},
    {"byte", byte_case},
    {"enlarge", enlarge_case},
    {"lengthen", lengthen_case},
    {"crowded", crowded_case},
    {"four", four_case},
    {"two", two_case},
    {"eight", eight_case},
    {"sixteen", sixteen_case},
    {"callback", callback_case},
    {"sorted", sorted_case},
    {"chosen", chosen_case},
    {"tail", tail_case},
    {"longjmp", jump_case},
    {"errno", error_case},
    {"rounding", rounding_case},
    {"caller", caller_case},
    {"hidden", hidden_case},
    {"backtrace", backtrace_case},
};

int main(int count, char **arguments) {
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        if (count == 1) {
            puts(cases[i].name);
        } else if (strcmp(arguments[1], cases[i].name) == 0) {
            cases[i].run();
            cases[i].run();
            return 0;
        }
    }
    return count == 1 ? 0 : 2;
}
