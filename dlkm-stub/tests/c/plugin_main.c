/* Opens and closes a plugin twice. The program itself isn't linked with the library. */
#include <dlfcn.h>
#include <stdio.h>

int main(int count, char **arguments) {
    for (int i = 0; i < 2; i++) {
        void *plugin = dlopen(arguments[count - 1], RTLD_NOW | RTLD_LOCAL);
        if (!plugin) {
            puts(dlerror());
            return 1;
        }
        long (*run)(void) = (long (*)(void))dlsym(plugin, "run");
        printf("%ld\n", run());
        fflush(stdout);
        dlclose(plugin);
    }
    return 0;
}
