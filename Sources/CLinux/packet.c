#define _GNU_SOURCE
#include "packet.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/if_packet.h>
#include <linux/sched.h>
#include <netinet/in.h>
#include <netinet/ip_icmp.h>
#include <poll.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/timerfd.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

#ifndef PACKET_IGNORE_OUTGOING
#define PACKET_IGNORE_OUTGOING 23
#endif

static int64_t nanoseconds(clockid_t clock) {
    struct timespec t;
    clock_gettime(clock, &t);
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

int64_t squall_monotonic_ns(void) { return nanoseconds(CLOCK_MONOTONIC); }

_Static_assert(EAGAIN == SQUALL_AGAIN, "as in the header");

void squall_close(int fd) { close(fd); }

int squall_epoll_make(void) {
    int fd = epoll_create1(EPOLL_CLOEXEC);
    return fd < 0 ? -errno : fd;
}

static int control(int epoll, int what, int fd, uint32_t events, uint64_t tag) {
    struct epoll_event event = {.events = events, .data = {.u64 = tag}};
    return epoll_ctl(epoll, what, fd, &event) < 0 ? -errno : 0;
}

int squall_epoll_add(int epoll, int fd, uint32_t events, uint64_t tag) {
    return control(epoll, EPOLL_CTL_ADD, fd, events, tag);
}

int squall_epoll_change(int epoll, int fd, uint32_t events, uint64_t tag) {
    return control(epoll, EPOLL_CTL_MOD, fd, events, tag);
}

int squall_epoll_remove(int epoll, int fd) { return control(epoll, EPOLL_CTL_DEL, fd, 0, 0); }

int squall_epoll_wait(int epoll, struct squall_ready *ready, int room, int timeout) {
    struct epoll_event events[64];
    int count = epoll_wait(epoll, events, room < 64 ? room : 64, timeout);
    if (count < 0) return errno == EINTR ? 0 : -errno;
    for (int i = 0; i < count; i++) {
        ready[i].tag = events[i].data.u64;
        ready[i].events = events[i].events;
    }
    return count;
}

int squall_timer_make(void) {
    int fd = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
    return fd < 0 ? -errno : fd;
}

int squall_timer_set(int timer, int64_t deadline) {
    struct itimerspec spec = {
        .it_value = {.tv_sec = deadline / 1000000000, .tv_nsec = deadline % 1000000000}};
    return timerfd_settime(timer, TFD_TIMER_ABSTIME, &spec, NULL) < 0 ? -errno : 0;
}

int squall_event_make(void) {
    int fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    return fd < 0 ? -errno : fd;
}

int squall_event_signal(int event) {
    uint64_t one = 1;
    return write(event, &one, sizeof one) < 0 ? -errno : 0;
}

void squall_wait(int event) {
    struct pollfd wanted = {.fd = event, .events = POLLIN};
    poll(&wanted, 1, -1);
}

int64_t squall_event_take(int event) {
    uint64_t count = 0;
    if (read(event, &count, sizeof count) < 0) return errno == EAGAIN ? 0 : -errno;
    return (int64_t)count;
}

int squall_cores(void) { return (int)sysconf(_SC_NPROCESSORS_ONLN); }

int squall_load_open(void) {
    int fd = open("/proc/loadavg", O_RDONLY | O_CLOEXEC);
    return fd < 0 ? -errno : fd;
}

int squall_load_running(int load) {
    // 0.52 0.58 0.59 3/151 31415
    char text[64];
    ssize_t length = pread(load, text, sizeof text - 1, 0);
    text[length < 0 ? 0 : length] = 0;
    const char *slash = strchr(text, '/');
    while (slash != NULL && slash > text && slash[-1] >= '0' && slash[-1] <= '9') slash--;
    return slash == NULL ? INT_MAX : atoi(slash);
}

// The kernel's own layout of struct sched_attr, first version: glibc of Debian 12 has no wrapper.
struct slice {
    uint32_t size, policy;
    uint64_t flags;
    int32_t nice;
    uint32_t priority;
    uint64_t runtime, deadline, period;
};

int squall_priority_ask(unsigned permit) {
    struct sched_param parameter = {.sched_priority = 1};
    // No explicit reset-on-fork: this thread forks nothing.
    if (permit & 1u << SQUALL_PRIORITY_FIFO && pthread_setschedparam(pthread_self(), 1, &parameter) == 0)
        return SQUALL_PRIORITY_FIFO;
    if (permit & 1u << SQUALL_PRIORITY_NICE
        && setpriority(PRIO_PROCESS, (id_t)syscall(SYS_gettid), -20) == 0)
        return SQUALL_PRIORITY_NICE;
    struct slice slice = {.size = sizeof slice, .runtime = 100000};
    if (permit & 1u << SQUALL_PRIORITY_SLICE && syscall(SYS_sched_setattr, 0, &slice, 0) == 0)
        return SQUALL_PRIORITY_SLICE;
    return SQUALL_PRIORITY_NONE;
}

void squall_thread_name(const char *name) { pthread_setname_np(pthread_self(), name); }

int squall_nonblocking(int fd) {
    int flags = fcntl(fd, F_GETFL);
    if (flags < 0 || fcntl(fd, F_SETFL, flags | O_NONBLOCK) < 0) return -errno;
    return fcntl(fd, F_SETFD, FD_CLOEXEC) < 0 ? -errno : 0;
}

// The forcing variants need rights in the socket's own namespace; without them the sum is capped by
// net.core.[rw]mem_max, which the drop counters then tell about.
static void buffer(int fd, int force, int plain, int bytes) {
    if (setsockopt(fd, SOL_SOCKET, force, &bytes, sizeof bytes) < 0)
        setsockopt(fd, SOL_SOCKET, plain, &bytes, sizeof bytes);
}

int squall_port_prepare(int fd) {
    int on = 1;
    int failed = squall_nonblocking(fd);
    if (failed) return failed;
    if (setsockopt(fd, SOL_PACKET, PACKET_VNET_HDR, &on, sizeof on) < 0) return -errno;
    setsockopt(fd, SOL_PACKET, PACKET_IGNORE_OUTGOING, &on, sizeof on);
    setsockopt(fd, SOL_PACKET, PACKET_QDISC_BYPASS, &on, sizeof on);
    buffer(fd, SO_RCVBUFFORCE, SO_RCVBUF, 8 << 20);
    buffer(fd, SO_SNDBUFFORCE, SO_SNDBUF, 8 << 20);
    return 0;
}

int squall_port_drops(int fd, uint32_t *received, uint32_t *dropped) {
    struct tpacket_stats stats = {0};
    socklen_t length = sizeof stats;
    if (getsockopt(fd, SOL_PACKET, PACKET_STATISTICS, &stats, &length) < 0) return -errno;
    *received = stats.tp_packets;
    *dropped = stats.tp_drops;
    return 0;
}

int64_t squall_read1(int fd, void *a, size_t na) {
    ssize_t count = read(fd, a, na);
    return count < 0 ? -errno : count;
}

int64_t squall_read2(int fd, void *a, size_t na, void *b, size_t nb) {
    struct iovec parts[2] = {{a, na}, {b, nb}};
    ssize_t count = readv(fd, parts, 2);
    return count < 0 ? -errno : count;
}

int64_t squall_write3(
    int fd, const void *a, size_t na, const void *b, size_t nb, const void *c, size_t nc) {
    struct iovec parts[3];
    int used = 0;
    if (na) parts[used++] = (struct iovec){(void *)a, na};
    if (nb) parts[used++] = (struct iovec){(void *)b, nb};
    if (nc) parts[used++] = (struct iovec){(void *)c, nc};
    ssize_t count = used == 1 ? write(fd, a, na) : writev(fd, parts, used);
    return count < 0 ? -errno : count;
}

void *squall_map(size_t bytes) {
    void *memory = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    return memory == MAP_FAILED ? NULL : memory;
}

void squall_unmap(void *memory, size_t bytes) { munmap(memory, bytes); }

int squall_ping_prepare(int fd) {
    int on = 1;
    int probe = IP_PMTUDISC_PROBE;
    int room = 1 << 20;
    int failed = squall_nonblocking(fd);
    if (failed) return failed;
    // As much as the system allows: many answers may come at once.
    setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &room, sizeof room);
    if (setsockopt(fd, IPPROTO_IP, IP_MTU_DISCOVER, &probe, sizeof probe) < 0) return -errno;
    return setsockopt(fd, SOL_SOCKET, SO_TIMESTAMPNS, &on, sizeof on) < 0 ? -errno : 0;
}

