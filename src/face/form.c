/* Why: a form, its hints and its errors come from the catalogue, so that no page says a field twice.
 * Invariants: what a person typed is shown again when it is refused; a masked value is never sent to who may not read it,
 * and an empty answer keeps it. */
#include "face/face.h"
#include <stdio.h>

struct option *options_code(struct ctx *c, const char *list, struct str chosen, size_t *ret_n)
{
	size_t n;
	const struct code *k = codes_list(c->app->codes, list, &n);
	struct option *o = NEWN(c->a, struct option, n + 1);
	for (size_t i = 0; i < n; i++) {
		o[i] = (struct option){ k[i].code, c->lang == LANG_ZH ? k[i].zh : k[i].en, str_eq(k[i].code, chosen) };
		if (!o[i].on && chosen.n && chosen.p[0] == ',')
			o[i].on = str_find(chosen, arena_fmt(c->a, ",%.*s,", (int)k[i].code.n, k[i].code.p)) >= 0;
	}
	*ret_n = n;
	return o;
}

struct option *options_area(struct ctx *c, struct str under, struct str chosen, size_t *ret_n)
{
	size_t n, m = 0;
	const struct code *k = codes_list(c->app->codes, "area", &n);
	struct option *o = NEWN(c->a, struct option, n + 1);
	for (size_t i = 0; i < n; i++) {
		if (!str_starts(k[i].code, arena_cstr(c->a, under)))
			continue;
		const char *indent = k[i].code.n >= 12 && under.n < 9 ? "　" : "";
		o[m++] = (struct option){ k[i].code, arena_fmt(c->a, "%s%.*s", indent, (int)k[i].zh.n, k[i].zh.p), str_eq(k[i].code, chosen) };
	}
	*ret_n = m;
	return o;
}

/* Two people of one surname look alike under their masks: of a party the side is said too. */
static struct str option_title(struct ctx *c, const struct rec *r)
{
	int side = field_find(r->t, STR("side"));
	struct str title = rec_title(c, r), s = side >= 0 ? rec_show(c, r, side) : STR_NONE;
	return s.n ? arena_fmt(c->a, "%.*s %.*s", (int)s.n, s.p, (int)title.n, title.p) : title;
}

/* Everything that fits, oldest first as offices are founded from the top down, those of the actor's own area before others. */
static enum err options_seen(struct ctx *c, const char *type, const struct filter *by, size_t nby, int64_t chosen, struct option **ret, size_t *ret_n)
{
	enum { PAGE = 500, PAGES = 4 };
	struct option *near = NULL, *far = NULL;
	size_t nn = 0, nf = 0, cn = 0, cf = 0;
	struct seen s = { .next = 0 };
	bool found = !chosen;
	for (int page = 0; page < PAGES && (page == 0 || s.next); page++) {
		TRY(see(c, &(struct see){ .type = type, .filters = by, .nfilters = nby, .limit = PAGE, .oldest = true, .after = s.next }, &s));
		for (size_t i = 0; i < s.n; i++) {
			struct option o = { arena_fmt(c->a, "%lld", (long long)s.r[i]->id), option_title(c, s.r[i]), s.r[i]->id == chosen };
			found |= o.on;
			if (area_within(s.r[i]->area, c->actor->area))
				VEC_PUSH(c->a, near, nn, cn, o);
			else
				VEC_PUSH(c->a, far, nf, cf, o);
		}
	}
	struct option *all = NEWN(c->a, struct option, nn + nf + 1);
	size_t n = 0;
	if (!found)
		all[n++] = (struct option){ arena_fmt(c->a, "%lld", (long long)chosen), ref_label(c, type, chosen), true };
	for (size_t i = 0; i < nn; i++)
		all[n++] = near[i];
	for (size_t i = 0; i < nf; i++)
		all[n++] = far[i];
	*ret = all;
	*ret_n = n;
	return OK;
}

enum err options_ref(struct ctx *c, const char *type, int64_t chosen, struct option **ret, size_t *ret_n)
{
	const struct filter open = { STR("open"), STR("1") };
	return options_seen(c, type, &open, 1, chosen, ret, ret_n);
}

/* Who may be put in charge: the people of the unit when it is known, else the mediators and the liaisons within reach. A list
 * of the whole city's staff would be too long to choose from and too long to send. */
