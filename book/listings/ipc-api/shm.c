/* The module `shm`. It only counts. */

#include <stdio.h>

#include "shm.h"

static int32_t segments;

int32_t shm_shmget(int32_t key, size_t size, int32_t flags) {
    return ++segments;
}

int32_t shm_shmexit(int32_t pid) {
    return segments;
}

static int32_t load(const dlkm_hook_arg *arg) {
    puts("shm is loaded");
    return 0;
}

DLKM_MODULE("shm", "1.0.0", "System V shared memory", load, NULL);
