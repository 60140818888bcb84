/* Why: an import is looked at before it is done, watched while it is, and answered for after.
 * Invariants: nothing is written by looking; the page holds no rule: sense/import.h has them all. */
#include "desk/import_pages.h"
#include "paper/paper.h"
#include "sense/import.h"
#include "templates.h"
#include <stdio.h>

#define WHO (R(CITY) | R(TOWN) | R(HOTLINE))

static struct str count(struct ctx *c, int64_t n) { return arena_fmt(c->a, "%lld", (long long)n); }

static struct str state_text(struct ctx *c, struct str state)
{
	static const char *const names[][2] = { { "new", N_("To be looked at") }, { "running", N_("Running") }, { "done", N_("Imported") },
						{ "failed", N_("Failed") }, { "dropped", N_("Thrown away") } };
	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		if (str_is(state, names[i][0]))
			return str_of(TRC(c, names[i][1]));
	return state;
}

static struct str channel_text(struct ctx *c, struct str code) { return code_label(c->app->codes, "source", code, c->lang); }

/* ---- the start ---- */

static enum err show_start(struct req *rq, struct resp *rs, struct str error)
{
	struct ctx *c = ctx_of(rq);
	struct import_start_page m = { .error = error };
	struct import_batch *b;
	size_t n;
	struct str chosen = req_param(rq, "channel");
	m.channels = options_code(c, "source", chosen.n ? chosen : STR("hotline12345"), &m.nchannels);
	TRY(import_list(c, 30, &b, &n));
	m.rows = NEWN(c->a, struct import_row, n + 1);
	m.nrows = n;
	for (size_t i = 0; i < n; i++)
		m.rows[i] = (struct import_row){ arena_fmt(c->a, "/import/%lld", (long long)b[i].id), b[i].name, channel_text(c, b[i].channel), datetime_str(c->a, b[i].ms),
						 state_text(c, b[i].state), count(c, b[i].n.good), count(c, b[i].n.dup), count(c, b[i].n.bad) };
	TRY(face_shell(rq, N_("Import")));
	t_import_start(&rs->body, &face_of(rq)->v, &m);
	return OK;
}

static enum err start_get(struct req *rq, struct resp *rs) { return show_start(rq, rs, STR_NONE); }

static enum err take(struct req *rq, int64_t *ret)
{
	const struct upload *u = req_upload(rq, "file");
	struct tab t;
	ARENA a = arena_new((size_t)512 << 20);
	if (!u || !u->filename.n)
		return fail(&rq->fault, ERR_INVALID, N_("Please choose a file."), NULL);
	/* What is no table is refused before anything is kept. */
	TRY(tab_open(a, u->bytes, 0, import_head_known, &t, &rq->fault));
	return import_take(ctx_of(rq), u->filename, req_param(rq, "channel"), u->bytes, ret);
}

static enum err start_post(struct req *rq, struct resp *rs)
{
	int64_t id = 0;
	enum err e = take(rq, &id);
	if (e == OK)
		return resp_redirect(rs, rq, "/import/%lld", (long long)id);
	if (e != ERR_INVALID && e != ERR_LIMIT)
		return e;
	struct str why = face_fault(ctx_of(rq), e, &rq->fault);
	struct fault kept = rq->fault;
	fault_clear(&rq->fault);
	TRY(show_start(rq, rs, why));
	rq->fault = kept;
	rs->status = err_http(e);
	rs->handled = true;
	return e;
}

/* ---- looking ---- */

struct look { struct ctx *c; struct import_page *m; struct str sample[TAB_COLS]; size_t ncols; };

static void add_try(void *arg, const struct import_verdict *v)
{
	struct look *l = arg;
	struct ctx *c = l->c;
	static const char *const word[] = { N_("new"), N_("there already"), N_("bad") }, *const look[] = { "good", "dup", "bad" };
	struct import_try *t = &l->m->tries[l->m->ntries++];
	*t = (struct import_try){ .row = count(c, v->row), .outcome = str_of(TRC(c, word[v->outcome])), .look = look[v->outcome], .values = NEWN(c->a, struct import_value, IM_COUNT) };
	if (v->outcome == IMPORT_BAD)
		t->reason = face_text(c, v->reason, v->arg);
	for (int f = 1; f < IM_COUNT; f++) {
		struct str head = utf8_head(v->values[f], 120);
		if (!head.n || (f == IM_EXTERNAL && head.p[0] == '#'))
			continue;
		if (f == IM_AREA)
			head = area_label(c, head);
		else if (f == IM_RECEIVED && head.n >= 16)
			head = arena_fmt(c->a, "%.10s %.5s", head.p, head.p + 11);
		else
			head = arena_fmt(c->a, "%.*s%s", (int)head.n, head.p, head.n < v->values[f].n ? "…" : "");
		t->values[t->nvalues++] = (struct import_value){ str_of(TRC(c, import_field_label((enum import_field)f))), head, f == IM_TEXT || f == IM_TITLE || f == IM_ADDRESS };
	}
}

