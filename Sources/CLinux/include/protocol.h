// What the lab process and squall-host say to each other. Both sides include this file.
//
// Every message is one packet of a SOCK_SEQPACKET socket, numbers in host byte order:
//
//     u32 kind, u32 request, fields
//
// A text is u32 length, its bytes, and a NUL that the length does not count, so that C can use it in
// place. A list is u32 count and its items. A reply carries the number of its request; an event
// carries 0. Descriptors travel beside the bytes (SCM_RIGHTS), in the order that is given below.
//
// There is one socket to the host, which makes machines and takes their power, and one to each
// machine's pid 1, so that machines never wait for each other and each notices by itself when the
// lab is gone.

#ifndef SQUALL_PROTOCOL_H
#define SQUALL_PROTOCOL_H

// Raised whenever either side would misunderstand the other.
#define SQUALL_PROTOCOL_VERSION 2u

// Largest message and most descriptors in one.
#define SQUALL_MESSAGE_MAX 196608u
#define SQUALL_DESCRIPTORS_MAX 8u

// Bytes of struct virtio_net_hdr in front of each packet of a port, for both attachments.
#define SQUALL_VNET_HEADER 10u

#define SQUALL_ATTACH_VETH 0u
#define SQUALL_ATTACH_TUN 1u

// -- From the host, unasked, first: it is ready. u32 version, u32 errno of opening /dev/net/tun (0: may).
#define SQUALL_HELLO 1u
// -- Any request may be answered so: u32 errno, text call, text detail. From the host or a machine,
// unasked: it could not be set up, and ends.
#define SQUALL_FAILED 2u
// -- Any request without a result: done.
#define SQUALL_DONE 3u

// -- To the host: u32 attachment, u32 flags, u32 address, u32 prefix, u32 mtu, u32 inner uid,
// u32 inner gid, texts name, user name, home, hosts; list of binds (u32 flags, text source,
// text target); list of settings (text path below /proc/sys, text value).
#define SQUALL_MAKE 10u
#define SQUALL_MAKE_NO_TSO 1u
// The near end of a veth pair goes into a kernel bridge of the hub instead of to the switch: what a
// measurement compares with. The port that is handed over is /dev/null.
#define SQUALL_MAKE_BRIDGED 2u
#define SQUALL_BIND_WRITABLE 1u
// -- Answer: u32 machine, u32 outer process id; descriptors: socket to pid 1, port.
#define SQUALL_MADE 11u
// -- To the host: u32 machine. It is killed; SQUALL_GONE follows.
#define SQUALL_POWER_OFF 12u
// -- From the host, unasked: u32 machine, collected with all its processes.
#define SQUALL_GONE 13u

// -- To the host: text directory, u64 bytes, u32 0. Mounts a file system of that size in memory over it,
// which ends with the host. With u32 1: nothing more can be written to it; with 2: again as it was made.
// What is bound from `directory`/disk is the node's. Answer: descriptor of that.
#define SQUALL_DISK 14u
#define SQUALL_DISK_MADE 15u

// -- From a machine, unasked, first: its set-up is done. List of texts: what it must do without.
#define SQUALL_READY 20u
// -- To a machine: u32 process (chosen by the lab), u32 flags, text directory, list arguments, list
// environment; descriptors: standard input, output, error. Answer: u32 inner process id.
#define SQUALL_START 21u
#define SQUALL_START_TERMINAL 1u
#define SQUALL_STARTED 22u
// -- From a machine, unasked: u32 process, u32 wait status, u64 CLOCK_MONOTONIC nanoseconds.
#define SQUALL_EXITED 23u
// -- From a machine, unasked: no process is left but pid 1. u64 CLOCK_MONOTONIC nanoseconds.
#define SQUALL_EMPTIED 24u
// -- To a machine: u32 process (0: all but pid 1), u32 signal.
#define SQUALL_SIGNAL 25u
// -- To a machine: nothing. Answer: u32 processes, u32 stopped, u64 CPU microseconds, u64 resident
// bytes, u64 how often its limit of processor time held it back.
#define SQUALL_USAGE 26u
#define SQUALL_USED 27u
// -- To a machine: u32 domain, u32 type, u32 protocol. Answer: descriptor.
#define SQUALL_SOCKET 28u
#define SQUALL_SOCKET_MADE 29u
// -- To a machine: text of /etc/hosts.
#define SQUALL_HOSTS 30u
// -- To a machine: u32 address, u32 port (0: any). TCP connections to and from it are destroyed. Answer:
// u32 how many, u32 how many of those are left.
#define SQUALL_RESET 31u
#define SQUALL_RESET_DONE 32u
// -- To a machine: u32 share of one processor, in millionths (0: no limit).
#define SQUALL_LIMIT_CPU 33u
// -- To a machine: u32 most open files, soft (0: what they had). Answer: u32 processes, u32 of those how
// many may have less than they would.
#define SQUALL_LIMIT_FILES 34u
#define SQUALL_FILES_LIMITED 35u
// -- To a machine: u32 which one (below 2), u32 1 to stay, 0 to go; descriptor: cgroup.procs of the
// control group that its processes go to, and with 1 those that are started later.
#define SQUALL_JOIN_GROUP 36u
// -- To a machine: text directory. A page is written there to a file without a name; fails as that does.
#define SQUALL_TRY_WRITE 37u

#endif
