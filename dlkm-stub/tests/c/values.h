/* Functions whose arguments and results travel in all the ways that the calling convention has. */
#ifndef VALUES_H
#define VALUES_H

#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#ifdef __cplusplus
extern "C" {
#endif

/* In registers: two general ones, one of each, packed floats. */
struct pair { long first, second; };
struct mixed { double real; long whole; };
struct packed { float a, b, c; };
struct byte { char value; };
/* In memory. */
struct large { long words[9]; double reals[3]; };
struct extended { long double value; };

typedef float four __attribute__((vector_size(16)));
typedef double two __attribute__((vector_size(16)));
typedef float eight __attribute__((vector_size(32)));
typedef float sixteen __attribute__((vector_size(64)));

int none(void);
char narrow(signed char a, unsigned short b, _Bool c, char d);
long six(long a, int b, short c, char d, unsigned e, const char *f);
long eleven(long a, long b, long c, long d, long e, long f, long g, int h, char i, const char *j,
            long k);
float single(float a, float b);
double twelve(double a, double b, double c, double d, double e, double f, double g, double h,
              double i, double j, float k, double l);
double both(int a, double b, long c, float d, char e, double f, long g, double h, long i, double j);
long double extended(long double a, int b, long double c);
__int128 wide(__int128 a, long b, __int128 c);
_Complex float complex_float(_Complex float a);
_Complex double complex_double(_Complex double a, _Complex double b);
_Complex long double complex_extended(_Complex long double a);
#ifndef __cplusplus
__float128 quadruple(__float128 a, __float128 b);
#endif

double sum(const char *kinds, ...);
double sum_list(const char *kinds, va_list list);
int text(char *to, size_t size, const char *form, ...) __attribute__((format(printf, 3, 4)));

struct pair swap(struct pair pair);
struct mixed mix(struct mixed a, struct mixed b);
struct packed pack(struct packed a, struct packed b);
struct byte next(struct byte a);
struct large enlarge(struct large a, long b, struct large c);
struct extended lengthen(struct extended a);
struct large crowded(long a, struct pair b, long c, long d, struct pair e, double f,
                     struct mixed g, struct mixed h, struct packed i, struct byte j);

four add_four(four a, four b, four c, four d, four e, four f, four g, four h, four i);
two add_two(two a, double b, two c);
__attribute__((target("avx"))) eight add_eight(eight a, eight b, eight c, eight d, eight e, eight f,
                                               eight g, eight h, eight i);
__attribute__((target("avx512f"))) sixteen add_sixteen(sixteen a, sixteen b, sixteen c, sixteen d,
                                                       sixteen e, sixteen f, sixteen g, sixteen h,
                                                       sixteen i);

long call(long (*function)(long, void *), long a, void *context);
long call_last(long (*function)(long, void *), long a, void *context);
void sort(int *numbers, size_t count, int (*order)(const void *, const void *));
long (*chosen(int which))(long);

int error_number(void);
int rounding(void);
double third(void);
const void *caller(void);
/* In assembly: returns rax + 2 * r10. */
long hidden(void);

#ifdef __cplusplus
}
#endif

#endif
