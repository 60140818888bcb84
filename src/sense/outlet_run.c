/* Why: sources are looked at again and again for years, most of them belong to others, and each will fail one day: gently, by its own rules, never
 * twice at once, and without losing the place.
 * Invariants: an address is fetched only when its site's robots.txt lets it be; a source that fails is asked less and less often, at least once a day; the
 * place is kept with what was taken, so that nothing is lost when the server stops; a file's half line waits for its end. */
#include "people/people.h"
#include "sense/outlet.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#define LEASE (5 * MS_MINUTE)
#define ROBOTS_KEPT MS_DAY
#define ROBOTS_AWAY_KEPT MS_HOUR
#define SLOWEST MS_DAY
#define HOPS 3

struct run { int64_t outlet, every, tried, good, newest, due, fails; bool live; struct str kind, etag, modified, place, why, arg; };

static enum err run_load(struct ctx *c, int64_t outlet, struct run *ret, bool *ret_there)
{
	ROWS q = NULL;
	TRY(db_rows(c->db, c->f, "SELECT kind, live, every, due_ms, tried_ms, good_ms, new_ms, fails, why, arg, etag, modified, place FROM outlet_run WHERE outlet = ?", ARGS(VI(outlet)), &q));
	TRY(rows_next(q, ret_there));
	if (*ret_there)
		*ret = (struct run){ .outlet = outlet, .kind = arena_str(c->a, rows_text(q, 0)), .live = rows_int(q, 1) != 0, .every = rows_int(q, 2), .due = rows_int(q, 3), .tried = rows_int(q, 4),
			.good = rows_int(q, 5), .newest = rows_int(q, 6), .fails = rows_int(q, 7), .why = arena_str(c->a, rows_text(q, 8)), .arg = arena_str(c->a, rows_text(q, 9)),
			.etag = arena_str(c->a, rows_text(q, 10)), .modified = arena_str(c->a, rows_text(q, 11)), .place = arena_str(c->a, rows_text(q, 12)) };
	return OK;
}

/* ---- who looks ---- */

struct leasing { int64_t outlet; bool mine; };

static enum err lease(struct ctx *c, void *arg)
{
	struct leasing *k = arg;
	int64_t n = 0;
	k->mine = false;
	TRY(db_exec(c->db, c->f, "UPDATE outlet_run SET due_ms = ?, tried_ms = ? WHERE outlet = ? AND live = 1 AND due_ms <= ?", ARGS(VI(c->now + LEASE), VI(c->now), VI(k->outlet), VI(c->now)), &n));
	db_quiet(c->db);
	k->mine = n == 1;
	return OK;
}

/* What came of a look. why: message id; NULL: it went well. retry_s: what the other side asks for; -1: nothing. */
struct came { int64_t outlet, retry_s; const char *why; struct str arg, etag, modified, place; bool keep_place, news; };

static enum err note(struct ctx *c, void *arg)
{
	const struct came *k = arg;
	struct run r;
	bool there;
	TRY(run_load(c, k->outlet, &r, &there));
	if (!there)
		return OK;
	int64_t fails = k->why ? r.fails + 1 : 0, wait = r.every * MS_MINUTE;
	for (int64_t i = 1; i < fails && wait < SLOWEST; i++)
		wait *= 2;
	wait = wait > SLOWEST && r.every * MS_MINUTE < SLOWEST ? SLOWEST : wait;
	if (k->retry_s > 0 && k->retry_s * MS_SECOND > wait)
		wait = k->retry_s > 7 * 86400 ? 7 * MS_DAY : k->retry_s * MS_SECOND;
	TRY(db_exec(c->db, c->f, "UPDATE outlet_run SET due_ms = ?, tried_ms = ?, good_ms = ?, new_ms = ?, fails = ?, why = ?, arg = ? WHERE outlet = ?",
		    ARGS(VI(c->now + wait), VI(c->now), VI(k->why ? r.good : c->now), VI(k->news ? c->now : r.newest), VI(fails), VS(str_of(k->why)), VS(k->arg), VI(k->outlet)), NULL));
	if (k->why || !k->keep_place)
		return OK;
	return db_exec(c->db, c->f, "UPDATE outlet_run SET etag = ?, modified = ?, place = ? WHERE outlet = ?", ARGS(VS(k->etag), VS(k->modified), VS(k->place), VI(k->outlet)), NULL);
}

