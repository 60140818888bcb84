/* Why: figures by which people are judged are bent by those who are judged; these are counted so that bending them does not help.
 * Invariants: every rate has its two whole numbers beside it; nothing of a case that is shut to the actor is counted; what is not yet 90 days old is
 * neither success nor failure. */
#include "report/work.h"
#include "report/month.h"
#include "people/people.h"
#include <stdio.h>
#include <stdlib.h>

enum { KINDS = 64 };
/* Of one person in one studio. */
struct part {
	int64_t staff, studio, n[WF_COUNT];
	struct { double *v; size_t n, cap; } days[2];
	int32_t closed[KINDS][WORK_GRADES], settled[KINDS][WORK_GRADES];
};
struct count {
	struct ctx *c;
	const struct work *w;
	struct part **v;
	size_t n, cap;
	struct map *of;            /* (staff, studio) → struct part */
	struct map *home;          /* staff → struct rec of her mediator record */
	int32_t closed[KINDS][WORK_GRADES], settled[KINDS][WORK_GRADES];
	const struct code *kinds;
	size_t nkinds;
	struct str shut;           /* "1, 2": ids of what is shut to her; absent: nothing, as nearly always */
	struct { struct str code; enum work_fig end; } ends[40];
	size_t nends;
};

/* ACCESS_OUT is 8. Looked up once: to ask it of each row costs more than all the rest. */
static enum err shut_list(struct count *k)
{
	ROWS q = NULL;
	bool more;
	BUF_AUTO b = BUF(65536);
	TRY(db_rows(k->c->db, k->c->f, "SELECT DISTINCT rid FROM access WHERE staff = ? AND (bits & 8) <> 0 AND since <= ? AND until > ?", ARGS(VI(k->c->actor->user), VI(k->c->now), VI(k->c->now)), &q));
	for (;;) {
		TRY(rows_next(q, &more));
		if (!more)
			break;
		buf_printf(&b, "%s%lld", b.n ? ", " : "", (long long)rows_int(q, 0));
	}
	if (b.over)
		return fail(k->c->f, ERR_LIMIT, NULL, "shut to one person: too many");
	if (b.n)
		k->shut = arena_str(k->c->a, buf_view(&b));
	return OK;
}

/* A statement that leaves out what is shut to her: @ stands for " AND column NOT IN (…)". */
static const char *open_to(struct count *k, const char *sql, const char *column)
{
	const char *at = strstr(sql, "@");
	return arena_printf(k->c->a, "%.*s%s%s", (int)(at - sql), sql, k->shut.n ? arena_printf(k->c->a, " AND %s NOT IN (%.*s)", column, (int)k->shut.n, k->shut.p) : "", at + 1);
}

static struct part *part_of(struct count *k, int64_t staff, int64_t studio)
{
	int64_t key[2] = { staff, studio };
	struct str at = { (const char *)key, sizeof key };
	struct part *p = map_get(k->of, at);
	if (p)
		return p;
	p = NEW(k->c->a, struct part);
	map_put(k->of, arena_str(k->c->a, at), p);
	p->staff = staff;
	p->studio = studio;
	VEC_PUSH(k->c->a, k->v, k->n, k->cap, p);
	return p;
}

/* What has no span of its own (visits, duties, terms) belongs to the studio she is of now. */
static struct part *part_now(struct count *k, int64_t staff)
{
	const struct rec *m = map_geti(k->home, staff);
	return part_of(k, staff, m ? rec_int(m, "studio") : 0);
}

static size_t kind_at(const struct count *k, struct str code)
{
	for (size_t i = 0; i < k->nkinds; i++)
		if (str_eq(k->kinds[i].code, code))
			return i;
	return KINDS - 1;
}
static const char *const grades[WORK_GRADES] = { "red", "orange", "yellow", "blue", "" };
static size_t grade_at(struct str code)
{
	for (size_t i = 0; i < WORK_GRADES - 1; i++)
		if (str_is(code, grades[i]))
			return i;
	return WORK_GRADES - 1;
}

