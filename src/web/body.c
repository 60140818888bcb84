/* Why: an upload of 64 MiB must not sit in memory, nor leave anything behind when the client hangs up or the machine
 * stops: past 256 KiB it lives in a file that never had a name, mapped when it is whole. */
#include "web/inner.h"
#include <errno.h>
#include <fcntl.h>
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
		b->err = b->fd < 0 ? disk_error() : write_all(b->fd, b->mem.p, had);
		buf_free(&b->mem);
	}
	if (b->err == OK)
		b->err = write_all(b->fd, p, n);
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
		void *m = mmap(NULL, b->n, PROT_READ, MAP_PRIVATE, b->fd, 0);
		if (m == MAP_FAILED)
			return b->err = ERR_IO;
		b->map = m;
	}
	*ret = (struct str){ b->map, b->n };
	return OK;
}

void body_end(struct body *b)
{
	if (b->map)
		munmap(b->map, b->n);
	b->map = NULL;
	if (b->fd >= 0)
		close(b->fd);
	b->fd = -1;
	buf_free(&b->mem);
}
