/* Why: the clerk listens and types at once; what she needs next must be under her fingers, and danger must be seen first.
 * Invariants: nothing here decides: a call is a clue like any other; what was typed is shown again when it is refused. */
#include "desk/intake.h"
#include "sense/clue.h"
#include "sense/import.h"
#include "templates.h"
#include <stdio.h>

#define WHO (R(HOTLINE) | R_FED)

/* The questions of danger, asked first; an answer stands in the text too, in words that screening reads. */
static const struct { const char *name, *label, *said; bool now; } asks[] = {
	{ "ask_violence", N_("Is somebody being beaten now?"), "对方正在动手打人", true },
	{ "ask_weapon", N_("Is there a knife, petrol, poison?"), "现场有刀具、汽油或农药等", true },
	{ "ask_injured", N_("Is anybody hurt?"), "有人受伤", true },
	{ "ask_self_harm", N_("Does anybody speak of killing themselves?"), "有人想自杀、自伤", true },
	{ "ask_child", N_("Is a child there?"), "有孩子在场", false },
};

static bool ticked(struct req *rq, const char *name) { return req_param(rq, name).n > 0; }

static bool urgent(struct req *rq)
{
	for (size_t i = 0; i < ARRAY_LEN(asks); i++)
		if (asks[i].now && ticked(rq, asks[i].name))
			return true;
	return false;
}

/* ---- earlier calls from the same phone ---- */

static enum err same_of(struct req *rq, struct str phone, struct call_same_page *ret)
{
	struct ctx *c = ctx_of(rq);
	static const char *const fields[] = { "reporter_phone", "party_a_phone", "party_b_phone" };
	struct call_same_page m = { .phone = phone, .asked = phone.n > 0 };
	int64_t ids[12];
	m.rows = NEWN(c->a, struct call_same, ARRAY_LEN(ids));
	for (size_t k = 0; k < ARRAY_LEN(fields) && phone.n; k++) {
		struct seen s;
		TRY(see_same(c, "clue", fields[k], phone, &s));
		for (size_t i = 0; i < s.n && m.n < ARRAY_LEN(ids); i++) {
			struct rec *r = s.r[i];
			bool twice = false;
			for (size_t j = 0; j < m.n; j++)
				twice |= ids[j] == r->id;
			if (twice)
				continue;
			int g = field_at(r->t, "grade");
			ids[m.n] = r->id;
			m.rows[m.n++] = (struct call_same){ rec_title(c, r), state_label(c, r), datetime_str(c->a, r->created), arena_fmt(c->a, "/clue/%lld", (long long)r->id),
							    r->v[g].set ? arena_cstr(c->a, r->v[g].s) : NULL };
		}
	}
	*ret = m;
	return OK;
}

static enum err same_get(struct req *rq, struct resp *rs)
{
	struct call_same_page m;
	TRY(same_of(rq, str_trim(req_param(rq, "phone")), &m));
	if (!rq->htmx) {
		TRY(face_shell(rq, N_("Earlier calls from this phone")));
		t_call_same_page(&rs->body, &face_of(rq)->v, &m);
	} else {
		t_call_same(&rs->body, &face_of(rq)->v, &m);
	}
	return OK;
}

/* ---- calls that the telephone system tells of ---- */

#define RINGS (10 * MS_MINUTE)      /* a call that nobody ended is no longer shown as ringing */

static struct call_ringing *put_ringing(struct ctx *c, struct rec *r, struct call_ringing_page *m)
{
	struct call_ringing *k = &m->rows[m->n++];
	struct str phone = rec_str(c, r, "phone");
	*k = (struct call_ringing){ .phone = phone.n ? phone : str_of(TRC(c, N_("Number withheld"))), .when = datetime_str(c->a, rec_int(r, "began")), .state = state_label(c, r),
				    .url = arena_fmt(c->a, "/intake?call=%lld", (long long)r->id) };
	return k;
}

