// Ending connections without forging a packet: the kernel that owns a socket is asked to destroy it
// (sock_diag, what `ss -K` does), which needs CAP_NET_ADMIN in the machine's user namespace only.

#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/sock_diag.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "machine.h"

#define FOUND_MAX 4096

struct diag_request {
    struct nlmsghdr header;
    struct inet_diag_req_v2 body;
};

static int ask(int s, uint16_t type, uint16_t flags, const struct inet_diag_req_v2 *body) {
    struct diag_request request = {
        .header = {.nlmsg_len = sizeof request, .nlmsg_type = type, .nlmsg_flags = flags},
        .body = *body,
    };
    return send(s, &request, sizeof request, 0) < 0 ? errno : 0;
}

// Whether the far end is the address, also as an IPv4 address within IPv6: servers that listen on
// `::` have their connections there.
static bool is_to(const struct inet_diag_msg *socket, uint32_t address) {
    const uint32_t *far = socket->id.idiag_dst;
    if (socket->idiag_family == AF_INET) return far[0] == address;
    return far[0] == 0 && far[1] == 0 && far[2] == htonl(0xffff) && far[3] == address;
}

static int find(
    int s, uint8_t family, uint32_t address, struct inet_diag_req_v2 *found, uint32_t *count) {
    struct inet_diag_req_v2 body = {
        .sdiag_family = family,
        .sdiag_protocol = IPPROTO_TCP,
        .idiag_states = (uint32_t)~(1u << TCP_LISTEN | 1u << TCP_TIME_WAIT | 1u << TCP_CLOSE),
    };
    int error = ask(s, SOCK_DIAG_BY_FAMILY, NLM_F_REQUEST | NLM_F_DUMP, &body);
    static char answer[32768];
    while (error == 0) {
        ssize_t length = recv(s, answer, sizeof answer, 0);
        if (length <= 0) return length == 0 ? EPROTO : errno;
        for (struct nlmsghdr *h = (struct nlmsghdr *)answer; NLMSG_OK(h, length);
             h = NLMSG_NEXT(h, length)) {
            if (h->nlmsg_type == NLMSG_DONE) return 0;
            if (h->nlmsg_type == NLMSG_ERROR) return -((struct nlmsgerr *)NLMSG_DATA(h))->error;
            const struct inet_diag_msg *socket = NLMSG_DATA(h);
            if (!is_to(socket, address) || *count == FOUND_MAX) continue;
            found[(*count)++] = (struct inet_diag_req_v2){
                .sdiag_family = family,
                .sdiag_protocol = IPPROTO_TCP,
                .idiag_states = ~0u,
                .id = socket->id,
            };
        }
    }
    return error;
}

int reset_connections(uint32_t address, uint32_t *count) {
    static struct inet_diag_req_v2 found[FOUND_MAX];
    uint32_t total = 0, ended = 0;
    int s = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_SOCK_DIAG);
    if (s < 0) return errno;
    int error = find(s, AF_INET, htonl(address), found, &total);
    if (error == 0) error = find(s, AF_INET6, htonl(address), found, &total);
    if (error == ENOENT) error = 0;  // a kernel without IPv6
    for (uint32_t i = 0; i < total && error == 0; i++) {
        char answer[1024];
        error = ask(s, SOCK_DESTROY, NLM_F_REQUEST | NLM_F_ACK, &found[i]);
        if (error == 0 && recv(s, answer, sizeof answer, 0) > 0) {
            int code = ((struct nlmsgerr *)NLMSG_DATA((struct nlmsghdr *)answer))->error;
            // Gone already where both ends are here: the first one's reset ended the second.
            if (code == 0 || code == -ENOENT) ended++;
            else error = -code;
        }
    }
    close(s);
    *count = ended;
    return error;
}
