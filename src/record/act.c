/* Why: the one door.  Everything that changes anything, from any face, comes through act(): permission, validation,
 * lifecycle, writing, journal, tallies, clocks and follow-ups, in the caller's one transaction.
 * Invariants: a record changes only with its version; each change has exactly one journal leaf. */
#include "record/inner.h"
#include "record/keystore.h"
#include "text/text.h"
#include <stdio.h>
#include <stdlib.h>

/* The common columns that a step may name beside its fields. */
static bool common_input(struct str name) { return str_is(name, "area") || str_is(name, "org") || str_is(name, "owner"); }

static bool step_allows(const struct step *s, const struct rtype *t, struct str name)
{
	const char *at = s->fields;
	struct str w;
	bool need;
	while (step_field(&at, &w, &need)) {
		if (str_eq(w, name))
			return true;
		int i = field_find(t, name);
		if (str_is(w, "*") && (i < 0 ? common_input(name) : !(t->fields[i].flags & FF_SYSTEM)))
			return true;
	}
	return false;
}

static enum err set_common(struct ctx *c, struct rec *now, const struct input *in)
{
	struct str v = str_trim(in->value);
	if (!v.n)
		return OK;
	if (str_is(in->name, "area")) {
		if (v.n > 15 || !code_find(c->app->codes, "area", v.n > 12 ? (struct str){ v.p, 12 } : v))
			fault_field(c->f, "area", N_("There is no area with the code “%s”."), arena_cstr(c->a, v));
		else
			now->area = arena_str(c->a, v);
		return OK;
	}
	int64_t id;
	if (!str_int(v, &id) || id <= 0)
		fault_field(c->f, str_is(in->name, "org") ? "org" : "owner", N_("Please choose a record."), NULL);
	else if (str_is(in->name, "org"))
		now->org = id;
	else
		now->owner = id;
	return OK;
}

/* A reference must point at a record that is there and that the actor may see. */
static enum err check_ref(struct ctx *c, const struct field *f, int64_t id)
{
	const struct rtype *t = type_find(c->app, str_of(f->of));
	struct rec *r;
	struct fault ignored = { 0 }, *was = c->f;
	must(t != NULL);
	c->f = &ignored;
	enum err e = rec_load(c, plan_of(c->app, t), id, &r);
	c->f = was;
	if (e != OK && e != ERR_NOT_FOUND)   /* it may be there: the store failed, and that is no fault of what was sent */
		return fail(c->f, e, NULL, "%s", ignored.detail);
	/* What one may not see cannot be told from what is not there. */
	bool inside = c->depth > 0 || c->actor->role == ROLE_SYSTEM;
	if (e != OK || (!inside && sight_of(c, t, r) == SIGHT_NONE))
		fault_field(c->f, f->name, N_("Please choose a record."), NULL);
	return OK;
}

/* A program that reads a record and sends it back whole sends the mask: the name “王*” must not become the name. */
static bool mask_came_back(struct ctx *c, const struct rec *now, int i, struct str raw)
{
	const struct field *f = &now->t->fields[i];
	return f->secrecy == S_MASKED && now->version && now->v[i].set && raw.n && str_find(raw, STR("*")) >= 0 &&
	       str_eq(str_trim(raw), show_masked(c, f, value_text(c, now, i)));
}

static enum err apply_inputs(struct ctx *c, const struct act *in, const struct step *s, struct rec *now)
{
	const struct rtype *t = now->t;
	for (size_t k = 0; k < in->nin; k++) {
		struct str name = in->in[k].name;
		int i = field_find(t, name);
		bool internal = c->depth > 0 || c->actor->role == ROLE_SYSTEM;
		if ((i < 0 && !common_input(name)) || !(step_allows(s, t, name) || (internal && i >= 0 && step_allows(s, t, STR("*"))))) {
			fault_field(c->f, arena_cstr(c->a, utf8_head(name, 40)), N_("This field cannot be set in this step."), NULL);
			continue;
		}
		if (i < 0) {
			(void)set_common(c, now, &in->in[k]);
			continue;
		}
		const struct field *f = &t->fields[i];
		if ((f->flags & FF_SYSTEM) && !internal && !step_allows(s, t, name))
			continue;
		if ((f->flags & FF_ONCE) && now->version && now->v[i].set)
			continue;
		struct value v;
		if (mask_came_back(c, now, i, in->in[k].value))
			continue;
		if (!ahead_parsed(c, in, k, &v)) {
			if (!value_parse(c, t, f, in->in[k].value, &v))
				continue;
			ahead_keep(c, in, k, &v);
		}
		if (f->type == F_REF && v.set && v.i != now->v[i].i)
			TRY(check_ref(c, f, v.i));
		now->v[i] = v;
	}
	return OK;
}

