/* Why: the same woman stands in the register as 张丽 and as 章莉; who opens one must be led to the other, and two women of one name must never become one.
 * Who does what: once a week the register is compared as a whole (link/); the federation of their place, and of two towns that of the city, decides, with a reason.
 * Invariants: the machine only proposes; two ID numbers that hold and differ are never proposed, nor a pair that was decided; who decides may open both persons;
 * nothing is copied or removed: the one points to the other, and undone they stand as before. */
#include "people/inner.h"
#include "base/embedded.h"
#include "link/person.h"
#include "people/twin.h"
#include "text/text.h"
#include <math.h>
#include <stdlib.h>

enum { PAGE = 500, PROPOSED = 2000 /* a run; the surest first */, ENOUGH = 200 /* pairs expected, to learn from the register itself */ };
#define LEAST 0.585          /* bits: 0.6 */

static const struct field fields[] = {
	{ .name = "first", .label = N_("One person"), .type = F_REF, .of = "person", .flags = FF_NEED | FF_LIST | FF_FILTER | FF_ONCE },
	{ .name = "second", .label = N_("The other person"), .type = F_REF, .of = "person", .flags = FF_NEED | FF_LIST | FF_FILTER | FF_ONCE },
	{ .name = "sure", .label = N_("How sure, in percent"), .type = F_INT, .flags = FF_LIST | FF_ONCE, .max = 100 },
	{ .name = "bits", .label = N_("Weight of each reason"), .type = F_TEXT, .flags = FF_ONCE | FF_UNSHOWN, .max = 200 },
	{ .name = "note", .label = N_("Reason"), .type = F_TEXT, .secrecy = S_SEALED, .max = 300 },
};
static const struct state states[] = {
	{ "suggested", N_("To be decided"), true, "yellow" }, { "same", N_("The same person"), false, "green" }, { "different", N_("Two persons"), false, NULL },
};

/* Who may not open one of them cannot say that they are one. */
static enum err both(struct ctx *c, const struct rec *now, struct rec **a, struct rec **b)
{
	TRY(see_if(c, "person", rec_int(now, "first"), a));
	TRY(see_if(c, "person", rec_int(now, "second"), b));
	return *a && *b ? OK : fail(c->f, ERR_DENIED, N_("You may not open both persons. Please leave it to the federation of the city."), "twin");
}

static enum err create_check(struct ctx *c, const struct rec *old, struct rec *now)
{
	struct ctx in = ctx_inside(c);
	struct rec *a, *b;
	(void)old;
	if (rec_int(now, "first") == rec_int(now, "second"))
		return fail(c->f, ERR_INVALID, NULL, "a person and herself");
	TRY(both(&in, now, &a, &b));
	/* The federation over both. */
	size_t n = 0;
	while (n < a->area.n && n < b->area.n && a->area.p[n] == b->area.p[n])
		n++;
	now->area = (struct str){ a->area.p, n >= 9 ? 9 : n >= 6 ? 6 : n >= 4 ? 4 : 2 };
	return people_org_for(&in, now->area, n >= 9 ? "town" : "city", &now->org);
}

/* Chains would make a circle possible, and an undoing that leaves somebody hanging. */
static enum err same_check(struct ctx *c, const struct rec *old, struct rec *now)
{
	struct rec *a, *b;
	char digit;
	struct str x, y;
	(void)old;
	struct ctx in = ctx_inside(c);
	TRY(both(c, now, &a, &b));
	TRY(both(&in, now, &a, &b));
	if (rec_has(a, "same_as") || rec_has(b, "same_as"))
		return fail(c->f, ERR_STATE, N_("One of them points to another person already. Please decide there first, or undo that."), NULL);
	if (idno_check(c->a, rec_str(&in, a, "idno"), day_of(c->now), &x, &digit) == IDNO_OK && idno_check(c->a, rec_str(&in, b, "idno"), day_of(c->now), &y, &digit) == IDNO_OK && !str_eq(x, y))
		return fail(c->f, ERR_STATE, N_("Both have an ID number that holds, and the numbers differ: these are two persons."), NULL);
	return OK;
}

