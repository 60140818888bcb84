/* Why: a list on a screen is looked at, a list in a file is carried away; so whoever carries many away says what for, another person
 * agrees, and the file says whose it is.
 * Invariants: a file holds what its asker may see at the moment it is made, masked as on her screen; nobody agrees to her own; a file is
 * gone after a day; each download is in the journal. */
#include "report/export.h"
#include "people/people.h"
#include <stdio.h>
#include <stdlib.h>

#define F(n, l, t, ...) { .name = n, .label = N_(l), .type = t, __VA_ARGS__ }
#define ROWS_MAX 20000
static const struct field fields[] = {
	F("about", "What is exported", F_LONG, .secrecy = S_SEALED, .flags = FF_SYSTEM | FF_LIST, .max = 4000),
	F("subject", "Record type", F_TEXT, .flags = FF_NEED, .max = 40),
	F("conditions", "Conditions", F_LONG, .secrecy = S_SEALED, .max = 4000),
	F("columns", "Columns", F_LONG, .max = 1000),
	F("format", "Format", F_CODE, .of = "export_format", .flags = FF_NEED | FF_LIST),
	F("purpose", "What for", F_LONG, .secrecy = S_SEALED, .flags = FF_NEED, .max = 500),
	F("lines", "Rows", F_INT, .flags = FF_SYSTEM | FF_LIST, .max = 100000000),
	F("decider", "Decided by", F_REF, .of = "staff", .flags = FF_SYSTEM | FF_LIST),
	F("decided", "Decided", F_TIME, .flags = FF_SYSTEM),
	F("until", "To be fetched until", F_TIME, .flags = FF_SYSTEM | FF_LIST),
	F("note", "Reason", F_LONG, .secrecy = S_SEALED, .max = 500),
};
static const struct state states[] = {
	{ "asked", N_("Waits for a second person"), true, "yellow" }, { "agreed", N_("Being made"), false, "yellow" }, { "ready", N_("Ready to fetch"), false, "green" },
	{ "refused", N_("Refused"), false, NULL }, { "over", N_("Past its day"), false, NULL }, { "failed", N_("Could not be made"), false, "red" },
};

enum err export_limits(struct ctx *c, int64_t *ret_rows, int64_t *ret_day)
{
	TRY(setting_count(c, "export.rows", 50, 1, 500, ret_rows));
	return setting_count(c, "export.day", 5, 1, 1000, ret_day);
}

bool export_column(const struct rtype *t, size_t i)
{
	const struct field *f = &t->fields[i];
	return (f->secrecy == S_PLAIN || f->secrecy == S_MASKED) && !(f->flags & FF_HEAVY) && f->type != F_LONG && f->type != F_JSON && f->type != F_SECRET;
}

/* ---- rows ---- */

uint64_t export_order(struct ctx *c, struct str number, int64_t rid)
{
	unsigned char h[16];
	uint64_t v;
	blind_index(c->app->keys, "export-order", arena_fmt(c->a, "%.*s|%lld", (int)number.n, number.p ? number.p : "", (long long)rid), h);
	memcpy(&v, h, sizeof v);
	return v;
}

struct placed { uint64_t at; struct rec *r; };
static int by_place(const void *a, const void *b)
{
	uint64_t x = ((const struct placed *)a)->at, y = ((const struct placed *)b)->at;
	return x < y ? -1 : x > y;
}

static enum err gather(struct ctx *c, const struct export_ask *q, struct str number, int64_t max, struct placed **ret, size_t *ret_n)
{
	struct placed *v = NULL;
	size_t n = 0, cap = 0;
	struct seen s = { .next = 0 };
	do {
		TRY(see(c, &(struct see){ .type = q->t->name, .filters = q->f, .nfilters = q->nf, .words = q->words, .limit = 500, .after = s.next }, &s));
		for (size_t i = 0; i < s.n; i++) {
			struct placed one = { export_order(c, number, s.r[i]->id), s.r[i] };
			if ((int64_t)n == max)
				return fail(c->f, ERR_LIMIT, N_("These are more rows than may be exported in this way."), NULL);
			VEC_PUSH(c->a, v, n, cap, one);
		}
	} while (s.next);
	if (n)
		qsort(v, n, sizeof *v, by_place);
	*ret = v;
	*ret_n = n;
	return OK;
}

