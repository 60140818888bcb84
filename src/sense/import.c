/* Why: a thousand rows of another system must become clues as if each had been typed with care, and the one row that is wrong
 * must not cost the others.
 * Invariants: a row is kept whole or not at all; what does not fit its field is kept in the text, never dropped; where one stands
 * is written with the rows themselves. */
#include "sense/import.h"
#include "people/people.h"
#include "sense/clue.h"
#include "text/text.h"
#include <stdio.h>
#include <stdlib.h>

#define BATCH_ROWS 100    /* those who write meanwhile wait for one batch */
#define BATCH_BYTES ((size_t)8 << 20)
#define TEXT_MAX 20000      /* characters of a clue's text */
#define TITLE_MAX 80

struct row { int64_t number; struct str *cells; size_t n; bool formula; const char *bad; };

struct work {
	struct ctx *c;
	const struct import_run *r;
	struct arena *keep;              /* the rows that wait */
	struct arena *use;               /* the batch under way */
	struct row rows[BATCH_ROWS];
	struct import_verdict out[BATCH_ROWS];
	size_t n;
	struct import_counts total, part;
	int64_t org;                     /* who answers, when the actor has no unit */
	struct map *seen;                /* dry run: numbers that earlier batches would have made */
	struct arena *seen_arena;
	int64_t started, given;
	bool full, more;
	enum err err;
};

enum err sense_desk_for(struct ctx *c, struct str area, int64_t *ret)
{
	int64_t org = 0;
	if (area.n >= 9)
		TRY(people_org_for(c, area, "town", &org));
	if (!org)
		TRY(people_org_for(c, area, "city", &org));
	*ret = org;
	return OK;
}

/* ---- one row ---- */

struct making {
	struct work *w;
	struct ctx *c;                   /* in the batch's arena */
	const struct row *row;
	struct import_verdict *v;
	struct input in[IM_COUNT + 2];
	size_t nin;
	struct str area, text, extra;    /* extra: lines that are added to the text */
	enum err e;
};

static void refuse(struct import_verdict *v, enum import_field f, const char *reason, struct str arg)
{
	struct str cut = utf8_head(arg, 30);
	v->outcome = IMPORT_BAD;
	v->reason = reason;
	snprintf(v->arg, sizeof v->arg, "%.*s", (int)cut.n, cut.p ? cut.p : "");
	snprintf(v->column, sizeof v->column, "%s", import_field_name(f));
}

/* What does not fit its field stays readable behind the text. */
static void keep_in_text(struct making *m, struct str head, struct str value)
{
	m->extra = arena_fmt(m->c->a, "%.*s\n〔%.*s：%.*s〕", (int)m->extra.n, m->extra.p ? m->extra.p : "", (int)head.n, head.p, (int)value.n, value.p);
	m->v->warned = true;
}

static struct str head_of(const struct making *m, enum import_field f)
{
	const struct import_run *r = m->w->r;
	for (size_t i = 0; i < r->tab->ncols; i++)
		if (r->map.field[i] == (unsigned char)f)
			return r->tab->head[i];
	return str_of(TRC(m->c, import_field_label(f)));
}

/* "2026/1/5 8:00", or the bare number under which Excel keeps a day (1899-12-30 is 0). */
static bool read_date(struct making *m, struct str s, struct str *ret)
{
	int64_t days, ms;
	struct str frac, whole = str_cut(s, '.', &frac);
	double part = 0, unit = 0.1;
	if (str_int(whole, &days) && days >= 40000 && days <= 60000) {
		for (size_t i = 0; i < frac.n; i++, unit /= 10) {
			if (frac.p[i] < '0' || frac.p[i] > '9')
				return false;
			part += unit * (frac.p[i] - '0');
		}
		ms = day_start((int32_t)(days - 25569)) + (int64_t)(part * 86400 + 0.5) * 1000;
	} else if (!date_parse(s, &ms)) {
		return false;
	}
	BUF_AUTO b = BUF(64);
	iso_put(&b, ms);
	*ret = arena_str(m->c->a, buf_view(&b));
	if (ms > m->c->now + 5 * MS_MINUTE)
		refuse(m->v, IM_RECEIVED, N_("The date “%s” lies in the future."), s);
	else if (ms < civil_ms((struct civil){ 1980, 1, 1, 0, 0, 0 }))
		refuse(m->v, IM_RECEIVED, N_("The date “%s” lies too far back."), s);
	return true;
}

static struct str urgency_of(struct ctx *c, struct str s)
{
	size_t n = 0;
	const struct code *k = codes_list(c->app->codes, "urgency", &n);
	for (size_t i = 0; k && i < n; i++)
		if (str_eq(s, k[i].code) || (s.n >= 6 && str_starts(k[i].zh, arena_cstr(c->a, s))))
			return k[i].code;
	return STR_NONE;
}

