/* Why: a record, its history, its clocks and its place in the flow are shown from the tables that also rule them. */
#include "face/face.h"
#include <jansson.h>
#include <stdio.h>

struct cover cover_of(struct ctx *c, const struct rec *r, int i, struct str at)
{
	const struct field *f = &r->t->fields[i];
	struct cover o = { .can = rec_covers(r, i), .open = r->bare == i + 1, .phone = f->type == F_PHONE, .field = str_of(f->name), .at = at };
	if (!o.can && !o.open)
		return o;
	int safe = field_find(r->t, STR("safe_contact"));
	struct rec shut = *r;
	shut.bare = 0;
	o.url = arena_fmt(c->a, "/%s/%lld/reveal", r->t->name, (long long)r->id);
	o.mask = rec_show(c, &shut, i);
	o.unsafe = o.phone && safe >= 0 && str_is(r->v[safe].s, "no");
	if (o.open && o.phone && !o.unsafe)
		o.tel = rec_show(c, r, i);
	return o;
}

struct shown *record_shown(struct ctx *c, const struct rec *r, size_t *ret_n)
{
	struct shown *v = NULL;
	size_t n = 0, cap = 0;
	for (size_t i = 0; i < r->t->nfields; i++) {
		const struct field *f = &r->t->fields[i];
		if (!r->v[i].set || f->type == F_JSON || f->type == F_SECRET || f->flags & FF_UNSHOWN)
			continue;
		struct shown s = { .label = str_of(TRC(c, f->label)), .value = rec_show(c, r, (int)i), .lines = f->type == F_LONG,
				   .masked = rec_hides(r, (int)i) && !rec_covers(r, (int)i), .cover = cover_of(c, r, (int)i, STR_NONE) };
		if (f->type == F_REF && ref_open(c, f->of, r->v[i].i))
			s.url = arena_fmt(c->a, "/%s/%lld", f->of, (long long)r->v[i].i);
		VEC_PUSH(c->a, v, n, cap, s);
	}
	*ret_n = n;
	return v;
}

static const char *step_label(const struct rtype *t, struct str verb)
{
	for (size_t i = 0; i < t->nsteps; i++)
		if (str_is(verb, t->steps[i].verb))
			return t->steps[i].label;
	static const struct { const char *verb, *label; } notes[] = {
		{ "view", N_("Opened") }, { "reveal", N_("Shown uncovered") }, { "receipt", N_("Number given to a party") }, { "print", N_("Paper made") },
		{ "look", N_("Sealed entry looked at") }, { "fetch", N_("File fetched") }, { "export", N_("Exported") },
	};
	for (size_t i = 0; i < ARRAY_LEN(notes); i++)
		if (str_is(verb, notes[i].verb))
			return notes[i].label;
	return NULL;
}

static struct str state_text(struct ctx *c, const struct rtype *t, const char *name)
{
	for (size_t i = 0; name && i < t->nstates; i++)
		if (strcmp(t->states[i].name, name) == 0)
			return str_of(TRC(c, t->states[i].label));
	return STR_NONE;
}

/* "→ Accepted; Grade: red": the state reached and the codes that were set; of an edit, the names of what it touched. */
static struct str event_detail(struct ctx *c, const struct rtype *t, struct str verb, struct str body)
{
	json_t *j = json_loadb(body.p, body.n, 0, NULL);
	BUF_AUTO b = BUF(4096);
	struct str to = state_text(c, t, json_string_value(json_object_get(j, "to")));
	bool edit = str_is(verb, "edit") || str_is(verb, "amend"), zh = c->lang == LANG_ZH;
	if (json_object_get(j, "from") && to.n) {
		buf_cstr(&b, "→ ");
		buf_str(&b, to);
	}
	const char *name;
	json_t *v;
	int shown = 0;
	json_object_foreach(json_object_get(j, "set"), name, v) {
		int i = field_find(t, str_of(name));
		bool coded = i >= 0 && t->fields[i].type == F_CODE && json_is_string(v);
		if (i < 0 || (t->fields[i].flags & FF_SYSTEM) || !(coded || edit) || shown++ >= 6)
			continue;
		buf_cstr(&b, b.n ? zh ? "；" : "; " : "");
		buf_cstr(&b, TRC(c, t->fields[i].label));
		if (coded) {
			buf_cstr(&b, zh ? "：" : ": ");
			buf_str(&b, code_label(c->app->codes, t->fields[i].of, str_of(json_string_value(v)), c->lang));
		}
	}
	json_decref(j);
	return arena_str(c->a, buf_view(&b));
}

