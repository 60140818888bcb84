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

/* ---- passwords (S1): Argon2id; parameters stand in the hash ---------------------------------------------- */
#define PASSWORD_HASH_MAX 160
/* What one hash costs: memory in KiB (8 … 4 GiB) and passes (1 … 20). */
struct password_cost { unsigned kib, passes; };
#define PASSWORD_USUAL ((struct password_cost){ 65536, 3 })
#define PASSWORD_QUICK ((struct password_cost){ 8, 1 })      /* only for demo accounts and tests */
/* Slow by intent (≈0.1 s): never on a web thread. */
CHECKED enum err password_hash(struct str password, struct password_cost cost, char ret[PASSWORD_HASH_MAX], struct fault *f);
bool password_verify(const char *hash, struct str password);
bool password_outdated(const char *hash, struct password_cost cost);   /* made at another cost than is wanted now */
/* A hash that no password fits, whose verifying costs as much: for names that are not there (S4). */
void password_nobody(struct password_cost cost, char ret[PASSWORD_HASH_MAX]);
/* S2: at least 12 characters of 3 classes or 16 of any, at most 128, not among the common ones, not holding `login`.
 * Returns NULL, or the message id of what is wrong. */
const char *password_weak(struct str password, struct str login);

/* ---- tokens: sessions, API, one-time links ------------------------------------------------------------------- */
#define TOKEN_TEXT 44     /* 256 bits, base64url, NUL */
void token_new(char ret[TOKEN_TEXT]);
void token_hash(struct str token, unsigned char ret[32]);    /* what the store keeps: SHA-256 */
bool secret_eq(struct str a, struct str b);                  /* constant time */
void sha256(struct str data, unsigned char ret[32]);
struct str sha256_str(struct arena *a, struct str data);     /* in hex */
void sm3(struct str data, unsigned char ret[32]);            /* GB/T 32905 */

/* ---- one-time codes (RFC 6238, 160-bit seed, 30 s, 6 digits, ±1 step) ----------------------------------------- */
#define TOTP_STEP_MS 30000
void totp_seed(unsigned char ret[20]);
bool totp_check(const unsigned char seed[20], struct str code, int64_t ms, int64_t last_step, int64_t *ret_step);
struct str totp_uri(struct arena *a, const unsigned char seed[20], struct str account);
struct str totp_typed(struct arena *a, const unsigned char seed[20]);   /* base32 in groups of four, for who cannot scan */
uint32_t totp_code(const unsigned char seed[20], int64_t ms);           /* tests and demonstrations: the code of that moment */
/* Recovery codes: 80 random bits as "K7QM-2XFP-9WTR-4HVB", in letters that cannot be taken for one another. */
#define RECOVERY_CODES 10
#define RECOVERY_TEXT 20
void recovery_new(char ret[RECOVERY_TEXT]);
/* As it is compared: capitals, without blanks and hyphens, O and I and L read as digits. False: it is none. */
bool recovery_normal(struct str typed, char ret[RECOVERY_TEXT]);

/* ---- keys and sealed fields (S20–S28) ------------------------------------------------------------------------------ */
/* Three layers. The root key, a file outside the database or under a passphrase, opens only other keys: it wraps what the key store
 * keeps (record/keystore.c). Those are, an epoch: a key for each class of records and one for blind indexes; and one for each case
 * and clue, so that destroying it destroys what the case said. Data is sealed under the class's key of the epoch, or under its case's.
 *
 * A keyring that was only opened, with no key store behind it, seals under keys derived from the root (how 0.1 did it), and so reads
 * what 0.1 sealed. Any thread may seal and unseal at any time, the writer or another. */
struct keyring;
/* Reads the root key file, or makes one (mode 0600) when create is true and it is absent. */
CHECKED enum err keyring_open(const char *path, bool create, struct keyring **ret, struct fault *f);
/* The same for a file that may be under a passphrase. ERR_AUTH: it is, and the passphrase (absent: none given) is not the right one. */
struct unlock { const char *path; bool create; struct str passphrase; };
CHECKED enum err keyring_unlock(const struct unlock *u, struct keyring **ret, struct fault *f);
/* Writes the root key file anew under a passphrase (Argon2id, 256 MiB, ≈1 s), or in the clear when it is absent. */
CHECKED enum err keyring_lock(struct keyring *k, const char *path, struct str passphrase, struct fault *f);
struct keyring *keyring_for_test(uint32_t seed);
void keyring_free(struct keyring *k);            /* wipes; takes NULL */
/* Adds a root key to the file, whole or not at all: the key store must then be wrapped under it (keyring_rewrap). */
CHECKED enum err keyring_rotate(const char *path, struct fault *f);
/* Wipes every keyring in this process's memory: for a child that is about to read what a stranger sent. */
void keyrings_forget(void);

