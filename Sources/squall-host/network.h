// Network devices, by rtnetlink and ioctl: `ip` would lose its capabilities when executed under an
// id that is not 0 in the machine's user namespace. All functions return 0 or an errno, and name the
// call that failed.

#ifndef HOST_NETWORK_H
#define HOST_NETWORK_H

#include <stdbool.h>
#include <stdint.h>

// A machine's one device, as its own kernel shows it.
#define DEVICE "eth0"
// A super-packet of 64 kB is one packet of this queue; the default of 500 was seen to drop 60 % of a
// burst when the switch was not scheduled for two seconds.
#define DEVICE_QUEUE 10000u

struct device {
    uint32_t attachment;
    uint32_t address;  // host byte order
    uint32_t prefix;
    uint32_t mtu;
    bool whole;  // super-packets travel whole
    bool bridged;  // the near end is a port of a kernel bridge, for comparison
};

// In the hub's network namespace, for a machine whose namespace is `netns`: makes a veth pair and
// returns a packet socket on the near end, or joins that end to the hub's bridge and returns /dev/null.
int make_veth(const struct device *device, uint32_t number, int netns, int *port, const char **call);
// Makes a TUN device in `netns` and comes back to `home`. Returns its descriptor.
int make_tun(const struct device *device, int netns, int home, int *port, const char **call);
// In the machine: addresses, routes, offloads, and up.
int configure(const struct device *device, const char **call);

#endif
