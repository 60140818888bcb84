/*
 * Why: names, phones and narratives are encrypted before they reach SQL (S20, S21).
 *
 * Envelope: head | nonce | ciphertext | tag, numbers big end first.  Head: 1 | suite | root (2 bytes), how 0.1 sealed; 2 | suite |
 * epoch (2) | class; 3 | suite | epoch (2) | data key (8).  The head and the place are authenticated with it, so a value cannot be
 * moved to another row or column, nor its suite, epoch or key be rewritten.
 * Suites: 1 XChaCha20-Poly1305, nonce 24, tag 16 · 2 AES-256-GCM, nonce 12, tag 16 · 3 SM4-CTR then HMAC-SM3 cut to 16,
 * nonce 16 (the OpenSSL of Debian 12 has no SM4-GCM); two keys, and the MAC covers lengths, place, head, nonce, text.
 * Nonces are random: the AES key must be rotated before 2^32 seals; XChaCha and SM4-CTR have room for ever.
 * One allocation: the result.
 */
#include "safe/inner.h"
#include "base/clock.h"
#include "safe/ossl.h"
#include <sodium.h>

#define AAD_MAX 168

size_t nonce_len(int suite) { return suite == SUITE_XCHACHA ? 24 : suite == SUITE_AES_GCM ? 12 : suite == SUITE_SM4 ? 16 : 0; }
static size_t head_len(struct str s) { return !s.n ? 0 : s.p[0] == 1 ? 4 : s.p[0] == 2 ? 5 : s.p[0] == 3 ? 12 : 0; }

size_t seal_overhead(void) { return SEAL_HEAD_MAX + 24 + TAG; }

/* table | 0 | column | 0 | row (8 bytes) | head. Names hold no NUL, so no two places give the same bytes. */
static size_t aad_make(unsigned char out[AAD_MAX], struct place at, const unsigned char *head, size_t headn)
{
	size_t t = strlen(at.table), c = strlen(at.column), n = 0;
	must(t + c + 2 + 8 + headn <= AAD_MAX);
	memcpy(out, at.table, t + 1);
	n = t + 1;
	memcpy(out + n, at.column, c + 1);
	n += c + 1;
	for (int i = 0; i < 8; i++)
		out[n++] = (unsigned char)((uint64_t)at.row >> (56 - 8 * i));
	memcpy(out + n, head, headn);
	return n + headn;
}

/* Looked up once: OpenSSL 3 otherwise looks for the algorithm at each call. For the life of the process. */
static struct { EVP_CIPHER *aes, *sm4; EVP_MD *sm3; } ossl;
static pthread_once_t ossl_once = PTHREAD_ONCE_INIT;

static void ossl_fetch(void)
{
	ossl.aes = EVP_CIPHER_fetch(NULL, "AES-256-GCM", NULL);
	ossl.sm4 = EVP_CIPHER_fetch(NULL, "SM4-CTR", NULL);
	ossl.sm3 = EVP_MD_fetch(NULL, "SM3", NULL);
	must(ossl.aes && ossl.sm4 && ossl.sm3);
}

static void ossl_ready(void) { must(pthread_once(&ossl_once, ossl_fetch) == 0); }

static bool aes_gcm(const unsigned char key[32], bool enc, const unsigned char *nonce, const unsigned char *aad, size_t aadn,
		    const unsigned char *in, size_t n, unsigned char *out, unsigned char *tag)
{
	ossl_ready();
	EVP_CIPHER_CTX *x = EVP_CIPHER_CTX_new();
	int len;
	bool ok = x && EVP_CipherInit_ex(x, ossl.aes, NULL, key, nonce, enc) == 1 &&
		  EVP_CipherUpdate(x, NULL, &len, aad, (int)aadn) == 1 && (n == 0 || EVP_CipherUpdate(x, out, &len, in, (int)n) == 1);
	unsigned char end[16];
	if (ok && !enc)
		ok = EVP_CIPHER_CTX_ctrl(x, EVP_CTRL_GCM_SET_TAG, TAG, tag) == 1;
	ok = ok && EVP_CipherFinal_ex(x, end, &len) == 1;
	if (ok && enc)
		ok = EVP_CIPHER_CTX_ctrl(x, EVP_CTRL_GCM_GET_TAG, TAG, tag) == 1;
	EVP_CIPHER_CTX_free(x);
	return ok;
}