static enum err joined(struct ctx *c, const struct rec *old, struct rec *now)
{
	struct done d;
	(void)old;
	return act_inner(c, &(struct act){ .type = "person", .verb = "join", .id = rec_int(now, "second"), INPUTS(INPUT("same_as", id_text(c, rec_int(now, "first")))) }, &d);
}

static enum err undo_check(struct ctx *c, const struct rec *old, struct rec *now)
{
	struct rec *a, *b;
	(void)old;
	return both(c, now, &a, &b);
}

static enum err parted(struct ctx *c, const struct rec *old, struct rec *now)
{
	struct done d;
	(void)old;
	return act_inner(c, &(struct act){ .type = "person", .verb = "part", .id = rec_int(now, "second") }, &d);
}

static const struct step steps[] = {
	{ .from = "", .verb = "suggest", .to = "suggested", .label = N_("Propose"), .roles = R(SYSTEM), .scope = SC_ALL, .fields = "first! second! sure bits", .prepare = create_check, .flags = STEP_INTERNAL },
	{ .from = "suggested", .verb = "same", .to = "same", .label = N_("They are one person"), .roles = R_FED, .scope = SC_AREA, .fields = "note", .prepare = same_check, .effect = joined, .flags = STEP_PRIMARY },
	{ .from = "suggested", .verb = "different", .to = "different", .label = N_("They are two persons"), .roles = R_FED, .scope = SC_AREA, .fields = "note", .prepare = undo_check },
	{ .from = "same", .verb = "undo", .to = "suggested", .label = N_("Undo: show them as two again"), .roles = R_FED, .scope = SC_AREA, .fields = "note!", .prepare = undo_check, .effect = parted, .flags = STEP_DANGER },
	{ .from = "different", .verb = "again", .to = "suggested", .label = N_("Decide anew"), .roles = R_FED, .scope = SC_AREA, .fields = "note!", .prepare = undo_check },
};
static const struct grant grants[] = { { R_FED, SC_AREA, SIGHT_FULL } };

const struct rtype twin_type = {
	.name = "twin", .label = N_("Possibly one person"), .plural = N_("Possibly one person twice"), .title = "first", .fields = fields, .nfields = ARRAY_LEN(fields), .states = states,
	.nstates = ARRAY_LEN(states), .steps = steps, .nsteps = ARRAY_LEN(steps), .read = grants, .nread = ARRAY_LEN(grants), .level = 3,
};

/* ---- comparing the register ---- */

struct register_of { struct ctx *c; struct people *all; int64_t *id; size_t n, cap; struct map *home, *known; };

/* Each page of a type, with its own memory: names lie open in it only that long. */
static enum err pages(struct ctx *c, const char *type, struct filter by, enum err (*each)(struct ctx *, const struct rec *, struct register_of *), struct register_of *k)
{
	int64_t after = 0;
	do {
		struct seen s;
		ARENA a = arena_new(0);
		struct ctx page = *c;
		page.a = a;
		page.labels = NULL;
		TRY(ctx_read(&page));
		TRY(see(&page, &(struct see){ .type = type, .filters = &by, .nfilters = by.field.n ? 1 : 0, .after = after, .oldest = true, .limit = PAGE }, &s));
		for (size_t i = 0; i < s.n; i++)
			TRY(each(&page, s.r[i], k));
		after = s.next;
	} while (after);
	return OK;
}

struct home { struct str address, area; };
static enum err take_home(struct ctx *c, const struct rec *r, struct register_of *k)
{
	struct home *h = NEW(k->c->a, struct home);
	*h = (struct home){ arena_str(k->c->a, rec_str(c, r, "address")), arena_str(k->c->a, r->area) };
	map_puti(k->home, r->id, h);
	return OK;
}

