// squall-host: started once a lab, makes one machine per node. A Swift executable takes milliseconds
// and megabytes to start; this forks a machine in one millisecond, so it is C and does nothing else.
//
// It is the *hub*: the network namespace that holds the near ends of all machines' devices. Under an
// ordinary user the hub has a user namespace of its own with that one id, and machines have theirs
// inside it, so that the hub may put a device into each. Under root it stays in the host's (where
// user namespaces are restricted, root's are not) and machines are mapped to the id that it is given.
// An outer id of 0 is refused: a node would own the host's files.
//
//     squall-host PARENT UID GID [GROUP …]        descriptor 3: SOCK_SEQPACKET to the lab
//     squall-host clock                           in a machine: what its clocks say
//
// Directories of control groups are the one thing that the kernel does not take away by itself. Where
// any are given, a process that does nothing else waits for the end of this one and removes them.

#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/mount.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "disk.h"
#include "groups.h"
#include "machine.h"
#include "message.h"

#define CONTROL 3
#define MACHINE_NAMESPACES \
    (CLONE_NEWUSER | CLONE_NEWNET | CLONE_NEWNS | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWPID)

static struct {
    struct ties ties;
    uid_t user;  // outer ids of every machine
    gid_t group;
    int network;  // the hub's own network namespace
    uint32_t last;
    struct {
        uint32_t number;
        pid_t pid;
    } *machines;
    size_t count, room;
} host;

// -- Becoming the hub ------------------------------------------------------------------------------

static _Noreturn void refuse(int error, const char *call, const char *detail) {
    send_failure(CONTROL, 0, error, call, detail);
    _exit(69);
}

static int write_file(const char *path, const char *text) {
    int file = open(path, O_WRONLY | O_CLOEXEC);
    if (file < 0) return errno;
    int error = write(file, text, strlen(text)) < 0 ? errno : 0;
    close(file);
    return error;
}

// Maps one id of a new user namespace, and its group, to one of this process's namespace.
static int map_ids(pid_t pid, uint32_t user, uint32_t group, const char **call) {
    char path[64], map[64];
    *call = "write(/proc/PID/setgroups)";
    snprintf(path, sizeof path, "/proc/%d/setgroups", pid);
    int error = write_file(path, "deny");
    if (error != 0) return error;
    *call = "write(/proc/PID/uid_map)";
    snprintf(path, sizeof path, "/proc/%d/uid_map", pid);
    snprintf(map, sizeof map, "%u %u 1\n", user, host.user);
    if ((error = write_file(path, map)) != 0) return error;
    *call = "write(/proc/PID/gid_map)";
    snprintf(path, sizeof path, "/proc/%d/gid_map", pid);
    snprintf(map, sizeof map, "%u %u 1\n", group, host.group);
    return write_file(path, map);
}

static void become_hub(void) {
    const char *call = "unshare(CLONE_NEWUSER)";
    if (geteuid() == 0) {
        if (host.user == 0 || host.group == 0)
            refuse(EPERM, "an outer id of 0", "a node would own the files of the host");
        // Root's supplementary groups would be every node's.
        if (setgroups(0, NULL) != 0) refuse(errno, "setgroups", "");
    } else {
        if (host.user != geteuid() || host.group != getegid())
            refuse(EPERM, "the id of somebody else", "only root may choose who nodes are");
        if (unshare(CLONE_NEWUSER) != 0) refuse(errno, call, "");
        int error = map_ids(getpid(), host.user, host.group, &call);
        if (error != 0) refuse(error, call, "");
    }
    if (unshare(CLONE_NEWNS) != 0) refuse(errno, "unshare(CLONE_NEWNS)", "");
    if (mount(NULL, "/", NULL, MS_REC | MS_SLAVE, NULL) != 0)
        refuse(errno, "mount(MS_SLAVE)", "/");
    if (unshare(CLONE_NEWNET) != 0) refuse(errno, "unshare(CLONE_NEWNET)", "");
    host.network = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
    if (host.network < 0) refuse(errno, "open(/proc/self/ns/net)", "");
    // The near ends of devices must not speak: no addresses, no router solicitations.
    write_setting("net/ipv6/conf/default/disable_ipv6", "1");
}

