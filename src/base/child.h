/* Another process at work on what a stranger sent: bytes in, bytes out, and an end whatever it does. */
#ifndef XA_CHILD_H
#define XA_CHILD_H
#include "base/base.h"

struct child {
	const char *program;          /* path */
	const char *const *words;     /* argv from [1] on, NULL-terminated */
	struct str in;                /* to its standard input */
	int64_t limit_ms;             /* then it is killed */
};
/* Runs it with an empty environment, its standard output into ret (up to its ceiling), its messages nowhere. *ret_ok: it ended by
 * itself with status 0 in time and within the ceiling; what it had said by then is in ret either way. Waits: never on an I/O thread. */
CHECKED enum err child_run(const struct child *c, struct buf *ret, bool *ret_ok, struct fault *f);
#endif
