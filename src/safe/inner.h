/* safe/, for its own files only. */
#ifndef XA_SAFE_INNER_H
#define XA_SAFE_INNER_H
#include "safe/safe.h"
#include <pthread.h>
#include <stdatomic.h>

#define KEY_LEN 32
#define KEYRING_EPOCHS 32     /* roots in the file */
#define RING_EPOCHS 64        /* epochs of the store in memory: number modulo this */
#define SHARDS 16             /* of the cache of data keys */
#define SLOTS 128             /* of a shard */

/* What one secret gives, derived once, so that a seal derives nothing. */
struct set { unsigned char xchacha[KEY_LEN], aes[KEY_LEN], sm4[16], sm4_mac[KEY_LEN]; };
/* One line of the key file. */
struct root { unsigned char key[KEY_LEN]; struct set set /* 0.1's seals */, wrap; };
struct epoch {
	atomic_int number;            /* 0: free */
	atomic_bool live;
	bool have[KC_COUNT], have_blind;
	struct set set[KC_COUNT];
	unsigned char blind[KEY_LEN];
};
struct slot { int64_t id; uint64_t used; int epoch; struct set set; };
struct shard { pthread_mutex_t lock; uint64_t clock; struct slot slot[SLOTS]; };

/* Lives in guarded, locked memory (sodium_malloc): no swap, no core dump, wiped by keyring_free. */
struct keyring {
	atomic_int suite, active;     /* active: epoch of new seals; 0: no store, 0.1's way */
	atomic_bool before;           /* data of 0.1 is there: its blind indexes are asked for */
	int nroots;
	struct root roots[KEYRING_EPOCHS];            /* rising numbers; the last one wraps */
	pthread_mutex_t lock;                         /* of adding epochs; readers go by number and live */
	struct epoch epochs[RING_EPOCHS];
	unsigned char old_blind[KEY_LEN];             /* 0.1's, from the first root */
	unsigned char fixed[KEY_LEN], search[16], sign_public[32], sign_secret[64];
	key_fetch *fetch;
	void *fetch_arg;
	struct keyring *next;                         /* of all in the process */
	struct shard shard[SHARDS];
};

/* HKDF-Expand (RFC 5869), SHA-256, at most one block. */
void derive(const unsigned char root[KEY_LEN], const char *label, void *ret, size_t n);
void set_make(struct set *s, const unsigned char secret[KEY_LEN]);
void hmac_sha256(const unsigned char *key, size_t keyn, struct str data, unsigned char ret[32]);

/* ring.c */
struct keyring *ring_new(void);
void ring_root(struct keyring *k, const unsigned char key[KEY_LEN]);
struct epoch *ring_epoch(struct keyring *k, int number);    /* NULL: not here */
/* A copy of a data key's set, and the epoch it was made in. ERR_NOT_FOUND: destroyed. The caller wipes. */
CHECKED enum err ring_data(struct keyring *k, int64_t id, struct set *ret, int *ret_epoch, struct fault *f);

/* seal.c: the suites alone, for envelopes and published vectors. nonce: 24, 12 or 16 bytes. */
#define TAG 16
size_t nonce_len(int suite);      /* 0: no such suite */
CHECKED bool suite_seal(int suite, const struct set *s, const unsigned char *nonce, const unsigned char *aad, size_t aadn, const unsigned char *in, size_t n,
			unsigned char *out, unsigned char tag[TAG]);
CHECKED bool suite_open(int suite, const struct set *s, const unsigned char *nonce, const unsigned char *aad, size_t aadn, const unsigned char *in, size_t n,
			const unsigned char tag[TAG], unsigned char *out);
CHECKED bool hmac_sm3(const unsigned char key[32], const struct str *parts, size_t nparts, unsigned char ret[32]);
/* One envelope, whatever its keys. head: made by the caller, suite in head[1]. */
#define SEAL_HEAD_MAX 12
struct str envelope(const struct set *s, struct arena *a, struct place at, const unsigned char *head, size_t headn, struct str plain);
CHECKED bool envelope_open(const struct set *s, struct arena *a, struct place at, size_t headn, struct str sealed, struct str *ret);
/* keys.c: the folder of a new file must be on the disk too, or a power cut loses its name (and, of a key, every seal made since). */
void sync_folder(const char *path);

#endif
