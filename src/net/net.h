/*
 * net/: going out to fetch a public page for the monitoring of public opinion, and coming back with bytes and nothing worse.
 *
 * Two halves. The server's: what may be asked for (net_address, robots_…), and asking a child for it (net_get). The child's, the program
 * xiaoan-fetch: one request by libcurl behind a door of its own (get.c, door.c), no redirect followed, no address of the inside reached, and
 * an end whatever the other side does. The server itself never connects anywhere for this: its fence forbids it (cli/fence.h).
 * May include base/ only; only this room sees curl. Tests: tests/net/.
 */
#ifndef XA_NET_H
#define XA_NET_H
#include "base/base.h"

/* ---- addresses ---------------------------------------------------------------------------------------------------- */

#define NET_URL_MAX 1000
/* A network: IPv4 is kept as IPv6 (::ffff:0:0/96). */
struct net_range { unsigned char addr[16]; int bits; };
/* "10.1.2.0/24", "::1". False: it is none. */
bool net_range_parse(struct str s, struct net_range *ret);
bool net_range_has(const struct net_range *n, size_t count, const unsigned char addr[16]);
/* Where no stranger's page lies: loopback, private and link-local networks, what providers share, what is reserved, multicast, and IPv6
 * addresses that carry such an IPv4 one in them (RFC 6890, 6598, 4193, 6052, 3056). */
bool net_inside(const unsigned char addr[16]);

/* http or https, a host, no name and password, at most NET_URL_MAX bytes of ASCII. origin: "https://host:port", as robots.txt is kept
 * by; target: path and query, as its rules are about, "/" at least. Strings in a. */
struct net_url { struct str origin, host, target; int port; bool tls; };
bool net_url_parse(struct arena *a, struct str url, struct net_url *ret);
/* Where a Location leads from there (RFC 3986 5.2, without its rarer forms); absent: nowhere. */
struct str net_url_join(struct arena *a, struct str base, struct str location);

/* ---- robots.txt (RFC 9309) ------------------------------------------------------------------------------------------ */

#define ROBOTS_AGENT "XiaoAn"       /* the product token that rules for us name */
#define ROBOTS_MAX ((size_t)500 << 10)   /* 2.5: at least so much is read; what follows is not */
/* May the target ("/path?query") be fetched by this file's rules? Longest match wins, allow at a tie, all groups of the same agent are
 * one, * and $ mean what they do, %-codes are compared decoded; lines that are none are passed over. */
bool robots_allow(struct str file, const char *agent, struct str target);
/* 2.3.1: what the answer for robots.txt itself means. */
enum robots_state { ROBOTS_READ, ROBOTS_NONE /* 4xx: all is allowed */, ROBOTS_AWAY /* 5xx, no answer: nothing is */ };
enum robots_state robots_state(int status);

/* ---- asking ---------------------------------------------------------------------------------------------------------- */

#define NET_BODY_MAX ((size_t)8 << 20)
#define NET_LIMIT_MS 20000
struct net_ask {
	struct str url, etag, modified;      /* of the last answer; absent: none */
	struct str contact;                  /* of the operator, in the User-Agent; absent: none */
	const struct net_range *allow;       /* inside, but opened by the operator's file */
	size_t nallow, max;                  /* bytes of the body; 0: NET_BODY_MAX */
	int64_t limit_ms;                    /* 0: NET_LIMIT_MS */
};
/* How it ended. Only NET_ANSWER has a status. */
enum net_end {
	NET_ANSWER, NET_NO_NAME, NET_NO_ANSWER /* nobody there, or not in time */, NET_CUT /* fewer bytes than were promised */, NET_LONG /* more than max */,
	NET_SLOW, NET_TLS, NET_INSIDE /* the address lies inside */, NET_ODD /* no HTTP */, NET_CHILD /* the child itself failed */, NET_END_COUNT
};
struct net_answer {
	enum net_end end;
	int status;
	int64_t retry_s;                     /* Retry-After; -1: not said */
	struct str type, etag, modified, location, body;
};
const char *net_end_text(enum net_end e);    /* message id, a sentence for the page; NULL for NET_ANSWER */

/* How this server asks. get(): the child, or a test's own. */
struct net {
	enum err (*get)(const struct net *n, struct arena *a, const struct net_ask *q, struct net_answer *ret, struct fault *f);
	const char *program;                 /* xiaoan-fetch */
	int broker;                          /* base/child.h; 0: this process starts it */
};
/* Waits, at most limit_ms and a little more: never on a thread that others wait for. Errors are only the machine's. */
CHECKED enum err net_get(const struct net *n, struct arena *a, const struct net_ask *q, struct net_answer *ret, struct fault *f);

/* ---- between the two (pass.c) ---------------------------------------------------------------------------------------- */

void net_ask_put(struct buf *b, const struct net_ask *q);
CHECKED enum err net_ask_take(struct arena *a, struct str s, struct net_ask *ret, struct fault *f);
void net_answer_put(struct buf *b, const struct net_answer *r);
CHECKED enum err net_answer_take(struct arena *a, struct str s, struct net_answer *ret, struct fault *f);

/* ---- the child's half: linked into xiaoan-fetch alone ------------------------------------------------------------------ */

/* Shuts everything but reading certificates and names, and connecting to one port and the resolver's. False: it cannot be shut. */
bool net_door(int port);
/* Into body, whose ceiling bounds it. Never fails but by telling how it ended; strings in a. */
void net_curl(struct arena *a, const struct net_ask *q, struct buf *body, struct net_answer *ret);
/* Both once, before the door: libraries that are loaded when first used. */
bool net_curl_ready(void);
#endif
