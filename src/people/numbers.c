/* Why: each party of each clue is held against the numbers of the staff, of their kin and of their households, and nearly none is one
 * of them. Asked of the store that was ten statements on the one writer for each clue with a phone. They are few: they are known by
 * heart, and only a number that is among them is worth the statements.
 *
 * A number missed here lets a man read what his wife said of him. So:
 * - What is known by heart only grows. It may hold a number too many (taken back, of somebody who left, rolled back), which costs a
 *   look into the store and nothing else; what cannot be told (a broken seal) makes every answer "maybe".
 * - It holds under a mark (table staff_numbers), read in the very transaction that asks, once. Whatever may add a number, a staff
 *   member's, a relative's or a flatmate's, writes another mark, random, in its own transaction. So a change that was rolled back, or that
 *   another process made, cannot be taken for one that is known: an unknown mark means all are read again, in the transaction that asks.
 * - Of two at the same moment one finds the other: SQLite lets one write at a time; on PostgreSQL the clue has read the mark that the staff
 *   member's change writes, and that change has looked for clues where this one was written, and of two such SERIALIZABLE
 *   transactions one is run again.
 * Invariant: under each mark in at[], `set` holds at least every number that people_conflicts_of() could find in the store under it. */
#include "people/inner.h"
#include "base/clock.h"
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

#define MARKS 16
#define ASK 20           /* numbers looked for by one statement */
#define HOMES 30         /* households read by one: as many values as a filter takes */

struct numbers {
	struct held held;
	pthread_mutex_t lock;    /* guards all below */
	struct known *set;       /* "phone", "idno": any of them; "own": of who works here, whose flatmates count; "home": households */
	int64_t at[MARKS];
	size_t nat;
	bool unsure;             /* there is one that could not be read */
};

static void numbers_free(struct held *h)
{
	struct numbers *n = (struct numbers *)h;
	known_free(n->set);
	pthread_mutex_destroy(&n->lock);
	free(n);
}

static struct numbers *numbers_of(struct app *app)
{
	struct held *h = atomic_load(&app->numbers);
	if (h)
		return (struct numbers *)h;
	struct numbers *n = xalloc(sizeof *n);
	n->held.free = numbers_free;
	n->set = known_new();
	pthread_mutex_init(&n->lock, NULL);
	if (atomic_compare_exchange_strong(&app->numbers, &h, &n->held))
		return n;
	numbers_free(&n->held);
	return (struct numbers *)h;
}

/* ---- the mark ---- */

struct mark { int64_t v; bool fresh; };

static enum err mark_flush(struct db *d, void *const *item, size_t n, struct fault *f)
{
	const struct mark *last = NULL;
	for (size_t i = 0; i < n; i++)
		last = ((const struct mark *)item[i])->fresh ? item[i] : last;
	return last ? db_exec(d, f, "UPDATE staff_numbers SET mark = ? WHERE id = 1", ARGS(VI(last->v)), NULL) : OK;
}
static const struct later mark_later = { mark_flush };

static void mark_keep(struct ctx *c, int64_t v, bool fresh)
{
	struct mark *m = db_later(c->db, &mark_later, sizeof *m);
	*m = (struct mark){ v, fresh };
}

/* As it stands in this transaction. */
static enum err mark_now(struct ctx *c, int64_t *ret)
{
	must(db_can_write(c->db));
	const struct mark *m = db_later_last(c->db, &mark_later);
	bool there = m != NULL;
	if (m)
		*ret = m->v;
	else
		TRY(db_int(c->db, c->f, "SELECT mark FROM staff_numbers WHERE id = 1", NOARGS, ret, &there));
	if (!there)
		return fail(c->f, ERR_DB, NULL, "staff_numbers is empty");
	if (!m)
		mark_keep(c, *ret, false);
	return OK;
}

static bool holds(struct numbers *n, int64_t mark)
{
	bool yes = false;
	pthread_mutex_lock(&n->lock);
	for (size_t i = 0; i < MARKS && i < n->nat; i++)
		yes |= n->at[i] == mark;
	pthread_mutex_unlock(&n->lock);
	return yes;
}

static void hold(struct numbers *n, int64_t mark)
{
	pthread_mutex_lock(&n->lock);
	n->at[n->nat++ % MARKS] = mark;
	pthread_mutex_unlock(&n->lock);
}