static void say_hello(void) {
    struct outgoing hello;
    int tun = open("/dev/net/tun", O_RDWR | O_CLOEXEC);
    begin(&hello, SQUALL_HELLO, 0);
    put_u32(&hello, SQUALL_PROTOCOL_VERSION);
    put_u32(&hello, tun < 0 ? (uint32_t)errno : 0);
    if (tun >= 0) close(tun);
    send_out(CONTROL, &hello, NULL, 0);
}

// -- Making a machine ------------------------------------------------------------------------------

// A detached copy of the mounts at a path, to be put into a machine from inside: so root may show a
// node what lies where the node's own id could not go.
static int copy_tree(const char *source, bool writable, int *tree) {
    *tree = (int)syscall(
        SYS_open_tree, AT_FDCWD, source, OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_RECURSIVE);
    if (*tree < 0) return errno;
    struct mount_attr attributes = {
        .attr_set = MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | (writable ? 0 : MOUNT_ATTR_RDONLY),
        .propagation = MS_PRIVATE,
    };
    if (syscall(SYS_mount_setattr, *tree, "", AT_EMPTY_PATH | AT_RECURSIVE, &attributes,
            sizeof attributes) == 0)
        return 0;
    int error = errno;
    close(*tree);
    return error;
}

static void close_trees(const struct machine *machine) {
    for (unsigned i = 0; i < machine->bind_count; i++) close(machine->binds[i].tree);
}

// Reads a request; 0, or an errno with the call and its object.
static int read_spec(
    struct incoming *request, struct machine *machine, const char **call, const char **detail) {
    *call = "request";
    *detail = "";
    machine->device.attachment = get_u32(request);
    uint32_t flags = get_u32(request);
    machine->device.whole = !(flags & SQUALL_MAKE_NO_TSO);
    machine->device.bridged = flags & SQUALL_MAKE_BRIDGED;
    machine->device.address = get_u32(request);
    machine->device.prefix = get_u32(request);
    machine->device.mtu = get_u32(request);
    machine->user = get_u32(request);
    machine->group = get_u32(request);
    machine->name = get_text(request);
    machine->user_name = get_text(request);
    machine->home = get_text(request);
    machine->hosts = get_text(request);
    uint32_t binds = get_u32(request);
    if (request->bad || binds > BINDS_MAX || machine->device.prefix > 32) return EINVAL;
    for (uint32_t i = 0; i < binds; i++) {
        flags = get_u32(request);
        const char *source = get_text(request), *target = get_text(request);
        if (request->bad) return EINVAL;
        *call = "open_tree";
        *detail = source;
        struct bind *bind = &machine->binds[machine->bind_count];
        int error = copy_tree(source, flags & SQUALL_BIND_WRITABLE, &bind->tree);
        if (error != 0) return error;
        bind->target = target;
        machine->bind_count++;
    }
    *call = "request";
    *detail = "";
    machine->setting_count = get_u32(request);
    if (request->bad || machine->setting_count > SETTINGS_MAX) return EINVAL;
    for (uint32_t i = 0; i < machine->setting_count; i++)
        machine->settings[i] = (struct setting){get_text(request), get_text(request)};
    return request->bad ? EINVAL : 0;
}

// What the host does for a machine from outside: its ids, then its device.
static int prepare(
    pid_t pid, int gate, const struct machine *machine, int *port, const char **call) {
    char path[64];
    int error = map_ids(pid, machine->user, machine->group, call);
    if (error != 0) return error;
    *call = "open(/proc/PID/ns/net)";
    snprintf(path, sizeof path, "/proc/%d/ns/net", pid);
    int netns = open(path, O_RDONLY | O_CLOEXEC);
    if (netns < 0) return errno;
    (void)!write(gate, "i", 1);  // the machine goes on furnishing while the device is made
    error = machine->device.attachment == SQUALL_ATTACH_TUN
        ? make_tun(&machine->device, netns, host.network, port, call)
        : make_veth(&machine->device, host.last, netns, port, call);
    close(netns);
    if (error == 0) (void)!write(gate, "d", 1);
    return error;
}

