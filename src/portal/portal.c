/* Why: some can only write, in the minutes when nobody looks; and must leave no trace of it.
 * Invariants: the answer to a wrong receipt and to none is the same; the address of a writer is kept only as a keyed hash and not
 * longer than a day; a message is never thrown away because a machine took the writer for one. */
#include "portal/portal.h"
#include "absorb/absorb.h"
#include "paper/paper.h"
#include "people/people.h"
#include "record/files.h"
#include "sense/clue.h"
#include "sense/import.h"
#include "templates.h"
#include <stdio.h>

#define TITLE N_("Public services")
#define WINDOW (10 * MS_MINUTE)
#define WRITES 10     /* messages of one address in ten minutes: from then on each is asked whether it is meant */
#define WRONGS 5      /* wrong receipts */

/* ---- how often ---- */

/* Of IPv6 the network: one writer has many addresses in it. */
static struct str network(struct str remote)
{
	int colons = 0;
	for (size_t i = 0; i < remote.n; i++)
		if (remote.p[i] == ':' && ++colons == 4)
			return (struct str){ remote.p, i };
	return remote;
}

static struct str address_mark(struct req *rq)
{
	unsigned char *h = arena_alloc(rq->a, 16);
	blind_index(ctx_of(rq)->app->keys, "address", network(rq->remote), h);
	return (struct str){ (const char *)h, 16 };
}

static enum err used(struct req *rq, const char *what, int64_t *ret)
{
	struct str who = address_mark(rq);
	*ret = 0;
	return db_int(rq->db, &rq->fault, "SELECT n FROM portal_rate WHERE who = ? AND what = ? AND since > ? AND since <= ?",
		      ARGS(VB(who.p, who.n), VS(str_of(what)), VI(now_ms() - WINDOW), VI(now_ms())), ret, NULL);
}

struct usage { struct req *rq; const char *what; };

static enum err use_job(struct ctx *c, void *arg)
{
	const struct usage *u = arg;
	struct str who = address_mark(u->rq);
	int64_t now = now_ms();
	/* Old ones; and those of a clock that was ahead, which would count against everybody of that house till then. */
	TRY(db_exec(c->db, c->f, "DELETE FROM portal_rate WHERE since < ? OR since > ?", ARGS(VI(now - MS_DAY), VI(now)), NULL));
	return db_exec(c->db, c->f,
		       "INSERT INTO portal_rate (who, what, since, n) VALUES (?, ?, ?, 1) ON CONFLICT (who, what) DO UPDATE SET "
		       "n = CASE WHEN portal_rate.since > ? THEN portal_rate.n + 1 ELSE 1 END, since = CASE WHEN portal_rate.since > ? THEN portal_rate.since ELSE excluded.since END",
		       ARGS(VB(who.p, who.n), VS(str_of(u->what)), VI(now), VI(now - WINDOW), VI(now - WINDOW)), NULL);
}

static enum err use(struct req *rq, const char *what)
{
	struct usage u = { rq, what };
	return db_can_write(rq->db) ? use_job(ctx_of(rq), &u) : ctx_write(ctx_of(rq), use_job, &u);
}

/* ---- receipts ---- */

/* The mark that is kept of a receipt, and the one that programs before this kept. */
static enum err marks(struct ctx *c, struct str digits, unsigned char mark[16], unsigned char old[16])
{
	blind_index(c->app->keys, "receipt", digits, old);
	return receipt_mark(c->app->keys, digits, c->app->demo, mark, c->f);
}

/* Sixteen digits out of the form's own key, under ours: the second click on "send" shows the same ones. */
static struct str receipt_make(struct ctx *c, struct str idem)
{
	unsigned char h[16];
	uint64_t v = 0;
	blind_index(c->app->keys, "receipt-number", idem, h);
	for (int i = 0; i < 8; i++)
		v = v << 8 | h[i];
	return arena_fmt(c->a, "%016llu", (unsigned long long)(v % UINT64_C(10000000000000000)));
}