static enum err options_owner(struct ctx *c, int64_t org, int64_t chosen, struct option **ret, size_t *ret_n)
{
	const struct filter open = { STR("open"), STR("1") };
	struct filter of = { STR("role"), STR("mediator|liaison") };
	if (org)
		of = (struct filter){ STR("org"), arena_fmt(c->a, "%lld", (long long)org) };
	return options_seen(c, "staff", (const struct filter[]){ open, of }, 2, chosen, ret, ret_n);
}

static enum widget widget_of(const struct field *f)
{
	switch (f->type) {
	case F_LONG: return W_AREA;
	case F_INT: return W_NUMBER;
	case F_BOOL: return W_BOOL;
	case F_DATE: return W_DATE;
	case F_TIME: return W_TIME;
	case F_CODE: return W_SELECT;
	case F_CODES: return W_CHECKS;
	case F_AREA: return W_PLACE;
	case F_REF: return W_REF;
	case F_PHONE: return W_TEL;
	default: return W_LINE;
	}
}

struct str face_text(struct ctx *c, const char *msg, const char *arg)
{
	BUF_AUTO b = BUF(4096);
	buf_msg(&b, TRC(c, msg), str_of(arg ? arg : ""), STR_NONE);
	return arena_str(c->a, buf_view(&b));
}

static struct str field_error(struct ctx *c, const struct fault *f, struct str name)
{
	for (int i = 0; i < f->nfields; i++)
		if (str_is(name, f->fields[i].field))
			return face_text(c, f->fields[i].msg, f->fields[i].arg);
	return STR_NONE;
}

struct str face_fault(struct ctx *c, enum err e, const struct fault *f)
{
	const char *msg = f->msg ? f->msg : err_text(e);
	struct str text = face_text(c, msg, f->arg);
	if (!f->hint)
		return text;
	const char *hint = TRC(c, f->hint);
	return arena_fmt(c->a, "%.*s %s", (int)text.n, text.p, hint);
}

/* What the request sent for a field: several values joined by commas. */
static struct str sent(struct req *rq, struct str name)
{
	struct str v = STR_NONE;
	for (size_t i = rq->nquery; i < rq->nparams; i++) {
		if (!str_eq(rq->params[i].name, name))
			continue;
		v = v.p ? arena_fmt(rq->a, "%.*s,%.*s", (int)v.n, v.p, (int)rq->params[i].value.n, rq->params[i].value.p) : rq->params[i].value;
	}
	return v;
}

/* The party visited, the agreement a duty comes from: of this case, and of no other. */
static enum err options_brother(struct ctx *c, const struct field *f, int64_t parent, int64_t chosen, struct form_field *o)
{
	const struct filter by[] = { { STR("open"), STR("1") }, { STR("parent"), arena_fmt(c->a, "%lld", (long long)parent) } };
	return parent ? options_seen(c, f->of, by, 2, chosen, &o->options, &o->noptions) : OK;
}

/* Those that the field has in mind: the police units, where the police are asked. */
static enum err options_among(struct ctx *c, const struct field *f, int64_t chosen, struct form_field *o)
{
	struct filter by[2] = { { STR("open"), STR("1") } };
	struct str value;
	if (!f->among)
		return options_ref(c, f->of, chosen, &o->options, &o->noptions);
	by[1].field = str_cut(str_of(f->among), '=', &value);
	by[1].value = value;
	return options_seen(c, f->of, by, 2, chosen, &o->options, &o->noptions);
}

static enum err fill_options(struct ctx *c, const struct field *f, int64_t parent, struct form_field *o)
{
	int64_t id = 0;
	switch (o->widget) {
	case W_SELECT:
		o->options = options_code(c, f->of, o->value, &o->noptions);
		break;
	case W_CHECKS:
		o->options = options_code(c, f->of, o->value.n && o->value.p[0] != ',' ? arena_fmt(c->a, ",%.*s,", (int)o->value.n, o->value.p) : o->value, &o->noptions);
		break;
	case W_PLACE:
		o->options = options_area(c, str_of(c->actor->area), o->value, &o->noptions);
		break;
	case W_REF:
		(void)str_int(o->value, &id);
		if (type_find(c->app, str_of(f->of))->parent)
			return options_brother(c, f, parent, id, o);
		return options_among(c, f, id, o);
	default:
		break;
	}
	return OK;
}