static void remember(uint32_t number, pid_t pid) {
    if (host.count == host.room) {
        host.room = host.room == 0 ? 64 : host.room * 2;
        host.machines = realloc(host.machines, host.room * sizeof *host.machines);
        if (host.machines == NULL) _exit(70);
    }
    host.machines[host.count].number = number;
    host.machines[host.count++].pid = pid;
}

static void make(struct incoming *request) {
    static struct machine machine;
    const char *call = "", *detail = "";
    int control[2] = {-1, -1}, gate[2] = {-1, -1}, port = -1;
    memset(&machine, 0, sizeof machine);
    machine.ties = host.ties;
    host.last++;

    int error = read_spec(request, &machine, &call, &detail);
    if (error == 0) {
        call = "socketpair";
        if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, control) != 0 ||
            pipe2(gate, O_CLOEXEC) != 0)
            error = errno;
    }
    pid_t pid = -1;
    if (error == 0) {
        machine.control = control[1];
        machine.gate = gate[0];
        call = "clone(CLONE_NEWUSER|…)";
        pid = (pid_t)syscall(SYS_clone, MACHINE_NAMESPACES | SIGCHLD, NULL, NULL, NULL, NULL);
        if (pid == 0) live(&machine);
        if (pid < 0) error = errno;
    }
    if (pid > 0) {
        error = prepare(pid, gate[1], &machine, &port, &call);
        if (error != 0) kill(pid, SIGKILL);
    }
    close_trees(&machine);
    for (int i = 0; i < 2; i++)
        if (gate[i] >= 0) close(gate[i]);
    if (control[1] >= 0) close(control[1]);

    if (error == 0) {
        struct outgoing answer;
        int handed[2] = {control[0], port};
        remember(host.last, pid);
        begin(&answer, SQUALL_MADE, request->request);
        put_u32(&answer, host.last);
        put_u32(&answer, (uint32_t)pid);
        send_out(CONTROL, &answer, handed, 2);
        close(port);
    } else {
        send_failure(CONTROL, request->request, error, call, detail);
    }
    if (control[0] >= 0) close(control[0]);
}

// -- Disks -----------------------------------------------------------------------------------------

static void change_disk(struct incoming *request) {
    const char *directory = get_text(request);
    uint64_t bytes = get_u32(request);
    bytes |= (uint64_t)get_u32(request) << 32;
    uint32_t change = get_u32(request);
    int root = -1, error = EINVAL;
    if (!request->bad && change == 0)
        error = make_disk(directory, bytes, host.user, host.group, &root);
    if (!request->bad && change == 1) error = fill_disk(directory);
    if (!request->bad && change == 2) error = empty_disk(directory, bytes);
    if (error != 0) {
        send_failure(CONTROL, request->request, error, "mount(tmpfs)", directory);
        return;
    }
    struct outgoing answer;
    begin(&answer, SQUALL_DISK_MADE, request->request);
    send_out(CONTROL, &answer, &root, root < 0 ? 0 : 1);
    if (root >= 0) close(root);
}

// -- Ending one ------------------------------------------------------------------------------------

static void power_off(struct incoming *request) {
    uint32_t number = get_u32(request);
    int error = ESRCH;
    // Not collected yet means that the number still belongs to the machine.
    for (size_t i = 0; i < host.count; i++)
        if (host.machines[i].number == number)
            error = kill(host.machines[i].pid, SIGKILL) == 0 ? 0 : errno;
    if (error == 0) send_done(CONTROL, request->request);
    else send_failure(CONTROL, request->request, error, "kill", "");
}

static void collect(void) {
    struct outgoing gone;
    pid_t pid;
    // pid 1 of a pid namespace can be collected once every other process of it has been.
    while ((pid = waitpid(-1, NULL, WNOHANG)) > 0) {
        for (size_t i = 0; i < host.count; i++) {
            if (host.machines[i].pid != pid) continue;
            begin(&gone, SQUALL_GONE, 0);
            put_u32(&gone, host.machines[i].number);
            send_out(CONTROL, &gone, NULL, 0);
            host.machines[i] = host.machines[--host.count];
            break;
        }
    }
}