/* As it is typed: blanks, hyphens and full-width digits. Absent when it is no receipt. */
static struct str receipt_read(struct ctx *c, struct str s)
{
	char d[17];
	size_t n = 0;
	const char *p = s.p, *end = s.p + s.n;
	while (p < end) {
		uint32_t cp = utf8_next(&p, end);
		if (cp >= 0xFF10 && cp <= 0xFF19)
			cp = cp - 0xFF10 + '0';
		if (cp >= '0' && cp <= '9' && n < sizeof d)
			d[n++] = (char)cp;
		else if (cp != ' ' && cp != '-' && cp != 0x3000)
			return STR_NONE;
	}
	return n == 16 ? arena_str(c->a, (struct str){ d, 16 }) : STR_NONE;
}

static struct str receipt_show(struct ctx *c, struct str d)
{
	return arena_fmt(c->a, "%.4s %.4s %.4s %.4s", d.p, d.p + 4, d.p + 8, d.p + 12);
}

/* ---- writing ---- */

struct ctx portal_citizen(const struct ctx *at)
{
	struct ctx c = *at;
	struct actor *w = NEW(c.a, struct actor);
	struct str city = sense_city(&c);
	*w = (struct actor){ .role = ROLE_CITIZEN, .face = "portal" };
	snprintf(w->area, sizeof w->area, "%.*s", (int)city.n, city.p);
	c.actor = w;
	c.labels = NULL;
	return c;
}

static struct str new_key(struct req *rq)
{
	char key[TOKEN_TEXT];
	token_new(key);
	return arena_str(rq->a, (struct str){ key, 22 });
}

/* Who must write to the page again: a key of the form that is long enough to be ours. */
static struct str form_key(struct req *rq)
{
	struct str s = req_param(rq, "idem");
	return s.n == 22 ? s : new_key(rq);
}

static struct option *towns(struct ctx *c, struct str chosen, size_t *ret_n)
{
	size_t n = 0, k = 0;
	const struct code *all = codes_list(c->app->codes, "area", &n);
	struct option *o = NEWN(c->a, struct option, n + 1);
	for (size_t i = 0; all && i < n; i++)
		if (all[i].code.n == 9)
			o[k++] = (struct option){ all[i].code, all[i].zh, str_eq(all[i].code, chosen) };
	*ret_n = k;
	return o;
}

static void fill(struct req *rq, struct portal_page *m)
{
	struct ctx *c = ctx_of(rq);
	m->idem = form_key(rq);
	m->text = req_param(rq, "text");
	m->name = req_param(rq, "name");
	m->phone = req_param(rq, "phone");
	m->when = req_param(rq, "when");
	m->word = req_param(rq, "word");
	m->towns = towns(c, req_param(rq, "town"), &m->ntowns);
	m->safe = options_code(c, "yesno4", req_param(rq, "safe"), &m->nsafe);
	m->hurt = options_code(c, "yesno4", req_param(rq, "hurt"), &m->nhurt);
}

struct asked_as { const char *field, *label; };

/* What was wrong, each with the question as she was asked it. */
static void put_faults(struct req *rq, struct portal_page *m, enum err e, const struct asked_as *names)
{
	struct ctx *c = ctx_of(rq);
	if (e == OK)
		return;
	m->error = face_fault(c, e, &rq->fault);
	m->faults = NEWN(c->a, struct str, FAULT_FIELDS);
	for (int i = 0; i < rq->fault.nfields; i++) {
		struct str text = face_text(c, rq->fault.fields[i].msg, rq->fault.fields[i].arg);
		const struct asked_as *k = names;
		while (k->field && strcmp(k->field, rq->fault.fields[i].field) != 0)
			k++;
		m->faults[m->nfaults++] = k->field ? arena_fmt(c->a, "%s %.*s", TRC(c, k->label), (int)text.n, text.p) : text;
	}
}

typedef enum err show_fn(struct req *rq, struct resp *rs, struct portal_page *m, enum err e);

/* What she wrote stands in the form again, with what is wrong; other faults are the caller's. */
static enum err shown_again(struct req *rq, struct resp *rs, struct portal_page *m, show_fn *show, enum err e)
{
	if (e != ERR_INVALID && e != ERR_DUPLICATE)
		return e;
	struct fault kept = rq->fault;
	if (show(rq, rs, m, e) == OK) {
		rs->status = err_http(e);
		rs->handled = true;
	}
	rq->fault = kept;
	return e;
}

