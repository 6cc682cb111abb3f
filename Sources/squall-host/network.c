#define _GNU_SOURCE
#include "network.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/ethtool.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <linux/if_tun.h>
#include <linux/neighbour.h>
#include <linux/rtnetlink.h>
#include <linux/sockios.h>
#include <linux/veth.h>
#include <linux/virtio_net.h>
#include <net/if.h>
// After net/if.h, which it shares names with.
#include <linux/if.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "../CLinux/include/protocol.h"

#define PORT_BUFFER (8 << 20)
#define BRIDGE "squall-bridge"

// -- rtnetlink: one request, one acknowledgement -------------------------------------------------

struct request {
    struct nlmsghdr header;
    char body[1024];
};

static void *grow(struct request *request, size_t length) {
    void *place = (char *)request + request->header.nlmsg_len;
    request->header.nlmsg_len += NLMSG_ALIGN(length);
    return place;
}

static void start(struct request *request, uint16_t type, uint16_t flags) {
    memset(request, 0, sizeof *request);
    request->header.nlmsg_len = NLMSG_HDRLEN;
    request->header.nlmsg_type = type;
    request->header.nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK | flags;
}

static struct rtattr *attribute(
    struct request *request, uint16_t type, const void *value, size_t length) {
    struct rtattr *attribute = grow(request, RTA_LENGTH(length));
    attribute->rta_type = type;
    attribute->rta_len = (uint16_t)RTA_LENGTH(length);
    if (length > 0) memcpy(RTA_DATA(attribute), value, length);
    return attribute;
}

static void close_nest(struct request *request, struct rtattr *nest) {
    nest->rta_len = (uint16_t)((char *)request + request->header.nlmsg_len - (char *)nest);
}

static int transact(struct request *request) {
    int s = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
    if (s < 0) return errno;
    int error = 0;
    char answer[4096];
    if (send(s, request, request->header.nlmsg_len, 0) < 0) {
        error = errno;
    } else {
        ssize_t length = recv(s, answer, sizeof answer, 0);
        const struct nlmsghdr *header = (const struct nlmsghdr *)answer;
        if (length < 0)
            error = errno;
        else if (header->nlmsg_type == NLMSG_ERROR)
            error = -((const struct nlmsgerr *)NLMSG_DATA(header))->error;
        else
            error = EPROTO;
    }
    close(s);
    return error;
}

// -- The hub's side --------------------------------------------------------------------------------

