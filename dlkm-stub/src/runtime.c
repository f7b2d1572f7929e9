/* What a stub library does at the first call of a function: checks and opens the real library, and
   fills the slots that the trampolines jump through. */

#define _GNU_SOURCE
#include <dlfcn.h>
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <link.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>
#if __has_include(<sys/platform/x86.h>)
#include <sys/platform/x86.h>
#endif

/* A function of the library. `value` is its address without the library's base, or -1: then the
   dynamic linker is asked, since an indirect function chooses its address itself. */
struct symbol {
    uint32_t name, version; /* In `dlkm_stub_strings`; 0: no version. */
    int32_t fallback;       /* From `dlkm_stub_symbols`; 0: none. */
    uint32_t is_weak;
    int64_t value;
};

/* How the real library is recognised: by its build ID, or else by the size of the file and a hash of
   its table of symbols. */
struct identity {
    uint64_t size, offset, length, hash;
    uint32_t id_length;
    unsigned char id[64];
};

/* The generated part. */
#define GENERATED extern __attribute__((visibility("hidden")))
GENERATED const uint32_t dlkm_stub_count;
GENERATED const struct symbol dlkm_stub_symbols[];
GENERATED const struct identity dlkm_stub_identity;
GENERATED const char dlkm_stub_strings[];
GENERATED const char dlkm_stub_soname[];
GENERATED const char dlkm_stub_path[];
GENERATED void *dlkm_stub_slots[];
GENERATED uint32_t dlkm_stub_area;

/* A program or library may define it, to say more, or to leave by exit(), longjmp() or an exception.
   If it returns, the process is aborted. `function` is empty if DLKM_STUB=eager loads. */
extern __attribute__((weak)) void
dlkm_stub_failed(const char *library, const char *function, const char *why);

/* How many loads this thread is in: a constructor of the real library may call the stub. */
static __thread unsigned depth;

struct reason {
    char text[512];
};

static void *fail(struct reason *why, const char *format, ...) __attribute__((format(printf, 2, 3)));
static void *fail(struct reason *why, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(why->text, sizeof why->text, format, arguments);
    va_end(arguments);
    return NULL;
}

static void hex(char *out, const unsigned char *bytes, uint32_t count)
{
    static const char digits[] = "0123456789abcdef";
    for (uint32_t i = 0; i < count; i++) {
        *out++ = digits[bytes[i] >> 4];
        *out++ = digits[bytes[i] & 15];
    }
    *out = 0;
}

/* An open file and its first bytes, where the headers are and most often the notes. */
struct file {
    int number;
    size_t held;
    unsigned char start[1024];
};

/* Whether these bytes of the file could be read. */
static int read_at(const struct file *file, void *out, size_t size, uint64_t offset)
{
    if (offset <= file->held && size <= file->held - offset) {
        memcpy(out, file->start + offset, size);
        return 1;
    }
    return pread(file->number, out, size, (off_t)offset) == (ssize_t)size;
}

/* The description of the file's note of this owner and type, at most `room` bytes. Returns its
   length, or 0: there is none. */
static uint32_t note(const struct file *file, const char *owner, uint32_t type, unsigned char *out,
    uint32_t room)
{
    Elf64_Ehdr header;
    if (!read_at(file, &header, sizeof header, 0) || memcmp(header.e_ident, ELFMAG, SELFMAG) != 0
        || header.e_ident[EI_CLASS] != ELFCLASS64 || header.e_phentsize != sizeof(Elf64_Phdr))
        return 0;
    for (unsigned i = 0; i < header.e_phnum; i++) {
        Elf64_Phdr segment;
        if (!read_at(file, &segment, sizeof segment, header.e_phoff + i * sizeof segment))
            return 0;
        if (segment.p_type != PT_NOTE)
            continue;
        uint64_t align = segment.p_align == 8 ? 8 : 4;
        for (uint64_t at = 0; at + 12 <= segment.p_filesz;) {
            Elf64_Nhdr head;
            char name[8] = {0};
            uint64_t start = segment.p_offset + at;
            if (!read_at(file, &head, sizeof head, start))
                return 0;
            uint64_t text = (12 + (uint64_t)head.n_namesz + align - 1) & ~(align - 1);
            if (head.n_type == type && head.n_namesz == strlen(owner) + 1
                && head.n_namesz <= sizeof name && read_at(file, name, head.n_namesz, start + 12)
                && strcmp(name, owner) == 0) {
                uint32_t length = head.n_descsz < room ? head.n_descsz : room;
                return read_at(file, out, length, start + text) ? length : 0;
            }
            at += (text + head.n_descsz + align - 1) & ~(align - 1);
        }
    }
    return 0;
}