/* A field that was refused for what it held needs no second word. */
static bool refused_already(const struct ctx *c, struct str name)
{
	for (int i = 0; i < c->f->nfields; i++)
		if (str_is(name, c->f->fields[i].field))
			return true;
	return false;
}

static void check_needs(struct ctx *c, const struct step *s, const struct rec *old, const struct rec *now)
{
	const char *at = s->fields;
	struct str w;
	bool need;
	while (step_field(&at, &w, &need)) {
		if (!need)
			continue;
		int i = field_find(now->t, w);
		bool have = i >= 0 ? now->v[i].set : str_is(w, "area") ? now->area.n > 0 : str_is(w, "org") ? now->org > 0 : now->owner > 0;
		if (!have && !refused_already(c, w))
			fault_field(c->f, arena_cstr(c->a, w), N_("Please fill this in."), NULL);
	}
	if (old)
		return;
	for (size_t i = 0; i < now->t->nfields; i++)
		if ((now->t->fields[i].flags & FF_NEED) && !now->v[i].set && !refused_already(c, str_of(now->t->fields[i].name)))
			fault_field(c->f, now->t->fields[i].name, N_("Please fill this in."), NULL);
}

/* ---- writing ---- */

/* rec_seal() has been called. */
static struct val column_value(const struct plan *p, const struct rec *now, int i)
{
	const struct field *f = &p->t->fields[i];
	struct value *v = &now->v[i];
	if (!v->set)
		return VN;
	if (field_numeric(f))
		return VI(v->i);
	if (!field_sealed(f))
		return VS(v->s);
	must(v->sealed.p);
	return VB(v->sealed.p, v->sealed.n);
}

static struct val blind_value(struct ctx *c, const struct plan *p, const struct rec *now, int i)
{
	const struct field *f = &p->t->fields[i];
	struct val known;
	if (!now->v[i].set)
		return VN;
	if (ahead_blind(c, now, i, &known))
		return known;
	return blind_of(c, f, field_sealed(f) ? blind_epoch(now->v[i].sealed) : 0, value_text(c, now, i));
}

enum err rec_write_new(struct ctx *c, const struct plan *p, struct rec *now)
{
	struct val a[200];
	size_t n = 0;
	TRY(rec_seal(c, NULL, now));
	a[n++] = VI(now->id);
	a[n++] = VI(now->version);
	a[n++] = now->parent ? VI(now->parent) : VN;
	a[n++] = VS(now->state);
	a[n++] = VS(now->number);
	a[n++] = VS(now->area);
	a[n++] = VS(area_cut(now->area, 9));
	a[n++] = VS(area_cut(now->area, 12));
	a[n++] = VI(now->org);
	a[n++] = now->owner ? VI(now->owner) : VN;
	a[n++] = VI(now->creator);
	a[n++] = VI(now->created);
	a[n++] = VI(now->updated);
	for (size_t i = 0; i < p->t->nfields; i++) {
		must(n + 2 < ARRAY_LEN(a));
		a[n++] = column_value(p, now, (int)i);
		if (p->t->fields[i].flags & FF_BLIND)
			a[n++] = blind_value(c, p, now, (int)i);
	}
	return db_exec(c->db, c->f, p->insert, a, n, NULL);
}

