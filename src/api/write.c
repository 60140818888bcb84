/* Why: the two ways to change anything: create, and a step of the lifecycle; both are act() with a body of JSON.
 * Invariants: who changes a record says which version she saw (or says "*" on purpose); a key used twice gives the first
 * answer for the same body and 409 for another; what is answered is committed. */
#include "api/inner.h"

/* ---- idempotency ---- */

/* Was the key sent before, and with this body? */
enum err api_key_check(struct req *rq, struct api_key *k)
{
	ROWS r = NULL;
	bool more;
	k->known = false;
	if (!k->key.n)
		return OK;
	TRY(db_rows(rq->db, &rq->fault, "SELECT hash FROM api_idem WHERE actor = ? AND key = ?", ARGS(VI(ctx_of(rq)->actor->user), VS(k->key)), &r));
	TRY(rows_next(r, &more));
	if (!more)
		return OK;
	struct str h = rows_blob(r, 0);
	if (h.n != sizeof k->hash || memcmp(h.p, k->hash, h.n) != 0)
		return fail(&rq->fault, ERR_DUPLICATE, N_("This idempotency key came with another body before."), NULL);
	k->known = true;
	return OK;
}

/* The key as it came, and the hash of its body; whether it is known the writer says. */
enum err api_key_read(struct req *rq, struct str canon, struct api_key *ret)
{
	struct str k = req_header(rq, "Idempotency-Key");
	*ret = (struct api_key){ 0 };
	if (!k.p)
		return OK;
	bool ok = k.n > 0 && k.n <= 100;
	for (size_t i = 0; i < k.n; i++)
		ok &= k.p[i] > ' ' && k.p[i] < 0x7f;
	if (!ok) {
		fault_field(&rq->fault, "Idempotency-Key", N_("An idempotency key has 1 to 100 printable ASCII characters without blanks."), NULL);
		return fail(&rq->fault, ERR_INVALID, NULL, NULL);
	}
	ret->key = k;
	/* Keyed: a bare hash of a body with a phone number in it could be guessed back. */
	blind_index(ctx_of(rq)->app->keys, "api_idem", canon, ret->hash);
	return OK;
}

enum err api_key_keep(struct req *rq, const struct api_key *k)
{
	if (!k->key.n || k->known)
		return OK;
	return db_exec(rq->db, &rq->fault, "INSERT INTO api_idem (actor, key, hash, ms) VALUES (?, ?, ?, ?)",
		       ARGS(VI(ctx_of(rq)->actor->user), VS(k->key), VB(k->hash, sizeof k->hash), VI(now_ms())), NULL);
}

/* ---- acting: what was sent is read, and the act worked out ahead, on the I/O thread; done on the writer; answered from the
 * I/O thread again ---- */

struct work { const struct rtype *t; struct api_body body; struct api_key k; struct act in; struct done d; bool made; };

static enum err work_begin(struct req *rq, struct resp *rs, struct work **ret, int64_t *ret_id)
{
	struct work *w = NEW(rq->a, struct work);
	TRY(api_path(rq, &w->t, ret_id));
	TRY(api_body(rq, rs, w->t, &w->body));
	w->in = (struct act){ .type = w->t->name, .in = w->body.in, .nin = w->body.n };
	*ret = w;
	return OK;
}

static enum err act_once(struct req *rq, struct work *w)
{
	const struct done *ret = &w->d;
	w->in.idem = w->k.key;
	TRY(act(ctx_of(rq), &w->in, &w->d));
	TRY(api_key_keep(rq, &w->k));
	/* Answered again it is a reading, and is journaled as one. */
	if (ret->again && ret->rec->t->level >= 3)
		TRY(journal_note(ctx_of(rq), "view", ret->rec->t->name, ret->id, "ok", STR("{}")));
	return OK;
}

static enum err answer(struct req *rq, struct resp *rs)
{
	const struct work *w = rq->work;
	const struct done *d = &w->d;
	struct json j;
	api_answer(rs, &j);
	api_etag(rq, rs, d->rec);
	if (w->made)
		resp_header(rs, rq, "Location", arena_fmt(rq->a, "/api/v1/%s/%lld", d->rec->t->name, (long long)d->id));
	rs->status = w->made && !d->again ? 201 : 200;
	j_record(&j, ctx_of(rq), d->rec);
	return OK;
}

static enum err create_write(struct req *rq, struct resp *rs)
{
	struct work *w = rq->work;
	(void)rs;
	TRY(api_key_check(rq, &w->k));
	TRY(act_once(rq, w));
	req_answer(rq, answer);
	return OK;
}