/* Something was added. known: what is known by heart has it too. */
static void mark_anew(struct ctx *c, struct numbers *n, bool known)
{
	int64_t v;
	random_bytes(&v, sizeof v);
	v &= INT64_MAX;
	mark_keep(c, v, true);
	if (known)
		hold(n, v);
}

/* ---- learning ---- */

static void unsure(struct numbers *n)
{
	pthread_mutex_lock(&n->lock);
	n->unsure = true;
	pthread_mutex_unlock(&n->lock);
}

static struct str form_of(struct ctx *c, const struct rec *r, const char *field) { return blind_form(c, &r->t->fields[field_at(r->t, field)], rec_str(c, r, field)); }

static void learn(struct ctx *c, struct numbers *n, const struct rec *r, const char *field, bool own)
{
	if (!rec_has(r, field))
		return;
	if (!rec_str(c, r, field).n) {
		unsure(n);
		return;
	}
	struct str v = form_of(c, r, field);
	pthread_mutex_lock(&n->lock);
	if (v.n)
		known_add(n->set, field, v);
	if (v.n && own)
		known_add(n->set, "own", v);
	pthread_mutex_unlock(&n->lock);
}

static struct str id_bytes(const int64_t *id) { return (struct str){ (const char *)id, sizeof *id }; }

/* Everybody of these households: whoever is one of them belongs to who works here. */
static enum err learn_homes(struct ctx *in, struct numbers *n, const int64_t *home, size_t nhomes)
{
	for (size_t at = 0; at < nhomes; at += HOMES) {
		ARENA a = arena_new(0);
		struct ctx c = *in;
		struct seen s = { 0 };
		BUF_AUTO ids = BUF(1024);
		c.a = a;
		for (size_t i = at; i < nhomes && i < at + HOMES; i++)
			buf_printf(&ids, "%s%lld", i > at ? "|" : "", (long long)home[i]);
		const struct filter by[] = { { STR("household"), buf_view(&ids) } };
		do {
			TRY(see(&c, &(struct see){ .type = "person", .filters = by, .nfilters = 1, .after = s.next, .limit = 500 }, &s));
			for (size_t i = 0; i < s.n; i++) {
				learn(&c, n, s.r[i], "phone", false);
				learn(&c, n, s.r[i], "idno", false);
			}
		} while (s.next);
		pthread_mutex_lock(&n->lock);
		for (size_t i = at; i < nhomes && i < at + HOMES; i++)
			known_add(n->set, "home", id_bytes(&home[i]));
		pthread_mutex_unlock(&n->lock);
	}
	return OK;
}

/* The households of all who have one of these numbers, which are those of members of the staff. */
static enum err learn_homes_of(struct ctx *in, struct numbers *n, const char *field, const struct str *v, size_t nv)
{
	struct seen s;
	if (!nv)
		return OK;
	if (nv > ASK) {
		for (size_t i = 0; i < nv; i += ASK)
			TRY(learn_homes_of(in, n, field, v + i, nv - i < ASK ? nv - i : ASK));
		return OK;
	}
	ARENA a = arena_new(0);
	struct ctx c = *in;
	c.a = a;
	TRY(see_any(&c, "person", field, v, nv, &s));
	if (s.next && nv > 1) {   /* more than it tells at once: a few at a time */
		TRY(learn_homes_of(in, n, field, v, nv / 2));
		return learn_homes_of(in, n, field, v + nv / 2, nv - nv / 2);
	}
	if (s.next)
		unsure(n);
	int64_t *home = NEWN(a, int64_t, s.n + 1);
	size_t nhomes = 0;
	for (size_t i = 0; i < s.n; i++)
		if (rec_has(s.r[i], "household"))
			home[nhomes++] = rec_int(s.r[i], "household");
	return learn_homes(&c, n, home, nhomes);
}

struct list { struct arena *a; struct str *v; size_t n, cap; };

static void list_add(struct ctx *c, struct list *l, const struct rec *r, const char *field)
{
	struct str v = arena_str(l->a, form_of(c, r, field));
	if (v.n)
		VEC_PUSH(l->a, l->v, l->n, l->cap, v);
}

static bool is_self(struct ctx *c, const struct rec *kin) { return str_is(rec_str(c, kin, "relation"), "self"); }