static enum err write_change(struct ctx *c, const struct plan *p, const struct rec *old, struct rec *now)
{
	struct val a[200];
	size_t n = 0;
	TRY(rec_seal(c, old, now));
	BUF_AUTO q = BUF(65536);
	buf_printf(&q, "UPDATE %s SET version = ?, updated = ?", p->table);
	a[n++] = VI(now->version);
	a[n++] = VI(now->updated);
	if (!str_eq(old->state, now->state)) {
		buf_cstr(&q, ", state = ?");
		a[n++] = VS(now->state);
	}
	if (!str_eq(old->area, now->area)) {
		buf_cstr(&q, ", area = ?, town = ?, comm = ?");
		a[n++] = VS(now->area);
		a[n++] = VS(area_cut(now->area, 9));
		a[n++] = VS(area_cut(now->area, 12));
	}
	if (old->org != now->org || old->owner != now->owner) {
		buf_cstr(&q, ", org = ?, owner = ?");
		a[n++] = VI(now->org);
		a[n++] = now->owner ? VI(now->owner) : VN;
	}
	for (size_t i = 0; i < p->t->nfields; i++) {
		const struct field *f = &p->t->fields[i];
		if (!rec_changed(c, old, now, f->name))
			continue;
		must(n + 3 < ARRAY_LEN(a));
		buf_printf(&q, ", %s = ?", f->name);
		a[n++] = column_value(p, now, (int)i);
		if (f->flags & FF_BLIND) {
			buf_printf(&q, ", %s_bi = ?", f->name);
			a[n++] = blind_value(c, p, now, (int)i);
		}
	}
	buf_cstr(&q, " WHERE id = ? AND version = ?");
	a[n++] = VI(now->id);
	a[n++] = VI(old->version);
	int64_t changed = 0;
	TRY(db_exec(c->db, c->f, arena_cstr(c->a, buf_view(&q)), a, n, &changed));
	return changed ? OK : fail(c->f, ERR_STALE, NULL, NULL);
}

/* A text's place in the journal: a keyed hash bound to the record and field, so that what it was can be proved to who holds the text, and
 * cannot be guessed or compared with another record's by who holds the journal. */
void journal_mark(struct ctx *c, const struct rec *r, size_t i, struct buf *b)
{
	unsigned char h[16];
	char *place = arena_printf(c->a, "journal/%s/%s/%lld", r->t->name, r->t->fields[i].name, (long long)r->id);
	if (!r->v[i].set) {
		buf_cstr(b, "null");
		return;
	}
	blind_index(c->app->keys, place, field_numeric(&r->t->fields[i]) ? arena_fmt(c->a, "%lld", (long long)r->v[i].i) : value_text(c, r, (int)i), h);
	buf_cstr(b, "\"#");
	hex_put(b, h, 8);
	buf_char(b, '"');
}

struct str journal_row_mark(struct ctx *c, const struct rec *r)
{
	unsigned char h[16];
	BUF_AUTO b = BUF(64);
	blind_index(c->app->keys, arena_printf(c->a, "journal/%s//%lld", r->t->name, (long long)r->id),
		    arena_fmt(c->a, "%lld|%lld|%lld|%lld|%lld|%.*s|%.*s", (long long)r->parent, (long long)r->org, (long long)r->owner, (long long)r->creator, (long long)r->created,
			      (int)r->area.n, r->area.n ? r->area.p : "", (int)r->number.n, r->number.n ? r->number.p : ""), h);
	buf_char(&b, '#');
	hex_put(&b, h, 8);
	return arena_str(c->a, buf_view(&b));
}

/* What changed, by name; plain codes and numbers with their value, so that a history can be read; of personal text only its mark, and of
 * what stood there before. */
struct str journal_body(struct ctx *c, const struct rec *old, const struct rec *now)
{
	BUF_AUTO b = BUF(16384);
	buf_cstr(&b, "{\"to\":");
	json_str(&b, now->state);
	if (old && !str_eq(old->state, now->state)) {
		buf_cstr(&b, ",\"from\":");
		json_str(&b, old->state);
	}
	if (old && old->org != now->org)
		buf_printf(&b, ",\"org\":\"%lld\"", (long long)now->org);
	if (old && old->owner != now->owner)
		buf_printf(&b, ",\"owner\":\"%lld\"", (long long)now->owner);
	buf_cstr(&b, ",\"row\":");
	json_str(&b, journal_row_mark(c, now));
	BUF_AUTO was = BUF(16384);
	buf_cstr(&b, ",\"set\":{");
	const char *sep = "";
	for (size_t i = 0; i < now->t->nfields; i++) {
		const struct field *f = &now->t->fields[i];
		if (f->type == F_SECRET || f->type == F_JSON || !rec_changed(c, old, now, f->name))
			continue;
		buf_printf(&b, "%s\"%s\":", sep, f->name);
		sep = ",";
		if (!now->v[i].set)
			buf_cstr(&b, "null");
		else if (field_numeric(f) && f->type != F_REF)
			buf_int(&b, now->v[i].i);
		else if (f->type == F_CODE || f->type == F_CODES || f->type == F_AREA)
			json_str(&b, now->v[i].s);
		else
			journal_mark(c, now, i, &b);
		if (old && old->v[i].set) {
			buf_printf(&was, "%s\"%s\":", was.n ? "," : "", f->name);
			journal_mark(c, old, i, &was);
		}
	}
	buf_char(&b, '}');
	if (was.n) {
		buf_cstr(&b, ",\"was\":{");
		buf_str(&b, buf_view(&was));
		buf_char(&b, '}');
	}
	buf_char(&b, '}');
	return arena_str(c->a, buf_view(&b));
}