static enum work_fig end_code(struct ctx *c, struct str outcome)
{
	if (str_is(code_more(c->app->codes, "outcome", outcome, "success"), "1"))
		return WF_SETTLED;
	if (str_is(code_more(c->app->codes, "outcome", outcome, "counts"), "1"))
		return WF_FAILED;
	return str_is(outcome, "police") || str_is(outcome, "transferred") || str_is(outcome, "shelter") ? WF_REFERRED : WF_WITHDRAWN;
}

static enum work_fig end_of(struct count *k, struct str outcome)
{
	for (size_t i = 0; i < k->nends; i++)
		if (str_eq(k->ends[i].code, outcome))
			return k->ends[i].end;
	enum work_fig end = end_code(k->c, outcome);
	if (k->nends < ARRAY_LEN(k->ends)) {
		k->ends[k->nends].code = arena_str(k->c->a, outcome);
		k->ends[k->nends++].end = end;
	}
	return end;
}

struct closing { struct str kind, grade, outcome; int64_t accepted, finished, ended, back; bool ontime, anew; };

static bool back_soon(int64_t ended, int64_t back) { return back && back - ended <= WORK_BACK_DAYS * MS_DAY; }

static void add_closing(struct count *k, struct part *p, const struct closing *x)
{
	struct ctx *c = k->c;
	enum work_fig end = end_of(k, x->outcome);
	size_t kind = kind_at(k, x->kind), grade = grade_at(x->grade);
	bool back = back_soon(x->ended, x->back), ok = end == WF_SETTLED;
	p->n[WF_CLOSED]++;
	p->n[end]++;
	p->n[WF_ONTIME] += x->ontime;
	p->n[WF_GRAVE] += grade < 2;
	p->n[WF_BACK] += back;
	p->n[WF_ANEW] += back && x->anew;
	if (x->ended + WORK_BACK_DAYS * MS_DAY > c->now) {
		p->n[WF_WAIT]++;
	} else if (ok || end == WF_FAILED || back) {
		p->n[WF_RIPE]++;
		p->n[WF_HELD] += ok && !back;
	}
	p->closed[kind][grade]++;
	p->settled[kind][grade] += ok;
	k->closed[kind][grade]++;
	k->settled[kind][grade] += ok;
	double mediated = x->finished ? (double)(x->finished - x->accepted) / MS_DAY : -1, whole = (double)(x->ended - x->accepted) / MS_DAY;
	if (mediated >= 0)
		VEC_PUSH(c->a, p->days[0].v, p->days[0].n, p->days[0].cap, mediated);
	if (whole >= 0)
		VEC_PUSH(c->a, p->days[1].v, p->days[1].n, p->days[1].cap, whole);
}

static enum err closings(struct count *k)
{
	ROWS q = NULL;
	bool more;
	TRY(db_rows(k->c->db, k->c->f, open_to(k, "SELECT s.staff, s.studio, s.kind, s.grade, s.outcome, s.accepted, s.finished, s.ended, s.back, s.ontime, s.anew FROM stint s "
				       "WHERE s.ended >= ? AND s.ended < ? AND s.way = 'closed'@", "s.kase"),
		    ARGS(VI(day_start(k->w->from)), VI(day_start(k->w->to))), &q));
	for (;;) {
		TRY(rows_next(q, &more));
		if (!more)
			return OK;
		add_closing(k, part_of(k, rows_int(q, 0), rows_int(q, 1)),
			    &(struct closing){ rows_text(q, 2), rows_text(q, 3), rows_text(q, 4), rows_int(q, 5), rows_int(q, 6), rows_int(q, 7), rows_int(q, 8), rows_int(q, 9) != 0, rows_int(q, 10) != 0 });
	}
}

