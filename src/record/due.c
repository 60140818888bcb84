/* Why: the law and the federation's own rules give each step a time; whoever waits must be seen before it is late, and
 * every due time must be able to say how it came about.
 * Invariants: first_due never changes; an extension or pause adds a line to `why` and keeps what was before; a clock that
 * is met, cancelled or suspended does not climb.
 * `why` is lines of tab-separated words: term, given, extend, suspend, resume, climb. */
#include "base/embedded.h"
#include "record/inner.h"
#include <stdio.h>

struct amount { int n; enum term_unit unit; bool none; };

struct rule {
	struct str rule, type, basis, zh, en, escalate;
	struct amount by_grade[4];      /* red, orange, yellow, blue */
	struct amount warn;
	int32_t from, to;               /* days; 0: open */
};

struct rules {
	struct arena *a;
	struct rule *r;
	size_t n, cap;
};

/* ---- the table of rules ---- */

static bool unit_of(struct str s, enum term_unit *ret)
{
	if (str_is(s, "hour"))
		*ret = TERM_HOUR;
	else if (str_is(s, "day"))
		*ret = TERM_DAY;
	else if (str_is(s, "workday"))
		*ret = TERM_WORKDAY;
	else
		return false;
	return true;
}

/* "24", "2h", "3d", "5w", "-" */
static bool amount_of(struct str s, enum term_unit unit, struct amount *ret)
{
	struct amount a = { .unit = unit };
	int64_t n;
	if (!s.n || str_is(s, "-")) {
		a.none = true;
		*ret = a;
		return true;
	}
	char last = s.p[s.n - 1];
	if (last == 'h' || last == 'd' || last == 'w') {
		a.unit = last == 'h' ? TERM_HOUR : last == 'd' ? TERM_DAY : TERM_WORKDAY;
		s.n--;
	}
	if (!str_int(s, &n) || n < 0 || n > 10000)
		return false;
	a.n = (int)n;
	*ret = a;
	return true;
}

static struct str cell_of(const struct str *head, size_t nhead, const struct str *cells, size_t n, const char *name)
{
	for (size_t i = 0; i < nhead && i < n; i++)
		if (str_is(head[i], name))
			return cells[i];
	return STR("");
}

static int32_t day_cell(struct str s)
{
	int64_t ms;
	return s.n && date_parse(s, &ms) ? day_of(ms) : 0;
}

static bool rule_read(const struct str *head, size_t nhead, const struct str *cells, size_t n, struct rule *ret)
{
	static const char *const grades[] = { "red", "orange", "yellow", "blue" };
#define CELL(name) cell_of(head, nhead, cells, n, name)
	enum term_unit unit;
	struct rule r = { .rule = CELL("rule"), .type = CELL("type"), .basis = CELL("basis"), .zh = CELL("zh"), .en = CELL("en"),
			  .escalate = CELL("escalate"), .from = day_cell(CELL("valid_from")), .to = day_cell(CELL("valid_to")) };
	if (!r.rule.n || !r.type.n || !r.zh.n || !r.basis.n || !unit_of(CELL("unit"), &unit))
		return false;
	for (int i = 0; i < 4; i++)
		if (!amount_of(CELL(grades[i]), unit, &r.by_grade[i]))
			return false;
	if (!amount_of(CELL("warn"), unit, &r.warn))
		return false;
#undef CELL
	*ret = r;
	return true;
}

enum err rules_load(struct rules **ret, struct fault *f)
{
	const struct embedded *e = embedded_find("codes/deadlines.tsv");
	struct arena *a = arena_new(0);
	struct rules *rs = NEW(a, struct rules);
	struct str text = e ? (struct str){ e->bytes, e->n } : STR_NONE, *head = NULL, *cells;
	size_t nhead = 0;
	rs->a = a;
	for (int line_no = 1; text.p; line_no++) {
		struct str line = str_cut(text, '\n', &text);
		struct rule r;
		if (!line.n || line.p[0] == '#')
			continue;
		size_t n = tsv_cells(a, line, &cells);
		if (!head) {
			head = cells;
			nhead = n;
		} else if (rule_read(head, nhead, cells, n, &r)) {
			VEC_PUSH(a, rs->r, rs->n, rs->cap, r);
		} else {
			arena_free(a);
			return fail(f, ERR_INVALID, NULL, "codes/deadlines.tsv line %d", line_no);
		}
	}
	*ret = rs;
	return OK;
}

