/* Why: passwords are guessed by machines, and a lock meant for them must not shut out the people (S4).
 *
 * Counted are: the pair of account and address (5 free, then 30 s doubling to 15 min), the address (20 in 10 min), its network (100
 * in 10 min), and the account (20 free, then 1 to 15 min). A device she is known on is counted by itself alone, so that whoever
 * fails at all 247 mediators' names, from wherever, keeps none of them out; nor does an address she came from wait for the account.
 * Invariants: an attempt is counted in a committed transaction before the password is looked at; nobody waits longer than a
 * quarter of an hour, whatever the clock did meanwhile; a name that is not there is counted alike. */
#include "people/login_inner.h"
#include <arpa/inet.h>
#include <stdio.h>

#define WAIT_MAX (15 * MS_MINUTE)
#define WINDOW (10 * MS_MINUTE)
#define ADDRESS_MAX 20
#define NET_MAX 100

static const char wait_text[] = N_("Too many wrong attempts. Try again in %s min.");

static void count_key(unsigned char ret[32], const char *kind, struct str x, struct str y)
{
	char text[512];
	int n = snprintf(text, sizeof text, "%s|%.*s|%.*s", kind, (int)(x.n < 200 ? x.n : 200), x.p ? x.p : "", (int)(y.n < 100 ? y.n : 100), y.p ? y.p : "");
	sha256((struct str){ text, (size_t)n }, ret);
}

/* The network of an address: /24 of IPv4, /48 of IPv6; a text that is none stands for itself. single: /64, for one subscriber of IPv6
 * has more addresses than anybody can count. */
static struct str net_of(struct str remote, bool single, char ret[64])
{
	char text[64];
	unsigned char b[16];
	snprintf(text, sizeof text, "%.*s", (int)(remote.n < 63 ? remote.n : 63), remote.p ? remote.p : "");
	if (inet_pton(AF_INET6, text, b) == 1 && !(memcmp(b, "\0\0\0\0\0\0\0\0\0\0\xff\xff", 12) == 0))
		snprintf(ret, 64, "%02x%02x%02x%02x%02x%02x%s%02x%02x", b[0], b[1], b[2], b[3], b[4], b[5], single ? ":" : "/48:", single ? b[6] : 0, single ? b[7] : 0);
	else if (!single && inet_pton(AF_INET, text, b) == 1)
		snprintf(ret, 64, "%d.%d.%d.0/24", b[0], b[1], b[2]);
	else
		snprintf(ret, 64, "%s", text);
	return str_of(ret);
}

/* Writes first: with several writers (PostgreSQL) that locks the row, or parallel guesses would count as one. All who need
 * several take them in one order. */
static enum err count_load(struct db *d, struct count *c, int64_t now, struct fault *f)
{
	bool more;
	ROWS r = NULL;
	TRY(db_exec(d, f, "INSERT INTO login_fail (key, failures, until, last, known) VALUES (?, 0, 0, 0, 0) ON CONFLICT (key) DO UPDATE SET known = login_fail.known",
		    ARGS(VB(c->key, 32)), NULL));
	TRY(db_rows(d, f, "SELECT failures, until, last, known FROM login_fail WHERE key = ?", ARGS(VB(c->key, 32)), &r));
	TRY(rows_next(r, &more));
	c->failures = more ? rows_int(r, 0) : 0;
	c->until = more ? rows_int(r, 1) : 0;
	c->last = more ? rows_int(r, 2) : 0;
	c->known = more ? rows_int(r, 3) : 0;
	/* Written under a clock that has been set back since. */
	if (c->until > now + WAIT_MAX)
		c->until = 0;
	if (c->last > now)
		c->last = now;
	return OK;
}

static enum err count_save(struct db *w, const struct count *c, struct fault *f)
{
	return db_exec(w, f, "UPDATE login_fail SET failures = ?, until = ?, last = ?, known = ?, uid = ? WHERE key = ?",
		       ARGS(VI(c->failures), VI(c->until), VI(c->last), VI(c->known), c->user ? VI(c->user) : VN, VB(c->key, 32)), NULL);
}

/* One more failure; from the `free`th on a wait that starts at `first` and doubles. A day of quiet forgets. */
static void count_add(struct count *c, int64_t now, int64_t free, int64_t first)
{
	if (now - c->last > MS_DAY)
		c->failures = 0;
	c->failures++;
	c->last = now;
	int64_t wait = 0;
	if (c->failures >= free) {
		int64_t doublings = c->failures - free;
		wait = doublings > 10 ? WAIT_MAX : first << doublings;
		wait = wait > WAIT_MAX ? WAIT_MAX : wait;
	}
	c->until = wait ? now + wait : 0;
}

static enum err must_wait(struct fault *f, int64_t ms)
{
	enum err e = fail(f, ERR_RATE, wait_text, NULL);
	if (f)
		snprintf(f->arg, sizeof f->arg, "%lld", (long long)((ms + MS_MINUTE - 1) / MS_MINUTE));
	return e;
}

