/* Why: SHA-1 and AES-CBC are no choice of ours; the platforms that people write through have made it.
 * Invariants: what is made here leaves to, or came from, another's protocol; it seals nothing that we keep. */
#include "safe/ossl.h"
#include "safe/safe.h"
#include <sodium.h>

void sha1_hex(const struct str *parts, size_t n, char ret[41])
{
	unsigned char h[EVP_MAX_MD_SIZE];
	unsigned len = 0;
	EVP_MD_CTX *md = EVP_MD_CTX_new();
	must(md && EVP_DigestInit_ex(md, EVP_sha1(), NULL) == 1);
	for (size_t i = 0; i < n; i++)
		must(EVP_DigestUpdate(md, parts[i].p ? parts[i].p : "", parts[i].n) == 1);
	must(EVP_DigestFinal_ex(md, h, &len) == 1 && len == 20);
	EVP_MD_CTX_free(md);
	(void)sodium_bin2hex(ret, 41, h, 20);
}

bool aes256_cbc(const unsigned char key[32], bool open, const unsigned char *in, size_t n, unsigned char *ret)
{
	EVP_CIPHER_CTX *x = EVP_CIPHER_CTX_new();
	int some = 0, rest = 0;
	must(x && n <= INT32_MAX);
	bool ok = EVP_CipherInit_ex(x, EVP_aes_256_cbc(), NULL, key, key, !open) == 1 && EVP_CIPHER_CTX_set_padding(x, 0) == 1 &&
		  EVP_CipherUpdate(x, ret, &some, in, (int)n) == 1 && EVP_CipherFinal_ex(x, ret + some, &rest) == 1;
	EVP_CIPHER_CTX_free(x);
	return ok && (size_t)(some + rest) == n;
}

bool base64_get(struct str text, bool padded, unsigned char *ret, size_t room, size_t *ret_n)
{
	return sodium_base642bin(ret, room, text.p, text.n, NULL, ret_n, NULL, padded ? sodium_base64_VARIANT_ORIGINAL : sodium_base64_VARIANT_ORIGINAL_NO_PADDING) == 0;
}

struct str base64_put(struct arena *a, const void *p, size_t n)
{
	size_t room = sodium_base64_encoded_len(n, sodium_base64_VARIANT_ORIGINAL);
	char *text = arena_alloc(a, room);
	return str_of(sodium_bin2base64(text, room, p, n, sodium_base64_VARIANT_ORIGINAL));
}
