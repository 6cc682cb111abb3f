#define _GNU_SOURCE
#define _XOPEN_SOURCE 700
#define _DEFAULT_SOURCE
#define NCURSES_WIDECHAR 1

#include "CTerminal.h"

#include <curses.h>
#include <errno.h>
#include <fcntl.h>
#include <langinfo.h>
#include <locale.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/mman.h>

#include <termios.h>
#include <time.h>
#include <unistd.h>
#include <wchar.h>

// From <term.h>, whose macros would take the names "columns" and "lines" away.
extern char *tigetstr(const char *name);

// ---------------------------------------------------------------------------------------------
// The guard: whatever ends or stops the process, the terminal is whole again. All of it is written
// for signal handlers: only async-signal-safe calls, state that was prepared before.

// Mouse, paste and focus reports off, attributes and keypad off, ordinary screen, cursor shown.
static const char reset_sequence[] =
    "\033[?1000l\033[?1002l\033[?1003l\033[?1006l\033[?2004l\033[?1l\033>\033[0m\033[?1049l\033[?25h\r";
// What ncurses will not send again by itself after such a reset.
static const char enter_sequence[] = "\033[?1049h\033[?2004h\033[?25l\033[?1h\033=";
static const char mouse_sequence[] = "\033[?1000h\033[?1006h";

static volatile sig_atomic_t guarding;
static volatile sig_atomic_t resumed;
// Set by a fatal signal, on whichever thread it came: the painter's own must not paint any more
// while a backtrace is being written.
static volatile sig_atomic_t dying;
static volatile sig_atomic_t with_mouse;
static int tty = -1;
static struct termios before;
static struct termios during;
// Standard error while the screen is taken, kept so that a library's print does not tear it.
static int kept_errors = -1;
static int real_errors = -1;

static const int fatal_signals[] = {SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGILL, SIGTRAP, SIGABRT,
                                    SIGBUS, SIGFPE, SIGSEGV, SIGSYS, SIGXCPU, SIGALRM};
enum { fatal_count = sizeof fatal_signals / sizeof fatal_signals[0] };
static struct sigaction fatal_before[fatal_count];
static struct sigaction stop_before;
static struct sigaction continue_before;
static struct sigaction resize_before;
// What a signal has to tell to whoever waits: a signal alone may come a moment before the waiting begins.
static int told[2] = {-1, -1};
static char handler_stack[64 * 1024];

static void send_all(int descriptor, const char *bytes, size_t count) {
    while (count > 0) {
        ssize_t sent = write(descriptor, bytes, count);
        if (sent < 0 && errno == EINTR) continue;
        if (sent <= 0) return;
        bytes += sent;
        count -= (size_t)sent;
    }
}

// In the background, touching the terminal would stop us (SIGTTOU), and it is not ours to touch.
// A terminal that controls nobody here (-1) cannot stop us.
static int in_foreground(void) {
    pid_t group = tcgetpgrp(tty);
    return group < 0 || group == getpgrp();
}

static void leave_screen(void) {
    if (!in_foreground()) return;
    send_all(tty, reset_sequence, sizeof reset_sequence - 1);
    tcsetattr(tty, TCSANOW, &before);
}

static void give_errors_back(void) {
    if (real_errors < 0) return;
    dup2(real_errors, STDERR_FILENO);
    if (kept_errors >= 0) {
        char bytes[1024];
        ssize_t count;
        off_t offset = 0;
        while ((count = pread(kept_errors, bytes, sizeof bytes, offset)) > 0) {
            send_all(STDERR_FILENO, bytes, (size_t)count);
            offset += count;
        }
        close(kept_errors);
    }
    close(real_errors);
    kept_errors = real_errors = -1;
}

static void on_fatal(int signal) {
    int kept = errno;
    if (guarding) {
        dying = 1;
        guarding = 0;
        leave_screen();
        give_errors_back();
    }
    for (int i = 0; i < fatal_count; i++) {
        if (fatal_signals[i] == signal) sigaction(signal, &fatal_before[i], NULL);
    }
    errno = kept;
    raise(signal);
    // A crash reporter that was here before returns when it has reported, so that the fault happens
    // again; a signal that somebody sent does not happen again, and the program would go on without
    // its terminal.
    struct sigaction fallback = {.sa_handler = SIG_DFL};
    sigaction(signal, &fallback, NULL);
    raise(signal);
}

