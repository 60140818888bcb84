/* Why: a photo of a bruise must be worth nothing to who takes the disk, and be provably the one that was handed in.
 * Invariants: a chunk opens only in its place of its own file; what does not open whole gives nothing. */
#include "base/clock.h"
#include "safe/inner.h"
#include <errno.h>
#include <sodium.h>
#include <stdlib.h>
#include <unistd.h>

#define MAGIC "xafile1\n"
#define HEAD 17               /* magic, suite, length */
#define NAME_MAX_ 100
#define AAD_MAX (NAME_MAX_ + 1 + HEAD + 8)

static void put64(unsigned char *p, uint64_t v)
{
	for (int i = 0; i < 8; i++)
		p[i] = (unsigned char)(v >> (56 - 8 * i));
}

/* name | 0 | head | chunk's number */
static size_t aad_of(const char *name, const unsigned char head[HEAD], uint64_t chunk, unsigned char ret[AAD_MAX])
{
	size_t n = strlen(name) + 1;
	must(n <= NAME_MAX_ + 1);
	memcpy(ret, name, n);
	memcpy(ret + n, head, HEAD);
	put64(ret + n + HEAD, chunk);
	return n + HEAD + 8;
}

static enum err put_all(int fd, const unsigned char *p, size_t n, crypto_hash_sha256_state *h, struct fault *f)
{
	crypto_hash_sha256_update(h, p, n);
	while (n) {
		ssize_t w = write(fd, p, n);
		if (w < 0 && errno == EINTR)
			continue;
		if (w <= 0)
			return fail(f, errno == ENOSPC || errno == EDQUOT || errno == EFBIG ? ERR_FULL : ERR_IO, NULL, "writing a file: %s", strerror(errno));
		p += w;
		n -= (size_t)w;
	}
	return OK;
}

enum err file_seal(const unsigned char key[FILE_KEY], enum suite suite, const char *name, struct str plain, int fd, unsigned char ret_sha[32], struct fault *f)
{
	unsigned char head[HEAD] = MAGIC, aad[AAD_MAX], *out = xalloc(24 + FILE_CHUNK + TAG);
	size_t nn = nonce_len((int)suite);
	crypto_hash_sha256_state h;
	struct set s;
	set_make(&s, key);
	head[8] = (unsigned char)suite;
	put64(head + 9, plain.n);
	crypto_hash_sha256_init(&h);
	enum err e = put_all(fd, head, HEAD, &h, f);
	for (size_t at = 0, chunk = 0; e == OK && at < plain.n; chunk++) {
		size_t n = plain.n - at < FILE_CHUNK ? plain.n - at : FILE_CHUNK;
		random_bytes(out, nn);
		bool ok = suite_seal((int)suite, &s, out, aad, aad_of(name, head, chunk, aad), (const unsigned char *)plain.p + at, n, out + nn, out + nn + n);
		must(ok);   /* nothing may ever be stored unsealed */
		e = put_all(fd, out, nn + n + TAG, &h, f);
		at += n;
	}
	crypto_hash_sha256_final(&h, ret_sha);
	sodium_memzero(&s, sizeof s);
	free(out);
	return e;
}

static enum err broken(struct fault *f, const char *why)
{
	return fail(f, ERR_DB, N_("This file was altered, cut short, or belongs to another record. Please tell the administrator: it can be brought back from a backup."), "%s", why);
}

static enum err get_all(int fd, unsigned char *p, size_t n, struct fault *f)
{
	while (n) {
		ssize_t r = read(fd, p, n);
		if (r < 0 && errno == EINTR)
			continue;
		if (r < 0)
			return fail(f, ERR_IO, NULL, "reading a file: %s", strerror(errno));
		if (r == 0)
			return broken(f, "cut short");
		p += r;
		n -= (size_t)r;
	}
	return OK;
}

static enum err get_chunks(const struct set *s, const char *name, int fd, unsigned char *in, unsigned char *out, struct buf *ret, struct fault *f)
{
	unsigned char head[HEAD], aad[AAD_MAX];
	uint64_t left = 0;
	TRY(get_all(fd, head, HEAD, f));
	size_t nn = nonce_len(head[8]);
	if (memcmp(head, MAGIC, 8) != 0 || !nn)
		return broken(f, "no sealed file");
	for (int i = 0; i < 8; i++)
		left = left << 8 | head[9 + i];
	if (left > ret->ceiling)
		return fail(f, ERR_LIMIT, NULL, "a file of %llu bytes", (unsigned long long)left);
	for (uint64_t chunk = 0; left; chunk++) {
		size_t n = left < FILE_CHUNK ? (size_t)left : FILE_CHUNK;
		TRY(get_all(fd, in, nn + n + TAG, f));
		if (!suite_open(head[8], s, in, aad, aad_of(name, head, chunk, aad), in + nn, n, in + nn + n, out))
			return broken(f, "authentication failed");
		buf_put(ret, out, n);
		left -= n;
	}
	return read(fd, in, 1) == 0 ? OK : broken(f, "bytes after the end");
}

enum err file_unseal(const unsigned char key[FILE_KEY], const char *name, int fd, struct buf *ret, struct fault *f)
{
	unsigned char *room = xalloc(24 + 2 * FILE_CHUNK + TAG);
	struct set s;
	size_t before = ret->n;
	set_make(&s, key);
	enum err e = get_chunks(&s, name, fd, room, room + 24 + FILE_CHUNK + TAG, ret, f);
	sodium_memzero(&s, sizeof s);
	sodium_memzero(room, 24 + 2 * FILE_CHUNK + TAG);
	free(room);
	if (e != OK && ret->p) {
		sodium_memzero(ret->p + before, ret->n - before);
		ret->n = before;
	}
	return e == OK && ret->over ? fail(f, ERR_LIMIT, NULL, "no room for a file") : e;
}
