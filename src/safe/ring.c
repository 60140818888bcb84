/*
 * Why: keys in memory: where they lie, who may use them when, how they are wrapped for the store.
 *
 * Invariants: a key leaves this memory only wrapped; an epoch that new seals use has all its keys; a data key that was destroyed is
 * in no cache after keyring_forget.  Readers find epochs without a lock: a slot is written before its number is.
 */
#include "safe/inner.h"
#include "base/clock.h"
#include <sodium.h>
#include <stdio.h>

static pthread_mutex_t all_lock = PTHREAD_MUTEX_INITIALIZER;
static struct keyring *all_rings;     /* guarded by all_lock */

void safe_init(void)
{
	must(sodium_init() >= 0);
}

void hmac_sha256(const unsigned char *key, size_t keyn, struct str data, unsigned char ret[32])
{
	crypto_auth_hmacsha256_state st;
	crypto_auth_hmacsha256_init(&st, key, keyn);
	crypto_auth_hmacsha256_update(&st, (const unsigned char *)data.p, data.n);
	crypto_auth_hmacsha256_final(&st, ret);
	sodium_memzero(&st, sizeof st);
}

void derive(const unsigned char root[KEY_LEN], const char *label, void *ret, size_t n)
{
	unsigned char block[32], counter = 1;
	must(n <= sizeof block);
	crypto_auth_hmacsha256_state st;
	crypto_auth_hmacsha256_init(&st, root, KEY_LEN);
	crypto_auth_hmacsha256_update(&st, (const unsigned char *)label, strlen(label));
	crypto_auth_hmacsha256_update(&st, &counter, 1);
	crypto_auth_hmacsha256_final(&st, block);
	memcpy(ret, block, n);
	sodium_memzero(block, sizeof block);
	sodium_memzero(&st, sizeof st);
}

void set_make(struct set *s, const unsigned char secret[KEY_LEN])
{
	derive(secret, "seal/xchacha20-poly1305/1", s->xchacha, sizeof s->xchacha);
	derive(secret, "seal/aes-256-gcm/1", s->aes, sizeof s->aes);
	derive(secret, "seal/sm4-ctr/1", s->sm4, sizeof s->sm4);
	derive(secret, "seal/hmac-sm3/1", s->sm4_mac, sizeof s->sm4_mac);
}

static void head_key(struct keyring *k, const unsigned char seed[32]) { crypto_sign_seed_keypair(k->sign_public, k->sign_secret, seed); }

void ring_root(struct keyring *k, const unsigned char key[KEY_LEN])
{
	must(k->nroots < KEYRING_EPOCHS);
	struct root *r = &k->roots[k->nroots++];
	unsigned char wrap[KEY_LEN];
	memcpy(r->key, key, KEY_LEN);
	set_make(&r->set, key);
	derive(key, "wrap/1", wrap, sizeof wrap);
	set_make(&r->wrap, wrap);
	sodium_memzero(wrap, sizeof wrap);
	if (k->nroots > 1)
		return;
	unsigned char seed[32];
	derive(key, "blind/1", k->old_blind, sizeof k->old_blind);
	memcpy(k->fixed, k->old_blind, sizeof k->fixed);
	derive(key, "search/1", k->search, sizeof k->search);
	derive(key, "head/ed25519/1", seed, sizeof seed);
	head_key(k, seed);
	sodium_memzero(seed, sizeof seed);
}

struct keyring *ring_new(void)
{
	safe_init();
	struct keyring *k = sodium_malloc(sizeof *k);
	must(k != NULL);
	memset(k, 0, sizeof *k);
	atomic_init(&k->suite, SUITE_XCHACHA);
	must(pthread_mutex_init(&k->lock, NULL) == 0);
	for (int i = 0; i < SHARDS; i++)
		must(pthread_mutex_init(&k->shard[i].lock, NULL) == 0);
	pthread_mutex_lock(&all_lock);
	k->next = all_rings;
	all_rings = k;
	pthread_mutex_unlock(&all_lock);
	return k;
}

void keyring_free(struct keyring *k)
{
	if (!k)
		return;
	pthread_mutex_lock(&all_lock);
	struct keyring **at = &all_rings;
	while (*at && *at != k)
		at = &(*at)->next;
	if (*at)
		*at = k->next;
	pthread_mutex_unlock(&all_lock);
	pthread_mutex_destroy(&k->lock);
	for (int i = 0; i < SHARDS; i++)
		pthread_mutex_destroy(&k->shard[i].lock);
	sodium_free(k);   /* wipes */
}

/* Called between fork and the work of a child: no lock, for its holder may not exist there. */
void keyrings_forget(void)
{
	for (struct keyring *k = all_rings, *next; k; k = next) {
		next = k->next;
		sodium_memzero(k, sizeof *k);
	}
}