static int packet_socket(const char *name, int *port, const char **call) {
    int on = 1, buffer = PORT_BUFFER;
    *call = "socket(AF_PACKET)";
    int s = socket(AF_PACKET, SOCK_RAW | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (s < 0) return errno;
    struct sockaddr_ll where = {
        .sll_family = AF_PACKET,
        .sll_protocol = htons(ETH_P_ALL),
        .sll_ifindex = (int)if_nametoindex(name),
    };
    *call = "setsockopt(PACKET_VNET_HDR)";
    if (setsockopt(s, SOL_PACKET, PACKET_VNET_HDR, &on, sizeof on) != 0) goto failed;
    *call = "setsockopt(PACKET_IGNORE_OUTGOING)";
    if (setsockopt(s, SOL_PACKET, PACKET_IGNORE_OUTGOING, &on, sizeof on) != 0) goto failed;
    // Capped by net.core.rmem_max for an ordinary user.
    if (setsockopt(s, SOL_SOCKET, SO_RCVBUFFORCE, &buffer, sizeof buffer) != 0)
        setsockopt(s, SOL_SOCKET, SO_RCVBUF, &buffer, sizeof buffer);
    if (setsockopt(s, SOL_SOCKET, SO_SNDBUFFORCE, &buffer, sizeof buffer) != 0)
        setsockopt(s, SOL_SOCKET, SO_SNDBUF, &buffer, sizeof buffer);
    *call = "bind(AF_PACKET)";
    if (bind(s, (struct sockaddr *)&where, sizeof where) != 0) goto failed;
    *port = s;
    return 0;
failed:;
    int error = errno;
    close(s);
    return error;
}

// The bridge that bridged machines share; made on first use. Without the spanning tree a port forwards
// at once.
static int bridge(uint32_t *index, const char **call) {
    *index = if_nametoindex(BRIDGE);
    if (*index != 0) return 0;
    struct request request;
    start(&request, RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL);
    struct ifinfomsg *message = grow(&request, sizeof *message);
    message->ifi_flags = message->ifi_change = IFF_UP;
    attribute(&request, IFLA_IFNAME, BRIDGE, sizeof BRIDGE);
    struct rtattr *info = attribute(&request, IFLA_LINKINFO, NULL, 0);
    attribute(&request, IFLA_INFO_KIND, "bridge", 6);
    close_nest(&request, info);
    *call = "netlink(RTM_NEWLINK bridge)";
    int error = transact(&request);
    *index = if_nametoindex(BRIDGE);
    return error;
}

static int no_port(int *port, const char **call) {
    *call = "open(/dev/null)";
    *port = open("/dev/null", O_RDWR | O_CLOEXEC);
    return *port < 0 ? errno : 0;
}

int make_veth(
    const struct device *device, uint32_t number, int netns, int *port, const char **call) {
    char name[IFNAMSIZ];
    uint32_t master = 0;
    int error = device->bridged ? bridge(&master, call) : 0;
    if (error != 0) return error;
    uint32_t queue = DEVICE_QUEUE, one = 1;
    uint32_t address = htonl(device->address);
    unsigned char mac[6] = {0x02, 0x00};
    memcpy(mac + 2, &address, sizeof address);
    snprintf(name, sizeof name, "sw%u", number);

    struct request request;
    start(&request, RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL);
    struct ifinfomsg *near = grow(&request, sizeof *near);
    near->ifi_flags = near->ifi_change = IFF_UP;
    // Never the number of the far end: the kernel takes a device that is its own link for a single
    // one, and puts off noticing its carrier for a second.
    near->ifi_index = (int)(1000 + number);
    attribute(&request, IFLA_IFNAME, name, strlen(name) + 1);
    if (master != 0) attribute(&request, IFLA_MASTER, &master, sizeof master);
    attribute(&request, IFLA_MTU, &device->mtu, sizeof device->mtu);
    attribute(&request, IFLA_TXQLEN, &queue, sizeof queue);
    attribute(&request, IFLA_NUM_TX_QUEUES, &one, sizeof one);
    attribute(&request, IFLA_NUM_RX_QUEUES, &one, sizeof one);
    struct rtattr *info = attribute(&request, IFLA_LINKINFO, NULL, 0);
    attribute(&request, IFLA_INFO_KIND, "veth", 4);
    struct rtattr *data = attribute(&request, IFLA_INFO_DATA, NULL, 0);
    struct rtattr *peer = attribute(&request, VETH_INFO_PEER, NULL, 0);
    // Not up yet: the machine first switches off what it does not want to announce.
    grow(&request, sizeof(struct ifinfomsg));
    attribute(&request, IFLA_IFNAME, DEVICE, sizeof DEVICE);
    attribute(&request, IFLA_ADDRESS, mac, sizeof mac);
    attribute(&request, IFLA_MTU, &device->mtu, sizeof device->mtu);
    attribute(&request, IFLA_TXQLEN, &queue, sizeof queue);
    attribute(&request, IFLA_NUM_TX_QUEUES, &one, sizeof one);
    attribute(&request, IFLA_NUM_RX_QUEUES, &one, sizeof one);
    attribute(&request, IFLA_NET_NS_FD, &netns, sizeof netns);
    close_nest(&request, peer);
    close_nest(&request, data);
    close_nest(&request, info);
    *call = "netlink(RTM_NEWLINK veth)";
    error = transact(&request);
    if (error != 0) return error;
    return device->bridged ? no_port(port, call) : packet_socket(name, port, call);
}

int make_tun(const struct device *device, int netns, int home, int *port, const char **call) {
    int size = SQUALL_VNET_HEADER;
    struct ifreq request = {.ifr_flags = IFF_TUN | IFF_NO_PI | IFF_VNET_HDR};
    strcpy(request.ifr_name, DEVICE);
    // The namespace of a TUN device is where its file was opened, and only here may the file be
    // opened: in the machine, root's file is nobody's.
    *call = "setns(CLONE_NEWNET)";
    if (setns(netns, CLONE_NEWNET) != 0) return errno;
    *call = "open(/dev/net/tun)";
    int error = 0;
    int tun = open("/dev/net/tun", O_RDWR | O_NONBLOCK | O_CLOEXEC);
    if (tun < 0) {
        error = errno;
    } else {
        *call = "ioctl(TUNSETIFF)";
        unsigned offload = TUN_F_CSUM | (device->whole ? TUN_F_TSO4 : 0);
        if (ioctl(tun, TUNSETIFF, &request) != 0) error = errno;
        *call = error ? *call : "ioctl(TUNSETVNETHDRSZ)";
        if (!error && ioctl(tun, TUNSETVNETHDRSZ, &size) != 0) error = errno;
        *call = error ? *call : "ioctl(TUNSETOFFLOAD)";
        if (!error && ioctl(tun, TUNSETOFFLOAD, offload) != 0) error = errno;
        if (error) close(tun);
    }
    if (setns(home, CLONE_NEWNET) != 0) _exit(70);  // nothing after this would be where it should
    *port = tun;
    return error;
}

// -- The machine's side ----------------------------------------------------------------------------

static int control(int s, struct ifreq *request, const char *name, unsigned long what) {
    strcpy(request->ifr_name, name);
    return ioctl(s, what, request) == 0 ? 0 : errno;
}

static int bring_up(int s, const char *name) {
    struct ifreq request = {0};
    int error = control(s, &request, name, SIOCGIFFLAGS);
    if (error) return error;
    request.ifr_flags |= IFF_UP;
    return control(s, &request, name, SIOCSIFFLAGS);
}

// Switches off what the switch does not take apart. Features are found by name: their numbers
// differ between kernels, and one that a kernel does not know is off.
static void disable_features(int s, const char *const *names) {
    union {
        struct ethtool_sset_info info;
        char space[sizeof(struct ethtool_sset_info) + sizeof(uint32_t)];
    } sets = {.info = {.cmd = ETHTOOL_GSSET_INFO, .sset_mask = 1ull << ETH_SS_FEATURES}};
    struct ifreq request = {.ifr_data = (void *)&sets};
    if (control(s, &request, DEVICE, SIOCETHTOOL) != 0) return;

    uint32_t count = 0;
    memcpy(&count, sets.space + sizeof sets.info, sizeof count);
    uint32_t blocks = (count + 31) / 32;
    struct ethtool_gstrings *known = calloc(1, sizeof *known + (size_t)count * ETH_GSTRING_LEN);
    struct ethtool_sfeatures *wanted =
        calloc(1, sizeof *wanted + blocks * sizeof(struct ethtool_set_features_block));
    if (known != NULL && wanted != NULL) {
        *known = (struct ethtool_gstrings){
            .cmd = ETHTOOL_GSTRINGS, .string_set = ETH_SS_FEATURES, .len = count};
        request.ifr_data = (void *)known;
        if (control(s, &request, DEVICE, SIOCETHTOOL) == 0) {
            *wanted = (struct ethtool_sfeatures){.cmd = ETHTOOL_SFEATURES, .size = blocks};
            for (uint32_t i = 0; i < count; i++)
                for (const char *const *name = names; *name != NULL; name++)
                    if (strncmp((char *)known->data + i * ETH_GSTRING_LEN, *name,
                            ETH_GSTRING_LEN) == 0)
                        wanted->features[i / 32].valid |= 1u << (i % 32);
            request.ifr_data = (void *)wanted;
            control(s, &request, DEVICE, SIOCETHTOOL);
        }
    }
    free(known);
    free(wanted);
}

// Whether everybody is reached through one neighbour that is known for good. The kernel keeps the
// neighbours of all namespaces in one table of 1,024 places: thirty machines that all talk to each
// other fill it, and the packets of the next one are lost. The switch looks at IP addresses alone.
static bool has_router(const struct device *device) {
    return device->attachment == SQUALL_ATTACH_VETH && !device->bridged && device->prefix < 31;
}

// The first address of the network; no machine has it.
static uint32_t router(const struct device *device) {
    uint32_t network = device->address & ~(uint32_t)(0xffffffffull >> device->prefix);
    return htonl(network | 1);
}

static int add_address(const struct device *device) {
    uint32_t address = htonl(device->address), flags = IFA_F_NOPREFIXROUTE;
    uint32_t broadcast = htonl(device->address | (uint32_t)(0xffffffffull >> device->prefix));
    struct request request;
    start(&request, RTM_NEWADDR, NLM_F_CREATE | NLM_F_EXCL);
    struct ifaddrmsg *message = grow(&request, sizeof *message);
    message->ifa_family = AF_INET;
    message->ifa_prefixlen = (unsigned char)device->prefix;
    message->ifa_index = if_nametoindex(DEVICE);
    attribute(&request, IFA_LOCAL, &address, sizeof address);
    attribute(&request, IFA_ADDRESS, &address, sizeof address);
    attribute(&request, IFA_BROADCAST, &broadcast, sizeof broadcast);
    if (has_router(device)) attribute(&request, IFA_FLAGS, &flags, sizeof flags);
    return transact(&request);
}

static int add_router(const struct device *device) {
    uint32_t address = router(device);
    unsigned char mac[6] = {0x02, 0x00};
    memcpy(mac + 2, &address, sizeof address);
    struct request request;
    start(&request, RTM_NEWNEIGH, NLM_F_CREATE | NLM_F_EXCL);
    struct ndmsg *message = grow(&request, sizeof *message);
    message->ndm_family = AF_INET;
    message->ndm_ifindex = (int)if_nametoindex(DEVICE);
    message->ndm_state = NUD_PERMANENT;
    attribute(&request, NDA_DST, &address, sizeof address);
    attribute(&request, NDA_LLADDR, mac, sizeof mac);
    return transact(&request);
}

// SIOCSIFTXQLEN is refused in a user namespace, rtnetlink is not; a TUN device has its queue.
static int set_queue(void) {
    uint32_t queue = DEVICE_QUEUE;
    struct request request;
    start(&request, RTM_NEWLINK, 0);
    struct ifinfomsg *message = grow(&request, sizeof *message);
    message->ifi_index = (int)if_nametoindex(DEVICE);
    attribute(&request, IFLA_TXQLEN, &queue, sizeof queue);
    return transact(&request);
}

// A route through the device, to whoever has the address itself or to a neighbour.
static int add_route(uint32_t network, uint32_t prefix, const uint32_t *neighbour) {
    uint32_t index = if_nametoindex(DEVICE);
    struct request request;
    network = htonl(network);
    start(&request, RTM_NEWROUTE, NLM_F_CREATE | NLM_F_EXCL);
    struct rtmsg *message = grow(&request, sizeof *message);
    message->rtm_family = AF_INET;
    message->rtm_dst_len = (unsigned char)prefix;
    message->rtm_table = RT_TABLE_MAIN;
    message->rtm_protocol = RTPROT_BOOT;
    message->rtm_scope = neighbour != NULL ? RT_SCOPE_UNIVERSE : RT_SCOPE_LINK;
    message->rtm_flags = neighbour != NULL ? RTNH_F_ONLINK : 0;
    message->rtm_type = RTN_UNICAST;
    attribute(&request, RTA_DST, &network, sizeof network);
    attribute(&request, RTA_OIF, &index, sizeof index);
    if (neighbour != NULL) attribute(&request, RTA_GATEWAY, neighbour, sizeof *neighbour);
    return transact(&request);
}

static int add_routes(const struct device *device) {
    int error = add_route(0xe0000000, 4, NULL);  // multicast
    if (error != 0 || !has_router(device)) return error;
    uint32_t mask = ~(uint32_t)(0xffffffffull >> device->prefix), neighbour = router(device);
    if ((error = add_router(device)) != 0) return error;
    return add_route(device->address & mask, device->prefix, &neighbour);
}

// A veth device that is up does not send yet: its queue is put in place by a kernel worker once the
// carrier was noticed at both ends, and what is sent before is lost without an error; a first SYN
// would be sent again a second later. `watch` listens since before the device was brought up.
static int await_carrier(int watch) {
    char answer[8192];
    int index = (int)if_nametoindex(DEVICE);
    for (;;) {
        ssize_t length = recv(watch, answer, sizeof answer, 0);
        if (length < 0) return errno == EAGAIN ? ETIMEDOUT : errno;
        for (struct nlmsghdr *h = (struct nlmsghdr *)answer; NLMSG_OK(h, length);
             h = NLMSG_NEXT(h, length)) {
            const struct ifinfomsg *link = NLMSG_DATA(h);
            if (h->nlmsg_type != RTM_NEWLINK || link->ifi_index != index) continue;
            int rest = (int)(h->nlmsg_len - NLMSG_LENGTH(sizeof *link));
            for (struct rtattr *a = IFLA_RTA(link); RTA_OK(a, rest); a = RTA_NEXT(a, rest))
                if (a->rta_type == IFLA_OPERSTATE && *(unsigned char *)RTA_DATA(a) == IF_OPER_UP)
                    return 0;
        }
    }
}

static int watch_links(void) {
    struct sockaddr_nl where = {.nl_family = AF_NETLINK, .nl_groups = RTMGRP_LINK};
    struct timeval limit = {.tv_sec = 5};
    int s = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
    if (s >= 0 && (bind(s, (struct sockaddr *)&where, sizeof where) != 0 ||
                      setsockopt(s, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit) != 0)) {
        close(s);
        return -1;
    }
    return s;
}

int configure(const struct device *device, const char **call) {
    static const char *const unwanted[] = {
        "tx-udp-segmentation", "tx-sctp-segmentation", "tx-gso-list", NULL};
    static const char *const segmenting[] = {"tx-tcp-segmentation", "tx-tcp-ecn-segmentation",
        "tx-tcp-mangleid-segmentation", "tx-tcp6-segmentation", NULL};
    *call = "socket(AF_INET)";
    int error, watch = -1;
    int s = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (s < 0) return errno;

    *call = "ioctl(SIOCSIFFLAGS lo)";
    if ((error = bring_up(s, "lo")) != 0) goto out;
    disable_features(s, unwanted);
    if (!device->whole) disable_features(s, segmenting);
    if (device->attachment == SQUALL_ATTACH_TUN) {
        struct ifreq request = {.ifr_mtu = (int)device->mtu};
        *call = "ioctl(SIOCSIFMTU)";
        if ((error = control(s, &request, DEVICE, SIOCSIFMTU)) != 0) goto out;
        *call = "netlink(IFLA_TXQLEN)";
        if ((error = set_queue()) != 0) goto out;
    }
    *call = "netlink(RTM_NEWADDR)";
    if ((error = add_address(device)) != 0) goto out;
    *call = "bind(RTMGRP_LINK)";
    watch = watch_links();
    error = errno;
    if (watch < 0) goto out;
    *call = "ioctl(SIOCSIFFLAGS " DEVICE ")";
    if ((error = bring_up(s, DEVICE)) != 0) goto out;
    *call = "carrier of " DEVICE;
    if (device->attachment == SQUALL_ATTACH_VETH && (error = await_carrier(watch)) != 0) goto out;
    // Takes the kernel's lock on devices, and so comes after the worker has done both ends.
    *call = "netlink(RTM_NEWROUTE)";
    error = add_routes(device);
out:
    if (watch >= 0) close(watch);
    close(s);
    return error;
}