/* ---- steps ---- */

static enum err pick_step(struct ctx *c, const struct act *in, const struct rec *old, const struct rec *now, const struct step **ret)
{
	const struct rtype *t = now->t;
	struct str state = old ? old->state : STR_NONE;
	const struct step *near = NULL;
	bool known = false, fits = false;
	for (size_t i = 0; i < t->nsteps; i++) {
		const struct step *s = &t->steps[i];
		if (strcmp(s->verb, in->verb) != 0)
			continue;
		known = true;
		bool from = !s->from[0] ? !old : old && (strcmp(s->from, "*") == 0 || rec_in(old, s->from));
		if (!from)
			continue;
		fits = true;
		bool system = c->depth > 0 || c->actor->role == ROLE_SYSTEM;
		/* What belongs to another record has its place and unit from the start. */
		const struct rec *at = old ? old : t->parent && now->parent && s->scope != SC_OWN ? now : NULL;
		if (!system && ((s->flags & STEP_INTERNAL) || !(s->roles & 1u << c->actor->role) || (at && !scope_match(c, s->scope, at))))
			continue;
		/* What belongs to a record has its place and unit already: of several rows the one that holds there. */
		if (!old && now->parent && !system && !(s->scope == SC_OWN ? now->owner == c->actor->user : scope_match(c, s->scope, now))) {
			near = near ? near : s;
			continue;
		}
		*ret = s;
		return OK;
	}
	if (near) {
		*ret = near;      /* check_new_scope() says why not */
		return OK;
	}
	if (!known)
		return fail(c->f, ERR_NOT_FOUND, N_("There is no such step."), "verb %s.%.20s", t->name, in->verb);
	if (!fits)
		return fail(c->f, ERR_STATE, NULL, "%s.%s from %.*s", t->name, in->verb, (int)state.n, state.p ? state.p : "");
	return fail(c->f, ERR_DENIED, NULL, "%s.%s", t->name, in->verb);
}

static enum err load_parent(struct ctx *c, const struct rtype *t, int64_t id, struct rec **ret)
{
	const struct rtype *pt = type_find(c->app, str_of(t->parent));
	must(pt != NULL);
	TRY(rec_load(c, plan_of(c->app, pt), id, ret));
	(*ret)->sight = sight_of(c, pt, *ret);
	if (c->depth == 0 && (*ret)->sight == SIGHT_NONE)
		return fail(c->f, ERR_NOT_FOUND, NULL, NULL);
	return OK;
}

static enum err start_new(struct ctx *c, const struct rtype *t, const struct act *in, struct rec **ret)
{
	struct rec *now = NEW(c->a, struct rec);
	now->t = t;
	now->id = c->ahead && c->ahead->id ? c->ahead->id : id_new(c->now);
	now->parent = in->parent;
	now->creator = c->actor->user;
	now->created = now->updated = c->now;
	now->v = NEWN(c->a, struct value, t->nfields);
	now->area = in->area.n ? in->area : str_of(c->actor->area);
	now->org = in->org ? in->org : c->actor->org;
	now->owner = in->owner;
	now->sight = SIGHT_FULL;
	if (t->parent && in->parent) {
		struct rec *parent;
		TRY(load_parent(c, t, in->parent, &parent));
		now->area = parent->area;
		now->org = in->org ? in->org : parent->org;
		now->owner = in->owner ? in->owner : parent->owner;
	} else if (t->parent && c->actor->role != ROLE_SYSTEM && c->depth == 0) {
		return fail(c->f, ERR_INVALID, N_("This can only be added to an existing record."), "%s has no parent", t->name);
	}
	*ret = now;
	return OK;
}

/* At creation the scope is asked of the new record, once its area and unit are known; what one makes oneself counts as
 * one's own only where nothing above owns it. */
