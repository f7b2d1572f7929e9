/* First calls where they are awkward: `first WHAT`. */

#define _GNU_SOURCE

#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "drawer.h"
#include "till.h"

enum { THREADS = 16 };

static pthread_barrier_t start;

static void *call(void *number) {
    size_t n = (size_t)number;
    pthread_barrier_wait(&start);
    uint64_t total = n % 2 ? till_total(n, 1, 0, 0, 0, 0, 0, 0, 0, 0) : n + 1;
    return (void *)(size_t)(total + drawer_put(1) * 0);
}

/* Threads with the smallest stacks, all at once. */
static int threads(void) {
    pthread_t all[THREADS];
    pthread_attr_t attributes;
    pthread_attr_init(&attributes);
    pthread_attr_setstacksize(&attributes, 128 * 1024);
    pthread_barrier_init(&start, 0, THREADS);
    for (size_t i = 0; i < THREADS; i++)
        if (pthread_create(&all[i], &attributes, call, (void *)i) != 0)
            return 2;
    for (size_t i = 0; i < THREADS; i++) {
        void *total;
        pthread_join(all[i], &total);
        if ((size_t)total != i + 1) {
            printf("thread %zu: %zu\n", i, (size_t)total);
            return 1;
        }
    }
    printf("coins %ld\n", (long)drawer_coins());
    return 0;
}

static int status(pid_t child) {
    int status = -1;
    waitpid(child, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 99;
}

/* The first call in a child, then in its parent; then in another child of the parent. */
static int forks(void) {
    fflush(stdout);
    pid_t child = fork();
    if (child == 0)
        _exit(till_total(1, 1, 0, 0, 0, 0, 0, 0, 0, 0) == 2 ? 0 : 1);
    printf("child %d\n", status(child));
    printf("parent %d %d\n", till_is_open(), (int)drawer_put(4));
    fflush(stdout);
    child = fork();
    if (child == 0)
        _exit(drawer_put(1) == 5 ? 0 : 1);
    printf("child %d\n", status(child));
    printf("parent %d\n", (int)drawer_put(1));
    return 0;
}

static volatile sig_atomic_t inside;

static void handle(int number) {
    (void)number;
    inside = (int)drawer_put(1) + till_is_open();
}

/* A signal handler calls, once the modules are loaded: also while the thread itself is in a call. */
static void interrupt(void *context) {
    (void)context;
    raise(SIGUSR1);
}

static int signals(void) {
    signal(SIGUSR1, handle);
    drawer_put(1);
    till_total(0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
    raise(SIGUSR1);
    printf("handler %d\n", inside);
    printf("in a call %d", drawer_wait(interrupt, 0));
    printf(" %d\n", inside);
    return 0;
}

static uint64_t early;

/* Before `main`. */
__attribute__((constructor)) static void construct(void) {
    if (getenv("FIRST_EARLY"))
        early = till_total(20, 3, 0, 0, 0, 0, 0, 0, 0, 0);
}

/* After it. */
__attribute__((destructor)) static void destruct(void) {
    if (getenv("FIRST_EARLY")) {
        printf("destructor %d\n", (int)drawer_put(9));
        fflush(stdout);
    }
}

/* While other threads change the environment and the directory. */
static void *disturb(void *done) {
    for (unsigned i = 0; !__atomic_load_n((int *)done, __ATOMIC_ACQUIRE); i++) {
        char value[16];
        snprintf(value, sizeof value, "%u", i);
        setenv("FIRST_NOISE", value, 1);
    }
    return 0;
}

static int noise(void) {
    int done = 0;
    pthread_t other;
    pthread_create(&other, 0, disturb, &done);
    if (chdir("/") != 0)
        return 2;
    printf("total %d\n", (int)till_total(5, 5, 0, 0, 0, 0, 0, 0, 0, 0));
    __atomic_store_n(&done, 1, __ATOMIC_RELEASE);
    pthread_join(other, 0);
    return 0;
}

int main(int count, char **arguments) {
    const char *what = count > 1 ? arguments[1] : "";
    if (strcmp(what, "threads") == 0)
        return threads();
    if (strcmp(what, "forks") == 0)
        return forks();
    if (strcmp(what, "signals") == 0)
        return signals();
    if (strcmp(what, "noise") == 0)
        return noise();
    if (strcmp(what, "panic") == 0)
        return till_panic(3);
    printf("constructor %d\n", (int)early);
    return 0;
}
