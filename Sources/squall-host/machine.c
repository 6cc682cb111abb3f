// pid 1 of a machine. It sets the machine up, starts what it is asked to, collects what ends, and
// makes sockets inside. It sleeps in poll and has no timer. It keeps the capabilities of its own user
// namespace; nothing that it starts has any.

#define _GNU_SOURCE
#include "machine.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define COMMANDS_MAX 1024

void give_up(const struct machine *machine, int error, const char *call, const char *detail) {
    send_failure(machine->control, 0, error, call, detail);
    _exit(1);
}

// -- Setting up ------------------------------------------------------------------------------------

static void pass_gate(const struct machine *machine, char expected) {
    char said;
    ssize_t length;
    do {
        length = read(machine->gate, &said, 1);
    } while (length < 0 && errno == EINTR);
    if (length != 1 || said != expected) _exit(1);  // the host is gone, or could not go on
}

// Every descriptor but the standard ones, the control socket, the gate and the trees belongs to the
// host or to other machines: kept open, it would keep them from noticing that the lab is gone.
static void keep_own_descriptors(struct machine *machine) {
    // The highest first, so that nothing that is still needed is overwritten.
    int *own[BINDS_MAX + 2] = {&machine->control, &machine->gate};
    unsigned count = 2;
    for (unsigned i = 0; i < machine->bind_count; i++) own[count++] = &machine->binds[i].tree;
    for (unsigned i = 0; i < count; i++) {
        int high = fcntl(*own[i], F_DUPFD_CLOEXEC, 1000);
        if (high < 0) _exit(70);
        *own[i] = high;
    }
    syscall(SYS_close_range, 3, 999, 0);
    for (unsigned i = 0; i < count; i++) {
        int low = dup3(*own[i], 3 + (int)i, O_CLOEXEC);
        if (low < 0) _exit(70);
        *own[i] = low;
    }
    syscall(SYS_close_range, 3 + count, ~0u, 0);
}

// A machine has one id: the operator's own outside, one of its choice inside.
static void become(const struct machine *machine) {
    pass_gate(machine, 'i');
    if (setresgid(machine->group, machine->group, machine->group) != 0)
        give_up(machine, errno, "setresgid", "");
    if (setresuid(machine->user, machine->user, machine->user) != 0)
        give_up(machine, errno, "setresuid", "");
    // What runs here has the same id: it shall not look into its pid 1.
    prctl(PR_SET_DUMPABLE, 0);
    // Forgotten by the kernel whenever credentials change, so it comes after that. A host that died
    // before is noticed at the gate.
    if (machine->ties.parent_death) prctl(PR_SET_PDEATHSIG, SIGKILL);
    setsid();
}

static void set_up_network(const struct machine *machine, struct losses *losses) {
    char range[32];
    const char *call = "";
    pass_gate(machine, 'd');
    int error = write_setting("net/ipv6/conf/" DEVICE "/disable_ipv6", "1");
    if (error != 0 && error != ENOENT) give_up(machine, error, "sysctl", "disable_ipv6");
    error = configure(&machine->device, &call);
    if (error != 0) give_up(machine, error, call, DEVICE);

    snprintf(range, sizeof range, "%u %u", machine->group, machine->group);
    if (write_setting("net/ipv4/ping_group_range", range) != 0 && losses->count < 16)
        strcpy(losses->text[losses->count++], "no ping sockets: faults cannot be felt by echoes");
    if (write_setting("net/ipv4/ip_unprivileged_port_start", "0") != 0 && losses->count < 16)
        strcpy(losses->text[losses->count++], "ports below 1024 cannot be bound");
    for (unsigned i = 0; i < machine->setting_count; i++) {
        error = write_setting(machine->settings[i].path, machine->settings[i].value);
        if (error != 0) give_up(machine, error, "sysctl", machine->settings[i].path);
    }
}

// -- Processes that were started by request --------------------------------------------------------

struct commands {
    struct command {
        uint32_t number;
        pid_t pid;
    } list[COMMANDS_MAX];
    unsigned count;
    bool empty;  // as last told to the lab
};

static void collect(const struct machine *machine, struct commands *commands) {
    struct outgoing message;
    int status;
    pid_t pid;
    while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
        for (unsigned i = 0; i < commands->count; i++) {
            if (commands->list[i].pid != pid) continue;
            begin(&message, SQUALL_EXITED, 0);
            put_u32(&message, commands->list[i].number);
            put_u32(&message, (uint32_t)status);
            put_u64(&message, monotonic_nanoseconds());
            send_out(machine->control, &message, NULL, 0);
            commands->list[i] = commands->list[--commands->count];
            break;
        }
    }
    // An orphan becomes our child, so the last process of the machine is one that we collect: no need
    // to look again later.
    if (!commands->empty && kill(-1, 0) != 0 && errno == ESRCH) {
        commands->empty = true;
        begin(&message, SQUALL_EMPTIED, 0);
        put_u64(&message, monotonic_nanoseconds());
        send_out(machine->control, &message, NULL, 0);
    }
}

