/* `states_main CASE` calls the library where a load is delicate: in threads with small stacks, in
   handlers of signals, around `fork`, at the exit. `states_main` lists the cases. Nothing goes
   through the buffers of standard output, which a fork would copy. */
#define _GNU_SOURCE
#include "states.h"

#include <dlfcn.h>
#include <execinfo.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

static void print(const char *what, long value) { dprintf(1, "%s %ld\n", what, value); }

enum { THREADS = 16, EARLY = 8 };

static int late;

static pthread_barrier_t barrier;

static int is_traced, program_reached;

__attribute__((noinline)) static int reaches_program(void) {
    void *frames[64];
    int count = backtrace(frames, 64);
    Dl_info info, of_this;
    dladdr(&is_traced, &of_this);
    /* The first frames are those of this function and of its callers in the program. */
    int library_seen = 0;
    for (int i = 0; i < count; i++) {
        if (!dladdr(frames[i], &info))
            continue;
        if (info.dli_fbase != of_this.dli_fbase)
            library_seen = 1;
        else if (library_seen)
            return 1;
    }
    return 0;
}

static atomic_int go, arrived;

long in_constructor(void) {
    /* The library is called while it is being loaded. */
    long count = counted(0);
    if (is_traced)
        program_reached = reaches_program();
    atomic_store(&go, 1);
    /* Without threads, it runs before `main`. */
    while (atomic_load(&arrived) < late)
        sched_yield();
    return count;
}

static void *race(void *number) {
    if ((long)number < EARLY) {
        pthread_barrier_wait(&barrier);
    } else {
        while (!atomic_load(&go))
            sched_yield();
        atomic_fetch_add(&arrived, 1);
    }
    /* Different functions, so that one load serves more than one of them. */
    switch ((long)number % 3) {
    case 0:
        return (void *)(counted(1) - 101 + ready());
    case 1:
        return (void *)(long)ready();
    default:
        return (void *)(reentered() - 99);
    }
}

/* Half of the threads call at once. The others call while the constructor of the library runs, which
   has called the library itself. */
static void threads_case(void) {
    pthread_t threads[THREADS];
    pthread_attr_t attributes;
    pthread_attr_init(&attributes);
    if (pthread_attr_setstacksize(&attributes, (size_t)sysconf(_SC_THREAD_STACK_MIN)) != 0)
        abort();
    late = THREADS - EARLY;
    pthread_barrier_init(&barrier, NULL, EARLY);
    for (long i = THREADS - 1; i >= 0; i--)
        if (pthread_create(&threads[i], &attributes, race, (void *)i) != 0)
            abort();
    long sum = 0;
    for (int i = 0; i < THREADS; i++) {
        void *result;
        if (i == EARLY)
            atomic_store(&go, 1);
        pthread_join(threads[i], &result);
        sum += (long)result;
    }
    print("threads that saw a library whose constructor had returned:", sum);
}

static void *count_here(void *unused) {
    (void)unused;
    counted(3);
    return (void *)counted(4);
}

static void thread_variables_case(void) {
    pthread_t early, late;
    void *results[2];
    /* This thread exists when the library is loaded. */
    pthread_barrier_init(&barrier, NULL, 2);
    pthread_create(&early, NULL, race, (void *)0);
    print("main", counted(1));
    pthread_barrier_wait(&barrier);
    pthread_join(early, &results[0]);
    pthread_create(&late, NULL, count_here, NULL);
    pthread_join(late, &results[1]);
    print("early", (long)results[0]);
    print("late", (long)results[1]);
    print("main", counted(1));
}

static volatile sig_atomic_t handled;

static void handle(int signal) {
    (void)signal;
    if (handled < 3)
        say("from the handler\n");
    handled += ready();
}

static void install(int signal, int flags) {
    struct sigaction action = {.sa_handler = handle, .sa_flags = flags};
    sigaction(signal, &action, NULL);
}

static void signal_after_case(void) {
    say("from main\n");
    install(SIGUSR1, 0);
    raise(SIGUSR1);
    print("handled", handled);
}