void rules_free(struct rules *r)
{
	if (r)
		arena_free(r->a);
}

/* The row in force on a day: the latest that has begun and not ended. */
static const struct rule *rule_at(const struct rules *rs, struct str name, int32_t day)
{
	const struct rule *best = NULL;
	for (size_t i = 0; i < rs->n; i++) {
		const struct rule *r = &rs->r[i];
		if (str_eq(r->rule, name) && r->from <= day && (!r->to || day <= r->to) && (!best || r->from >= best->from))
			best = r;
	}
	return best;
}

/* For a clock that begins: with this machine's clock years wrong no row may be in force, and a clue is still taken in. */
static const struct rule *rule_near(const struct rules *rs, struct str name, int32_t day)
{
	const struct rule *best = rule_at(rs, name, day);
	for (size_t i = 0; i < rs->n && !best; i++)
		if (str_eq(rs->r[i].rule, name))
			best = &rs->r[i];
	return best;
}

static const struct rule *rule_any(const struct rules *rs, struct str name)
{
	for (size_t i = rs->n; i-- > 0;)
		if (str_eq(rs->r[i].rule, name))
			return &rs->r[i];
	return NULL;
}

struct str due_rule_label(struct ctx *c, struct str rule)
{
	const struct rule *r = rule_any(c->app->rules, rule);
	return !r ? rule : c->lang == LANG_ZH || !r->en.n ? r->zh : r->en;
}

static const struct rule *rule_on(struct ctx *c, const char *rule, int64_t start)
{
	const struct rule *r = rule_at(c->app->rules, str_of(rule), day_of(start));
	return r && !r->by_grade[2].none ? r : NULL;
}

bool due_rule_holds(struct ctx *c, const char *rule, int64_t start) { return rule_on(c, rule, start); }

enum err due_rule_end(struct ctx *c, const char *rule, int64_t start, int64_t *ret_due, struct str *ret_basis)
{
	const struct rule *r = rule_on(c, rule, start);
	if (!r)
		return fail(c->f, ERR_NOT_FOUND, NULL, "no deadline rule %s", rule);
	*ret_due = term_end(c->app->calendar, start, r->by_grade[2].unit, r->by_grade[2].n, NULL);
	*ret_basis = r->basis;
	return OK;
}

/* ---- clocks ---- */

static const char unit_letter[] = { [TERM_HOUR] = 'h', [TERM_DAY] = 'd', [TERM_WORKDAY] = 'w' };

/* How long before the end the light turns yellow, in ms (working days count as days: it is only a warning). */
static int64_t warn_ms(const struct rule *r, int64_t start, int64_t due)
{
	if (r->warn.none)
		return (due - start) / 3;
	int64_t w = r->warn.n * (r->warn.unit == TERM_HOUR ? MS_HOUR : MS_DAY);
	return w < due - start ? w : (due - start) / 2;
}

static enum err insert(struct ctx *c, const struct rec *r, const char *rule, int64_t due, int64_t warn, struct str why)
{
	struct str area = r->area.p ? r->area : STR("");
	return db_exec(c->db, c->f,
		       "INSERT INTO due (id, type, rid, rule, start, due, first_due, warn, met, state, suspended_at, climb_at, level, area, town, comm, org, "
		       "owner, why, root) VALUES (?, ?, ?, ?, ?, ?, ?, ?, 0, 0, 0, ?, 0, ?, ?, ?, ?, ?, ?, ?)",
		       ARGS(VI(id_new(c->now)), VS(str_of(r->t->name)), VI(r->id), VS(str_of(rule)), VI(c->now), VI(due), VI(due), VI(warn), VI(due),
			    VS(area), VS(area_cut(area, 9)), VS(area_cut(area, 12)), VI(r->org), VI(r->owner), VS(why), VI(access_root(r->t, r))),
		       NULL);
}