/* What began, what was handed on, what is open now. */
static enum err flows(struct count *k)
{
	ROWS q = NULL;
	bool more;
	int64_t from = day_start(k->w->from), to = day_start(k->w->to);
	TRY(db_rows(k->c->db, k->c->f,
		    open_to(k, "SELECT s.staff, s.studio, s.how, s.way, s.outcome, s.ended, s.back FROM stint s WHERE s.began >= ? AND s.began < ?@", "s.kase"), ARGS(VI(from), VI(to)), &q));
	for (;;) {
		TRY(rows_next(q, &more));
		if (!more)
			break;
		struct part *p = part_of(k, rows_int(q, 0), rows_int(q, 1));
		bool got = str_is(rows_text(q, 2), "handed");
		p->n[got ? WF_GOT : WF_TAKEN]++;
		p->n[WF_TAKEN_OK] += !got && str_is(rows_text(q, 3), "closed") && end_of(k, rows_text(q, 4)) == WF_SETTLED && !back_soon(rows_int(q, 5), rows_int(q, 6));
	}
	rows_end(q);
	q = NULL;
	TRY(db_rows(k->c->db, k->c->f,
		    open_to(k, "SELECT s.staff, s.studio, CAST(SUM(CASE WHEN s.ended = 0 THEN 1 ELSE 0 END) AS INTEGER), CAST(SUM(CASE WHEN s.ended > 0 THEN 1 ELSE 0 END) AS INTEGER) FROM stint s "
		    "WHERE (s.ended = 0 OR (s.ended >= ? AND s.ended < ? AND s.way = 'handed'))@ GROUP BY s.staff, s.studio", "s.kase"), ARGS(VI(from), VI(to)), &q));
	for (;;) {
		TRY(rows_next(q, &more));
		if (!more)
			return OK;
		struct part *p = part_of(k, rows_int(q, 0), rows_int(q, 1));
		p->n[WF_OPEN] += rows_int(q, 2);
		p->n[WF_GAVE] += rows_int(q, 3);
	}
}

/* "SELECT owner, sums … GROUP BY owner" into these figures of who has the case now. */
static enum err sums(struct count *k, const char *sql, const struct val *args, size_t nargs, const enum work_fig *f, int nf)
{
	ROWS q = NULL;
	bool more;
	TRY(db_rows(k->c->db, k->c->f, sql, args, nargs, &q));
	for (;;) {
		TRY(rows_next(q, &more));
		if (!more)
			return OK;
		struct part *p = part_now(k, rows_int(q, 0));
		for (int i = 0; i < nf; i++)
			p->n[f[i]] += rows_int(q, 1 + i);
	}
}

/* The codes of a list with a "1" in this column: 'a','b'. */
static const char *in_codes(struct ctx *c, const char *list, const char *column)
{
	size_t n = 0;
	const struct code *v = codes_list(c->app->codes, list, &n);
	BUF_AUTO b = BUF(1024);
	buf_cstr(&b, "''");
	for (size_t i = 0; v && i < n; i++)
		if (str_is(code_more(c->app->codes, list, v[i].code, column), "1"))
			buf_printf(&b, ", '%.*s'", (int)v[i].code.n, v[i].code.p);
	return arena_cstr(c->a, buf_view(&b));
}

