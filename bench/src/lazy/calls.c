/* `calls CALLS`: prints the nanoseconds of the first call and of each of CALLS later ones. Built with
   -DZLIB it calls zlib's adler32 of BYTES bytes, else a function that adds: `add` of `add.c`, or -DADD=NAME. */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#ifdef ZLIB
enum { BYTES = 256 };
static unsigned char text[BYTES];
unsigned long adler32(unsigned long sum, const unsigned char *text, unsigned length);
#define CALL(sum) (long)adler32((unsigned long)(sum), text, BYTES)
#else
#ifndef ADD
#define ADD add
#endif
long ADD(long a, long b);
#define CALL(sum) ADD(sum, 1)
#endif

static double now(clockid_t clock) {
    struct timespec time;
    clock_gettime(clock, &time);
    return 1e9 * (double)time.tv_sec + (double)time.tv_nsec;
}

int main(int count, char **arguments) {
    long calls = count > 1 ? atol(arguments[1]) : 1;
    double start = now(CLOCK_MONOTONIC);
    long sum = CALL(1);
    double first = now(CLOCK_MONOTONIC) - start;
    /* The time of this thread, without what other programs take. */
    start = now(CLOCK_THREAD_CPUTIME_ID);
    for (long i = 0; i < calls; i++)
        sum = CALL(sum);
    double all = now(CLOCK_THREAD_CPUTIME_ID) - start;
    printf("%.0f %.4f\n", first, all / (double)calls);
    return sum == 0;
}