// How often the process was told to go on.
static volatile sig_atomic_t continued;

static void on_stop(int signal) {
    int kept = errno;
    sig_atomic_t before = continued;
    if (guarding) leave_screen();
    // A wrapper in our group stops at once, and its shell may have told the group to go on while the screen
    // was being left: who stopped now would never hear of it.
    if (continued != before) {
        errno = kept;
        return;
    }
    struct sigaction ours;
    struct sigaction fallback = {.sa_handler = SIG_DFL};
    sigaction(signal, &fallback, &ours);
    sigset_t only, old;
    sigemptyset(&only);
    sigaddset(&only, signal);
    raise(signal);
    sigprocmask(SIG_UNBLOCK, &only, &old);
    // Here the process stands still, until it is told to go on.
    sigprocmask(SIG_SETMASK, &old, NULL);
    sigaction(signal, &ours, NULL);
    errno = kept;
}

static void tell_waiter(void) {
    if (told[1] >= 0) (void)!write(told[1], "", 1);
}

static void on_resize(int signal) {
    int kept = errno;
    (void)signal;
    tell_waiter();
    errno = kept;
}

static void on_continue(int signal) {
    int kept = errno;
    (void)signal;
    continued++;
    if (guarding && in_foreground()) {
        tcsetattr(tty, TCSANOW, &during);
        send_all(tty, enter_sequence, sizeof enter_sequence - 1);
        if (with_mouse) send_all(tty, mouse_sequence, sizeof mouse_sequence - 1);
    }
    resumed = 1;
    tell_waiter();
    errno = kept;
}

static void stand_still_if_dying(void) {
    while (dying) pause();
}

static void guard(void) {
    stack_t stack = {.ss_sp = handler_stack, .ss_size = sizeof handler_stack};
    stack_t previous;
    if (sigaltstack(NULL, &previous) == 0 && (previous.ss_flags & SS_DISABLE)) {
        sigaltstack(&stack, NULL);
    }
    struct sigaction action = {.sa_handler = on_fatal, .sa_flags = SA_ONSTACK | SA_NODEFER};
    sigemptyset(&action.sa_mask);
    for (int i = 0; i < fatal_count; i++) {
        sigaction(fatal_signals[i], NULL, &fatal_before[i]);
        // What was to be ignored (nohup) stays ignored.
        if (fatal_before[i].sa_handler == SIG_IGN) continue;
        sigaction(fatal_signals[i], &action, NULL);
    }
    struct sigaction stop = {.sa_handler = on_stop, .sa_flags = SA_RESTART};
    struct sigaction go_on = {.sa_handler = on_continue};
    sigemptyset(&stop.sa_mask);
    sigemptyset(&go_on.sa_mask);
    if (told[0] < 0 && pipe2(told, O_CLOEXEC | O_NONBLOCK) != 0) told[0] = told[1] = -1;
    struct sigaction resize = {.sa_handler = on_resize, .sa_flags = SA_RESTART};
    sigemptyset(&resize.sa_mask);
    sigaction(SIGWINCH, &resize, &resize_before);
    sigaction(SIGTSTP, &stop, &stop_before);
    sigaction(SIGCONT, &go_on, &continue_before);
}

static void unguard(void) {
    for (int i = 0; i < fatal_count; i++) sigaction(fatal_signals[i], &fatal_before[i], NULL);
    sigaction(SIGWINCH, &resize_before, NULL);
    sigaction(SIGTSTP, &stop_before, NULL);
    sigaction(SIGCONT, &continue_before, NULL);
}

// ---------------------------------------------------------------------------------------------
// ncurses

static SCREEN *screen;
static FILE *input;
static FILE *output;
static int unicode;
static int input_ended;

enum { key_paste_begin = KEY_MAX + 1, key_paste_end = KEY_MAX + 2 };

static int is_set(const char *name) {
    const char *value = getenv(name);
    return value && *value;
}