static enum err show_form(struct req *rq, struct resp *rs, struct portal_page *m, enum err e)
{
	static const struct asked_as names[] = { { "text", N_("What happened?") }, { "reporter_phone", N_("Your phone") }, { "reporter_name", N_("What may we call you?") },
						 { "safe_note", N_("When is it safe to reach you?") }, { "file", N_("Photos or recordings") }, { NULL, NULL } };
	fill(rq, m);
	put_faults(rq, m, e, names);
	TRY(face_shell(rq, TITLE));
	t_portal_write(&rs->body, &face_of(rq)->v, m);
	return OK;
}

static enum err home_get(struct req *rq, struct resp *rs)
{
	TRY(face_shell(rq, TITLE));
	t_portal_home(&rs->body, &face_of(rq)->v);
	return OK;
}

/* Nothing can be kept now: she must not write for nothing, and must see at once whom to call. */
static enum err halted(struct req *rq, struct resp *rs)
{
	rs->status = 503;
	TRY(face_shell(rq, TITLE));
	t_portal_halted(&rs->body, &face_of(rq)->v);
	return OK;
}

static enum err write_get(struct req *rq, struct resp *rs)
{
	if (ctx_of(rq)->app->halt != HALT_NONE)
		return halted(rq, rs);
	struct portal_page m = { .again = false };
	return show_form(rq, rs, &m, OK);
}

static struct str safe_note(struct req *rq)
{
	struct str when = str_trim(req_param(rq, "when")), word = str_trim(req_param(rq, "word"));
	if (!when.n && !word.n)
		return STR_NONE;
	return arena_fmt(rq->a, "%s%.*s%s%s%.*s", when.n ? "方便联系：" : "", (int)when.n, when.p ? when.p : "", when.n && word.n ? "；" : "", word.n ? "暗语：" : "",
			 (int)word.n, word.p ? word.p : "");
}

struct said { struct input in[16]; size_t n; struct act act; };

static void add(struct said *s, const char *name, struct str v)
{
	must(s->n < ARRAY_LEN(s->in));
	if (str_trim(v).n)
		s->in[s->n++] = (struct input){ str_of(name), v };
}

static struct said *said_read(struct req *rq, const struct ctx *c, struct str idem)
{
	struct said *s = NEW(rq->a, struct said);
	struct str town = req_param(rq, "town"), area = code_find(c->app->codes, "area", town) ? town : STR_NONE;
	add(s, "source", STR("web"));
	add(s, "text", req_param(rq, "text"));
	add(s, "reporter_name", req_param(rq, "name"));
	add(s, "reporter_phone", req_param(rq, "phone"));
	add(s, "safe_contact", req_param(rq, "safe"));
	add(s, "safe_note", safe_note(rq));
	add(s, "violence", req_param(rq, "hurt"));
	if (!str_trim(req_param(rq, "name")).n && !str_trim(req_param(rq, "phone")).n)
		add(s, "anonymous", STR("1"));
	s->act = (struct act){ .type = "clue", .verb = "create", .area = area, .in = s->in, .nin = s->n, .idem = idem };
	return s;
}

/* ---- photos ---- */

/* What she hands in. Her phone writes the place into a photo: the original stays sealed with it, for it is evidence; what is ever shown
 * is a copy made anew without it, so that nobody learns from her own proof where she is (record/files.h). */
#define PHOTOS 6
struct photos { struct file_made v[PHOTOS]; bool again[PHOTOS]; size_t n; bool lost; };

/* Refused ones stop it (she chooses again); what our machine cannot keep now must not cost her the message. */
static enum err photos_take(struct req *rq, struct photos *p)
{
	struct ctx *c = ctx_of(rq);
	for (size_t i = 0; i < rq->nuploads; i++) {
		enum err e = p->n == PHOTOS ? ERR_INVALID : file_take(c, rq->uploads[i].bytes, rq->uploads[i].filename, &p->v[p->n]);
		if (p->n == PHOTOS)
			fault_field(&rq->fault, "file", N_("At most six files at a time, please."), NULL);
		if (e == ERR_INVALID)
			return fail(&rq->fault, ERR_INVALID, NULL, NULL);
		p->n += e == OK;
		p->lost |= e != OK;
		if (e != OK)
			fault_clear(&rq->fault);
	}
	return OK;
}

