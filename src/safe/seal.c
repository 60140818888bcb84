/*
 * Why: names, phones and narratives are encrypted before they reach SQL (S20, S21).
 *
 * Envelope: version 1 | suite | epoch (2 bytes, big end first) | nonce | ciphertext | tag.  The head and the place are
 * authenticated with it, so a value cannot be moved to another row or column, nor its suite or epoch be rewritten.
 * Suites: 1 XChaCha20-Poly1305, nonce 24, tag 16 · 2 AES-256-GCM, nonce 12, tag 16 · 3 SM4-CTR then HMAC-SM3 cut to 16,
 * nonce 16 (the OpenSSL of Debian 12 has no SM4-GCM); two keys, and the MAC covers lengths, place, head, nonce, text.
 * Nonces are random: the AES key must be rotated before 2^32 seals; XChaCha and SM4-CTR have room for ever.
 * One allocation: the result.
 */
#include "safe/inner.h"
#include "base/clock.h"
#include "safe/ossl.h"
#include <sodium.h>

#define HEAD 4
#define TAG 16
#define AAD_MAX 160

static size_t nonce_len(int suite) { return suite == SUITE_XCHACHA ? 24 : suite == SUITE_AES_GCM ? 12 : suite == SUITE_SM4 ? 16 : 0; }

size_t seal_overhead(void) { return HEAD + 24 + TAG; }

/* table | 0 | column | 0 | row (8 bytes) | head. Names hold no NUL, so no two places give the same bytes. */
static size_t aad_make(unsigned char out[AAD_MAX], struct place at, const unsigned char head[HEAD])
{
	size_t t = strlen(at.table), c = strlen(at.column), n = 0;
	must(t + c + 2 + 8 + HEAD <= AAD_MAX);
	memcpy(out, at.table, t + 1);
	n = t + 1;
	memcpy(out + n, at.column, c + 1);
	n += c + 1;
	for (int i = 0; i < 8; i++)
		out[n++] = (unsigned char)((uint64_t)at.row >> (56 - 8 * i));
	memcpy(out + n, head, HEAD);
	return n + HEAD;
}

static bool aes_gcm(const unsigned char key[32], bool enc, const unsigned char *nonce, const unsigned char *aad, size_t aadn,
		    const unsigned char *in, size_t n, unsigned char *out, unsigned char *tag)
{
	EVP_CIPHER_CTX *x = EVP_CIPHER_CTX_new();
	int len;
	bool ok = x && EVP_CipherInit_ex(x, EVP_aes_256_gcm(), NULL, key, nonce, enc) == 1 &&
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
	EVP_CIPHER_CTX *x = EVP_CIPHER_CTX_new();
	int len;
	bool ok = x && EVP_EncryptInit_ex(x, EVP_sm4_ctr(), NULL, key, nonce) == 1 && (n == 0 || EVP_EncryptUpdate(x, out, &len, in, (int)n) == 1);
	EVP_CIPHER_CTX_free(x);
	return ok;
}

/* HMAC-SM3(len(aad) as 8 bytes | aad | nonce and ciphertext, which stand side by side in the envelope). */
static bool sm3_mac(const unsigned char key[32], const unsigned char *aad, size_t aadn, const unsigned char *nonce_and_text, size_t n,
		    unsigned char ret[TAG])
{
	unsigned char h[EVP_MAX_MD_SIZE], length[8] = { 0, 0, 0, 0, 0, 0, (unsigned char)(aadn >> 8), (unsigned char)aadn };
	size_t hn = 0;
	EVP_PKEY *k = EVP_PKEY_new_mac_key(EVP_PKEY_HMAC, NULL, key, 32);
	EVP_MD_CTX *x = EVP_MD_CTX_new();
	bool ok = k && x && EVP_DigestSignInit(x, NULL, EVP_sm3(), NULL, k) == 1 && EVP_DigestSignUpdate(x, length, sizeof length) == 1 &&
		  EVP_DigestSignUpdate(x, aad, aadn) == 1 && EVP_DigestSignUpdate(x, nonce_and_text, n) == 1;
	hn = sizeof h;
	ok = ok && EVP_DigestSignFinal(x, h, &hn) == 1 && hn == 32;
	if (ok)
		memcpy(ret, h, TAG);
	EVP_MD_CTX_free(x);
	EVP_PKEY_free(k);
	return ok;
}

