// Holds a terminal and tells what it reads, so that a test can end it in every way.
#include "CTerminal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void show(int row, const char *text) {
    squall_cell cells[80];
    int count = (int)strlen(text);
    memset(cells, 0, sizeof cells);
    for (int i = 0; i < 80; i++) {
        cells[i].scalars[0] = i < count ? (uint32_t)text[i] : ' ';
        cells[i].count = 1;
        cells[i].width = 1;
    }
    squall_terminal_put(row, 0, cells, 80);
}

int main(void) {
    int problem = squall_terminal_open(NULL, 1, 0);
    if (problem) {
        printf("refused %d\n", problem);
        return problem;
    }
    fprintf(stderr, "a library complains\n");
    char line[200] = "";
    int pasting = 0;
    show(0, "probe is up");
    for (;;) {
        squall_key key;
        for (squall_terminal_key(&key); key.kind != squall_key_none; squall_terminal_key(&key)) {
            if (key.kind == squall_key_end) return 0;
            if (key.kind == squall_key_paste_begin) pasting = 1;
            if (key.kind == squall_key_paste_end) pasting = 0;
            size_t used = strlen(line);
            if (used > 150) used = 0;
            if (key.kind == squall_key_character && key.code >= 0x20) {
                snprintf(line + used, sizeof line - used, pasting ? "[%c]" : "%c", (char)key.code);
            } else if (key.kind == squall_key_named) {
                snprintf(line + used, sizeof line - used, "<%u>", key.code);
            } else if (key.kind == squall_key_click) {
                snprintf(line + used, sizeof line - used, "(%d,%d)", key.column, key.row);
            }
            if (key.kind == squall_key_character && !pasting) {
                if (key.code == 26) squall_terminal_suspend();
                if (key.code == 'Q') {
                    squall_terminal_close();
                    return 0;
                }
                if (key.code == 'A') abort();
            }
        }
        if (squall_terminal_resumed()) squall_terminal_repaint();
        int columns, rows;
        squall_terminal_size(&columns, &rows);
        char size[40];
        snprintf(size, sizeof size, "size %dx%d", columns, rows);
        show(1, size);
        show(2, line);
        squall_terminal_flush(-1, -1);
        squall_terminal_wait(squall_terminal_descriptor(), -1, -1);
    }
}
