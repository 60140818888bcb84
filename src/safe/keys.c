/*
 * Why: the database alone must be worthless to who steals it (S20–S24): all keys come from root keys in a file of its own.
 *
 * The file is text, so that it can be printed and kept in a sealed envelope:
 *
 *     xiaoan-key 1
 *     1 <64 hex digits> <8 hex digits of its SHA-256>
 *     …one line an epoch…
 *     end <number of epochs>
 *
 * or, under a passphrase, the same text sealed:
 *
 *     xiaoan-key 2
 *     <32 hex digits of salt> <hex>
 *     end
 *
 * Invariants: numbers rise from 1; a file that lost a byte or a line is refused, never used in part, because sealing
 * under a wrong key would lose what is sealed.
 */
#include "safe/inner.h"
#include "base/clock.h"
#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define KEY_FILE_MAX 8192
#define KEY_MAGIC "xiaoan-key 1\n"
#define LOCKED_MAGIC "xiaoan-key 2\n"     /* the same under a passphrase: salt, blank, sealed text, both in hex; "end" */
#define SALT 16

/* ---- the file ------------------------------------------------------------------------------------------------ */

static enum err damaged(struct fault *f, const char *path, const char *why)
{
	return fail(f, ERR_IO, N_("The key file is damaged or cut short. Put back the copy kept in the sealed envelope; without it nothing sealed can be read."),
		    "%s: %s", path, why);
}

/* Reads one epoch line: number, key, check. */
static bool parse_epoch(struct str line, int want, unsigned char ret[KEY_LEN])
{
	struct str rest, number = str_cut(line, ' ', &rest), key = str_cut(rest, ' ', &rest);
	unsigned char sum[32], check[4];
	int64_t v;
	if (!str_int(number, &v) || v != want || !hex_get(key, ret, KEY_LEN) || !hex_get(rest, check, sizeof check))
		return false;
	sha256((struct str){ (const char *)ret, KEY_LEN }, sum);
	return memcmp(sum, check, sizeof check) == 0;
}

static enum err parse_file(struct str text, const char *path, struct keyring *k, struct fault *f)
{
	if (!str_starts(text, KEY_MAGIC))
		return damaged(f, path, "not a key file of format 1");
	if (!str_ends(text, "\n"))
		return damaged(f, path, "last line is cut");
	text = (struct str){ text.p + strlen(KEY_MAGIC), text.n - strlen(KEY_MAGIC) };
	unsigned char root[KEY_LEN];
	enum err e = OK;
	bool ended = false;
	while (e == OK && text.p && text.n) {
		struct str line = str_cut(text, '\n', &text);
		if (str_starts(line, "end ")) {
			int64_t n;
			if (!str_int((struct str){ line.p + 4, line.n - 4 }, &n) || n != k->nroots || n < 1 || text.n)
				e = damaged(f, path, "wrong end line");
			ended = true;
		} else if (k->nroots == KEYRING_EPOCHS || !parse_epoch(line, k->nroots + 1, root)) {
			e = damaged(f, path, "wrong epoch line");
		} else {
			ring_root(k, root);
		}
	}
	sodium_memzero(root, sizeof root);
	return e != OK ? e : ended ? OK : damaged(f, path, "end line is missing");
}

static void put_epoch(struct buf *b, int number, const unsigned char root[KEY_LEN])
{
	unsigned char sum[32];
	sha256((struct str){ (const char *)root, KEY_LEN }, sum);
	buf_printf(b, "%d ", number);
	hex_put(b, root, KEY_LEN);
	buf_char(b, ' ');
	hex_put(b, sum, 4);
	buf_char(b, '\n');
}

static bool write_all(int fd, struct str s)
{
	while (s.n) {
		ssize_t w = write(fd, s.p, s.n);
		if (w < 0 && errno == EINTR)
			continue;
		if (w <= 0)
			return false;
		s = (struct str){ s.p + w, s.n - (size_t)w };
	}
	return true;
}

void sync_folder(const char *path)
{
	char dir[4096];
	const char *slash = strrchr(path, '/');
	snprintf(dir, sizeof dir, "%.*s", slash ? (int)(slash - path + 1) : 1, slash ? path : ".");
	int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd >= 0) {
		(void)fsync(fd);
		close(fd);
	}
}

/* The file's text: k's roots and, when extra is not NULL, one more. The caller wipes. */
static void put_text(struct buf *b, const struct keyring *k, const unsigned char *extra)
{
	int n = 0;
	buf_cstr(b, KEY_MAGIC);
	for (; n < k->nroots; n++)
		put_epoch(b, n + 1, k->roots[n].key);
	if (extra)
		put_epoch(b, ++n, extra);
	buf_printf(b, "end %d\n", n);
}

static void buf_wipe(struct buf *b)
{
	if (b->p)
		sodium_memzero(b->p, b->cap);
	buf_free(b);
}

