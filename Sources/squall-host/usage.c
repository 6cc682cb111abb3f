#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "machine.h"

// Adds one process: state, four times in clock ticks (own and of the children it waited for), and
// resident pages. The name in parentheses may hold anything, so fields are counted from its end.
long add_process(int proc, const char *pid, struct usage *usage) {
    char path[32], text[1024];
    snprintf(path, sizeof path, "%.16s/stat", pid);
    int file = openat(proc, path, O_RDONLY | O_CLOEXEC);
    if (file < 0) return 0;  // ended meanwhile
    ssize_t length = read(file, text, sizeof text - 1);
    close(file);
    if (length <= 0) return 0;
    text[length] = 0;
    const char *rest = strrchr(text, ')');
    char state;
    unsigned long own_user, own_system;
    long waited_user, waited_system, pages;
    if (rest == NULL ||
        sscanf(rest + 1,
            " %c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu %ld %ld %*d %*d %*d %*d %*u %*u %ld",
            &state, &own_user, &own_system, &waited_user, &waited_system, &pages) != 6)
        return 0;
    uint64_t ticks = own_user + own_system + (uint64_t)waited_user + (uint64_t)waited_system;
    usage->processes++;
    usage->stopped += state == 'T';
    usage->cpu_microseconds += ticks * 1000000u / (uint64_t)sysconf(_SC_CLK_TCK);
    usage->resident_bytes += (uint64_t)pages * (uint64_t)sysconf(_SC_PAGESIZE);
    return waited_user + waited_system;
}

int measure(struct usage *usage) {
    memset(usage, 0, sizeof *usage);
    struct walk walk;
    int error = begin_walk(&walk);
    if (error != 0) return error;
    for (const char *pid; (pid = next_process(&walk)) != NULL;) add_process(walk.proc, pid, usage);
    end_walk(&walk);
    // What has ended and was collected here, so that the sum never goes back.
    struct rusage collected;
    getrusage(RUSAGE_CHILDREN, &collected);
    usage->cpu_microseconds +=
        (uint64_t)collected.ru_utime.tv_sec * 1000000u + (uint64_t)collected.ru_utime.tv_usec +
        (uint64_t)collected.ru_stime.tv_sec * 1000000u + (uint64_t)collected.ru_stime.tv_usec;
    return 0;
}