// -- Life ------------------------------------------------------------------------------------------

static void serve(void) {
    static struct incoming request;
    sigset_t ended;
    sigemptyset(&ended);
    sigaddset(&ended, SIGCHLD);
    sigprocmask(SIG_BLOCK, &ended, NULL);
    int children = signalfd(-1, &ended, SFD_CLOEXEC | SFD_NONBLOCK);
    if (children < 0) refuse(errno, "signalfd", "");
    struct pollfd watched[2] = {{children, POLLIN, 0}, {CONTROL, POLLIN, 0}};
    for (;;) {
        if (poll(watched, 2, -1) < 0) continue;
        if (watched[0].revents != 0) {
            struct signalfd_siginfo said;
            while (read(children, &said, sizeof said) > 0) continue;
            collect();
        }
        if (watched[1].revents == 0) continue;
        if (receive(CONTROL, &request) == 1) {
            if (request.kind == SQUALL_MAKE) make(&request);
            else if (request.kind == SQUALL_POWER_OFF) power_off(&request);
            else if (request.kind == SQUALL_DISK) change_disk(&request);
            else send_failure(CONTROL, request.request, ENOSYS, "request", "");
            close_descriptors(&request);
        } else if (host.ties.end_of_file) {
            _exit(0);
        } else {
            watched[1].fd = -1;
        }
    }
}

// What every machine and every node would inherit otherwise: the handlers that the Swift runtime
// puts in place before main (a pid 1 with a handler can be reached by its node's signals), and the
// priority of whichever thread of the lab happened to start this.
static void shed(pid_t lab) {
    struct sched_param none = {0};
    for (int signal = 1; signal < NSIG; signal++)
        if (signal < 32 || signal > 33) sigaction(signal, &(struct sigaction){0}, NULL);
    sched_setscheduler(0, SCHED_OTHER, &none);
    setpriority(PRIO_PROCESS, 0, getpriority(PRIO_PROCESS, (id_t)lab));
}

// Wall clock and monotonic clock in seconds, and both again a moment later: for the proof that a
// machine's clock was set.
static int read_clocks(void) {
    for (int reading = 0; reading < 2; reading++) {
        struct timespec wall, steady, pause = {.tv_nsec = 300000000};
        clock_gettime(CLOCK_REALTIME, &wall);
        clock_gettime(CLOCK_MONOTONIC, &steady);
        printf("%lld.%09ld %lld.%09ld ", (long long)wall.tv_sec, wall.tv_nsec,
            (long long)steady.tv_sec, steady.tv_nsec);
        if (reading == 0) nanosleep(&pause, NULL);
    }
    return 0;
}

int main(int count, char **arguments) {
    if (count == 2 && strcmp(arguments[1], "clock") == 0) return read_clocks();
    syscall(SYS_close_range, CONTROL + 1, ~0u, 0);
    if (count < 4 || fcntl(CONTROL, F_SETFD, FD_CLOEXEC) != 0) {
        fprintf(stderr, "squall-host is started by squall; it is of no use alone\n");
        return 64;
    }
    const char *off = getenv("SQUALL_TIE_OFF");
    host.ties.parent_death = off == NULL || strcmp(off, "pdeath") != 0;
    host.ties.end_of_file = off == NULL || strcmp(off, "eof") != 0;
    host.user = (uid_t)strtoul(arguments[2], NULL, 10);
    host.group = (gid_t)strtoul(arguments[3], NULL, 10);

    pid_t lab = (pid_t)strtol(arguments[1], NULL, 10);
    shed(lab);
    setsid();
    if (count > 4 && remove_afterwards(arguments + 4) != 0) return 70;
    become_hub();
    if (host.ties.parent_death) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        // The lab may have died before the tie was made.
        if (getppid() != lab) return 0;
    }
    say_hello();
    serve();
}
