/* Why: from a list to a file: what it will hold, and whether a second person must agree, is said before.
 * Invariants: a file leaves only after it was counted and journaled. */
#include "desk/export_pages.h"
#include "desk/side_pages.h"
#include "report/export.h"
#include "templates.h"
#include <stdio.h>

/* The list's own address, as lines of "name<TAB>value". */
static struct str cond_of(struct req *rq)
{
	BUF_AUTO b = BUF(16384);
	if (req_param(rq, "cond").p)
		return req_param(rq, "cond");
	for (size_t i = 0; i < rq->nquery; i++) {
		struct str n = rq->params[i].name, v = rq->params[i].value;
		if (v.n && !str_is(n, "type") && !str_is(n, "after") && memchr(v.p, '\n', v.n) == NULL && memchr(n.p, '\t', n.n) == NULL)
			buf_printf(&b, "%.*s\t%.*s\n", (int)n.n, n.p, (int)v.n, v.p);
	}
	return arena_str(rq->a, buf_view(&b));
}

static bool chosen(struct req *rq, const char *name)
{
	for (size_t i = 0; i < rq->nparams; i++)
		if (str_is(rq->params[i].name, "col") && str_is(rq->params[i].value, name))
			return true;
	return false;
}

/* What is asked for, from the list's link (the list's own columns) or from the form (those that were ticked). */
static enum err read_ask(struct req *rq, struct export_ask *q, struct export_page *m)
{
	struct ctx *c = ctx_of(rq);
	bool form = strcmp(rq->method, "POST") == 0;
	int64_t n = 0;
	*q = (struct export_ask){ .t = type_find(c->app, req_param(rq, "type")), .csv = str_is(req_param(rq, "format"), "csv") };
	if (!type_readable(c, q->t) || q->t->unlisted)
		return fail(&rq->fault, ERR_NOT_FOUND, N_("There is no such page."), NULL);
	m->cond = cond_of(rq);
	export_conditions(m->cond, q);
	m->columns = NEWN(c->a, struct option, q->t->nfields);
	for (size_t i = 0; i < q->t->nfields; i++) {
		const struct field *f = &q->t->fields[i];
		if (!export_column(q->t, i))
			continue;
		bool on = form ? chosen(rq, f->name) : (f->flags & FF_LIST) != 0;
		m->columns[m->ncolumns++] = (struct option){ str_of(f->name), str_of(TRC(c, f->label)), on };
		if (on && q->ncols < ARRAY_LEN(q->cols))
			q->cols[q->ncols++] = (int)i;
	}
	TRY(export_limits(c, &m->at_once, &m->a_day));
	TRY(see_count(c, &(struct see){ .type = q->t->name, .filters = q->f, .nfilters = q->nf, .words = q->words }, 20001, &n));
	m->rows = n;
	m->ask = n > m->at_once;
	m->title = str_of(TRC(c, q->t->plural));
	m->type = str_of(q->t->name);
	m->csv = q->csv;
	m->limit = arena_fmt(c->a, "%lld", (long long)m->at_once);
	m->purpose = req_param(rq, "purpose");
	m->back_url = arena_fmt(c->a, "/%s", q->t->name);
	return OK;
}

static enum err show(struct req *rq, struct resp *rs, struct export_page *m)
{
	TRY(face_shell(rq, N_("Export list")));
	t_export_page(&rs->body, &face_of(rq)->v, m);
	return OK;
}

static enum err of_get(struct req *rq, struct resp *rs)
{
	struct export_ask q;
	struct export_page m = { 0 };
	TRY(read_ask(rq, &q, &m));
	return show(rq, rs, &m);
}

static void send_bytes(struct req *rq, struct resp *rs, bool csv, struct str number)
{
	resp_file(rs, rq, csv ? "text/csv; charset=utf-8" : "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
		  arena_fmt(rq->a, "%.*s.%s", (int)number.n, number.p, csv ? "csv" : "xlsx"));
}