static bool sm4_ctr(const unsigned char key[16], const unsigned char *nonce, const unsigned char *in, size_t n, unsigned char *out)
{
	ossl_ready();
	EVP_CIPHER_CTX *x = EVP_CIPHER_CTX_new();
	int len;
	bool ok = x && EVP_EncryptInit_ex(x, ossl.sm4, NULL, key, nonce) == 1 && (n == 0 || EVP_EncryptUpdate(x, out, &len, in, (int)n) == 1);
	EVP_CIPHER_CTX_free(x);
	return ok;
}

/* RFC 2104 by hand: OpenSSL's own way makes a key object each time, ten times dearer than the digest. */
static bool sm3_over(EVP_MD_CTX *x, const unsigned char pad[64], const struct str *parts, size_t nparts, unsigned char ret[32])
{
	unsigned n = 0;
	bool ok = EVP_DigestInit_ex(x, ossl.sm3, NULL) == 1 && EVP_DigestUpdate(x, pad, 64) == 1;
	for (size_t i = 0; ok && i < nparts; i++)
		ok = EVP_DigestUpdate(x, parts[i].p, parts[i].n) == 1;
	return ok && EVP_DigestFinal_ex(x, ret, &n) == 1 && n == 32;
}

bool hmac_sm3(const unsigned char key[32], const struct str *parts, size_t nparts, unsigned char ret[32])
{
	unsigned char in[64], out[64], h[32];
	ossl_ready();
	memset(in, 0x36, sizeof in);
	memset(out, 0x5c, sizeof out);
	for (int i = 0; i < 32; i++) {
		in[i] ^= key[i];
		out[i] ^= key[i];
	}
	EVP_MD_CTX *x = EVP_MD_CTX_new();
	const struct str inner = { (char *)h, sizeof h };
	bool ok = x && sm3_over(x, in, parts, nparts, h) && sm3_over(x, out, &inner, 1, ret);
	EVP_MD_CTX_free(x);
	sodium_memzero(in, sizeof in);
	sodium_memzero(out, sizeof out);
	return ok;
}

void sm3(struct str data, unsigned char ret[32])
{
	unsigned n = 0;
	ossl_ready();
	EVP_MD_CTX *x = EVP_MD_CTX_new();
	bool ok = x && EVP_DigestInit_ex(x, ossl.sm3, NULL) == 1 && EVP_DigestUpdate(x, data.p, data.n) == 1 && EVP_DigestFinal_ex(x, ret, &n) == 1 && n == 32;
	EVP_MD_CTX_free(x);
	must(ok);
}

/* HMAC-SM3(len(aad) as 8 bytes | aad | nonce | ciphertext), cut to 16. */
static bool sm3_tag(const unsigned char key[32], const unsigned char *aad, size_t aadn, const unsigned char *nonce, const unsigned char *text, size_t n,
		    unsigned char ret[TAG])
{
	unsigned char h[32], length[8] = { 0, 0, 0, 0, 0, 0, (unsigned char)(aadn >> 8), (unsigned char)aadn };
	const struct str parts[] = { { (char *)length, 8 }, { (const char *)aad, aadn }, { (const char *)nonce, 16 }, { (const char *)text, n } };
	if (!hmac_sm3(key, parts, 4, h))
		return false;
	memcpy(ret, h, TAG);
	return true;
}

bool suite_seal(int suite, const struct set *s, const unsigned char *nonce, const unsigned char *aad, size_t aadn, const unsigned char *in, size_t n,
		unsigned char *out, unsigned char tag[TAG])
{
	switch (suite) {
	case SUITE_XCHACHA:
		return crypto_aead_xchacha20poly1305_ietf_encrypt_detached(out, tag, NULL, in, n, aad, aadn, NULL, nonce, s->xchacha) == 0;
	case SUITE_AES_GCM:
		return aes_gcm(s->aes, true, nonce, aad, aadn, in, n, out, tag);
	default:
		return sm4_ctr(s->sm4, nonce, in, n, out) && sm3_tag(s->sm4_mac, aad, aadn, nonce, out, n, tag);
	}
}