static enum err begin(struct ctx *c, const struct rec *r, const char *rule, bool again)
{
	const struct rule *row = rule_near(c->app->rules, str_of(rule), day_of(c->now));
	if (!row)
		return fail(c->f, ERR_INTERNAL, NULL, "no deadline rule %s", rule);
	int grade = 2;
	if (r->t->grade) {
		struct str g = rec_str(c, r, r->t->grade);
		grade = str_is(g, "red") ? 0 : str_is(g, "orange") ? 1 : str_is(g, "blue") ? 3 : 2;
	}
	const struct amount *am = &row->by_grade[grade];
	if (am->none)
		return OK;
	int skipped = 0;
	int64_t due = term_end(c->app->calendar, c->now, am->unit, am->n, &skipped);
	struct str why = arena_fmt(c->a, "term\t%d\t%c\t%d\n", am->n, unit_letter[am->unit], skipped);
	/* Begun again (a returned clue dispatched once more): the clock before it ends here. */
	if (again)
		TRY(due_meet(c, r, rule));
	return insert(c, r, rule, due, warn_ms(row, c->now, due), why);
}

enum err due_start(struct ctx *c, const struct rec *r, const char *rule) { return begin(c, r, rule, true); }
enum err due_first(struct ctx *c, const struct rec *r, const char *rule) { return begin(c, r, rule, false); }

enum err due_start_at(struct ctx *c, const struct rec *r, const char *rule, int64_t due, const char *why)
{
	const struct rule *row = rule_near(c->app->rules, str_of(rule), day_of(c->now));
	if (!row)
		return fail(c->f, ERR_INTERNAL, NULL, "no deadline rule %s", rule);
	return insert(c, r, rule, due, warn_ms(row, c->now, due > c->now ? due : c->now), arena_fmt(c->a, "given\t%s\n", why ? why : ""));
}

enum err due_meet(struct ctx *c, const struct rec *r, const char *rule)
{
	return db_exec(c->db, c->f, "UPDATE due SET state = 2, met = ? WHERE rid = ? AND rule = ? AND state IN (0, 1)",
		       ARGS(VI(c->now), VI(r->id), VS(str_of(rule))), NULL);
}

enum err due_cancel(struct ctx *c, const struct rec *r)
{
	return db_exec(c->db, c->f, "UPDATE due SET state = 3 WHERE rid = ? AND state IN (0, 1)", ARGS(VI(r->id)), NULL);
}

enum err due_follow(struct ctx *c, const struct rec *r)
{
	struct str area = r->area.p ? r->area : STR("");
	return db_exec(c->db, c->f, "UPDATE due SET area = ?, town = ?, comm = ?, org = ?, owner = ? WHERE rid = ? AND state IN (0, 1)",
		       ARGS(VS(area), VS(area_cut(area, 9)), VS(area_cut(area, 12)), VI(r->org), VI(r->owner), VI(r->id)), NULL);
}

enum err due_words(struct ctx *c, const struct rec *r, const char *words, enum err (*fn)(struct ctx *, const struct rec *, const char *))
{
	struct str rest = str_of(words);
	while (rest.p) {
		struct str w = str_cut(rest, ' ', &rest);
		if (w.n)
			TRY(fn(c, r, arena_cstr(c->a, w)));
	}
	return OK;
}

#define COLUMNS "id, rid, start, due, first_due, met, org, owner, suspended_at, state, level, type, rule, area, why"

static void row_read(struct ctx *c, struct rows *q, struct due *d)
{
	*d = (struct due){ .id = rows_int(q, 0), .rid = rows_int(q, 1), .start = rows_int(q, 2), .due = rows_int(q, 3), .first_due = rows_int(q, 4),
			   .met = rows_int(q, 5), .org = rows_int(q, 6), .owner = rows_int(q, 7), .suspended_at = rows_int(q, 8),
			   .state = (enum due_state)rows_int(q, 9), .level = (int)rows_int(q, 10) };
	struct str *const parts[] = { &d->type, &d->rule, &d->area, &d->why };
	for (int i = 0; i < 4; i++)
		*parts[i] = arena_str(c->a, rows_text(q, 11 + i));
}

static enum err collect(struct ctx *c, const char *sql, const struct val *args, size_t nargs, struct due **ret, size_t *ret_n)
{
	ROWS q = NULL;
	bool more;
	struct due *v = NULL;
	size_t n = 0, cap = 0;
	TRY(db_rows(c->db, c->f, sql, args, nargs, &q));
	for (;;) {
		TRY(rows_next(q, &more));
		if (!more)
			break;
		struct due d;
		row_read(c, q, &d);
		VEC_PUSH(c->a, v, n, cap, d);
	}
	*ret = v;
	*ret_n = n;
	return OK;
}