/* Writes the file beside and puts it in place whole. replace false: never over an existing one (another process may have
 * made it this instant): then ERR_DUPLICATE. */
static enum err write_file(const char *path, struct str text, bool replace, struct fault *f)
{
	char tmp[4096];
	if (snprintf(tmp, sizeof tmp, "%s.%d.new", path, (int)getpid()) >= (int)sizeof tmp)
		return fail(f, ERR_LIMIT, N_("The key file cannot be written."), "path too long");
	enum err e = OK;
	int fd = open(tmp, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0 || !write_all(fd, text) || fsync(fd) != 0)
		e = fail(f, errno == ENOSPC ? ERR_FULL : ERR_IO, N_("The key file cannot be written."), "%s: %s", tmp, strerror(errno));
	if (fd >= 0)
		close(fd);
	if (e == OK && (replace ? rename(tmp, path) : link(tmp, path)) != 0)
		e = fail(f, errno == EEXIST ? ERR_DUPLICATE : ERR_IO, N_("The key file cannot be written."), "%s: %s", path, strerror(errno));
	if (fd >= 0 && !(replace && e == OK))
		unlink(tmp);
	if (e == OK)
		sync_folder(path);
	return e;
}

static enum err write_roots(const char *path, const struct keyring *k, const unsigned char *extra, bool replace, struct fault *f)
{
	struct buf b = BUF(KEY_FILE_MAX);
	put_text(&b, k, extra);
	enum err e = write_file(path, buf_view(&b), replace, f);
	buf_wipe(&b);
	return e;
}

/* ---- under a passphrase ---- */

/* Argon2id, 256 MiB, 3 passes: once a start, so it may be dear. */
static enum err lock_set(struct str passphrase, const unsigned char salt[SALT], struct set *ret, struct fault *f)
{
	unsigned char key[KEY_LEN];
	if (crypto_pwhash(key, sizeof key, passphrase.p, passphrase.n, salt, 3, (size_t)256 << 20, crypto_pwhash_ALG_ARGON2ID13) != 0)
		return fail(f, ERR_BUSY, N_("There is not enough memory for the passphrase (256 MiB)."), NULL);
	set_make(ret, key);
	sodium_memzero(key, sizeof key);
	return OK;
}

static const unsigned char lock_head[4] = { 1, SUITE_XCHACHA, 0, 0 };

static enum err parse_locked(struct str text, const char *path, struct str passphrase, struct keyring *k, struct fault *f)
{
	struct str rest, line = str_cut((struct str){ text.p + strlen(LOCKED_MAGIC), text.n - strlen(LOCKED_MAGIC) }, '\n', &rest), hex;
	struct str salt_hex = str_cut(line, ' ', &hex);
	unsigned char salt[SALT], sealed[KEY_FILE_MAX / 2];
	if (!str_is(rest, "end\n") || hex.n % 2 || hex.n / 2 > sizeof sealed || !hex_get(salt_hex, salt, SALT) || !hex_get(hex, sealed, hex.n / 2))
		return damaged(f, path, "not a key file of format 2");
	if (!passphrase.n)
		return fail(f, ERR_AUTH, N_("The root key is under a passphrase. Please give it: --passphrase-fd N."), "%s", path);
	struct set s;
	TRY(lock_set(passphrase, salt, &s, f));
	ARENA a = arena_new((size_t)1 << 20);
	struct str out = STR_NONE;
	bool ok = envelope_open(&s, a, PLACE("key", "file", 0), sizeof lock_head, (struct str){ (char *)sealed, hex.n / 2 }, &out);
	sodium_memzero(&s, sizeof s);
	enum err e = ok ? parse_file(out, path, k, f) : fail(f, ERR_AUTH, N_("The passphrase is wrong, or the key file is damaged."), "%s", path);
	if (ok)
		sodium_memzero((void *)(uintptr_t)out.p, out.n);
	return e;
}

enum err keyring_lock(struct keyring *k, const char *path, struct str passphrase, struct fault *f)
{
	if (!passphrase.n)
		return write_roots(path, k, NULL, true, f);
	unsigned char salt[SALT];
	struct set s;
	random_bytes(salt, sizeof salt);
	TRY(lock_set(passphrase, salt, &s, f));
	ARENA a = arena_new((size_t)1 << 20);
	struct buf text = BUF(KEY_FILE_MAX);
	BUF_AUTO out = BUF(KEY_FILE_MAX);
	put_text(&text, k, NULL);
	struct str sealed = envelope(&s, a, PLACE("key", "file", 0), lock_head, sizeof lock_head, buf_view(&text));
	sodium_memzero(&s, sizeof s);
	buf_wipe(&text);
	buf_cstr(&out, LOCKED_MAGIC);
	hex_put(&out, salt, sizeof salt);
	buf_char(&out, ' ');
	hex_put(&out, sealed.p, sealed.n);
	buf_cstr(&out, "\nend\n");
	return out.over ? fail(f, ERR_LIMIT, N_("The key file holds as many keys as it can."), NULL) : write_file(path, buf_view(&out), true, f);
}

