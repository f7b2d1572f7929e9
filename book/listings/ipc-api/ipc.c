/* A program that knows nothing of dlkm. */

#include <stdio.h>
#include <sys/shm.h>

int shmexit(int pid);

int main(void) {
    printf("cleaned up: %d\n", shmexit(42));
    printf("segment: %d\n", shmget(7, 4096, IPC_CREAT));
    printf("segment: %d\n", shmget(8, 4096, IPC_CREAT));
    printf("cleaned up: %d\n", shmexit(42));
    return 0;
}