/* Of an address and a network `last` is the window's start. */
static enum err window_add(struct count *c, int64_t now, int64_t max, struct fault *f)
{
	if (now - c->last > WINDOW) {
		c->failures = 0;
		c->last = now;
	}
	if (c->failures >= max)
		return must_wait(f, c->last + WINDOW - now);
	c->failures++;
	return OK;
}

static enum err device_begin(struct db *w, struct throttle *t, int64_t now, struct fault *f)
{
	count_key(t->pair.key, "device", str_of(t->device), STR(""));
	t->pair.user = t->account.user = t->user;
	TRY(count_load(w, &t->pair, now, f));
	TRY(count_load(w, &t->account, now, f));
	t->failed = t->account.failures + t->pair.failures + 1;
	if (t->pair.until > now)
		return must_wait(f, t->pair.until - now);
	count_add(&t->pair, now, 5, 30 * MS_SECOND);
	return count_save(w, &t->pair, f);
}

enum err throttle_begin(struct db *w, struct throttle *t, struct fault *f)
{
	char text[64];
	int64_t now = now_ms();
	count_key(t->account.key, "account", t->name, STR(""));
	if (t->device[0])
		return device_begin(w, t, now, f);
	count_key(t->pair.key, "pair", t->name, net_of(t->remote, true, text));
	count_key(t->address.key, "address", net_of(t->remote, true, text), STR(""));
	count_key(t->net.key, "net", net_of(t->remote, false, text), STR(""));
	t->pair.user = t->account.user = t->user;
	TRY(count_load(w, &t->pair, now, f));
	TRY(count_load(w, &t->address, now, f));
	TRY(count_load(w, &t->net, now, f));
	TRY(count_load(w, &t->account, now, f));
	if (t->pair.until > now)
		return must_wait(f, t->pair.until - now);
	if (t->account.until > now && !t->pair.known)
		return must_wait(f, t->account.until - now);
	TRY(window_add(&t->address, now, ADDRESS_MAX, f));
	TRY(window_add(&t->net, now, NET_MAX, f));
	count_add(&t->pair, now, 5, 30 * MS_SECOND);
	count_add(&t->account, now, 20, MS_MINUTE);
	t->failed = t->account.failures;
	TRY(count_save(w, &t->pair, f));
	TRY(count_save(w, &t->address, f));
	TRY(count_save(w, &t->net, f));
	return count_save(w, &t->account, f);
}

/* Who was right gives her try back: an office of thirty behind one address comes in every morning. */
static enum err window_refund(struct db *w, const struct count *c, struct fault *f)
{
	return db_exec(w, f, "UPDATE login_fail SET failures = failures - 1 WHERE key = ? AND failures > 0", ARGS(VB(c->key, 32)), NULL);
}

enum err throttle_refund(struct db *w, const struct throttle *t, struct fault *f)
{
	if (t->device[0])
		return OK;
	TRY(window_refund(w, &t->address, f));
	return window_refund(w, &t->net, f);
}

enum err throttle_forgive(struct db *w, struct throttle *t, struct fault *f)
{
	t->pair.failures = t->pair.until = 0;
	t->pair.known = 1;
	t->account.failures = t->account.until = 0;
	TRY(count_save(w, &t->pair, f));
	TRY(throttle_refund(w, t, f));
	return count_save(w, &t->account, f);
}

enum err throttle_alone_begin(struct db *w, const char *kind, int64_t user, struct count *ret, struct fault *f)
{
	char who[32];
	int64_t now = now_ms();
	*ret = (struct count){ .user = user };
	snprintf(who, sizeof who, "%lld", (long long)user);
	count_key(ret->key, kind, str_of(who), STR(""));
	TRY(count_load(w, ret, now, f));
	if (ret->until > now)
		return must_wait(f, ret->until - now);
	count_add(ret, now, 5, 30 * MS_SECOND);
	return count_save(w, ret, f);
}

enum err throttle_alone_forgive(struct db *w, struct count *c, struct fault *f)
{
	c->failures = c->until = 0;
	return count_save(w, c, f);
}

enum err login_unlock(struct db *w, int64_t user, struct fault *f)
{
	return db_exec(w, f, "UPDATE login_fail SET failures = 0, until = 0 WHERE uid = ?", ARGS(VI(user)), NULL);
}

enum err login_waits(struct db *d, int64_t user, int64_t *ret_failures, int64_t *ret_until, struct fault *f)
{
	bool more;
	ROWS r = NULL;
	int64_t now = now_ms();
	TRY(db_rows(d, f, "SELECT CAST(COALESCE(MAX(failures), 0) AS INTEGER), CAST(COALESCE(MAX(until), 0) AS INTEGER) FROM login_fail WHERE uid = ? AND until <= ?",
		    ARGS(VI(user), VI(now + WAIT_MAX)), &r));
	TRY(rows_next(r, &more));
	*ret_failures = more ? rows_int(r, 0) : 0;
	*ret_until = more && rows_int(r, 1) > now ? rows_int(r, 1) : 0;
	return OK;
}
