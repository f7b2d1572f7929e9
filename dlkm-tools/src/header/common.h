#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifndef DLKM_C_MODULE
#define DLKM_C_MODULE 1

#if !defined(__x86_64__) || !defined(__linux__) || defined(__ILP32__)
#error "dlkm supports only Linux on x86-64"
#endif
#include <features.h>
#ifndef __GLIBC__
#error "dlkm supports only glibc"
#endif

#ifdef __cplusplus
#define DLKM_EXTERN extern "C"
#define DLKM_ASSERT static_assert
#define DLKM_ALIGNAS alignas
#define DLKM_ALIGNOF alignof
extern "C" {
#else
#define DLKM_EXTERN extern
#define DLKM_ASSERT _Static_assert
#define DLKM_ALIGNAS _Alignas
#define DLKM_ALIGNOF _Alignof
#endif

/* The argument of a hook. `module` and `file` are not terminated by a zero. */
typedef struct dlkm_hook_arg {
    const char *module;
    size_t module_length;
    const char *file;
    size_t file_length;
    void *context;
    void (*say)(void *context, const char *text, size_t length);
} dlkm_hook_arg;

/* Returns 0 on success, else an error number of errno.h, or -1 if none of them applies. */
typedef int32_t dlkm_hook(const dlkm_hook_arg *arg);

/* Reports why a hook fails. */
static inline void dlkm_say(const dlkm_hook_arg *arg, const char *text) {
    size_t length = 0;
    while (text[length] != 0)
        length++;
    arg->say(arg->context, text, length);
}

struct dlkm_interface {
    const char *name;
    size_t name_length;
    size_t count;
    void (*const *functions)(void);
};

struct dlkm_module {
    uint32_t revision;
    uint32_t count;
    const struct dlkm_interface *interfaces;
    dlkm_hook *load;
    dlkm_hook *unload;
    void (*attach)(void);
    void (*detach)(void);
};

#ifdef __cplusplus
}
#endif

/* The processor features that the compiler may use. The host checks that the processor has them. */
#ifdef __SSE3__
#define DLKM_SSE3 " sse3"
#else
#define DLKM_SSE3 ""
#endif
#ifdef __SSSE3__
#define DLKM_SSSE3 " ssse3"
#else
#define DLKM_SSSE3 ""
#endif
#ifdef __SSE4_2__
#define DLKM_SSE4 " sse4.1 sse4.2"
#else
#define DLKM_SSE4 ""
#endif
#ifdef __AVX__
#define DLKM_AVX " avx"
#else
#define DLKM_AVX ""
#endif
#ifdef __AVX2__
#define DLKM_AVX2 " avx2"
#else
#define DLKM_AVX2 ""
#endif
#ifdef __AVX512F__
#define DLKM_AVX512 " avx512f"
#else
#define DLKM_AVX512 ""
#endif
#ifdef __BMI2__
#define DLKM_BMI " bmi1 bmi2"
#else
#define DLKM_BMI ""
#endif
#ifdef __FMA__
#define DLKM_FMA " fma"
#else
#define DLKM_FMA ""
#endif
#define DLKM_FEATURES \
    "fxsr sse sse2" DLKM_SSE3 DLKM_SSSE3 DLKM_SSE4 DLKM_AVX DLKM_AVX2 DLKM_AVX512 DLKM_BMI DLKM_FMA

/* The modules that this one needs, separated by blanks: define it before you include this header. */
#ifndef DLKM_DEPENDS
#define DLKM_DEPENDS ""
#endif

/* C's types don't show what a module leaves with its callers, so its image stays in memory after an
   unload. If nothing is left, define DLKM_UNMAP before you include this header. */
#ifdef DLKM_UNMAP
#define DLKM_STAYS_MAPPED(function)
#else
#define DLKM_STAYS_MAPPED(function) \
    ".ascii \"stays-mapped=" function " is written in C, which does not show what it leaves behind\\0\"\n"
#endif

#endif /* DLKM_C_MODULE */
