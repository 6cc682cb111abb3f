// What a node finds in its machine: the host's file system, but private /tmp, /run and /dev/shm, its
// own /proc, its own names and its own ids. Mounts are made in the machine's own mount namespace and
// go with its last process.

#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/mount.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "machine.h"

#define OWN "/run/squall/etc/"

static void lose(struct losses *losses, const char *format, ...) {
    va_list arguments;
    if (losses->count == sizeof losses->text / sizeof losses->text[0]) return;
    va_start(arguments, format);
    vsnprintf(losses->text[losses->count++], sizeof losses->text[0], format, arguments);
    va_end(arguments);
}

// Whether a path lies on one of the file systems that are the machine's own.
static bool is_private(const char *path) {
    static const char *const roots[] = {"/tmp/", "/run/", "/dev/shm/"};
    for (unsigned i = 0; i < sizeof roots / sizeof roots[0]; i++)
        if (strncmp(path, roots[i], strlen(roots[i])) == 0) return true;
    return false;
}

// Makes the directories above a path, and the path itself when it is to be one.
static int make_directories(const char *path, bool itself) {
    char partial[PATH_MAX];
    if (snprintf(partial, sizeof partial, "%s%s", path, itself ? "/" : "") >= (int)sizeof partial)
        return ENAMETOOLONG;
    for (char *slash = strchr(partial + 1, '/'); slash != NULL; slash = strchr(slash + 1, '/')) {
        *slash = 0;
        if (mkdir(partial, 0755) != 0 && errno != EEXIST) return errno;
        *slash = '/';
    }
    return 0;
}

static int write_whole(const char *path, const char *text, size_t length) {
    // Not emptied first: a reader in between sees the old text or the new one, hardly ever a part.
    // Not through a link either: the node may have put one there, and pid 1 can do more than it.
    int file = open(path, O_WRONLY | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0644);
    if (file < 0) return errno;
    int error = 0;
    for (size_t done = 0; done < length && error == 0;) {
        ssize_t step = write(file, text + done, length - done);
        if (step < 0) error = errno;
        else done += (size_t)step;
    }
    if (error == 0 && ftruncate(file, (off_t)length) != 0) error = errno;
    close(file);
    return error;
}

int write_hosts(const char *text) { return write_whole(OWN "hosts", text, strlen(text)); }

int write_setting(const char *path, const char *value) {
    char full[PATH_MAX];
    if (strstr(path, "..") != NULL) return EINVAL;
    snprintf(full, sizeof full, "/proc/sys/%s", path);
    int file = open(full, O_WRONLY | O_CLOEXEC);
    if (file < 0) return errno;
    int error = write(file, value, strlen(value)) < 0 ? errno : 0;
    close(file);
    return error;
}

// -- Names and ids ---------------------------------------------------------------------------------

// Copies an account file with the node's own line in front, so that its id has its name. Where the
// host knows the same name with the same number, that line is the one; another meaning of the name
// is left out.
static char *with_line(const char *path, const char *name, uint32_t number, const char *own) {
    char *text = NULL, *line = NULL;
    size_t size = 0, room = 0;
    FILE *copy = open_memstream(&text, &size);
    FILE *original = fopen(path, "re");
    char first[512];
    snprintf(first, sizeof first, "%s", own);
    for (int pass = 0; pass < 2 && original != NULL; pass++) {
        rewind(original);
        if (pass == 1) fputs(first, copy);
        while (getline(&line, &room, original) > 0) {
            size_t length = strlen(name);
            bool same = strncmp(line, name, length) == 0 && line[length] == ':';
            if (pass == 1 && !same) fputs(line, copy);
            if (pass == 0 && same) {
                const char *field = strchr(line + length + 1, ':');
                if (field != NULL && strtoul(field + 1, NULL, 10) == number)
                    snprintf(first, sizeof first, "%s", line);
            }
        }
    }
    if (original == NULL) fputs(first, copy);
    else fclose(original);
    free(line);
    fclose(copy);
    return text;
}

// Puts a text of the machine's own where the host has a file. `/etc/resolv.conf` is often a symbolic
// link into /run, which is empty here: then the text goes to where the link leads.
static void replace(
    const char *name, const char *path, const char *resolved, const char *text,
    struct losses *losses) {
    char own[PATH_MAX];
    snprintf(own, sizeof own, OWN "%s", name);
    int error = write_whole(own, text, strlen(text));
    if (error == 0 && resolved == NULL) return;  // what the host lacks, the machine lacks too
    if (error == 0 && is_private(resolved)) {
        error = make_directories(resolved, false);
        if (error == 0 && symlink(own, resolved) != 0) error = errno;
    } else if (error == 0 && mount(own, resolved, NULL, MS_BIND, NULL) != 0) {
        error = errno;
    }
    if (error != 0) lose(losses, "%s is the host's (%s)", path, strerror(error));
}