/* ---- reading ---- */

static enum err read_file(const char *path, struct str passphrase, struct keyring *k, bool *ret_absent, struct fault *f)
{
	*ret_absent = false;
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0) {
		*ret_absent = errno == ENOENT;
		return fail(f, ERR_IO, N_("The key file cannot be read."), "%s: %s", path, strerror(errno));
	}
	struct stat st;
	char text[KEY_FILE_MAX + 1];
	size_t n = 0;
	enum err e = OK;
	if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode))
		e = fail(f, ERR_IO, N_("The key file cannot be read."), "%s: not a file", path);
	else if (st.st_mode & 077)
		e = fail(f, ERR_IO, N_("The key file is open to other users of this machine. Set its mode to 0600, and find out who could read it."),
			 "%s: mode %04o", path, (unsigned)(st.st_mode & 07777));
	else if (st.st_uid != geteuid() && st.st_uid != 0)
		e = fail(f, ERR_IO, N_("The key file belongs to another user of this machine."), "%s: owner %u", path, (unsigned)st.st_uid);
	for (ssize_t r = 1; e == OK && r > 0 && n < sizeof text; n += (size_t)r)
		if ((r = read(fd, text + n, sizeof text - n)) < 0)
			e = fail(f, ERR_IO, N_("The key file cannot be read."), "%s: %s", path, strerror(errno)), r = 0;
	close(fd);
	if (e == OK)
		e = n > KEY_FILE_MAX ? damaged(f, path, "too long")
		    : str_starts((struct str){ text, n }, LOCKED_MAGIC) ? parse_locked((struct str){ text, n }, path, passphrase, k, f)
									 : parse_file((struct str){ text, n }, path, k, f);
	sodium_memzero(text, sizeof text);
	return e;
}

enum err keyring_unlock(const struct unlock *u, struct keyring **ret, struct fault *f)
{
	struct keyring *k = ring_new();
	bool absent;
	enum err e = read_file(u->path, u->passphrase, k, &absent, f);
	if (e != OK && absent && u->create) {
		struct keyring *made = ring_new();
		unsigned char root[KEY_LEN];
		random_bytes(root, sizeof root);
		if (f)
			fault_clear(f);
		e = write_roots(u->path, made, root, false, f);
		sodium_memzero(root, sizeof root);
		keyring_free(made);
		if (e == OK || e == ERR_DUPLICATE)
			e = read_file(u->path, u->passphrase, k, &absent, f);
	}
	if (e != OK) {
		keyring_free(k);
		return e;
	}
	if (f)
		fault_clear(f);
	*ret = k;
	return OK;
}

enum err keyring_open(const char *path, bool create, struct keyring **ret, struct fault *f)
{
	return keyring_unlock(&(struct unlock){ .path = path, .create = create }, ret, f);
}

enum err keyring_rotate(const char *path, struct fault *f)
{
	struct keyring *k;
	TRY(keyring_open(path, false, &k, f));
	unsigned char root[KEY_LEN];
	random_bytes(root, sizeof root);
	enum err e = k->nroots == KEYRING_EPOCHS
			     ? fail(f, ERR_LIMIT, N_("The key file holds as many keys as it can."), "%d epochs", k->nroots)
			     : write_roots(path, k, root, true, f);
	sodium_memzero(root, sizeof root);
	keyring_free(k);
	return e;
}

/* ---- two of three sheets of paper: Shamir over GF(256) with the polynomial of AES ------------------------------- */

/* Without tables and branches on what is secret. */
static unsigned char gf_mul(unsigned char a, unsigned char b)
{
	unsigned char r = 0;
	for (int i = 0; i < 8; i++) {
		r ^= (unsigned char)(a & -(b & 1));
		a = (unsigned char)(a << 1 ^ (0x1b & -(a >> 7)));
		b >>= 1;
	}
	return r;
}

static unsigned char gf_inverse(unsigned char a)   /* a^254 */
{
	unsigned char r = 1;
	for (int i = 0; i < 7; i++) {
		a = gf_mul(a, a);
		r = gf_mul(r, a);
	}
	return r;
}

/* "XA1 SHEET NAME HEX… CHECK", in groups of four. */
static struct str sheet_text(struct arena *a, int sheet, const char *name, const unsigned char *share, size_t n)
{
	BUF_AUTO raw = BUF(8192), b = BUF(8192);
	unsigned char sum[32];
	buf_printf(&raw, "%d%s", sheet, name);
	hex_put(&raw, share, n);
	sha256(buf_view(&raw), sum);
	hex_put(&raw, sum, 4);
	buf_printf(&b, "XA1-%c", raw.p[0]);
	for (size_t i = 1; i < raw.n; i++) {
		if (i % 4 == 1)
			buf_char(&b, '-');
		buf_char(&b, raw.p[i] >= 'a' ? (char)(raw.p[i] - 32) : raw.p[i]);
	}
	sodium_memzero(raw.p, raw.cap);
	return arena_str(a, buf_view(&b));
}