/* ---- fetching ---- */

struct robots { struct str origin, body; enum robots_state state; };

static enum err keep_robots(struct ctx *c, void *arg)
{
	const struct robots *r = arg;
	db_quiet(c->db);
	return db_exec(c->db, c->f, "INSERT INTO outlet_robots (origin, ms, state, body) VALUES (?, ?, ?, ?) ON CONFLICT (origin) DO UPDATE SET ms = EXCLUDED.ms, state = EXCLUDED.state, body = EXCLUDED.body",
		       ARGS(VS(r->origin), VI(c->now), VI(r->state), VS(r->body)), NULL);
}

static enum err ask(struct ctx *c, const struct outlet_out *o, struct net_ask q, struct net_answer *ret)
{
	q.contact = o->contact;
	q.allow = o->allow;
	q.nallow = o->nallow;
	return net_get(&o->net, c->a, &q, ret, c->f);
}

static enum err robots_of(struct ctx *c, const struct outlet_out *o, const struct net_url *u, struct robots *ret)
{
	ROWS q = NULL;
	bool more;
	struct net_answer r;
	*ret = (struct robots){ .origin = u->origin };
	TRY(db_rows(c->db, c->f, "SELECT ms, state, body FROM outlet_robots WHERE origin = ?", ARGS(VS(u->origin)), &q));
	TRY(rows_next(q, &more));
	if (more && c->now - rows_int(q, 0) < (rows_int(q, 1) == ROBOTS_AWAY ? ROBOTS_AWAY_KEPT : ROBOTS_KEPT) && rows_int(q, 0) <= c->now) {
		ret->state = (enum robots_state)rows_int(q, 1);
		ret->body = arena_str(c->a, rows_text(q, 2));
		return OK;
	}
	struct str url = arena_fmt(c->a, "%.*s/robots.txt", (int)u->origin.n, u->origin.p);
	/* RFC 9309 2.3.1.2: five hops at least; here to its own host's other door. */
	for (int hop = 0; hop < 5; hop++) {
		TRY(ask(c, o, (struct net_ask){ .url = url, .max = ROBOTS_MAX }, &r));
		if (r.end != NET_ANSWER || r.status < 300 || r.status > 399 || r.status == 304 || !(url = net_url_join(c->a, url, r.location)).n)
			break;
	}
	ret->state = robots_state(r.end == NET_ANSWER ? r.status : 0);
	ret->body = ret->state == ROBOTS_READ && utf8_valid(r.body) ? r.body : STR("");
	return ctx_write(c, keep_robots, ret);
}

static const char *status_text(int status)
{
	return status == 401 || status == 403 ? N_("The site refuses us (%s). Please ask its owner, or end the source.") : status == 404 || status == 410 ? N_("There is no feed at this address any more (%s).")
	     : status == 429 ? N_("The site asks for fewer looks (%s). It is asked less often by itself.") : status >= 500 ? N_("The site has a fault of its own (%s). It is tried again by itself.")
	     : N_("The site gave an answer that is no feed (%s).");
}

static bool is_json_type(struct str type) { return str_find(type, STR("json")) >= 0; }

static enum err take(struct ctx *c, const struct rec *r, enum outlet_form form, struct str body, struct came *k, size_t *ret_used)
{
	struct outlet_posts p;
	struct outlet_taken t;
	enum err e = outlet_parse(c->a, form, body, c->now, &p, c->f);
	if (e == ERR_INVALID || e == ERR_LIMIT) {
		k->why = c->f->msg;
		k->arg = arena_str(c->a, str_of(c->f->arg));
		fault_clear(c->f);
		return OK;
	}
	TRY(e);
	TRY(outlet_take(c, r, &p, &t));
	k->news |= t.kept + t.copies + t.dropped > 0;
	if (ret_used)
		*ret_used = p.used;
	return OK;
}

