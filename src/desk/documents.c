/* Why: what she brings on her phone must be in the case in a minute, and what is in the case must be seen without opening strangers' files.
 * Invariants: bytes that came from outside leave only as an attachment, with a type that the browser may not second-guess; each look at
 * a picture, and each fetching, is a reading of the record and stands in the journal before a byte of it leaves. */
#include "desk/documents.h"
#include "absorb/issued.h"
#include "desk/inner.h"
#include "record/files.h"
#include "templates.h"
#include <stdio.h>

#define TILES 24     /* with their picture: they travel in the page itself */

static struct html html_end(struct ctx *c, struct buf *b)
{
	struct html h = { arena_str(c->a, buf_view(b)) };
	buf_free(b);
	return h;
}

static const char *child_type(const char *type) { return strcmp(type, "clue") == 0 ? "clue_document" : strcmp(type, "case") == 0 ? "document" : strcmp(type, "mediator") == 0 ? "certificate" : NULL; }

/* A scan of an office's paper hangs on the paper: it is handed in by the paper's own verb, and stays shut as long as the paper does. */
static bool is_scan(const struct rtype *t) { return strcmp(t->name, "office_scan") == 0; }
static bool scan_open(struct ctx *c, int64_t paper)
{
	struct fault ignored = { 0 }, *was = c->f;
	c->f = &ignored;
	enum err e = office_scan_open(c, paper);
	c->f = was;
	return e == OK;
}

static struct str size_text(struct ctx *c, int64_t n)
{
	return n < 1024 ? arena_fmt(c->a, "%lld B", (long long)n) : n < 1 << 20 ? arena_fmt(c->a, "%lld KB", (long long)(n / 1024)) : arena_fmt(c->a, "%.1f MB", (double)n / (1 << 20));
}

