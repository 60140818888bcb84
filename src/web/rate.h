/*
 * web/rate.h: how often one may ask (S38). Token buckets in memory, one for each who and class of route; what is forgotten is forgiven.
 *
 * Who: the session's cookie or the API token when one is sent, else the address (of IPv6 the /64). A cookie or token that was not seen
 * lately first costs its address something, so that inventing one for each request gains nothing; the people of one house who are logged in
 * do not share a bucket. Requests of this machine itself, with no proxy trusted, are counted by token only.
 *
 * The call for help (ROUTE_HELP) is never refused: somebody else behind the same address may be the one who asks too often. Past the
 * bucket it is answered HELP_WAIT later; who floods holds up chiefly himself.
 *
 * Any thread. Tests: tests/web/rate.c, tests/api/edge.mjs.
 */
#ifndef XA_WEB_RATE_H
#define XA_WEB_RATE_H
#include "base/base.h"

enum rate_class { RATE_PAGE, RATE_OPEN, RATE_LOGIN, RATE_HELP, RATE_API, RATE_SEARCH, RATE_EXPORT, RATE_NEW /* an address shows a new cookie */, RATE_COUNT };
/* At once, and a minute. minute 0: no limit. */
struct rate_limit { int32_t burst, minute; };
struct rate_limits { struct rate_limit own[RATE_COUNT], address[RATE_COUNT]; };
extern const struct rate_limits rate_usual;
extern const char *const rate_names[RATE_COUNT];     /* as in the settings: "page", … */

struct rates;
struct rates *rates_new(const struct rate_limits *l);
void rates_free(struct rates *r);                    /* takes NULL */
void rates_set(struct rates *r, const struct rate_limits *l);

struct rate_ask {
	enum rate_class cls;
	struct str own;          /* cookie or token; absent: none */
	struct str address;
	bool here;               /* this machine: no count by address or session */
	bool token;              /* own is a token */
};
enum rate_say { RATE_GO, RATE_WAIT /* later, but do it */, RATE_REFUSE };
/* now: monotonic us. ret_s: seconds until it is worth trying again, 1 at least. */
enum rate_say rates_ask(struct rates *r, const struct rate_ask *q, int64_t now, int *ret_s);
/* Of an address what is counted as one: itself, or the /64. Any other text stays as it is. */
struct str rate_network(struct arena *a, struct str address);

#endif
