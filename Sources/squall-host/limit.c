// What a machine may use, where pid 1 itself has to see to it: a share of a processor without a
// control group, and the soft limit of open files.
//
// *Processor.* A bucket of processor time: every period fills in the share, what the machine's
// processes used is taken out, and while it is empty they are stopped. What was used too much is owed,
// so that the share is right over any longer time, for one thread or many. An idle machine is never
// stopped. A pause from outside goes before: who is paused is not woken by a full bucket.
//
// *Files.* The soft limit only, so that it can be given back (an ordinary user may not raise a hard
// limit). Programs may raise their own soft limit, and many do at their start: so it is set again, and
// what they asked for is what they get back.

#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "machine.h"

#define CPU_PERIOD 20000000ull
#define CPU_SLICE_LEAST 1000000ll
#define FILES_PERIOD 50000000ull

// -- Processor -------------------------------------------------------------------------------------

// Nanoseconds that the machine's processes have used: the living ones by their clocks, what they
// waited for in ticks, and what pid 1 collected.
static int64_t processor_time(void) {
    struct walk walk;
    struct rusage collected;
    int64_t total = 0, tick = 1000000000ll / sysconf(_SC_CLK_TCK);
    if (begin_walk(&walk) != 0) return 0;
    for (const char *pid; (pid = next_process(&walk)) != NULL;) {
        struct usage usage = {0};
        struct timespec used;
        clockid_t clock;
        long waited = add_process(walk.proc, pid, &usage);
        total += waited * tick;
        if (walk.is_own && clock_getcpuclockid((pid_t)atoi(pid), &clock) == 0 &&
            clock_gettime(clock, &used) == 0)
            total += (int64_t)used.tv_sec * 1000000000ll + used.tv_nsec;
        else
            total += (int64_t)usage.cpu_microseconds * 1000ll - waited * tick;
    }
    end_walk(&walk);
    getrusage(RUSAGE_CHILDREN, &collected);
    total += ((int64_t)collected.ru_utime.tv_sec + collected.ru_stime.tv_sec) * 1000000000ll;
    total += ((int64_t)collected.ru_utime.tv_usec + collected.ru_stime.tv_usec) * 1000ll;
    return total;
}

static void hold_back(struct limits *limits) {
    limits->held = true;
    limits->times++;
    kill(-1, SIGSTOP);
}

static void let_go(struct limits *limits) {
    limits->held = false;
    if (!limits->paused) kill(-1, SIGCONT);
}

void limit_processor(struct limits *limits, uint32_t share) {
    uint64_t now = monotonic_nanoseconds();
    if (limits->share == 0 && share != 0) {
        limits->used = processor_time();
        limits->budget = 0;
        limits->next_period = now;
    }
    limits->share = share;
    if (share == 0 && limits->held) let_go(limits);
}

static void see_to_processor(struct limits *limits, uint64_t now) {
    int64_t quota = (int64_t)(CPU_PERIOD / 1000u * limits->share / 1000u);
    int64_t used = processor_time();
    // A process that ended is counted in ticks from then on: the sum may seem to go back a little.
    if (used > limits->used) {
        limits->budget -= used - limits->used;
        limits->used = used;
    }
    if (now >= limits->next_period) {
        uint64_t periods = 1 + (now - limits->next_period) / CPU_PERIOD;
        int64_t most = limits->budget > 0 ? quota : limits->budget + (int64_t)periods * quota;
        limits->budget = most < quota ? most : quota;
        limits->next_period += periods * CPU_PERIOD;
    }
    if (limits->held && limits->budget > 0) let_go(limits);
    else if (!limits->held && !limits->paused && limits->budget <= 0) hold_back(limits);
}

static uint64_t next_look_at_processor(const struct limits *limits, uint64_t now) {
    static long processors;
    if (processors == 0) processors = sysconf(_SC_NPROCESSORS_ONLN);
    if (limits->held || limits->paused) return limits->next_period;
    // The bucket cannot be empty before all processors have used it up together.
    int64_t slice = limits->budget / (processors > 0 ? processors : 1);
    uint64_t then = now + (uint64_t)(slice > CPU_SLICE_LEAST ? slice : CPU_SLICE_LEAST);
    return then < limits->next_period ? then : limits->next_period;
}