static enum err take_person(struct ctx *c, const struct rec *r, struct register_of *k)
{
	const struct home *h = rec_int(r, "household") ? map_geti(k->home, rec_int(r, "household")) : NULL;
	int64_t sex = 0;
	if (rec_has(r, "same_as"))
		return OK;
	(void)str_int(rec_str(c, r, "sex"), &sex);
	if (k->n == k->cap) {
		k->cap = k->cap ? k->cap * 2 : 1024;
		k->id = xrealloc(k->id, k->cap * sizeof *k->id);
	}
	k->id[k->n++] = r->id;
	people_add(k->all, &(struct person_said){ .name = rec_str(c, r, "name"), .phone = rec_str(c, r, "phone"), .idno = rec_str(c, r, "idno"), .birth = rec_has(r, "birth") ? rec_int(r, "birth") : 0,
		.sex = sex == 1 || sex == 2 ? (int)sex : 0, .address = h ? h->address : STR_NONE, .area = h && h->area.n ? h->area : r->area });
	return OK;
}

static struct str pair_key(struct arena *a, int64_t x, int64_t y) { return x < y ? arena_fmt(a, "%lld:%lld", (long long)x, (long long)y) : arena_fmt(a, "%lld:%lld", (long long)y, (long long)x); }

static enum err take_known(struct ctx *c, const struct rec *r, struct register_of *k)
{
	(void)c;
	map_put(k->known, pair_key(k->c->a, rec_int(r, "first"), rec_int(r, "second")), k);
	return OK;
}

static int surest(const void *x, const void *y)
{
	const struct link_pair *a = x, *b = y;
	return a->bits != b->bits ? (a->bits > b->bits ? -1 : 1) : a->a != b->a ? (a->a < b->a ? -1 : 1) : (a->b > b->b) - (a->b < b->b);
}

struct putting { struct register_of *k; const struct link_set *s; const struct link_model *m; const struct link_pair *p; size_t n; };

/* "name:4:9.8 phone:3:12.1": field, level, bits. */
static struct str reasons(struct ctx *c, const struct putting *w, const struct link_pair *p)
{
	static const char *const name[] = { "name", "phone", "idno", "birth", "sex", "home" };
	uint8_t level[LINK_FIELDS] = { 0 };
	BUF_AUTO b = BUF(512);
	w->s->compare(w->s->arg, p->a, p->b, level);
	struct kin_bits kin = people_kin(w->s->arg, p->a, p->b, level);
	for (int f = 0; f < w->s->nfields; f++)
		if (level[f] != LINK_MISSING)
			buf_printf(&b, "%s%s:%d:%.1f", b.n ? " " : "", name[f], level[f], log2(w->m->m[f][level[f]] / w->m->u[f][level[f]]));
	if (kin.family < 0)
		buf_printf(&b, " kin:1:%.1f", kin.family);
	if (kin.age < 0)
		buf_printf(&b, " age:1:%.1f", kin.age);
	return arena_str(c->a, buf_view(&b));
}

static enum err put(struct ctx *c, void *arg)
{
	const struct putting *w = arg;
	for (size_t i = 0; i < w->n; i++) {
		const struct link_pair *p = &w->p[i];
		struct done d;
		int64_t x = w->k->id[p->a], y = w->k->id[p->b];
		/* The older record leads. */
		TRY(act_inner(c, &(struct act){ .type = "twin", .verb = "suggest", INPUTS(INPUT("first", id_text(c, x < y ? x : y)), INPUT("second", id_text(c, x < y ? y : x)),
			INPUT("sure", id_text(c, (int64_t)(link_odds(p->bits) * 100))), INPUT("bits", reasons(c, w, p))) }, &d));
	}
	return OK;
}