/* After the transaction: those that came to nothing, or came twice. */
static void photos_after(struct req *rq, const struct photos *p, enum err e)
{
	for (size_t i = 0; i < p->n; i++)
		if (e != OK || p->again[i])
			file_forget(ctx_of(rq)->app, &p->v[i]);
}

static enum err photos_keep(struct ctx *c, const struct receipt *r, struct photos *p, struct str key)
{
	enum err e = OK;
	for (size_t i = 0; i < p->n && e == OK; i++) {
		c->file = &p->v[i];
		e = receipt_hand_in(c, r, arena_fmt(c->a, "%.*s-%zu", (int)key.n, key.p, i), &p->again[i]);
	}
	c->file = NULL;
	return e;
}

struct keeping { const struct said *said; unsigned char mark[16]; bool urgent; struct photos *photos; };

static enum err keep(struct ctx *at, void *arg)
{
	struct keeping *k = arg;
	struct ctx c = portal_citizen(at);
	struct act in = k->said->act;
	struct done d;
	TRY(sense_desk_for(&c, in.area.n ? in.area : str_of(c.actor->area), &in.org));
	TRY(act(&c, &in, &d));
	struct str grade = d.rec ? rec_str(&c, d.rec, "grade") : STR_NONE;
	k->urgent = str_is(grade, "red") || str_is(grade, "orange");
	TRY(photos_keep(&c, &(struct receipt){ .clue = d.id }, k->photos, in.idem));
	return receipt_for_clue(&c, k->mark, d.id);
}

static enum err limited(struct req *rq, struct resp *rs)
{
	struct portal_page m = { .limited = true };
	rs->status = 429;
	resp_header(rs, rq, "Retry-After", STR("600"));
	TRY(face_shell(rq, TITLE));
	t_portal_limited(&rs->body, &face_of(rq)->v, &m);
	return OK;
}

static enum err write_post(struct req *rq, struct resp *rs)
{
	struct portal_page m = { .again = false };
	struct ctx *c = ctx_of(rq);
	struct str idem = form_key(rq), code = receipt_make(c, idem);
	struct said *said = said_read(rq, c, idem);
	struct photos photos = { .n = 0 };
	struct keeping k = { .said = said, .photos = &photos };
	int64_t n;
	if (ctx_of(rq)->app->halt != HALT_NONE)
		return halted(rq, rs);
	TRY(used(rq, "write", &n));
	/* A field that nobody sees was filled in: a machine, or a browser that meant well; or many have written from this address: a house, a
	 * village, a machine. She is asked once more, nothing is lost; she is never sent away for what her neighbours do. */
	if ((n >= WRITES || req_param(rq, "website").n) && !req_param(rq, "again").n) {
		m.again = true;
		m.chosen = rq->nuploads > 0;
		TRY(use(rq, "write"));
		return show_form(rq, rs, &m, OK);
	}
	TRY(receipt_mark(c->app->keys, code, c->app->demo, k.mark, &rq->fault));
	struct ctx cz = portal_citizen(c);
	enum err e = photos_take(rq, &photos);
	if (e == OK) {
		act_ahead(&cz, &said->act);
		e = ctx_write(c, keep, &k);
	}
	photos_after(rq, &photos, e);
	m.urgent = k.urgent;
	m.lost = photos.lost;
	TRY(shown_again(rq, rs, &m, show_form, e));
	TRY(use(rq, "write"));
	m.code = receipt_show(c, code);
	TRY(face_shell(rq, TITLE));
	t_portal_receipt(&rs->body, &face_of(rq)->v, &m);
	return OK;
}

/* ---- an appointment with a counsellor ---- */

static enum err wish_show(struct req *rq, struct resp *rs, struct portal_page *m, enum err e)
{
	struct ctx *c = ctx_of(rq);
	static const struct asked_as names[] = { { "a_phone", N_("Your phone") }, { "a_name", N_("What may we call you?") }, { "a_safe", N_("May we call you there?") },
						 { "a_note", N_("When is it safe to reach you?") }, { "intent", N_("What is it about?") }, { NULL, NULL } };
	fill(rq, m);
	m->intents = options_code(c, "counsel_intent", req_param(rq, "intent"), &m->nintents);
	put_faults(rq, m, e, names);
	TRY(face_shell(rq, TITLE));
	t_portal_counsel(&rs->body, &face_of(rq)->v, m);
	return OK;
}

