// Kernel calls of the packet switch and of its echo. No policy: every decision is the caller's.
// All functions answer with a negative errno where they fail, so that no caller reads `errno`.

#ifndef SQUALL_PACKET_H
#define SQUALL_PACKET_H

#include <stdint.h>
#include <string.h>
#include <sys/types.h>

/// EAGAIN, for Swift files that import nothing else.
#define SQUALL_AGAIN 11

/// Closes a descriptor.
void squall_close(int fd);
/// Nanoseconds of CLOCK_MONOTONIC.
int64_t squall_monotonic_ns(void);

// Waiting ------------------------------------------------------------------------------------

/// One descriptor that has something to say.
struct squall_ready {
    uint64_t tag;
    uint32_t events;
};

#define SQUALL_READABLE 1u
#define SQUALL_WRITABLE 4u
#define SQUALL_BROKEN 24u
#define SQUALL_EDGE 0x80000000u

/// A new epoll instance (close-on-exec), or -errno.
int squall_epoll_make(void);
/// Watches `fd` for `events`; `tag` comes back with what is ready.
int squall_epoll_add(int epoll, int fd, uint32_t events, uint64_t tag);
/// Changes what `fd` is watched for.
int squall_epoll_change(int epoll, int fd, uint32_t events, uint64_t tag);
/// Watches `fd` no longer.
int squall_epoll_remove(int epoll, int fd);
/// Waits (milliseconds, -1 for ever) and fills at most `room` (64) entries. 0 when interrupted.
int squall_epoll_wait(int epoll, struct squall_ready *ready, int room, int timeout);

/// A non-blocking timer on CLOCK_MONOTONIC.
int squall_timer_make(void);
/// Fires at the absolute monotonic nanosecond `deadline`; 0 disarms.
int squall_timer_set(int timer, int64_t deadline);

/// A non-blocking event counter.
int squall_event_make(void);
/// Adds one.
int squall_event_signal(int event);
/// Blocks until `event` (or any other descriptor) is readable.
void squall_wait(int event);
/// Takes all; how many there were, 0 when none.
int64_t squall_event_take(int event);

/// Cores that are at work.
int squall_cores(void);
/// Opens what `squall_load_running` reads; -errno where it is not to be had.
int squall_load_open(void);
/// How many threads of the whole machine run or want to, the caller among them; a large number when
/// that cannot be known.
int squall_load_running(int load);

// Priority -----------------------------------------------------------------------------------

#define SQUALL_PRIORITY_NONE 0
#define SQUALL_PRIORITY_SLICE 1
#define SQUALL_PRIORITY_NICE 2
#define SQUALL_PRIORITY_FIFO 3

/// Asks for SCHED_FIFO 1, then nice -20, then a 100 µs slice of the fair scheduler, for the calling
/// thread; answers with the best that was given. `permit` masks what may be asked (bit n = level n).
int squall_priority_ask(unsigned permit);
/// Names the calling thread (15 characters at most).
void squall_thread_name(const char *name);

// Ports --------------------------------------------------------------------------------------

/// Makes a packet socket ready for the switch: non-blocking, virtio header, no copies of what it
/// sends itself, queueing discipline bypassed, buffers as large as they may be.
/// 0, or -errno when it is no packet socket.
int squall_port_prepare(int fd);
/// Non-blocking and close-on-exec, nothing else.
int squall_nonblocking(int fd);
/// Received and lost by the packet socket since the last call (the kernel resets them).
int squall_port_drops(int fd, uint32_t *received, uint32_t *dropped);
/// Reads one packet as two parts. Bytes read, or -errno.
int64_t squall_read2(int fd, void *a, size_t na, void *b, size_t nb);
/// Reads one packet. Bytes read, or -errno.
int64_t squall_read1(int fd, void *a, size_t na);
/// Writes one packet from up to three parts (empty ones are left out). Bytes, or -errno.
int64_t squall_write3(
    int fd, const void *a, size_t na, const void *b, size_t nb, const void *c, size_t nc);

/// Fresh private memory, given by the kernel page by page as it is touched; NULL when there is none.
void *squall_map(size_t bytes);
/// Gives such memory back.
void squall_unmap(void *memory, size_t bytes);

// Bytes of packets ---------------------------------------------------------------------------
// Inline in C, so that they are inlined in every Swift file also where files are compiled apart.

/// Two bytes in network order.
static inline uint16_t squall_get16(const void *p) {
    uint16_t value;
    memcpy(&value, p, sizeof value);
    return __builtin_bswap16(value);
}
/// Four bytes in network order.
static inline uint32_t squall_get32(const void *p) {
    uint32_t value;
    memcpy(&value, p, sizeof value);
    return __builtin_bswap32(value);
}
/// Two bytes in network order.
static inline void squall_put16(void *p, uint16_t value) {
    value = __builtin_bswap16(value);
    memcpy(p, &value, sizeof value);
}
/// Four bytes in network order.
static inline void squall_put32(void *p, uint32_t value) {
    value = __builtin_bswap32(value);
    memcpy(p, &value, sizeof value);
}
/// Two bytes in the machine's order, as in a virtio_net_hdr of the old kind.
static inline uint16_t squall_get16_native(const void *p) {
    uint16_t value;
    memcpy(&value, p, sizeof value);
    return value;
}
/// Two bytes in the machine's order.
static inline void squall_put16_native(void *p, uint16_t value) { memcpy(p, &value, sizeof value); }

// Echo ---------------------------------------------------------------------------------------

/// Makes a ping socket (datagram, ICMP) ready: non-blocking, receive times of the kernel, and packets
/// that are never cut into fragments, whatever the kernel has learned about the way.
int squall_ping_prepare(int fd);
/// Sends one echo request whose IP packet has `length` bytes, from 44 to 1,500. `address` in host order.
/// 0, or -errno.
int squall_ping_send(int fd, uint32_t address, uint16_t sequence, uint64_t cookie, int length);
/// One answer. 1 and the fields, 0 when none is waiting, or -errno. `age` is how many nanoseconds
/// ago the kernel received it. The cookie is 0 when the bytes are not those that were sent.
int squall_ping_receive(
    int fd, uint32_t *address, uint16_t *sequence, uint64_t *cookie, int64_t *age);

#endif
