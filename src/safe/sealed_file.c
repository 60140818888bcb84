/* Why: what lies on the backup disk, or travels to another house, must be worthless to who finds it, and to who takes the server
 * (S48).  Invariant: a file under its final name was read back whole, decrypted, before it got that name. */
#include "safe/sealed_file.h"
#include "safe/inner.h"
#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#define MAGIC "xiaoan-sealed 1\n"
#define MAGIC_N (sizeof MAGIC - 1)
#define CHUNK 65536
#define SEALED_CHUNK (CHUNK + crypto_secretstream_xchacha20poly1305_ABYTES)
#define KEY_N crypto_secretstream_xchacha20poly1305_KEYBYTES
#define BOX_N (KEY_N + crypto_box_SEALBYTES)
#define HEAD_N crypto_secretstream_xchacha20poly1305_HEADERBYTES

static enum err file_error(struct fault *f, const char *path)
{
	int why = errno;
	return fail(f, why == ENOSPC || why == EDQUOT || why == EFBIG ? ERR_FULL : ERR_IO, NULL, "%s: %s", path, strerror(why));
}

static enum err broken(struct fault *f, const char *why)
{
	return fail(f, ERR_IO, N_("The file is damaged, cut short, or sealed for another key."), "%s", why);
}

/* ---- keys ---- */

static void key_line(const char *kind, const unsigned char key[32], char ret[FILEKEY_TEXT])
{
	unsigned char sum[32];
	char hex[65], check[9];
	sha256((struct str){ (const char *)key, 32 }, sum);
	sodium_bin2hex(hex, sizeof hex, key, 32);
	sodium_bin2hex(check, sizeof check, sum, 4);
	snprintf(ret, FILEKEY_TEXT, "xiaoan-backup-%s 1 %s %s", kind, hex, check);
}

void filekey_new(char ret_public[FILEKEY_TEXT], char ret_secret[FILEKEY_TEXT])
{
	unsigned char pub[32], secret[32];
	safe_init();
	crypto_box_keypair(pub, secret);
	key_line("public", pub, ret_public);
	key_line("secret", secret, ret_secret);
	sodium_memzero(secret, sizeof secret);
}

enum err filekey_parse(struct str line, bool secret, struct filekey *ret, struct fault *f)
{
	struct str rest, kind = str_cut(str_trim(line), ' ', &rest), form = str_cut(rest, ' ', &rest), key = str_cut(rest, ' ', &rest);
	unsigned char sum[32], check[4];
	safe_init();
	if (!str_is(kind, secret ? "xiaoan-backup-secret" : "xiaoan-backup-public") || !str_is(form, "1") || !hex_get(key, ret->bytes, 32) || !hex_get(rest, check, 4))
		return fail(f, ERR_INVALID, secret ? N_("This is no secret backup key.") : N_("This is no public backup key."), NULL);
	sha256((struct str){ (const char *)ret->bytes, 32 }, sum);
	return memcmp(sum, check, 4) == 0 ? OK : fail(f, ERR_INVALID, N_("The backup key is mistyped: its check does not fit."), NULL);
}

enum err filekey_read(const char *path, bool secret, struct filekey *ret, struct fault *f)
{
	char text[FILEKEY_TEXT + 1];
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return fail(f, errno == ENOENT ? ERR_NOT_FOUND : ERR_IO, N_("The backup key cannot be read."), "%s: %s", path, strerror(errno));
	ssize_t n = read(fd, text, sizeof text);
	close(fd);
	enum err e = n < 0 ? fail(f, ERR_IO, N_("The backup key cannot be read."), "%s", path) : filekey_parse((struct str){ text, (size_t)n }, secret, ret, f);
	sodium_memzero(text, sizeof text);
	return e;
}

void filekey_wipe(struct filekey *k) { sodium_memzero(k, sizeof *k); }

/* ---- reading ---- */

