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

void safe_init(void)
{
	must(sodium_init() >= 0);
}

void hmac_sha256(const unsigned char *key, size_t keyn, struct str data, unsigned char ret[32])
{
	crypto_auth_hmacsha256_state st;
	crypto_auth_hmacsha256_init(&st, key, keyn);
	crypto_auth_hmacsha256_update(&st, (const unsigned char *)data.p, data.n);
	crypto_auth_hmacsha256_final(&st, ret);
	sodium_memzero(&st, sizeof st);
}

void derive(const unsigned char root[KEY_LEN], const char *label, void *ret, size_t n)
{
	unsigned char block[32], counter = 1;
	must(n <= sizeof block);
	crypto_auth_hmacsha256_state st;
	crypto_auth_hmacsha256_init(&st, root, KEY_LEN);
	crypto_auth_hmacsha256_update(&st, (const unsigned char *)label, strlen(label));
	crypto_auth_hmacsha256_update(&st, &counter, 1);
	crypto_auth_hmacsha256_final(&st, block);
	memcpy(ret, block, n);
	sodium_memzero(block, sizeof block);
	sodium_memzero(&st, sizeof st);
}

static void epoch_add(struct keyring *k, const unsigned char root[KEY_LEN])
{
	must(k->nepochs < KEYRING_EPOCHS);
	struct epoch *e = &k->epochs[k->nepochs++];
	e->number = (uint16_t)k->nepochs;
	memcpy(e->root, root, KEY_LEN);
	derive(root, "seal/xchacha20-poly1305/1", e->xchacha, sizeof e->xchacha);
	derive(root, "seal/aes-256-gcm/1", e->aes, sizeof e->aes);
	derive(root, "seal/sm4-ctr/1", e->sm4, sizeof e->sm4);
	derive(root, "seal/hmac-sm3/1", e->sm4_mac, sizeof e->sm4_mac);
	if (k->nepochs > 1)
		return;
	unsigned char seed[32];
	derive(root, "blind/1", k->blind, sizeof k->blind);
	derive(root, "search/1", k->search, sizeof k->search);
	derive(root, "head/ed25519/1", seed, sizeof seed);
	crypto_sign_seed_keypair(k->sign_public, k->sign_secret, seed);
	sodium_memzero(seed, sizeof seed);
}

const struct epoch *keyring_find(const struct keyring *k, uint16_t number)
{
	return number >= 1 && number <= k->nepochs ? &k->epochs[number - 1] : NULL;
}

int keyring_epoch(const struct keyring *k) { return k->nepochs; }

static struct keyring *keyring_new(void)
{
	struct keyring *k = sodium_malloc(sizeof *k);
	must(k != NULL);
	memset(k, 0, sizeof *k);
	atomic_init(&k->suite, SUITE_XCHACHA);
	return k;
}

void keyring_free(struct keyring *k)
{
	if (k)
		sodium_free(k);   /* wipes */
}

struct keyring *keyring_for_test(uint32_t seed)
{
	safe_init();
	struct keyring *k = keyring_new();
	unsigned char root[KEY_LEN];
	char text[48];
	int n = snprintf(text, sizeof text, "xiaoan test key %u", seed);
	sha256((struct str){ text, (size_t)n }, root);
	epoch_add(k, root);
	return k;
}