bool suite_open(int suite, const struct set *s, const unsigned char *nonce, const unsigned char *aad, size_t aadn, const unsigned char *in, size_t n,
		const unsigned char tag[TAG], unsigned char *out)
{
	unsigned char want[TAG];
	switch (suite) {
	case SUITE_XCHACHA:
		return crypto_aead_xchacha20poly1305_ietf_decrypt_detached(out, NULL, in, n, tag, aad, aadn, nonce, s->xchacha) == 0;
	case SUITE_AES_GCM:
		memcpy(want, tag, TAG);
		return aes_gcm(s->aes, false, nonce, aad, aadn, in, n, out, want);
	default:
		return sm3_tag(s->sm4_mac, aad, aadn, nonce, in, n, want) && sodium_memcmp(want, tag, TAG) == 0 && sm4_ctr(s->sm4, nonce, in, n, out);
	}
}

struct str envelope(const struct set *s, struct arena *a, struct place at, const unsigned char *head, size_t headn, struct str plain)
{
	must(plain.n < (size_t)1 << 30);
	int suite = head[1];
	size_t nn = nonce_len(suite), n = headn + nn + plain.n + TAG;
	unsigned char *out = arena_alloc(a, n), aad[AAD_MAX];
	unsigned char *nonce = out + headn, *text = nonce + nn, *tag = text + plain.n;
	const unsigned char *in = (const unsigned char *)plain.p;
	memcpy(out, head, headn);
	random_bytes(nonce, nn);
	size_t aadn = aad_make(aad, at, head, headn);
	bool ok = suite_seal(suite, s, nonce, aad, aadn, in, plain.n, text, tag);
	must(ok);   /* nothing may ever be stored unsealed */
	return (struct str){ (const char *)out, n };
}

bool envelope_open(const struct set *s, struct arena *a, struct place at, size_t headn, struct str sealed, struct str *ret)
{
	const unsigned char *in = (const unsigned char *)sealed.p;
	size_t nn = nonce_len(in[1]);
	if (!nn || sealed.n < headn + nn + TAG)
		return false;
	const unsigned char *nonce = in + headn, *text = nonce + nn;
	size_t n = sealed.n - headn - nn - TAG;
	unsigned char *out = arena_alloc(a, n + 1), aad[AAD_MAX];
	size_t aadn = aad_make(aad, at, in, headn);
	bool ok = suite_open(in[1], s, nonce, aad, aadn, text, n, text + n, out);
	if (!ok) {
		sodium_memzero(out, n);   /* GCM writes before it knows */
		return false;
	}
	out[n] = 0;
	*ret = (struct str){ (const char *)out, n };
	return true;
}

/* ---- under the keyring's keys ---- */

static void put16(unsigned char *p, int v) { p[0] = (unsigned char)(v >> 8), p[1] = (unsigned char)v; }

static int64_t get64(const unsigned char *p)
{
	uint64_t v = 0;
	for (int i = 0; i < 8; i++)
		v = v << 8 | p[i];
	return (int64_t)v;
}

struct str seal(struct keyring *k, struct arena *a, struct place at, struct str plain)
{
	if (!plain.p)
		return STR_NONE;
	must(at.key == 0);
	unsigned char head[SEAL_HEAD_MAX];
	int active = atomic_load_explicit(&k->active, memory_order_acquire);
	head[1] = (unsigned char)atomic_load_explicit(&k->suite, memory_order_relaxed);
	if (!active) {
		head[0] = 1;
		put16(head + 2, k->nroots);
		return envelope(&k->roots[k->nroots - 1].set, a, at, head, 4, plain);
	}
	struct epoch *e = ring_epoch(k, active);
	must(e && e->have[at.cls]);
	head[0] = 2;
	put16(head + 2, active);
	head[4] = (unsigned char)at.cls;
	return envelope(&e->set[at.cls], a, at, head, 5, plain);
}

