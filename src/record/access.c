/* Why: who may open one record beyond what her post opens: the team of a case, a recorded approval, an emergency opening; and
 * who may not even learn that it is there. The rows follow from records (an assignment, a conflict, an opening) and are
 * written in the same transaction as these; may() and the SQL of see() read the same rows.
 * Invariants: a row counts from `since` until before `until`; ACCESS_OUT beats everything; nothing here is written outside act(). */
#include "record/inner.h"
#include <stdlib.h>

struct entry { int64_t rid; unsigned bits; int64_t glass; };
struct access_set {
	int64_t user, now;
	unsigned all;            /* of every row */
	bool broken;             /* could not be read: nothing opens, and access_ready() says why */
	enum err e;
	struct fault why;
	struct entry *v;         /* by rid */
	size_t n;
};

static int by_rid(const void *a, const void *b)
{
	const struct entry *x = a, *y = b;
	return x->rid < y->rid ? -1 : x->rid > y->rid;
}

/* Rows of one record, put together. */
static void gather(struct access_set *s)
{
	size_t n = 0;
	qsort(s->v, s->n, sizeof *s->v, by_rid);
	for (size_t i = 0; i < s->n; i++) {
		if (n && s->v[n - 1].rid == s->v[i].rid) {
			s->v[n - 1].bits |= s->v[i].bits;
			if (s->v[i].glass)
				s->v[n - 1].glass = s->v[i].glass;
		} else {
			s->v[n++] = s->v[i];
		}
	}
	s->n = n;
}

static enum err load(struct ctx *c, struct access_set *s)
{
	ROWS q = NULL;
	bool more;
	size_t cap = 0;
	TRY(db_rows(c->db, c->f, "SELECT rid, bits, src, since, until FROM access WHERE staff = ? AND until > ?", ARGS(VI(s->user), VI(s->now)), &q));
	for (;;) {
		TRY(rows_next(q, &more));
		if (!more)
			break;
		/* What is shown now stands until the next of these begins or ends. */
		int64_t since = rows_int(q, 3), turns = since > s->now ? since : rows_int(q, 4);
		c->until = turns < c->until ? turns : c->until;
		if (since > s->now)
			continue;
		struct entry e = { .rid = rows_int(q, 0), .bits = (unsigned)rows_int(q, 1) };
		e.glass = e.bits & ACCESS_GLASS ? rows_int(q, 2) : 0;
		s->all |= e.bits;
		VEC_PUSH(c->a, s->v, s->n, cap, e);
	}
	if (s->n)
		gather(s);
	return OK;
}

/* The cache hangs in the context of whoever asks; a copy of the context for another actor loads its own. */
static const struct access_set *mine(const struct ctx *asked)
{
	struct ctx *c = (struct ctx *)(uintptr_t)asked;
	const struct access_set *had = c->access;
	if (had && had->user == c->actor->user && had->now == c->now)
		return had;
	struct access_set *s = NEW(c->a, struct access_set);
	s->user = c->actor->user;
	s->now = c->now;
	if (s->user) {
		struct fault *was = c->f;
		c->f = &s->why;
		s->e = c->db ? load(c, s) : fail(c->f, ERR_INTERNAL, NULL, "no connection");
		s->broken = s->e != OK;
		c->f = was;
	}
	c->access = s;
	return s;
}

void access_none(struct ctx *c)
{
	struct access_set *s = NEW(c->a, struct access_set);
	s->user = c->actor->user;
	s->now = c->now;
	c->access = s;
}

static const struct entry *entry_of(const struct access_set *s, int64_t rid)
{
	const struct entry key = { .rid = rid };
	return s->n && rid ? bsearch(&key, s->v, s->n, sizeof *s->v, by_rid) : NULL;
}

int64_t access_root(const struct rtype *t, const struct rec *r)
{
	return t->guard == GUARD_SELF ? r->id : t->guard == GUARD_PARENT ? r->parent : 0;
}

unsigned access_mine(const struct ctx *c, const struct rtype *t, const struct rec *r)
{
	if (t->guard == GUARD_NONE)
		return 0;
	const struct access_set *s = mine(c);
	const struct entry *e = entry_of(s, access_root(t, r));
	return s->broken ? ACCESS_OUT : e ? e->bits : 0;
}

unsigned access_any(const struct ctx *c)
{
	const struct access_set *s = mine(c);
	return s->broken ? ACCESS_OUT : s->all;
}

bool access_shut(const struct ctx *c, int64_t root)
{
	const struct access_set *s = mine(c);
	const struct entry *e = entry_of(s, root);
	return s->broken || (e && e->bits & ACCESS_OUT);
}

