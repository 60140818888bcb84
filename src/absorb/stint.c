/* Why: a mediator's figures must say what became of what she had: a case knows only who has it now and how it ended last, and forgets its end when it is
 * opened again. So each span of time in which somebody had it is kept, in the transaction of the act that began or ended it.
 * Invariants: a case has at most one span that has not ended; what closed a case is marked when that case, or a new one of the same people, is opened
 * afterwards, and stays with her who closed it. No row holds anything of a party; a party is compared by its blind index and only counted. */
#include "absorb/absorb.h"
#include "people/people.h"

enum { NOBODY = -1, SAME_MAX = 40 };

/* Who works on it: 0 where nobody is named; NOBODY while it is not taken on, or closed. */
static int64_t holder(const struct rec *r)
{
	if (!r || !rec_has(r, "accepted") || !rec_in(r, "accepted|mediating|settled|failed|withdrawn|referred|follow_up"))
		return NOBODY;
	return r->owner;
}

static enum err studio_of(struct ctx *c, int64_t staff, int64_t *ret)
{
	*ret = 0;
	return staff ? db_int(c->db, c->f, "SELECT studio FROM mediator WHERE staff = ? AND studio IS NOT NULL ORDER BY id LIMIT 1", ARGS(VI(staff)), ret, NULL) : OK;
}

static struct str plain(struct ctx *c, const struct rec *r, const char *field)
{
	struct str s = rec_str(c, r, field);
	return s.p ? s : STR("");
}

static enum err begin(struct ctx *c, const struct rec *k, int64_t staff, const char *how)
{
	int64_t studio;
	TRY(studio_of(c, staff, &studio));
	return db_exec(c->db, c->f, "INSERT INTO stint (id, kase, staff, studio, area, kind, grade, how, accepted, began, ended, way, outcome, finished, ontime, back, anew) "
				    "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0, '', '', 0, 0, 0, 0)",
		       ARGS(VI(id_new(c->now)), VI(k->id), VI(staff), VI(studio), VS(k->area.p ? k->area : STR("")), VS(plain(c, k, "kind")), VS(plain(c, k, "grade")), VS(str_of(how)),
			    VI(rec_int(k, "accepted")), VI(c->now)), NULL);
}

/* Of a closed one the gravest grade it had: what was red when she took it is no easy case because it was calmed. */
static enum err end(struct ctx *c, const struct rec *k, bool closed)
{
	ROWS q = NULL;
	bool more;
	struct str grade = plain(c, k, "grade");
	TRY(db_rows(c->db, c->f, "SELECT grade FROM stint WHERE kase = ? AND ended = 0", ARGS(VI(k->id)), &q));
	TRY(rows_next(q, &more));
	if (more && absorb_rank(rows_text(q, 0)) < absorb_rank(grade))
		grade = arena_str(c->a, rows_text(q, 0));
	rows_end(q);
	q = NULL;
	return db_exec(c->db, c->f, "UPDATE stint SET ended = ?, way = ?, kind = ?, grade = ?, outcome = ?, finished = ?, ontime = ? WHERE kase = ? AND ended = 0",
		       ARGS(VI(c->now), VS(closed ? STR("closed") : STR("handed")), VS(plain(c, k, "kind")), VS(grade), VS(closed ? plain(c, k, "outcome") : STR("")),
			    VI(closed ? rec_int(k, "finished") : 0), VI(closed && rec_int(k, "ontime")), VI(k->id)), NULL);
}

/* ---- the same people in another case ---- */

struct same { int64_t kase; unsigned sure, named; /* bits of our parties: by number or phone; by whatever */ };

static void mark(struct same *v, size_t *n, int64_t kase, unsigned bit, bool sure)
{
	size_t i = 0;
	while (i < *n && v[i].kase != kase)
		i++;
	if (i == SAME_MAX)
		return;
	if (i == *n)
		v[(*n)++] = (struct same){ .kase = kase };
	v[i].named |= bit;
	v[i].sure |= sure ? bit : 0;
}

/* What is written where no name is known would make one person of all whose name is not known. */
static bool no_name(struct str s)
{
	static const char *const v[] = { "某", "不详", "未知", "不明", "匿名", "unknown" };
	for (size_t i = 0; i < ARRAY_LEN(v); i++)
		if (str_find(s, str_of(v[i])) >= 0)
			return true;
	return false;
}