enum { LEAST_ECHO = 16, MOST_ECHO = 1472 };

struct echo {
    struct icmphdr head;
    uint64_t cookie;
    uint8_t rest[MOST_ECHO - sizeof(uint64_t)];
};

// What follows the cookie is made of it, so that an altered answer is told apart.
static uint8_t filling(uint64_t cookie, size_t at) {
    return (uint8_t)((cookie * 0x9e3779b97f4a7c15u >> 56) + at * 31);
}

int squall_ping_send(int fd, uint32_t address, uint16_t sequence, uint64_t cookie, int length) {
    struct echo echo = {.head = {.type = ICMP_ECHO}, .cookie = cookie};
    echo.head.un.echo.sequence = htons(sequence);
    int payload = length - 28;
    if (payload < LEAST_ECHO) payload = LEAST_ECHO;
    if (payload > MOST_ECHO) payload = MOST_ECHO;
    size_t rest = (size_t)payload - sizeof echo.cookie;
    for (size_t at = 0; at < rest; at++) echo.rest[at] = filling(cookie, at);
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_addr = {htonl(address)}};
    ssize_t sent = sendto(fd, &echo, sizeof echo.head + (size_t)payload, MSG_NOSIGNAL, (struct sockaddr *)&to, sizeof to);
    return sent < 0 ? -errno : 0;
}

