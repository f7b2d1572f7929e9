/* Written by `dlkm header`. Interfaces: calc. */
#ifndef DLKM_CALC_H
#define DLKM_CALC_H

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

#ifdef __cplusplus
extern "C" {
#endif
#pragma GCC visibility push(hidden)

/* Interface calc 0.1.0 */

typedef enum {
    calc_Status_Done = 0,
    calc_Status_ByZero = 1,
    calc_Status_NoModule = -1,
} calc_Status;
DLKM_ASSERT(sizeof(calc_Status) == 4 && DLKM_ALIGNOF(calc_Status) == 4, "calc_Status");

typedef uint8_t calc_Mode;
enum {
    calc_Mode_Negate = 1,
    calc_Mode_Double = 4,
};
DLKM_ASSERT(sizeof(calc_Mode) == 1 && DLKM_ALIGNOF(calc_Mode) == 1, "calc_Mode");

typedef struct calc_Quotient calc_Quotient;
typedef struct calc_Point calc_Point;
typedef struct calc_Slice_Point calc_Slice_Point;
typedef struct calc_Frame calc_Frame;
typedef struct calc_Str calc_Str;
typedef struct calc_SliceMut_i32 calc_SliceMut_i32;
typedef struct calc_Callback_u32_u64 calc_Callback_u32_u64;

typedef uint32_t calc_Id;
DLKM_ASSERT(sizeof(calc_Id) == 4 && DLKM_ALIGNOF(calc_Id) == 4, "calc_Id");

struct calc_Quotient {
    calc_Status status;
    int32_t value;
};
DLKM_ASSERT(sizeof(calc_Quotient) == 8 && DLKM_ALIGNOF(calc_Quotient) == 4, "calc_Quotient");
DLKM_ASSERT(offsetof(calc_Quotient, status) == 0, "calc_Quotient.status");
DLKM_ASSERT(offsetof(calc_Quotient, value) == 4, "calc_Quotient.value");

struct calc_Point {
    double x;
    float y;
    uint8_t tag[3];
};
DLKM_ASSERT(sizeof(calc_Point) == 16 && DLKM_ALIGNOF(calc_Point) == 8, "calc_Point");
DLKM_ASSERT(offsetof(calc_Point, x) == 0, "calc_Point.x");
DLKM_ASSERT(offsetof(calc_Point, y) == 8, "calc_Point.y");
DLKM_ASSERT(offsetof(calc_Point, tag) == 12, "calc_Point.tag");

struct calc_Slice_Point {
    const calc_Point *data;
    size_t length;
};
DLKM_ASSERT(sizeof(calc_Slice_Point) == 16 && DLKM_ALIGNOF(calc_Slice_Point) == 8, "calc_Slice_Point");
DLKM_ASSERT(offsetof(calc_Slice_Point, data) == 0, "calc_Slice_Point.data");
DLKM_ASSERT(offsetof(calc_Slice_Point, length) == 8, "calc_Slice_Point.length");

struct calc_Frame {
    calc_Point least;
    calc_Point most;
};
DLKM_ASSERT(sizeof(calc_Frame) == 32 && DLKM_ALIGNOF(calc_Frame) == 8, "calc_Frame");
DLKM_ASSERT(offsetof(calc_Frame, least) == 0, "calc_Frame.least");
DLKM_ASSERT(offsetof(calc_Frame, most) == 16, "calc_Frame.most");

struct calc_Str {
    const uint8_t *data;
    size_t length;
};
DLKM_ASSERT(sizeof(calc_Str) == 16 && DLKM_ALIGNOF(calc_Str) == 8, "calc_Str");
DLKM_ASSERT(offsetof(calc_Str, data) == 0, "calc_Str.data");
DLKM_ASSERT(offsetof(calc_Str, length) == 8, "calc_Str.length");

struct calc_SliceMut_i32 {
    int32_t *data;
    size_t length;
};
DLKM_ASSERT(sizeof(calc_SliceMut_i32) == 16 && DLKM_ALIGNOF(calc_SliceMut_i32) == 8, "calc_SliceMut_i32");
DLKM_ASSERT(offsetof(calc_SliceMut_i32, data) == 0, "calc_SliceMut_i32.data");
DLKM_ASSERT(offsetof(calc_SliceMut_i32, length) == 8, "calc_SliceMut_i32.length");

struct calc_Callback_u32_u64 {
    uint64_t (*call)(void *, uint32_t);
    void *context;
};
DLKM_ASSERT(sizeof(calc_Callback_u32_u64) == 16 && DLKM_ALIGNOF(calc_Callback_u32_u64) == 8, "calc_Callback_u32_u64");
DLKM_ASSERT(offsetof(calc_Callback_u32_u64, call) == 0, "calc_Callback_u32_u64.call");
DLKM_ASSERT(offsetof(calc_Callback_u32_u64, context) == 8, "calc_Callback_u32_u64.context");

uint64_t calc_add(uint64_t, uint64_t);
calc_Quotient calc_divide(int32_t, int32_t);
calc_Point calc_shift(calc_Point, const calc_Point *);
bool calc_frame(calc_Slice_Point, calc_Frame *);
size_t calc_count(calc_Str, uint8_t);
calc_Str calc_first_word(calc_Str);
size_t calc_change(calc_SliceMut_i32, calc_Mode);
uint64_t calc_fold(uint32_t, calc_Callback_u32_u64);
calc_Id calc_ask(calc_Id (*)(void *), void *);
size_t calc_hoard(size_t);
size_t calc_fail(calc_Str, uint8_t);
uint64_t calc_calls(void);

#pragma GCC visibility pop
#ifdef __cplusplus
}
#endif

