/* Why: the receipt by which a woman is known is worth a lock of its own. What is in the vault has one too: a data key of class KC_VAULT. */
#include "safe/inner.h"
#include <sodium.h>

enum err receipt_mark(struct keyring *k, struct str digits, bool quick, unsigned char ret[16], struct fault *f)
{
	unsigned char salt[crypto_pwhash_SALTBYTES], h[32];
	derive(k->fixed, "receipt-salt/1", salt, sizeof salt);
	if (crypto_pwhash(h, sizeof h, digits.p ? digits.p : "", digits.n, salt, quick ? 1 : 2, quick ? 8192 : (size_t)19 << 20, crypto_pwhash_ALG_ARGON2ID13) != 0)
		return fail(f, ERR_BUSY, NULL, "argon2id: no memory");
	blind_index(k, "receipt/2", (struct str){ (const char *)h, sizeof h }, ret);
	sodium_memzero(h, sizeof h);
	return OK;
}
