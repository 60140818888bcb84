/* Why: whoever may write down an address for the server to fetch could have it fetch what only the server reaches: a router, a database,
 * a cloud's own keys.
 * Invariants: an address is judged by its bytes, at the moment of connecting, never by its name; what is not plainly outside is inside. */
#include "net/net.h"
#include <arpa/inet.h>

static bool address_read(struct str s, unsigned char ret[16])
{
	char t[64];
	if (!s.n || s.n >= sizeof t)
		return false;
	memcpy(t, s.p, s.n);
	t[s.n] = 0;
	memset(ret, 0, 10);
	ret[10] = ret[11] = 0xff;
	return inet_pton(AF_INET, t, ret + 12) == 1 || inet_pton(AF_INET6, t, ret) == 1;
}

bool net_range_parse(struct str s, struct net_range *ret)
{
	struct str bits, addr = str_cut(str_trim(s), '/', &bits);
	struct net_range r;
	int64_t b = -1;
	if (!address_read(addr, r.addr) || (bits.p && !str_int(bits, &b)))
		return false;
	int64_t most = memchr(addr.p, ':', addr.n) ? 128 : 32;
	if (bits.p && (b < 0 || b > most))
		return false;
	r.bits = (int)(128 - most + (bits.p ? b : most));
	*ret = r;
	return true;
}

static bool within(const unsigned char addr[16], const unsigned char net[16], int bits)
{
	size_t whole = (size_t)bits / 8;
	int rest = bits % 8;
	return memcmp(addr, net, whole) == 0 && (!rest || (addr[whole] ^ net[whole]) >> (8 - rest) == 0);
}

bool net_range_has(const struct net_range *n, size_t count, const unsigned char addr[16])
{
	for (size_t i = 0; i < count; i++)
		if (within(addr, n[i].addr, n[i].bits))
			return true;
	return false;
}

static bool inside_four(const unsigned char v[4])
{
	static const struct { unsigned char net[4]; int bits; } in[] = {
		{ { 0 }, 8 }, { { 10 }, 8 }, { { 100, 64 }, 10 }, { { 127 }, 8 }, { { 169, 254 }, 16 }, { { 172, 16 }, 12 }, { { 192, 0, 0 }, 24 }, { { 192, 0, 2 }, 24 },
		{ { 192, 88, 99 }, 24 }, { { 192, 168 }, 16 }, { { 198, 18 }, 15 }, { { 198, 51, 100 }, 24 }, { { 203, 0, 113 }, 24 }, { { 224 }, 3 },
	};
	for (size_t i = 0; i < ARRAY_LEN(in); i++) {
		size_t whole = (size_t)in[i].bits / 8;
		int rest = in[i].bits % 8;
		if (memcmp(v, in[i].net, whole) == 0 && (!rest || (v[whole] ^ in[i].net[whole]) >> (8 - rest) == 0))
			return true;
	}
	return false;
}

bool net_inside(const unsigned char v[16])
{
	static const unsigned char mapped[12] = { [10] = 0xff, [11] = 0xff }, nat64[12] = { 0x00, 0x64, 0xff, 0x9b };
	if (memcmp(v, mapped, 12) == 0 || memcmp(v, nat64, 12) == 0)
		return inside_four(v + 12);
	if (v[0] == 0x20 && v[1] == 0x02)      /* 6to4 */
		return inside_four(v + 2);
	/* Only 2000::/3 is given to anybody; of it not Teredo, ORCHID, and what stands in books. */
	if (v[0] >> 5 != 1)
		return true;
	return v[0] == 0x20 && v[1] == 0x01 && (v[2] < 2 || (v[2] == 0x0d && v[3] == 0xb8));
}

/* ---- addresses of pages ---- */

static struct str lower(struct arena *a, struct str s)
{
	char *p = arena_cstr(a, s);
	for (char *q = p; *q; q++)
		if (*q >= 'A' && *q <= 'Z')
			*q = (char)(*q + 32);
	return (struct str){ p, s.n };
}

