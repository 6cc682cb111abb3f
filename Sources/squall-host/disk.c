// Disks of a size: file systems in memory that belong to the host, so that they outlive the power of
// a machine and end with the lab. Each covers its directory in the host's own mount namespace, where
// machines' binds are taken from; outside nothing shows.
//
// A disk is full when its size is what it holds. That costs no memory and takes effect, and ends, in
// one call; a file that fills it would take as much memory as the disk had free. What the node removes
// meanwhile it can write again, as on any full disk.

#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "disk.h"

// What keeps the size of an empty disk above nothing: a size of 0 is none to the kernel.
#define RESERVE 4096ull

static int resize(const char *directory, uint64_t bytes) {
    char options[64];
    snprintf(options, sizeof options, "size=%llu", (unsigned long long)bytes);
    return mount("tmpfs", directory, "tmpfs", MS_REMOUNT | MS_NOSUID | MS_NODEV, options) == 0
        ? 0
        : errno;
}

static int write_reserve(const char *directory) {
    static const char page[RESERVE];
    char path[PATH_MAX];
    if (snprintf(path, sizeof path, "%s/reserve", directory) >= (int)sizeof path)
        return ENAMETOOLONG;
    int file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (file < 0) return errno;
    int error = write(file, page, sizeof page) < 0 ? errno : 0;
    close(file);
    return error;
}

int make_disk(const char *directory, uint64_t bytes, uid_t user, gid_t group, int *root) {
    char options[128], path[PATH_MAX];
    if (snprintf(path, sizeof path, "%s/disk", directory) >= (int)sizeof path) return ENAMETOOLONG;
    snprintf(options, sizeof options, "size=%llu,mode=0755",
        (unsigned long long)(bytes + RESERVE));
    if (mount("tmpfs", directory, "tmpfs", MS_NOSUID | MS_NODEV, options) != 0) return errno;
    int error = write_reserve(directory);
    if (error == 0 && (mkdir(path, 0755) != 0 || chown(path, user, group) != 0)) error = errno;
    if (error != 0) return error;
    *root = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    return *root < 0 ? errno : 0;
}

int fill_disk(const char *directory) {
    struct statvfs now;
    int error = EINVAL;
    // It may grow between the two calls; then its size cannot be less than what it holds.
    for (int attempt = 0; attempt < 100 && error == EINVAL; attempt++) {
        if (statvfs(directory, &now) != 0) return errno;
        error = resize(directory, (now.f_blocks - now.f_bfree) * now.f_frsize);
    }
    return error;
}

int empty_disk(const char *directory, uint64_t bytes) {
    return resize(directory, bytes + RESERVE);
}