static enum err wish_get(struct req *rq, struct resp *rs)
{
	struct portal_page m = { .again = false };
	return ctx_of(rq)->app->halt != HALT_NONE ? halted(rq, rs) : wish_show(rq, rs, &m, OK);
}

static enum err wish_keep(struct ctx *at, void *arg)
{
	struct act in = *(const struct act *)arg;
	struct ctx c = portal_citizen(at), inside = ctx_inside(at);
	struct done d;
	/* The registry's own unit; where there is none, the federation's desk. */
	TRY(people_org_for(&inside, str_of(c.actor->area), "civil", &in.org));
	if (!in.org)
		TRY(sense_desk_for(&c, str_of(c.actor->area), &in.org));
	return act(&c, &in, &d);
}

static enum err wish_post(struct req *rq, struct resp *rs)
{
	struct portal_page m = { .again = false };
	struct ctx *c = ctx_of(rq);
	struct said s = { .n = 0 };
	int64_t n;
	if (c->app->halt != HALT_NONE)
		return halted(rq, rs);
	TRY(used(rq, "write", &n));
	if ((n >= WRITES || req_param(rq, "website").n) && !req_param(rq, "again").n) {
		m.again = true;
		TRY(use(rq, "write"));
		return wish_show(rq, rs, &m, OK);
	}
	add(&s, "intent", req_param(rq, "intent"));
	add(&s, "a_name", req_param(rq, "name"));
	add(&s, "a_phone", req_param(rq, "phone"));
	add(&s, "a_safe", req_param(rq, "safe"));
	add(&s, "a_note", safe_note(rq));
	s.act = (struct act){ .type = "counsel", .verb = "ask", .in = s.in, .nin = s.n, .idem = form_key(rq) };
	enum err e = ctx_write(c, wish_keep, &s.act);
	TRY(shown_again(rq, rs, &m, wish_show, e));
	TRY(use(rq, "write"));
	m.asked = true;
	TRY(face_shell(rq, TITLE));
	t_portal_counsel(&rs->body, &face_of(rq)->v, &m);
	return OK;
}

/* ---- how it stands, and what she may read and add ---- */

/* Which posts have read what she wrote: only for its writer, see portal.h. */
static enum err looks(struct ctx *c, int64_t clue, struct portal_page *m)
{
	struct journal_look *l;
	size_t n;
	TRY(journal_looks(c, "clue", clue, &l, &n));
	struct portal_look *v = m->looks = NEWN(c->a, struct portal_look, n + 1);
	for (size_t i = 0; i < n; i++) {
		struct str role = code_label(c->app->codes, "role", l[i].role, c->lang);
		size_t k = 0;
		while (k < m->nlooks && !str_eq(v[k].role, role))
			k++;
		BUF_AUTO day = BUF(32);
		date_put(&day, l[i].last);
		if (k == m->nlooks)
			v[m->nlooks++] = (struct portal_look){ .role = role };
		if (str_cmp(buf_view(&day), v[k].last) > 0)
			v[k].last = arena_str(c->a, buf_view(&day));
		v[k].n += l[i].n;
	}
	return OK;
}

#define PASS (15 * MS_MINUTE)

/* The page that follows a receipt goes on without its digits: their mark and an hour, sealed. */
static struct str pass_make(struct ctx *c, const struct receipt *r)
{
	BUF_AUTO b = BUF(512), plain = BUF(128);
	hex_put(&plain, r->mark, 16);
	buf_printf(&plain, "%lld", (long long)c->now + PASS);
	struct str s = seal(c->app->keys, c->a, PLACE("portal", "pass", 0, .cls = KC_SECRET), buf_view(&plain));
	hex_put(&b, s.p, s.n);
	return arena_str(c->a, buf_view(&b));
}