enum err api_create(struct req *rq, struct resp *rs)
{
	struct work *w;
	TRY(work_begin(rq, rs, &w, NULL));
	if (w->body.version)
		fault_field(&rq->fault, "version", N_("This field cannot be set in this step."), NULL);
	if (w->body.parent && !w->t->parent)
		fault_field(&rq->fault, "parent", N_("This field cannot be set in this step."), NULL);
	TRY(api_key_read(rq, w->body.canon, &w->k));
	w->in.verb = "create";
	w->in.parent = w->body.parent;
	w->made = true;
	act_ahead(ctx_of(rq), &w->in);
	return req_write(rq, create_write, w);
}

/* ---- which version ---- */

/* If-Match: "7" (or *) or "version": 7; both must agree. */
static enum err version_wanted(struct req *rq, const struct api_body *body, int64_t *ret)
{
	struct str m = str_trim(req_header(rq, "If-Match"));
	int64_t v = 0;
	int before = rq->fault.nfields;
	*ret = body->version;
	if (str_is(m, "*") && !body->version)
		return OK;
	if (m.n > 2 && m.p[0] == '"' && m.p[m.n - 1] == '"' && str_int((struct str){ m.p + 1, m.n - 2 }, &v) && v > 0 && (!body->version || body->version == v)) {
		*ret = v;
		return OK;
	}
	if (m.n)
		fault_field(&rq->fault, "If-Match", N_("Please send the ETag of the record as you saw it."), NULL);
	else if (!body->version)
		fault_field(&rq->fault, "version", N_("Please say which version you saw: “If-Match” with the ETag, or “version” in the body."), NULL);
	return rq->fault.nfields > before ? fail(&rq->fault, ERR_INVALID, NULL, NULL) : OK;
}

/* The usual problem, and beside it both versions: the number that was sent and the record as it is now. Of a record whose
 * reading is journaled only the head: nothing said in a transaction that is rolled back leaves a trace, so she asks for the
 * rest by GET. */
static enum err stale(struct req *rq, struct resp *rs, const struct rtype *t, int64_t id, int64_t seen)
{
	struct ctx *c = ctx_of(rq);
	struct fault kept = rq->fault;
	struct rec *r;
	enum err e = see_one(c, t->name, id, &r);
	rq->fault = kept;
	if (e != OK)
		return ERR_STALE;
	rs->status = err_http(ERR_STALE);
	face_error(rq, rs, ERR_STALE);
	must(rs->body.n && rs->body.p[rs->body.n - 1] == '}');
	rs->body.n--;
	struct json j = { .b = &rs->body, .comma = true };
	j_key(&j, "seen_version");
	j_int(&j, seen);
	j_key(&j, "current");
	if (r->t->level >= 3)
		j_head(&j, r);
	else
		j_record(&j, c, r);
	j_close(&j, '}');
	api_etag(rq, rs, r);
	rs->handled = true;
	return ERR_STALE;
}

static enum err verb_write(struct req *rq, struct resp *rs)
{
	struct work *w = rq->work;
	struct rec *r;
	int64_t version = 0;
	/* Whether it is there is said before what is wrong with the request, and to who may see it only. Not so when the key
	 * was used: the step may have taken the record out of her sight, and the first answer is still hers. */
	TRY(api_key_check(rq, &w->k));
	if (!w->k.known)
		TRY(see_one(ctx_of(rq), w->t->name, w->in.id, &r));
	TRY(version_wanted(rq, &w->body, &version));
	if (w->body.parent)
		fault_field(&rq->fault, "parent", N_("This field cannot be set in this step."), NULL);
	w->in.version = version;
	enum err e = act_once(rq, w);
	if (e == ERR_STALE)
		return stale(rq, rs, w->t, w->in.id, version);
	TRY(e);
	req_answer(rq, answer);
	return OK;
}

enum err api_verb(struct req *rq, struct resp *rs)
{
	struct work *w;
	int64_t id;
	TRY(work_begin(rq, rs, &w, &id));
	TRY(api_key_read(rq, w->body.canon, &w->k));
	w->in.verb = arena_cstr(rq->a, req_path(rq, "verb"));
	w->in.id = id;
	act_ahead(ctx_of(rq), &w->in);
	return req_write(rq, verb_write, w);
}

/* The record once more with this one field uncovered; under the same limit as on the pages. */
enum err api_reveal(struct req *rq, struct resp *rs)
{
	struct ctx *c = ctx_of(rq);
	const struct rtype *t;
	struct rec *r;
	struct json j;
	int64_t id;
	TRY(api_path(rq, &t, &id));
	TRY(reveal(c, t->name, id, req_path(rq, "field")));
	TRY(see_one(c, t->name, id, &r));
	api_answer(rs, &j);
	api_etag(rq, rs, r);
	j_record(&j, c, r);
	return OK;
}

enum err api_sweep(struct ctx *c)
{
	return db_exec(c->db, c->f, "DELETE FROM api_idem WHERE ms < ?", ARGS(VI(c->now - 30 * MS_DAY)), NULL);
}