static enum err propose(struct register_of *k)
{
	struct link_set s;
	struct link_model m;
	size_t n, keep = 0;
	enum err e = OK;
	people_set(k->all, &s);
	struct link_pair *p = link_candidates(&s, 200, 0, &n);
	people_learn(&s, p, n, ENOUGH, &m);
	link_score(&s, &m, p, n);
	for (size_t i = 0; i < n; i++)
		if (p[i].bits >= LEAST && !map_get(k->known, pair_key(k->c->a, k->id[p[i].a], k->id[p[i].b])))
			p[keep++] = p[i];
	if (keep)
		qsort(p, keep, sizeof *p, surest);
	keep = keep > PROPOSED ? PROPOSED : keep;
	/* The surest last: a list shows what is newest first. */
	for (size_t i = 0; i < keep / 2; i++) {
		struct link_pair t = p[i];
		p[i] = p[keep - 1 - i];
		p[keep - 1 - i] = t;
	}
	for (size_t i = 0; i < keep && e == OK; i += 50) {
		ARENA a = arena_new(0);
		struct ctx page = ctx_inside(k->c);
		struct putting w = { k, &s, &m, p + i, keep - i < 50 ? keep - i : 50 };
		page.a = a;
		page.labels = NULL;
		e = ctx_write(&page, put, &w);
	}
	free(p);
	return e;
}

enum err twin_job(struct ctx *c, struct str arg)
{
	const struct embedded *sound = embedded_find("models/pinyin.txt");
	ARENA a = arena_new(0);
	struct ctx in = ctx_inside(c);
	struct pinyin *pinyin = pinyin_new(sound ? (struct str){ sound->bytes, sound->n } : STR(""));
	struct register_of k = { .c = &in, .all = people_new(pinyin, day_of(c->now)) };
	const struct filter active = { STR("state"), STR("active") }, none = { STR_NONE, STR_NONE };
	(void)arg;
	in.a = a;
	in.labels = NULL;
	k.home = map_new(a);
	k.known = map_new(a);
	enum err e = pages(&in, "household", none, take_home, &k);
	if (e == OK)
		e = pages(&in, "person", active, take_person, &k);
	if (e == OK)
		e = pages(&in, "twin", none, take_known, &k);
	if (e == OK)
		e = propose(&k);
	people_free(k.all);
	pinyin_free(pinyin);
	free(k.id);
	return e;
}

/* ---- in words ---- */

const char *twin_word(struct str field, int level)
{
	static const struct { const char *field; const char *word[6]; } v[] = {
		{ "name", { NULL, N_("the names differ"), N_("a nickname that fits"), N_("one character of the name differs"), N_("the names sound alike"), N_("the same name") } },
		{ "phone", { NULL, N_("the phones differ"), N_("the last four digits of the phone"), N_("one digit of the phone is off"), N_("the same phone") } },
		{ "idno", { NULL, N_("the ID numbers differ"), N_("the same birth date in the ID number"), N_("one digit of the ID number is off"), N_("the same ID number") } },
		{ "birth", { NULL, N_("the birth dates differ"), N_("the same year of birth"), N_("the birth dates nearly agree"), N_("the same birth date") } },
		{ "sex", { NULL, N_("the sexes differ"), N_("the same sex") } },
		{ "home", { NULL, N_("the addresses differ"), N_("the same town"), N_("the same community"), N_("the same house"), N_("the same room") } },
		{ "kin", { NULL, N_("what a family shares") } },
		{ "age", { NULL, N_("a generation apart") } },
	};
	for (size_t i = 0; i < ARRAY_LEN(v); i++)
		if (str_is(field, v[i].field))
			return level > 0 && level < 6 ? v[i].word[level] : NULL;
	return NULL;
}

enum err twin_lead(struct ctx *c, struct rec **person)
{
	struct ctx in = ctx_inside(c);
	return rec_has(*person, "same_as") ? see_one(&in, "person", rec_int(*person, "same_as"), person) : OK;
}