int squall_ping_receive(
    int fd, uint32_t *address, uint16_t *sequence, uint64_t *cookie, int64_t *age) {
    struct echo echo;
    struct sockaddr_in from = {0};
    struct iovec part = {&echo, sizeof echo};
    union {
        char bytes[CMSG_SPACE(sizeof(struct timespec))];
        struct cmsghdr aligned;
    } ancillary;
    struct msghdr message = {
        .msg_name = &from,
        .msg_namelen = sizeof from,
        .msg_iov = &part,
        .msg_iovlen = 1,
        .msg_control = ancillary.bytes,
        .msg_controllen = sizeof ancillary.bytes};
    ssize_t count = recvmsg(fd, &message, MSG_DONTWAIT);
    if (count < 0) return errno == EAGAIN ? 0 : -errno;
    *age = 0;
    for (struct cmsghdr *c = CMSG_FIRSTHDR(&message); c; c = CMSG_NXTHDR(&message, c)) {
        if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_TIMESTAMPNS) continue;
        struct timespec stamp;
        memcpy(&stamp, CMSG_DATA(c), sizeof stamp);
        int64_t since = nanoseconds(CLOCK_REALTIME)
            - ((int64_t)stamp.tv_sec * 1000000000 + stamp.tv_nsec);
        // A wall clock that was set meanwhile says nonsense: then the time of reading counts.
        if (since > 0 && since < 1000000000) *age = since;
    }
    *address = ntohl(from.sin_addr.s_addr);
    // What is no echo reply of ours is told apart by its cookie.
    if (count < (ssize_t)(sizeof echo.head + sizeof echo.cookie) || echo.head.type != ICMP_ECHOREPLY) {
        *sequence = 0;
        *cookie = 0;
        return 1;
    }
    *sequence = ntohs(echo.head.un.echo.sequence);
    *cookie = echo.cookie;
    size_t rest = (size_t)count - sizeof echo.head - sizeof echo.cookie;
    for (size_t at = 0; at < rest; at++) {
        if (echo.rest[at] != filling(echo.cookie, at)) *cookie = 0;
    }
    return 1;
}
