/* `calc`: in C what `src/lib.rs` is in Rust. `calc.h` is what `dlkm header` writes. */

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "calc.h"

static uint64_t calls;

uint64_t calc_add(uint64_t a, uint64_t b) {
    calls++;
    return a + b;
}

calc_Quotient calc_divide(int32_t a, int32_t b) {
    calc_Quotient quotient = {calc_Status_ByZero, 0};
    if (b != 0 && !(a == INT32_MIN && b == -1)) {
        quotient.status = calc_Status_Done;
        quotient.value = a / b;
    }
    return quotient;
}

calc_Point calc_shift(calc_Point at, const calc_Point *by) {
    if (by != NULL) {
        at.x += by->x;
        at.y += by->y;
    }
    return at;
}

bool calc_frame(calc_Slice_Point points, calc_Frame *frame) {
    if (points.length == 0)
        return false;
    frame->least = frame->most = points.data[0];
    for (size_t i = 1; i < points.length; i++) {
        const calc_Point *point = &points.data[i];
        if (point->x < frame->least.x)
            frame->least.x = point->x;
        if (point->y < frame->least.y)
            frame->least.y = point->y;
        if (point->x > frame->most.x)
            frame->most.x = point->x;
        if (point->y > frame->most.y)
            frame->most.y = point->y;
    }
    return true;
}

size_t calc_count(calc_Str text, uint8_t letter) {
    size_t count = 0;
    for (size_t i = 0; i < text.length; i++)
        count += text.data[i] == letter;
    return count;
}

calc_Str calc_first_word(calc_Str text) {
    const void *blank = text.length > 0 ? memchr(text.data, ' ', text.length) : NULL;
    if (blank != NULL)
        text.length = (size_t)((const uint8_t *)blank - text.data);
    return text;
}

size_t calc_change(calc_SliceMut_i32 values, calc_Mode mode) {
    for (size_t i = 0; i < values.length; i++)
        values.data[i] *= mode == calc_Mode_Negate ? -1 : 2;
    return values.length;
}

uint64_t calc_fold(uint32_t end, calc_Callback_u32_u64 each) {
    uint64_t sum = 0;
    for (uint32_t number = 0; number < end; number++)
        sum += each.call(each.context, number);
    return sum;
}

calc_Id calc_ask(calc_Id (*hook)(void *), void *context) {
    return hook != NULL ? hook(context) : 7;
}

size_t calc_hoard(size_t bytes) {
    unsigned char *all = malloc(bytes);
    size_t sum = 0;
    if (all == NULL)
        return 0;
    memset(all, 1, bytes);
    for (size_t i = 0; i < bytes; i++)
        sum += all[i];
    free(all);
    return sum;
}

size_t calc_fail(calc_Str why, uint8_t really) {
    /* C does not panic. */
    return really != 0 ? why.length : 0;
}

uint64_t calc_calls(void) {
    return calls;
}

static int32_t load(const dlkm_hook_arg *arg) {
    const char *refuses = getenv("CALC_REFUSES");
    if (arg->module_length != 4 || memcmp(arg->module, "calc", 4) != 0)
        return EINVAL;
    calls = 0;
    if (refuses == NULL)
        return 0;
    if (strcmp(refuses, "load") == 0)
        return ENODEV;
    if (strcmp(refuses, "text") == 0) {
        dlkm_say(arg, "there is no abacus");
        return EIO;
    }
    return 0;
}

static int32_t unload(const dlkm_hook_arg *arg) {
    if (calls != 13)
        return 0;
    dlkm_say(arg, "13 calls are too many");
    return -1;
}

DLKM_MODULE("calc", "1.2.3", "calculates, in C", load, unload);