/* Makes this source file the module `dlkm_name`, which provides all interfaces above. Use it
   once, at file scope. The name, version and description are string literals without quotes
   and backslashes; `dlkm_load` and `dlkm_unload` are hooks, or NULL. */
#define DLKM_MODULE(dlkm_name, dlkm_version, dlkm_desc, dlkm_load, dlkm_unload) \
    __asm__( \
        ".pushsection dlkm_modinfo,\"a\",@progbits\n" \
        "dlkm_modinfo_begin:\n" \
        ".ascii \"format=2\\0\"\n" \
        ".ascii \"name=" dlkm_name "\\0\"\n" \
        ".ascii \"version=" dlkm_version "\\0\"\n" \
        ".ascii \"kind=misc\\0\"\n" \
        ".ascii \"desc=" dlkm_desc "\\0\"\n" \
        ".ascii \"states=auto loaded\\0\"\n" \
        ".ascii \"depends=" DLKM_DEPENDS "\\0\"\n" \
        DLKM_STAYS_MAPPED("calc::add") \
        ".ascii \"interface=calc unloadable C 0.1.0\\0\"\n" \
        ".ascii \"export=add 9d40166fb861cf33: extern \\042C\\042 fn(u64, u64) -> u64\\0\"\n" \
        ".ascii \"export=divide 9de1a62cc7bb3ede: extern \\042C\\042 fn(i32, i32) -> Quotient\\0\"\n" \
        ".ascii \"export=shift 1a0ebe22822bdb04: extern \\042C\\042 fn(Point, Option<&Point>) -> Point\\0\"\n" \
        ".ascii \"export=frame 4260cec9c450faff: extern \\042C\\042 fn(Slice<Point>, &mut Frame) -> bool\\0\"\n" \
        ".ascii \"export=count b41170042180b697: extern \\042C\\042 fn(Str, u8) -> usize\\0\"\n" \
        ".ascii \"export=first_word ff158b74183e120b: extern \\042C\\042 fn(Str) -> Str\\0\"\n" \
        ".ascii \"export=change 220922268f3f1a95: extern \\042C\\042 fn(SliceMut<i32>, Mode) -> usize\\0\"\n" \
        ".ascii \"export=fold 858c95b6d52a39b5: extern \\042C\\042 fn(u32, Callback<u32, u64>) -> u64\\0\"\n" \
        ".ascii \"export=ask 3650890fc23e65a4: extern \\042C\\042 fn(Option<unsafe extern \\042C\\042 fn(*mut c_void) -> Id>, *mut c_void) -> Id\\0\"\n" \
        ".ascii \"export=hoard 3731716916283af1: extern \\042C\\042 fn(usize) -> usize\\0\"\n" \
        ".ascii \"export=fail b41170042180b697: extern \\042C\\042 fn(Str, u8) -> usize\\0\"\n" \
        ".ascii \"export=calls 6542f80b5dc75204: extern \\042C\\042 fn() -> u64\\0\"\n" \
        ".ascii \"type=struct size 8 align 4 niche repr(C): Quotient\\0\"\n" \
        ".ascii \"field=status at 0: Status\\0\"\n" \
        ".ascii \"field=value at 4: i32\\0\"\n" \
        ".ascii \"type=enum size 4 align 4 niche repr(C): Status\\0\"\n" \
        ".ascii \"variant=Done 0\\0\"\n" \
        ".ascii \"variant=ByZero 1\\0\"\n" \
        ".ascii \"variant=NoModule -1\\0\"\n" \
        ".ascii \"type=struct size 16 align 8 repr(C): Point\\0\"\n" \
        ".ascii \"field=x at 0: f64\\0\"\n" \
        ".ascii \"field=y at 8: f32\\0\"\n" \
        ".ascii \"field=tag at 12: [u8; 3]\\0\"\n" \
        ".ascii \"type=struct size 16 align 8 repr(C): Slice<Point>\\0\"\n" \
        ".ascii \"field=data at 0: *const Point\\0\"\n" \
        ".ascii \"lifetimes=T0\\0\"\n" \
        ".ascii \"field=length at 8: usize\\0\"\n" \
        ".ascii \"field=borrow at 16: PhantomData<&Point>\\0\"\n" \
        ".ascii \"lifetimes='a T0\\0\"\n" \
        ".ascii \"type=struct size 32 align 8 repr(C): Frame\\0\"\n" \
        ".ascii \"field=least at 0: Point\\0\"\n" \
        ".ascii \"field=most at 16: Point\\0\"\n" \
        ".ascii \"type=struct size 16 align 8 repr(C): Str\\0\"\n" \
        ".ascii \"field=data at 0: *const u8\\0\"\n" \
        ".ascii \"field=length at 8: usize\\0\"\n" \
        ".ascii \"field=borrow at 16: PhantomData<&u8>\\0\"\n" \
        ".ascii \"lifetimes='a\\0\"\n" \
        ".ascii \"type=struct size 16 align 8 repr(C): SliceMut<i32>\\0\"\n" \
        ".ascii \"field=data at 0: *mut i32\\0\"\n" \
        ".ascii \"lifetimes=T0\\0\"\n" \
        ".ascii \"field=length at 8: usize\\0\"\n" \
        ".ascii \"field=borrow at 16: PhantomData<&mut i32>\\0\"\n" \
        ".ascii \"lifetimes='a T0\\0\"\n" \
        ".ascii \"type=enum size 1 align 1 niche repr(u8): Mode\\0\"\n" \
        ".ascii \"variant=Negate 1\\0\"\n" \
        ".ascii \"variant=Double 4\\0\"\n" \
        ".ascii \"type=struct size 16 align 8 niche repr(C): Callback<u32, u64>\\0\"\n" \
        ".ascii \"field=call at 0: unsafe extern \\042C\\042 fn(*mut c_void, u32) -> u64\\0\"\n" \
        ".ascii \"lifetimes=T0 T1\\0\"\n" \
        ".ascii \"field=context at 8: *mut c_void\\0\"\n" \
        ".ascii \"field=borrow at 16: PhantomData<&()>\\0\"\n" \
        ".ascii \"lifetimes='a\\0\"\n" \
        ".ascii \"type=struct size 4 align 4 repr(transparent): Id\\0\"\n" \
        ".ascii \"field=0 at 0: u32\\0\"\n" \
        ".ascii \"rustc=\\0\"\n" \
        ".ascii \"commit=\\0\"\n" \
        ".ascii \"target=x86_64-unknown-linux-gnu\\0\"\n" \
        ".ascii \"pointer=64\\0\"\n" \
        ".ascii \"panic=\\0\"\n" \
        ".ascii \"runtime=\\0\"\n" \
        ".ascii \"sanitizer=\\0\"\n" \
        ".ascii \"flags=\\0\"\n" \
        ".ascii \"features=" DLKM_FEATURES "\\0\"\n" \
        "dlkm_modinfo_end:\n" \
        ".popsection\n" \
        ".pushsection .dlkm_mod,\"aR\",@0x6d6f6400\n" \
        ".balign 8\n" \
        ".long 1\n" \
        ".long 12\n" \
        ".quad dlkm_module_here - .\n" \
        ".quad dlkm_modinfo_begin - .\n" \
        ".quad dlkm_modinfo_end - dlkm_modinfo_begin\n" \
        ".popsection\n" \
        ".pushsection .note.dlkm_mod,\"a\",@note\n" \
        ".balign 4\n" \
        ".long 5, 32, 2\n" \
        ".asciz \"dlkm\"\n" \
        ".balign 4\n" \
        ".quad dlkm_modinfo_begin - .\n" \
        ".quad dlkm_modinfo_end - .\n" \
        ".quad dlkm_modinfo_begin - .\n" \
        ".quad dlkm_modinfo_end - dlkm_modinfo_begin\n" \
        ".popsection\n" \
    ); \
    static void (*const calc_dlkm_functions[])(void) = { \
        (void (*)(void))calc_add, \
        (void (*)(void))calc_divide, \
        (void (*)(void))calc_shift, \
        (void (*)(void))calc_frame, \
        (void (*)(void))calc_count, \
        (void (*)(void))calc_first_word, \
        (void (*)(void))calc_change, \
        (void (*)(void))calc_fold, \
        (void (*)(void))calc_ask, \
        (void (*)(void))calc_hoard, \
        (void (*)(void))calc_fail, \
        (void (*)(void))calc_calls, \
    }; \
    static const struct dlkm_interface dlkm_interfaces[] = { \
        {"calc", 4, 12, calc_dlkm_functions}, \
    }; \
    static const struct dlkm_module dlkm_module_here __asm__("dlkm_module_here") = \
        {1, 1, dlkm_interfaces, dlkm_load, dlkm_unload, 0, 0}; \
    DLKM_EXTERN const struct dlkm_module dlkm_c_module \
        __attribute__((alias("dlkm_module_here"), visibility("default"), used))

#endif /* DLKM_CALC_H */
