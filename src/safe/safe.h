/*
 * safe/: secrets: password hashes, keys and sealed fields, blind indexes, the Merkle log, one-time codes.
 *
 * Only this room includes sodium.h and openssl.  May include base/.  Knows no table and no user.
 * Tests: tests/safe/ (published vectors, bit flips, moved ciphertexts).
 */
#ifndef XA_SAFE_H
#define XA_SAFE_H
#include "base/base.h"

/* Must be called once before anything else here; aborts if libsodium cannot start. */
void safe_init(void);

/* ---- passwords (S1): Argon2id, m = 64 MiB, t = 3; parameters stand in the hash ------------------------- */
#define PASSWORD_HASH_MAX 160
/* Slow by intent (≈0.1 s): never on a web thread. quick: least cost, only for demo accounts and tests. */
CHECKED enum err password_hash(struct str password, bool quick, char ret[PASSWORD_HASH_MAX], struct fault *f);
bool password_verify(const char *hash, struct str password);
bool password_outdated(const char *hash);         /* made with weaker parameters than today's */
/* S2: at least 12 characters of 3 classes or 16 of any, at most 128, not among the common ones, not holding `login`.
 * Returns NULL, or the message id of what is wrong. */
const char *password_weak(struct str password, struct str login);

/* ---- tokens: sessions, API, one-time links ------------------------------------------------------------------- */
#define TOKEN_TEXT 44     /* 256 bits, base64url, NUL */
void token_new(char ret[TOKEN_TEXT]);
void token_hash(struct str token, unsigned char ret[32]);    /* what the store keeps: SHA-256 */
bool secret_eq(struct str a, struct str b);                  /* constant time */
void sha256(struct str data, unsigned char ret[32]);

/* ---- one-time codes (RFC 6238, 160-bit seed, 30 s, 6 digits, ±1 step) ----------------------------------------- */
void totp_seed(unsigned char ret[20]);
bool totp_check(const unsigned char seed[20], struct str code, int64_t ms, int64_t last_step, int64_t *ret_step);
struct str totp_uri(struct arena *a, const unsigned char seed[20], struct str account);

/* ---- keys and sealed fields (S20–S24) ------------------------------------------------------------------------------ */
/* The keyring: a 32-byte root key kept outside the database, and purpose keys derived or wrapped under it. */
struct keyring;
/* Reads the root key file, or makes one (mode 0600) when create is true and it is absent. */
CHECKED enum err keyring_open(const char *path, bool create, struct keyring **ret, struct fault *f);
struct keyring *keyring_for_test(uint32_t seed);
void keyring_free(struct keyring *k);            /* wipes; takes NULL */

enum suite { SUITE_XCHACHA = 1, SUITE_AES_GCM = 2, SUITE_SM4 = 3 };
/* Where a value stands: bound into the seal, so that it cannot be moved to another row or column. */
struct place { const char *table, *column; int64_t row; };
/* Envelope: version | suite | key epoch (2 bytes) | nonce | ciphertext | tag. Result in the arena.
 * An absent value stays absent; the empty one is sealed. */
struct str seal(struct keyring *k, struct arena *a, struct place at, struct str plain);
/* The key epoch of a sealed value (0: not one), and the one new seals are made under: a value below it is due for resealing. */
int seal_epoch(struct str sealed);
int keyring_epoch(const struct keyring *k);
/* Adds a root key to the file, whole or not at all; running programs take it up when they open the file again. Blind indexes,
 * search and signature stay with the first key. */
CHECKED enum err keyring_rotate(const char *path, struct fault *f);
/* ERR_DB when it was altered, moved or made under an unknown key. */
CHECKED enum err unseal(struct keyring *k, struct arena *a, struct place at, struct str sealed, struct str *ret, struct fault *f);
size_t seal_overhead(void);      /* bytes a seal adds at most */
void keyring_set_suite(struct keyring *k, enum suite s);     /* for new seals */

/* The vault's own key class, under the ordinary seal: a key derived from the root for nothing else, so that whatever opens fields in
 * general (an export, a repair, a leaked field key) gives nothing of it. The same places, the same errors. */
struct str vault_seal(struct keyring *k, struct arena *a, struct place at, struct str plain);
CHECKED enum err vault_unseal(struct keyring *k, struct arena *a, struct place at, struct str sealed, struct str *ret, struct fault *f);
/* What a citizen's receipt is kept and looked up as (S58): Argon2id (19 MiB, t = 2) under one salt of the system, then keyed.
 * Slow by intent (some 30 ms): never on a web thread. quick: least cost, for tests. */
CHECKED enum err receipt_mark(struct keyring *k, struct str digits, bool quick, unsigned char ret[16], struct fault *f);

/* Blind index: HMAC-SHA-256 under a key of its own for `what` ("phone", "idno", "name" …), cut to 16 bytes. The caller
 * normalises v first. */
void blind_index(struct keyring *k, const char *what, struct str v, unsigned char ret[16]);
/* Keyed 64-bit hash of a search token (SipHash-2-4 under the search key). */
uint64_t token_blind(struct keyring *k, struct str token);
uint64_t siphash(const unsigned char key[16], struct str s);

/* ---- the Merkle log (RFC 6962, SHA-256) ---------------------------------------------------------------------------- */
struct merkle { uint64_t size; int npeaks; struct { int level; unsigned char h[32]; } peaks[64]; };
void merkle_leaf(struct str entry, unsigned char ret[32]);           /* H(0x00 ‖ entry) */
void merkle_add(struct merkle *m, const unsigned char leaf[32]);     /* keeps only the peaks */
void merkle_root(const struct merkle *m, unsigned char ret[32]);     /* of the empty log: H("") */
/* The peaks as bytes, to keep with the log and to take up again. */
struct str merkle_save(const struct merkle *m, struct arena *a);
CHECKED enum err merkle_load(struct merkle *m, struct str bytes, struct fault *f);
/* Proofs over all leaves (verifier and tests; 32 bytes each). */
void merkle_root_of(const unsigned char *leaves, uint64_t n, unsigned char ret[32]);
/* A signed head: Ed25519 over "xiaoan-head\n" size "\n" root-hex "\n" ms "\n". */
void head_sign(struct keyring *k, uint64_t size, const unsigned char root[32], int64_t ms, unsigned char ret_sig[64]);
bool head_check(const unsigned char pub[32], uint64_t size, const unsigned char root[32], int64_t ms, const unsigned char sig[64]);
void head_public_key(struct keyring *k, unsigned char ret[32]);

#endif
