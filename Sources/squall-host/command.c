// Starting a node's command: an ordinary process, in a session of its own, with nothing open but its
// three streams, no capability and no way to one.

#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "machine.h"

enum stage { STAGE_STREAMS, STAGE_TERMINAL, STAGE_CAPABILITIES, STAGE_DIRECTORY, STAGE_EXECUTE };
static const char *const stage_calls[] = {"dup2", "ioctl(TIOCSCTTY)", "capset", "chdir", "execve"};

// pid 1 keeps the capabilities of its own user namespace, the command has none: it is executed under
// an id that is not 0 there, which empties the sets; the rest is for `user: root`.
static int drop_capabilities(void) {
    struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
    struct __user_cap_data_struct none[2] = {0};
    for (int capability = 0; prctl(PR_CAPBSET_DROP, capability) == 0; capability++) continue;
    prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
    if (syscall(SYS_capset, &header, none) != 0) return -1;
    return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
}

static void execute(
    const char *directory, const char *const *arguments, const char *const *environment,
    const int streams[3], bool terminal, enum stage *stage) {
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    setsid();
    *stage = STAGE_STREAMS;
    // Received descriptors are numbered 3 and above, so none is overwritten before it is used.
    for (int i = 0; i < 3; i++)
        if (dup2(streams[i], i) < 0) return;
    *stage = STAGE_TERMINAL;
    if (terminal && ioctl(0, TIOCSCTTY, 0) != 0) return;
    *stage = STAGE_CAPABILITIES;
    if (drop_capabilities() != 0) return;
    *stage = STAGE_DIRECTORY;
    if (chdir(directory) != 0) return;
    *stage = STAGE_EXECUTE;
    syscall(SYS_close_range, 3, ~0u, CLOSE_RANGE_CLOEXEC);
    environ = (char **)environment;  // execvp looks into this PATH
    execvp(arguments[0], (char *const *)arguments);
}

pid_t start_command(
    const char *directory, const char *const *arguments, const char *const *environment,
    const int streams[3], bool terminal, int *error, const char **call) {
    int report[2];
    *call = "pipe2";
    if (pipe2(report, O_CLOEXEC) != 0) {
        *error = errno;
        return -1;
    }
    *call = "fork";
    pid_t pid = fork();
    if (pid == 0) {
        enum stage stage = STAGE_STREAMS;
        execute(directory, arguments, environment, streams, terminal, &stage);
        int said[2] = {errno, stage};
        (void)!write(report[1], said, sizeof said);
        _exit(127);
    }
    *error = errno;
    close(report[1]);
    int said[2];
    // Ends with nothing read once the program is executed: the pipe is close-on-exec.
    if (pid > 0 && read(report[0], said, sizeof said) == (ssize_t)sizeof said) {
        *error = said[0];
        *call = stage_calls[said[1]];
        pid = -1;  // collected with all others
    }
    close(report[0]);
    return pid;
}
