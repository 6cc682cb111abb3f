// Starting squall-host and talking to it: a child with one socket, packets with descriptors.

#ifndef SQUALL_HOST_H
#define SQUALL_HOST_H

#include <stddef.h>
#include <stdint.h>
#include <sys/epoll.h>  // not in the Glibc module
#include <sys/types.h>

/// Starts `path` with `arguments` (NULL-terminated, the first one its name) and the environment of
/// this process. The child has standard error of this process, /dev/null as input and output, and
/// its end of a new SOCK_SEQPACKET pair as descriptor 3; nothing else is open in it.
/// Returns 0 and sets `pid` and `control` (close-on-exec), or an errno.
int squall_start_host(const char *path, char *const arguments[], pid_t *pid, int *control);

/// A descriptor of a process, readable once it has ended (close-on-exec), or a negative errno.
int squall_process_descriptor(pid_t process);

/// Sends one packet with descriptors, without waiting. Returns 0 or an errno (EAGAIN: no room).
int squall_send_packet(
    int socket, const void *bytes, size_t length, const int *descriptors, size_t count);

/// Receives one packet and at most 8 descriptors, close-on-exec, without waiting. Sets `count`.
/// Returns its length, 0 at the end of the socket, or a negative errno.
ssize_t squall_receive_packet(
    int socket, void *bytes, size_t capacity, int descriptors[8], size_t *count);

/// Gives a directory and all that lies in it to an id, without following symbolic links. Returns 0 or
/// an errno.
int squall_give(const char *path, uint32_t user, uint32_t group);

/// Makes a pseudo-terminal: the end that a person's terminal is relayed to, and the end that a program
/// runs on; both close-on-exec, neither becomes a controlling terminal. Returns 0 or an errno.
int squall_open_terminal(int *near, int *far);

/// Starts a thread of 512 kB stack under a name of at most 15 bytes. Returns 0 or an errno.
int squall_thread(const char *name, void *(*body)(void *), void *context);

/// Grows the buffers of a packet socket, beyond the system's bound where this process may.
void squall_grow_buffers(int socket, int bytes);

#endif