/* FNV-1a of a range of the file, whose first bytes are not held any more. */
static uint64_t hash(struct file *file, uint64_t offset, uint64_t length)
{
    uint64_t value = 0xcbf29ce484222325;
    unsigned char *block = file->start;
    file->held = 0;
    while (length > 0) {
        size_t wanted = length < sizeof file->start ? length : sizeof file->start;
        ssize_t got = pread(file->number, block, wanted, (off_t)offset);
        if (got <= 0)
            return 0;
        for (ssize_t i = 0; i < got; i++)
            value = (value ^ block[i]) * 0x100000001b3;
        offset += (uint64_t)got;
        length -= (uint64_t)got;
    }
    return value;
}

/* Whether the open file is the library that the stub library was made from. Never inlined: the frame must
   be gone when the library is opened, in threads with small stacks. */
static __attribute__((noinline)) int is_expected(int number, struct reason *why)
{
    const struct identity *expected = &dlkm_stub_identity;
    struct file file;
    ssize_t held = pread(number, file.start, sizeof file.start, 0);
    file.number = number;
    file.held = held > 0 ? (size_t)held : 0;
    unsigned char found[sizeof expected->id];
    char is[2 * sizeof found + 1], was[2 * sizeof found + 1];
    struct stat about;
    if (note(&file, "dlkm", 0x73747562, found, 1) != 0) {
        fail(why, "the file is a stub library itself, so it would load itself");
        return 0;
    }
    uint32_t length = note(&file, "GNU", NT_GNU_BUILD_ID, found, sizeof found);
    if (length == expected->id_length && memcmp(found, expected->id, length) == 0) {
        if (length > 0)
            return 1;
        if (fstat(number, &about) == 0 && (uint64_t)about.st_size == expected->size
            && hash(&file, expected->offset, expected->length) == expected->hash)
            return 1;
        fail(why, "the file is not the library that the stub library was made from");
        return 0;
    }
    hex(was, expected->id, expected->id_length);
    hex(is, found, length);
    fail(why, "the file is another build of the library: its build ID is %s, and the stub library was "
        "made from %s", length ? is : "missing", expected->id_length ? was : "a file without one");
    return 0;
}

/* Opens the real library, or returns NULL and says why. The dynamic linker's lock is the only one:
   a lock of our own around it would be taken in another order by a thread that loads a library which
   calls this one in its constructor. */
static void *open_real(struct reason *why)
{
    int file = open(dlkm_stub_path, O_RDONLY | O_CLOEXEC);
    if (file < 0)
        return fail(why, "can't open the file: %s", strerror(errno));
    int expected = is_expected(file, why);
    close(file);
    if (!expected)
        return NULL;
    /* Lazily, as it would be loaded without the stub library. */
    void *library = dlopen(dlkm_stub_path, RTLD_LAZY | RTLD_LOCAL);
    if (library == NULL) {
        const char *text = dlerror();
        return fail(why, "%s", text ? text : "the dynamic linker does not say why");
    }
    return library;
}

static void *address(void *library, const struct link_map *map, const struct symbol *symbol)
{
    if (symbol->value != -1)
        return (void *)(map->l_addr + (uint64_t)symbol->value);
    const char *name = dlkm_stub_strings + symbol->name;
    return symbol->version ? dlvsym(library, name, dlkm_stub_strings + symbol->version)
                           : dlsym(library, name);
}

/* The address of a function of the real library, which is opened; or NULL. Outside of any load, all
   slots are filled: then a call needs no dynamic linker any more, also in a signal handler. */
