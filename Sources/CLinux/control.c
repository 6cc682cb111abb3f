// The owner-only socket between a lab and its clients.
#define _GNU_SOURCE
#include "control.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

// A socket address holds 108 bytes; a longer path is reached through its directory's descriptor.
// Returns that descriptor (to be closed by the caller), or -1 with errno; the address is filled in.
static int address_of(const char *path, struct sockaddr_un *address) {
    char folder[PATH_MAX], name[PATH_MAX];
    if (strlen(path) >= sizeof folder) {
        errno = ENAMETOOLONG;
        return -1;
    }
    strcpy(folder, path);
    strcpy(name, path);
    int directory = open(dirname(folder), O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (directory < 0) return -1;
    memset(address, 0, sizeof *address);
    address->sun_family = AF_UNIX;
    int length = snprintf(address->sun_path, sizeof address->sun_path, "/proc/self/fd/%d/%s",
                          directory, basename(name));
    if (length < 0 || (size_t)length >= sizeof address->sun_path) {
        close(directory);
        errno = ENAMETOOLONG;
        return -1;
    }
    return directory;
}

static int with_address(const char *path, int (*act)(int, const struct sockaddr_un *)) {
    struct sockaddr_un address;
    int directory = address_of(path, &address);
    if (directory < 0) return -1;
    int result = -1;
    int descriptor = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (descriptor >= 0) {
        result = act(descriptor, &address);
        if (result < 0) {
            int error = errno;
            close(descriptor);
            errno = error;
        } else {
            result = descriptor;
        }
    }
    int error = errno;
    close(directory);
    errno = error;
    return result;
}

static int act_connect(int descriptor, const struct sockaddr_un *address) {
    return connect(descriptor, (const struct sockaddr *)address, sizeof *address);
}

static int act_listen(int descriptor, const struct sockaddr_un *address) {
    // The socket must never be open to others, not even for a moment.
    mode_t before = umask(0177);
    int result = bind(descriptor, (const struct sockaddr *)address, sizeof *address);
    int error = errno;
    umask(before);
    errno = error;
    if (result < 0) return -1;
    return listen(descriptor, 16);
}

int squall_connect_unix(const char *path) { return with_address(path, act_connect); }

int squall_listen_unix(const char *path) {
    int live = squall_connect_unix(path);
    if (live >= 0) {
        close(live);
        errno = EADDRINUSE;
        return -1;
    }
    if (unlink(path) < 0 && errno != ENOENT) return -1;
    return with_address(path, act_listen);
}

int squall_accept(int listener) { return accept4(listener, NULL, NULL, SOCK_CLOEXEC); }

ssize_t squall_receive(int socket, void *bytes, size_t size, int *descriptors, int *count) {
    union {
        struct cmsghdr align;
        char bytes[CMSG_SPACE(16 * sizeof(int))];
    } control;
    int room = *count > 16 ? 16 : *count;
    struct iovec part = {bytes, size};
    struct msghdr message = {.msg_iov = &part,
                             .msg_iovlen = 1,
                             .msg_control = control.bytes,
                             .msg_controllen = CMSG_SPACE((size_t)room * sizeof(int))};
    *count = 0;
    ssize_t received = recvmsg(socket, &message, MSG_CMSG_CLOEXEC);
    if (received < 0) return received;
    for (struct cmsghdr *header = CMSG_FIRSTHDR(&message); header;
         header = CMSG_NXTHDR(&message, header)) {
        if (header->cmsg_level != SOL_SOCKET || header->cmsg_type != SCM_RIGHTS) continue;
        int sent = (int)((header->cmsg_len - CMSG_LEN(0)) / sizeof(int));
        for (int i = 0; i < sent; i++) {
            int descriptor;
            memcpy(&descriptor, CMSG_DATA(header) + (size_t)i * sizeof(int), sizeof descriptor);
            if (*count < room)
                descriptors[(*count)++] = descriptor;
            else
                close(descriptor);
        }
    }
    return received;
}

ssize_t squall_send(int socket, const void *bytes, size_t size, const int *descriptors, int count) {
    union {
        struct cmsghdr align;
        char bytes[CMSG_SPACE(16 * sizeof(int))];
    } control;
    if (count > 16) {
        errno = EINVAL;
        return -1;
    }
    struct iovec part = {(void *)bytes, size};
    struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1};
    if (count > 0) {
        memset(&control, 0, sizeof control);
        message.msg_control = control.bytes;
        message.msg_controllen = CMSG_SPACE((size_t)count * sizeof(int));
        struct cmsghdr *header = CMSG_FIRSTHDR(&message);
        header->cmsg_level = SOL_SOCKET;
        header->cmsg_type = SCM_RIGHTS;
        header->cmsg_len = CMSG_LEN((size_t)count * sizeof(int));
        memcpy(CMSG_DATA(header), descriptors, (size_t)count * sizeof(int));
    }
    return sendmsg(socket, &message, MSG_NOSIGNAL);
}

int squall_pipe(int ends[2]) { return pipe2(ends, O_CLOEXEC); }
