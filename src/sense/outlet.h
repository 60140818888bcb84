/*
 * sense/outlet: monitoring of public opinion: what is publicly said of families in this city, read from sources that were entered with a purpose and a
 * legal basis (record type outlet), kept only where it concerns the federation (record type post), and forgotten after the source's days.
 *
 * From a source to a page: fetched or handed in → taken apart (outlet_parse) → what came before is passed over → each post is screened by
 * itself → what concerns nobody here is counted and dropped → near-copies are one story → a post that a person reads, puts aside or makes a clue.
 * Of others' personal data nothing is kept but where somebody may be in danger: authors are not read, and in the text of all other posts
 * names, phones, ID numbers and house numbers are covered before it is written (个人信息保护法 art. 6, 13, 27; PIPL).
 * No post is matched with a person, and none decides anything. Tests: tests/sense/outlet.c.
 */
#ifndef XA_OUTLET_H
#define XA_OUTLET_H
#include "net/net.h"
#include "record/record.h"

extern const struct rtype outlet_type, post_type;

/* ---- reading (outlet_read.c): pure ---------------------------------------------------------------------------------- */

#define OUTLET_ITEMS 1000                        /* at a time */
#define OUTLET_TEXT 20000                        /* characters kept of a post */
#define OUTLET_BYTES ((size_t)8 << 20)           /* of one answer */
#define OUTLET_LINE ((size_t)256 << 10)          /* of one line */
enum outlet_form { OUTLET_XML /* RSS 0.9x, 1.0, 2.0; Atom (RFC 4287) */, OUTLET_JSON /* JSON Feed 1.1, or an array of objects */, OUTLET_LINES /* one object a line */ };
/* Strings in the arena, UTF-8, without marks of HTML. said: 0 when the source does not say it or lies about it (before 1990, after now). */
struct outlet_item { struct str ref, title, text, link; int64_t said; };
/* bad: items without words or not to be read; first_bad: the first's number, from 1. cut: OUTLET_ITEMS were met; of OUTLET_LINES what follows
 * begins at byte `used`. */
struct outlet_posts { struct outlet_item *v; size_t n, bad, first_bad, used; bool cut; };
/* bytes in whatever encoding (text_to_utf8). ERR_INVALID: it is not what it should be, and nothing could be read. A fault further on ends the
 * reading there: what came before is taken. Bounded work and memory whatever the bytes are: no entities, nothing from outside, depth 64. */
CHECKED enum err outlet_parse(struct arena *a, enum outlet_form form, struct str bytes, int64_t now, struct outlet_posts *ret, struct fault *f);
/* HTML to the words a reader sees; entities decoded, scripts and styles left out. */
struct str outlet_plain(struct arena *a, struct str html);

/* ---- taking in (outlet_take.c) ---------------------------------------------------------------------------------------------- */

struct outlet_taken { int64_t seen, again /* came before */, kept /* new stories */, copies /* of a story that is there */, dropped /* concerns nobody here */, bad; };
/* The posts of one source. c: on a reader; writes by itself, in pieces; what was taken before a fault stays taken, and comes again without harm. */
CHECKED enum err outlet_take(struct ctx *c, const struct rec *outlet, const struct outlet_posts *posts, struct outlet_taken *ret);

/* ---- going round (outlet_run.c) ----------------------------------------------------------------------------------------- */

/* How pages are fetched. app->outlet_out points at one; NULL: the operator has not opened the way out (xiaoan serve --feeds). */
struct outlet_out { struct net net; struct str contact; struct net_range allow[8]; size_t nallow; };
/* Looks at the sources whose time has come, one after the other, at most `max`; *ret: how many. Never on a thread others wait for. Two servers
 * on one store share the work. */
CHECKED enum err outlet_run(struct ctx *c, int max, int *ret);
/* A push: the source whose key this is, or ERR_AUTH. */
CHECKED enum err outlet_by_key(struct ctx *c, struct str key, struct rec **ret);
/* Writer: a new key for a source of kind push; the one before ends. key: TOKEN_TEXT bytes, to be shown once. */
CHECKED enum err outlet_key_new(struct ctx *c, int64_t outlet, char key[TOKEN_TEXT]);
/* After a push or a look: what came of it, for the page of health. e: how it ended; words of f. */
CHECKED enum err outlet_note(struct ctx *c, int64_t outlet, enum err e, const struct outlet_taken *t);

/* Is this kind (codes/outlet_kind.tsv) fetched by us? */
static inline bool outlet_fetched(struct ctx *c, struct str kind) { return str_is(code_more(c->app->codes, "outlet_kind", kind, "fetched"), "1"); }

/* ---- for pages ----------------------------------------------------------------------------------------------------------- */

enum outlet_health { OUTLET_NEVER, OUTLET_GOOD, OUTLET_QUIET /* nothing new for long, by its own habit */, OUTLET_FAILS, OUTLET_SHUT /* the way out is not opened */, OUTLET_OFF };
struct outlet_state { enum outlet_health health; int64_t tried, good, newest, due, fails, posts_day, posts_week, kept_week; struct str why /* message id */, arg; };
CHECKED enum err outlet_state_of(struct ctx *c, const struct rec *outlet, struct outlet_state *ret);

/* More posts about a topic in a place today than is usual: the number by chance once in a thousand days or less (Poisson; mean of the 28 days before). */
struct outlet_burst { struct str topic, area; int64_t today; double usual; };
CHECKED enum err outlet_bursts(struct ctx *c, struct outlet_burst **ret, size_t *ret_n);

/* Job, a day: posts older than their source keeps them lose their words; the books of what came grow no longer than a year. */
CHECKED enum err outlet_forget_job(struct ctx *c, struct str arg);
#endif