/* A visit, a duty and a term are due when their day is over. One not reached is planned still, and so not made. */
static enum err after_care(struct count *k)
{
	struct ctx *c = k->c;
	int64_t from = day_start(k->w->from), to = day_start(k->w->to), past = to < day_start(day_of(c->now)) ? to : day_start(day_of(c->now));
	TRY(sums(k, open_to(k, "SELECT v.owner, CAST(SUM(CASE WHEN v.state IN ('planned', 'done') THEN 1 ELSE 0 END) AS INTEGER), "
		    "CAST(SUM(CASE WHEN v.state = 'done' AND v.done_at < v.due_on + 86400000 THEN 1 ELSE 0 END) AS INTEGER), "
		    "CAST(SUM(CASE WHEN v.state IN ('skipped', 'refused') THEN 1 ELSE 0 END) AS INTEGER) FROM visit v "
		    "WHERE v.due_on >= ? AND v.due_on < ? AND (v.due_on < ? OR v.state = 'done')@ GROUP BY v.owner", "v.parent"),
		 ARGS(VI(from), VI(to), VI(past)), (const enum work_fig[]){ WF_VISIT, WF_VISIT_TIMELY, WF_VISIT_LEFT }, 3));
	TRY(sums(k, open_to(k, arena_printf(c->a, "SELECT v.owner, CAST(SUM(CASE WHEN v.result IN (%s) THEN 1 ELSE 0 END) AS INTEGER), CAST(SUM(CASE WHEN v.satisfaction IN (%s) THEN 1 ELSE 0 END) AS INTEGER), "
				       "CAST(SUM(CASE WHEN v.satisfaction IN (%s) THEN 1 ELSE 0 END) AS INTEGER) FROM visit v WHERE v.done_at >= ? AND v.done_at < ?@ GROUP BY v.owner",
				 in_codes(c, "visit_result", "reopen"), in_codes(c, "satisfaction", "answered"), in_codes(c, "satisfaction", "satisfied")), "v.parent"),
		 ARGS(VI(from), VI(to)), (const enum work_fig[]){ WF_RELAPSE, WF_ANSWERS, WF_SATISFIED }, 3));
	TRY(sums(k, open_to(k, "SELECT d.owner, CAST(COUNT(*) AS INTEGER), CAST(SUM(CASE WHEN d.status = 'done' THEN 1 ELSE 0 END) AS INTEGER) FROM duty d "
		    "WHERE d.due_on >= ? AND d.due_on < ? AND COALESCE(d.status, '') NOT IN ('waived', 'changed')@ GROUP BY d.owner", "d.parent"),
		 ARGS(VI(from), VI(past)), (const enum work_fig[]){ WF_DUTY, WF_DUTY_DONE }, 2));
	/* What the couple must do by a day is not hers to keep; what fell away or rests is not due. */
	TRY(sums(k, open_to(k, "SELECT d.owner, CAST(COUNT(*) AS INTEGER), CAST(SUM(CASE WHEN d.state = 2 AND d.met <= d.due THEN 1 ELSE 0 END) AS INTEGER) FROM due d "
		    "WHERE d.type = 'counsel' AND d.rule IN ('counsel.book', 'counsel.contact7', 'counsel.contact25', 'counsel.contact45') AND d.state IN (0, 2) "
		    "AND d.due > ? AND d.due <= ? AND (d.due < ? OR d.state = 2)@ GROUP BY d.owner", "d.root"),
		 ARGS(VI(from), VI(to), VI(c->now)), (const enum work_fig[]){ WF_COUNSEL, WF_COUNSEL_TIMELY }, 2));
	return sums(k, open_to(k, "SELECT d.owner, CAST(COUNT(*) AS INTEGER) FROM due d WHERE d.state = 0 AND d.due < ?@ GROUP BY d.owner", "d.root"), ARGS(VI(c->now)),
		    (const enum work_fig[]){ WF_LATE }, 1);
}

/* ---- whose figures she sees ---- */

/* The studios that she heads, or that lie in her area. */
static enum err studios(struct ctx *c, struct map *all, struct map *seen)
{
	struct seen s = { 0 };
	do {
		TRY(see(c, &(struct see){ .type = "studio", .limit = 500, .after = s.next }, &s));
		for (size_t i = 0; i < s.n; i++) {
			const struct rec *r = s.r[i];
			bool leads = c->actor->role == ROLE_SYSTEM || may(c, r->t, rec_in(r, "active") ? "edit" : "reopen", r) == MAY_ALLOW;
			bool area = c->actor->role == ROLE_LEADER && c->actor->area[0] && area_within(r->area, c->actor->area);
			map_puti(all, s.r[i]->id, s.r[i]);
			if (leads || area || (c->actor->user && rec_int(s.r[i], "head") == c->actor->user))
				map_puti(seen, s.r[i]->id, s.r[i]);
		}
	} while (s.next);
	return OK;
}

static enum err all_mediators(struct ctx *c, struct map *home, const struct map *studio, struct map *seen)
{
	struct seen s = { 0 };
	do {
		TRY(see(c, &(struct see){ .type = "mediator", .limit = 500, .after = s.next }, &s));
		for (size_t i = 0; i < s.n; i++) {
			map_puti(home, rec_int(s.r[i], "staff"), s.r[i]);
			if (s.r[i]->sight == SIGHT_FULL || (c->actor->role != ROLE_LEADER && map_geti(studio, rec_int(s.r[i], "studio"))))
				map_puti(seen, rec_int(s.r[i], "staff"), s.r[i]);
		}
	} while (s.next);
	return OK;
}