static enum err make_field(struct req *rq, const struct field *f, const struct rec *r, int i, bool again, struct form_field *ret)
{
	struct ctx *c = ctx_of(rq);
	struct form_field o = { .name = str_of(f->name), .label = str_of(TRC(c, f->label)), .help = f->help ? str_of(TRC(c, f->help)) : STR_NONE,
				.widget = widget_of(f), .max = f->max };
	if (again)
		o.value = sent(rq, o.name);
	else if (!r || f->flags & FF_UNSHOWN)      /* not a fact but a choice of this one act: made anew each time */
		o.value = req_param(rq, f->name);
	else
		o.value = rec_input(c, r, i);
	o.masked = r && r->v[i].set && !o.value.n && rec_hides(r, i);
	if (o.masked && f->secrecy == S_MASKED) {
		o.mask = rec_show(c, r, i);
		o.can_clear = r->sight == SIGHT_FULL && !(f->flags & FF_NEED);
	}
	if (!o.max)
		o.max = f->type == F_LONG ? 20000 : 200;
	o.error = field_error(c, &rq->fault, o.name);
	int64_t parent = r ? r->parent : 0;
	if (!r)
		(void)str_int(req_param(rq, "parent"), &parent);
	TRY(fill_options(c, f, parent, &o));
	*ret = o;
	return OK;
}

/* The unit whose people are asked about: the one in the form, else the one the record has once work is under way. */
static int64_t unit_asked(struct req *rq, const struct rec *r, bool again)
{
	int64_t id = 0;
	struct str v = again ? sent(rq, STR("org")) : req_param(rq, "org");
	if (v.n)
		return str_int(v, &id) ? id : 0;
	return r && strcmp(r->t->name, "case") == 0 && !rec_in(r, "registered|returned|arbitration") ? r->org : 0;
}

/* area, org and owner stand beside a type's own fields. */
static enum err make_common(struct req *rq, struct str name, const struct rec *r, bool again, struct form_field *ret)
{
	struct ctx *c = ctx_of(rq);
	bool area = str_is(name, "area"), org = str_is(name, "org");
	struct form_field o = { .name = name, .widget = area ? W_PLACE : W_REF,
				.label = str_of(area ? TRC(c, N_("Area")) : org ? TRC(c, N_("Responsible unit")) : TRC(c, N_("Person in charge"))) };
	int64_t id = r ? org ? r->org : r->owner : 0;
	if (again)
		o.value = sent(rq, name);
	else if (req_param(rq, arena_cstr(c->a, name)).p)
		o.value = req_param(rq, arena_cstr(c->a, name));
	else if (area)
		o.value = r ? r->area : str_of(c->actor->area);
	else if (id)
		o.value = arena_fmt(c->a, "%lld", (long long)id);
	o.error = field_error(c, &rq->fault, name);
	if (area)
		o.options = options_area(c, str_of(c->actor->area), o.value.n > 12 ? (struct str){ o.value.p, 12 } : o.value, &o.noptions);
	else {
		id = 0;
		(void)str_int(o.value, &id);
		if (org)
			TRY(options_ref(c, "org", id, &o.options, &o.noptions));
		else
			TRY(options_owner(c, unit_asked(rq, r, again), id, &o.options, &o.noptions));
	}
	*ret = o;
	return OK;
}

static bool asked_already(const struct form *f, struct str name)
{
	for (size_t i = 0; i < f->n; i++)
		if (str_eq(f->f[i].name, name))
			return true;
	return false;
}

static enum err add_field(struct req *rq, struct form *o, struct str name, bool need, const struct rec *r, bool again)
{
	int i = field_find(o->t, name);
	const struct field *f = i >= 0 ? &o->t->fields[i] : NULL;
	if (asked_already(o, name) || (f && (f->type == F_JSON || f->type == F_SECRET)))
		return OK;
	struct form_field *one = &o->f[o->n];
	if (f)
		TRY(make_field(rq, f, r, i, again, one));
	else
		TRY(make_common(rq, name, r, again, one));
	one->need = need || (f && !r && (f->flags & FF_NEED));
	o->n++;
	return OK;
}