enum err seal_under(struct keyring *k, struct arena *a, struct place at, struct str plain, struct str *ret, struct fault *f)
{
	if (!at.key || !plain.p) {
		at.key = 0;
		*ret = seal(k, a, at, plain);
		return OK;
	}
	struct set s;
	int epoch;
	TRY(ring_data(k, at.key, &s, &epoch, f));
	unsigned char head[SEAL_HEAD_MAX] = { 3, (unsigned char)atomic_load_explicit(&k->suite, memory_order_relaxed) };
	/* The key's own epoch, not the moment's: with it the key will be removed one day. */
	put16(head + 2, epoch);
	for (int i = 0; i < 8; i++)
		head[4 + i] = (unsigned char)((uint64_t)at.key >> (56 - 8 * i));
	*ret = envelope(&s, a, at, head, 12, plain);
	sodium_memzero(&s, sizeof s);
	return OK;
}

static enum err broken(struct fault *f, struct place at, const char *why)
{
	return fail(f, ERR_DB, N_("A protected value was altered, moved, or sealed with a key this machine does not have."), "%s.%s row %lld: %s",
		    at.table, at.column, (long long)at.row, why);
}

/* The class key of an envelope; an epoch that another process began a moment ago is fetched. */
static const struct set *class_set(struct keyring *k, const unsigned char *in)
{
	int number = in[2] << 8 | in[3];
	struct epoch *e = ring_epoch(k, number);
	if (!e && k->fetch) {
		struct key_row row;
		char room[KEY_WRAPPED_MAX];
		struct fault ignored = { 0 };
		if (k->fetch(k->fetch_arg, 0, &row, room, &ignored) == OK)
			e = ring_epoch(k, number);
	}
	return e && in[4] < KC_COUNT && e->have[in[4]] ? &e->set[in[4]] : NULL;
}

enum err unseal(struct keyring *k, struct arena *a, struct place at, struct str sealed, struct str *ret, struct fault *f)
{
	if (!sealed.p) {
		*ret = STR_NONE;
		return OK;
	}
	const unsigned char *in = (const unsigned char *)sealed.p;
	size_t headn = head_len(sealed);
	if (!headn || sealed.n < headn + TAG)
		return broken(f, at, "not an envelope");
	if (in[0] == 3) {
		struct set s;
		int epoch;
		TRY(ring_data(k, get64(in + 4), &s, &epoch, f));
		bool ok = envelope_open(&s, a, at, headn, sealed, ret);
		sodium_memzero(&s, sizeof s);
		return ok ? OK : broken(f, at, "authentication failed");
	}
	int number = in[2] << 8 | in[3];
	const struct set *s = in[0] == 2 ? class_set(k, in) : number >= 1 && number <= k->nroots ? &k->roots[number - 1].set : NULL;
	if (!s)
		return broken(f, at, "unknown key epoch");
	return envelope_open(s, a, at, headn, sealed, ret) ? OK : broken(f, at, "authentication failed");
}

int seal_epoch(struct str sealed)
{
	const unsigned char *in = (const unsigned char *)sealed.p;
	return sealed.n >= 4 && in[0] >= 1 && in[0] <= 3 ? in[2] << 8 | in[3] : 0;
}

int64_t seal_key(struct str sealed) { return sealed.n > SEAL_HEAD_MAX && sealed.p[0] == 3 ? get64((const unsigned char *)sealed.p + 4) : 0; }

bool seal_behind(const struct keyring *k, struct str sealed)
{
	if (sealed.n < 2)
		return false;      /* nothing there, or no seal: there is nothing to seal anew */
	int active = atomic_load(&k->active);
	return sealed.p[0] == 1 ? active || seal_epoch(sealed) != k->nroots || sealed.p[1] != (char)keyring_suite(k)
				: seal_epoch(sealed) != active || sealed.p[1] != (char)keyring_suite(k);
}