enum suite { SUITE_XCHACHA = 1, SUITE_AES_GCM = 2, SUITE_SM4 = 3 };
enum key_class { KC_OFFICE /* units, what is on its way */, KC_PERSON /* L2 */, KC_CASE /* L3 */, KC_VAULT /* L4 */, KC_SECRET /* log-in */, KC_COUNT };
/* Where a value stands: bound into the seal, so that it cannot be moved to another row or column. cls and key say what to seal under:
 * the data key of that id (a case's), or 0: the class's; unseal() reads them from the envelope. */
struct place { const char *table, *column; int64_t row; enum key_class cls; int64_t key; };
#define PLACE(t, c, r, ...) ((struct place){ .table = (t), .column = (c), .row = (r), __VA_ARGS__ })
/* Envelope: version 1 | suite | root (2 bytes) | nonce | ciphertext | tag;  2 | suite | epoch (2) | class | …;  3 | suite | epoch (2) |
 * key (8) | ….  Result in the arena. An absent value stays absent; the empty one is sealed. ERR_DB only when the data key is gone. */
CHECKED enum err seal_under(struct keyring *k, struct arena *a, struct place at, struct str plain, struct str *ret, struct fault *f);
/* The same under a class's key (at.key 0), which cannot fail. */
struct str seal(struct keyring *k, struct arena *a, struct place at, struct str plain);
/* ERR_DB when it was altered, moved or made under an unknown key; ERR_NOT_FOUND when its data key was destroyed. */
CHECKED enum err unseal(struct keyring *k, struct arena *a, struct place at, struct str sealed, struct str *ret, struct fault *f);
size_t seal_overhead(void);      /* bytes a seal adds at most */
int seal_epoch(struct str sealed);         /* epoch (version 1: root) it was made under; 0: not a seal */
int64_t seal_key(struct str sealed);       /* id of its data key; 0: none */
/* Not made as it would be made now (suite, epoch, or 0.1's way): due for resealing. */
bool seal_behind(const struct keyring *k, struct str sealed);
int keyring_epoch(const struct keyring *k);                  /* that new seals are made under */
void keyring_set_suite(struct keyring *k, enum suite s);     /* for new seals */
enum suite keyring_suite(const struct keyring *k);

/* Memory for what must not be read or swapped: guarded, locked where the system lets it, in no core dump, zeroed; wiped by secret_free(). For
 * large, long-lived things: each costs pages. n must be a multiple of 16. Never NULL. */
void *secret_new(size_t n);
void secret_free(void *p);       /* takes NULL */

/* What a citizen's receipt is kept and looked up as (S58): Argon2id (19 MiB, t = 2) under one salt of the system, then keyed.
 * Slow by intent (some 30 ms): never on a web thread. quick: least cost, for tests. */
CHECKED enum err receipt_mark(struct keyring *k, struct str digits, bool quick, unsigned char ret[16], struct fault *f);

/* Blind index of what is no field of a record (receipts, idempotency keys): HMAC-SHA-256 under a key of its own for `what`, cut to 16
 * bytes; this key is never rotated, for nobody could make such an index anew. The caller normalises v first. */
void blind_index(struct keyring *k, const char *what, struct str v, unsigned char ret[16]);
/* Blind index of a field ("phone"): key HKDF(blind key of the epoch, "bi/phone/1"). While keys are rotated, rows of several epochs stand
 * side by side, so whoever looks for a value asks for all of blind_epochs(); who compares two stored indexes compares nothing. */
#define BLIND_EPOCHS 8
void blind_field(struct keyring *k, int epoch, const char *what, struct str v, unsigned char ret[16]);
size_t blind_epochs(const struct keyring *k, int ret[BLIND_EPOCHS]);   /* in use now, newest first */

/* ---- what the key store keeps: wrapped keys ---------------------------------------------------------------------- */
enum key_kind { KEY_SEAL = 1, KEY_BLIND, KEY_FIXED /* blind_index() */, KEY_SEARCH, KEY_HEAD, KEY_DATA /* of a case */ };
struct key_row { int64_t id; enum key_kind kind; enum key_class cls; int epoch; struct str bytes; };
#define KEY_WRAPPED_MAX 128
/* Makes a new random key and wraps it: fills bytes, in the arena. as_before: the value that 0.1 derived from the first root, for a
 * store that begins over data of 0.1 (KEY_FIXED, KEY_SEARCH, KEY_HEAD). */