/* Who works on cases and is no mediator: by her staff record. */
static enum err unlisted(struct count *k, struct map *seen)
{
	BUF_AUTO b = BUF(32768);
	for (size_t i = 0; i < k->n; i++)
		if (k->v[i]->staff && !map_geti(k->home, k->v[i]->staff) && b.n < 30000)
			buf_printf(&b, "%s%lld", b.n ? "|" : "", (long long)k->v[i]->staff);
	if (!b.n)
		return OK;
	struct seen s = { 0 };
	const struct filter by[] = { { STR("id"), arena_str(k->c->a, buf_view(&b)) } };
	TRY(see(k->c, &(struct see){ .type = "staff", .filters = by, .nfilters = 1, .limit = 500 }, &s));
	for (size_t i = 0; i < s.n; i++)
		if (s.r[i]->sight == SIGHT_FULL)
			map_puti(seen, s.r[i]->id, s.r[i]);
	return OK;
}

/* ---- lines ---- */

static int by_size(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;
	return x < y ? -1 : x > y;
}

/* Nearest rank: the smallest value that at least this share reaches. */
static double rank(const double *v, size_t n, int percent)
{
	size_t at = (n * (size_t)percent + 99) / 100;
	return n ? v[at ? at - 1 : 0] : -1;
}

static double like_rate(const struct count *k, const int32_t closed[KINDS][WORK_GRADES])
{
	int64_t all = 0, ok = 0, n = 0;
	double sum = 0;
	for (int i = 0; i < KINDS; i++)
		for (int g = 0; g < WORK_GRADES; g++) {
			all += k->closed[i][g];
			ok += k->settled[i][g];
		}
	for (int i = 0; i < KINDS; i++)
		for (int g = 0; g < WORK_GRADES; g++) {
			/* Fewer than five of a kind say nothing of the kind, and too much of the one. */
			bool few = k->closed[i][g] < 5;
			n += closed[i][g];
			sum += closed[i][g] * (few ? (double)ok / (double)(all ? all : 1) : (double)k->settled[i][g] / k->closed[i][g]);
		}
	return n ? sum / (double)n : -1;
}

struct line { struct work_line out; struct part sum; bool seen; };

static void fold(struct count *k, struct line *l, const struct part *p)
{
	for (int f = 0; f < WF_COUNT; f++)
		l->sum.n[f] += p->n[f];
	for (int d = 0; d < 2; d++)
		for (size_t i = 0; i < p->days[d].n; i++)
			VEC_PUSH(k->c->a, l->sum.days[d].v, l->sum.days[d].n, l->sum.days[d].cap, p->days[d].v[i]);
	for (int i = 0; i < KINDS; i++)
		for (int g = 0; g < WORK_GRADES; g++) {
			l->sum.closed[i][g] += p->closed[i][g];
			l->sum.settled[i][g] += p->settled[i][g];
		}
}

static void finish(const struct count *k, struct line *l)
{
	memcpy(l->out.n, l->sum.n, sizeof l->out.n);
	for (int d = 0; d < 2; d++) {
		if (l->sum.days[d].n)
			qsort(l->sum.days[d].v, l->sum.days[d].n, sizeof(double), by_size);
		l->out.med[d] = rank(l->sum.days[d].v, l->sum.days[d].n, 50);
		l->out.p90[d] = rank(l->sum.days[d].v, l->sum.days[d].n, 90);
	}
	l->out.like = like_rate(k, l->sum.closed);
}

static void put_mix(struct count *k, const struct line *total, struct work *w)
{
	struct ctx *c = k->c;
	w->kind = NEWN(c->a, struct work_mix, KINDS);
	for (int g = 0; g < WORK_GRADES; g++)
		w->grade[g].label = grades[g][0] ? code_label(c->app->codes, "grade", str_of(grades[g]), c->lang) : str_of(TRC(c, N_("Not graded")));
	for (size_t i = 0; i < KINDS; i++) {
		struct work_mix m = { .label = i < k->nkinds ? code_label(c->app->codes, "kind", k->kinds[i].code, c->lang) : str_of(TRC(c, N_("Not said"))) };
		for (int g = 0; g < WORK_GRADES; g++) {
			struct work_mix one = { .closed = total->sum.closed[i][g], .settled = total->sum.settled[i][g], .all_closed = k->closed[i][g], .all_settled = k->settled[i][g] };
			struct work_mix *const to[] = { &m, &w->grade[g] };
			for (int t = 0; t < 2; t++) {
				to[t]->closed += one.closed;
				to[t]->settled += one.settled;
				to[t]->all_closed += one.all_closed;
				to[t]->all_settled += one.all_settled;
			}
		}
		if (m.closed)
			w->kind[w->nkind++] = m;
	}
}

