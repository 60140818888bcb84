/* A PostgreSQL of a test's own, that waits for the disk, and may be ended and started under it: tools/pg-test-server. */
#ifndef XA_TEST_PG_OWN_H
#define XA_TEST_PG_OWN_H
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct pg_own { char dir[64], url[200]; };

static bool pg_own_say(struct pg_own *p, const char *verb, const char *more, char *ret, size_t n)
{
	char cmd[4400], line[400] = "";
	const char *src = getenv("XA_SRC");
	snprintf(cmd, sizeof cmd, "'%s/tools/pg-test-server' %s %s %s", src ? src : ".", verb, p->dir, more);
	FILE *f = popen(cmd, "r");
	if (!f)
		return false;
	if (fgets(line, sizeof line, f))
		line[strcspn(line, "\n")] = 0;
	if (pclose(f) != 0)
		return false;
	if (ret)
		snprintf(ret, n, "%s", line);
	return true;
}

static bool pg_own_start(struct pg_own *p) { return pg_own_say(p, "start", "durable", p->url, sizeof p->url); }
/* crash: without a word to anybody, to be recovered at the next start. */
__attribute__((unused)) static bool pg_own_stop(struct pg_own *p, bool crash) { return pg_own_say(p, crash ? "crash" : "stop", "", NULL, 0); }

static bool pg_own_open(struct pg_own *p)
{
	snprintf(p->dir, sizeof p->dir, "/tmp/xiaoan-pg-own-XXXXXX");
	return mkdtemp(p->dir) && pg_own_start(p);
}

__attribute__((unused)) static void pg_own_close(struct pg_own *p)
{
	char cmd[100];
	snprintf(cmd, sizeof cmd, "rm -rf %s", p->dir);
	if (pg_own_say(p, "stop", "", NULL, 0))
		(void)!system(cmd);
}
#endif