/* Cells to values; several columns of one field but the text: the first that holds something. */
static void gather(struct making *m)
{
	const struct import_run *r = m->w->r;
	struct ctx *c = m->c;
	int texts = 0;
	for (size_t i = 0; i < r->tab->ncols; i++)
		texts += r->map.field[i] == IM_TEXT;
	for (size_t i = 0; i < m->row->n && i < r->tab->ncols; i++) {
		struct str s = m->row->cells[i], clean;
		enum import_field f = (enum import_field)r->map.field[i];
		if (!f || !s.n)
			continue;
		if (text_clean(c->a, s, &clean, NULL) != OK) {
			refuse(m->v, f, N_("The text holds broken characters."), STR_NONE);
			return;
		}
		struct str *v = &m->v->values[f];
		if (f == IM_TEXT && texts > 1)
			*v = arena_fmt(c->a, "%.*s%s%.*s：%.*s", (int)v->n, v->p ? v->p : "", v->n ? "\n" : "", (int)r->tab->head[i].n, r->tab->head[i].p, (int)clean.n, clean.p);
		else if (!v->n)
			*v = str_trim(clean);
		else if (!str_eq(*v, clean))
			keep_in_text(m, r->tab->head[i], clean);
	}
}

static void put(struct making *m, enum import_field f, struct str v)
{
	m->v->values[f] = v;
	if (v.n)
		m->in[m->nin++] = (struct input){ str_of(import_field_name(f)), v };
}

/* A row without a number of its own is known again by what it holds; keyed, so that the mark tells nothing. */
static struct str own_mark(struct making *m)
{
	const struct str *v = m->v->values;
	unsigned char h[16];
	BUF_AUTO b = BUF(512 << 10), hex = BUF(64);
	buf_str(&b, m->w->r->channel);
	for (int f = IM_RECEIVED; f <= IM_TEXT; f++) {
		buf_char(&b, '\x1f');
		buf_str(&b, v[f]);
	}
	buf_char(&b, '\x1f');
	buf_str(&b, v[IM_PHONE]);
	blind_index(m->c->app->keys, "import", buf_view(&b), h);
	hex_put(&hex, h, 12);
	return arena_fmt(m->c->a, "#%.*s", (int)hex.n, hex.p);
}

static void check_text(struct making *m)
{
	struct str *v = m->v->values;
	if (!v[IM_TEXT].n) {
		refuse(m->v, IM_TEXT, N_("There is no text."), STR_NONE);
		return;
	}
	if (utf8_count(v[IM_TITLE]) > TITLE_MAX) {
		keep_in_text(m, head_of(m, IM_TITLE), v[IM_TITLE]);
		v[IM_TITLE] = arena_fmt(m->c->a, "%.*s…", (int)utf8_head(v[IM_TITLE], TITLE_MAX - 1).n, v[IM_TITLE].p);
	}
	if (utf8_count(v[IM_TEXT]) + utf8_count(m->extra) > TEXT_MAX)
		refuse(m->v, IM_TEXT, N_("The text is longer than 20,000 characters. Please shorten it, or put the rest into a second row."), STR_NONE);
}

static void prepare(struct making *m)
{
	struct str *v = m->v->values, s;
	gather(m);
	if (m->v->outcome == IMPORT_BAD)
		return;
	struct str mark = v[IM_EXTERNAL].n ? v[IM_EXTERNAL] : own_mark(m);
	if (v[IM_RECEIVED].n) {
		if (!read_date(m, v[IM_RECEIVED], &s)) {
			refuse(m->v, IM_RECEIVED, N_("“%s” is no date. Please write it such as 2026-11-24 or 2026-11-24 09:05."), v[IM_RECEIVED]);
			return;
		}
		v[IM_RECEIVED] = s;
	}
	m->area = m->w->r->area;
	if (v[IM_AREA].n) {
		s = sense_area_of(m->c, v[IM_AREA]);
		if (s.n)
			m->area = s;
		else
			keep_in_text(m, head_of(m, IM_AREA), v[IM_AREA]);
	} else if (v[IM_ADDRESS].n && (s = sense_area_of(m->c, v[IM_ADDRESS])).n && area_within(s, m->w->r->actor->area)) {
		m->area = s;
	}
	v[IM_AREA] = m->area;
	if (v[IM_URGENCY].n && !(s = urgency_of(m->c, v[IM_URGENCY])).n) {
		keep_in_text(m, head_of(m, IM_URGENCY), v[IM_URGENCY]);
		v[IM_URGENCY] = STR_NONE;
	} else if (v[IM_URGENCY].n) {
		v[IM_URGENCY] = s;
	}
	if (m->v->outcome == IMPORT_BAD)
		return;
	check_text(m);
	v[IM_EXTERNAL] = mark;
}