// -- Open files ------------------------------------------------------------------------------------

struct file_limit {
    pid_t pid;
    uint64_t began;  // in ticks since boot: a number may be another process's later
    rlim_t own;      // what it had, or asked for
    rlim_t set;      // what it has from here
    bool seen;
};

// Parent and start of a process; false when it has ended.
static bool read_birth(int proc, pid_t pid, pid_t *parent, uint64_t *began) {
    char path[32], text[1024];
    unsigned long long start;
    int mother;
    snprintf(path, sizeof path, "%d/stat", pid);
    int file = openat(proc, path, O_RDONLY | O_CLOEXEC);
    if (file < 0) return false;
    ssize_t length = read(file, text, sizeof text - 1);
    close(file);
    if (length <= 0) return false;
    text[length] = 0;
    const char *rest = strrchr(text, ')');
    if (rest == NULL ||
        sscanf(rest + 1,
            " %*c %d %*d %*d %*d %*d %*u %*u %*u %*u %*u %*u %*u %*d %*d %*d %*d %*d %*d %llu",
            &mother, &start) != 2)
        return false;
    *parent = mother;
    *began = start;
    return true;
}

static struct file_limit *known(const struct limits *limits, pid_t pid) {
    for (size_t i = 0; i < limits->file_count; i++)
        if (limits->files[i].pid == pid) return &limits->files[i];
    return NULL;
}

// What a process that is seen for the first time has of its own. One that was born under the limit, by
// a process that has it or by pid 1, has what its parent would have.
static rlim_t own_limit(const struct limits *limits, pid_t parent, rlim_t current) {
    struct rlimit ours;
    const struct file_limit *mother = known(limits, parent);
    if (mother != NULL && mother->set < mother->own && current == mother->set) return mother->own;
    if (limits->files_are_known && parent == 1 && getrlimit(RLIMIT_NOFILE, &ours) == 0 &&
        current == limits->most_files && ours.rlim_cur > current)
        return ours.rlim_cur;
    return current;
}

static struct file_limit *remember(struct limits *limits, struct file_limit entry) {
    if (limits->file_count == limits->file_room) {
        limits->file_room = limits->file_room == 0 ? 16 : limits->file_room * 2;
        limits->files = realloc(limits->files, limits->file_room * sizeof *limits->files);
        if (limits->files == NULL) _exit(70);
    }
    limits->files[limits->file_count] = entry;
    return &limits->files[limits->file_count++];
}

// Sets one process's limit; whether it had to be changed.
static bool limit_one(struct limits *limits, int proc, pid_t pid) {
    struct rlimit now;
    pid_t parent;
    uint64_t began;
    if (!read_birth(proc, pid, &parent, &began) || prlimit(pid, RLIMIT_NOFILE, NULL, &now) != 0)
        return false;
    struct file_limit *entry = known(limits, pid);
    if (entry != NULL && entry->began != began) {
        *entry = limits->files[--limits->file_count];
        entry = NULL;
    }
    if (entry == NULL) {
        rlim_t own = own_limit(limits, parent, now.rlim_cur);
        entry = remember(limits, (struct file_limit){pid, began, own, now.rlim_cur, true});
    } else if (now.rlim_cur != entry->set) {
        entry->own = now.rlim_cur;  // it asked for another one meanwhile
    }
    entry->seen = true;
    rlim_t wanted = entry->own < limits->most_files ? entry->own : limits->most_files;
    entry->set = wanted;
    if (now.rlim_cur == wanted) return false;
    now.rlim_cur = wanted < now.rlim_max ? wanted : now.rlim_max;
    return prlimit(pid, RLIMIT_NOFILE, &now, NULL) == 0;
}

static void forget_the_dead(struct limits *limits) {
    for (size_t i = limits->file_count; i-- > 0;)
        if (!limits->files[i].seen) limits->files[i] = limits->files[--limits->file_count];
}