/* Those of her desk that ring or that she speaks with, each with what was heard from its number; the number whole, as her telephone shows it. */
static enum err calls_of(struct req *rq, struct call_ringing_page *m)
{
	struct ctx *c = ctx_of(rq);
	struct filter ringing = { STR("state"), STR("ringing|talking") }, missed = { STR("state"), STR("missed") };
	struct seen s;
	int64_t n = 0;
	*m = (struct call_ringing_page){ 0 };
	if (!(c->actor->role == ROLE_HOTLINE || c->actor->role == ROLE_CITY))
		return OK;
	TRY(see(c, &(struct see){ .type = "call", .filters = &ringing, .nfilters = 1, .limit = 20 }, &s));
	m->rows = NEWN(c->a, struct call_ringing, s.n + 1);
	for (size_t i = 0; i < s.n; i++) {
		struct rec *r = s.r[i];
		bool talking = rec_in(r, "talking");
		if ((talking && r->owner != c->actor->user) || (!talking && c->now - rec_int(r, "began") > RINGS))
			continue;
		TRY(same_of(rq, rec_str(c, r, "phone"), &put_ringing(c, r, m)->same));
	}
	TRY(see_count(c, &(struct see){ .type = "call", .filters = &missed, .nfilters = 1 }, 1000, &n));
	m->missed = (size_t)n;
	m->missed_text = arena_fmt(c->a, "%lld", (long long)n);
	return OK;
}

static enum err calls_get(struct req *rq, struct resp *rs)
{
	struct call_ringing_page m;
	TRY(calls_of(rq, &m));
	t_call_ringing(&rs->body, &face_of(rq)->v, &m);
	return OK;
}

/* The number of the call that she takes: what her telephone shows stands in the form. */
static enum err call_phone(struct ctx *c, struct str id, struct str *ret)
{
	struct rec *r;
	int64_t n;
	*ret = STR_NONE;
	if (!str_int(id, &n) || n <= 0)
		return OK;
	TRY(see_one(c, "call", n, &r));
	*ret = rec_str(c, r, "phone");
	return OK;
}

/* ---- what the engine thinks, while she types ---- */

static struct str signal_words(struct ctx *c, struct str codes)
{
	BUF_AUTO b = BUF(4096);
	struct str rest = codes;
	while (rest.p) {
		struct str one = str_cut(rest, ',', &rest);
		if (!one.n)
			continue;
		buf_cstr(&b, b.n ? "、" : "");
		buf_str(&b, code_label(c->app->codes, "signal", one, c->lang));
	}
	return arena_str(c->a, buf_view(&b));
}

/* The text with the answers before it, as it will be kept. */
static struct str whole_text(struct req *rq)
{
	BUF_AUTO b = BUF((size_t)1 << 20);
	for (size_t i = 0; i < ARRAY_LEN(asks); i++)
		if (ticked(rq, asks[i].name)) {
			buf_cstr(&b, b.n ? "；" : "【接听时问明】");
			buf_cstr(&b, asks[i].said);
		}
	struct str text = str_trim(req_param(rq, "text"));
	if (b.n)
		buf_cstr(&b, text.n ? "。\n" : "。");
	buf_str(&b, text);
	return arena_str(rq->a, buf_view(&b));
}

static enum err try_post(struct req *rq, struct resp *rs)
{
	struct ctx *c = ctx_of(rq);
	const struct sense_judge *j = c->app->triage;
	struct call_try m = { .urgent = urgent(rq) };
	struct sense_verdict v = { 0 };
	struct str text = whole_text(rq);
	if (j && text.n >= 6) {
		TRY(j->run(j, c, text, &v));
		m.judged = true;
		m.family = v.family;
		m.kind = code_label(c->app->codes, "kind", v.kind, c->lang);
		m.grade = code_label(c->app->codes, "grade", v.grade, c->lang);
		m.light = v.grade.n ? arena_cstr(c->a, v.grade) : NULL;
		m.signals = signal_words(c, v.signals);
		m.urgent |= str_is(v.grade, "red");
	}
	TRY(found_of(c, str_trim(req_param(rq, "text")), day_of(c->now), true, &m.found));
	t_call_try(&rs->body, &face_of(rq)->v, &m);
	return OK;
}

/* ---- the screen ---- */