struct keyring *keyring_for_test(uint32_t seed)
{
	struct keyring *k = ring_new();
	unsigned char root[KEY_LEN];
	char text[48];
	int n = snprintf(text, sizeof text, "xiaoan test key %u", seed);
	sha256((struct str){ text, (size_t)n }, root);
	ring_root(k, root);
	return k;
}

int keyring_epoch(const struct keyring *k)
{
	int active = atomic_load_explicit(&k->active, memory_order_acquire);
	return active ? active : k->nroots;
}

void keyring_set_suite(struct keyring *k, enum suite s)
{
	must(s >= SUITE_XCHACHA && s <= SUITE_SM4);
	atomic_store(&k->suite, (int)s);
}

enum suite keyring_suite(const struct keyring *k) { return (enum suite)atomic_load(&k->suite); }

void keyring_name(const struct keyring *k, char ret[9])
{
	unsigned char h[4];
	derive(k->roots[k->nroots - 1].key, "name/1", h, sizeof h);
	snprintf(ret, 9, "%02x%02x%02x%02x", h[0], h[1], h[2], h[3]);
}

/* ---- epochs ---- */

struct epoch *ring_epoch(struct keyring *k, int number)
{
	struct epoch *e = &k->epochs[number % RING_EPOCHS];
	return number > 0 && atomic_load_explicit(&e->number, memory_order_acquire) == number ? e : NULL;
}

void keyring_use(struct keyring *k, int number, bool live, bool active)
{
	if (number == 0) {
		atomic_store(&k->before, live);
		return;
	}
	struct epoch *e = &k->epochs[number % RING_EPOCHS];
	bool whole = e->have_blind;
	for (int i = 0; i < KC_COUNT; i++)
		whole = whole && e->have[i];
	must(whole);
	atomic_store_explicit(&e->number, number, memory_order_release);
	atomic_store(&e->live, live);
	if (active)
		atomic_store_explicit(&k->active, number, memory_order_release);
}

void keyring_drop(struct keyring *k, int number)
{
	pthread_mutex_lock(&k->lock);
	struct epoch *e = ring_epoch(k, number);
	if (e && number != atomic_load(&k->active)) {
		atomic_store(&e->number, 0);
		atomic_store(&e->live, false);
		memset(e->have, 0, sizeof e->have);
		e->have_blind = false;
		sodium_memzero(e->set, sizeof e->set);
		sodium_memzero(e->blind, sizeof e->blind);
	}
	pthread_mutex_unlock(&k->lock);
}

size_t blind_epochs(const struct keyring *k, int ret[BLIND_EPOCHS])
{
	size_t n = 0;
	int active = atomic_load_explicit(&k->active, memory_order_acquire);
	/* One that is announced but not yet used stands first: another process may have begun with it. */
	for (int number = active + 1; active && number > 0 && number > active - RING_EPOCHS + 2 && n < BLIND_EPOCHS - 1; number--) {
		const struct epoch *e = &k->epochs[number % RING_EPOCHS];
		if (atomic_load(&e->number) == number && atomic_load(&e->live))
			ret[n++] = number;
	}
	if (!active || atomic_load(&k->before))
		ret[n++] = 0;
	return n;
}

/* ---- wrapping: an envelope under the root, at a place that names the key ---- */

static const char *const kind_name[] = { "", "seal", "blind", "fixed", "search", "head", "data" };

static struct place wrap_place(const struct key_row *r)
{
	/* Class and epoch are bound too: a key may not be taken for another class's. */
	return PLACE("key", kind_name[r->kind], r->kind == KEY_DATA ? r->id : (int64_t)r->cls << 32 | r->epoch);
}

static struct str wrap(struct keyring *k, struct arena *a, const struct key_row *r, const unsigned char secret[KEY_LEN])
{
	unsigned char head[4] = { 1, (unsigned char)atomic_load(&k->suite), 0, (unsigned char)k->nroots };
	struct str s = envelope(&k->roots[k->nroots - 1].wrap, a, wrap_place(r), head, sizeof head, (struct str){ (const char *)secret, KEY_LEN });
	must(s.n <= KEY_WRAPPED_MAX);
	return s;
}

static enum err unwrap(struct keyring *k, const struct key_row *r, unsigned char ret[KEY_LEN], struct fault *f)
{
	ARENA a = arena_new((size_t)1 << 20);
	struct str out = STR_NONE;
	int number = r->bytes.n > 4 && r->bytes.p[0] == 1 ? (unsigned char)r->bytes.p[3] : 0;
	bool ok = number >= 1 && number <= k->nroots && envelope_open(&k->roots[number - 1].wrap, a, wrap_place(r), 4, r->bytes, &out) && out.n == KEY_LEN;
	if (ok)
		memcpy(ret, out.p, KEY_LEN);
	if (out.p)
		sodium_memzero((void *)(uintptr_t)out.p, out.n);
	return ok ? OK : fail(f, ERR_DB, N_("A key of the key store was altered, or belongs to another root key. Put back the key store and the root key that belong together."),
			      "key %lld, %s, class %d, epoch %d", (long long)r->id, kind_name[r->kind], (int)r->cls, r->epoch);
}

