// Disks of a size, in memory.

#ifndef HOST_DISK_H
#define HOST_DISK_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

// All return 0 or an errno.

// A file system of so many bytes over a directory; sets a descriptor of what is the node's in it.
int make_disk(const char *directory, uint64_t bytes, uid_t user, gid_t group, int *root);
// Nothing more can be written to it.
int fill_disk(const char *directory);
// Its size is again as it was made.
int empty_disk(const char *directory, uint64_t bytes);

#endif