static void start_requested(
    const struct machine *machine, struct incoming *request, struct commands *commands) {
    uint32_t number = get_u32(request), flags = get_u32(request);
    const char *directory = get_text(request);
    const char **arguments = get_texts(request);
    const char **environment = get_texts(request);
    int error = EINVAL;
    const char *call = "start";
    pid_t pid = -1;
    if (commands->count == COMMANDS_MAX)
        error = EAGAIN;
    else if (!request->bad && arguments[0] != NULL && request->descriptor_count == 3)
        pid = start_command(directory, arguments, environment, request->descriptors,
            flags & SQUALL_START_TERMINAL, &error, &call);
    if (pid > 0) {
        struct outgoing answer;
        commands->list[commands->count++] = (struct command){number, pid};
        commands->empty = false;
        begin(&answer, SQUALL_STARTED, request->request);
        put_u32(&answer, (uint32_t)pid);
        send_out(machine->control, &answer, NULL, 0);
    } else {
        send_failure(machine->control, request->request, error, call, "");
    }
    free(arguments);
    free(environment);
}

static int signal_requested(struct incoming *request, const struct commands *commands) {
    uint32_t number = get_u32(request);
    int signal = (int)get_u32(request);
    if (request->bad) return EINVAL;
    if (number == 0) return kill(-1, signal) == 0 || errno == ESRCH ? 0 : errno;
    for (unsigned i = 0; i < commands->count; i++)
        if (commands->list[i].number == number)
            return kill(commands->list[i].pid, signal) == 0 ? 0 : errno;
    return ESRCH;
}

// -- Answering -------------------------------------------------------------------------------------

static void answer_usage(const struct machine *machine, const struct incoming *request) {
    struct usage usage;
    struct outgoing answer;
    int error = measure(&usage);
    if (error != 0) {
        send_failure(machine->control, request->request, error, "opendir(/proc)", "");
        return;
    }
    begin(&answer, SQUALL_USED, request->request);
    put_u32(&answer, usage.processes);
    put_u32(&answer, usage.stopped);
    put_u64(&answer, usage.cpu_microseconds);
    put_u64(&answer, usage.resident_bytes);
    send_out(machine->control, &answer, NULL, 0);
}

static void answer_socket(const struct machine *machine, struct incoming *request) {
    int domain = (int)get_u32(request), type = (int)get_u32(request);
    int protocol = (int)get_u32(request);
    int made = request->bad ? (errno = EINVAL, -1)
                            : socket(domain, type | SOCK_CLOEXEC | SOCK_NONBLOCK, protocol);
    if (made < 0) {
        send_failure(machine->control, request->request, errno, "socket", "");
        return;
    }
    struct outgoing answer;
    begin(&answer, SQUALL_SOCKET_MADE, request->request);
    send_out(machine->control, &answer, &made, 1);
    close(made);
}

static void answer_reset(const struct machine *machine, struct incoming *request) {
    uint32_t count = 0;
    int error = reset_connections(get_u32(request), &count);
    if (error != 0) {
        send_failure(machine->control, request->request, error, "sock_diag(SOCK_DESTROY)", "");
        return;
    }
    struct outgoing answer;
    begin(&answer, SQUALL_RESET_DONE, request->request);
    put_u32(&answer, count);
    send_out(machine->control, &answer, NULL, 0);
}

static void answer_plain(
    const struct machine *machine, const struct incoming *request, int error, const char *call) {
    if (error == 0) send_done(machine->control, request->request);
    else send_failure(machine->control, request->request, error, call, "");
}

static void answer(
    const struct machine *machine, struct incoming *request, struct commands *commands) {
    switch (request->kind) {
    case SQUALL_START: start_requested(machine, request, commands); break;
    case SQUALL_SIGNAL:
        answer_plain(machine, request, signal_requested(request, commands), "kill");
        break;
    case SQUALL_USAGE: answer_usage(machine, request); break;
    case SQUALL_SOCKET: answer_socket(machine, request); break;
    case SQUALL_HOSTS:
        answer_plain(machine, request, write_hosts(get_text(request)), "write(/etc/hosts)");
        break;
    case SQUALL_RESET: answer_reset(machine, request); break;
    default: answer_plain(machine, request, ENOSYS, "request"); break;
    }
}

// -- Life ------------------------------------------------------------------------------------------

void live(struct machine *machine) {
    static struct losses losses;
    static struct incoming request;
    static struct commands commands = {.empty = true};
    struct outgoing ready;

    keep_own_descriptors(machine);
    become(machine);
    if (chdir("/") != 0) _exit(70);
    furnish(machine, &losses);
    set_up_network(machine, &losses);
    close(machine->gate);

    sigset_t ended;
    sigemptyset(&ended);
    sigaddset(&ended, SIGCHLD);
    sigprocmask(SIG_BLOCK, &ended, NULL);
    int children = signalfd(-1, &ended, SFD_CLOEXEC | SFD_NONBLOCK);
    if (children < 0) give_up(machine, errno, "signalfd", "");

    begin(&ready, SQUALL_READY, 0);
    put_u32(&ready, losses.count);
    for (unsigned i = 0; i < losses.count; i++) put_text(&ready, losses.text[i]);
    send_out(machine->control, &ready, NULL, 0);

    struct pollfd watched[2] = {{children, POLLIN, 0}, {machine->control, POLLIN, 0}};
    for (;;) {
        if (poll(watched, 2, -1) < 0) continue;
        // Ends before answers: what the lab hears after an answer happened after it.
        if (watched[0].revents != 0) {
            struct signalfd_siginfo said;
            while (read(children, &said, sizeof said) > 0) continue;
            collect(machine, &commands);
        }
        if (watched[1].revents != 0) {
            if (receive(machine->control, &request) == 1) {
                answer(machine, &request, &commands);
                close_descriptors(&request);
            } else if (machine->ties.end_of_file) {
                _exit(0);  // and with pid 1 everything
            } else {
                watched[1].fd = -1;
            }
        }
    }
}