static void furnish_etc(
    const struct machine *machine, char *const resolved[5], struct losses *losses) {
    char line[512];
    snprintf(line, sizeof line, "%s:x:%u:%u::%s:/bin/sh\n", machine->user_name, machine->user,
        machine->group, machine->home);
    char *passwd = with_line("/etc/passwd", machine->user_name, machine->user, line);
    snprintf(line, sizeof line, "%s:x:%u:\n", machine->user_name, machine->group);
    char *group = with_line("/etc/group", machine->user_name, machine->group, line);
    snprintf(line, sizeof line, "%s\n", machine->name);
    replace("hosts", "/etc/hosts", resolved[0], machine->hosts, losses);
    replace("hostname", "/etc/hostname", resolved[1], line, losses);
    replace("resolv.conf", "/etc/resolv.conf", resolved[2], "", losses);
    replace("passwd", "/etc/passwd", resolved[3], passwd, losses);
    replace("group", "/etc/group", resolved[4], group, losses);
    free(passwd);
    free(group);
}

// -- Mounts ----------------------------------------------------------------------------------------

static void mount_private(const struct machine *machine, const char *path, const char *options) {
    if (mount("tmpfs", path, "tmpfs", MS_NOSUID | MS_NODEV, options) != 0)
        give_up(machine, errno, "mount(tmpfs)", path);
}

static void place(const struct machine *machine, const struct bind *bind) {
    struct stat source;
    if (fstat(bind->tree, &source) != 0) give_up(machine, errno, "fstat", bind->target);
    if (is_private(bind->target)) {
        bool directory = S_ISDIR(source.st_mode);
        int error = make_directories(bind->target, directory);
        if (error == 0 && !directory) error = write_whole(bind->target, "", 0);
        if (error != 0) give_up(machine, error, "mkdir", bind->target);
    }
    if (syscall(SYS_move_mount, bind->tree, "", AT_FDCWD, bind->target, MOVE_MOUNT_F_EMPTY_PATH) != 0)
        give_up(machine, errno, "move_mount", bind->target);
    close(bind->tree);
}

// The host's /sys shows the host's network devices. Control groups are kept: JVMs read them.
static void furnish_sys(struct losses *losses) {
    int groups = (int)syscall(
        SYS_open_tree, AT_FDCWD, "/sys/fs/cgroup", OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_RECURSIVE);
    if (mount("sysfs", "/sys", "sysfs", MS_NOSUID | MS_NODEV | MS_NOEXEC | MS_RDONLY, NULL) != 0)
        lose(losses, "/sys is the host's (%s)", strerror(errno));
    else if (groups >= 0)
        syscall(SYS_move_mount, groups, "", AT_FDCWD, "/sys/fs/cgroup", MOVE_MOUNT_F_EMPTY_PATH);
    if (groups >= 0) close(groups);
}

void furnish(const struct machine *machine, struct losses *losses) {
    static const char *const files[5] = {
        "/etc/hosts", "/etc/hostname", "/etc/resolv.conf", "/etc/passwd", "/etc/group"};
    char *resolved[5];
    umask(022);
    if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0)
        give_up(machine, errno, "mount(MS_PRIVATE)", "/");
    // Without set-id bits and file capabilities a program such as ping, which has some, can still be
    // executed with an empty bounding set; it then uses the ping socket that every node may have.
    struct mount_attr attributes = {.attr_set = MOUNT_ATTR_NOSUID};
    if (syscall(SYS_mount_setattr, AT_FDCWD, "/", AT_RECURSIVE, &attributes, sizeof attributes) != 0)
        lose(losses, "programs with file capabilities cannot be started (%s)", strerror(errno));

    for (int i = 0; i < 5; i++) resolved[i] = realpath(files[i], NULL);
    mount_private(machine, "/tmp", "mode=1777");
    mount_private(machine, "/run", "mode=755");
    if (access("/dev/shm", F_OK) == 0) mount_private(machine, "/dev/shm", "mode=1777");
    if (mount("proc", "/proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL) != 0)
        lose(losses, "/proc is the host's (%s): programs see other processes' numbers",
            strerror(errno));
    furnish_sys(losses);

    int error = make_directories("/run/squall/etc", true);
    if (error != 0) give_up(machine, error, "mkdir", "/run/squall/etc");
    if (mkdir("/run/lock", 01777) == 0) chmod("/run/lock", 01777);
    furnish_etc(machine, resolved, losses);
    for (int i = 0; i < 5; i++) free(resolved[i]);
    for (unsigned i = 0; i < machine->bind_count; i++) place(machine, &machine->binds[i]);
    if (sethostname(machine->name, strlen(machine->name)) != 0)
        give_up(machine, errno, "sethostname", machine->name);
}
