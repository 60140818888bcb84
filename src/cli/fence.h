/*
 * The fence round the running server (S22, S50): what a hole in a parser could still be used for. `xiaoan serve` puts it up; other
 * commands are short, run by the operator by hand, and have none.
 *
 * Two rails, both for good and for every thread:
 *   files  Landlock. To be written: DATA, the folders for backups, heads and uploads that were named, and /dev/shm (tables on their
 *          way to XLSX). To be read: programs' libraries, fonts, and what the C library and PostgreSQL's look up. Nothing may be
 *          run. From Linux 6.7 on TCP too: listening on the server's port alone, connecting to PostgreSQL's alone, or to nothing.
 *   calls  seccomp: a list of what the program needs; anything else is answered EPERM. No exec, no new process, no ptrace, no odd
 *          sockets, no memory that is both written and run.
 *
 * Where the kernel has a rail and it cannot be put up, the server does not start; where the kernel has none, the log and
 * `xiaoan doctor` say so. Tests: tests/cli/fence.c.
 */
#ifndef XA_FENCE_H
#define XA_FENCE_H
#include "base/base.h"

struct fence {
	const char *write[8];       /* folders; NULL-terminated; made when missing */
	const char *spool;          /* folder of temporary files, NULL: none */
	const char *read[8];        /* files or folders besides the usual ones; what is not there is left out */
	int listen_port;            /* 0: any free one */
	uint16_t connect[8];        /* TCP ports */
	size_t nconnect;
	bool checked;               /* a leak checker looks at this process at its end: it needs ptrace and a process of its own */
};
/* Version of Landlock in this kernel, 0: none; and whether it has seccomp. */
int fence_landlock(void);
bool fence_seccomp(void);
/* No new rights; then the first rail: while there is one thread only, for the kernel puts it round the calling one and those it makes. */
CHECKED enum err fence_files(const struct fence *w, struct fault *f);
/* The second, round all threads there are. */
CHECKED enum err fence_calls(const struct fence *w, struct fault *f);

#endif