void key_make(struct keyring *k, struct arena *a, struct key_row *row, bool as_before)
{
	unsigned char secret[KEY_LEN] = { 0 };
	random_bytes(secret, sizeof secret);
	if (as_before && row->kind == KEY_FIXED)
		memcpy(secret, k->old_blind, KEY_LEN);
	if (as_before && row->kind == KEY_SEARCH)
		derive(k->roots[0].key, "search/1", secret, 16);
	if (as_before && row->kind == KEY_HEAD)
		derive(k->roots[0].key, "head/ed25519/1", secret, KEY_LEN);
	row->bytes = wrap(k, a, row, secret);
	sodium_memzero(secret, sizeof secret);
}

enum err key_rewrap(struct keyring *k, struct arena *a, struct key_row *row, struct fault *f)
{
	unsigned char secret[KEY_LEN];
	TRY(unwrap(k, row, secret, f));
	row->bytes = wrap(k, a, row, secret);
	sodium_memzero(secret, sizeof secret);
	return OK;
}

bool key_wrapped_behind(const struct keyring *k, struct str b)
{
	return b.n > 4 && ((unsigned char)b.p[3] != k->nroots || b.p[1] != (char)atomic_load(&k->suite));
}

static void slot_put(struct keyring *k, int64_t id, int epoch, const unsigned char secret[KEY_LEN]);

enum err key_take(struct keyring *k, const struct key_row *row, struct fault *f)
{
	unsigned char secret[KEY_LEN];
	TRY(unwrap(k, row, secret, f));
	struct epoch *e = &k->epochs[(unsigned)row->epoch % RING_EPOCHS];
	pthread_mutex_lock(&k->lock);
	int there = atomic_load(&e->number);
	switch (row->kind) {
	case KEY_FIXED: memcpy(k->fixed, secret, KEY_LEN); break;
	case KEY_SEARCH: memcpy(k->search, secret, sizeof k->search); break;
	case KEY_HEAD: head_key(k, secret); break;
	case KEY_DATA: slot_put(k, row->id, row->epoch, secret); break;
	case KEY_BLIND:
	case KEY_SEAL:
		if (there && there != row->epoch)
			must(!"the ring of epochs is full");
		if (there)
			break;     /* taken before: never written under a reader's eyes */
		if (row->kind == KEY_BLIND)
			memcpy(e->blind, secret, KEY_LEN);
		else
			set_make(&e->set[row->cls], secret);
		*(row->kind == KEY_BLIND ? &e->have_blind : &e->have[row->cls]) = true;
		break;
	}
	pthread_mutex_unlock(&k->lock);
	sodium_memzero(secret, sizeof secret);
	return OK;
}

/* ---- data keys at hand: the least used of a shard goes ---- */

static struct shard *shard_of(struct keyring *k, int64_t id) { return &k->shard[((uint64_t)id * 0x9e3779b97f4a7c15u >> 40) % SHARDS]; }

static struct slot *slot_find(struct shard *h, int64_t id)
{
	for (int i = 0; i < SLOTS; i++)
		if (h->slot[i].id == id)
			return &h->slot[i];
	return NULL;
}

static void slot_put(struct keyring *k, int64_t id, int epoch, const unsigned char secret[KEY_LEN])
{
	struct set made;
	set_make(&made, secret);
	struct shard *h = shard_of(k, id);
	pthread_mutex_lock(&h->lock);
	struct slot *s = slot_find(h, id);
	for (int i = 0; !s && i < SLOTS; i++)
		if (!h->slot[i].id)
			s = &h->slot[i];
	if (!s) {
		s = &h->slot[0];
		for (int i = 1; i < SLOTS; i++)
			if (h->slot[i].used < s->used)
				s = &h->slot[i];
	}
	s->set = made;
	s->id = id;
	s->epoch = epoch;
	s->used = ++h->clock;
	pthread_mutex_unlock(&h->lock);
	sodium_memzero(&made, sizeof made);
}

void keyring_forget(struct keyring *k, int64_t id)
{
	struct shard *h = shard_of(k, id);
	pthread_mutex_lock(&h->lock);
	struct slot *s = slot_find(h, id);
	if (s)
		sodium_memzero(s, sizeof *s);
	pthread_mutex_unlock(&h->lock);
}

void keyring_source(struct keyring *k, key_fetch *fetch, void *arg)
{
	k->fetch = fetch;
	k->fetch_arg = arg;
}

