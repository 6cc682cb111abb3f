#include "message.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

int receive(int socket, struct incoming *message) {
    struct iovec part = {message->bytes, sizeof message->bytes};
    union {
        struct cmsghdr header;
        char space[CMSG_SPACE(SQUALL_DESCRIPTORS_MAX * sizeof(int))];
    } control;
    struct msghdr header = {
        .msg_iov = &part,
        .msg_iovlen = 1,
        .msg_control = &control,
        .msg_controllen = sizeof control,
    };
    ssize_t length;
    do {
        length = recvmsg(socket, &header, MSG_CMSG_CLOEXEC);
    } while (length < 0 && errno == EINTR);
    if (length <= 0) return length == 0 || errno == ECONNRESET ? 0 : -1;

    message->length = (size_t)length;
    message->at = 0;
    message->bad = (header.msg_flags & (MSG_TRUNC | MSG_CTRUNC)) != 0;
    message->descriptor_count = 0;
    for (struct cmsghdr *c = CMSG_FIRSTHDR(&header); c != NULL; c = CMSG_NXTHDR(&header, c)) {
        if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_RIGHTS) continue;
        size_t held = (c->cmsg_len - CMSG_LEN(0)) / sizeof(int);
        memcpy(message->descriptors, CMSG_DATA(c), held * sizeof(int));
        message->descriptor_count = held;
    }
    message->kind = get_u32(message);
    message->request = get_u32(message);
    return 1;
}

void close_descriptors(struct incoming *message) {
    for (size_t i = 0; i < message->descriptor_count; i++)
        if (message->descriptors[i] >= 0) close(message->descriptors[i]);
    message->descriptor_count = 0;
}

uint32_t get_u32(struct incoming *message) {
    uint32_t value = 0;
    if (message->bad || message->length - message->at < sizeof value) {
        message->bad = true;
        return 0;
    }
    memcpy(&value, message->bytes + message->at, sizeof value);
    message->at += sizeof value;
    return value;
}

const char *get_text(struct incoming *message) {
    uint32_t length = get_u32(message);
    if (message->bad || message->length - message->at < (size_t)length + 1 ||
        message->bytes[message->at + length] != 0) {
        message->bad = true;
        return "";
    }
    const char *text = (const char *)message->bytes + message->at;
    message->at += (size_t)length + 1;
    return text;
}

const char **get_texts(struct incoming *message) {
    uint32_t count = get_u32(message);
    // Each text takes five bytes at least: a larger count is a lie.
    if (message->bad || count > message->length / 5) {
        message->bad = true;
        count = 0;
    }
    const char **texts = calloc((size_t)count + 1, sizeof *texts);
    if (texts == NULL) _exit(70);
    for (uint32_t i = 0; i < count; i++) texts[i] = get_text(message);
    return texts;
}

void begin(struct outgoing *message, uint32_t kind, uint32_t request) {
    message->length = 0;
    put_u32(message, kind);
    put_u32(message, request);
}

static void put(struct outgoing *message, const void *bytes, size_t length) {
    if (sizeof message->bytes - message->length < length) return;
    memcpy(message->bytes + message->length, bytes, length);
    message->length += length;
}

void put_u32(struct outgoing *message, uint32_t value) { put(message, &value, sizeof value); }

void put_u64(struct outgoing *message, uint64_t value) { put(message, &value, sizeof value); }

void put_text(struct outgoing *message, const char *text) {
    uint32_t length = (uint32_t)strnlen(text, 1024);
    put_u32(message, length);
    put(message, text, length);
    put(message, "", 1);
}

void send_out(int socket, const struct outgoing *message, const int *descriptors, size_t count) {
    struct iovec part = {(void *)message->bytes, message->length};
    union {
        struct cmsghdr header;
        char space[CMSG_SPACE(SQUALL_DESCRIPTORS_MAX * sizeof(int))];
    } control;
    struct msghdr header = {.msg_iov = &part, .msg_iovlen = 1};
    if (count > 0) {
        memset(&control, 0, sizeof control);
        header.msg_control = &control;
        header.msg_controllen = CMSG_SPACE(count * sizeof(int));
        control.header.cmsg_level = SOL_SOCKET;
        control.header.cmsg_type = SCM_RIGHTS;
        control.header.cmsg_len = CMSG_LEN(count * sizeof(int));
        memcpy(CMSG_DATA(&control.header), descriptors, count * sizeof(int));
    }
    while (sendmsg(socket, &header, MSG_NOSIGNAL) < 0 && errno == EINTR) continue;
}

void send_failure(int socket, uint32_t request, int error, const char *call, const char *detail) {
    struct outgoing message;
    begin(&message, SQUALL_FAILED, request);
    put_u32(&message, (uint32_t)error);
    put_text(&message, call);
    put_text(&message, detail);
    send_out(socket, &message, NULL, 0);
}

void send_done(int socket, uint32_t request) {
    struct outgoing message;
    begin(&message, SQUALL_DONE, request);
    send_out(socket, &message, NULL, 0);
}

uint64_t monotonic_nanoseconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}