/* Towns and communities below hers, as "花园浜社区 · 杨舍镇": a few letters of either find them. */
static struct option *places(struct ctx *c, size_t *ret_n)
{
	size_t n = 0, k = 0;
	const struct code *all = codes_list(c->app->codes, "area", &n);
	struct option *o = NEWN(c->a, struct option, n + 1);
	for (size_t i = 0; all && i < n; i++) {
		if (!area_within(all[i].code, c->actor->area) || all[i].code.n < 9)
			continue;
		const struct code *town = all[i].code.n > 9 ? code_find(c->app->codes, "area", (struct str){ all[i].code.p, 9 }) : NULL;
		o[k++] = (struct option){ .value = town ? arena_fmt(c->a, "%.*s · %.*s", (int)all[i].zh.n, all[i].zh.p, (int)town->zh.n, town->zh.p) : all[i].zh };
	}
	*ret_n = k;
	return o;
}

static enum err show_saved(struct req *rq, struct call_page *m)
{
	struct ctx *c = ctx_of(rq);
	int64_t id = 0;
	struct rec *r;
	if (!str_int(req_param(rq, "saved"), &id) || id <= 0)
		return OK;
	TRY(see_one(c, "clue", id, &r));
	TRY(journal_later(c, "view", "clue", id, STR("{}")));
	m->saved = NEW(c->a, struct call_saved);
	*m->saved = (struct call_saved){ .number = r->number, .url = arena_fmt(c->a, "/clue/%lld", (long long)id), .title = rec_title(c, r),
					 .contact = rec_show(c, r, field_at(r->t, "safe_contact")), .urgent = str_is(rec_str(c, r, "urgency"), "now") || str_is(rec_str(c, r, "grade"), "red") };
	return OK;
}

static enum err show(struct req *rq, struct resp *rs, enum err e)
{
	struct ctx *c = ctx_of(rq);
	char key[TOKEN_TEXT];
	struct fault kept = rq->fault;
	token_new(key);
	struct str idem = req_param(rq, "idem"), source = req_param(rq, "source");
	struct call_page m = { .phone = req_param(rq, "phone"), .name = req_param(rq, "name"), .area = req_param(rq, "place"), .text = req_param(rq, "text"),
			       .safe_note = req_param(rq, "safe_note"), .party_b = req_param(rq, "party_b"), .anonymous = ticked(rq, "anonymous"), .self = ticked(rq, "self"),
			       .idem = e != OK && idem.n ? idem : arena_str(c->a, (struct str){ key, 22 }) };
	m.call = req_param(rq, "call");
	if (m.call.n && !m.phone.n)
		TRY(call_phone(c, m.call, &m.phone));
	TRY(calls_of(rq, &m.calls));
	m.sources = options_code(c, "source", source.n ? source : STR("hotline12338"), &m.nsources);
	m.kin = options_code(c, "kin", req_param(rq, "relation"), &m.nkin);
	m.safe = options_code(c, "yesno4", req_param(rq, "safe_contact"), &m.nsafe);
	m.areas = places(c, &m.nareas);
	for (size_t i = 0; i < ARRAY_LEN(asks); i++)
		m.ask[i] = (struct call_question){ str_of(asks[i].name), str_of(TRC(c, asks[i].label)), arena_fmt(c->a, "%zu", i + 1), ticked(rq, asks[i].name) };
	if (e != OK) {
		m.error = face_fault(c, e, &kept);
		m.faults = NEWN(c->a, struct str, FAULT_FIELDS);
		for (int i = 0; i < kept.nfields; i++) {
			int at = field_find(&clue_type, str_of(kept.fields[i].field));
			struct str text = face_text(c, kept.fields[i].msg, kept.fields[i].arg);
			const char *label = at >= 0 ? TRC(c, clue_type.fields[at].label) : TRC(c, N_("Area"));
			m.faults[m.nfaults++] = arena_fmt(c->a, "%s: %.*s", label, (int)text.n, text.p);
		}
		fault_clear(&rq->fault);
	} else {
		TRY(show_saved(rq, &m));
	}
	TRY(same_of(rq, str_trim(m.phone), &m.same));
	TRY(face_shell(rq, N_("Take a call")));
	t_call_page(&rs->body, &face_of(rq)->v, &m);
	return OK;
}

static enum err intake_get(struct req *rq, struct resp *rs) { return show(rq, rs, OK); }

struct call { struct input in[24]; size_t n; struct act act; int64_t call; };

static void add(struct call *k, const char *name, struct str v)
{
	must(k->n < ARRAY_LEN(k->in));
	if (v.n)
		k->in[k->n++] = (struct input){ str_of(name), v };
}

