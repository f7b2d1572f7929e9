/* The library. Each result depends on every argument, and on the order of the arguments. */
#include "values.h"

#include <errno.h>
#include <fenv.h>
#include <stdlib.h>

/* Overwrites all registers that can hold an argument, as a constructor may. The dynamic linker alone
   leaves some of them as they were. */
__attribute__((constructor)) static void start(void) {
#define EACH(do) do(0) do(1) do(2) do(3) do(4) do(5) do(6) do(7)
#define SSE(n) "pcmpeqd %%xmm" #n ", %%xmm" #n "\n\t"
#define AVX(n) "vxorps %%ymm" #n ", %%ymm" #n ", %%ymm" #n "\n\t"
#define AVX_512(n) "vpternlogd $255, %%zmm" #n ", %%zmm" #n ", %%zmm" #n "\n\t"
#define CHANGED "xmm0", "xmm1", "xmm2", "xmm3", "xmm4", "xmm5", "xmm6", "xmm7"
    if (__builtin_cpu_supports("avx512f"))
        __asm__ volatile(EACH(AVX_512) ::: CHANGED);
    else if (__builtin_cpu_supports("avx"))
        __asm__ volatile(EACH(AVX) ::: CHANGED);
    else
        __asm__ volatile(EACH(SSE) ::: CHANGED);
    __asm__ volatile("mov $-1, %%rax\n\tmov %%rax, %%rdi\n\tmov %%rax, %%rsi\n\t"
                     "mov %%rax, %%rdx\n\tmov %%rax, %%rcx\n\tmov %%rax, %%r8\n\t"
                     "mov %%rax, %%r9\n\tmov %%rax, %%r10\n\tmov %%rax, %%r11" ::
                         : "rax", "rdi", "rsi", "rdx", "rcx", "r8", "r9", "r10", "r11");
    errno = EILSEQ;
}

int none(void) { return 42; }

char narrow(signed char a, unsigned short b, _Bool c, char d) {
    return (char)(a + b % 7 + 2 * c + d);
}

long six(long a, int b, short c, char d, unsigned e, const char *f) {
    return a + 2 * b + 3 * c + 5 * d + 7L * e + 11 * f[0];
}

long eleven(long a, long b, long c, long d, long e, long f, long g, int h, char i, const char *j,
            long k) {
    return a + 2 * b + 3 * c + 5 * d + 7 * e + 11 * f + 13 * g + 17 * h + 19 * i + 23 * j[1] + 29 * k;
}

float single(float a, float b) { return a - 2 * b; }

double twelve(double a, double b, double c, double d, double e, double f, double g, double h,
              double i, double j, float k, double l) {
    return a + 2 * b + 3 * c + 5 * d + 7 * e + 11 * f + 13 * g + 17 * h + 19 * i + 23 * j + 29 * k +
           31 * l;
}

double both(int a, double b, long c, float d, char e, double f, long g, double h, long i, double j) {
    return a + 2 * b + 3 * c + 5 * d + 7 * e + 11 * f + 13 * g + 17 * h + 19 * i + 23 * j;
}

long double extended(long double a, int b, long double c) { return a * b - c; }

__int128 wide(__int128 a, long b, __int128 c) { return a * b - c; }

_Complex float complex_float(_Complex float a) { return a * a; }

_Complex double complex_double(_Complex double a, _Complex double b) { return a * a - b; }

_Complex long double complex_extended(_Complex long double a) { return a * a; }

__float128 quadruple(__float128 a, __float128 b) { return a * a - b; }

double sum_list(const char *kinds, va_list list) {
    double sum = 0;
    for (int place = 1; *kinds; kinds++, place++) {
        switch (*kinds) {
        case 'i': sum += place * va_arg(list, int); break;
        case 'l': sum += place * va_arg(list, long); break;
        case 'd': sum += place * va_arg(list, double); break;
        case 'e': sum += place * (double)va_arg(list, long double); break;
        case 's': sum += place * va_arg(list, const char *)[0]; break;
        case 'p': sum += place * va_arg(list, struct pair).second; break;
        case 'm': sum += place * va_arg(list, struct mixed).real; break;
        case 'L': sum += place * va_arg(list, struct large).reals[2]; break;
        default: abort();
        }
    }
    return sum;
}

double sum(const char *kinds, ...) {
    va_list list;
    va_start(list, kinds);
    double all = sum_list(kinds, list);
    va_end(list);
    return all;
}

int text(char *to, size_t size, const char *form, ...) {
    va_list list;
    va_start(list, form);
    int length = vsnprintf(to, size, form, list);
    va_end(list);
    return length;
}

struct pair swap(struct pair pair) { return (struct pair){pair.second, pair.first}; }

struct mixed mix(struct mixed a, struct mixed b) {
    return (struct mixed){a.real - (double)b.whole, a.whole - (long)b.real};
}

struct packed pack(struct packed a, struct packed b) {
    return (struct packed){a.a - b.c, a.b - b.b, a.c - b.a};
}

struct byte next(struct byte a) { return (struct byte){(char)(a.value + 1)}; }

struct large enlarge(struct large a, long b, struct large c) {
    for (int i = 0; i < 9; i++)
        a.words[i] = a.words[i] * b - c.words[8 - i];
    for (int i = 0; i < 3; i++)
        a.reals[i] = a.reals[i] * (double)b - c.reals[2 - i];
    return a;
}

struct extended lengthen(struct extended a) { return (struct extended){a.value * 3}; }

struct large crowded(long a, struct pair b, long c, long d, struct pair e, double f,
                     struct mixed g, struct mixed h, struct packed i, struct byte j) {
    return (struct large){
        {a, b.first, b.second, c, d, e.first, e.second, g.whole, h.whole},
        {f - g.real, h.real - i.a, (double)(i.b + i.c + (float)j.value)},
    };
}

four add_four(four a, four b, four c, four d, four e, four f, four g, four h, four i) {
    return a + 2 * b + 3 * c + 5 * d + 7 * e + 11 * f + 13 * g + 17 * h + 19 * i;
}

two add_two(two a, double b, two c) { return a * b - c; }

eight add_eight(eight a, eight b, eight c, eight d, eight e, eight f, eight g, eight h, eight i) {
    return a + 2 * b + 3 * c + 5 * d + 7 * e + 11 * f + 13 * g + 17 * h + 19 * i;
}

sixteen add_sixteen(sixteen a, sixteen b, sixteen c, sixteen d, sixteen e, sixteen f, sixteen g,
                    sixteen h, sixteen i) {
    return a + 2 * b + 3 * c + 5 * d + 7 * e + 11 * f + 13 * g + 17 * h + 19 * i;
}

long call(long (*function)(long, void *), long a, void *context) {
    return function(a + 1, context) + 1;
}

long call_last(long (*function)(long, void *), long a, void *context) {
    return function(a + 1, context);
}

void sort(int *numbers, size_t count, int (*order)(const void *, const void *)) {
    qsort(numbers, count, sizeof *numbers, order);
}

static long doubled(long a) { return 2 * a; }

static long halved(long a) { return a / 2; }

long (*chosen(int which))(long) { return which ? doubled : halved; }

int error_number(void) { return errno; }

int rounding(void) { return fegetround(); }

double third(void) {
    volatile double one = 1, three = 3;
    return one / three;
}

const void *caller(void) { return __builtin_return_address(0); }

__asm__(".text\n"
        ".globl hidden\n"
        ".type hidden, @function\n"
        "hidden:\n"
        "endbr64\n"
        "lea (%rax,%r10,2), %rax\n"
        "ret\n"
        ".size hidden, . - hidden\n");