/* Of a staff member, or what she declared: she is of the staff, or has left it. */
static void learn_one(struct ctx *c, struct numbers *n, const struct rec *r, struct list *phones, struct list *idnos)
{
	bool kin = r->t == &kin_type, own = !kin || is_self(c, r);
	learn(c, n, r, "phone", own);
	if (own)
		list_add(c, phones, r, "phone");
	if (!kin)
		return;
	learn(c, n, r, "idno", own);
	if (own)
		list_add(c, idnos, r, "idno");
}

/* All of them, as they stand in this transaction. */
static enum err learn_all(struct ctx *asked, struct numbers *n)
{
	static const char *const types[] = { "staff", "kin" };
	struct ctx in = ctx_inside(asked);
	ARENA a = arena_new(0);
	ARENA page = arena_new(0);
	struct list phones = { .a = a }, idnos = { .a = a };
	in.a = page;
	for (size_t t = 0; t < ARRAY_LEN(types); t++) {
		struct seen s = { 0 };
		do {
			int64_t after = s.next;
			arena_reset(page);
			TRY(see(&in, &(struct see){ .type = types[t], .after = after, .limit = 500 }, &s));
			for (size_t i = 0; i < s.n; i++)
				learn_one(&in, n, s.r[i], &phones, &idnos);
		} while (s.next);
	}
	TRY(learn_homes_of(&in, n, "phone", phones.v, phones.n));
	return learn_homes_of(&in, n, "idno", idnos.v, idnos.n);
}

/* ---- asking, and what changes them ---- */

enum err numbers_ask(struct ctx *c, const struct keys *k, bool *ret)
{
	struct numbers *n = numbers_of(c->app);
	int64_t mark;
	TRY(mark_now(c, &mark));
	if (!holds(n, mark)) {
		TRY(learn_all(c, n));
		hold(n, mark);
	}
	const struct field *phone = &person_type.fields[PERSON_PHONE], *idno = &person_type.fields[PERSON_IDNO];
	pthread_mutex_lock(&n->lock);
	bool hit = n->unsure;
	for (size_t i = 0; i < k->nphone; i++)
		hit |= known_has(n->set, "phone", blind_form(c, phone, k->phone[i]));
	for (size_t i = 0; i < k->nidno; i++)
		hit |= known_has(n->set, "idno", blind_form(c, idno, k->idno[i]));
	pthread_mutex_unlock(&n->lock);
	*ret = hit;
	return OK;
}

enum err numbers_staff(struct ctx *c, const struct rec *her, const struct seen *kin)
{
	struct numbers *n = numbers_of(c->app);
	struct ctx in = ctx_inside(c);
	struct list phones = { .a = c->a }, idnos = { .a = c->a };
	int64_t mark;
	TRY(mark_now(c, &mark));
	bool known = holds(n, mark);
	if (known) {
		learn_one(&in, n, her, &phones, &idnos);
		for (size_t i = 0; i < kin->n; i++)
			learn_one(&in, n, kin->r[i], &phones, &idnos);
		if (kin->next)
			unsure(n);
		TRY(learn_homes_of(&in, n, "phone", phones.v, phones.n));
		TRY(learn_homes_of(&in, n, "idno", idnos.v, idnos.n));
	}
	mark_anew(c, n, known);
	return OK;
}

enum err numbers_person(struct ctx *c, const struct rec *old, struct rec *now)
{
	struct numbers *n = numbers_of(c->app);
	struct ctx in = ctx_inside(c);
	int64_t mark, home = rec_int(now, "household");
	if (!rec_has(now, "household") || !type_find(c->app, STR("conflict")))
		return OK;
	if (old && !rec_changed(c, old, now, "household") && !rec_changed(c, old, now, "phone") && !rec_changed(c, old, now, "idno"))
		return OK;
	TRY(mark_now(c, &mark));
	bool known = holds(n, mark);
	if (known) {
		struct str phone = form_of(c, now, "phone"), idno = form_of(c, now, "idno");
		pthread_mutex_lock(&n->lock);
		bool near = known_has(n->set, "home", id_bytes(&home)) || (phone.n && known_has(n->set, "own", phone)) || (idno.n && known_has(n->set, "own", idno));
		pthread_mutex_unlock(&n->lock);
		if (!near)       /* nobody's who works here: nothing was added */
			return OK;
		TRY(learn_homes(&in, n, &home, 1));
	}
	mark_anew(c, n, known);
	return OK;
}
