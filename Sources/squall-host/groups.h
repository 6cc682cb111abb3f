// Removing control groups when the host is gone.

#ifndef HOST_GROUPS_H
#define HOST_GROUPS_H

// Starts a process that waits for the end of this one, in whatever way, and then removes the control
// groups at these paths (a NULL-terminated list; a path need not exist) and those in them. 0 or an errno.
int remove_afterwards(char *const *paths);

#endif