static void base64(struct buf *b, struct str s)
{
	static const char set[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	for (size_t i = 0; i < s.n; i += 3) {
		const unsigned char *p = (const unsigned char *)s.p + i;
		size_t left = s.n - i;
		uint32_t v = (uint32_t)p[0] << 16 | (left > 1 ? (uint32_t)p[1] << 8 : 0) | (left > 2 ? p[2] : 0);
		buf_char(b, set[v >> 18]);
		buf_char(b, set[v >> 12 & 63]);
		buf_char(b, left > 1 ? set[v >> 6 & 63] : '=');
		buf_char(b, left > 2 ? set[v & 63] : '=');
	}
}

/* The tile inside the page: so it has no address of its own, and the look at the page is the look at it. A picture that cannot be read is a grey tile. */
static struct str tile_img(struct ctx *c, const struct rec *r)
{
	struct fault ignored = { 0 }, *was = c->f;
	BUF_AUTO raw = BUF(1 << 20), b = BUF(2 << 20);
	if (!rec_int(r, "preview"))
		return STR_NONE;
	c->f = &ignored;
	enum err e = file_read(c, r, FILE_TILE, &raw);
	c->f = was;
	if (e != OK)
		return STR_NONE;
	buf_cstr(&b, "data:image/jpeg;base64,");
	base64(&b, buf_view(&raw));
	return arena_str(c->a, buf_view(&b));
}

static void add_tiles(struct ctx *c, const struct seen *s, struct papers_panel *m)
{
	for (size_t i = 0; i < s->n; i++) {
		const struct rec *r = s->r[i];
		bool aside = rec_in(r, "removed");
		struct str side = field_find(r->t, STR("side")) >= 0 ? rec_show(c, r, field_at(r->t, "side")) : STR_NONE;
		m->v[m->n++] = (struct paper_tile){ .url = arena_fmt(c->a, "/%s/%lld", r->t->name, (long long)r->id), .img = aside || i >= TILES ? STR_NONE : tile_img(c, r),
			.name = rec_title(c, r), .kind = rec_show(c, r, field_at(r->t, "kind")), .type = rec_show(c, r, field_at(r->t, "type")), .size = size_text(c, rec_int(r, "bytes")),
			.side = side, .state = aside || rec_in(r, "shared") ? state_label(c, r) : STR_NONE, .when = datetime_str(c->a, r->created), .aside = aside };
	}
}

/* ---- the form ---- */

static enum err fill_form(struct req *rq, const struct rtype *t, int64_t parent, struct papers_form *m)
{
	struct ctx *c = ctx_of(rq);
	struct file_limits l;
	TRY(file_limits(c, &l));
	const char *on = is_scan(t) ? "office_paper" : t->parent;
	m->url = is_scan(t) ? arena_fmt(c->a, "/%s/%lld/scan", on, (long long)parent) : arena_fmt(c->a, "/%s/add", t->name);
	m->parent = arena_fmt(c->a, "%lld", (long long)parent);
	m->back_url = arena_fmt(c->a, "/%s/%lld", on, (long long)parent);
	char key[TOKEN_TEXT];
	token_new(key);
	m->idem = arena_str(c->a, (struct str){ key, 22 });
	if (!is_scan(t))
		m->kinds = options_code(c, "document_kind", req_param(rq, "kind"), &m->nkinds);
	if (field_find(t, STR("side")) >= 0)
		m->sides = options_code(c, "side", req_param(rq, "side"), &m->nsides);
	m->limits = arena_fmt(c->a, "%lld / %lld MB", (long long)(l.photo >> 20), (long long)(l.video >> 20));
	return OK;
}

static bool may_hand_in(struct ctx *c, const struct rtype *t, const struct rec *parent)
{
	struct rec trial = { .t = t, .parent = parent->id, .area = parent->area, .org = parent->org, .owner = parent->owner, .creator = c->actor->user, .state = STR_NONE };
	return parent->sight == SIGHT_FULL && !rec_in(parent, "archived") && desk_create_step(c, t, &trial) != NULL;
}

/* What was handed in at this session or visit, or of this office's paper. */
static enum err of_brother(struct ctx *c, const char *type, const char *field, const struct rec *r, struct seen *ret)
{
	const struct filter by[] = { { STR("parent"), id_text(c, r->parent) }, { str_of(field), id_text(c, r->id) } };
	return see(c, &(struct see){ .type = type, .filters = by, .nfilters = 2, .oldest = true, .limit = 200 }, ret);
}

enum err scans_extra(struct req *rq, const struct rec *r, struct html *ret)
{
	struct ctx *c = ctx_of(rq);
	struct papers_panel m = { .title = str_of(TRC(c, N_("Scans of the signed paper"))) };
	struct seen s;
	if (r->sight != SIGHT_FULL || !scan_open(c, r->id))
		return OK;
	TRY(of_brother(c, "office_scan", "paper", r, &s));
	m.v = NEWN(c->a, struct paper_tile, s.n + 1);
	add_tiles(c, &s, &m);
	if (may(c, r->t, "scan", r) == MAY_ALLOW)
		m.add_url = arena_fmt(c->a, "/office_paper/%lld/scan", (long long)r->id);
	if (!m.n && !m.add_url.n)
		return OK;
	struct buf b = BUF((size_t)16 << 20);
	t_papers_panel(&b, &face_of(rq)->v, &m);
	*ret = html_end(c, &b);
	return OK;
}

enum err papers_extra(struct req *rq, const struct rec *r, struct html *ret)
{
	struct ctx *c = ctx_of(rq);
	bool meeting = !child_type(r->t->name);
	const struct rtype *t = type_find(c->app, str_of(meeting ? "document" : child_type(r->t->name)));
	struct papers_panel m = { .title = str_of(TRC(c, N_("Papers and photos"))) };
	struct seen s, of_clue = { 0 };
	if (!t || r->sight != SIGHT_FULL)
		return OK;
	TRY(meeting ? of_brother(c, "document", r->t->name, r, &s) : see_children(c, t->name, r->id, &s));
	if (strcmp(r->t->name, "case") == 0 && rec_int(r, "clue"))
		TRY(see_children(c, "clue_document", rec_int(r, "clue"), &of_clue));
	m.v = NEWN(c->a, struct paper_tile, s.n + of_clue.n + 1);
	add_tiles(c, &of_clue, &m);
	add_tiles(c, &s, &m);
	struct rec *above = NULL;
	if (meeting)
		TRY(see_one(c, "case", r->parent, &above));
	if (may_hand_in(c, t, meeting ? above : r)) {
		m.add_url = arena_fmt(c->a, "/%s/add?parent=%lld", t->name, (long long)(meeting ? r->parent : r->id));
		if (meeting)
			m.add_url = arena_fmt(c->a, "%.*s&%s=%lld", (int)m.add_url.n, m.add_url.p, r->t->name, (long long)r->id);
	}
	if (!m.n && !m.add_url.n)
		return OK;
	struct buf b = BUF((size_t)16 << 20);
	t_papers_panel(&b, &face_of(rq)->v, &m);
	*ret = html_end(c, &b);
	return OK;
}

enum err paper_extra(struct req *rq, const struct rec *r, struct html *ret)
{
	struct ctx *c = ctx_of(rq);
	struct paper_page m = { .picture = rec_int(r, "preview") != 0 };
	if (r->sight != SIGHT_FULL || !rec_str(c, r, "file_key").n || (is_scan(r->t) && !scan_open(c, rec_int(r, "paper"))))
		return OK;
	m.image = str_is(code_more(c->app->codes, "file_type", rec_str(c, r, "type"), "group"), "image");
	m.view_url = arena_fmt(c->a, "/%s/%lld/view", r->t->name, (long long)r->id);
	m.file_url = arena_fmt(c->a, "/%s/%lld/file", r->t->name, (long long)r->id);
	struct buf b = BUF(1 << 20);
	t_paper_one(&b, &face_of(rq)->v, &m);
	*ret = html_end(c, &b);
	return OK;
}

/* ---- handing in ---- */

static const struct rtype *type_of_path(struct req *rq)
{
	struct str rest = { rq->path.p + 1, rq->path.n - 1 }, first = str_cut(rest, '/', &rest);
	return type_find(ctx_of(rq)->app, str_is(first, "office_paper") ? STR("office_scan") : first);
}

static enum err parent_of(struct req *rq, const struct rtype *t, struct rec **ret)
{
	struct ctx *c = ctx_of(rq);
	int64_t id = 0;
	if (is_scan(t)) {
		TRY(see_one(c, "office_paper", req_path_id(rq, "id"), ret));
		return may(c, (*ret)->t, "scan", *ret) == MAY_ALLOW && scan_open(c, (*ret)->id) ? OK : fail(&rq->fault, ERR_DENIED, NULL, "office_paper.scan");
	}
	(void)str_int(req_param(rq, "parent"), &id);
	TRY(see_one(c, t->parent, id, ret));
	return may_hand_in(c, t, *ret) ? OK : fail(&rq->fault, ERR_DENIED, NULL, "%s.create", t->name);
}

static enum err show_form(struct req *rq, struct resp *rs, const struct rtype *t, const struct rec *parent, struct papers_form *m)
{
	struct ctx *c = ctx_of(rq);
	TRY(fill_form(rq, t, parent->id, m));
	m->kinds_of = rec_title(c, parent);
	m->session = req_param(rq, "session");
	m->visit = req_param(rq, "visit");
	const char *heading = is_scan(t) ? N_("Hand in the scan of the signed paper") : N_("Add papers and photos");
	m->heading = str_of(TRC(c, heading));
	TRY(face_shell(rq, heading));
	t_papers_add(&rs->body, &face_of(rq)->v, m);
	return OK;
}

static enum err add_get(struct req *rq, struct resp *rs)
{
	const struct rtype *t = type_of_path(rq);
	struct papers_form m = { 0 };
	struct rec *parent;
	TRY(parent_of(rq, t, &parent));
	TRY(journal_view(ctx_of(rq), parent));
	return show_form(rq, rs, t, parent, &m);
}

struct handing { const struct act *in; const struct file_made *made; struct done d; };
static enum err hand_in(struct ctx *c, void *arg)
{
	struct handing *h = arg;
	c->file = h->made;
	enum err e = act(c, h->in, &h->d);
	c->file = NULL;
	return e;
}

/* One file. What is refused of it (ERR_INVALID and the like) is told, and the others go on. */
static enum err one_file(struct req *rq, const struct rtype *t, int64_t parent, size_t nth)
{
	struct ctx *c = ctx_of(rq);
	const struct upload *u = &rq->uploads[nth];
	static const char *const names[] = { "side", "kind", "note", "session", "visit" };
	struct input in[ARRAY_LEN(names)];
	struct file_made made;
	size_t n = 0;
	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		if (req_param(rq, names[i]).n)
			in[n++] = (struct input){ str_of(names[i]), req_param(rq, names[i]) };
	/* Sent twice it is one file: the form's key, and which of its files. */
	struct str key = req_param(rq, "idem");
	struct act act = { .type = is_scan(t) ? "office_paper" : t->name, .verb = is_scan(t) ? "scan" : "create", .id = is_scan(t) ? parent : 0, .parent = is_scan(t) ? 0 : parent, .in = in,
		.nin = is_scan(t) ? 0 : n, .idem = key.n && key.n <= 60 ? arena_fmt(c->a, "%.*s-%zu", (int)key.n, key.p, nth) : STR_NONE };
	struct handing h = { .in = &act, .made = &made };
	TRY(file_take(c, u->bytes, u->filename, &made));
	enum err e = ctx_write(c, hand_in, &h);
	if (e != OK || h.d.again)
		file_forget(c->app, &made);
	return e;
}

static struct str fault_line(struct req *rq, struct str file, enum err e)
{
	struct ctx *c = ctx_of(rq);
	const struct fault *f = &rq->fault;
	struct str why = e == ERR_INVALID && f->nfields ? face_text(c, f->fields[0].msg, f->fields[0].arg) : face_fault(c, e, f);
	/* The name as it came is the reader's own: nothing of it is kept. */
	struct str name = utf8_head(file, 60);
	return arena_fmt(c->a, c->lang == LANG_ZH ? "%.*s：%.*s" : "%.*s: %.*s", (int)name.n, name.p ? name.p : "", (int)why.n, why.p);
}

/* A script that shows how far it is asks for plain text: "ok /where" or one line for each thing wrong. */
static enum err answer_plain(struct req *rq, struct resp *rs, const struct papers_form *m, struct str back)
{
	rs->type = "text/plain; charset=utf-8";
	if (!m->nfaults) {
		face_flash(rq, rs, N_("Saved."));
		buf_printf(&rs->body, "ok %.*s\n", (int)back.n, back.p);
		return OK;
	}
	rs->status = 422;
	for (size_t i = 0; i < m->nfaults; i++)
		buf_printf(&rs->body, "%.*s\n", (int)m->faults[i].n, m->faults[i].p);
	return OK;
}

static enum err add_post(struct req *rq, struct resp *rs)
{
	struct ctx *c = ctx_of(rq);
	const struct rtype *t = type_of_path(rq);
	struct papers_form m = { 0 };
	struct rec *parent;
	size_t done = 0;
	TRY(parent_of(rq, t, &parent));
	m.faults = NEWN(c->a, struct str, rq->nuploads + 1);
	for (size_t i = 0; i < rq->nuploads; i++) {
		fault_clear(&rq->fault);
		enum err e = one_file(rq, t, parent->id, i);
		if (e == ERR_DB || e == ERR_INTERNAL || e == ERR_AUTH)
			return e;
		if (e != OK)
			m.faults[m.nfaults++] = fault_line(rq, rq->uploads[i].filename, e);
		done += e == OK;
		if (e == ERR_FULL)
			break;      /* neither will the rest fit */
	}
	fault_clear(&rq->fault);
	if (!rq->nuploads)
		m.faults[m.nfaults++] = str_of(TRC(c, N_("Please choose a file.")));
	int64_t meeting = 0;
	const char *at = str_int(req_param(rq, "session"), &meeting) ? "session" : str_int(req_param(rq, "visit"), &meeting) ? "visit" : NULL;
	struct str back = arena_fmt(c->a, "/%s/%lld", at ? at : parent->t->name, (long long)(at ? meeting : parent->id));
	if (req_header(rq, "X-Upload").n)
		return answer_plain(rq, rs, &m, back);
	if (!m.nfaults) {
		face_flash(rq, rs, N_("Saved."));
		return resp_redirect(rs, rq, "%s", back.p);
	}
	m.error = done ? str_of(TRC(c, N_("Some files were kept; these were not:"))) : str_of(TRC(c, N_("Nothing was kept:")));
	rs->status = 422;
	TRY(journal_view(c, parent));
	return show_form(rq, rs, t, parent, &m);
}

/* ---- fetching ---- */

static enum err paper_of(struct req *rq, struct rec **ret)
{
	struct ctx *c = ctx_of(rq);
	TRY(see_one(c, type_of_path(rq)->name, req_path_id(rq, "id"), ret));
	bool open = (*ret)->sight == SIGHT_FULL && (!is_scan((*ret)->t) || scan_open(c, rec_int(*ret, "paper")));
	return open ? OK : fail(&rq->fault, ERR_DENIED, NULL, "file of a record");
}

/* The copy made from its pixels: ours, so it may be shown in the page. */
static enum err view_get(struct req *rq, struct resp *rs)
{
	struct ctx *c = ctx_of(rq);
	struct rec *r;
	TRY(paper_of(rq, &r));
	TRY(file_read(c, r, FILE_VIEW, &rs->body));
	TRY(journal_view(c, r));
	rs->type = "image/jpeg";
	resp_header(rs, rq, "Content-Security-Policy", STR("sandbox; default-src 'none'"));
	return OK;
}

static enum err file_get(struct req *rq, struct resp *rs)
{
	struct ctx *c = ctx_of(rq);
	struct rec *r;
	TRY(paper_of(rq, &r));
	TRY(file_read(c, r, FILE_WHOLE, &rs->body));
	TRY(journal_later(c, "fetch", r->t->name, r->id, STR("{}")));
	resp_file(rs, rq, arena_cstr(c->a, code_more(c->app->codes, "file_type", rec_str(c, r, "type"), "mime")), rec_title(c, r));
	return OK;
}

#define READERS (R_FED | R(MEDIATOR) | R(LIAISON))
const struct route document_routes[] = {
	XA_ROUTE("GET", "/document/new", add_get, ROUTE_READ, 0, READERS),
	XA_ROUTE("GET", "/document/add", add_get, ROUTE_READ, 0, READERS),
	XA_ROUTE("POST", "/document/add", add_post, ROUTE_SLOW, ROUTE_UPLOAD, READERS),
	XA_ROUTE("GET", "/document/{id}/view", view_get, ROUTE_READ, 0, READERS),
	XA_ROUTE("GET", "/document/{id}/file", file_get, ROUTE_SLOW, 0, READERS),
	XA_ROUTE("GET", "/certificate/new", add_get, ROUTE_READ, 0, R_FED | R(MEDIATOR)),
	XA_ROUTE("GET", "/certificate/add", add_get, ROUTE_READ, 0, R_FED | R(MEDIATOR)),
	XA_ROUTE("POST", "/certificate/add", add_post, ROUTE_SLOW, ROUTE_UPLOAD, R_FED | R(MEDIATOR)),
	XA_ROUTE("GET", "/certificate/{id}/view", view_get, ROUTE_READ, 0, R_FED | R(MEDIATOR)),
	XA_ROUTE("GET", "/certificate/{id}/file", file_get, ROUTE_SLOW, 0, R_FED | R(MEDIATOR)),
	XA_ROUTE("GET", "/office_paper/{id}/scan", add_get, ROUTE_READ, 0, R(LIAISON)),
	XA_ROUTE("POST", "/office_paper/{id}/scan", add_post, ROUTE_SLOW, ROUTE_UPLOAD, R(LIAISON)),
	XA_ROUTE("GET", "/office_scan/{id}/view", view_get, ROUTE_READ, 0, R(LIAISON)),
	XA_ROUTE("GET", "/office_scan/{id}/file", file_get, ROUTE_SLOW, 0, R(LIAISON)),
	XA_ROUTE("GET", "/clue_document/new", add_get, ROUTE_READ, 0, R_STAFF),
	XA_ROUTE("GET", "/clue_document/add", add_get, ROUTE_READ, 0, R_STAFF),
	XA_ROUTE("POST", "/clue_document/add", add_post, ROUTE_SLOW, ROUTE_UPLOAD, R_STAFF),
	XA_ROUTE("GET", "/clue_document/{id}/view", view_get, ROUTE_READ, 0, R_STAFF),
	XA_ROUTE("GET", "/clue_document/{id}/file", file_get, ROUTE_SLOW, 0, R_STAFF),
	{ 0 },
};