enum err export_table(struct ctx *c, const struct export_ask *q, struct str number, int64_t max, struct table *ret)
{
	struct placed *v = NULL;
	size_t n = 0, cols = q->ncols + 4;
	const char *heads[] = { N_("Number"), N_("State"), N_("Area"), N_("Created") };
	if (q->t->unlisted || !type_readable(c, q->t))
		return fail(c->f, ERR_NOT_FOUND, NULL, NULL);
	TRY(gather(c, q, number, max, &v, &n));
	struct table t = { .title = str_of(TRC(c, q->t->plural)), .ncols = cols, .head = NEWN(c->a, struct str, cols), .width = NEWN(c->a, double, cols), .right = NEWN(c->a, bool, cols),
			   .cells = NEWN(c->a, struct cell, cols * (n + 1)), .nrows = n };
	struct str who = ref_label(c, "staff", c->actor->user), unit = ref_label(c, "org", c->actor->org), when = datetime_str(c->a, c->now);
	t.subtitle = t.foot = arena_fmt(c->a, "%.*s　%.*s %.*s　%.*s", (int)number.n, number.p, (int)unit.n, unit.p, (int)who.n, who.p, (int)when.n, when.p);
	for (size_t i = 0; i < cols; i++) {
		t.head[i] = str_of(i < 4 ? TRC(c, heads[i]) : TRC(c, q->t->fields[q->cols[i - 4]].label));
		t.width[i] = 1;
	}
	for (size_t r = 0; r < n; r++) {
		struct cell *k = &t.cells[r * cols];
		const struct rec *one = v[r].r;
		struct str common[] = { one->number, state_label(c, one), area_label(c, one->area), datetime_str(c->a, one->created) };
		for (size_t i = 0; i < cols; i++)
			k[i] = (struct cell){ .t = CELL_TEXT, .s = i < 4 ? common[i] : rec_show(c, one, q->cols[i - 4]) };
	}
	*ret = t;
	return OK;
}

/* A cell that a spreadsheet would take for a formula is given an apostrophe (CSV injection). */
static void csv_cell(struct buf *b, struct str s)
{
	bool risky = s.n && s.p[0] && strchr("=+-@\t\r", s.p[0]);
	buf_cstr(b, risky ? "\"'" : "\"");
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] == '"')
			buf_char(b, '"');
		buf_char(b, s.p[i] == '\n' || s.p[i] == '\r' ? ' ' : s.p[i]);
	}
	buf_char(b, '"');
}

enum err export_write(struct ctx *c, const struct table *t, bool csv, struct buf *ret)
{
	if (!csv)
		return xlsx_write(t, 1, ret, c->f);
	buf_cstr(ret, "\xEF\xBB\xBF");
	csv_cell(ret, t->subtitle);
	buf_cstr(ret, "\r\n");
	for (size_t i = 0; i < t->ncols; i++) {
		buf_cstr(ret, i ? "," : "");
		csv_cell(ret, t->head[i]);
	}
	buf_cstr(ret, "\r\n");
	for (size_t r = 0; r < t->nrows; r++) {
		for (size_t i = 0; i < t->ncols; i++) {
			buf_cstr(ret, i ? "," : "");
			csv_cell(ret, t->cells[r * t->ncols + i].s);
		}
		buf_cstr(ret, "\r\n");
	}
	return ret->over ? fail(c->f, ERR_LIMIT, NULL, "export file") : OK;
}

enum err export_count(struct ctx *c, const char *type, int64_t rid, size_t rows, bool csv)
{
	int64_t at_once, a_day, n = 0, day = day_of(c->now);
	TRY(export_limits(c, &at_once, &a_day));
	TRY(db_int(c->db, c->f, "SELECT n FROM export_day WHERE who = ? AND day = ?", ARGS(VI(c->actor->user), VI(day)), &n, NULL));
	if (n >= a_day) {
		enum err e = fail(c->f, ERR_RATE, N_("You have exported %s files today: that is the limit of a day."), "export limit");
		snprintf(c->f->arg, sizeof c->f->arg, "%lld", (long long)n);
		return e;
	}
	TRY(db_exec(c->db, c->f, "INSERT INTO export_day (who, day, n) VALUES (?, ?, 1) ON CONFLICT (who, day) DO UPDATE SET n = export_day.n + 1", ARGS(VI(c->actor->user), VI(day)), NULL));
	return journal_note(c, "export", type, rid, "ok", arena_fmt(c->a, "{\"rows\":%zu,\"format\":\"%s\"}", rows, csv ? "csv" : "xlsx"));
}

/* ---- asking ---- */

/* As it is kept: a line each, "name<TAB>value"; the words to search for under "q". */
static struct str conditions_put(struct ctx *c, const struct export_ask *q)
{
	BUF_AUTO b = BUF(16384);
	for (size_t i = 0; i < q->nf; i++)
		buf_printf(&b, "%.*s\t%.*s\n", (int)q->f[i].field.n, q->f[i].field.p, (int)q->f[i].value.n, q->f[i].value.p);
	if (q->words.n)
		buf_printf(&b, "q\t%.*s\n", (int)q->words.n, q->words.p);
	return arena_str(c->a, buf_view(&b));
}