static enum err check_new_scope(struct ctx *c, const struct step *s, const struct rec *now)
{
	if (c->depth > 0 || c->actor->role == ROLE_SYSTEM)
		return OK;
	bool ok = s->scope == SC_OWN ? !now->parent || now->owner == c->actor->user : scope_match(c, s->scope, now);
	return ok ? OK : fail(c->f, ERR_DENIED, N_("This place or unit is outside your area."), "%s.create", now->t->name);
}

static enum err give_number(struct ctx *c, struct rec *now)
{
	if (!now->t->number || now->number.n)
		return OK;
	return number_next(c, now->t->number, civil_of(c->now).year, &now->number);
}

static enum err idem_find(struct ctx *c, const struct act *in, struct done *ret)
{
	ROWS r = NULL;
	bool more;
	TRY(db_rows(c->db, c->f, "SELECT type, verb, rid, version FROM idem WHERE actor = ? AND key = ?", ARGS(VI(c->actor->user), VS(in->idem)), &r));
	TRY(rows_next(r, &more));
	if (!more)
		return OK;
	if (!str_is(rows_text(r, 0), in->type) || !str_is(rows_text(r, 1), in->verb) || (in->id && rows_int(r, 2) != in->id))
		return fail(c->f, ERR_DUPLICATE, N_("This idempotency key was used for something else."), NULL);
	*ret = (struct done){ .id = rows_int(r, 2), .version = rows_int(r, 3), .again = true };
	return OK;
}

static enum err idem_keep(struct ctx *c, const struct act *in, const struct rec *now)
{
	return db_exec(c->db, c->f, "INSERT INTO idem (actor, key, type, verb, rid, version, ms) VALUES (?, ?, ?, ?, ?, ?, ?)",
		       ARGS(VI(c->actor->user), VS(in->idem), VS(str_of(in->type)), VS(str_of(in->verb)), VI(now->id), VI(now->version), VI(now_ms())),
		       NULL);
}

enum err idem_sweep(struct ctx *c)
{
	return db_exec(c->db, c->f, "DELETE FROM idem WHERE ms < ?", ARGS(VI(c->now - 30 * MS_DAY)), NULL);
}

static enum err change(struct ctx *c, const struct act *in, const struct step *s, const struct rec *old, struct rec *now)
{
	const struct plan *p = plan_of(c->app, now->t);
	now->version = old ? old->version + 1 : 1;
	now->updated = c->now;
	if (strcmp(s->to, "=") == 0)
		;
	else if (strcmp(s->to, "?") != 0)
		now->state = str_of(s->to);
	if (!now->state.n)
		return fail(c->f, ERR_INTERNAL, NULL, "%s.%s sets no state", now->t->name, s->verb);
	if (!old)
		TRY(give_number(c, now));
	TRY(old ? write_change(c, p, old, now) : rec_write_new(c, p, now));
	TRY(search_index(c, p, old, now));
	TRY(tally_apply(c, old, now));
	if (old && (old->org != now->org || old->owner != now->owner || !str_eq(old->area, now->area)))
		TRY(due_follow(c, now));
	if (old)
		TRY(due_words(c, now, s->meets, due_meet));
	TRY(due_words(c, now, s->starts, old ? due_start : due_first));
	TRY(journal_act(c, now->t, in->verb, old, now, journal_body(c, old, now)));
	return OK;
}

enum err fresh_need(struct ctx *c)
{
	int64_t minutes, since = steady_ms() - c->actor->proved;
	if (c->actor->role == ROLE_SYSTEM || c->actor->proved == PROVED_ALWAYS)
		return OK;
	TRY(setting_count(c, "fresh.minutes", FRESH_MINUTES, 1, 60, &minutes));
	return c->actor->proved && since >= 0 && since <= minutes * MS_MINUTE ? OK : fail(c->f, ERR_FRESH, NULL, NULL);
}