enum err due_list(struct ctx *c, const char *type, int64_t rid, struct due **ret, size_t *ret_n)
{
	return collect(c, "SELECT " COLUMNS " FROM due WHERE rid = ? AND type = ? ORDER BY id LIMIT 200", ARGS(VI(rid), VS(str_of(type))), ret, ret_n);
}

static struct str line_word(struct arena *a, struct str s)
{
	char *p = arena_cstr(a, utf8_head(s, 100));
	for (char *q = p; *q; q++)
		if (*q == '\t' || *q == '\n')
			*q = ' ';
	return str_of(p);
}

enum err due_extend(struct ctx *c, const struct rec *r, const char *rule, int64_t due, struct str reason)
{
	struct due *d;
	size_t n;
	TRY(collect(c, "SELECT " COLUMNS " FROM due WHERE rid = ? AND rule = ? AND state = 0", ARGS(VI(r->id), VS(str_of(rule))), &d, &n));
	if (!n)
		return fail(c->f, ERR_STATE, N_("No time is running here that could be extended."), "%s", rule);
	if (due <= d[0].due || due <= c->now)
		return fail(c->f, ERR_INVALID, N_("The new date must be later than the present one."), NULL);
	reason = line_word(c->a, reason);
	struct str why = arena_fmt(c->a, "%.*sextend\t%lld\t%lld\t%lld\t%.*s\n", (int)d[0].why.n, d[0].why.p, (long long)c->now, (long long)d[0].due, (long long)due,
				   (int)reason.n, reason.p);
	return db_exec(c->db, c->f, "UPDATE due SET due = ?, climb_at = ?, reminded = 0, why = ? WHERE id = ?", ARGS(VI(due), VI(due), VS(why), VI(d[0].id)), NULL);
}

enum err due_suspend(struct ctx *c, const struct rec *r, struct str reason)
{
	struct due *d;
	size_t n;
	TRY(collect(c, "SELECT " COLUMNS " FROM due WHERE rid = ? AND state = 0", ARGS(VI(r->id)), &d, &n));
	reason = line_word(c->a, reason);
	for (size_t i = 0; i < n; i++) {
		struct str why = arena_fmt(c->a, "%.*ssuspend\t%lld\t%.*s\n", (int)d[i].why.n, d[i].why.p, (long long)c->now, (int)reason.n, reason.p);
		TRY(db_exec(c->db, c->f, "UPDATE due SET state = 1, suspended_at = ?, why = ? WHERE id = ?", ARGS(VI(c->now), VS(why), VI(d[i].id)), NULL));
	}
	return OK;
}

/* The pause is added to what was left; a term in days moves by whole days begun and ends on a working day. */
static int64_t resumed(const struct ctx *c, const struct due *d)
{
	/* A clock that was set back meanwhile takes nothing from the term. */
	int64_t pause = c->now > d->suspended_at ? c->now - d->suspended_at : 0;
	if (d->due % MS_HOUR || d->due != day_start(day_of(d->due)))
		return d->due + pause;
	int32_t last = day_of(d->due - 1) + (int32_t)((pause + MS_DAY - 1) / MS_DAY);
	while (!day_kind_works(calendar_kind(c->app->calendar, last, NULL)))
		last++;
	return day_start(last + 1);
}

enum err due_resume(struct ctx *c, const struct rec *r)
{
	struct due *d;
	size_t n;
	TRY(collect(c, "SELECT " COLUMNS " FROM due WHERE rid = ? AND state = 1", ARGS(VI(r->id)), &d, &n));
	for (size_t i = 0; i < n; i++) {
		int64_t due = resumed(c, &d[i]);
		struct str why = arena_fmt(c->a, "%.*sresume\t%lld\t%lld\t%lld\n", (int)d[i].why.n, d[i].why.p, (long long)c->now, (long long)d[i].due, (long long)due);
		TRY(db_exec(c->db, c->f, "UPDATE due SET state = 0, suspended_at = 0, due = ?, climb_at = ?, reminded = 0, why = ? WHERE id = ?",
			    ARGS(VI(due), VI(due), VS(why), VI(d[i].id)), NULL));
	}
	return OK;
}

