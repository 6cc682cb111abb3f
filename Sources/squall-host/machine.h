// One machine: how its inside is furnished, and the life of its pid 1.

#ifndef HOST_MACHINE_H
#define HOST_MACHINE_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

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

// Starts a program as an ordinary process without any capability. Returns its process id, or -1 with
// the errno and the call that failed.
pid_t start_command(
    const char *directory, const char *const *arguments, const char *const *environment,
    const int streams[3], bool terminal, int *error, const char **call);

// -- usage.c -------------------------------------------------------------------------------------

struct usage {
    uint32_t processes, stopped;
    uint64_t cpu_microseconds, resident_bytes;
};

// Adds up what all processes but pid 1 use, from this machine's own /proc. 0 or an errno.
int measure(struct usage *usage);

// -- reset.c -------------------------------------------------------------------------------------

// Destroys all TCP connections with `address` at the other end; sets how many. 0 or an errno.
int reset_connections(uint32_t address, uint32_t *count);

#endif