static enum err fetch(struct ctx *c, const struct rec *r, const struct run *w, struct came *k)
{
	const struct outlet_out *o = c->app->outlet_out;
	struct str url = rec_str(c, r, "url");
	struct net_url u;
	struct net_answer n = { .retry_s = -1 };
	for (int hop = 0;; hop++) {
		struct robots may;
		if (hop > HOPS || !net_url_parse(c->a, url, &u)) {
			k->why = N_("The address leads on and on, or to no address. Please look at it in a browser.");
			return OK;
		}
		TRY(robots_of(c, o, &u, &may));
		if (may.state == ROBOTS_AWAY || (may.state == ROBOTS_READ && !robots_allow(may.body, ROBOTS_AGENT, u.target))) {
			k->why = may.state == ROBOTS_AWAY ? N_("The site's robots.txt cannot be read; until it can, nothing is fetched there.") : N_("The site's robots.txt does not allow machines to read this. Please ask its owner for another way.");
			return OK;
		}
		TRY(ask(c, o, (struct net_ask){ .url = url, .etag = hop ? STR_NONE : w->etag, .modified = hop ? STR_NONE : w->modified, .max = OUTLET_BYTES }, &n));
		if (n.end != NET_ANSWER || n.status < 300 || n.status > 399 || n.status == 304)
			break;
		url = net_url_join(c->a, url, n.location);
	}
	k->retry_s = n.retry_s;
	if (n.end != NET_ANSWER) {
		k->why = net_end_text(n.end);
		return OK;
	}
	if (n.status == 304)
		return OK;
	if (n.status != 200) {
		k->why = status_text(n.status);
		k->arg = id_text(c, n.status);
		return OK;
	}
	k->keep_place = true;
	k->etag = n.etag;
	k->modified = n.modified;
	return take(c, r, str_is(w->kind, "json") || is_json_type(n.type) ? OUTLET_JSON : OUTLET_XML, n.body, k, NULL);
}

/* ---- a file that grows ---- */

/* "inode:offset": a file that was put in its place, or cut, is read from its beginning. */
static enum err tail(struct ctx *c, const struct rec *r, const struct run *w, struct came *k)
{
	struct str name = rec_str(c, r, "path"), rest, ino = str_cut(w->place, ':', &rest);
	char *path = arena_printf(c->a, "%s/feeds/%.*s", c->app->data_dir, (int)name.n, name.p);
	int64_t was = 0, at = 0;
	struct stat st;
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	if (fd < 0 || fstat(fd, &st) != 0 || !S_ISREG(st.st_mode)) {
		k->why = fd < 0 && errno == ENOENT ? N_("There is no such file in the folder “feeds” of the data.") : N_("The file cannot be read.");
		if (fd >= 0)
			close(fd);
		return OK;
	}
	if (!w->place.n || !str_int(ino, &was) || !str_int(rest, &at) || was != (int64_t)st.st_ino || at > st.st_size)
		at = 0;
	size_t cap = OUTLET_BYTES;
	char *buf = arena_alloc(c->a, cap);
	ssize_t n = pread(fd, buf, cap, at);
	close(fd);
	if (n < 0) {
		k->why = N_("The file cannot be read.");
		return OK;
	}
	size_t whole = (size_t)n;
	while (whole && buf[whole - 1] != '\n')
		whole--;
	if (!whole && (size_t)n == cap)
		whole = cap;          /* a line of 8 MiB is none: passed over */
	for (size_t from = 0; from < whole && !k->why;) {
		size_t used = 0;
		TRY(take(c, r, OUTLET_LINES, (struct str){ buf + from, whole - from }, k, &used));
		from += used ? used : whole - from;
	}
	k->keep_place = true;
	k->place = arena_fmt(c->a, "%lld:%lld", (long long)st.st_ino, (long long)(at + (int64_t)whole));
	return OK;
}

/* ---- round ---- */

static enum err look_at(struct ctx *c, int64_t id, bool *ret)
{
	struct leasing l = { .outlet = id };
	struct came k = { .outlet = id, .retry_s = -1 };
	struct rec *r;
	struct run w;
	bool there;
	*ret = false;
	TRY(ctx_write(c, lease, &l));
	if (!l.mine)
		return OK;
	*ret = true;
	TRY(ctx_read(c));
	TRY(run_load(c, id, &w, &there));
	TRY(see_one(c, "outlet", id, &r));
	enum err e = str_is(w.kind, "file") ? tail(c, r, &w, &k) : fetch(c, r, &w, &k);
	if (e != OK) {     /* the store or the machine: tried again like any other fault */
		log_line(LOG_ERROR, "outlet %lld: %s %s", (long long)id, err_name(e), c->f->detail);
		k.why = N_("The server could not do it (see its log). It is tried again by itself.");
		fault_clear(c->f);
	}
	return ctx_write(c, note, &k);
}

