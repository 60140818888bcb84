/* Why: where a woman hides, and the receipt by which she is known, are worth more than everything else here, so each has a lock of its own.
 * Envelope of the vault: version 1 | epoch (2 bytes) | nonce 24 | ciphertext | tag 16, XChaCha20-Poly1305; place and head are
 * authenticated. Invariants: its key is used for nothing else; nothing opens at another place. */
#include "safe/inner.h"
#include "base/clock.h"
#include <sodium.h>

#define HEAD 3
#define NONCE 24
#define TAG 16
#define AAD_MAX 160

static void vault_key(const struct epoch *e, unsigned char ret[KEY_LEN]) { derive(e->root, "vault/xchacha20-poly1305/1", ret, KEY_LEN); }

static size_t aad_of(unsigned char out[AAD_MAX], struct place at, const unsigned char *head)
{
	size_t t = strlen(at.table), c = strlen(at.column), n = t + c + 2;
	must(n + 8 + HEAD <= AAD_MAX);
	memcpy(out, at.table, t + 1);
	memcpy(out + t + 1, at.column, c + 1);
	for (int i = 0; i < 8; i++)
		out[n++] = (unsigned char)((uint64_t)at.row >> (56 - 8 * i));
	memcpy(out + n, head, HEAD);
	return n + HEAD;
}

struct str vault_seal(struct keyring *k, struct arena *a, struct place at, struct str plain)
{
	if (!plain.p)
		return STR_NONE;
	const struct epoch *e = keyring_find(k, (uint16_t)keyring_epoch(k));
	must(e != NULL && plain.n < (size_t)1 << 20);
	unsigned char key[KEY_LEN], aad[AAD_MAX], *out = arena_alloc(a, HEAD + NONCE + plain.n + TAG);
	out[0] = 1;
	out[1] = (unsigned char)(e->number >> 8);
	out[2] = (unsigned char)e->number;
	random_bytes(out + HEAD, NONCE);
	vault_key(e, key);
	must(crypto_aead_xchacha20poly1305_ietf_encrypt(out + HEAD + NONCE, NULL, (const unsigned char *)plain.p, plain.n, aad, aad_of(aad, at, out), NULL, out + HEAD, key) == 0);
	sodium_memzero(key, sizeof key);
	return (struct str){ (const char *)out, HEAD + NONCE + plain.n + TAG };
}

enum err vault_unseal(struct keyring *k, struct arena *a, struct place at, struct str sealed, struct str *ret, struct fault *f)
{
	const unsigned char *in = (const unsigned char *)sealed.p;
	if (!sealed.p || sealed.n < HEAD + NONCE + TAG || in[0] != 1)
		return fail(f, ERR_DB, NULL, "not of the vault");
	const struct epoch *e = keyring_find(k, (uint16_t)(in[1] << 8 | in[2]));
	if (!e)
		return fail(f, ERR_DB, NULL, "vault: unknown key");
	unsigned char key[KEY_LEN], aad[AAD_MAX];
	size_t n = sealed.n - HEAD - NONCE - TAG;
	unsigned char *out = arena_alloc(a, n + 1);
	vault_key(e, key);
	int bad = crypto_aead_xchacha20poly1305_ietf_decrypt(out, NULL, NULL, in + HEAD + NONCE, n + TAG, aad, aad_of(aad, at, in), in + HEAD, key);
	sodium_memzero(key, sizeof key);
	if (bad)
		return fail(f, ERR_DB, NULL, "vault: altered or moved");
	*ret = (struct str){ (const char *)out, n };
	return OK;
}

enum err receipt_mark(struct keyring *k, struct str digits, bool quick, unsigned char ret[16], struct fault *f)
{
	unsigned char salt[crypto_pwhash_SALTBYTES], h[32];
	derive(k->epochs[0].root, "receipt-salt/1", salt, sizeof salt);
	if (crypto_pwhash(h, sizeof h, digits.p ? digits.p : "", digits.n, salt, quick ? 1 : 2, quick ? 8192 : (size_t)19 << 20, crypto_pwhash_ALG_ARGON2ID13) != 0)
		return fail(f, ERR_BUSY, NULL, "argon2id: no memory");
	blind_index(k, "receipt/2", (struct str){ (const char *)h, sizeof h }, ret);
	sodium_memzero(h, sizeof h);
	return OK;
}