enum err due_mine(struct ctx *c, enum scope scope, bool late_only, int limit, struct due **ret, size_t *ret_n)
{
	const struct actor *w = c->actor;
	struct str area = str_of(w->area);
	int64_t before = late_only ? c->now : INT64_MAX;
	limit = limit <= 0 || limit > 500 ? 50 : limit;
	*ret = NULL;
	*ret_n = 0;
#define ASK(where, ...) collect(c, "SELECT " COLUMNS " FROM due WHERE state = 0 AND " where " AND due <= ?" \
				" AND root NOT IN (SELECT x.rid FROM access x WHERE x.staff = ? AND (x.bits & 8) <> 0) ORDER BY due LIMIT ?", \
				ARGS(__VA_ARGS__, VI(before), VI(w->user), VI(limit)), ret, ret_n)
	switch (scope) {
	case SC_OWN: return w->user ? ASK("owner = ?", VI(w->user)) : OK;
	case SC_ORG: return w->org ? ASK("org = ?", VI(w->org)) : OK;
	case SC_AREA:
		if (area.n == 9)
			return ASK("town = ?", VS(area));
		if (area.n == 12)
			return ASK("comm = ?", VS(area));
		return area.n ? ASK("area >= ? AND area < ?", VS(area), VS(arena_fmt(c->a, "%s:", w->area))) : OK;
	case SC_ALL: return ASK("id > ?", VI(0));
	default: return OK;
	}
#undef ASK
}

/* ---- explaining ---- */

static struct str when(struct ctx *c, struct str ms_text)
{
	int64_t ms;
	return str_int(ms_text, &ms) ? datetime_str(c->a, ms) : STR("");
}

static void moved(struct ctx *c, struct buf *b, struct str from, struct str to)
{
	buf_char(b, ' ');
	buf_msg(b, TRC(c, N_("The end moved from %s to %s.")), when(c, from), when(c, to));
}

static const char *unit_text(struct ctx *c, struct str u)
{
	return str_is(u, "h") ? TRC(c, N_("hours")) : str_is(u, "d") ? TRC(c, N_("days")) : TRC(c, N_("working days"));
}

static void explain_line(struct ctx *c, struct buf *b, struct str line)
{
	struct str w[6] = { 0 };
	size_t n = 0;
	for (struct str rest = line; rest.p && n < ARRAY_LEN(w);)
		w[n++] = str_cut(rest, '\t', &rest);
	if (str_is(w[0], "term")) {
		buf_msg(b, TRC(c, N_("%s %s from the start.")), w[1], str_of(unit_text(c, w[2])));
		if (w[3].n && !str_is(w[3], "0")) {
			buf_char(b, ' ');
			buf_msg(b, TRC(c, N_("%s days off were passed over.")), w[3], STR_NONE);
		}
	} else if (str_is(w[0], "given")) {
		buf_msg(b, TRC(c, N_("The date was set: %s.")), str_of(TRC(c, arena_cstr(c->a, w[1]))), STR_NONE);
	} else if (str_is(w[0], "extend")) {
		buf_msg(b, TRC(c, N_("%s: extended, reason: %s.")), when(c, w[1]), code_label(c->app->codes, "extension_reason", w[4], c->lang));
		moved(c, b, w[2], w[3]);
	} else if (str_is(w[0], "suspend")) {
		buf_msg(b, TRC(c, N_("%s: paused, reason: %s.")), when(c, w[1]), code_label(c->app->codes, "suspension_reason", w[2], c->lang));
	} else if (str_is(w[0], "resume")) {
		buf_msg(b, TRC(c, N_("%s: resumed.")), when(c, w[1]), STR_NONE);
		moved(c, b, w[2], w[3]);
	} else if (str_is(w[0], "climb")) {
		buf_msg(b, TRC(c, N_("%s: late, reported to the level above.")), when(c, w[1]), STR_NONE);
	}
	buf_char(b, '\n');
}