struct str seal(struct keyring *k, struct arena *a, struct place at, struct str plain)
{
	if (!plain.p)
		return STR_NONE;
	must(plain.n < (size_t)1 << 30);
	int suite = atomic_load_explicit(&k->suite, memory_order_relaxed);
	const struct epoch *e = &k->epochs[k->nepochs - 1];
	size_t nn = nonce_len(suite), n = HEAD + nn + plain.n + TAG;
	unsigned char *out = arena_alloc(a, n), aad[AAD_MAX];
	unsigned char *nonce = out + HEAD, *text = nonce + nn, *tag = text + plain.n;
	const unsigned char *in = (const unsigned char *)plain.p;
	out[0] = 1;
	out[1] = (unsigned char)suite;
	out[2] = (unsigned char)(e->number >> 8);
	out[3] = (unsigned char)e->number;
	random_bytes(nonce, nn);
	size_t aadn = aad_make(aad, at, out);
	bool ok;
	if (suite == SUITE_XCHACHA)
		ok = crypto_aead_xchacha20poly1305_ietf_encrypt(text, NULL, in, plain.n, aad, aadn, NULL, nonce, e->xchacha) == 0;
	else if (suite == SUITE_AES_GCM)
		ok = aes_gcm(e->aes, true, nonce, aad, aadn, in, plain.n, text, tag);
	else
		ok = sm4_ctr(e->sm4, nonce, in, plain.n, text) && sm3_mac(e->sm4_mac, aad, aadn, nonce, nn + plain.n, tag);
	must(ok);   /* nothing may ever be stored unsealed */
	return (struct str){ (const char *)out, n };
}

static enum err broken(struct fault *f, struct place at, const char *why)
{
	return fail(f, ERR_DB, N_("A protected value was altered, moved, or sealed with a key this machine does not have."), "%s.%s row %lld: %s",
		    at.table, at.column, (long long)at.row, why);
}

enum err unseal(struct keyring *k, struct arena *a, struct place at, struct str sealed, struct str *ret, struct fault *f)
{
	if (!sealed.p) {
		*ret = STR_NONE;
		return OK;
	}
	const unsigned char *in = (const unsigned char *)sealed.p;
	size_t nn = sealed.n > HEAD ? nonce_len(in[1]) : 0;
	if (!nn || in[0] != 1 || sealed.n < HEAD + nn + TAG)
		return broken(f, at, "not an envelope");
	const struct epoch *e = keyring_find(k, (uint16_t)(in[2] << 8 | in[3]));
	if (!e)
		return broken(f, at, "unknown key epoch");
	const unsigned char *nonce = in + HEAD, *text = nonce + nn;
	size_t n = sealed.n - HEAD - nn - TAG;
	unsigned char *out = arena_alloc(a, n + 1), aad[AAD_MAX], tag[TAG];
	size_t aadn = aad_make(aad, at, in);
	memcpy(tag, text + n, TAG);
	bool ok;
	if (in[1] == SUITE_XCHACHA) {
		ok = crypto_aead_xchacha20poly1305_ietf_decrypt(out, NULL, NULL, text, n + TAG, aad, aadn, nonce, e->xchacha) == 0;
	} else if (in[1] == SUITE_AES_GCM) {
		ok = aes_gcm(e->aes, false, nonce, aad, aadn, text, n, out, tag);
	} else {
		unsigned char want[TAG];
		ok = sm3_mac(e->sm4_mac, aad, aadn, nonce, nn + n, want) && sodium_memcmp(want, tag, TAG) == 0 &&
		     sm4_ctr(e->sm4, nonce, text, n, out);
	}
	if (!ok) {
		sodium_memzero(out, n);   /* GCM writes before it knows */
		return broken(f, at, "authentication failed");
	}
	out[n] = 0;
	*ret = (struct str){ (const char *)out, n };
	return OK;
}

int seal_epoch(struct str sealed)
{
	const unsigned char *in = (const unsigned char *)sealed.p;
	return sealed.n >= HEAD && in[0] == 1 ? in[2] << 8 | in[3] : 0;
}