struct sealed_in {
	int fd;
	bool last, ended;
	crypto_secretstream_xchacha20poly1305_state st;
	z_stream z;
	size_t ahead;                 /* bytes of the next chunk read already: one, to know whether there is a next */
	unsigned char in[SEALED_CHUNK + 1], plain[CHUNK];
};

static enum err read_full(int fd, unsigned char *p, size_t n, size_t *ret, struct fault *f)
{
	size_t got = 0;
	while (got < n) {
		ssize_t r = read(fd, p + got, n - got);
		if (r < 0 && errno == EINTR)
			continue;
		if (r < 0)
			return file_error(f, "read");
		if (r == 0)
			break;
		got += (size_t)r;
	}
	*ret = got;
	return OK;
}

void sealed_in_close(struct sealed_in *i)
{
	if (!i)
		return;
	if (i->fd >= 0)
		close(i->fd);
	inflateEnd(&i->z);
	sodium_memzero(i, sizeof *i);
	free(i);
}

/* key NULL: the stream key is opened with the secret. */
static enum err in_begin(struct sealed_in *i, const char *path, const struct filekey *secret, const unsigned char *key, struct fault *f)
{
	unsigned char head[MAGIC_N + BOX_N + HEAD_N], pub[32], stream[KEY_N];
	size_t n = 0;
	i->fd = open(path, O_RDONLY | O_CLOEXEC);
	if (i->fd < 0)
		return fail(f, errno == ENOENT ? ERR_NOT_FOUND : ERR_IO, N_("The file cannot be read."), "%s: %s", path, strerror(errno));
	TRY(read_full(i->fd, head, sizeof head, &n, f));
	if (n != sizeof head || memcmp(head, MAGIC, MAGIC_N) != 0)
		return broken(f, "not a sealed file");
	if (key)
		memcpy(stream, key, KEY_N);
	else {
		crypto_scalarmult_base(pub, secret->bytes);
		if (crypto_box_seal_open(stream, head + MAGIC_N, BOX_N, pub, secret->bytes) != 0)
			return broken(f, "its key does not open");
	}
	int bad = crypto_secretstream_xchacha20poly1305_init_pull(&i->st, head + MAGIC_N + BOX_N, stream);
	sodium_memzero(stream, sizeof stream);
	return bad ? broken(f, "stream header") : OK;
}

static enum err in_start(const char *path, const struct filekey *secret, const unsigned char *key, struct sealed_in **ret, struct fault *f)
{
	safe_init();
	struct sealed_in *i = xalloc(sizeof *i);
	i->fd = -1;
	must(inflateInit(&i->z) == Z_OK);
	enum err e = in_begin(i, path, secret, key, f);
	if (e != OK) {
		sealed_in_close(i);
		return e;
	}
	*ret = i;
	return OK;
}

enum err sealed_in_open(const char *path, const struct filekey *secret, struct sealed_in **ret, struct fault *f) { return in_start(path, secret, NULL, ret, f); }

static enum err next_chunk(struct sealed_in *i, struct fault *f)
{
	size_t got = 0;
	unsigned long long n = 0;
	unsigned char tag = 0;
	if (i->last)
		return broken(f, "the end is missing");
	TRY(read_full(i->fd, i->in + i->ahead, sizeof i->in - i->ahead, &got, f));
	got += i->ahead;
	size_t mine = got > SEALED_CHUNK ? SEALED_CHUNK : got;
	if (mine < crypto_secretstream_xchacha20poly1305_ABYTES ||
	    crypto_secretstream_xchacha20poly1305_pull(&i->st, i->plain, &n, &tag, i->in, mine, NULL, 0) != 0)
		return broken(f, "a chunk");
	i->ahead = got - mine;
	if (i->ahead)
		i->in[0] = i->in[mine];
	i->last = tag == crypto_secretstream_xchacha20poly1305_TAG_FINAL;
	if (i->last != (i->ahead == 0))
		return broken(f, "the end is not where it should be");
	i->z.next_in = i->plain;
	i->z.avail_in = (unsigned)n;
	return OK;
}