static void *load(const struct symbol *symbol, struct reason *why)
{
    struct link_map *map = NULL;
    void *library = open_real(why);
    if (library == NULL)
        return NULL;
    if (dlinfo(library, RTLD_DI_LINKMAP, &map) != 0 || map == NULL)
        return fail(why, "the dynamic linker does not say where the library is");
    void *found = symbol ? address(library, map, symbol) : NULL;
    if (symbol && found == NULL)
        return fail(why, "the library does not have the function");
    /* In a constructor of the real library, it is not initialised yet: other threads must go on to
       wait for the dynamic linker. */
    if (depth == 1)
        for (uint32_t i = 0; i < dlkm_stub_count; i++) {
            void *target = address(library, map, &dlkm_stub_symbols[i]);
            /* Release, for a thread that jumps through the slot: x86 orders its load, and it sees
               what dlopen() has written. */
            if (target != NULL)
                __atomic_store_n(&dlkm_stub_slots[i], target, __ATOMIC_RELEASE);
        }
    return found;
}

/* A call before all constructors, as of a program's DT_PREINIT_ARRAY, comes before the C library knows
   the environment. Opening a library initialises the C library too, with what it knows then: the process
   would have no environment. It follows the arguments, which the dynamic linker knows. */
static void know_environment(void)
{
    extern void *__libc_stack_end;
    if (environ != NULL)
        return;
    char **at = (char **)__libc_stack_end + 1;
    while (*at != NULL)
        at++;
    environ = at + 1;
}

static void *guarded_load(const struct symbol *symbol, struct reason *why)
{
    int state;
    /* The function that is called may be none at which a thread may be cancelled. */
    pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &state);
    know_environment();
    depth++;
    void *found = load(symbol, why);
    depth--;
    pthread_setcancelstate(state, NULL);
    return found;
}

static void give_up(const char *function, const struct reason *why) __attribute__((noreturn));
static void give_up(const char *function, const struct reason *why)
{
    if (dlkm_stub_failed != NULL)
        dlkm_stub_failed(dlkm_stub_path, function ? function : "", why->text);
    /* Without a buffer: a thread may have a small stack. In one call, so that lines of threads do not mix. */
    const char *parts[] = {
        "dlkm stub: ", dlkm_stub_soname, ": can't load the real library ",
        function ? "for the function `" : "at the start, as DLKM_STUB=eager asks",
        function ? function : "", function ? "`" : "", "\n  file: ", dlkm_stub_path, "\n  cause: ",
        why->text, "\n  Run `dlkm stub` again for the library that is installed now, or remove the stub "
        "library.\n",
    };
    struct iovec pieces[sizeof parts / sizeof parts[0]];
    for (unsigned i = 0; i < sizeof parts / sizeof parts[0]; i++)
        pieces[i] = (struct iovec){(void *)parts[i], strlen(parts[i])};
    /* If this fails, there is no other place for the message. */
    ssize_t written = writev(STDERR_FILENO, pieces, sizeof parts / sizeof parts[0]);
    (void)written;
    abort();
}

/* Where the trampoline of a function jumps to at its first call. */
__attribute__((visibility("hidden"))) void *dlkm_stub_resolve(uint32_t index)
{
    const struct symbol *symbol = &dlkm_stub_symbols[index];
    struct reason why = {{0}};
    int error = errno;
    void *found = guarded_load(symbol, &why);
    if (found == NULL && symbol->fallback != 0)
        found = (char *)dlkm_stub_symbols + symbol->fallback;
    if (found == NULL)
        give_up(dlkm_stub_strings + symbol->name, &why);
    errno = error;
    return found;
}

/* The trampolines ask the processor by CPUID where this does not, which takes microseconds in a virtual
   machine. The C library has asked already. In the compact format of XSAVEC, the components that can hold
   arguments have fixed sizes: 256 bytes for AVX, and 64, 512 and 1024 for AVX-512. */
static void measure(void)
{
#if defined CPU_FEATURE_ACTIVE && !defined DLKM_STUB_XSAVE && !defined DLKM_STUB_FXSAVE
    if (CPU_FEATURE_ACTIVE(XSAVEC))
        __atomic_store_n(&dlkm_stub_area, (576 + 256 + 64 + 512 + 1024) | 1, __ATOMIC_RELAXED);
#endif
}

/* DLKM_STUB=eager loads at the start, so that tests see what can't be loaded. */
static __attribute__((constructor)) void start(void)
{
    measure();
    const char *mode = secure_getenv("DLKM_STUB");
    struct reason why = {{0}};
    if (mode == NULL || strcmp(mode, "eager") != 0)
        return;
    int error = errno;
    why.text[0] = 0;
    guarded_load(NULL, &why);
    if (why.text[0] != 0)
        give_up(NULL, &why);
    errno = error;
}
