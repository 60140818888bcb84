/* Another process at work on what a stranger sent: bytes in, bytes out, and an end whatever it does. */
#ifndef XA_CHILD_H
#define XA_CHILD_H
#include "base/base.h"

struct child {
	const char *program;          /* path */
	const char *const *words;     /* argv from [1] on, NULL-terminated */
	struct str in;                /* to its standard input */
	int64_t limit_ms;             /* then it is killed; by a broker's child itself, which sets its own clock */
	int broker;                   /* descriptor from child_broker(): it starts the child, for this process may start none; 0: this process does */
};
/* Starts `program words…` as a broker, with a socket as its standard input on which each message brings the two ends for a child. It ends when
 * this process does. Before the fence is up (cli/fence.h). */
CHECKED enum err child_broker(const char *program, const char *const *words, int *ret, struct fault *f);
/* The broker's whole life: starts program words for each message on descriptor 0 until that is shut. */
void child_serve(const char *program, const char *const *words);
/* Runs it with an empty environment, its standard output into ret (up to its ceiling), its messages nowhere. *ret_ok: it ended by
 * itself with status 0 in time and within the ceiling; what it had said by then is in ret either way. Waits: never on an I/O thread. */
CHECKED enum err child_run(const struct child *c, struct buf *ret, bool *ret_ok, struct fault *f);
#endif
