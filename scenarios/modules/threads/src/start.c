/* A library in C that starts a thread, linked into the module's image. */
#include <pthread.h>

extern void c_thread_runs(void);

static void *routine(void *argument) {
    c_thread_runs();
    return argument;
}

/* Ends the thread by `pthread_exit` instead of a return. */
static void *leaving(void *argument) {
    c_thread_runs();
    pthread_exit(argument);
}

int start_in_c(int leave) {
    pthread_t thread;
    int status = pthread_create(&thread, 0, leave ? leaving : routine, 0);
    return status ? status : pthread_detach(thread);
}