/* The act that the form asks for; a place that nobody knows becomes a fault of the request. */
static struct call *call_read(struct req *rq)
{
	struct ctx *c = ctx_of(rq);
	struct call *k = NEW(rq->a, struct call);
	bool hidden = ticked(rq, "anonymous");
	struct str name = hidden ? STR_NONE : req_param(rq, "name"), phone = req_param(rq, "phone"), place = str_trim(req_param(rq, "place")), area = STR_NONE;
	if (place.n && !(area = sense_area_of(c, place)).n)
		fault_field(c->f, "area", N_("No single town or community has this name. Please choose one of the list."), NULL);
	add(k, "source", req_param(rq, "source"));
	add(k, "text", whole_text(rq));
	add(k, "anonymous", hidden ? STR("1") : STR_NONE);
	add(k, "reporter_name", name);
	add(k, "reporter_phone", phone);
	add(k, "safe_contact", req_param(rq, "safe_contact"));
	add(k, "safe_note", req_param(rq, "safe_note"));
	add(k, "relation", req_param(rq, "relation"));
	add(k, "party_b_name", req_param(rq, "party_b"));
	/* She speaks of herself: found again by her own number. */
	if (ticked(rq, "self")) {
		add(k, "party_a_name", name);
		add(k, "party_a_phone", phone);
	}
	add(k, "urgency", urgent(rq) ? STR("now") : STR_NONE);
	add(k, "violence", ticked(rq, "ask_violence") ? STR("yes") : STR_NONE);
	add(k, "child_present", ticked(rq, "ask_child") ? STR("yes") : STR_NONE);
	(void)str_int(req_param(rq, "call"), &k->call);
	k->act = (struct act){ .type = "clue", .verb = "create", .area = area, .in = k->in, .nin = k->n, .idem = req_param(rq, "idem") };
	return k;
}

/* The call knows what was written of it, and that it was answered, whether or not the telephone system has told so yet. */
static enum err call_written(struct ctx *c, int64_t call, int64_t clue)
{
	struct rec *r;
	struct done d;
	if (call <= 0)
		return OK;
	TRY(see_one(c, "call", call, &r));
	if (rec_in(r, "ringing"))
		TRY(act(c, &(struct act){ .type = "call", .verb = "answer", .id = call }, &d));
	if (rec_in(r, "missed|settled"))
		return OK;
	return act_inner(c, &(struct act){ .type = "call", .verb = "note_clue", .id = call, INPUTS(INPUT("clue", arena_fmt(c->a, "%lld", (long long)clue))) }, &d);
}

static enum err intake_write(struct req *rq, struct resp *rs)
{
	const struct call *k = rq->work;
	struct done d;
	enum err e = rq->fault.nfields ? fail(&rq->fault, ERR_INVALID, NULL, NULL) : act(ctx_of(rq), &k->act, &d);
	if (e == OK)
		e = call_written(ctx_of(rq), k->call, d.id);
	if (e == OK)
		return resp_redirect(rs, rq, "/intake?saved=%lld", (long long)d.id);
	if (e != ERR_INVALID && e != ERR_DENIED && e != ERR_DUPLICATE)
		return e;
	struct fault kept = rq->fault;
	if (show(rq, rs, e) == OK) {
		rs->status = err_http(e);
		rs->handled = true;
	}
	rq->fault = kept;
	return e;
}

static enum err intake_post(struct req *rq, struct resp *rs)
{
	struct call *k = call_read(rq);
	(void)rs;
	act_ahead(ctx_of(rq), &k->act);
	return req_write(rq, intake_write, k);
}

const struct route intake_routes[] = {
	XA_ROUTE("GET", "/intake", intake_get, ROUTE_READ, 0, WHO),
	XA_ROUTE("POST", "/intake", intake_post, ROUTE_ACT, 0, WHO),
	XA_ROUTE("GET", "/intake/calls", calls_get, ROUTE_READ, ROUTE_POLL, WHO),
	XA_ROUTE("GET", "/intake/same", same_get, ROUTE_READ, 0, WHO),
	XA_ROUTE("POST", "/intake/try", try_post, ROUTE_READ, 0, WHO),
	{ 0 },
};