static enum err pass_read(struct req *rq, struct receipt *ret)
{
	struct ctx *c = ctx_of(rq);
	struct str hex = req_param(rq, "pass"), plain;
	struct fault ignored = { 0 };
	unsigned char mark[16], *raw;
	int64_t until;
	if (!hex.n || hex.n % 2 || hex.n > 400)
		return fail(&rq->fault, ERR_NOT_FOUND, NULL, NULL);
	raw = arena_alloc(c->a, hex.n / 2);
	if (!hex_get(hex, raw, hex.n / 2) || unseal(c->app->keys, c->a, PLACE("portal", "pass", 0, .cls = KC_SECRET), (struct str){ (char *)raw, hex.n / 2 }, &plain, &ignored) != OK ||
	    plain.n <= 32 || !hex_get((struct str){ plain.p, 32 }, mark, 16) || !str_int((struct str){ plain.p + 32, plain.n - 32 }, &until) || until < c->now)
		return fail(&rq->fault, ERR_NOT_FOUND, N_("This page was open for more than 15 minutes. Please enter your number again."), NULL);
	return receipt_find(c, mark, NULL, ret);
}

/* What our people wrote to her, when she is expected, what she has promised: read through her own side's eyes, and nothing that she wrote
 * herself, for who else may hold this phone. */
static enum err add_side(struct ctx *c, const struct receipt *r, struct portal_page *m)
{
	struct ctx cz = *c;
	struct actor w;
	struct seen s;
	receipt_actor(r, &w);
	cz.actor = &w;
	cz.labels = NULL;
	if (!r->kase || r->shut)
		return OK;
	TRY(see_children(&cz, "message", r->kase, &s));
	m->lines = NEWN(c->a, struct portal_line, s.n + 1);
	for (size_t i = 0; i < s.n; i++)
		if (str_is(rec_str(&cz, s.r[i], "kind"), "reply"))
			m->lines[m->nlines++] = (struct portal_line){ datetime_str(c->a, s.r[i]->created), rec_str(&cz, s.r[i], "text"), STR_NONE };
	TRY(see_children(&cz, "session", r->kase, &s));
	for (size_t i = 0; i < s.n; i++)
		if (rec_int(s.r[i], "next") > c->now)
			m->next = datetime_str(c->a, rec_int(s.r[i], "next"));
	TRY(see_children(&cz, "duty", r->kase, &s));
	m->duties = NEWN(c->a, struct portal_line, s.n + 1);
	for (size_t i = 0; i < s.n; i++)
		if (rec_in(s.r[i], "open|late|broken|pursued"))
			m->duties[m->nduties++] = (struct portal_line){ rec_show(&cz, s.r[i], field_at(s.r[i]->t, "due_on")), rec_str(&cz, s.r[i], "what"), STR_NONE };
	TRY(see_children(&cz, "document", r->kase, &s));
	m->files = NEWN(c->a, struct portal_line, s.n + 1);
	for (size_t i = 0; i < s.n; i++)
		m->files[m->nfiles++] = (struct portal_line){ datetime_str(c->a, s.r[i]->created), rec_show(&cz, s.r[i], field_at(s.r[i]->t, "kind")), arena_fmt(c->a, "%lld", (long long)s.r[i]->id) };
	TRY(see_children(&cz, "agreement", r->kase, &s));
	m->papers = NEWN(c->a, struct portal_line, s.n + 1);
	for (size_t i = 0; i < s.n; i++)
		if (rec_in(s.r[i], "signed|performed|breached"))
			m->papers[m->npapers++] = (struct portal_line){ rec_show(&cz, s.r[i], field_at(s.r[i]->t, "signed_on")), s.r[i]->number, arena_fmt(c->a, "%lld", (long long)s.r[i]->id) };
	return OK;
}

static enum err show_status(struct req *rq, struct resp *rs, struct portal_page *m)
{
	TRY(face_shell(rq, TITLE));
	t_portal_status(&rs->body, &face_of(rq)->v, m);
	return OK;
}

static enum err status_get(struct req *rq, struct resp *rs)
{
	struct portal_page m = { .again = false };
	return show_status(rq, rs, &m);
}

