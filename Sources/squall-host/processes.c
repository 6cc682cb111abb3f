// Going through the processes of this machine, pid 1 left out, in its own /proc.

#define _GNU_SOURCE
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "machine.h"

// The pid namespace of a process, as the kernel writes it; "" where it may not be asked for.
static void read_namespace(int proc, const char *pid, char text[64]) {
    char path[32];
    snprintf(path, sizeof path, "%.16s/ns/pid", pid);
    ssize_t length = readlinkat(proc, path, text, 63);
    text[length > 0 ? length : 0] = 0;
}

int begin_walk(struct walk *walk) {
    walk->directory = opendir("/proc");
    if (walk->directory == NULL) return errno;
    walk->proc = dirfd(walk->directory);
    ssize_t length = readlinkat(walk->proc, "self", walk->self, sizeof walk->self - 1);
    walk->self[length > 0 ? length : 0] = 0;
    // Where /proc had to stay the host's, this process is not 1 in it, and others are there too.
    walk->is_own = strcmp(walk->self, "1") == 0;
    if (!walk->is_own) read_namespace(walk->proc, walk->self, walk->own);
    return 0;
}

const char *next_process(struct walk *walk) {
    char other[64];
    for (struct dirent *entry; (entry = readdir(walk->directory)) != NULL;) {
        const char *name = entry->d_name;
        if (!isdigit((unsigned char)name[0]) || strcmp(name, walk->self) == 0) continue;
        if (!walk->is_own) {
            read_namespace(walk->proc, name, other);
            if (strcmp(walk->own, other) != 0) continue;
        }
        return name;
    }
    return NULL;
}

pid_t next_pid(struct walk *walk) {
    // Numbers of the host's /proc mean other processes here.
    const char *name = walk->is_own ? next_process(walk) : NULL;
    return name == NULL ? 0 : (pid_t)strtol(name, NULL, 10);
}

void end_walk(struct walk *walk) { closedir(walk->directory); }