// A locale with UTF-8 where the user did not ask for another one: many containers have none at all.
static void choose_locale(void) {
    setlocale(LC_CTYPE, "");
    unicode = strcmp(nl_langinfo(CODESET), "UTF-8") == 0;
    if (unicode || is_set("LC_ALL") || is_set("LC_CTYPE") || is_set("LANG")) return;
    if (setlocale(LC_CTYPE, "C.UTF-8")) unicode = 1;
}

static void keep_errors(void) {
    if (!isatty(STDERR_FILENO)) return;
    kept_errors = memfd_create("squall-stderr", MFD_CLOEXEC);
    real_errors = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 3);
    if (kept_errors < 0 || real_errors < 0) return;
    dup2(kept_errors, STDERR_FILENO);
}

static int open_tty(const char *path) {
    if (!path && isatty(STDIN_FILENO) && isatty(STDOUT_FILENO)) return fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3);
    int descriptor = open(path ? path : "/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY);
    if (descriptor >= 0 && !isatty(descriptor)) {
        close(descriptor);
        return -1;
    }
    return descriptor;
}

static void drop_streams(void) {
    if (input) fclose(input);
    if (output) fclose(output);
    input = output = NULL;
}

// What terminfo calls the same terminal when colours are told as they are, not by number; NULL where
// nobody says that the terminal can do it. Only where terminfo knows it, it is used (Debian: ncurses-term).
static const char *direct_name(const char *name, char *buffer, size_t size) {
    static const char suffix[] = "-256color";
    const char *told = getenv("COLORTERM");
    if (!name || !told || (strcmp(told, "truecolor") != 0 && strcmp(told, "24bit") != 0)) return NULL;
    size_t length = strlen(name);
    size_t cut = sizeof suffix - 1;
    if (length <= cut || strcmp(name + length - cut, suffix) != 0) return NULL;
    int written = snprintf(buffer, size, "%.*s-direct", (int)(length - cut), name);
    return written > 0 && (size_t)written < size ? buffer : NULL;
}

int squall_terminal_open(const char *path, int mouse, int direct) {
    if (screen) return squall_opened;
    tty = open_tty(path);
    if (tty < 0) return squall_no_terminal;
    tcgetattr(tty, &before);
    choose_locale();
    // Exported by some shells; they would hide every change of size.
    unsetenv("LINES");
    unsetenv("COLUMNS");
    input = fdopen(fcntl(tty, F_DUPFD_CLOEXEC, 3), "r");
    output = fdopen(fcntl(tty, F_DUPFD_CLOEXEC, 3), "w");
    // Before ncurses looks: it leaves handlers alone that are there already.
    guard();
    const char *name = getenv("TERM");
    char buffer[128];
    const char *exact = direct ? direct_name(name, buffer, sizeof buffer) : NULL;
    screen = exact && input && output ? newterm(exact, output, input) : NULL;
    if (!screen && input && output) screen = newterm(name, output, input);
    if (!screen && input && output) screen = newterm("xterm-256color", output, input);
    if (!screen) {
        unguard();
        drop_streams();
        close(tty);
        tty = -1;
        return squall_unknown_terminal;
    }
    set_term(screen);
    char *cup = tigetstr("cup");
    if (!cup || cup == (char *)-1) {
        endwin();
        delscreen(screen);
        screen = NULL;
        unguard();
        drop_streams();
        close(tty);
        tty = -1;
        return squall_dumb_terminal;
    }
    raw();
    noecho();
    nonl();
    keypad(stdscr, TRUE);
    nodelay(stdscr, TRUE);
    set_escdelay(25);
    curs_set(0);
    leaveok(stdscr, FALSE);
    if (has_colors()) {
        start_color();
        use_default_colors();
    }
    with_mouse = mouse != 0;
    if (mouse) {
        mousemask(BUTTON1_PRESSED | BUTTON1_RELEASED | BUTTON4_PRESSED | BUTTON5_PRESSED, NULL);
        mouseinterval(0);
    }
    define_key("\033[200~", key_paste_begin);
    define_key("\033[201~", key_paste_end);
    define_key("\033[1~", KEY_HOME);
    define_key("\033[4~", KEY_END);
    define_key("\033[Z", KEY_BTAB);
    input_ended = 0;
    refresh();
    send_all(tty, "\033[?2004h", 8);
    tcgetattr(tty, &during);
    keep_errors();
    guarding = 1;
    return squall_opened;
}