static enum err show_receipt(struct req *rq, struct resp *rs, const struct receipt *r, struct portal_page *m)
{
	struct ctx *c = ctx_of(rq);
	static const char *const words[][2] = {
		{ N_("Message received"), N_("Your message has arrived. Somebody will read it, at the latest on the next working day.") },
		{ N_("Being handled"), N_("Somebody is taking care of it. You will be reached in the way you said is safe.") },
		{ N_("Finished"), N_("It has been dealt with. If it is not over for you, please write again or call 12338.") },
	};
	int at;
	TRY(receipt_standing(c, r, &at));
	m->status = str_of(TRC(c, words[at - 1][0]));
	m->status_text = str_of(TRC(c, words[at - 1][1]));
	m->pass = pass_make(c, r);
	m->idem = m->done.n ? new_key(rq) : form_key(rq);   /* what is added next is another thing */
	m->withdrawn = r->withdrawn > 0;
	if (r->clue && !r->party && !r->shut)
		TRY(looks(c, r->clue, m));
	TRY(add_side(c, r, m));
	return show_status(rq, rs, m);
}

static enum err status_post(struct req *rq, struct resp *rs)
{
	struct ctx *c = ctx_of(rq);
	struct portal_page m = { .again = false };
	struct receipt r;
	struct str code = receipt_read(c, req_param(rq, "code"));
	unsigned char mark[16], old[16];
	int64_t n;
	TRY(used(rq, "status", &n));
	if (n >= WRONGS)
		return limited(rq, rs);
	/* What is no receipt costs as much time as a wrong one. */
	TRY(marks(c, code.n ? code : STR("-"), mark, old));
	enum err e = receipt_find(c, mark, old, &r);
	if (e == OK)
		return show_receipt(rq, rs, &r, &m);
	if (e != ERR_NOT_FOUND)
		return e;
	fault_clear(&rq->fault);
	TRY(use(rq, "status"));
	m.error = str_of(TRC(c, N_("There is no message under this number. Please check the sixteen digits.")));
	rs->status = 404;
	return show_status(rq, rs, &m);
}

/* The pass ran out: the page asks for the number again, and loses nothing but that. */
static enum err passed(struct req *rq, struct resp *rs, struct receipt *ret, bool *ret_on)
{
	struct portal_page m = { .again = false };
	enum err e = pass_read(rq, ret);
	*ret_on = e == OK;
	if (e != ERR_NOT_FOUND)
		return e;
	fault_clear(&rq->fault);
	m.error = str_of(TRC(ctx_of(rq), N_("This page was open for more than 15 minutes. Please enter your number again.")));
	rs->status = 404;
	return show_status(rq, rs, &m);
}

struct more { const struct receipt *r; struct str text, key; bool withdraw; struct photos photos; };

static enum err add_more(struct ctx *at, void *arg)
{
	struct ctx c = portal_citizen(at);
	struct more *k = arg;
	if (k->text.n || k->withdraw)
		TRY(receipt_say(&c, k->r, k->text, k->withdraw, k->key));
	return photos_keep(&c, k->r, &k->photos, k->key);
}

/* Why her photos were not taken, in the words of the page. */
static struct str photo_fault(struct ctx *c, const struct fault *f)
{
	return f->nfields ? face_text(c, f->fields[0].msg, f->fields[0].arg) : face_fault(c, ERR_INVALID, f);
}

static enum err more_post(struct req *rq, struct resp *rs)
{
	struct ctx c = portal_citizen(ctx_of(rq));
	struct portal_page m = { .again = false };
	struct receipt r;
	struct str text = str_trim(req_param(rq, "text"));
	bool withdraw = str_is(req_param(rq, "do"), "withdraw"), on;
	TRY(passed(rq, rs, &r, &on));
	if (!on)
		return OK;
	if (!withdraw && ((!text.n && !rq->nuploads) || utf8_count(text) > 4000)) {
		m.error = str_of(TRC(&c, text.n ? N_("Please write at most 4,000 characters at a time.") : N_("Please fill this in.")));
		rs->status = 422;
		return show_receipt(rq, rs, &r, &m);
	}
	struct more more = { &r, utf8_head(text, 4000), form_key(rq), withdraw, { .n = 0 } };
	if (photos_take(rq, &more.photos) != OK) {
		photos_after(rq, &more.photos, ERR_INVALID);
		m.error = photo_fault(&c, &rq->fault);
		m.text = text;
		fault_clear(&rq->fault);
		rs->status = 422;
		return show_receipt(rq, rs, &r, &m);
	}
	m.lost = more.photos.lost;
	enum err e = withdraw && r.withdrawn ? OK : ctx_write(ctx_of(rq), add_more, &more);
	photos_after(rq, &more.photos, e);
	TRY(e);
	TRY(use(rq, "write"));
	r.withdrawn = withdraw ? c.now : r.withdrawn;
	m.done = str_of(TRC(&c, withdraw ? N_("We have your wish. Somebody will ask you once more, in the way you said is safe, before it ends.") : N_("Thank you. It has been added.")));
	return show_receipt(rq, rs, &r, &m);
}