struct direct { const struct export_ask *q; size_t rows; };
static enum err count_job(struct ctx *c, void *arg)
{
	const struct direct *d = arg;
	return export_count(c, d->q->t->name, 0, d->rows, d->q->csv);
}

/* A few rows: made at once, under the number of its own moment. */
static enum err at_once(struct req *rq, struct resp *rs, const struct export_ask *q, const struct export_page *m)
{
	struct ctx *c = ctx_of(rq);
	struct table t;
	struct civil now = civil_of(c->now);
	struct str number = arena_fmt(c->a, "导出%04d%02d%02d-%lld", now.year, now.month, now.day, (long long)(id_new(c->now) % 10000000));
	TRY(export_table(c, q, number, m->at_once, &t));
	TRY(export_write(c, &t, q->csv, &rs->body));
	struct direct d = { q, t.nrows };
	TRY(ctx_write(c, count_job, &d));
	send_bytes(rq, rs, q->csv, number);
	return OK;
}

struct asking { const struct export_ask *q; struct str purpose; struct done d; };
static enum err ask_job(struct ctx *c, void *arg)
{
	struct asking *a = arg;
	return export_ask_for(c, a->q, a->purpose, &a->d);
}

static enum err of_post(struct req *rq, struct resp *rs)
{
	struct ctx *c = ctx_of(rq);
	struct export_ask q;
	struct export_page m = { 0 };
	TRY(read_ask(rq, &q, &m));
	if (!m.ask)
		return at_once(rq, rs, &q, &m);
	struct asking a = { .q = &q, .purpose = m.purpose };
	enum err e = ctx_write(c, ask_job, &a);
	if (e == ERR_INVALID) {
		m.error = rq->fault.nfields ? face_text(c, rq->fault.fields[0].msg, rq->fault.fields[0].arg) : face_fault(c, e, &rq->fault);
		rs->status = err_http(e);
		fault_clear(&rq->fault);
		return show(rq, rs, &m);
	}
	TRY(e);
	return resp_redirect(rs, rq, "/export/%lld", (long long)a.d.id);
}

struct fetching { int64_t id; struct str bytes, number; bool csv; };
static enum err fetch_job(struct ctx *c, void *arg)
{
	struct fetching *x = arg;
	return export_fetch(c, x->id, &x->bytes, &x->csv, &x->number);
}

static enum err file_post(struct req *rq, struct resp *rs)
{
	struct fetching x = { .id = req_path_id(rq, "id") };
	TRY(ctx_write(ctx_of(rq), fetch_job, &x));
	buf_str(&rs->body, x.bytes);
	send_bytes(rq, rs, x.csv, x.number);
	return OK;
}

enum err export_extra(struct req *rq, const struct rec *r, struct html *ret)
{
	struct ctx *c = ctx_of(rq);
	if (!rec_in(r, "ready") || r->creator != c->actor->user)
		return OK;
	struct side_button m = { arena_fmt(c->a, "/export/%lld/file", (long long)r->id), str_of(TRC(c, N_("Fetch the file"))),
		str_of(TRC(c, N_("It carries your name, the time and the number of this request. Each fetching is kept in the journal. Delete it when its purpose is done."))), true };
	struct buf b = BUF(65536);
	t_side_button(&b, &face_of(rq)->v, &m);
	*ret = (struct html){ arena_str(c->a, buf_view(&b)) };
	buf_free(&b);
	return OK;
}

const struct route export_routes[] = {
	XA_ROUTE("GET", "/export/of", of_get, ROUTE_READ, 0, R_STAFF),
	XA_ROUTE("POST", "/export/of", of_post, ROUTE_SLOW, ROUTE_EXPORT, R_STAFF),
	XA_ROUTE("POST", "/export/{id}/file", file_post, ROUTE_SLOW, ROUTE_EXPORT, R_STAFF),
	{ 0 },
};
