/* safe/, for its own files only. */
#ifndef XA_SAFE_INNER_H
#define XA_SAFE_INNER_H
#include "safe/safe.h"
#include <stdatomic.h>

#define KEY_LEN 32
#define KEYRING_EPOCHS 32

/* One line of the key file: a root key, and what is derived from it once, so that a seal derives nothing. */
struct epoch {
	uint16_t number;
	unsigned char root[KEY_LEN];
	unsigned char xchacha[KEY_LEN], aes[KEY_LEN], sm4[16], sm4_mac[KEY_LEN];
};

/* Lives in guarded, locked memory (sodium_malloc): no swap, no core dump, wiped by keyring_free. */
struct keyring {
	atomic_int suite;
	int nepochs;
	struct epoch epochs[KEYRING_EPOCHS];          /* rising numbers; the last one seals */
	/* Derived from the first epoch and never rotated with the others: a new one would mean a new index. */
	unsigned char blind[KEY_LEN], search[16], sign_public[32], sign_secret[64];
};

/* HKDF-Expand (RFC 5869), SHA-256, at most one block. */
void derive(const unsigned char root[KEY_LEN], const char *label, void *ret, size_t n);
const struct epoch *keyring_find(const struct keyring *k, uint16_t number);
void hmac_sha256(const unsigned char *key, size_t keyn, struct str data, unsigned char ret[32]);

#endif