static struct line *line_of(struct count *k, struct map *by, struct line **v, size_t *n, size_t *cap, int64_t id)
{
	int64_t *at = map_geti(by, id);
	if (!at) {
		VEC_PUSH(k->c->a, *v, *n, *cap, (struct line){ .out = { .id = id } });
		at = NEW(k->c->a, int64_t);
		*at = (int64_t)*n - 1;
		map_puti(by, id, at);
	}
	return &(*v)[*at];
}

static int line_order(const void *a, const void *b)
{
	const struct line *x = a, *y = b;
	if (!x->out.id != !y->out.id)      /* of no studio: last */
		return x->out.id ? -1 : 1;
	return x->out.n[WF_CLOSED] != y->out.n[WF_CLOSED] ? (x->out.n[WF_CLOSED] > y->out.n[WF_CLOSED] ? -1 : 1) : str_cmp(x->out.label, y->out.label);
}

struct sight_of_work { struct map *staff, *studio, *studios; };

static bool shows(const struct count *k, const struct sight_of_work *s, const struct part *p)
{
	const struct work *w = k->w;
	bool mine = map_geti(s->staff, p->staff) != NULL;
	if (w->staff)
		return p->staff == w->staff && (mine || map_geti(s->studio, p->studio));
	if (w->studio)
		return p->studio == w->studio && (mine || map_geti(s->studio, p->studio));
	if (w->by_staff)
		return mine;
	return p->studio ? map_geti(s->studio, p->studio) != NULL : mine;
}

static enum err make_lines(struct count *k, const struct sight_of_work *s, struct work *w)
{
	struct ctx *c = k->c;
	struct line *v = NULL, *total = NEW(c->a, struct line);
	size_t n = 0, cap = 0;
	struct map *by = map_new(c->a);
	for (size_t i = 0; i < k->n; i++) {
		if (!shows(k, s, k->v[i]))
			continue;
		fold(k, line_of(k, by, &v, &n, &cap, w->by_staff ? k->v[i]->staff : k->v[i]->studio), k->v[i]);
		fold(k, total, k->v[i]);
	}
	for (size_t i = 0; i < n; i++) {
		const struct rec *r = w->by_staff ? NULL : map_geti(s->studios, v[i].out.id);
		ref_want(c, "staff", w->by_staff ? v[i].out.id : 0);
		finish(k, &v[i]);
		v[i].out.link = v[i].out.id && !w->small && !w->staff;
		v[i].out.label = r ? rec_show(c, r, field_at(r->t, "name")) : str_of(TRC(c, w->by_staff ? N_("Nobody named") : N_("Of no studio")));
	}
	for (size_t i = 0; w->by_staff && i < n; i++)
		if (v[i].out.id)
			v[i].out.label = ref_label(c, "staff", v[i].out.id);
	if (n)
		qsort(v, n, sizeof *v, line_order);
	finish(k, total);
	total->out.label = str_of(TRC(c, N_("Total")));
	w->v = NEWN(c->a, struct work_line, n + 1);
	for (size_t i = 0; i < n; i++)
		w->v[w->n++] = v[i].out;
	w->total = total->out;
	put_mix(k, total, w);
	return OK;
}

/* ---- small figures ---- */

static void hide_small(struct ctx *c, struct work *w)
{
	struct small_cell *s = NEWN(c->a, struct small_cell, w->n + KINDS + 1);
	for (int f = 0; f < WF_COUNT; f++) {
		bool hidden = small_alone(w->total.n[f]);
		w->total.hide[f] = hidden ? HIDE_SMALL : SHOWN;
		for (size_t i = 0; i < w->n; i++)
			s[i] = (struct small_cell){ .n = w->v[i].n[f], .key = arena_fmt(c->a, "%020lld", (long long)w->v[i].id) };
		small_hide(s, w->n, hidden);
		for (size_t i = 0; i < w->n; i++)
			w->v[i].hide[f] = s[i].hide;
	}
	for (int t = 0; t < 4; t++) {
		struct work_mix *m = t < 2 ? w->kind : w->grade;
		size_t n = t < 2 ? w->nkind : WORK_GRADES;
		for (size_t i = 0; i < n; i++)
			s[i] = (struct small_cell){ .n = t & 1 ? m[i].settled : m[i].closed, .key = m[i].label };
		small_hide(s, n, w->total.hide[t & 1 ? WF_SETTLED : WF_CLOSED]);
		for (size_t i = 0; i < n; i++)
			m[i].hide[t & 1] = s[i].hide;
	}
}