void export_conditions(struct str text, struct export_ask *q)
{
	while (text.n && q->nf < ARRAY_LEN(q->f)) {
		struct str line = str_cut(text, '\n', &text), value, name = str_cut(line, '\t', &value);
		value = str_trim(value);
		if (str_is(name, "q"))
			q->words = value;
		else if (name.n && value.n)
			q->f[q->nf++] = (struct filter){ name, value };
	}
}

static enum err ask_of(struct ctx *c, const struct rec *r, struct export_ask *ret)
{
	struct export_ask q = { .t = type_find(c->app, rec_str(c, r, "subject")), .csv = str_is(rec_str(c, r, "format"), "csv") };
	struct str cols = rec_str(c, r, "columns");
	if (!q.t)
		return fail(c->f, ERR_NOT_FOUND, NULL, "export of an unknown type");
	export_conditions(rec_str(c, r, "conditions"), &q);
	while (cols.n && q.ncols < ARRAY_LEN(q.cols)) {
		int i = field_find(q.t, str_cut(cols, ',', &cols));
		if (i >= 0 && export_column(q.t, (size_t)i))
			q.cols[q.ncols++] = i;
	}
	*ret = q;
	return OK;
}

enum err export_ask_for(struct ctx *c, const struct export_ask *q, struct str purpose, struct done *ret)
{
	BUF_AUTO cols = BUF(4096);
	for (size_t i = 0; i < q->ncols; i++)
		buf_printf(&cols, "%s%s", i ? "," : "", q->t->fields[q->cols[i]].name);
	if (!(R_STAFF & 1u << c->actor->role))
		return fail(c->f, ERR_DENIED, NULL, "export");
	return act_inner(c, &(struct act){ .type = "export", .verb = "ask",
		INPUTS(INPUT("subject", str_of(q->t->name)), INPUT("conditions", conditions_put(c, q)), INPUT("columns", buf_view(&cols)), INPUT("format", q->csv ? STR("csv") : STR("xlsx")),
		       INPUT("purpose", purpose)) }, ret);
}

/* For who decides: the type, its columns, and what narrows it, in words. */
static struct str about(struct ctx *c, const struct export_ask *q)
{
	BUF_AUTO b = BUF(16384);
	const char *colon = c->lang == LANG_ZH ? "：" : ": ", *stop = c->lang == LANG_ZH ? "；" : "; ", *comma = c->lang == LANG_ZH ? "、" : ", ";
	buf_cstr(&b, TRC(c, q->t->plural));
	for (size_t i = 0; i < q->ncols; i++)
		buf_printf(&b, "%s%s", i ? comma : colon, TRC(c, q->t->fields[q->cols[i]].label));
	for (size_t i = 0; i < q->nf; i++) {
		int f = field_find(q->t, q->f[i].field);
		bool state = str_is(q->f[i].field, "state"), area = str_is(q->f[i].field, "area");
		struct str v = q->f[i].value;
		if (f >= 0 && (q->t->fields[f].type == F_CODE || q->t->fields[f].type == F_CODES))
			v = code_label(c->app->codes, q->t->fields[f].of, v, c->lang);
		else if (state)
			v = state_label(c, &(struct rec){ .t = q->t, .state = v });
		else if (area)
			v = area_label(c, v);
		buf_cstr(&b, stop);
		buf_cstr(&b, f >= 0 ? TRC(c, q->t->fields[f].label) : state ? TRC(c, N_("State")) : area ? TRC(c, N_("Area")) : arena_cstr(c->a, q->f[i].field));
		buf_cstr(&b, colon);
		buf_str(&b, v);
	}
	if (q->words.n)
		buf_printf(&b, "%s%s%s%.*s", stop, TRC(c, N_("Words")), colon, (int)q->words.n, q->words.p);
	return arena_str(c->a, buf_view(&b));
}

static enum err create_check(struct ctx *c, const struct rec *old, struct rec *now)
{
	struct export_ask q;
	int64_t n = 0;
	(void)old;
	now->owner = c->actor->user;
	if (utf8_count(str_trim(rec_str(c, now, "purpose"))) < 10)
		fault_field(c->f, "purpose", N_("Please say in ten characters or more what it is for."), NULL);
	TRY(ask_of(c, now, &q));
	if (q.t->unlisted || !type_readable(c, q.t))
		return fail(c->f, ERR_NOT_FOUND, NULL, NULL);
	TRY(see_count(c, &(struct see){ .type = q.t->name, .filters = q.f, .nfilters = q.nf, .words = q.words }, ROWS_MAX + 1, &n));
	if (n > ROWS_MAX)
		fault_field(c->f, "conditions", N_("At most 20,000 rows. Please narrow the conditions."), NULL);
	rec_set_int(now, "lines", n);
	rec_set_str(now, "about", about(c, &q));
	return OK;
}