static void list_inputs(struct making *m)
{
	m->nin = 0;
	m->in[m->nin++] = INPUT("source", m->w->r->channel);
	for (int f = 1; f < IM_COUNT; f++)
		if (f == IM_TEXT)
			put(m, IM_TEXT, m->extra.n ? arena_fmt(m->c->a, "%.*s%.*s", (int)m->text.n, m->text.p, (int)m->extra.n, m->extra.p) : m->text);
		else if (f != IM_AREA)
			put(m, (enum import_field)f, m->v->values[f]);
}

static enum err create(struct db *d, void *arg, struct fault *f)
{
	struct making *m = arg;
	struct ctx in = *m->c;
	struct done done;
	int64_t org = 0;
	in.db = d;
	in.f = f;
	in.labels = NULL;
	if (!in.actor->org)
		TRY(sense_desk_for(&in, m->area, &org));
	return act(&in, &(struct act){ .type = "clue", .verb = "create", .area = m->area, .org = org, .in = m->in, .nin = m->nin }, &done);
}

static bool soft(struct str field)
{
	enum import_field f = import_field_of(field);
	return f == IM_NAME || f == IM_PHONE || f == IM_ADDRESS || f == IM_SAFE_NOTE || f >= IM_A_NAME;
}

/* The fields that the validator refused go into the text, when all of them may. */
static bool soften(struct making *m, const struct fault *f)
{
	for (int i = 0; i < f->nfields; i++)
		if (!soft(str_of(f->fields[i].field)))
			return false;
	for (int i = 0; i < f->nfields; i++) {
		enum import_field k = import_field_of(str_of(f->fields[i].field));
		keep_in_text(m, head_of(m, k), m->v->values[k]);
		m->v->values[k] = STR_NONE;
	}
	return f->nfields > 0 && utf8_count(m->text) + utf8_count(m->extra) <= TEXT_MAX;
}

static void refuse_by(struct making *m, enum err e, const struct fault *f)
{
	struct import_verdict *v = m->v;
	v->outcome = IMPORT_BAD;
	v->reason = f->nfields ? f->fields[0].msg : f->msg ? f->msg : err_text(e);
	snprintf(v->arg, sizeof v->arg, "%s", f->nfields ? f->fields[0].arg : f->arg);
	snprintf(v->column, sizeof v->column, "%s", f->nfields ? f->fields[0].field : "");
}

/* Mask-in-memory of what a dry run would have made: the number's hash. */
static bool seen_before(struct work *w, struct str mark)
{
	static const unsigned char key[16] = "import-dry-run.";
	int64_t h = (int64_t)(siphash(key, mark) >> 1);
	if (map_geti(w->seen, h))
		return true;
	map_puti(w->seen, h, w);
	return false;
}

static enum err one_row(struct making *m)
{
	struct work *w = m->w;
	struct import_verdict *v = m->v;
	int64_t twin = 0;
	*v = (struct import_verdict){ .row = m->row->number, .warned = m->row->formula };
	if (m->row->bad) {
		refuse(v, IM_NONE, m->row->bad, STR_NONE);
		return OK;
	}
	prepare(m);
	if (v->outcome == IMPORT_BAD)
		return OK;
	m->text = v->values[IM_TEXT];
	TRY(sense_external(m->c, w->r->channel, v->values[IM_EXTERNAL], &twin));
	if (twin || (w->r->dry && seen_before(w, v->values[IM_EXTERNAL]))) {
		v->outcome = IMPORT_DUP;
		return OK;
	}
	for (int round = 0; round < 3; round++) {
		struct fault f = { 0 };
		list_inputs(m);
		enum err e = db_sub(m->c->db, create, m, &f);
		if (e == OK)
			return OK;
		if (e == ERR_INVALID && soften(m, &f))
			continue;
		if (e == ERR_DUPLICATE)
			v->outcome = IMPORT_DUP;
		else if (e == ERR_INVALID || e == ERR_DENIED || e == ERR_NOT_FOUND || e == ERR_LIMIT || e == ERR_STATE)
			refuse_by(m, e, &f);
		else {
			*m->c->f = f;
			return e;
		}
		return OK;
	}
	refuse(v, IM_NONE, N_("The row does not fit the record."), STR_NONE);
	return OK;
}

/* ---- a batch of rows in one transaction ---- */

