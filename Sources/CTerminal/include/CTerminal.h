// One terminal, painted with ncurses; no policy. Everything but the guard's handlers belongs to one
// thread: ncurses is not made for more. No curses type leaves this file's implementation.
#ifndef CTERMINAL_H
#define CTERMINAL_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// One cell: a base and its combining marks, how wide it is, and how it is shown.
typedef struct {
    uint32_t scalars[4];
    uint8_t count;
    uint8_t width;
    /// squall_bold and so on.
    uint16_t attributes;
    /// A pair made by squall_terminal_pair; 0 is the terminal's own colours.
    uint32_t pair;
} squall_cell;

enum {
    squall_bold = 1,
    squall_reverse = 2,
    squall_underline = 4,
    squall_dim = 8,
};

/// What squall_terminal_open found.
enum {
    squall_opened = 0,
    /// Neither standard input nor /dev/tty is a terminal.
    squall_no_terminal = 1,
    /// terminfo does not know $TERM, nor xterm-256color.
    squall_unknown_terminal = 2,
    /// It cannot move its cursor (TERM=dumb).
    squall_dumb_terminal = 3,
};

/// A key.
typedef struct {
    int kind;
    /// A scalar for squall_key_character, one of squall_named_keys else.
    uint32_t code;
    /// Where the mouse is, from 0.
    int column;
    int row;
} squall_key;

enum {
    squall_key_none = 0,
    squall_key_character = 1,
    squall_key_named = 2,
    squall_key_click = 3,
    squall_key_wheel_up = 4,
    squall_key_wheel_down = 5,
    /// The left button is let go.
    squall_key_release = 10,
    squall_key_resized = 6,
    /// What comes until squall_key_paste_end was pasted, not typed.
    squall_key_paste_begin = 7,
    squall_key_paste_end = 8,
    /// The terminal is gone.
    squall_key_end = 9,
};

enum squall_named_keys {
    squall_named_up = 1,
    squall_named_down,
    squall_named_left,
    squall_named_right,
    squall_named_shift_left,
    squall_named_shift_right,
    squall_named_home,
    squall_named_end,
    squall_named_page_up,
    squall_named_page_down,
    squall_named_enter,
    squall_named_backspace,
    squall_named_delete,
    squall_named_tab,
    squall_named_back_tab,
    squall_named_escape,
    /// And the eleven after it.
    squall_named_f1,
};

/// Takes the terminal: locale, alternate screen, raw keys, and the guard that gives it back whatever
/// ends the process. `path` names the terminal; NULL is that of standard input and output, else
/// /dev/tty. With `mouse`, clicks and the wheel come as keys.
/// With `direct`, 24 bits of colour are used where COLORTERM and terminfo say that they can be.
int squall_terminal_open(const char *path, int mouse, int direct);

/// Gives the terminal back. What was written to standard error meanwhile is written now. May be called twice.
void squall_terminal_close(void);

/// The descriptor to wait on for keys; -1 when closed.
int squall_terminal_descriptor(void);

/// Columns and rows now.
void squall_terminal_size(int *columns, int *rows);

/// 0, 8, 16, 256, or 16,777,216 where colours are not numbers of a palette but 24 bits.
int squall_terminal_colours(void);

/// Whether the locale's encoding is UTF-8.
int squall_terminal_unicode(void);

/// Makes a colour pair; -1 is the terminal's own colour. Returns 0 when it cannot.
int squall_terminal_pair(uint32_t pair, int foreground, int background);

/// Puts cells of a row, from a column on. Nothing reaches the terminal before the flush.
void squall_terminal_put(int row, int column, const squall_cell *cells, int count);

/// Sends what has changed; with the text cursor at a place, or hidden when the column is negative.
void squall_terminal_flush(int column, int row);

/// Forgets what the terminal shows: the next flush sends everything.
void squall_terminal_repaint(void);

/// The next key, without waiting. After each wake-up: until there is none.
void squall_terminal_key(squall_key *key);

/// Stops the process group as ^Z does, and takes the terminal again when it goes on.
void squall_terminal_suspend(void);

/// Whether the process was stopped and went on since the last call: then everything has to be painted again.
int squall_terminal_resumed(void);

/// A descriptor that another thread makes readable (an eventfd), to wake the painter up; -1 on failure.
int squall_terminal_wake_open(void);
/// Makes it readable; may be called from any thread.
void squall_terminal_wake(int descriptor);
/// Makes it unreadable again.
void squall_terminal_wake_clear(int descriptor);

/// Waits until one of the descriptors is readable, or for so many milliseconds; negative ones are
/// left out. Returns a bit for each that is, `squall_terminal_signalled` when the terminal has another size
/// or the program was continued meanwhile or before, 0 after the time.
#define squall_terminal_signalled 4
int squall_terminal_wait(int first, int second, int milliseconds);

/// Monotonic nanoseconds.
int64_t squall_terminal_clock(void);

#ifdef __cplusplus
}
#endif

#endif