bool access_broken(const struct ctx *c) { return mine(c)->broken; }

enum err access_ready(const struct ctx *c)
{
	const struct access_set *s = mine(c);
	if (s->broken && c->f)
		*c->f = s->why;
	return s->e;
}

size_t access_roots(const struct ctx *c, unsigned bit, int64_t *ret, size_t max)
{
	const struct access_set *s = mine(c);
	size_t n = 0;
	for (size_t i = 0; i < s->n; i++)
		if (s->v[i].bits & bit) {
			if (n < max)
				ret[n] = s->v[i].rid;
			n++;
		}
	return n;
}

struct str access_list(const struct ctx *c, unsigned bit)
{
	const struct access_set *s = mine(c);
	bool pg = db_is_postgres(c->db);
	struct buf b = BUF(8 + s->n * 21);
	buf_char(&b, pg ? '{' : '[');
	for (size_t i = 0; i < s->n; i++)
		if (s->v[i].bits & bit)
			buf_printf(&b, "%s%lld", b.n > 1 ? "," : "", (long long)s->v[i].rid);
	buf_char(&b, pg ? '}' : ']');
	must(!b.over);
	struct str list = arena_str(c->a, buf_view(&b));
	buf_free(&b);
	return list;
}

int64_t access_glass(const struct ctx *c, const struct rec *r)
{
	const struct entry *e = r->t->guard == GUARD_NONE ? NULL : entry_of(mine(c), access_root(r->t, r));
	return e ? e->glass : 0;
}

/* ---- a child is concerned ---- */

static bool says_child(const struct rtype *t, const struct rec *r)
{
	const struct value *v = &r->v[field_at(t, t->child)];
	return v->set && (t->fields[field_at(t, t->child)].type == F_BOOL ? v->i != 0 : str_is(v->s, "yes"));
}

bool access_child(const struct ctx *asked, const struct rtype *t, const struct rec *r)
{
	struct ctx *c = (struct ctx *)(uintptr_t)asked;
	const struct rtype *up = t->guard == GUARD_PARENT ? type_find(c->app, str_of(t->parent)) : NULL;
	if (t->guard == GUARD_SELF)
		return t->child && r->v && says_child(t, r);
	if (!up || !up->child)
		return false;
	struct fault ignored = { 0 }, *was = c->f;
	bool there = false;
	int64_t yes = 0;
	c->f = &ignored;
	enum err e = db_int(c->db, c->f, plan_of(c->app, up)->child_one, ARGS(VI(r->parent)), &yes, &there);
	c->f = was;
	return e != OK || (there && yes);
}

/* ---- writing ---- */

enum err access_put(struct ctx *c, const struct rec *src, int64_t staff, int64_t rid, unsigned bits, int64_t since, int64_t until)
{
	must(db_can_write(c->db));
	c->access = NULL;
	if (!staff || !rid || until <= since)
		return OK;
	return db_exec(c->db, c->f,
		       "INSERT INTO access (src, staff, rid, bits, since, until) VALUES (?, ?, ?, ?, ?, ?) "
		       "ON CONFLICT (src, staff, rid, bits) DO UPDATE SET since = EXCLUDED.since, until = EXCLUDED.until",
		       ARGS(VI(src->id), VI(staff), VI(rid), VI(bits), VI(since), VI(until)), NULL);
}

enum err access_copy_out(struct ctx *c, int64_t from, int64_t to)
{
	must(db_can_write(c->db));
	c->access = NULL;
	return db_exec(c->db, c->f, "INSERT INTO access (src, staff, rid, bits, since, until) SELECT src, staff, ?, bits, since, until FROM access WHERE rid = ? AND (bits & 8) <> 0 "
		       "ON CONFLICT (src, staff, rid, bits) DO NOTHING",
		       ARGS(VI(to), VI(from)), NULL);
}

enum err access_drop(struct ctx *c, const struct rec *src)
{
	must(db_can_write(c->db));
	c->access = NULL;
	return db_exec(c->db, c->f, "DELETE FROM access WHERE src = ?", ARGS(VI(src->id)), NULL);
}

enum err access_bits(struct ctx *c, int64_t staff, int64_t rid, unsigned *ret)
{
	ROWS q = NULL;
	bool more;
	unsigned bits = 0;
	TRY(db_rows(c->db, c->f, "SELECT bits FROM access WHERE staff = ? AND rid = ? AND since <= ? AND until > ?", ARGS(VI(staff), VI(rid), VI(c->now), VI(c->now)), &q));
	for (;;) {
		TRY(rows_next(q, &more));
		if (!more)
			break;
		bits |= (unsigned)rows_int(q, 0);
	}
	*ret = bits;
	return OK;
}