static bool sample_row(void *arg, const struct tab_row *r)
{
	struct look *l = arg;
	bool all = true;
	for (size_t i = 0; i < l->ncols; i++) {
		if (i < r->n && !l->sample[i].n && r->cells[i].n)
			l->sample[i] = arena_str(l->c->a, utf8_head(r->cells[i], 30));
		all &= l->sample[i].n > 0;
	}
	return !all && r->number < 40;
}

static struct option *field_options(struct ctx *c, unsigned char chosen, size_t *ret_n)
{
	struct option *o = NEWN(c->a, struct option, IM_COUNT);
	for (int f = 0; f < IM_COUNT; f++)
		o[f] = (struct option){ str_of(import_field_name((enum import_field)f)), str_of(TRC(c, import_field_label((enum import_field)f))), f == chosen };
	*ret_n = IM_COUNT;
	return o;
}

static enum err mapping_of(struct ctx *c, const struct import_batch *b, const struct tab *t, struct import_map *ret)
{
	bool found = false;
	if (b->map.n)
		return import_map_parse(t, b->map, ret, c->f);
	TRY(import_map_recall(c, b->channel, t, ret, &found));
	return found ? OK : import_guess(t, ret, c->f);
}

static enum err look_at(struct req *rq, const struct import_batch *b, struct import_page *m)
{
	struct ctx *c = ctx_of(rq);
	static const char *const format[] = { "XLSX", "CSV", "JSON lines" };
	struct tab t;
	struct import_map map;
	struct import_counts n;
	bool more;
	struct look l = { .c = c, .m = m };
	ARENA a = arena_new((size_t)512 << 20);
	TRY(import_table(c, b, a, &t));
	TRY(mapping_of(c, b, &t, &map));
	l.ncols = t.ncols;
	TRY(tab_each(&t, 0, sample_row, &l, c->f));
	m->format = arena_fmt(c->a, "%s %s", format[t.format], t.encoding);
	m->columns = NEWN(c->a, struct import_column, t.ncols + 1);
	m->ncolumns = t.ncols;
	for (size_t i = 0; i < t.ncols; i++) {
		m->columns[i] = (struct import_column){ .name = arena_str(c->a, t.head[i]), .id = arena_fmt(c->a, "c%zu", i), .sample = l.sample[i] };
		m->columns[i].options = field_options(c, map.field[i], &m->columns[i].noptions);
	}
	m->areas = options_area(c, str_of(c->actor->area), b->area, &m->nareas);
	m->tries = NEWN(c->a, struct import_try, 11);
	struct import_run r = { .tab = &t, .map = map, .channel = b->channel, .area = b->area, .actor = c->actor, .dry = true, .limit = 10, .each = add_try, .arg = &l };
	return import_run(c, &r, &n, &more);
}

static enum err add_faults(struct ctx *c, const struct import_batch *b, int64_t after, struct import_page *m)
{
	struct import_bad *bad;
	size_t n;
	TRY(import_bads(c, b->id, after, 200, &bad, &n));
	m->faults = NEWN(c->a, struct import_fault, n + 1);
	m->nfaults = n;
	for (size_t i = 0; i < n; i++) {
		enum import_field f = import_field_of(bad[i].column);
		m->faults[i] = (struct import_fault){ count(c, bad[i].row), f ? str_of(TRC(c, import_field_label(f))) : bad[i].column,
						      face_text(c, arena_cstr(c->a, bad[i].reason), arena_cstr(c->a, bad[i].arg)) };
	}
	if (n == 200)
		m->more_url = arena_fmt(c->a, "/import/%lld?after=%lld", (long long)b->id, (long long)bad[n - 1].row);
	if (n)
		m->bad_url = arena_fmt(c->a, "/import/%lld/bad", (long long)b->id);
	return OK;
}