enum err sealed_in_get(struct sealed_in *i, void *p, size_t n, size_t *ret_n, struct fault *f)
{
	i->z.next_out = p;
	i->z.avail_out = (unsigned)(n > 1 << 30 ? 1 << 30 : n);
	size_t want = i->z.avail_out;
	while (!i->ended && i->z.avail_out) {
		if (!i->z.avail_in)
			TRY(next_chunk(i, f));
		int rc = inflate(&i->z, Z_NO_FLUSH);
		i->ended = rc == Z_STREAM_END;
		if (rc != Z_OK && rc != Z_STREAM_END && rc != Z_BUF_ERROR)
			return broken(f, "compressed data");
	}
	if (i->ended && !i->last)
		TRY(next_chunk(i, f));
	*ret_n = want - i->z.avail_out;
	return OK;
}

enum err sealed_in_all(const char *path, const struct filekey *secret, struct buf *ret, struct fault *f)
{
	struct sealed_in *i;
	unsigned char part[16384];
	size_t n = 1;
	TRY(sealed_in_open(path, secret, &i, f));
	enum err e = OK;
	while (e == OK && n && !ret->over) {
		e = sealed_in_get(i, part, sizeof part, &n, f);
		if (e == OK)
			buf_put(ret, part, n);
	}
	sealed_in_close(i);
	return e == OK && ret->over ? fail(f, ERR_LIMIT, NULL, "%s is too long", path) : e;
}

/* ---- writing ---- */

struct sealed_out {
	char path[4096], tmp[4100];
	int fd;
	unsigned char key[KEY_N];
	crypto_secretstream_xchacha20poly1305_state st;
	z_stream z;
	crypto_hash_sha256_state put;   /* of what was put */
	size_t n;
	unsigned char plain[CHUNK], out[SEALED_CHUNK];
};

static void out_free(struct sealed_out *o, bool keep)
{
	if (o->fd >= 0)
		close(o->fd);
	if (!keep)
		unlink(o->tmp);
	deflateEnd(&o->z);
	sodium_memzero(o, sizeof *o);
	free(o);
}

void sealed_out_drop(struct sealed_out *o)
{
	if (o)
		out_free(o, false);
}

static enum err write_full(struct sealed_out *o, const unsigned char *p, size_t n, struct fault *f)
{
	while (n) {
		ssize_t w = write(o->fd, p, n);
		if (w < 0 && errno == EINTR)
			continue;
		if (w <= 0)
			return file_error(f, o->tmp);
		p += w;
		n -= (size_t)w;
	}
	return OK;
}

