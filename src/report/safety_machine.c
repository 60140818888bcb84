/* Why: what the machine can tell of safety: files, memory, clock, address. What cannot be read (the server is fenced in) is said to be
 * unknown, never to be in order. */
#include "record/backup.h"
#include "report/safety_inner.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/timex.h>
#include <unistd.h>

static bool loopback(const char *host) { return strncmp(host, "127.", 4) == 0 || strcmp(host, "::1") == 0 || strcmp(host, "localhost") == 0; }

LOOK(plain_http)
{
	(void)c;
	if (!at->serving)
		return found(ret, GRAVE_UNKNOWN);
	snprintf(ret->arg, sizeof ret->arg, "%s:%d", at->serving->host, at->serving->port);
	return found(ret, at->serving->tls || loopback(at->serving->host) ? GRAVE_OK : GRAVE_DANGER);
}

LOOK(proxy)
{
	(void)c;
	if (!at->serving)
		return found(ret, GRAVE_UNKNOWN);
	snprintf(ret->arg, sizeof ret->arg, "%s:%d", at->serving->host, at->serving->port);
	return found(ret, at->serving->tls && !loopback(at->serving->host) ? GRAVE_DANGER : GRAVE_OK);
}

LOOK(root_key)
{
	struct stat st;
	(void)c;
	if (stat(at->root_key, &st) != 0)
		return found(ret, errno == ENOENT ? GRAVE_DANGER : GRAVE_UNKNOWN);
	return found(ret, st.st_mode & 077 ? GRAVE_DANGER : GRAVE_OK);
}

/* Its first line tells whether it is under a passphrase; no more of it is read. */
LOOK(root_key_place)
{
	char head[13] = "", *mine = arena_printf(c->a, "%s/root.key", c->app->data_dir);
	struct stat st, other;
	if (stat(mine, &st) != 0)
		return found(ret, errno == ENOENT ? GRAVE_OK : GRAVE_UNKNOWN);
	if (stat(at->root_key, &other) == 0 && (other.st_ino != st.st_ino || other.st_dev != st.st_dev))
		return found(ret, GRAVE_OK);
	int fd = open(mine, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd >= 0 ? read(fd, head, sizeof head - 1) : -1;
	if (fd >= 0)
		close(fd);
	if (n < 0)
		return found(ret, GRAVE_UNKNOWN);
	return found(ret, strcmp(head, "xiaoan-key 2") == 0 ? GRAVE_OK : GRAVE_WARN);
}

static bool ends(const char *s, const char *with)
{
	size_t n = strlen(s), k = strlen(with);
	return n >= k && strcmp(s + n - k, with) == 0;
}

/* When the newest file of this ending was written; 0: none. */
static int64_t newest(struct ctx *c, const char *folder, const char *ending)
{
	DIR *d = opendir(folder);
	int64_t best = 0;
	if (!d)
		return errno == ENOENT ? 0 : -1;
	for (struct dirent *e; (e = readdir(d));) {
		struct stat st;
		if (ends(e->d_name, ending) && stat(arena_printf(c->a, "%s/%s", folder, e->d_name), &st) == 0 && (int64_t)st.st_mtime * 1000 > best)
			best = (int64_t)st.st_mtime * 1000;
	}
	closedir(d);
	return best;
}

LOOK(keys_copy)
{
	int64_t made = newest(c, arena_printf(c->a, "%s/key-backups", c->app->data_dir), ".sealed");
	(void)at;
	return found(ret, made < 0 ? GRAVE_UNKNOWN : made && c->now - made < 35 * MS_DAY ? GRAVE_OK : GRAVE_WARN);
}

LOOK(backup_key)
{
	(void)at;
	if (access(arena_printf(c->a, "%s/xiaoan.db", c->app->data_dir), F_OK) != 0) {
		ret->wrong = N_("The data is on a database server: its backups are made by that server’s own tools.");
		return found(ret, GRAVE_UNKNOWN);
	}
	return found(ret, access(arena_printf(c->a, "%s/backup.pub", c->app->data_dir), R_OK) == 0 ? GRAVE_OK : GRAVE_DANGER);
}

/* Each was restored into scratch and looked through before it was called a backup (backup_make). */
LOOK(backup_age)
{
	struct backup_info *v;
	size_t n = 0;
	BUF_AUTO b = BUF(64);
	if (access(arena_printf(c->a, "%s/backup.pub", c->app->data_dir), R_OK) != 0)
		return found(ret, GRAVE_UNKNOWN);    /* told above */
	TRY(backup_list(c->a, at->backups, &v, &n, c->f));
	if (n)
		datetime_put(&b, v[0].made);
	snprintf(ret->arg, sizeof ret->arg, "%s", n ? b.p : "–");
	return found(ret, !n ? GRAVE_DANGER : c->now - v[0].made > 26 * MS_HOUR || v[0].made > c->now + MS_HOUR ? GRAVE_WARN : GRAVE_OK);
}

LOOK(modes)
{
	DIR *d = opendir(c->app->data_dir);
	struct stat st;
	int bad = 0;
	(void)at;
	if (!d || fstat(dirfd(d), &st) != 0) {
		if (d)
			closedir(d);
		return found(ret, GRAVE_UNKNOWN);
	}
	/* In a folder that only its owner enters, nobody reaches the files. */
	bool open = st.st_mode & 077;
	for (struct dirent *e; open && (e = readdir(d));) {
		if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0 || fstatat(dirfd(d), e->d_name, &st, AT_SYMLINK_NOFOLLOW) != 0 || !(st.st_mode & 077))
			continue;
		if (bad++ < 4) {
			size_t n = strlen(ret->arg);
			snprintf(ret->arg + n, sizeof ret->arg - n, "%s%.30s", n ? ", " : "", e->d_name);
		}
	}
	closedir(d);
	if (open && !bad)
		snprintf(ret->arg, sizeof ret->arg, "%s", "./");
	return found(ret, open ? GRAVE_DANGER : GRAVE_OK);
}

