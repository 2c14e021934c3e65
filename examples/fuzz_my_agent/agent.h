/* SPDX-License-Identifier: BSL-1.0 */
#ifndef AGENT_H
#define AGENT_H

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/* A fresh agent. */
void agent_reset(void);

/* Takes bytes of the host. Returns how many bytes of answers it has written to out. */
size_t agent_deliver(const char *bytes, size_t count, char *out, size_t out_max);

#ifdef __cplusplus
}
#endif

#endif
