/* SPDX-License-Identifier: BSL-1.0 */
/* A guest agent as many are written: it waits for a line and looks for words in it. */
#include "agent.h"

#include <stdio.h>
#include <string.h>

static char line[4096];
static size_t used;
static int frozen;

void agent_reset(void) {
    used = 0;
    frozen = 0;
}

static const char *answer(void) {
    static char text[128];
    if (strstr(line, "guest-ping")) {
        return "{\"return\": {}}\n";
    }
    if (strstr(line, "guest-fsfreeze-status")) {
        return frozen ? "{\"return\": \"frozen\"}\n" : "{\"return\": \"thawed\"}\n";
    }
    if (strstr(line, "guest-fsfreeze-freeze")) {
        frozen = 1;
        return "{\"return\": 1}\n";
    }
    if (strstr(line, "guest-fsfreeze-thaw")) {
        snprintf(text, sizeof text, "{\"return\": %d}\n", frozen);
        frozen = 0;
        return text;
    }
    return "{\"error\": {\"class\": \"CommandNotFound\", \"desc\": \"unknown command\"}}\n";
}

size_t agent_deliver(const char *bytes, size_t count, char *out, size_t out_max) {
    size_t written = 0;
    for (size_t i = 0; i < count; ++i) {
        if (used + 1 < sizeof line) {
            line[used++] = bytes[i];
        }
        if (bytes[i] != '\n') {
            continue;
        }
        line[used] = '\0';
        used = 0;
        const char *text = answer();
        if (written + strlen(text) <= out_max) {
            memcpy(out + written, text, strlen(text));
            written += strlen(text);
        }
    }
    return written;
}