enum err outlet_run(struct ctx *asked, int max, int *ret)
{
	struct ctx c = ctx_inside(asked);
	int64_t *id = NEWN(c.a, int64_t, max + 1);
	int n = 0;
	*ret = 0;
	{
		ROWS q = NULL;
		bool more;
		TRY(ctx_read(&c));
		TRY(db_rows(c.db, c.f, "SELECT outlet FROM outlet_run WHERE live = 1 AND due_ms <= ? AND (kind = 'file' OR (? = 1 AND kind IN ('rss', 'json'))) ORDER BY due_ms, outlet LIMIT ?",
			    ARGS(VI(c.now), VI(c.app->outlet_out != NULL), VI(max)), &q));
		TRY(rows_next(q, &more));
		while (more && n < max) {
			id[n++] = rows_int(q, 0);
			TRY(rows_next(q, &more));
		}
	}
	for (int i = 0; i < n; i++) {
		ARENA a = arena_new(0);
		struct ctx one = c;
		bool mine;
		one.a = a;
		one.labels = NULL;
		TRY(look_at(&one, id[i], &mine));
		*ret += mine;
	}
	return OK;
}

enum err outlet_note(struct ctx *asked, int64_t outlet, enum err e, const struct outlet_taken *t)
{
	struct ctx c = ctx_inside(asked);
	struct came k = { .outlet = outlet, .retry_s = -1, .why = e != OK ? N_("What was sent could not be taken.") : NULL, .news = e == OK && t->kept + t->copies + t->dropped > 0 };
	return ctx_write(&c, note, &k);
}

/* ---- how it goes ---- */

/* So long a silence comes by chance once in a hundred times at its own usual number. */
static bool silent(double a_day, int64_t ms) { return a_day > 0 && a_day * (double)ms / (double)MS_DAY > 4.6; }

enum err outlet_state_of(struct ctx *c, const struct rec *o, struct outlet_state *ret)
{
	struct run r;
	bool there;
	int32_t today = day_of(c->now);
	*ret = (struct outlet_state){ .health = OUTLET_NEVER };
	TRY(run_load(c, o->id, &r, &there));
	if (!there)
		return OK;
	int64_t month = 0;
	{
		ROWS q = NULL;
		bool any;
		TRY(db_rows(c->db, c->f, "SELECT CAST(COALESCE(SUM(CASE WHEN day = ? THEN posts ELSE 0 END), 0) AS INTEGER), CAST(COALESCE(SUM(CASE WHEN day > ? THEN posts ELSE 0 END), 0) AS INTEGER), "
			    "CAST(COALESCE(SUM(CASE WHEN day > ? THEN kept ELSE 0 END), 0) AS INTEGER), CAST(COALESCE(SUM(posts), 0) AS INTEGER) FROM outlet_day WHERE outlet = ? AND day > ?",
			    ARGS(VI(today), VI(today - 7), VI(today - 7), VI(o->id), VI(today - 28)), &q));
		TRY(rows_next(q, &any));
		ret->posts_day = rows_int(q, 0);
		ret->posts_week = rows_int(q, 1);
		ret->kept_week = rows_int(q, 2);
		month = rows_int(q, 3);
	}
	ret->tried = r.tried;
	ret->good = r.good;
	ret->newest = r.newest;
	ret->due = r.due;
	ret->fails = r.fails;
	ret->why = r.why;
	ret->arg = r.arg;
	ret->health = !r.live ? OUTLET_OFF : outlet_fetched(c, r.kind) && !c->app->outlet_out ? OUTLET_SHUT : r.fails ? OUTLET_FAILS : !r.good ? OUTLET_NEVER
		    : silent((double)month / 28, c->now - (r.newest ? r.newest : r.good)) ? OUTLET_QUIET : OUTLET_GOOD;
	return OK;
}
