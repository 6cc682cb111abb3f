#define _GNU_SOURCE
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "machine.h"

// Adds one process: state, four times in clock ticks (own and of the children it waited for), and
// resident pages. The name in parentheses may hold anything, so fields are counted from its end.
static void add_process(int proc, const char *pid, struct usage *usage) {
    char path[32], text[1024];
    snprintf(path, sizeof path, "%.16s/stat", pid);
    int file = openat(proc, path, O_RDONLY | O_CLOEXEC);
    if (file < 0) return;  // ended meanwhile
    ssize_t length = read(file, text, sizeof text - 1);
    close(file);
    if (length <= 0) return;
    text[length] = 0;
    const char *rest = strrchr(text, ')');
    char state;
    unsigned long own_user, own_system;
    long waited_user, waited_system, pages;
    if (rest == NULL ||
        sscanf(rest + 1,
            " %c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu %ld %ld %*d %*d %*d %*d %*u %*u %ld",
            &state, &own_user, &own_system, &waited_user, &waited_system, &pages) != 6)
        return;
    uint64_t ticks = own_user + own_system + (uint64_t)waited_user + (uint64_t)waited_system;
    usage->processes++;
    usage->stopped += state == 'T';
    usage->cpu_microseconds += ticks * 1000000u / (uint64_t)sysconf(_SC_CLK_TCK);
    usage->resident_bytes += (uint64_t)pages * (uint64_t)sysconf(_SC_PAGESIZE);
}

// The pid namespace of a process, as the kernel writes it; "" where it may not be asked for.
static void read_namespace(int proc, const char *pid, char text[64]) {
    char path[32];
    snprintf(path, sizeof path, "%.16s/ns/pid", pid);
    ssize_t length = readlinkat(proc, path, text, 63);
    text[length > 0 ? length : 0] = 0;
}

int measure(struct usage *usage) {
    memset(usage, 0, sizeof *usage);
    DIR *directory = opendir("/proc");
    if (directory == NULL) return errno;
    int proc = dirfd(directory);
    char self[16] = "", own[64], other[64];
    if (readlinkat(proc, "self", self, sizeof self - 1) < 0) self[0] = 0;
    // Where /proc had to stay the host's, this process is not 1 in it, and others are there too.
    bool is_own = strcmp(self, "1") == 0;
    if (!is_own) read_namespace(proc, self, own);
    for (struct dirent *entry; (entry = readdir(directory)) != NULL;) {
        if (!isdigit((unsigned char)entry->d_name[0]) || strcmp(entry->d_name, self) == 0) continue;
        if (!is_own) {
            read_namespace(proc, entry->d_name, other);
            if (strcmp(own, other) != 0) continue;
        }
        add_process(proc, entry->d_name, usage);
    }
    closedir(directory);
    // What has ended and was collected here, so that the sum never goes back.
    struct rusage collected;
    getrusage(RUSAGE_CHILDREN, &collected);
    usage->cpu_microseconds +=
        (uint64_t)collected.ru_utime.tv_sec * 1000000u + (uint64_t)collected.ru_utime.tv_usec +
        (uint64_t)collected.ru_stime.tv_sec * 1000000u + (uint64_t)collected.ru_stime.tv_usec;
    return 0;
}