struct str due_explain(struct ctx *c, const struct due *d)
{
	BUF_AUTO b = BUF(65536);
	const struct rule *r = rule_at(c->app->rules, d->rule, day_of(d->start));
	struct str label = due_rule_label(c, d->rule);
	buf_msg(&b, TRC(c, N_("Rule: %s.")), label, STR_NONE);
	if (r) {
		buf_char(&b, ' ');
		buf_msg(&b, TRC(c, N_("Basis: %s.")), r->basis, STR_NONE);
	}
	buf_char(&b, '\n');
	buf_msg(&b, TRC(c, N_("Started %s, due %s.")), datetime_str(c->a, d->start), datetime_str(c->a, d->due));
	buf_char(&b, '\n');
	struct str rest = d->why;
	while (rest.p) {
		struct str line = str_cut(rest, '\n', &rest);
		if (line.n)
			explain_line(c, &b, line);
	}
	if (d->due != d->first_due)
		buf_msg(&b, TRC(c, N_("The first date was %s.")), datetime_str(c->a, d->first_due), STR_NONE);
	return str_trim(arena_str(c->a, buf_view(&b)));
}

enum light due_light(const struct ctx *c, const struct due *d)
{
	if (d->state == DUE_CANCELLED || d->state == DUE_SUSPENDED)
		return LIGHT_NONE;
	int64_t at = d->state == DUE_MET ? d->met : c->now;
	if (at > d->due)
		return LIGHT_RED;
	if (d->state == DUE_MET)
		return LIGHT_GREEN;
	const struct rule *r = rule_at(c->app->rules, d->rule, day_of(d->start));
	int64_t warn = r ? warn_ms(r, d->start, d->due) : (d->due - d->start) / 3;
	return d->due - at <= warn ? LIGHT_YELLOW : LIGHT_GREEN;
}

int64_t due_turns(const struct ctx *c, const struct due *d)
{
	if (d->state != DUE_RUNNING || c->now > d->due)
		return INT64_MAX;
	const struct rule *r = rule_at(c->app->rules, d->rule, day_of(d->start));
	int64_t yellow = d->due - (r ? warn_ms(r, d->start, d->due) : (d->due - d->start) / 3);
	return c->now < yellow ? yellow : d->due + 1;
}

/* ---- climbing ---- */

static enum err above(struct ctx *c, int64_t *org)
{
	return *org && c->app->org_above ? c->app->org_above(c, *org, org) : OK;
}

enum err due_ladder(struct ctx *c, struct str escalate, int64_t org, int64_t ret[DUE_CLIMBS])
{
	int most = str_is(escalate, "city") ? 1 : str_is(escalate, "town") ? 2 : 9, level = 0;
	int64_t first = c->app->org_above ? org : 0, at;
	TRY(above(c, &first));
	at = first;
	for (int i = 0; i < 8 && at && most < 9 && c->app->org_level; i++) {
		TRY(c->app->org_level(c, at, &level));
		if (level <= most)
			break;
		TRY(above(c, &at));
	}
	/* No unit of that level above: then the next one, rather than nobody. */
	ret[0] = at ? at : first;
	for (int i = 1; i < DUE_CLIMBS; i++) {
		ret[i] = ret[i - 1];
		TRY(above(c, &ret[i]));
	}
	return OK;
}

static struct str amount_text(struct ctx *c, const struct amount *a)
{
	static const char *const units[] = { [TERM_HOUR] = N_("hours"), [TERM_DAY] = N_("days"), [TERM_WORKDAY] = N_("working days") };
	return a->none ? STR("") : arena_fmt(c->a, c->lang == LANG_ZH ? "%d%s" : "%d %s", a->n, TRC(c, units[a->unit]));
}

void due_rows(struct ctx *c, struct due_row **ret, size_t *ret_n)
{
	const struct rules *rs = c->app->rules;
	struct due_row *v = NEWN(c->a, struct due_row, rs->n + 1);
	size_t n = 0;
	for (size_t i = 0; i < rs->n; i++) {
		const struct rule *r = &rs->r[i];
		if (rule_at(rs, r->rule, day_of(c->now)) != r)
			continue;
		struct due_row d = { .rule = r->rule, .type = r->type, .label = due_rule_label(c, r->rule), .basis = r->basis, .escalate = r->escalate, .warn = amount_text(c, &r->warn), .from = r->from };
		for (int g = 0; g < 4; g++)
			d.by_grade[g] = amount_text(c, &r->by_grade[g]);
		v[n++] = d;
	}
	*ret = v;
	*ret_n = n;
}


