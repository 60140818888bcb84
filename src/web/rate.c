/* Why: who asks too often, by a broken script or on purpose, must not slow down the others, nor guess numbers.
 * Invariants: bounded memory; an unknown bucket is a full one, so that a table overrun by many addresses forgives, and never refuses who
 * has done nothing; a call for help is never refused. A bucket is one number (GCRA): the moment at which it would be full again. */
#include "web/rate.h"
#include "base/clock.h"
#include "safe/safe.h"
#include <arpa/inet.h>
#include <pthread.h>
#include <stdlib.h>

#define SETS 4096
#define WAYS 8

/* Sixty-four households may stand behind one address, and an office of a hundred logs in at eight o'clock. */
const struct rate_limits rate_usual = {
	.own = { [RATE_PAGE] = { 240, 600 }, [RATE_API] = { 600, 600 }, [RATE_SEARCH] = { 30, 60 }, [RATE_EXPORT] = { 20, 20 } },
	.address = { [RATE_PAGE] = { 300, 300 }, [RATE_OPEN] = { 300, 300 }, [RATE_LOGIN] = { 200, 60 }, [RATE_HELP] = { 120, 120 }, [RATE_API] = { 300, 300 },
		     [RATE_SEARCH] = { 60, 60 }, [RATE_EXPORT] = { 20, 20 }, [RATE_NEW] = { 300, 120 } },
};
const char *const rate_names[RATE_COUNT] = { "page", "open", "login", "help", "api", "search", "export", "new" };

struct slot { uint64_t key; int64_t full; /* us */ };
struct rates {
	pthread_mutex_t lock;              /* guards all below */
	struct rate_limits l;
	unsigned char secret[16];          /* nobody can choose the set that his address falls into */
	struct slot slot[SETS][WAYS];
};

struct rates *rates_new(const struct rate_limits *l)
{
	struct rates *r = xalloc(sizeof *r);
	pthread_mutex_init(&r->lock, NULL);
	r->l = *l;
	random_bytes(r->secret, sizeof r->secret);
	return r;
}

void rates_free(struct rates *r)
{
	if (!r)
		return;
	pthread_mutex_destroy(&r->lock);
	free(r);
}

void rates_set(struct rates *r, const struct rate_limits *l)
{
	pthread_mutex_lock(&r->lock);
	r->l = *l;
	pthread_mutex_unlock(&r->lock);
}

struct str rate_network(struct arena *a, struct str address)
{
	unsigned char raw[16];
	if (!memchr(address.p ? address.p : "", ':', address.n) || inet_pton(AF_INET6, arena_cstr(a, address), raw) != 1)
		return address;
	return arena_str(a, (struct str){ (const char *)raw, 8 });
}

static uint64_t key_of(const struct rates *r, char kind, enum rate_class cls, struct str who)
{
	unsigned char h[32];
	BUF_AUTO b = BUF(1 << 16);
	uint64_t k;
	buf_put(&b, r->secret, sizeof r->secret);
	buf_char(&b, kind);
	buf_char(&b, (char)cls);
	buf_str(&b, who);
	sha256(buf_view(&b), h);
	memcpy(&k, h, sizeof k);
	return k | 1;              /* 0: nobody's */
}

static struct slot *known(struct rates *r, uint64_t key)
{
	struct slot *set = r->slot[key / 2 % SETS];
	for (int i = 0; i < WAYS; i++)
		if (set[i].key == key)
			return &set[i];
	return NULL;
}

/* The bucket of key, or the one that owes least, taken over. */
static struct slot *slot_of(struct rates *r, uint64_t key)
{
	struct slot *set = r->slot[key / 2 % SETS], *s = known(r, key), *least = &set[0];
	if (s)
		return s;
	for (int i = 1; i < WAYS; i++)
		if (set[i].full < least->full)
			least = &set[i];
	*least = (struct slot){ .key = key };
	return least;
}

/* us until one may be taken; 0: taken. */
static int64_t take(struct slot *s, struct rate_limit l, int64_t now)
{
	if (l.minute <= 0)
		return 0;
	int64_t each = INT64_C(60000000) / l.minute, room = each * (l.burst > 1 ? l.burst - 1 : 0);
	int64_t full = s->full > now ? s->full : now;
	if (full - now > room)
		return full - now - room;
	s->full = full + each;
	return 0;
}

static int64_t take_address(struct rates *r, enum rate_class cls, struct str address, int64_t now)
{
	return take(slot_of(r, key_of(r, 'a', cls, address)), r->l.address[cls], now);
}

enum rate_say rates_ask(struct rates *r, const struct rate_ask *q, int64_t now, int *ret_s)
{
	int64_t wait = 0;
	pthread_mutex_lock(&r->lock);
	bool own = q->own.n && r->l.own[q->cls].minute > 0 && !(q->here && !q->token);
	uint64_t mine = own ? key_of(r, q->token ? 't' : 's', q->cls, q->own) : 0;
	/* An unknown cookie is believed as long as its address does not show too many; then it counts as none. */
	if (own && !q->here && !known(r, mine) && take_address(r, RATE_NEW, q->address, now) > 0)
		own = false;
	if (own)
		wait = take(slot_of(r, mine), r->l.own[q->cls], now);
	else if (!q->here)
		wait = take_address(r, q->cls, q->address, now);
	pthread_mutex_unlock(&r->lock);
	*ret_s = wait > 0 ? (int)((wait + 999999) / 1000000) : 0;
	return !wait ? RATE_GO : q->cls == RATE_HELP ? RATE_WAIT : RATE_REFUSE;
}