enum err act_decide(struct ctx *c, const struct act *in, struct deed *d)
{
	const struct rtype *t = d->t;
	if (in->id || in->parent)   /* what is new and stands alone is open or shut to nobody yet */
		TRY(access_ready(c));
	if (in->id) {
		TRY(rec_load(c, d->p, in->id, &d->old));
		if (may(c, t, "view", d->old) == MAY_HIDE)
			return fail(c->f, ERR_NOT_FOUND, NULL, NULL);
		if (in->version && in->version != d->old->version)
			return fail(c->f, ERR_STALE, NULL, "%s %lld is at %lld", t->name, (long long)d->old->id, (long long)d->old->version);
		d->now = rec_copy(c, d->old);
		d->now->sight = SIGHT_FULL;
	} else {
		TRY(start_new(c, t, in, &d->now));
	}
	TRY(pick_step(c, in, d->old, d->now, &d->s));
	TRY(apply_inputs(c, in, d->s, d->now));
	check_needs(c, d->s, d->old, d->now);
	if (c->f->nfields)
		return fail(c->f, ERR_INVALID, NULL, NULL);
	if (!d->old)
		TRY(check_new_scope(c, d->s, d->now));
	if (d->s->prepare)
		TRY(d->s->prepare(c, d->old, d->now));
	if (t->check)
		TRY(t->check(c, d->old, d->now));
	return c->f->nfields ? fail(c->f, ERR_INVALID, NULL, NULL) : OK;
}

static enum err act_write(struct ctx *c, const struct act *in, struct done *ret)
{
	struct deed d = { .t = type_find(c->app, str_of(in->type)) };
	struct done known = { 0 };
	if (!d.t)
		return fail(c->f, ERR_NOT_FOUND, NULL, "type %.20s", in->type);
	must(db_can_write(c->db));
	if (c->app->halt != HALT_NONE) {
		enum halt h = (enum halt)c->app->halt;
		c->f->hint = halt_hint(h);
		return fail(c->f, h == HALT_ROOM ? ERR_FULL : ERR_DB, halt_text(h), "halted");
	}
	if (c->depth > 8)
		return fail(c->f, ERR_INTERNAL, NULL, "act() in itself too deep at %s.%s", in->type, in->verb);
	if (!c->depth)
		c->access = NULL, c->above.t = NULL;   /* what the page before it read may be older than this transaction */
	d.p = plan_of(c->app, d.t);
	if (in->idem.n) {
		if (in->idem.n > 100)
			return fail(c->f, ERR_INVALID, N_("The idempotency key is longer than 100 characters."), NULL);
		TRY(idem_find(c, in, &known));
		if (known.again) {
			TRY(rec_load(c, d.p, known.id, &known.rec));
			known.rec->sight = sight_of(c, d.t, known.rec);
			if (c->depth == 0 && c->actor->role != ROLE_SYSTEM && access_mine(c, d.t, known.rec) & ACCESS_OUT)
				return fail(c->f, ERR_NOT_FOUND, NULL, NULL);
			*ret = known;
			return OK;
		}
	}
	TRY(act_decide(c, in, &d));
	if (d.s->flags & STEP_FRESH)   /* last, so that she is not asked for what would be refused anyway */
		TRY(fresh_need(c));
	TRY(change(c, in, d.s, d.old, d.now));
	int64_t wrote = db_execs(c->db);
	if (d.s->effect)
		TRY(d.s->effect(c, d.old, d.now));
	if (c->f->nfields)
		return fail(c->f, ERR_INVALID, NULL, NULL);
	bool alone = db_execs(c->db) == wrote;   /* nothing followed but questions: the record is what was written */
	if (!alone)
		TRY(rec_load(c, d.p, d.now->id, &d.now));
	/* Nobody can have been let in to a record made in this transaction, or kept from it, but by what followed. */
	const struct access_set *seen = c->access;
	c->above.t = NULL;
	if (alone && !d.old && !d.now->parent)
		access_none(c);
	else
		TRY(access_ready(c));
	d.now->sight = sight_of(c, d.t, d.now);
	c->access = seen;
	if (in->idem.n)
		TRY(idem_keep(c, in, d.now));
	*ret = (struct done){ .id = d.now->id, .version = d.now->version, .rec = d.now };
	return OK;
}

enum err act(struct ctx *c, const struct act *in, struct done *ret)
{
	struct ahead *was = c->ahead;
	c->ahead = in->ahead;
	enum err e = act_write(c, in, ret);
	c->ahead = was;
	return e;
}

enum err act_inner(struct ctx *c, const struct act *in, struct done *ret)
{
	c->depth++;
	enum err e = act(c, in, ret);
	c->depth--;
	return e;
}

static enum err act_job(struct ctx *c, void *arg)
{
	void **p = arg;
	return act(c, p[0], p[1]);
}

enum err act_now(struct ctx *c, const struct act *in, struct done *ret)
{
	struct act mine = *in;
	if ((c->db || ctx_read(c) == OK) && !db_can_write(c->db))
		act_ahead(c, &mine);
	return ctx_write(c, act_job, (void *[]){ &mine, ret });
}
