/* Why: sessions, API keys and one-time links are 256 random bits; the store keeps only their hash, so a stolen database
 * opens no session. */
#include "safe/safe.h"
#include "base/clock.h"
#include <sodium.h>

void token_new(char ret[TOKEN_TEXT])
{
	unsigned char raw[32];
	random_bytes(raw, sizeof raw);
	sodium_bin2base64(ret, TOKEN_TEXT, raw, sizeof raw, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
	sodium_memzero(raw, sizeof raw);
}

void sha256(struct str data, unsigned char ret[32])
{
	crypto_hash_sha256(ret, (const unsigned char *)(data.p ? data.p : ""), data.n);
}

struct str sha256_str(struct arena *a, struct str data)
{
	unsigned char h[32];
	sha256(data, h);
	return hex_str(a, h, sizeof h);
}

void token_hash(struct str token, unsigned char ret[32]) { sha256(token, ret); }

bool secret_eq(struct str a, struct str b)
{
	return a.n == b.n && (a.n == 0 || sodium_memcmp(a.p, b.p, a.n) == 0);
}