enum err keyring_sheets(struct keyring *k, struct arena *a, struct str ret[SHEETS], struct fault *f)
{
	unsigned char share[SHEETS][KEY_LEN * KEYRING_EPOCHS];
	size_t n = 0;
	char name[9];
	if (k->nroots > 8)
		return fail(f, ERR_LIMIT, N_("The key file holds as many keys as it can."), "%d roots on paper", k->nroots);
	for (int r = 0; r < k->nroots; r++)
		for (int i = 0; i < KEY_LEN; i++, n++) {
			unsigned char slope;
			random_bytes(&slope, 1);
			for (int s = 0; s < SHEETS; s++)
				share[s][n] = k->roots[r].key[i] ^ gf_mul(slope, (unsigned char)(s + 1));
		}
	keyring_name(k, name);
	for (int s = 0; s < SHEETS; s++)
		ret[s] = sheet_text(a, s + 1, name, share[s], n);
	sodium_memzero(share, sizeof share);
	return OK;
}

struct sheet { int number; char name[9]; unsigned char share[KEY_LEN * KEYRING_EPOCHS]; size_t n; };

static enum err sheet_read(struct str text, struct sheet *ret, struct fault *f)
{
	char raw[4096];
	size_t n = 0;
	unsigned char sum[32], check[4];
	for (size_t i = 0; i < text.n && n < sizeof raw; i++) {
		char c = text.p[i];
		if (c != '-' && c != ' ' && c != '\n' && c != '\r' && c != '\t')
			raw[n++] = c >= 'A' && c <= 'F' ? (char)(c + 32) : c;
	}
	/* "Xa1", the sheet, eight of name, the share, eight of check */
	size_t hex = n < 20 ? 0 : n - 20;
	bool ok = n < sizeof raw && hex && hex % (2 * KEY_LEN) == 0 && hex / 2 <= sizeof ret->share && memcmp(raw, "Xa1", 3) == 0 && raw[3] >= '1' && raw[3] <= '3';
	ok = ok && hex_get((struct str){ raw + n - 8, 8 }, check, 4) && hex_get((struct str){ raw + 12, hex }, ret->share, hex / 2);
	if (ok) {
		sha256((struct str){ raw + 3, n - 11 }, sum);
		ok = memcmp(sum, check, 4) == 0;
	}
	if (!ok)
		return fail(f, ERR_INVALID, N_("This sheet is mistyped: its check does not fit. Please compare it group by group."), NULL);
	ret->number = raw[3] - '0';
	memcpy(ret->name, raw + 4, 8);
	ret->name[8] = 0;
	ret->n = hex / 2;
	sodium_memzero(raw, sizeof raw);
	return OK;
}

enum err keyring_restore(const char *path, struct str one, struct str two, struct fault *f)
{
	struct sheet s[2];
	TRY(sheet_read(one, &s[0], f));
	TRY(sheet_read(two, &s[1], f));
	if (s[0].number == s[1].number)
		return fail(f, ERR_INVALID, N_("This is the same sheet twice. Two different ones are needed."), NULL);
	if (strcmp(s[0].name, s[1].name) != 0 || s[0].n != s[1].n)
		return fail(f, ERR_INVALID, N_("These two sheets belong to different keys."), "%s and %s", s[0].name, s[1].name);
	struct keyring *k = ring_new();
	unsigned char root[KEY_LEN], x1 = (unsigned char)s[0].number, x2 = (unsigned char)s[1].number, inverse = gf_inverse(x1 ^ x2);
	for (size_t at = 0; at < s[0].n; at += KEY_LEN) {
		for (size_t i = 0; i < KEY_LEN; i++)
			root[i] = gf_mul(gf_mul(s[0].share[at + i], x2) ^ gf_mul(s[1].share[at + i], x1), inverse);
		ring_root(k, root);
	}
	char name[9];
	keyring_name(k, name);
	enum err e = strcmp(name, s[0].name) == 0 ? write_roots(path, k, NULL, false, f)
						   : fail(f, ERR_INVALID, N_("These two sheets belong to different keys."), "the key's name does not come out");
	if (e == ERR_DUPLICATE)
		e = fail(f, ERR_DUPLICATE, N_("There is a key file already. Move it away first; it is not overwritten."), "%s", path);
	sodium_memzero(root, sizeof root);
	sodium_memzero(s, sizeof s);
	keyring_free(k);
	return e;
}