LOOK(core)
{
	struct rlimit r;
	(void)c;
	if (!at->serving || getrlimit(RLIMIT_CORE, &r) != 0)
		return found(ret, GRAVE_UNKNOWN);
	return found(ret, r.rlim_cur == 0 || prctl(PR_GET_DUMPABLE, 0, 0, 0, 0) == 0 ? GRAVE_OK : GRAVE_WARN);
}

/* The first n - 1 bytes of a file of the kernel; false: it cannot be read. */
static bool slurp(const char *path, char *room, size_t n)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	size_t at = 0;
	ssize_t r = fd >= 0 ? 1 : -1;
	while (fd >= 0 && at < n - 1 && (r = read(fd, room + at, n - 1 - at)) > 0)
		at += (size_t)r;
	if (fd >= 0)
		close(fd);
	room[at] = 0;
	return r >= 0;
}

/* A device-mapper volume made by dm-crypt, or memory of its own (zram). */
static bool sealed_swap(struct ctx *c, struct str device)
{
	char id[64], *base = strrchr(arena_cstr(c->a, device), '/');
	if (!base)
		return false;
	if (strncmp(base + 1, "zram", 4) == 0)
		return true;
	return slurp(arena_printf(c->a, "/sys/block/%s/dm/uuid", base + 1), id, sizeof id) && strncmp(id, "CRYPT-", 6) == 0;
}

LOOK(swap)
{
	char text[8192];
	(void)at;
	if (!slurp("/proc/swaps", text, sizeof text))
		return found(ret, GRAVE_UNKNOWN);
	struct str rest = str_of(text), line;
	(void)str_cut(rest, '\n', &rest);
	while (rest.p && rest.n) {
		line = str_cut(rest, '\n', &rest);
		struct str device = str_cut(line, ' ', &line);
		if (!device.n || sealed_swap(c, device))
			continue;
		size_t n = strlen(ret->arg);
		snprintf(ret->arg + n, sizeof ret->arg - n, "%s%.*s", n ? ", " : "", (int)device.n, device.p);
	}
	return found(ret, ret->arg[0] ? GRAVE_WARN : GRAVE_OK);
}

LOOK(clock)
{
	struct timex t = { .modes = 0 };
	(void)at;
	if (c->now < INT64_C(1767225600000)) {   /* 2026: older than this program */
		ret->wrong = N_("The machine’s clock shows a day before this program was made.");
		return found(ret, GRAVE_DANGER);
	}
	int state = adjtimex(&t);
	if (state < 0)
		return found(ret, GRAVE_UNKNOWN);
	return found(ret, state == TIME_ERROR || t.status & STA_UNSYNC ? GRAVE_WARN : GRAVE_OK);
}

LOOK(root_user)
{
	(void)c;
	return found(ret, !at->serving ? GRAVE_UNKNOWN : geteuid() == 0 ? GRAVE_WARN : GRAVE_OK);
}

/* Where the kernel has the rail, the server does not start without it (cli/fence.c). */
LOOK(fence)
{
	(void)c;
	return found(ret, !at->serving ? GRAVE_UNKNOWN : at->serving->fenced ? GRAVE_OK : GRAVE_WARN);
}

LOOK(room)
{
	struct statvfs v;
	(void)at;
	if (c->app->halt != HALT_NONE)
		return found(ret, GRAVE_DANGER);
	if (statvfs(c->app->data_dir, &v) != 0)
		return found(ret, GRAVE_UNKNOWN);
	return found(ret, (uint64_t)v.f_bavail * v.f_frsize >= (uint64_t)1 << 30 ? GRAVE_OK : GRAVE_WARN);
}