/* Other cases with a party of this one. A name alone says nothing, two names of one case do. */
static enum err others(struct ctx *in, int64_t kase, struct same *v, size_t *n)
{
	static const char *const fields[] = { "idno", "phone", "name" };
	struct seen ours;
	TRY(see_children(in, "party", kase, &ours));
	for (size_t i = 0; i < ours.n && i < 32; i++)
		for (size_t f = 0; f < ARRAY_LEN(fields); f++) {
			struct seen s;
			struct str value = rec_str(in, ours.r[i], fields[f]);
			if (!value.n || !rec_in(ours.r[i], "listed") || (f == 2 && no_name(value)))
				continue;
			TRY(see_same(in, "party", fields[f], value, &s));
			for (size_t k = 0; k < s.n; k++)
				if (s.r[k]->parent != kase)
					mark(v, n, s.r[k]->parent, 1u << i, f < 2);
		}
	return OK;
}

static bool two(unsigned bits) { return (bits & (bits - 1)) != 0; }

enum err absorb_same_people(struct ctx *c, const struct rec *kase, int64_t *ret, size_t max, size_t *ret_n)
{
	struct ctx in = ctx_inside(c);
	struct same v[SAME_MAX];
	size_t n = 0;
	*ret_n = 0;
	TRY(others(&in, kase->id, v, &n));
	for (size_t i = 0; i < n && *ret_n < max; i++) {
		struct rec *k;
		if (!v[i].sure && !two(v[i].named))
			continue;
		TRY(see_if(&in, "case", v[i].kase, &k));
		if (k && (two(v[i].named) || str_eq(rec_str(&in, k, "kind"), rec_str(&in, kase, "kind"))))
			ret[(*ret_n)++] = k->id;
	}
	return OK;
}

enum err absorb_stint_anew(struct ctx *c, const struct rec *kase)
{
	int64_t v[SAME_MAX];
	size_t n;
	TRY(absorb_same_people(c, kase, v, SAME_MAX, &n));
	for (size_t i = 0; i < n; i++)
		TRY(db_exec(c->db, c->f, "UPDATE stint SET back = ?, anew = 1 WHERE kase = ? AND way = 'closed' AND back = 0 AND ended <= ? AND ended >= ?",
			    ARGS(VI(kase->created), VI(v[i]), VI(kase->created), VI(kase->created - STINT_BACK_DAYS * MS_DAY)), NULL));
	return OK;
}

/* Closed while a newer case of the same people is open: it goes on there. Two that were put together on purpose say so. */
static enum err goes_on(struct ctx *c, const struct rec *k)
{
	int64_t v[SAME_MAX];
	size_t n;
	if (str_is(rec_str(c, k, "outcome"), "merged"))
		return OK;
	TRY(absorb_same_people(c, k, v, SAME_MAX, &n));
	for (size_t i = 0; i < n; i++) {
		struct ctx in = ctx_inside(c);
		struct rec *o;
		TRY(see_if(&in, "case", v[i], &o));
		if (o && !rec_in(o, "closed|archived") && o->created > k->created)
			return db_exec(c->db, c->f, "UPDATE stint SET back = ?, anew = 1 WHERE kase = ? AND way = 'closed' AND back = 0", ARGS(VI(c->now), VI(k->id)), NULL);
	}
	return OK;
}

enum err absorb_stint(struct ctx *c, const struct rec *old, const struct rec *now)
{
	int64_t was = holder(old), is = holder(now);
	bool closed = rec_in(now, "closed|archived");
	if (was == is)
		return OK;
	if (was != NOBODY) {
		TRY(end(c, now, closed));
		return closed ? goes_on(c, now) : is != NOBODY ? begin(c, now, is, "handed") : OK;
	}
	bool again = old && rec_in(old, "closed");
	if (again)
		TRY(db_exec(c->db, c->f, "UPDATE stint SET back = ?, anew = 0 WHERE kase = ? AND way = 'closed' AND back = 0", ARGS(VI(c->now), VI(now->id)), NULL));
	return begin(c, now, is, again ? "again" : "taken");
}
