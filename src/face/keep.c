/* Why: to open a record costs a dozen statements and as many seals; who goes back to a page on which nothing can have changed need
 * not pay for them again.  What is kept is the answer itself, for the session that it was made for, and what is known of its actor.
 *
 * A stale permission is impossible, because nothing decides here what a page hangs on. An answer is kept under the version that the
 * store had before its snapshot began (store_version(): grows with every commit of any kind, of this process or another, but those
 * of views and of "this session is in use"), and each view of it is noted in the journal by a job on SQLite's one writer, which
 * holds the lock under which alone anything can be written, in this process or another. That job looks at the version again
 * (viewing.version). Still the same: no row has changed since the page was made, neither the record nor the grant, post, area,
 * session or log-in that opened it, and none can before the note is committed. Any other: no note, the page is thrown away unseen,
 * and the request runs again from the log-in on. Only pages whose views are noted go that way, so only they are kept; and on
 * PostgreSQL, where others write unseen, none are.
 * What changes without a commit: the clock (struct ctx.until; the session's own end; a clock set back), and what the browser sends: another cookie,
 * language or address is another page; news to be told once (flash) is never kept. The nonce is each answer's own: 128 random bits,
 * so that it is found again in the page only where the templates put it.
 *
 * Invariants: no more than KEPT_BYTES; a page is wiped when it goes; it never serves another session than its own. */
#include "face/inner.h"
#include "people/login.h"
#include <pthread.h>
#include <stdlib.h>

#define NONCE_TEXT 32
#define KEPT_BYTES ((size_t)16 << 20)
#define KEPT_ONE ((size_t)256 << 10)       /* a larger page is not kept */
#define SLOTS 1024                         /* a power of two */
#define NONCES 128                         /* a page with more is not kept */

struct page {
	struct page *chain, *newer, *older;
	uint64_t hash;
	unsigned char session[32];
	enum lang lang;
	int64_t version, made, until;
	struct actor actor;
	const char *type;
	int64_t rid;
	size_t nkey, n;
	uint32_t nonce[NONCES];              /* where this answer's nonce goes */
	int nnonce;
	char bytes[];                      /* path?query, then the page */
};

struct faces {
	pthread_mutex_t lock;              /* guards all below */
	struct page *slot[SLOTS], *newest, *oldest;
	size_t bytes;
	struct arena *a;                   /* flow pictures, see flow.c: as many as the catalogue has states */
	struct map *flows;
};

enum err face_open(struct app *app)
{
	struct faces *k = xalloc(sizeof *k);
	pthread_mutex_init(&k->lock, NULL);
	k->a = arena_new(0);
	k->flows = map_new(k->a);
	app->face = k;
	return OK;
}

static void drop(struct faces *k, struct page *p)
{
	struct page **at = &k->slot[p->hash & (SLOTS - 1)];
	while (*at != p)
		at = &(*at)->chain;
	*at = p->chain;
	*(p->newer ? &p->newer->older : &k->newest) = p->older;
	*(p->older ? &p->older->newer : &k->oldest) = p->newer;
	size_t size = sizeof *p + p->nkey + p->n;
	k->bytes -= size;
	explicit_bzero(p, size);
	free(p);
}

void face_close(struct app *app)
{
	struct faces *k = app->face;
	if (!k)
		return;
	while (k->newest)
		drop(k, k->newest);
	arena_free(k->a);
	pthread_mutex_destroy(&k->lock);
	free(k);
	app->face = NULL;
}

/* ---- flow pictures ---- */

const struct flow *face_flow(struct ctx *c, const struct state *key, struct flow (*make)(struct ctx *, void *), void *arg)
{
	struct faces *k = c->app->face;
	int64_t id = (int64_t)(uintptr_t)key + c->lang;      /* states stand further apart than there are languages */
	if (!k) {
		struct flow *f = NEW(c->a, struct flow);
		*f = make(c, arg);
		return f;
	}
	pthread_mutex_lock(&k->lock);
	struct flow *f = map_geti(k->flows, id);
	if (!f) {
		struct ctx in = *c;
		in.a = k->a;
		f = NEW(k->a, struct flow);
		*f = make(&in, arg);
		map_puti(k->flows, id, f);
	}
	pthread_mutex_unlock(&k->lock);
	return f;
}

/* ---- pages ---- */

struct key { unsigned char session[32]; enum lang lang; struct str target; uint64_t hash; };

static struct key key_of(struct req *rq, struct str cookie, enum lang lang)
{
	struct key k = { .lang = lang, .target = rq->query.n ? arena_fmt(rq->a, "%.*s?%.*s", (int)rq->path.n, rq->path.p, (int)rq->query.n, rq->query.p) : rq->path };
	token_hash(cookie, k.session);
	memcpy(&k.hash, k.session, sizeof k.hash);
	for (size_t i = 0; i < k.target.n; i++)
		k.hash = (k.hash ^ (unsigned char)k.target.p[i]) * 0x100000001b3u;
	k.hash ^= k.hash >> 32;
	return k;
}