static enum err batch_get(struct req *rq, struct resp *rs)
{
	struct ctx *c = ctx_of(rq);
	struct import_batch b;
	int64_t after = 0;
	(void)str_int(req_param(rq, "after"), &after);
	TRY(import_get(c, req_path_id(rq, "id"), &b));
	struct import_page m = { .name = b.name, .run_url = arena_fmt(c->a, "/import/%lld/run", (long long)b.id), .channel = channel_text(c, b.channel), .state = state_text(c, b.state),
				 .when = datetime_str(c->a, b.ms), .fresh = str_is(b.state, "new"), .running = str_is(b.state, "running"), .done = str_is(b.state, "done"),
				 .rows = b.n.rows, .at = b.n.good + b.n.dup + b.n.bad, .good = b.n.good, .dup = b.n.dup, .bad = b.n.bad, .warned = b.n.warned };
	if (b.error.n)
		m.error = str_of(TRC(c, arena_cstr(c->a, b.error)));
	if (m.fresh)
		TRY(look_at(rq, &b, &m));
	else
		TRY(add_faults(c, &b, after, &m));
	/* The plain way to keep a page fresh, with or without script. */
	if (m.running)
		resp_header(rs, rq, "Refresh", STR("2"));
	TRY(face_shell(rq, N_("Import")));
	t_import_page(&rs->body, &face_of(rq)->v, &m);
	return OK;
}

/* ---- doing ---- */

static enum err start_run(struct req *rq, const struct import_batch *b, bool run)
{
	struct ctx *c = ctx_of(rq);
	struct tab t;
	struct import_map map = { { 0 } };
	ARENA a = arena_new((size_t)512 << 20);
	TRY(import_table(c, b, a, &t));
	for (size_t i = 0; i < t.ncols; i++)
		map.field[i] = (unsigned char)import_field_of(req_param(rq, arena_printf(c->a, "c%zu", i)));
	struct str area = req_param(rq, "area");
	if (!area.n || !area_within(area, c->actor->area))
		area = str_of(c->actor->area);
	return import_start(c, b, &t, &map, area, run);
}

static enum err run_post(struct req *rq, struct resp *rs)
{
	struct ctx *c = ctx_of(rq);
	struct import_batch b;
	TRY(import_get(c, req_path_id(rq, "id"), &b));
	if (str_is(req_param(rq, "do"), "drop"))
		TRY(import_finish(c, b.id, "dropped", NULL));
	/* A second click, or a reload of the sent form, finds it under way and is shown that. */
	else if (str_is(b.state, "new"))
		TRY(start_run(rq, &b, !str_is(req_param(rq, "do"), "look")));
	return resp_redirect(rs, rq, "/import/%lld", (long long)b.id);
}

static struct cell text_cell(struct str s) { return (struct cell){ .t = CELL_TEXT, .s = s }; }

static enum err bad_get(struct req *rq, struct resp *rs)
{
	struct ctx *c = ctx_of(rq);
	struct import_batch b;
	struct import_bad *bad;
	size_t n;
	TRY(import_get(c, req_path_id(rq, "id"), &b));
	TRY(import_bads(c, b.id, 0, 100000, &bad, &n));
	struct cell *cells = NEWN(c->a, struct cell, n * 3 + 1);
	struct str head[] = { str_of(TRC(c, N_("Row"))), str_of(TRC(c, N_("Column"))), str_of(TRC(c, N_("Reason"))) };
	double width[] = { 10, 24, 80 };
	for (size_t i = 0; i < n; i++) {
		enum import_field f = import_field_of(bad[i].column);
		cells[i * 3] = (struct cell){ .t = CELL_INT, .i = bad[i].row };
		cells[i * 3 + 1] = text_cell(f ? str_of(TRC(c, import_field_label(f))) : bad[i].column);
		cells[i * 3 + 2] = text_cell(face_text(c, arena_cstr(c->a, bad[i].reason), arena_cstr(c->a, bad[i].arg)));
	}
	struct table t = { .title = str_of(TRC(c, N_("Bad rows"))), .subtitle = b.name, .head = head, .width = width, .ncols = 3, .cells = cells, .nrows = n };
	TRY(xlsx_write(&t, 1, &rs->body, &rq->fault));
	resp_file(rs, rq, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", arena_fmt(c->a, "%s-%lld.xlsx", TRC(c, N_("Bad rows")), (long long)b.id));
	return OK;
}

const struct route import_routes[] = {
	XA_ROUTE("GET", "/import", start_get, ROUTE_READ, 0, WHO),
	XA_ROUTE("POST", "/import", start_post, ROUTE_SLOW, ROUTE_UPLOAD, WHO),
	XA_ROUTE("GET", "/import/{id}", batch_get, ROUTE_SLOW, 0, WHO),
	XA_ROUTE("POST", "/import/{id}/run", run_post, ROUTE_SLOW, 0, WHO),
	XA_ROUTE("GET", "/import/{id}/bad", bad_get, ROUTE_SLOW, ROUTE_EXPORT, WHO),
	{ 0 },
};
