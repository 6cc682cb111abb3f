#pragma once
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/// Listens on an owner-only Unix stream socket at `path` (any length), taking over a stale file.
/// Returns a close-on-exec descriptor, or -1 with errno; EADDRINUSE when somebody listens there.
int squall_listen_unix(const char *path);

/// Connects to a Unix stream socket at `path` (any length). Returns a close-on-exec descriptor, or -1.
int squall_connect_unix(const char *path);

/// Accepts a connection, close-on-exec; -1 with errno.
int squall_accept(int listener);

/// Reads bytes and the descriptors sent along (close-on-exec). `*count` is the room on entry and the
/// number received on return; what does not fit is closed by the kernel. Returns as `recvmsg`.
ssize_t squall_receive(int socket, void *bytes, size_t size, int *descriptors, int *count);

/// Sends bytes and at most 16 descriptors. Returns as `sendmsg`, without SIGPIPE.
ssize_t squall_send(int socket, const void *bytes, size_t size, const int *descriptors, int count);

/// A pipe whose ends are close-on-exec. 0, or -1 with errno.
int squall_pipe(int ends[2]);