static enum err keep_books(struct ctx *c, const struct work *w)
{
	const struct import_counts *n = &w->part;
	int64_t changed = 0;
	/* Two runs of one batch at once: the second finds that the place has moved and stops. */
	TRY(db_exec(c->db, c->f,
		    "UPDATE import_batch SET done_row = ?, good = good + ?, bad = bad + ?, dup = dup + ?, warned = warned + ? WHERE id = ? AND done_row = ? AND state = 'running'",
		    ARGS(VI(n->at), VI(n->good), VI(n->bad), VI(n->dup), VI(n->warned), VI(w->r->batch), VI(w->total.at)), &changed));
	if (!changed)
		return fail(c->f, ERR_STALE, N_("This import was stopped, or runs twice."), NULL);
	for (size_t i = 0; i < w->n; i++)
		if (w->out[i].outcome == IMPORT_BAD)
			TRY(db_exec(c->db, c->f, "INSERT INTO import_bad (batch, row, col, reason, arg) VALUES (?, ?, ?, ?, ?)",
				    ARGS(VI(w->r->batch), VI(w->out[i].row), VS(str_of(w->out[i].column)), VS(str_of(w->out[i].reason)), VS(str_of(w->out[i].arg))), NULL));
	return OK;
}

static enum err batch(struct ctx *c, void *arg)
{
	struct work *w = arg;
	arena_reset(w->use);
	w->part = (struct import_counts){ 0 };
	for (size_t i = 0; i < w->n; i++) {
		struct ctx in = *c;
		struct making m = { .w = w, .c = &in, .row = &w->rows[i], .v = &w->out[i] };
		in.a = w->use;
		in.actor = w->r->actor;
		in.labels = NULL;
		TRY(one_row(&m));
		enum import_outcome o = w->out[i].outcome;
		w->part.rows++;
		w->part.good += o == IMPORT_GOOD;
		w->part.dup += o == IMPORT_DUP;
		w->part.bad += o == IMPORT_BAD;
		w->part.warned += o == IMPORT_GOOD && w->out[i].warned;
		w->part.at = w->rows[i].number;
	}
	if (w->r->batch)
		TRY(keep_books(c, w));
	return w->r->dry ? fail(c->f, ERR_RATE, NULL, "dry run: rolled back") : OK;
}

static enum err flush(struct work *w)
{
	const struct import_run *r = w->r;
	if (!w->n)
		return OK;
	w->c->now = now_ms();
	enum err e = ctx_write(w->c, batch, w);
	if (r->dry && e == ERR_RATE) {
		fault_clear(w->c->f);
		e = OK;
	}
	TRY(e);
	w->total.rows += w->part.rows;
	w->total.good += w->part.good;
	w->total.dup += w->part.dup;
	w->total.bad += w->part.bad;
	w->total.warned += w->part.warned;
	w->total.at = w->part.at;
	for (size_t i = 0; r->each && i < w->n; i++)
		r->each(r->arg, &w->out[i]);
	if (r->progress)
		r->progress(r->arg, &w->total);
	w->n = 0;
	arena_reset(w->keep);
	return OK;
}

/* False: stop, with w->err or because it is enough. */
static bool take_row(void *arg, const struct tab_row *t)
{
	struct work *w = arg;
	if (w->r->limit && w->given >= w->r->limit)
		return false;
	w->given++;
	struct row *r = &w->rows[w->n++];
	*r = (struct row){ t->number, NEWN(w->keep, struct str, t->n + 1), t->n, t->formula, t->bad };
	for (size_t i = 0; i < t->n; i++)
		r->cells[i] = t->cells[i].n ? arena_str(w->keep, t->cells[i]) : STR_NONE;
	if (w->n < BATCH_ROWS && arena_used(w->keep) < BATCH_BYTES)
		return true;
	w->err = flush(w);
	if (w->err == OK && w->r->budget_ms && mono_ms() - w->started > w->r->budget_ms) {
		w->more = true;
		return false;
	}
	return w->err == OK;
}

enum err import_run(struct ctx *c, const struct import_run *r, struct import_counts *ret, bool *ret_more)
{
	ARENA keep = arena_new(0);
	ARENA use = arena_new((size_t)1 << 30);
	ARENA seen = arena_new((size_t)1 << 30);
	struct work *w = NEW(seen, struct work);
	w->c = c;
	w->r = r;
	w->keep = keep;
	w->use = use;
	w->total = r->start;
	w->seen = map_new(seen);
	w->started = mono_ms();
	enum err e = tab_each(r->tab, r->start.at, take_row, w, c->f);
	if (w->err != OK)
		return w->err;
	TRY(e);
	if (!w->more)
		TRY(flush(w));
	*ret = w->total;
	*ret_more = w->more;
	return OK;
}