static enum err climb(struct ctx *c, const struct due *d)
{
	const struct rtype *t = type_find(c->app, d->type);
	struct rec *r;
	if (!t)
		return OK;
	TRY(rec_load(c, plan_of(c->app, t), d->rid, &r));
	const struct rule *row = rule_near(c->app->rules, d->rule, day_of(d->start));
	int64_t ladder[DUE_CLIMBS];
	TRY(due_ladder(c, row ? row->escalate : STR("up"), d->org, ladder));
	int64_t org = d->level < DUE_CLIMBS ? ladder[d->level] : 0;
	if (org)
		TRY(notice_put(c, 0, org, r, N_("Overdue work of a unit below yours")));
	if (d->level == 0 && d->owner)
		TRY(notice_put(c, d->owner, 0, r, N_("Your work is overdue")));
	struct str why = arena_fmt(c->a, "%.*sclimb\t%lld\t%d\n", (int)d->why.n, d->why.p, (long long)c->now, d->level + 1);
	/* Each further level a working day later. */
	int64_t next = d->level + 1 < DUE_CLIMBS ? term_end(c->app->calendar, c->now, TERM_WORKDAY, 1, NULL) : INT64_MAX;
	return db_exec(c->db, c->f, "UPDATE due SET level = level + 1, climb_at = ?, why = ? WHERE id = ?", ARGS(VI(next), VS(why), VI(d->id)), NULL);
}

/* ---- the reminder before the end ---- */

#define REMIND_AHEAD (10 * MS_DAY)   /* no rule warns earlier */

/* Once for each end that a clock has: at its yellow light, to who leads it, else to the unit. Says nothing of whom or what. */
static enum err remind(struct ctx *c, const struct due *d)
{
	const struct rtype *t = type_find(c->app, d->type);
	struct rec *r;
	if (due_light(c, d) == LIGHT_GREEN || !t)
		return OK;
	TRY(rec_load(c, plan_of(c->app, t), d->rid, &r));
	TRY(notice_put(c, d->owner, d->owner ? 0 : d->org, r, N_("Your work is due soon")));
	return db_exec(c->db, c->f, "UPDATE due SET reminded = 1 WHERE id = ?", ARGS(VI(d->id)), NULL);
}

struct reminded { int64_t after, id; int n; };

static enum err remind_batch(struct ctx *c, void *arg)
{
	struct reminded *k = arg;
	struct due *d;
	size_t n;
	TRY(collect(c, "SELECT " COLUMNS " FROM due WHERE state = 0 AND reminded = 0 AND (due > ? OR (due = ? AND id > ?)) AND due <= ? ORDER BY due, id LIMIT 200",
		    ARGS(VI(k->after), VI(k->after), VI(k->id), VI(c->now + REMIND_AHEAD)), &d, &n));
	for (size_t i = 0; i < n; i++) {
		TRY(remind(c, &d[i]));
		k->after = d[i].due;
		k->id = d[i].id;
	}
	k->n = (int)n;
	return OK;
}

enum err due_remind(struct ctx *c)
{
	/* What is late already climbs; it is not reminded of. */
	struct reminded k = { .after = c->now, .id = INT64_MAX };
	do {
		TRY(c->db && db_can_write(c->db) ? remind_batch(c, &k) : ctx_write(c, remind_batch, &k));
	} while (k.n == 200);
	return OK;
}

struct climbed { int n; };

static enum err climb_batch(struct ctx *c, void *arg)
{
	struct climbed *k = arg;
	struct due *d;
	size_t n;
	TRY(collect(c, "SELECT " COLUMNS " FROM due WHERE state = 0 AND climb_at <= ? ORDER BY climb_at LIMIT 200", ARGS(VI(c->now)), &d, &n));
	for (size_t i = 0; i < n; i++)
		TRY(climb(c, &d[i]));
	k->n += (int)n;
	return OK;
}

enum err due_escalate(struct ctx *c, int *ret)
{
	struct climbed all = { 0 }, one;
	do {
		one = (struct climbed){ 0 };
		if (c->db && db_can_write(c->db))
			TRY(climb_batch(c, &one));
		else
			TRY(ctx_write(c, climb_batch, &one));
		all.n += one.n;
	} while (one.n == 200);
	*ret = all.n;
	return OK;
}
