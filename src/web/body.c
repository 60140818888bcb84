/* Why: an upload of 64 MiB must not sit in memory, nor leave anything behind when the client hangs up or the machine
 * stops: past 256 KiB it lives in a file that never had a name, enciphered under a key of its own that only this process holds;
 * when it is whole it is read into memory that no core dump takes in. At most PLAIN_MAX of such memory at once. */
#include "web/inner.h"
#include <errno.h>
#include "safe/safe.h"
#include <fcntl.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

void body_start(struct body *b, size_t max)
{
	*b = (struct body){ .mem = BUF(max), .max = max, .fd = -1 };
}

static int nameless_file(void)
{
	const char *dir = secure_getenv("TMPDIR");
	if (!dir || dir[0] != '/')
		dir = "/tmp";
	int fd = open(dir, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
	if (fd >= 0 || (errno != EOPNOTSUPP && errno != EISDIR && errno != EINVAL))
		return fd;
	char path[512];
	if (snprintf(path, sizeof path, "%s/xiaoan-XXXXXX", dir) >= (int)sizeof path)
		return -1;
	fd = mkostemp(path, O_CLOEXEC);
	if (fd >= 0)
		unlink(path);
	return fd;
}

static enum err disk_error(void)
{
	return errno == ENOSPC || errno == EDQUOT || errno == EFBIG ? ERR_FULL : ERR_IO;
}

#define PLAIN_MAX ((size_t)256 << 20)
static _Atomic size_t plain_now;

static enum err write_all(int fd, const char *p, size_t n)
{
	while (n) {
		ssize_t w = write(fd, p, n);
		if (w < 0 && errno == EINTR)
			continue;
		if (w <= 0)
			return disk_error();
		p += w;
		n -= (size_t)w;
	}
	return OK;
}

/* Enciphers on the way, a piece at a time: the caller's bytes stay as they are. */
static enum err spool_put(struct body *b, const char *p, size_t n)
{
	char room[16384];
	enum err e = OK;
	while (e == OK && n) {
		size_t k = n < sizeof room ? n : sizeof room;
		memcpy(room, p, k);
		spool_xor(b->secret, b->spooled, room, k);
		e = write_all(b->fd, room, k);
		b->spooled += k;
		p += k;
		n -= k;
	}
	return e;
}

void body_put(struct body *b, const void *p, size_t n)
{
	size_t had = b->n;
	b->n += n;                     /* counted on, so that the server knows when to hang up */
	if (b->err != OK)
		return;
	if (b->n > b->max) {
		b->err = ERR_LIMIT;
		return;
	}
	if (b->fd < 0 && b->n <= UPLOAD_IN_MEMORY) {
		buf_put(&b->mem, p, n);
		return;
	}
	if (b->fd < 0) {
		if (b->max <= BODY_MAX) {      /* no upload: stays in memory */
			buf_put(&b->mem, p, n);
			return;
		}
		b->fd = nameless_file();
		spool_secret(b->secret);
		b->err = b->fd < 0 ? disk_error() : spool_put(b, b->mem.p, had);
		buf_free(&b->mem);
	}
	if (b->err == OK)
		b->err = spool_put(b, p, n);
}

enum err body_view(struct body *b, struct str *ret)
{
	if (b->err != OK)
		return b->err;
	if (b->fd < 0) {
		*ret = buf_view(&b->mem);
		return OK;
	}
	if (!b->map) {
		if (atomic_fetch_add(&plain_now, b->n) + b->n > PLAIN_MAX) {
			atomic_fetch_sub(&plain_now, b->n);
			return b->err = ERR_BUSY;
		}
		void *m = mmap(NULL, b->n, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
		if (m == MAP_FAILED) {
			atomic_fetch_sub(&plain_now, b->n);
			return b->err = ERR_BUSY;
		}
		(void)madvise(m, b->n, MADV_DONTDUMP);
		b->map = m;
		for (size_t at = 0; at < b->n;) {
			ssize_t r = pread(b->fd, b->map + at, b->n - at, (off_t)at);
			if (r < 0 && errno == EINTR)
				continue;
			if (r <= 0)
				return b->err = ERR_IO;
			at += (size_t)r;
		}
		spool_xor(b->secret, 0, b->map, b->n);
	}
	*ret = (struct str){ b->map, b->n };
	return OK;
}

void body_end(struct body *b)
{
	if (b->map) {
		munmap(b->map, b->n);
		atomic_fetch_sub(&plain_now, b->n);
	}
	b->map = NULL;
	if (b->fd >= 0)
		close(b->fd);
	b->fd = -1;
	buf_free(&b->mem);
}