void keyring_set_suite(struct keyring *k, enum suite s)
{
	must(s >= SUITE_XCHACHA && s <= SUITE_SM4);
	atomic_store(&k->suite, (int)s);
}

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
			if (!str_int((struct str){ line.p + 4, line.n - 4 }, &n) || n != k->nepochs || n < 1 || text.n)
				e = damaged(f, path, "wrong end line");
			ended = true;
		} else if (k->nepochs == KEYRING_EPOCHS || !parse_epoch(line, k->nepochs + 1, root)) {
			e = damaged(f, path, "wrong epoch line");
		} else {
			epoch_add(k, root);
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

/* The folder must be on the disk too, or a power cut loses the new name (and with it every seal made since). */
static void sync_folder(const char *path)
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

/* Writes the file beside and puts it in place whole. replace false: never over an existing one (another process may have
 * made it this instant): then ERR_DUPLICATE. */
static enum err write_file(const char *path, const struct keyring *k, const unsigned char *extra, bool replace, struct fault *f)
{
	char tmp[4096];
	if (snprintf(tmp, sizeof tmp, "%s.%d.new", path, (int)getpid()) >= (int)sizeof tmp)
		return fail(f, ERR_LIMIT, N_("The key file cannot be written."), "path too long");
	struct buf b = BUF(KEY_FILE_MAX);
	int n = 0;
	buf_cstr(&b, KEY_MAGIC);
	for (; n < k->nepochs; n++)
		put_epoch(&b, n + 1, k->epochs[n].root);
	if (extra)
		put_epoch(&b, ++n, extra);
	buf_printf(&b, "end %d\n", n);
	enum err e = OK;
	int fd = open(tmp, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0 || !write_all(fd, buf_view(&b)) || fsync(fd) != 0)
		e = fail(f, errno == ENOSPC ? ERR_FULL : ERR_IO, N_("The key file cannot be written."), "%s: %s", tmp, strerror(errno));
	if (fd >= 0)
		close(fd);
	if (e == OK && (replace ? rename(tmp, path) : link(tmp, path)) != 0)
		e = fail(f, errno == EEXIST ? ERR_DUPLICATE : ERR_IO, N_("The key file cannot be written."), "%s: %s", path, strerror(errno));
	if (fd >= 0 && !(replace && e == OK))
		unlink(tmp);
	if (e == OK)
		sync_folder(path);
	if (b.p)
		sodium_memzero(b.p, b.cap);
	buf_free(&b);
	return e;
}

static enum err read_file(const char *path, struct keyring *k, bool *ret_absent, struct fault *f)
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
		e = n > KEY_FILE_MAX ? damaged(f, path, "too long") : parse_file((struct str){ text, n }, path, k, f);
	sodium_memzero(text, sizeof text);
	return e;
}

enum err keyring_open(const char *path, bool create, struct keyring **ret, struct fault *f)
{
	safe_init();
	struct keyring *k = keyring_new();
	bool absent;
	enum err e = read_file(path, k, &absent, f);
	if (e != OK && absent && create) {
		unsigned char root[KEY_LEN];
		random_bytes(root, sizeof root);
		if (f)
			fault_clear(f);
		e = write_file(path, k, root, false, f);
		sodium_memzero(root, sizeof root);
		if (e == OK || e == ERR_DUPLICATE)
			e = read_file(path, k, &absent, f);
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

enum err keyring_rotate(const char *path, struct fault *f)
{
	struct keyring *k;
	TRY(keyring_open(path, false, &k, f));
	unsigned char root[KEY_LEN];
	random_bytes(root, sizeof root);
	enum err e = k->nepochs == KEYRING_EPOCHS
			     ? fail(f, ERR_LIMIT, N_("The key file holds as many keys as it can."), "%d epochs", k->nepochs)
			     : write_file(path, k, root, true, f);
	sodium_memzero(root, sizeof root);
	keyring_free(k);
	return e;
}

/* ---- what else hangs on the keyring ---------------------------------------------------------------------------- */

void blind_index(struct keyring *k, const char *what, struct str v, unsigned char ret[16])
{
	unsigned char key[32], h[32];
	hmac_sha256(k->blind, sizeof k->blind, str_of(what), key);
	hmac_sha256(key, sizeof key, v, h);
	memcpy(ret, h, 16);
	sodium_memzero(key, sizeof key);
}

uint64_t siphash(const unsigned char key[16], struct str s)
{
	unsigned char h[8];
	uint64_t v = 0;
	crypto_shorthash_siphash24(h, (const unsigned char *)(s.p ? s.p : ""), s.n, key);
	for (int i = 7; i >= 0; i--)
		v = v << 8 | h[i];
	return v;
}

uint64_t token_blind(struct keyring *k, struct str token) { return siphash(k->search, token); }

static struct str head_text(char out[160], uint64_t size, const unsigned char root[32], int64_t ms)
{
	char hex[65];
	sodium_bin2hex(hex, sizeof hex, root, 32);
	int n = snprintf(out, 160, "xiaoan-head\n%llu\n%s\n%lld\n", (unsigned long long)size, hex, (long long)ms);
	return (struct str){ out, (size_t)n };
}

void head_sign(struct keyring *k, uint64_t size, const unsigned char root[32], int64_t ms, unsigned char ret_sig[64])
{
	char text[160];
	struct str s = head_text(text, size, root, ms);
	crypto_sign_detached(ret_sig, NULL, (const unsigned char *)s.p, s.n, k->sign_secret);
}

bool head_check(const unsigned char pub[32], uint64_t size, const unsigned char root[32], int64_t ms, const unsigned char sig[64])
{
	char text[160];
	struct str s = head_text(text, size, root, ms);
	return crypto_sign_verify_detached(sig, (const unsigned char *)s.p, s.n, pub) == 0;
}

void head_public_key(struct keyring *k, unsigned char ret[32]) { memcpy(ret, k->sign_public, 32); }