enum err record_history(struct ctx *c, const struct rec *r, struct event **ret, size_t *ret_n)
{
	struct journal_row *j;
	size_t n;
	TRY(journal_of(c, r->t->name, r->id, &j, &n));
	struct event *e = NEWN(c->a, struct event, n + 1);
	size_t kept = 0;
	for (size_t i = 0; i < n; i++) {
		bool again = false;
		/* Who read it is said once each, with the last time; the journal has them all. */
		for (size_t k = i + 1; k < n && !again && str_is(j[i].verb, "view"); k++)
			again = j[k].user == j[i].user && str_is(j[k].verb, "view");
		if (again)
			continue;
		const char *label = step_label(r->t, j[i].verb);
		e[kept++] = (struct event){ datetime_str(c->a, j[i].ms), j[i].user ? j[i].name : str_of(TRC(c, N_("System"))), label ? str_of(TRC(c, label)) : j[i].verb,
				       event_detail(c, r->t, j[i].verb, j[i].body) };
	}
	*ret = e;
	*ret_n = kept;
	return OK;
}

/* ---- clocks ---- */

static struct str left_text(struct ctx *c, const struct due *d)
{
	int64_t ms = d->due - c->now;
	if (d->state == DUE_MET)
		return str_of(d->met > d->due ? TRC(c, N_("Done late")) : TRC(c, N_("Done in time")));
	if (d->state == DUE_SUSPENDED)
		return str_of(TRC(c, N_("Paused")));
	if (d->state == DUE_CANCELLED)
		return str_of(TRC(c, N_("Cancelled")));
	bool late = ms < 0;
	ms = late ? -ms : ms;
	/* The number counts whole days, hours or minutes: it changes with the next one, which the step to a smaller unit is too. */
	int64_t unit = ms >= 2 * MS_DAY ? MS_DAY : ms >= 2 * MS_HOUR ? MS_HOUR : MS_MINUTE;
	int64_t next = c->now + (late ? unit - ms % unit : ms % unit + 1);
	c->until = next < c->until ? next : c->until;
	char num[24];
	bool days = unit == MS_DAY, hours = unit == MS_HOUR;
	snprintf(num, sizeof num, "%lld", (long long)(ms / unit));
	const char *msg = days ? late ? N_("%s days late") : N_("%s days left") : hours ? late ? N_("%s hours late") : N_("%s hours left")
			: late ? N_("%s minutes late") : N_("%s minutes left");
	return face_text(c, msg, num);
}

struct clock_row clock_row(struct ctx *c, const struct due *d)
{
	static const char *const names[] = { "none", "green", "yellow", "red" };
	struct clock_row o = { .label = due_rule_label(c, d->rule), .due = datetime_str(c->a, d->due), .left = left_text(c, d), .explain = due_explain(c, d),
			       .url = arena_fmt(c->a, "/%.*s/%lld", (int)d->type.n, d->type.p, (long long)d->rid), .light = due_light(c, d), .level = d->level, .running = d->state == DUE_RUNNING };
	o.light_name = names[o.light];
	int64_t turns = due_turns(c, d);
	c->until = turns < c->until ? turns : c->until;
	return o;
}

enum err clocks_of(struct ctx *c, const struct rec *r, struct clock_row **ret, size_t *ret_n)
{
	struct due *d;
	size_t n;
	TRY(due_list(c, r->t->name, r->id, &d, &n));
	struct clock_row *o = NEWN(c->a, struct clock_row, n + 1);
	for (size_t i = 0; i < n; i++)
		o[i] = clock_row(c, &d[i]);
	*ret = o;
	*ret_n = n;
	return OK;
}
