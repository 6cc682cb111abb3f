// One machine: how its inside is furnished, and the life of its pid 1.

#ifndef HOST_MACHINE_H
#define HOST_MACHINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/resource.h>
#include <sys/types.h>
#include <time.h>

#include "message.h"
#include "network.h"

#define BINDS_MAX 64
#define SETTINGS_MAX 64

// The two ties between a machine and the lab, each enough alone. One is switched off only by tests
// that hold them apart (SQUALL_TIE_OFF).
struct ties {
    bool parent_death;
    bool end_of_file;
};

struct bind {
    const char *target;
    int tree;  // a detached copy of the source's mounts
};

struct setting {
    const char *path;  // below /proc/sys
    const char *value;
};

struct machine {
    struct device device;
    uint32_t user, group;  // inner ids
    const char *name;
    const char *user_name;
    const char *home;
    const char *hosts;
    struct bind binds[BINDS_MAX];
    unsigned bind_count;
    struct setting settings[SETTINGS_MAX];
    unsigned setting_count;
    int control;  // to the lab
    int gate;     // from the host: 'i' ids are mapped, 'd' the device is there
    struct ties ties;
};

// The whole life of a machine's pid 1, from the moment it is cloned.
_Noreturn void live(struct machine *machine);

// Reports the call that failed to the lab, and ends the machine.
_Noreturn void give_up(
    const struct machine *machine, int error, const char *call, const char *detail);

// -- furnish.c -----------------------------------------------------------------------------------

// What a machine can do without, in words for `squall doctor`.
struct losses {
    char text[16][160];
    unsigned count;
};

// Furnishes the mount namespace and the host name.
void furnish(const struct machine *machine, struct losses *losses);
// Writes a kernel setting below /proc/sys. 0 or an errno.
int write_setting(const char *path, const char *value);
// Writes /etc/hosts in place, so that what is bound over it shows the change. 0 or an errno.
int write_hosts(const char *text);

// -- command.c -----------------------------------------------------------------------------------

struct limits;

// Starts a program as an ordinary process without any capability, within the limits. Returns its
// process id, or -1 with the errno and the call that failed.
pid_t start_command(
    const struct limits *limits, const char *directory, const char *const *arguments, const char *const *environment,
    const int streams[3], bool terminal, int *error, const char **call);

// -- processes.c ---------------------------------------------------------------------------------

// A walk through the processes of this machine, pid 1 left out.
struct walk {
    void *directory;
    int proc;     // descriptor of /proc
    bool is_own;  // /proc is the machine's own
    char self[16], own[64];
};

// 0 or an errno.
int begin_walk(struct walk *walk);
// The next one as it is called in /proc; NULL at the end.
const char *next_process(struct walk *walk);
// The next one by its number in the machine; 0 at the end, and where /proc is the host's.
pid_t next_pid(struct walk *walk);
void end_walk(struct walk *walk);

// -- limit.c -------------------------------------------------------------------------------------

#define GROUPS_MAX 2

// What the machine's processes may use, as far as pid 1 sees to it.
struct limits {
    uint32_t share;  // of one processor, in millionths; 0 for no limit
    int64_t budget, used;
    uint64_t next_period;
    uint64_t times;  // how often it held the processes back
    bool held;       // stopped by the limit
    bool paused;     // stopped by request: the limit wakes nobody
    rlim_t most_files;  // RLIM_INFINITY for no limit
    uint64_t next_files;
    bool files_are_known;
    struct file_limit *files;
    size_t file_count, file_room;
    int groups[GROUPS_MAX];  // cgroup.procs that new processes join; -1 for none
};

// A share of one processor, in millionths; 0 takes the limit away.
void limit_processor(struct limits *limits, uint32_t share);
// At most so many open files; 0 gives back what processes had. Sets how many processes there are and
// how many may have less than they would. 0 or an errno.
int limit_files(struct limits *limits, uint32_t most, uint32_t *processes, uint32_t *lowered);
// In a child of pid 1, before it is executed.
void limit_own_files(const struct limits *limits);
// Moves all processes to a control group by its cgroup.procs; with `stay` those that are started later
// go there too, and the descriptor is kept. 0 or an errno.
int join_group(struct limits *limits, uint32_t slot, int group, bool stay);
// In a child of pid 1, before it is executed.
void join_groups(const struct limits *limits);
// Until something has to be looked at; false: nothing has.
bool next_look(const struct limits *limits, struct timespec *wait);
// Looks at what is due.
void see_to_limits(struct limits *limits);

// -- usage.c -------------------------------------------------------------------------------------

struct usage {
    uint32_t processes, stopped;
    uint64_t cpu_microseconds, resident_bytes;
};

// Adds one process of /proc to what is used; how much of it are ended children, in clock ticks.
long add_process(int proc, const char *pid, struct usage *usage);
// Adds up what all processes but pid 1 use, from this machine's own /proc. 0 or an errno.
int measure(struct usage *usage);

// -- reset.c -------------------------------------------------------------------------------------

// Destroys all TCP connections with `address` at the other end, and `port` at either end where it is not
// 0; sets how many, and how many of those are there still. 0 or an errno.
int reset_connections(uint32_t address, uint32_t port, uint32_t *count, uint32_t *left);

#endif
