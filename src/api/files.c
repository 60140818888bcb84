/* Why: another program hands in a photo, or fetches one, under the same rules as a person at the desk.
 * Invariants: one file a request, so that what is refused and what was kept is never in doubt; the bytes are in the journal as read before they leave. */
#include "api/inner.h"
#include "record/files.h"

static const struct rtype *type_of(struct req *rq)
{
	struct str rest = { rq->path.p + 8, rq->path.n - 8 };   /* "/api/v1/" */
	return type_find(ctx_of(rq)->app, str_cut(rest, '/', &rest));
}

struct handing { struct req *rq; struct act in; const struct file_made *made; struct api_key k; struct done d; };

static enum err hand_in(struct ctx *c, void *arg)
{
	struct handing *h = arg;
	struct db *was = h->rq->db;
	h->rq->db = c->db;
	enum err e = api_key_check(h->rq, &h->k);
	c->file = h->made;
	if (e == OK)
		e = act(c, &h->in, &h->d);
	c->file = NULL;
	if (e == OK)
		e = api_key_keep(h->rq, &h->k);
	if (e == OK && h->d.again)
		e = journal_note(c, "view", h->in.type, h->d.id, "ok", STR("{}"));
	h->rq->db = was;
	return e;
}

/* The form's fields, but for the parent; and all that was sent in one form, for the idempotency key. */
static enum err fields_of(struct req *rq, struct handing *h, struct input *in, size_t max, struct str *ret_canon)
{
	struct ctx *c = ctx_of(rq);
	BUF_AUTO b = BUF(65536);
	unsigned char sum[32];
	size_t n = 0;
	for (size_t i = rq->nquery; i < rq->nparams; i++) {
		struct str name = rq->params[i].name;
		json_str(&b, name);
		json_str(&b, rq->params[i].value);
		if (str_is(name, "parent")) {
			if (!str_int(rq->params[i].value, &h->in.parent) || h->in.parent <= 0)
				fault_field(&rq->fault, "parent", N_("Please choose a record."), NULL);
			continue;
		}
		if (n == max)
			return fail(&rq->fault, ERR_LIMIT, N_("The form has too many fields."), NULL);
		in[n++] = (struct input){ name, rq->params[i].value };
	}
	h->in.in = in;
	h->in.nin = n;
	if (rq->nuploads != 1)
		fault_field(&rq->fault, "file", N_("Please send one file in each request, as multipart/form-data."), NULL);
	if (rq->fault.nfields)
		return fail(&rq->fault, ERR_INVALID, NULL, NULL);
	sha256(rq->uploads[0].bytes, sum);
	hex_put(&b, sum, sizeof sum);
	*ret_canon = arena_str(c->a, buf_view(&b));
	return OK;
}

enum err api_file_create(struct req *rq, struct resp *rs)
{
	struct ctx *c = ctx_of(rq);
	const struct rtype *t = type_of(rq);
	struct handing h = { .rq = rq, .in = { .type = t->name, .verb = "create" } };
	struct input in[16];
	struct file_made made;
	struct rec *parent;
	struct str canon;
	struct json j;
	TRY(fields_of(rq, &h, in, ARRAY_LEN(in), &canon));
	TRY(api_key_read(rq, canon, &h.k));
	/* Said before a file is looked at: whether there is such a record for her at all. */
	TRY(see_one(c, t->parent, h.in.parent, &parent));
	struct rec trial = { .t = t, .parent = parent->id, .area = parent->area, .org = parent->org, .owner = parent->owner, .creator = c->actor->user, .state = STR_NONE };
	if (may(c, t, "create", &trial) != MAY_ALLOW)
		return fail(&rq->fault, ERR_DENIED, NULL, "%s.create", t->name);
	TRY(file_take(c, rq->uploads[0].bytes, rq->uploads[0].filename, &made));
	h.made = &made;
	h.in.idem = h.k.key;
	enum err e = ctx_write(c, hand_in, &h);
	if (e != OK || h.d.again)
		file_forget(c->app, &made);
	TRY(e);
	api_answer(rs, &j);
	api_etag(rq, rs, h.d.rec);
	resp_header(rs, rq, "Location", arena_fmt(rq->a, "/api/v1/%s/%lld", t->name, (long long)h.d.id));
	rs->status = h.d.again ? 200 : 201;
	j_record(&j, c, h.d.rec);
	return OK;
}

enum err api_file_content(struct req *rq, struct resp *rs)
{
	struct ctx *c = ctx_of(rq);
	const struct rtype *t = type_of(rq);
	struct rec *r;
	bool view = str_is(req_param(rq, "part"), "view");
	TRY(see_one(c, t->name, req_path_id(rq, "id"), &r));
	TRY(file_read(c, r, view ? FILE_VIEW : FILE_WHOLE, &rs->body));
	TRY(journal_later(c, view ? "view" : "fetch", t->name, r->id, STR("{}")));
	resp_file(rs, rq, view ? "image/jpeg" : arena_cstr(c->a, code_more(c->app->codes, "file_type", rec_str(c, r, "type"), "mime")), view ? STR("copy.jpg") : rec_title(c, r));
	return OK;
}