/* Long forms are read in groups: the heading stands before the first of them. */
static const struct { const char *field, *msg; } groups[] = {
	{ "anonymous", N_("Who reports") }, { "reporter_name", N_("Who reports") }, { "party_a_name", N_("Party A") }, { "party_b_name", N_("Party B") },
	{ "address", N_("Where, and how dangerous") }, { "violence", N_("Where, and how dangerous") },
};

static void set_groups(struct ctx *c, struct form *o)
{
	const char *last = NULL;
	if (o->n < 10)
		return;
	for (size_t i = 0; i < o->n; i++)
		for (size_t k = 0; k < ARRAY_LEN(groups); k++)
			if (str_is(o->f[i].name, groups[k].field) && (!last || strcmp(last, groups[k].msg) != 0)) {
				last = groups[k].msg;
				o->f[i].group = str_of(TRC(c, last));
			}
}

enum err form_make(struct req *rq, const struct rtype *t, const struct step *s, const struct rec *r, enum err e, struct form *ret)
{
	struct ctx *c = ctx_of(rq);
	struct form o = { .t = t, .s = s, .id = r ? r->id : 0, .version = r ? r->version : 0, .submit = str_of(TRC(c, s->label)),
			  .danger = s->flags & STEP_DANGER, .f = NEWN(c->a, struct form_field, t->nfields + 4) };
	const char *at = s->fields;
	struct str w;
	bool need, again = e != OK;
	struct fault keep = rq->fault;
	char key[TOKEN_TEXT];
	while (step_field(&at, &w, &need)) {
		if (!str_is(w, "*")) {
			TRY(add_field(rq, &o, w, need, r, again));
			continue;
		}
		for (size_t i = 0; i < t->nfields; i++)
			if (!(t->fields[i].flags & FF_SYSTEM) && !(r && (t->fields[i].flags & FF_ONCE)))
				TRY(add_field(rq, &o, str_of(t->fields[i].name), need, r, again));
	}
	set_groups(c, &o);
	token_new(key);
	struct str sent_key = again ? req_param(rq, "idem") : STR_NONE;
	o.idem = sent_key.n ? sent_key : arena_str(c->a, (struct str){ key, 22 });
	o.url = r ? arena_fmt(c->a, "/%s/%lld/%s", t->name, (long long)r->id, s->verb) : arena_fmt(c->a, "/%s/new", t->name);
	if (again)
		o.error = face_fault(c, e, &keep);
	(void)str_int(req_param(rq, "parent"), &o.parent);
	*ret = o;
	return OK;
}

/* A masked value is not in the form: sent empty it was left alone, unless the box beside it says that it shall go. */
static bool untouched(struct req *rq, const struct rtype *t, int64_t id, struct str name)
{
	int i = field_find(t, name);
	if (!id || i < 0 || t->fields[i].secrecy != S_MASKED || str_trim(sent(rq, name)).n)
		return false;
	for (size_t k = rq->nquery; k < rq->nparams; k++)
		if (str_is(rq->params[k].name, "clear") && str_eq(rq->params[k].value, name))
			return false;
	return true;
}

struct act form_act(struct req *rq, const struct rtype *t, const struct step *s, int64_t id)
{
	struct input *in = NEWN(rq->a, struct input, t->nfields + 4);
	size_t n = 0;
	for (size_t i = rq->nquery; i < rq->nparams; i++) {
		struct str name = rq->params[i].name;
		bool known = field_find(t, name) >= 0 || str_is(name, "area") || str_is(name, "org") || str_is(name, "owner"), twice = false;
		for (size_t k = 0; k < n; k++)
			twice |= str_eq(in[k].name, name);
		if (!known || twice || untouched(rq, t, id, name))
			continue;
		must(n < t->nfields + 4);
		in[n++] = (struct input){ name, sent(rq, name) };
	}
	int64_t version = 0;
	(void)str_int(req_param(rq, "version"), &version);
	int64_t parent = 0;
	(void)str_int(req_param(rq, "parent"), &parent);
	return (struct act){ .type = t->name, .verb = s->verb, .id = id, .version = version, .parent = parent, .in = in, .nin = n, .idem = req_param(rq, "idem") };
}