void key_make(struct keyring *k, struct arena *a, struct key_row *row, bool as_before);
/* Unwraps and holds it. ERR_DB: it was altered, moved, or wrapped under another root. */
CHECKED enum err key_take(struct keyring *k, const struct key_row *row, struct fault *f);
/* Wraps a kept key anew under the newest root and the suite of now. */
CHECKED enum err key_rewrap(struct keyring *k, struct arena *a, struct key_row *row, struct fault *f);
bool key_wrapped_behind(const struct keyring *k, struct str bytes);
/* Epoch e has all its keys: new seals may use it (active), and lookups ask for its blind indexes (live). 0: data of 0.1. */
void keyring_use(struct keyring *k, int epoch, bool live, bool active);
void keyring_drop(struct keyring *k, int epoch);     /* forgets a retired epoch's keys */
/* Where data keys come from when one is met that is not at hand: fills row (bytes into buf). ERR_NOT_FOUND: destroyed. Any thread.
 * Asked with id 0: an epoch is unknown; read the store again. */
typedef enum err key_fetch(void *arg, int64_t id, struct key_row *row, char buf[KEY_WRAPPED_MAX], struct fault *f);
void keyring_source(struct keyring *k, key_fetch *fetch, void *arg);
void keyring_forget(struct keyring *k, int64_t id);  /* a destroyed data key leaves memory too */
/* Eight hex digits that name a root or wrapped key on paper and in certificates; they tell nothing of it. */
void keyring_name(const struct keyring *k, char ret[9]);

/* ---- the root key on paper: two of three sheets give it back (Shamir over GF(256)) -------------------------------- */
#define SHEETS 3
/* sheet: 1…3; text of groups of 4 characters with check, e.g. "XA1-2-7F3A…". */
CHECKED enum err keyring_sheets(struct keyring *k, struct arena *a, struct str ret[SHEETS], struct fault *f);
/* From two sheets into a new root key file. ERR_INVALID: a sheet is mistyped, both are the same, or they belong to different keys. */
CHECKED enum err keyring_restore(const char *path, struct str one, struct str two, struct fault *f);

/* ---- large contents: files and bodies ----------------------------------------------------------------------------- */
/* XORs with the XChaCha20 stream of key and nonce at a byte offset: for what lies in a nameless file for seconds. No authentication. */
#define SPOOL_SECRET 56
void spool_secret(unsigned char ret[SPOOL_SECRET]);
void spool_xor(const unsigned char secret[SPOOL_SECRET], uint64_t offset, void *bytes, size_t n);

/* A file at rest, under a key of its own: "xafile1\n" | suite | length (8) | chunks of 64 KiB, each nonce | ciphertext | tag. The name, the
 * suite, the length and the chunk's place are authenticated with each, so that nothing can be cut off, moved or put under another name. */
#define FILE_KEY 32
#define FILE_CHUNK 65536
/* Writes it to fd; ret_sha: SHA-256 of what was written. ERR_FULL: no room. Does not flush. */
CHECKED enum err file_seal(const unsigned char key[FILE_KEY], enum suite suite, const char *name, struct str plain, int fd, unsigned char ret_sha[32], struct fault *f);
/* Reads it from fd into ret, whose ceiling bounds it. ERR_DB: altered, cut, or another file's; ERR_LIMIT: longer than the ceiling. */
CHECKED enum err file_unseal(const unsigned char key[FILE_KEY], const char *name, int fd, struct buf *ret, struct fault *f);

/* Keyed 64-bit hash of a search token (SipHash-2-4 under the search key). */
uint64_t token_blind(struct keyring *k, struct str token);
uint64_t siphash(const unsigned char key[16], struct str s);

/* ---- a set that knows again what it was shown, and gives none of it away ---------------------------------------------- */
/* In locked memory, wiped when freed; the caller normalises the values and keeps threads apart. */
struct known;
struct known *known_new(void);
void known_free(struct known *k);                                    /* takes NULL */
void known_add(struct known *k, const char *what, struct str v);     /* what: the kind of value, at most 30 bytes */
/* True for all that was added; for another value once in 2^64. */
bool known_has(const struct known *k, const char *what, struct str v);

/* ---- what others' protocols ask for (portal/wechat.h); nothing of ours is kept under it ---------------------------- */
void sha1_hex(const struct str *parts, size_t n, char ret[41]);      /* of the parts one behind the other */
/* No padding: n is a multiple of 16. The first half of the key is the vector, as the WeChat platform has it. */
bool aes256_cbc(const unsigned char key[32], bool open, const unsigned char *in, size_t n, unsigned char *ret);
/* padded: with "="; room: of ret. */
bool base64_get(struct str text, bool padded, unsigned char *ret, size_t room, size_t *ret_n);
struct str base64_put(struct arena *a, const void *p, size_t n);

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