static enum err out_begin(struct sealed_out *o, const struct filekey *pub, struct fault *f)
{
	unsigned char head[MAGIC_N + BOX_N + HEAD_N];
	unlink(o->tmp);   /* of a process that died */
	o->fd = open(o->tmp, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (o->fd < 0)
		return file_error(f, o->tmp);
	crypto_secretstream_xchacha20poly1305_keygen(o->key);
	memcpy(head, MAGIC, MAGIC_N);
	if (crypto_box_seal(head + MAGIC_N, o->key, KEY_N, pub->bytes) != 0)
		return fail(f, ERR_INVALID, N_("This is no public backup key."), NULL);
	crypto_secretstream_xchacha20poly1305_init_push(&o->st, head + MAGIC_N + BOX_N, o->key);
	return write_full(o, head, sizeof head, f);
}

enum err sealed_out_open(const char *path, const struct filekey *pub, struct sealed_out **ret, struct fault *f)
{
	safe_init();
	struct sealed_out *o = xalloc(sizeof *o);
	o->fd = -1;
	/* the fastest level: it halves the file at five times the speed of the default one */
	must(deflateInit(&o->z, Z_BEST_SPEED) == Z_OK);
	crypto_hash_sha256_init(&o->put);
	bool fits = snprintf(o->path, sizeof o->path, "%s", path) < (int)sizeof o->path;
	snprintf(o->tmp, sizeof o->tmp, "%s.new", o->path);
	enum err e = fits ? out_begin(o, pub, f) : fail(f, ERR_LIMIT, NULL, "path too long");
	if (e != OK) {
		out_free(o, false);
		return e;
	}
	*ret = o;
	return OK;
}

static enum err chunk_out(struct sealed_out *o, bool last, struct fault *f)
{
	unsigned long long n = 0;
	crypto_secretstream_xchacha20poly1305_push(&o->st, o->out, &n, o->plain, o->n, NULL, 0, last ? crypto_secretstream_xchacha20poly1305_TAG_FINAL : 0);
	o->n = 0;
	return write_full(o, o->out, (size_t)n, f);
}

static enum err squeeze(struct sealed_out *o, int flush, struct fault *f)
{
	for (;;) {
		o->z.next_out = o->plain + o->n;
		o->z.avail_out = (unsigned)(CHUNK - o->n);
		int rc = deflate(&o->z, flush);
		o->n = CHUNK - o->z.avail_out;
		if (o->n == CHUNK && rc != Z_STREAM_END) {
			TRY(chunk_out(o, false, f));
			continue;
		}
		if (flush == Z_FINISH ? rc == Z_STREAM_END : o->z.avail_in == 0)
			return OK;
	}
}

enum err sealed_out_put(struct sealed_out *o, const void *p, size_t n, struct fault *f)
{
	must(n <= 1u << 30);
	crypto_hash_sha256_update(&o->put, p, n);
	o->z.next_in = (unsigned char *)(uintptr_t)p;
	o->z.avail_in = (unsigned)n;
	return squeeze(o, Z_NO_FLUSH, f);
}

/* The stream's key is known here still: what lies on the disk is read as who restores it will. */
static enum err read_back(struct sealed_out *o, struct fault *f)
{
	struct sealed_in *i;
	unsigned char *part = xalloc(CHUNK), want[32], got[32];
	size_t n = 1;
	crypto_hash_sha256_state h;
	crypto_hash_sha256_init(&h);
	crypto_hash_sha256_final(&o->put, want);
	enum err e = in_start(o->tmp, NULL, o->key, &i, f);
	bool open = e == OK;
	while (e == OK && n) {
		e = sealed_in_get(i, part, CHUNK, &n, f);
		if (e == OK)
			crypto_hash_sha256_update(&h, part, n);
	}
	if (open)
		sealed_in_close(i);
	crypto_hash_sha256_final(&h, got);
	free(part);
	if (e == OK && memcmp(want, got, 32) != 0)
		e = broken(f, "read back it differs");
	return e;
}

enum err sealed_out_end(struct sealed_out *o, unsigned char ret_sha[32], struct fault *f)
{
	enum err e = squeeze(o, Z_FINISH, f);
	if (e == OK)
		e = chunk_out(o, true, f);
	if (e == OK && fsync(o->fd) != 0)
		e = file_error(f, o->tmp);
	if (e == OK)
		e = read_back(o, f);
	if (e == OK && ret_sha)
		e = file_sha256(o->tmp, ret_sha, NULL, f);
	if (e == OK && rename(o->tmp, o->path) != 0)
		e = file_error(f, o->path);
	if (e == OK)
		sync_folder(o->path);
	out_free(o, e == OK);
	return e;
}

enum err file_sha256(const char *path, unsigned char ret[32], int64_t *ret_size, struct fault *f)
{
	crypto_hash_sha256_state h;
	int64_t all = 0;
	size_t n = 1;
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return file_error(f, path);
	unsigned char *part = xalloc(CHUNK);
	enum err e = OK;
	crypto_hash_sha256_init(&h);
	while (e == OK && n) {
		e = read_full(fd, part, CHUNK, &n, f);
		if (e == OK)
			crypto_hash_sha256_update(&h, part, n);
		all += (int64_t)n;
	}
	close(fd);
	free(part);
	if (e != OK)
		return e;
	crypto_hash_sha256_final(&h, ret);
	if (ret_size)
		*ret_size = all;
	return OK;
}
