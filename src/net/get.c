/* Why: libcurl knows HTTP and TLS; what it may do for us is one GET.
 * Invariants: the address that is really connected to is judged, after the names were looked up; no redirect, proxy, cookie, password, or other
 * scheme; nothing compressed is asked for, so that few bytes cannot become many. */
#include "net/net.h"
#include <arpa/inet.h>
#include <curl/curl.h>
#include <unistd.h>

struct getting { struct arena *a; const struct net_ask *q; struct buf *body; struct net_answer *r; bool inside, over; size_t head; };

static curl_socket_t open_socket(void *arg, curlsocktype what, struct curl_sockaddr *to)
{
	struct getting *g = arg;
	unsigned char addr[16] = { [10] = 0xff, [11] = 0xff };
	if (to->family == AF_INET)
		memcpy(addr + 12, &((const struct sockaddr_in *)(const void *)&to->addr)->sin_addr, 4);
	else if (to->family == AF_INET6)
		memcpy(addr, &((const struct sockaddr_in6 *)(const void *)&to->addr)->sin6_addr, 16);
	else
		return CURL_SOCKET_BAD;
	if (what != CURLSOCKTYPE_IPCXN || (net_inside(addr) && !net_range_has(g->q->allow, g->q->nallow, addr))) {
		g->inside = true;
		return CURL_SOCKET_BAD;
	}
	return socket(to->family, to->socktype | SOCK_CLOEXEC, to->protocol);
}

static size_t take_body(char *p, size_t one, size_t n, void *arg)
{
	struct getting *g = arg;
	(void)one;
	if (n > g->q->max - g->body->n) {
		g->over = true;
		return 0;
	}
	buf_put(g->body, p, n);
	return n;
}

static bool named(struct str name, const char *want)
{
	for (size_t i = 0; i < name.n; i++)
		if ((name.p[i] | 32) != want[i] || !want[i])
			return false;
	return !want[name.n];
}

static size_t take_head(char *p, size_t one, size_t n, void *arg)
{
	struct getting *g = arg;
	struct net_answer *r = g->r;
	struct str value, name = str_cut((struct str){ p, n }, ':', &value);
	int64_t s;
	(void)one;
	g->head += n;
	if (g->head > (size_t)256 << 10)
		return 0;
	if (str_starts((struct str){ p, n }, "HTTP/"))      /* after a 100 the real one follows */
		r->type = r->etag = r->modified = r->location = STR_NONE;
	value = str_trim(value);
	if (!value.p || value.n > 2000)
		return n;
	if (named(name, "content-type"))
		r->type = arena_str(g->a, value);
	else if (named(name, "etag"))
		r->etag = arena_str(g->a, value);
	else if (named(name, "last-modified"))
		r->modified = arena_str(g->a, value);
	else if (named(name, "location"))
		r->location = arena_str(g->a, value);
	else if (named(name, "retry-after") && str_int(value, &s) && s >= 0 && s < 1000000000)
		r->retry_s = s;
	return n;
}

static enum net_end end_of(const struct getting *g, CURLcode e)
{
	if (g->inside)
		return NET_INSIDE;
	if (g->over)
		return NET_LONG;
	switch (e) {
	case CURLE_OK: return NET_ANSWER;
	case CURLE_FILESIZE_EXCEEDED: return NET_LONG;
	case CURLE_COULDNT_RESOLVE_HOST: return NET_NO_NAME;
	case CURLE_COULDNT_CONNECT: case CURLE_GOT_NOTHING: case CURLE_SEND_ERROR: return NET_NO_ANSWER;
	case CURLE_PARTIAL_FILE: case CURLE_RECV_ERROR: return NET_CUT;
	case CURLE_OPERATION_TIMEDOUT: return NET_SLOW;
	case CURLE_PEER_FAILED_VERIFICATION: case CURLE_SSL_CONNECT_ERROR: case CURLE_SSL_CERTPROBLEM: case CURLE_SSL_CIPHER: case CURLE_SSL_CACERT_BADFILE: return NET_TLS;
	default: return NET_ODD;
	}
}

bool net_curl_ready(void) { return curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK; }