static enum err decide(struct ctx *c, const struct rec *old, struct rec *now)
{
	if (!c->actor->user || c->actor->user == old->creator)
		return fail(c->f, ERR_DENIED, N_("A second person must decide this, not the one who asked."), "export: the same person twice");
	rec_set_int(now, "decider", c->actor->user);
	rec_set_int(now, "decided", c->now);
	return OK;
}

static enum err asked(struct ctx *c, const struct rec *old, struct rec *now)
{
	(void)old;
	return notice_put(c, 0, now->org, now, N_("An export waits for a second person to agree"));
}

static enum err agreed(struct ctx *c, const struct rec *old, struct rec *now)
{
	(void)old;
	return job_put(c, "export", arena_fmt(c->a, "%lld", (long long)now->id), c->now);
}

static enum err refused(struct ctx *c, const struct rec *old, struct rec *now)
{
	(void)old;
	return notice_put(c, now->creator, 0, now, N_("Your export was refused"));
}

static enum err made(struct ctx *c, const struct rec *old, struct rec *now)
{
	(void)old;
	return notice_put(c, now->creator, 0, now, rec_in(now, "ready") ? N_("Your export is ready to fetch, for 24 hours") : N_("Your export could not be made"));
}

#define DECIDE(v, t, l, flds, eff, ...)                                                                                                                            \
	{ .from = "asked", .verb = v, .to = t, .label = N_(l), .roles = R(SECADMIN), .scope = SC_ALL, .fields = flds, .prepare = decide, .effect = eff, __VA_ARGS__ }, \
	{ .from = "asked", .verb = v, .to = t, .label = N_(l), .roles = R(CITY) | R(TOWN), .scope = SC_AREA, .fields = flds, .prepare = decide, .effect = eff, __VA_ARGS__ }
#define INNER(f, v, t, l, flds, eff)                                                                                                                              \
	{ .from = f, .verb = v, .to = t, .label = N_(l), .roles = R(SYSTEM), .scope = SC_ALL, .fields = flds, .effect = eff, .flags = STEP_INTERNAL }
static const struct step steps[] = {
	{ .from = "", .verb = "ask", .to = "asked", .label = N_("Ask for an export"), .roles = R(SYSTEM), .scope = SC_ALL, .flags = STEP_INTERNAL | STEP_FRESH,
	  .fields = "subject! conditions columns format! purpose!", .prepare = create_check, .effect = asked },
	DECIDE("agree", "agreed", "Agree", "note", agreed, .flags = STEP_PRIMARY | STEP_FRESH),
	DECIDE("refuse", "refused", "Refuse", "note!", refused, .flags = STEP_DANGER),
	INNER("agreed", "made", "ready", "Made", "lines until", made),
	INNER("agreed", "fail", "failed", "Could not be made", "", made),
	INNER("ready", "end", "over", "Past its day", "", NULL),
};
static const struct grant grants[] = {
	{ R_STAFF, SC_OWN, SIGHT_FULL }, { R(SECADMIN), SC_ALL, SIGHT_FULL }, { R(CITY) | R(TOWN), SC_AREA, SIGHT_FULL }, { R(AUDITOR), SC_ALL, SIGHT_MASKED },
};
const struct rtype export_type = {
	.name = "export", .table = "export_request", .label = N_("Export"), .plural = N_("Exports"), .fields = fields, .nfields = ARRAY_LEN(fields), .states = states,
	.nstates = ARRAY_LEN(states), .steps = steps, .nsteps = ARRAY_LEN(steps), .read = grants, .nread = ARRAY_LEN(grants), .number = "出", .level = 2,
};

/* ---- making and fetching ---- */

struct making { int64_t id; struct str body; int64_t rows, until; bool ok; };