/* ---- the whole ---- */

static void period(struct ctx *c, const struct work_ask *q, struct work *w)
{
	static const int months[] = { 1, 3, 6, 12 };
	int len = months[q->span], first = (q->month - 1) / len * len + 1, nth = first / len + 1;
	w->span = q->span;
	w->year = q->year;
	w->month = first;
	w->from = month_first(q->year, first);
	w->to = month_first(q->year, first + len);
	bool zh = c->lang == LANG_ZH;
	switch (q->span) {
	case SPAN_MONTH: w->title = arena_fmt(c->a, zh ? "%d年%d月" : "%d-%02d", q->year, first); break;
	case SPAN_QUARTER: w->title = arena_fmt(c->a, zh ? "%d年第%d季度" : "%d, quarter %d", q->year, nth); break;
	case SPAN_HALF: w->title = zh ? arena_fmt(c->a, "%d年%s半年", q->year, nth == 1 ? "上" : "下") : arena_fmt(c->a, "%d, half %d", q->year, nth); break;
	case SPAN_YEAR: w->title = arena_fmt(c->a, zh ? "%d年" : "%d", q->year); break;
	}
}

/* A line of her own for who sees herself alone; the studios for who leads; of one studio its people. */
static enum err scope(struct ctx *c, const struct work_ask *q, const struct sight_of_work *s, struct work *w)
{
	bool leader = c->actor->role == ROLE_LEADER, fed = month_inside(c);
	w->small = leader || !q->whole;
	w->by_staff = q->studio || q->staff || (q->people && !leader) || (!fed && !leader);
	w->studio = q->studio;
	w->staff = q->staff;
	if (!fed && !leader && !q->studio && !q->staff && map_count(s->studio) == 0)
		w->staff = c->actor->user;
	if (leader && (q->staff || q->studio))
		return fail(c->f, ERR_DENIED, N_("A leader's post sees sums by studio, not by person."), NULL);
	if (q->studio && !map_geti(s->studios, q->studio))
		return fail(c->f, ERR_NOT_FOUND, NULL, NULL);
	if (q->studio && !map_geti(s->studio, q->studio))
		return fail(c->f, ERR_DENIED, N_("The figures of a studio are its head's and the federation's."), NULL);
	return OK;
}

enum err work_make(struct ctx *c, const struct work_ask *q, struct work *ret)
{
	struct sight_of_work s = { .staff = map_new(c->a), .studio = map_new(c->a), .studios = map_new(c->a) };
	struct work w = { .made = c->now };
	struct count *k = NEW(c->a, struct count);
	*k = (struct count){ .c = c, .w = &w, .of = map_new(c->a), .home = map_new(c->a) };
	k->kinds = codes_list(c->app->codes, "kind", &k->nkinds);
	k->nkinds = k->nkinds < KINDS - 1 ? k->nkinds : KINDS - 1;
	period(c, q, &w);
	TRY(studios(c, s.studios, s.studio));
	TRY(all_mediators(c, k->home, s.studio, s.staff));
	TRY(scope(c, q, &s, &w));
	TRY(shut_list(k));
	TRY(closings(k));
	TRY(flows(k));
	TRY(after_care(k));
	TRY(unlisted(k, s.staff));
	if (w.staff && w.staff != c->actor->user && !map_geti(s.staff, w.staff))
		return fail(c->f, ERR_DENIED, N_("These figures are hers, her studio's head's and the federation's."), NULL);
	TRY(make_lines(k, &s, &w));
	if (w.small)
		hide_small(c, &w);
	w.inside = !w.small;
	w.area_name = c->actor->area[0] ? area_label(c, str_of(c->actor->area)) : STR_NONE;
	*ret = w;
	return OK;
}