static bool host_like(struct str h)
{
	bool six = h.n > 2 && h.p[0] == '[' && h.p[h.n - 1] == ']';
	if (!h.n || h.n > 253)
		return false;
	for (size_t i = six ? 1 : 0; i < h.n - (six ? 1u : 0u); i++) {
		char c = h.p[i];
		bool word = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
		if (!word && !(six ? c == ':' || c == '.' : c == '-' || c == '.' || c == '_'))
			return false;
	}
	return true;
}

bool net_url_parse(struct arena *a, struct str url, struct net_url *ret)
{
	struct net_url u = { 0 };
	int64_t port;
	if (!url.n || url.n > NET_URL_MAX)
		return false;
	for (size_t i = 0; i < url.n; i++)
		if (url.p[i] <= ' ' || url.p[i] >= 0x7F || url.p[i] == '\\' || url.p[i] == '"' || url.p[i] == '<' || url.p[i] == '>')
			return false;
	ptrdiff_t at = str_find(url, STR("://"));
	if (at < 0)
		return false;
	struct str scheme = lower(a, (struct str){ url.p, (size_t)at }), rest = { url.p + at + 3, url.n - (size_t)at - 3 };
	u.tls = str_is(scheme, "https");
	if (!u.tls && !str_is(scheme, "http"))
		return false;
	size_t n = 0;
	while (n < rest.n && !strchr("/?#", rest.p[n]))
		n++;
	struct str where = { rest.p, n }, tail = { rest.p + n, rest.n - n };
	if (memchr(where.p, '@', where.n))
		return false;
	size_t colon = where.n;
	while (colon > 0 && where.p[colon - 1] >= '0' && where.p[colon - 1] <= '9')
		colon--;
	bool said = colon > 0 && where.p[colon - 1] == ':' && !(where.p[0] == '[' && where.p[where.n - 1] == ']');
	struct str host = said ? (struct str){ where.p, colon - 1 } : where;
	port = u.tls ? 443 : 80;
	if (said && (!str_int((struct str){ where.p + colon, where.n - colon }, &port) || port < 1 || port > 65535))
		return false;
	u.host = lower(a, host);
	if (!host_like(u.host))
		return false;
	u.port = (int)port;
	u.origin = arena_fmt(a, "%s://%.*s:%d", u.tls ? "https" : "http", (int)u.host.n, u.host.p, u.port);
	const char *hash = tail.n ? memchr(tail.p, '#', tail.n) : NULL;
	if (hash)
		tail.n = (size_t)(hash - tail.p);
	u.target = tail.n && *tail.p == '/' ? arena_str(a, tail) : arena_fmt(a, "/%.*s", (int)tail.n, tail.p ? tail.p : "");
	*ret = u;
	return true;
}

struct str net_url_join(struct arena *a, struct str base, struct str location)
{
	struct net_url u;
	location = str_trim(location);
	if (!location.n || !net_url_parse(a, base, &u))
		return STR_NONE;
	if (net_url_parse(a, location, &(struct net_url){ 0 }))
		return arena_str(a, location);
	struct str joined;
	if (str_starts(location, "//")) {
		joined = arena_fmt(a, "%s:%.*s", u.tls ? "https" : "http", (int)location.n, location.p);
	} else if (*location.p == '/') {
		joined = arena_fmt(a, "%.*s%.*s", (int)u.origin.n, u.origin.p, (int)location.n, location.p);
	} else {
		size_t n = 0;
		while (n < u.target.n && u.target.p[n] != '?')
			n++;
		while (n > 0 && u.target.p[n - 1] != '/')
			n--;
		joined = arena_fmt(a, "%.*s%.*s%.*s", (int)u.origin.n, u.origin.p, (int)n, u.target.p, (int)location.n, location.p);
	}
	return net_url_parse(a, joined, &u) ? joined : STR_NONE;
}