enum err ring_data(struct keyring *k, int64_t id, struct set *ret, int *ret_epoch, struct fault *f)
{
	struct shard *h = shard_of(k, id);
	for (int tries = 0;; tries++) {
		pthread_mutex_lock(&h->lock);
		struct slot *s = id ? slot_find(h, id) : NULL;
		if (s) {
			s->used = ++h->clock;
			*ret = s->set;
			*ret_epoch = s->epoch;
		}
		pthread_mutex_unlock(&h->lock);
		if (s)
			return OK;
		if (!k->fetch || !id)
			return fail(f, ERR_DB, N_("A protected value was altered, moved, or sealed with a key this machine does not have."), "data key %lld", (long long)id);
		if (tries == 8)
			return fail(f, ERR_NOT_FOUND, N_("The key of this record was destroyed: what it held can no longer be read by anybody."), "data key %lld", (long long)id);
		char room[KEY_WRAPPED_MAX];
		struct key_row row = { .id = id, .kind = KEY_DATA };
		TRY(k->fetch(k->fetch_arg, id, &row, room, f));
		TRY(key_take(k, &row, f));
	}
}

/* ---- what else hangs on the keyring ---------------------------------------------------------------------------- */

static void blind_under(const unsigned char key[KEY_LEN], struct str v, unsigned char ret[16])
{
	unsigned char h[32];
	hmac_sha256(key, KEY_LEN, v, h);
	memcpy(ret, h, 16);
}

void blind_index(struct keyring *k, const char *what, struct str v, unsigned char ret[16])
{
	unsigned char key[32];
	hmac_sha256(k->fixed, sizeof k->fixed, str_of(what), key);
	blind_under(key, v, ret);
	sodium_memzero(key, sizeof key);
}

void blind_field(struct keyring *k, int number, const char *what, struct str v, unsigned char ret[16])
{
	unsigned char key[32];
	char label[64];
	if (number == 0) {
		hmac_sha256(k->old_blind, sizeof k->old_blind, str_of(what), key);
	} else {
		struct epoch *e = ring_epoch(k, number);
		must(e && snprintf(label, sizeof label, "bi/%s/1", what) < (int)sizeof label);
		derive(e->blind, label, key, sizeof key);
	}
	blind_under(key, v, ret);
	sodium_memzero(key, sizeof key);
}

uint64_t siphash(const unsigned char key[16], struct str s)
{
	unsigned char h[8];
	uint64_t v = 0;
	crypto_shorthash_siphash24(h, (const unsigned char *)(s.p ? s.p : ""), s.n, key);
	for (int i = 7; i >= 0; i--)
		v = v << 8 | h[i];
	return v;
}

uint64_t token_blind(struct keyring *k, struct str token) { return siphash(k->search, token); }

static struct str head_text(char out[160], uint64_t size, const unsigned char root[32], int64_t ms)
{
	char hex[65];
	sodium_bin2hex(hex, sizeof hex, root, 32);
	int n = snprintf(out, 160, "xiaoan-head\n%llu\n%s\n%lld\n", (unsigned long long)size, hex, (long long)ms);
	return (struct str){ out, (size_t)n };
}

void head_sign(struct keyring *k, uint64_t size, const unsigned char root[32], int64_t ms, unsigned char ret_sig[64])
{
	char text[160];
	struct str s = head_text(text, size, root, ms);
	crypto_sign_detached(ret_sig, NULL, (const unsigned char *)s.p, s.n, k->sign_secret);
}

bool head_check(const unsigned char pub[32], uint64_t size, const unsigned char root[32], int64_t ms, const unsigned char sig[64])
{
	char text[160];
	struct str s = head_text(text, size, root, ms);
	return crypto_sign_verify_detached(sig, (const unsigned char *)s.p, s.n, pub) == 0;
}

void head_public_key(struct keyring *k, unsigned char ret[32]) { memcpy(ret, k->sign_public, 32); }

/* ---- what lies in a nameless file for seconds ---- */

void spool_secret(unsigned char ret[SPOOL_SECRET]) { random_bytes(ret, SPOOL_SECRET); }

void spool_xor(const unsigned char secret[SPOOL_SECRET], uint64_t offset, void *bytes, size_t n)
{
	unsigned char *p = bytes, block[64];
	size_t into = (size_t)(offset % 64);
	if (into && n) {      /* the rest of a block that was begun */
		size_t k = 64 - into < n ? 64 - into : n;
		memset(block, 0, sizeof block);
		memcpy(block + into, p, k);
		crypto_stream_xchacha20_xor_ic(block, block, 64, secret + 32, offset / 64, secret);
		memcpy(p, block + into, k);
		sodium_memzero(block, sizeof block);
		p += k, n -= k, offset += k;
	}
	if (n)
		crypto_stream_xchacha20_xor_ic(p, p, n, secret + 32, offset / 64, secret);
}