/* What she asks for with her receipt's pass: c sees her side and nothing else. *ret_on false: the page asked for her number again. */
struct hers { struct ctx c; struct receipt r; struct actor w; int64_t id; };

static enum err hers_from(struct req *rq, struct resp *rs, struct hers *ret, bool *ret_on)
{
	*ret = (struct hers){ .c = *ctx_of(rq) };
	TRY(passed(rq, rs, &ret->r, ret_on));
	if (!*ret_on)
		return OK;
	receipt_actor(&ret->r, &ret->w);
	ret->c.actor = &ret->w;
	ret->c.labels = NULL;
	(void)str_int(req_param(rq, "id"), &ret->id);
	return OK;
}

static enum err paper_post(struct req *rq, struct resp *rs)
{
	struct hers h;
	struct document d;
	bool on;
	TRY(hers_from(rq, rs, &h, &on));
	if (!on)
		return OK;
	TRY(absorb_agreement_paper(&h.c, h.id, &d));
	TRY(pdf_document(&d, &rs->body, &rq->fault));
	resp_file(rs, rq, "application/pdf", STR("文件.pdf"));   /* a name that says nothing */
	return OK;
}

/* A paper or photo that the team has shown to her side: of a picture the copy, never the original with its place. */
static enum err file_post(struct req *rq, struct resp *rs)
{
	struct hers h;
	struct rec *d;
	bool on;
	TRY(hers_from(rq, rs, &h, &on));
	if (!on)
		return OK;
	TRY(see_one(&h.c, "document", h.id, &d));
	struct str type = rec_str(&h.c, d, "type");
	bool picture = str_is(code_more(h.c.app->codes, "file_type", type, "group"), "image");
	TRY(file_read(&h.c, d, picture ? FILE_VIEW : FILE_WHOLE, &rs->body));
	TRY(journal_note(&h.c, "fetch", "document", d->id, "ok", STR("{}")));
	struct str ext = picture ? STR("jpg") : code_more(h.c.app->codes, "file_type", type, "ext");
	resp_file(rs, rq, picture ? "image/jpeg" : arena_cstr(h.c.a, code_more(h.c.app->codes, "file_type", type, "mime")), arena_fmt(h.c.a, "文件.%.*s", (int)ext.n, ext.p));
	return OK;
}

#define OPEN (ROUTE_OPEN | ROUTE_PHONE)
const struct route portal_routes[] = {
	XA_ROUTE("GET", "/help", home_get, ROUTE_READ, OPEN | ROUTE_HELP, RIGHT_ALL),
	XA_ROUTE("GET", "/help/write", write_get, ROUTE_READ, OPEN | ROUTE_HELP, RIGHT_ALL),
	XA_ROUTE("POST", "/help/write", write_post, ROUTE_SLOW, OPEN | ROUTE_HELP | ROUTE_UPLOAD, RIGHT_ALL),
	XA_ROUTE("GET", "/help/counsel", wish_get, ROUTE_READ, OPEN, RIGHT_ALL),
	XA_ROUTE("POST", "/help/counsel", wish_post, ROUTE_SLOW, OPEN, RIGHT_ALL),
	XA_ROUTE("GET", "/help/status", status_get, ROUTE_READ, OPEN, RIGHT_ALL),
	XA_ROUTE("POST", "/help/status", status_post, ROUTE_SLOW, OPEN, RIGHT_ALL),
	XA_ROUTE("POST", "/help/more", more_post, ROUTE_SLOW, OPEN | ROUTE_HELP | ROUTE_UPLOAD, RIGHT_ALL),
	XA_ROUTE("POST", "/help/file", file_post, ROUTE_SLOW, OPEN, RIGHT_ALL),
	XA_ROUTE("POST", "/help/paper", paper_post, ROUTE_SLOW, OPEN, RIGHT_ALL),
	{ 0 },
};
