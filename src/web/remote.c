/* Why: who asks, for the counts and for the journal: an address that the client can write himself is no address.
 * Invariant: X-Forwarded-For is believed only as far as each hop, from the end, is a proxy that was named. */
#include "web/inner.h"
#include "base/clock.h"
#include "web/rate.h"
#include <arpa/inet.h>
#include <stdio.h>

#define HELP_WAIT_US (INT64_C(5) * 1000000)

/* IPv4 as ::ffff:a.b.c.d. */
static bool address_read(struct str s, unsigned char ret[16])
{
	char t[64];
	if (s.n == 0 || s.n >= sizeof t)
		return false;
	memcpy(t, s.p, s.n);
	t[s.n] = 0;
	memset(ret, 0, 10);
	ret[10] = ret[11] = 0xff;
	return inet_pton(AF_INET, t, ret + 12) == 1 || inet_pton(AF_INET6, t, ret) == 1;
}

bool web_nets_parse(const char *list, struct web_net *ret, size_t max, size_t *ret_n)
{
	size_t n = 0;
	for (struct str rest = str_of(list); rest.p;) {
		struct str bits, one = str_trim(str_cut(rest, ',', &rest)), addr = str_cut(one, '/', &bits);
		int64_t b = -1;
		if (n == max || !address_read(addr, ret[n].addr) || (bits.p && !str_int(bits, &b)))
			return false;
		bool four = !memchr(addr.p, ':', addr.n);
		int64_t most = four ? 32 : 128;
		if (bits.p && (b < 0 || b > most))
			return false;
		ret[n++].bits = (int)(128 - most + (bits.p ? b : most));
	}
	*ret_n = n;
	return n > 0;
}

bool net_has(const struct web_net *n, size_t count, struct str address)
{
	unsigned char a[16];
	if (!address_read(address, a))
		return false;
	for (size_t i = 0; i < count; i++) {
		size_t whole = (size_t)n[i].bits / 8;
		int rest = n[i].bits % 8;
		if (memcmp(a, n[i].addr, whole) == 0 && (!rest || (a[whole] ^ n[i].addr[whole]) >> (8 - rest) == 0))
			return true;
	}
	return false;
}

/* As inet_ntop writes it, so that one address has one text. */
static struct str address_text(struct arena *a, struct str s)
{
	unsigned char raw[16];
	char *t = arena_alloc(a, 64);
	static const unsigned char four[12] = { [10] = 0xff, [11] = 0xff };
	if (!address_read(s, raw))
		return STR_NONE;
	bool is_four = memcmp(raw, four, sizeof four) == 0;
	return inet_ntop(is_four ? AF_INET : AF_INET6, is_four ? raw + 12 : raw, t, 64) ? str_of(t) : STR_NONE;
}

void conn_remote(struct web_conn *k, struct str peer)
{
	const struct web_config *c = k->c;
	struct str now = address_text(k->a, peer);
	k->rq.remote = now.p ? now : STR("");
	unsigned char raw[16];
	static const unsigned char six_self[16] = { [15] = 1 };
	k->here = !c->nproxies && address_read(k->rq.remote, raw) && (memcmp(raw, six_self, 16) == 0 || (raw[10] == 0xff && raw[12] == 127));
	/* Several headers are one list in their order. */
	for (size_t h = k->nheaders; h > 0; h--) {
		struct str v = k->headers[h - 1].value;
		if (!name_is(k->headers[h - 1].name, "X-Forwarded-For"))
			continue;
		while (v.p) {
			if (!net_has(c->proxies, c->nproxies, k->rq.remote))
				return;
			size_t at = v.n;
			while (at > 0 && v.p[at - 1] != ',')
				at--;
			struct str hop = address_text(k->a, str_trim((struct str){ v.p + at, v.n - at }));
			if (!hop.p)
				return;
			k->rq.remote = hop;
			v = at ? (struct str){ v.p, at - 1 } : STR_NONE;
		}
	}
}

/* ---- how often ---- */

static enum rate_class class_of(const struct route *r)
{
	if (!r)
		return RATE_OPEN;
	if (r->flags & ROUTE_HELP)
		return RATE_HELP;
	if (r->flags & ROUTE_SEARCH)
		return RATE_SEARCH;
	if (r->flags & ROUTE_EXPORT)
		return RATE_EXPORT;
	if (r->flags & ROUTE_API)
		return RATE_API;
	/* What nobody has logged in for and is slow is a secret tried: a password, a receipt. */
	if (r->flags & ROUTE_OPEN)
		return r->kind == ROUTE_SLOW ? RATE_LOGIN : RATE_OPEN;
	return RATE_PAGE;
}

enum err conn_rate(struct web_conn *k)
{
	struct req *rq = &k->rq;
	if (!k->c->rates)
		return OK;
	bool api = rq->route && rq->route->flags & ROUTE_API;
	struct str own = api ? req_header(rq, "Authorization") : k->c->session_cookie ? req_cookie(rq, k->c->session_cookie) : STR_NONE;
	struct rate_ask q = { .cls = class_of(rq->route), .own = own, .address = rate_network(k->a, rq->remote), .here = k->here, .token = api };
	int seconds;
	int64_t now = mono_us();
	enum rate_say say = rates_ask(k->c->rates, &q, now, &seconds);
	if (say == RATE_WAIT)
		k->wait_until = now + HELP_WAIT_US / (k->c->hurry > 0 ? k->c->hurry : 1);
	if (say != RATE_REFUSE)
		return OK;
	k->retry_s = seconds;
	k->rs.status = 0;
	enum err e = fail(&rq->fault, ERR_RATE, N_("Too many requests one after the other. Nothing was lost: wait %s s, then try again. If somebody is in danger, call 110 at once."), "rate %d", (int)q.cls);
	snprintf(rq->fault.arg, sizeof rq->fault.arg, "%d", seconds);
	return e;
}