static enum err keep_file(struct ctx *c, void *arg)
{
	const struct making *m = arg;
	struct done d;
	struct str sealed = seal(c->app->keys, c->a, PLACE("export_file", "body", m->id), m->body);
	if (!m->ok)
		return act(c, &(struct act){ .type = "export", .verb = "fail", .id = m->id }, &d);
	BUF_AUTO until = BUF(64);
	iso_put(&until, m->until);
	TRY(db_exec(c->db, c->f, "INSERT INTO export_file (rid, body, until) VALUES (?, ?, ?) ON CONFLICT (rid) DO UPDATE SET body = EXCLUDED.body, until = EXCLUDED.until",
		    ARGS(VI(m->id), VB(sealed.p, sealed.n), VI(m->until)), NULL));
	return act(c, &(struct act){ .type = "export", .verb = "made", .id = m->id,
		INPUTS(INPUT("lines", arena_fmt(c->a, "%lld", (long long)m->rows)), INPUT("until", buf_view(&until))) }, &d);
}

/* With the eyes of who asked, as they are now: whoever lost her post meanwhile gets nothing. */
static enum err make_file(struct ctx *c, const struct rec *r, struct buf *b, int64_t *ret_rows)
{
	struct ctx hers = *c;
	struct actor w;
	struct export_ask q;
	struct table t;
	TRY(ask_of(c, r, &q));
	TRY(people_actor(c->app, c->db, c->a, r->creator, &w, c->f));
	w.face = "job";
	hers.actor = &w;
	hers.labels = NULL;
	TRY(export_table(&hers, &q, r->number, ROWS_MAX, &t));
	*ret_rows = (int64_t)t.nrows;
	return export_write(c, &t, q.csv, b);
}

enum err export_job(struct ctx *c, struct str arg)
{
	struct making m = { .until = c->now + EXPORT_LIFE };
	struct rec *r;
	struct fault f = { 0 }, *was = c->f;
	if (!str_int(arg, &m.id))
		return OK;
	TRY(see_one(c, "export", m.id, &r));
	if (!rec_in(r, "agreed"))
		return OK;
	struct buf b = BUF((size_t)64 << 20);
	c->f = &f;
	enum err e = make_file(c, r, &b, &m.rows);
	c->f = was;
	/* The store or the disk may be better in a minute: the job comes again. */
	if (e == ERR_DB || e == ERR_IO || e == ERR_BUSY || e == ERR_FULL) {
		buf_free(&b);
		*was = f;
		return e;
	}
	m.ok = e == OK;
	m.body = buf_view(&b);
	e = ctx_write(c, keep_file, &m);
	buf_free(&b);
	return e;
}

enum err export_fetch(struct ctx *c, int64_t id, struct str *ret_bytes, bool *ret_csv, struct str *ret_number)
{
	struct rec *r;
	ROWS q = NULL;
	bool more;
	TRY(see_one(c, "export", id, &r));
	if (!c->actor->user || r->creator != c->actor->user)
		return fail(c->f, ERR_DENIED, N_("Only who asked for it may fetch it."), "export: another person");
	if (!rec_in(r, "ready") || rec_int(r, "until") <= c->now)
		return fail(c->f, ERR_STATE, N_("This file is not there, or no longer."), NULL);
	TRY(fresh_need(c));
	TRY(db_rows(c->db, c->f, "SELECT body FROM export_file WHERE rid = ?", ARGS(VI(id)), &q));
	TRY(rows_next(q, &more));
	if (!more)
		return fail(c->f, ERR_STATE, N_("This file is not there, or no longer."), NULL);
	struct str sealed = arena_str(c->a, rows_blob(q, 0));
	rows_end(q);
	q = NULL;
	TRY(unseal(c->app->keys, c->a, PLACE("export_file", "body", id), sealed, ret_bytes, c->f));
	*ret_csv = str_is(rec_str(c, r, "format"), "csv");
	*ret_number = r->number;
	return export_count(c, "export", id, (size_t)rec_int(r, "lines"), *ret_csv);
}

static enum err sweep(struct ctx *c, void *arg)
{
	struct seen s;
	struct filter ready = { STR("state"), STR("ready") };
	(void)arg;
	TRY(db_exec(c->db, c->f, "DELETE FROM export_file WHERE until <= ?", ARGS(VI(c->now)), NULL));
	TRY(db_exec(c->db, c->f, "DELETE FROM export_day WHERE day < ?", ARGS(VI(day_of(c->now) - 400)), NULL));
	TRY(see(c, &(struct see){ .type = "export", .filters = &ready, .nfilters = 1, .limit = 500, .oldest = true }, &s));
	for (size_t i = 0; i < s.n; i++) {
		struct done d;
		if (rec_int(s.r[i], "until") <= c->now)
			TRY(act(c, &(struct act){ .type = "export", .verb = "end", .id = s.r[i]->id }, &d));
	}
	return OK;
}

enum err export_sweep_job(struct ctx *c, struct str arg)
{
	(void)arg;
	return ctx_write(c, sweep, NULL);
}