static void signal_first_case(void) {
    install(SIGUSR1, 0);
    raise(SIGUSR1);
    print("handled", handled);
    say("from main\n");
}

/* Signals that arrive at any instruction, also in the trampoline. */
static void signal_storm_case(void) {
    static char stack[1 << 16];
    say("from main\n");
    sigaltstack(&(stack_t){.ss_sp = stack, .ss_size = sizeof stack}, NULL);
    install(SIGALRM, SA_ONSTACK);
    struct itimerval often = {{0, 200}, {0, 200}};
    setitimer(ITIMER_REAL, &often, NULL);
    while (handled < 300)
        counted(0);
    setitimer(ITIMER_REAL, &(struct itimerval){{0, 0}, {0, 0}}, NULL);
    print("counter", counted(1));
}

static void in_child(long add) {
    pid_t child = fork();
    if (child == 0) {
        print("child", counted(add));
        say("from the child\n");
        _exit(ready() ? 0 : 4);
    }
    int status;
    waitpid(child, &status, 0);
    print("status of the child", status);
}

static void fork_before_case(void) {
    in_child(5);
    print("parent", counted(1));
}

static void fork_after_case(void) {
    print("parent", counted(1));
    in_child(5);
    print("parent", counted(1));
}

static void *fork_here(void *unused) {
    (void)unused;
    in_child(7);
    return NULL;
}

static void fork_in_thread_case(void) {
    pthread_t thread;
    pthread_create(&thread, NULL, fork_here, NULL);
    pthread_join(thread, NULL);
    print("parent", counted(1));
}

static void say_goodbye(void) { say("at the exit\n"); }

static void exit_case(void) {
    atexit(say_goodbye);
    print("main", counted(1));
}

/* The first call of all. */
static void exit_first_case(void) { atexit(say_goodbye); }

static int last_words;

__attribute__((destructor)) static void end(void) {
    if (last_words)
        say("from the program's destructor\n");
}

static void destructor_case(void) { last_words = said() + 1; }

static void destructor_first_case(void) { last_words = 1; }

static void state_case(void) {
    print("ready", ready());
    print("reentered", reentered());
    say("twice\n");
    say("twice\n");
    print("calls", said());
}

/* Must return, though the thread is to be cancelled: `counted` is no cancellation point. */
static void *call_cancelled(void *unused) {
    (void)unused;
    pthread_cancel(pthread_self());
    print("cancelled thread", counted(1));
    pthread_testcancel();
    return NULL;
}

static void cancelled_case(void) {
    pthread_t thread;
    void *result;
    pthread_create(&thread, NULL, call_cancelled, NULL);
    pthread_join(thread, &result);
    print("was cancelled", result == PTHREAD_CANCELED);
    print("main", counted(1));
}

static void reached_case(void) {
    is_traced = 1;
    print("ready", ready());
    print("a backtrace in the constructor reaches the program:", program_reached);
}

struct named {
    const char *name;
    void (*run)(void);
};

static const struct named cases[] = {
    {"state", state_case},
    {"threads", threads_case},
    {"thread-variables", thread_variables_case},
    {"cancelled", cancelled_case},
    {"signal-after", signal_after_case},
    {"signal-first", signal_first_case},
    {"signal-storm", signal_storm_case},
    {"fork-before", fork_before_case},
    {"fork-after", fork_after_case},
    {"fork-in-thread", fork_in_thread_case},
    {"exit", exit_case},
    {"exit-first", exit_first_case},
    {"destructor", destructor_case},
};

/* Cases whose output differs. */
static const struct named differing[] = {
    {"reached", reached_case},
    {"destructor-first", destructor_first_case},
};

static int run(const struct named *one, const char *name) {
    if (strcmp(one->name, name) != 0)
        return 0;
    one->run();
    return 1;
}

int main(int count, char **arguments) {
    if (count == 1) {
        for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
            dprintf(1, "%s\n", cases[i].name);
        return 0;
    }
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        if (run(&cases[i], arguments[1]))
            return 0;
    for (size_t i = 0; i < sizeof differing / sizeof *differing; i++)
        if (run(&differing[i], arguments[1]))
            return 0;
    return 2;
}