static struct page *find(struct faces *k, const struct key *q)
{
	for (struct page *p = k->slot[q->hash & (SLOTS - 1)]; p; p = p->chain)
		if (p->hash == q->hash && p->lang == q->lang && memcmp(p->session, q->session, sizeof p->session) == 0 && str_eq((struct str){ p->bytes, p->nkey }, q->target))
			return p;
	return NULL;
}

static bool keeps(const struct req *rq, struct str cookie) { return ((struct app *)rq->app)->face && rq->version && cookie.n == TOKEN_TEXT - 1 && !req_cookie(rq, FLASH_COOKIE).n; }

bool face_kept(struct req *rq, struct resp *rs)
{
	struct str cookie = req_cookie(rq, session_cookie(rq));
	struct faces *k = ((struct app *)rq->app)->face;
	if (!keeps(rq, cookie))
		return false;
	struct face *fc = face_new(rq);
	struct key q = key_of(rq, cookie, rq->lang);
	pthread_mutex_lock(&k->lock);
	struct page *p = find(k, &q);
	bool good = p && p->version == rq->version && fc->c.now >= p->made && fc->c.now < p->until;
	if (p && !good)
		drop(k, p);
	if (good) {
		buf_put(&rs->body, p->bytes + p->nkey, p->n);
		for (int i = 0; i < p->nnonce && !rs->body.over; i++)
			memcpy(rs->body.p + p->nonce[i], fc->v.nonce.p, NONCE_TEXT);
		fc->actor = p->actor;
		fc->later = (struct reading){ .verb = "view", .type = p->type, .rid = p->rid, .body = STR("{}") };
	}
	pthread_mutex_unlock(&k->lock);
	if (!good)
		return false;
	fc->known = true;
	fc->version = rq->version;
	fc->c.later = &fc->later;
	return true;
}

/* False: too many. The nonces of a page that is kept are no secret any more and open nothing. */
static bool find_nonces(struct page *p, struct str body, struct str nonce)
{
	must(nonce.n == NONCE_TEXT);
	for (size_t from = 0; from < body.n;) {
		ptrdiff_t at = str_find((struct str){ body.p + from, body.n - from }, nonce);
		if (at < 0)
			break;
		if (p->nnonce == NONCES)
			return false;
		p->nonce[p->nnonce++] = (uint32_t)(from + (size_t)at);
		from += (size_t)at + NONCE_TEXT;
	}
	return true;
}

void face_keep(struct req *rq, struct resp *rs)
{
	struct face *fc = face_of(rq);
	struct faces *k = fc->c.app->face;
	const struct reading *l = fc->c.later;
	struct str cookie = req_cookie(rq, session_cookie(rq));
	if (!(rq->route->flags & ROUTE_KEPT) || !keeps(rq, cookie) || !fc->known || fc->must_change || fc->c.bare.t /* uncovered for once */ || rs->status || rs->nheaders || rs->body.over)
		return;
	/* One view, and nothing else to be noted; not one under an emergency opening, whose note names it. */
	if (!l || l->next || strcmp(l->verb, "view") != 0 || !str_is(l->body, "{}") || rs->body.n > KEPT_ONE)
		return;
	struct key q = key_of(rq, cookie, rq->lang);
	size_t size = sizeof(struct page) + q.target.n + rs->body.n;
	struct page *p = xalloc(size);
	*p = (struct page){ .hash = q.hash, .lang = q.lang, .version = rq->version, .made = fc->c.now, .until = fc->c.until < fc->ends ? fc->c.until : fc->ends, .actor = fc->actor,
			    .type = l->type, .rid = l->rid, .nkey = q.target.n, .n = rs->body.n };
	p->actor.name = STR_NONE;
	if (!find_nonces(p, buf_view(&rs->body), fc->v.nonce)) {
		free(p);
		return;
	}
	memcpy(p->session, q.session, sizeof p->session);
	memcpy(p->bytes, q.target.p, q.target.n);
	memcpy(p->bytes + q.target.n, rs->body.p, rs->body.n);
	pthread_mutex_lock(&k->lock);
	struct page *old = find(k, &q);
	if (old)
		drop(k, old);
	while (k->bytes + size > KEPT_BYTES)
		drop(k, k->oldest);
	p->chain = k->slot[p->hash & (SLOTS - 1)];
	k->slot[p->hash & (SLOTS - 1)] = p;
	p->older = k->newest;
	*(k->newest ? &k->newest->newer : &k->oldest) = p;
	k->newest = p;
	k->bytes += size;
	pthread_mutex_unlock(&k->lock);
}

/* ---- what must be noted before an answer leaves ---- */

bool face_holds(struct req *rq) { return rq->ctx && ctx_of(rq)->later; }

void face_hold(struct req *rq, void (*done)(void *arg, enum err e, struct fault *f), void *arg)
{
	struct face *fc = face_of(rq);
	struct viewing *v = NEW(rq->a, struct viewing);
	*v = (struct viewing){ .app = fc->c.app, .actor = fc->actor, .now = fc->c.now, .notes = fc->c.later, .version = fc->version, .done = done, .arg = arg };
	journal_hold(v);
}