// Until a pass changes nothing: what forks meanwhile passes its limit on.
static int see_to_files(struct limits *limits, uint32_t *processes, uint32_t *lowered) {
    for (int pass = 0; pass < 16; pass++) {
        struct walk walk;
        bool changed = false;
        int error = begin_walk(&walk);
        if (error != 0) return error;
        for (size_t i = 0; i < limits->file_count; i++) limits->files[i].seen = false;
        for (pid_t pid; (pid = next_pid(&walk)) != 0;)
            changed |= limit_one(limits, walk.proc, pid);
        end_walk(&walk);
        forget_the_dead(limits);
        limits->files_are_known = true;
        if (!changed) break;
    }
    *processes = (uint32_t)limits->file_count;
    *lowered = 0;
    for (size_t i = 0; i < limits->file_count; i++)
        *lowered += limits->files[i].set < limits->files[i].own;
    return 0;
}

int limit_files(struct limits *limits, uint32_t most, uint32_t *processes, uint32_t *lowered) {
    bool was_limited = limits->most_files != RLIM_INFINITY;
    // Who was born under the limit so far is known by it, and would not be by another.
    int error = was_limited ? see_to_files(limits, processes, lowered) : 0;
    if (error != 0) return error;
    limits->most_files = most == 0 ? RLIM_INFINITY : most;
    limits->next_files = monotonic_nanoseconds() + FILES_PERIOD;
    *processes = *lowered = 0;
    if (most == 0 && !was_limited) return 0;
    // Without a bound everybody is given back what is their own.
    error = see_to_files(limits, processes, lowered);
    if (most == 0) {
        limits->file_count = 0;
        limits->files_are_known = false;
    }
    return error;
}

void limit_own_files(const struct limits *limits) {
    struct rlimit own;
    if (limits->most_files == RLIM_INFINITY || getrlimit(RLIMIT_NOFILE, &own) != 0) return;
    if (own.rlim_cur > limits->most_files) own.rlim_cur = limits->most_files;
    setrlimit(RLIMIT_NOFILE, &own);
}

// -- Control groups --------------------------------------------------------------------------------

// Writes the number of every process until no new one is found: children are born where their parent
// is, so only those that were forked by somebody not yet moved are left.
static int move_all(int group) {
    char number[16];
    size_t moved = 0;
    for (int pass = 0; pass < 64; pass++) {
        struct walk walk;
        size_t count = 0;
        int error = begin_walk(&walk);
        if (error != 0) return error;
        for (pid_t pid; (pid = next_pid(&walk)) != 0; count++) {
            snprintf(number, sizeof number, "%d", pid);
            // ESRCH: it ended meanwhile.
            if (pwrite(group, number, strlen(number), 0) < 0 && errno != ESRCH) error = errno;
        }
        end_walk(&walk);
        if (error != 0) return error;
        if (pass > 0 && count == moved) return 0;
        moved = count;
    }
    return EAGAIN;
}

int join_group(struct limits *limits, uint32_t slot, int group, bool stay) {
    if (slot >= GROUPS_MAX) return EINVAL;
    int kept = limits->groups[slot];
    // Those that are started meanwhile belong there as well.
    limits->groups[slot] = stay ? group : -1;
    int error = move_all(group);
    if (kept >= 0) close(kept);
    return error;
}

void join_groups(const struct limits *limits) {
    for (unsigned slot = 0; slot < GROUPS_MAX; slot++)
        if (limits->groups[slot] >= 0) (void)!write(limits->groups[slot], "0", 1);
}

// -- Time ------------------------------------------------------------------------------------------

bool next_look(const struct limits *limits, struct timespec *wait) {
    uint64_t now = monotonic_nanoseconds(), then = UINT64_MAX;
    if (limits->share != 0) then = next_look_at_processor(limits, now);
    if (limits->most_files != RLIM_INFINITY && limits->next_files < then) then = limits->next_files;
    if (then == UINT64_MAX) return false;
    uint64_t left = then > now ? then - now : 0;
    *wait = (struct timespec){(time_t)(left / 1000000000u), (long)(left % 1000000000u)};
    return true;
}

void see_to_limits(struct limits *limits) {
    uint64_t now = monotonic_nanoseconds();
    uint32_t ignored, lowered;
    if (limits->share != 0) see_to_processor(limits, now);
    if (limits->most_files != RLIM_INFINITY && now >= limits->next_files) {
        see_to_files(limits, &ignored, &lowered);
        limits->next_files = monotonic_nanoseconds() + FILES_PERIOD;
    }
}
