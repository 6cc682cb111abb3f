// Reading and writing the packets of protocol.h.

#ifndef HOST_MESSAGE_H
#define HOST_MESSAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "../CLinux/include/protocol.h"

// A packet that was received. Its texts are used in place; its descriptors are close-on-exec and
// belong to the reader.
struct incoming {
    uint8_t bytes[SQUALL_MESSAGE_MAX];
    size_t length;
    size_t at;
    bool bad;  // read beyond the end, or malformed: every later read gives 0 or ""
    int descriptors[SQUALL_DESCRIPTORS_MAX];
    size_t descriptor_count;
    uint32_t kind;
    uint32_t request;
};

// Waits for a packet. 1: one is there, 0: the other end is closed, -1: errno.
int receive(int socket, struct incoming *message);
// Closes what the handler did not take (a taken descriptor is set to -1).
void close_descriptors(struct incoming *message);
uint32_t get_u32(struct incoming *message);
const char *get_text(struct incoming *message);
// A NULL-terminated array of texts in place; the caller frees the array.
const char **get_texts(struct incoming *message);

// A packet to be sent; events and answers are small.
struct outgoing {
    uint8_t bytes[8192];
    size_t length;
};

void begin(struct outgoing *message, uint32_t kind, uint32_t request);
void put_u32(struct outgoing *message, uint32_t value);
void put_u64(struct outgoing *message, uint64_t value);
void put_text(struct outgoing *message, const char *text);
// Sends it, waiting for room. A peer that is gone is noticed by reading, so nothing is returned.
void send_out(int socket, const struct outgoing *message, const int *descriptors, size_t count);
void send_failure(int socket, uint32_t request, int error, const char *call, const char *detail);
void send_done(int socket, uint32_t request);

uint64_t monotonic_nanoseconds(void);

#endif