static struct curl_slist *header(struct arena *a, struct curl_slist *l, const char *name, struct str v)
{
	if (!v.n)
		return l;
	struct curl_slist *more = curl_slist_append(l, arena_printf(a, "%s: %.*s", name, (int)v.n, v.p));
	return more ? more : l;
}

void net_curl(struct arena *a, const struct net_ask *q, struct buf *body, struct net_answer *ret)
{
	struct getting g = { a, q, body, ret, false, false, 0 };
	*ret = (struct net_answer){ .end = NET_ODD, .retry_s = -1 };
	CURL *h = curl_easy_init();
	if (!h)
		return;
	struct curl_slist *l = header(a, NULL, "Accept", STR("application/atom+xml, application/rss+xml, application/json, application/xml;q=0.9, */*;q=0.1"));
	l = header(a, l, "If-None-Match", q->etag);
	l = header(a, l, "If-Modified-Since", q->modified);
	const char *agent = q->contact.n ? arena_printf(a, ROBOTS_AGENT "/" XA_VERSION " (+%.*s)", (int)q->contact.n, q->contact.p) : ROBOTS_AGENT "/" XA_VERSION;
	struct { CURLoption o; long v; } numbers[] = {
		{ CURLOPT_NOSIGNAL, 1 }, { CURLOPT_FOLLOWLOCATION, 0 }, { CURLOPT_TIMEOUT_MS, (long)q->limit_ms }, { CURLOPT_CONNECTTIMEOUT_MS, (long)(q->limit_ms / 2 + 1) },
		{ CURLOPT_LOW_SPEED_LIMIT, 64 }, { CURLOPT_LOW_SPEED_TIME, (long)(q->limit_ms / 2000 + 1) }, { CURLOPT_NETRC, CURL_NETRC_IGNORED }, { CURLOPT_HTTP09_ALLOWED, 0 },
		{ CURLOPT_SSL_VERIFYPEER, 1 }, { CURLOPT_SSL_VERIFYHOST, 2 }, { CURLOPT_FORBID_REUSE, 1 }, { CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_1_1 },
	};
	bool ok = true;
	for (size_t i = 0; i < ARRAY_LEN(numbers); i++)
		ok = ok && curl_easy_setopt(h, numbers[i].o, numbers[i].v) == CURLE_OK;
	ok = ok && curl_easy_setopt(h, CURLOPT_URL, arena_cstr(a, q->url)) == CURLE_OK && curl_easy_setopt(h, CURLOPT_PROTOCOLS_STR, "http,https") == CURLE_OK &&
	     curl_easy_setopt(h, CURLOPT_PROXY, "") == CURLE_OK && curl_easy_setopt(h, CURLOPT_USERAGENT, agent) == CURLE_OK && curl_easy_setopt(h, CURLOPT_HTTPHEADER, l) == CURLE_OK &&
	     curl_easy_setopt(h, CURLOPT_MAXFILESIZE_LARGE, (curl_off_t)q->max) == CURLE_OK && curl_easy_setopt(h, CURLOPT_OPENSOCKETFUNCTION, open_socket) == CURLE_OK &&
	     curl_easy_setopt(h, CURLOPT_OPENSOCKETDATA, &g) == CURLE_OK && curl_easy_setopt(h, CURLOPT_WRITEFUNCTION, take_body) == CURLE_OK &&
	     curl_easy_setopt(h, CURLOPT_WRITEDATA, &g) == CURLE_OK && curl_easy_setopt(h, CURLOPT_HEADERFUNCTION, take_head) == CURLE_OK && curl_easy_setopt(h, CURLOPT_HEADERDATA, &g) == CURLE_OK;
	long status = 0;
	if (ok) {
		ret->end = end_of(&g, curl_easy_perform(h));
		curl_easy_getinfo(h, CURLINFO_RESPONSE_CODE, &status);
	}
	if (ret->end == NET_ANSWER && (status < 100 || status > 999))
		ret->end = NET_ODD;
	ret->status = ret->end == NET_ANSWER ? (int)status : 0;
	ret->body = ret->end == NET_ANSWER ? buf_view(body) : STR_NONE;
	curl_slist_free_all(l);
	curl_easy_cleanup(h);
}