void squall_terminal_close(void) {
    if (!screen) return;
    guarding = 0;
    if (!input_ended) {
        endwin();
        leave_screen();
    }
    unguard();
    delscreen(screen);
    screen = NULL;
    drop_streams();
    close(tty);
    tty = -1;
    give_errors_back();
}

int squall_terminal_descriptor(void) { return input_ended ? -1 : tty; }

void squall_terminal_size(int *columns, int *rows) {
    struct winsize size;
    *columns = 80;
    *rows = 24;
    if (tty >= 0 && ioctl(tty, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 && size.ws_row > 0) {
        *columns = size.ws_col;
        *rows = size.ws_row;
        if (screen && (size.ws_col != COLS || size.ws_row != LINES)) resizeterm(size.ws_row, size.ws_col);
    }
}

int squall_terminal_colours(void) { return screen && has_colors() ? COLORS : 0; }

int squall_terminal_unicode(void) { return unicode; }

int squall_terminal_pair(uint32_t pair, int foreground, int background) {
    if (!screen || !has_colors() || pair >= (uint32_t)COLOR_PAIRS) return 0;
    return init_extended_pair((int)pair, foreground, background) == OK;
}

static attr_t attributes_of(uint16_t bits) {
    attr_t attributes = A_NORMAL;
    if (bits & squall_bold) attributes |= A_BOLD;
    if (bits & squall_reverse) attributes |= A_REVERSE;
    if (bits & squall_underline) attributes |= A_UNDERLINE;
    if (bits & squall_dim) attributes |= A_DIM;
    return attributes;
}

void squall_terminal_put(int row, int column, const squall_cell *cells, int count) {
    if (!screen) return;
    for (int i = 0; i < count; i++) {
        const squall_cell *cell = &cells[i];
        if (cell->width == 0) continue;
        wchar_t text[5];
        int length = 0;
        while (length < cell->count && length < 4) {
            text[length] = (wchar_t)cell->scalars[length];
            length++;
        }
        int pair = (int)cell->pair;
        attr_t attributes = attributes_of(cell->attributes);
        // The C library decides what ncurses believes; where it disagrees, a sign that both know.
        if (length == 0 || wcwidth(text[0]) != cell->width) {
            text[0] = length == 0 ? L' ' : L'?';
            length = 1;
        }
        for (int mark = 1; mark < length; mark++) {
            if (wcwidth(text[mark]) != 0) length = mark;
        }
        text[length] = 0;
        cchar_t whole;
        if (setcchar(&whole, text, attributes, (short)pair, &pair) == ERR) continue;
        mvadd_wch(row, column + i, &whole);
        if (cell->width == 2 && text[0] == L'?') {
            text[0] = L' ';
            if (setcchar(&whole, text, attributes, (short)pair, &pair) != ERR) mvadd_wch(row, column + i + 1, &whole);
        }
    }
}

void squall_terminal_flush(int column, int row) {
    if (!screen) return;
    stand_still_if_dying();
    if (column < 0) {
        curs_set(0);
    } else {
        move(row, column);
        curs_set(1);
    }
    refresh();
}

void squall_terminal_repaint(void) {
    if (screen) clearok(curscr, TRUE);
}

static uint32_t named(wint_t code) {
    switch (code) {
    case KEY_UP: return squall_named_up;
    case KEY_DOWN: return squall_named_down;
    case KEY_LEFT: return squall_named_left;
    case KEY_RIGHT: return squall_named_right;
    case KEY_SLEFT: return squall_named_shift_left;
    case KEY_SRIGHT: return squall_named_shift_right;
    case KEY_HOME: return squall_named_home;
    case KEY_END: return squall_named_end;
    case KEY_PPAGE: return squall_named_page_up;
    case KEY_NPAGE: return squall_named_page_down;
    case KEY_ENTER: return squall_named_enter;
    case KEY_BACKSPACE: return squall_named_backspace;
    case KEY_DC: return squall_named_delete;
    case KEY_BTAB: return squall_named_back_tab;
    default:
        if (code >= KEY_F(1) && code <= KEY_F(12)) return squall_named_f1 + (uint32_t)(code - KEY_F(1));
        return 0;
    }
}

// Keys that have a name although they come as a control character.
static uint32_t named_control(wint_t code) {
    switch (code) {
    case 9: return squall_named_tab;
    case 10:
    case 13: return squall_named_enter;
    case 27: return squall_named_escape;
    case 8:
    case 127: return squall_named_backspace;
    default: return 0;
    }
}

static void mouse_key(squall_key *key) {
    MEVENT event;
    if (getmouse(&event) != OK) return;
    key->column = event.x;
    key->row = event.y;
    if (event.bstate & BUTTON1_PRESSED) key->kind = squall_key_click;
    if (event.bstate & BUTTON1_RELEASED) key->kind = squall_key_release;
    if (event.bstate & BUTTON4_PRESSED) key->kind = squall_key_wheel_up;
    if (event.bstate & BUTTON5_PRESSED) key->kind = squall_key_wheel_down;
}

static void function_key(wint_t code, squall_key *key) {
    switch (code) {
    case KEY_RESIZE: key->kind = squall_key_resized; return;
    case KEY_MOUSE: mouse_key(key); return;
    case key_paste_begin: key->kind = squall_key_paste_begin; return;
    case key_paste_end: key->kind = squall_key_paste_end; return;
    default:
        key->code = named(code);
        if (key->code) key->kind = squall_key_named;
    }
}

// Reading nothing although there is something to read is the end: the terminal was closed.
static int has_ended(void) {
    struct pollfd descriptor = {.fd = tty, .events = POLLIN};
    if (poll(&descriptor, 1, 0) <= 0) return 0;
    if (descriptor.revents & (POLLHUP | POLLERR | POLLNVAL)) return 1;
    int count = 0;
    return (descriptor.revents & POLLIN) && ioctl(tty, FIONREAD, &count) == 0 && count == 0;
}

void squall_terminal_key(squall_key *key) {
    memset(key, 0, sizeof *key);
    if (!screen || input_ended) return;
    stand_still_if_dying();
    // Keys that mean nothing here are skipped, so that "none" means that all was read.
    for (int skipped = 0; skipped < 64; skipped++) {
        wint_t code = 0;
        int result = get_wch(&code);
        if (result == ERR) {
            if (has_ended()) {
                input_ended = 1;
                key->kind = squall_key_end;
            }
            return;
        }
        if (result == KEY_CODE_YES) {
            function_key(code, key);
        } else if (named_control(code)) {
            key->kind = squall_key_named;
            key->code = named_control(code);
        } else {
            key->kind = squall_key_character;
            key->code = (uint32_t)code;
        }
        if (key->kind != squall_key_none) return;
    }
}

void squall_terminal_suspend(void) {
    if (!screen) return;
    // First the screen: as soon as a wrapper in our group stops, the shell takes the terminal.
    leave_screen();
    // The whole group, as the terminal's driver does it: a wrapper that waits for us stops too.
    kill(0, SIGTSTP);
}

int squall_terminal_resumed(void) {
    if (!resumed) return 0;
    resumed = 0;
    if (screen) clearok(curscr, TRUE);
    return 1;
}

// ---------------------------------------------------------------------------------------------
// Waiting

int squall_terminal_wake_open(void) { return eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK); }

void squall_terminal_wake(int descriptor) {
    uint64_t one = 1;
    ssize_t ignored = write(descriptor, &one, sizeof one);
    (void)ignored;
}

void squall_terminal_wake_clear(int descriptor) {
    uint64_t count;
    ssize_t ignored = read(descriptor, &count, sizeof count);
    (void)ignored;
}

int squall_terminal_wait(int first, int second, int milliseconds) {
    struct pollfd descriptors[3] = {
        {.fd = first, .events = POLLIN},
        {.fd = second, .events = POLLIN},
        {.fd = told[0], .events = POLLIN},
    };
    if (resumed) return squall_terminal_signalled;
    int ready = poll(descriptors, 3, milliseconds);
    if (ready <= 0) return 0;
    char bytes[64];
    if (descriptors[2].revents) while (read(told[0], bytes, sizeof bytes) > 0) {}
    return (descriptors[0].revents ? 1 : 0) | (descriptors[1].revents ? 2 : 0)
        | (descriptors[2].revents ? squall_terminal_signalled : 0);
}

int64_t squall_terminal_clock(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}
