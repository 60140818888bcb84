/* Why: two years of clues, each taken, screened and sent on by the people who would; the cases among them go on in
 * demo_case.c. Invariants: events come in order of time; once a simulated day late work climbs as the server would let it. */
#include "cli/demo_inner.h"
#include "people/people.h"

/* What a text tells of the household, for the fields of the clue. */
struct cast {
	struct demo_household home;
	const struct demo_person *a, *b;   /* the parties as far as they live there */
	bool child, couple;
};

static void cast_of(struct loader *l, struct ctx *c, const struct demo_event *e, struct cast *ret)
{
	*ret = (struct cast){ 0 };
	struct demo_household *h = &ret->home;
	demo_household(l->plan, c->a, e->household, h);
	ret->b = e->other >= 0 ? &h->member[e->other] : NULL;
	ret->a = e->reporter >= 0 ? &h->member[e->reporter] : NULL;
	for (int i = 0; i < h->size; i++) {
		ret->child |= h->member[i].age < 18;
		/* Who calls is a neighbour: the other grown-up of the household is the one it is about. */
		if (!ret->a && i != e->other && h->member[i].age >= 18)
			ret->a = &h->member[i];
	}
	ret->couple = ret->a && ret->b && h->size > 1 && (ret->a == &h->member[0] || ret->b == &h->member[0]) && (ret->a == &h->member[1] || ret->b == &h->member[1]) &&
		      h->member[1].kin.n && h->member[1].kin.p[0] == '1';
}

static bool has(struct str list, const char *word) { return list.n && str_find(list, str_of(word)) >= 0; }

static bool told_violence(const struct demo_event *e)
{
	return has(e->signals, "violence") || has(e->signals, "strangle") || has(e->signals, "injury") || has(e->signals, "sexual");
}

/* The unit that will look at it: whoever takes it keeps it, but calls and letters go to the town. */
static enum err desk_of(struct ctx *c, const struct loader *l, const struct demo_event *e, int64_t *ret)
{
	*ret = e->staff >= 0 ? l->who[e->staff].org : 0;
	if (e->staff < 0 || l->who[e->staff].role == ROLE_HOTLINE)
		return people_org_for(c, e->area, "town", ret);
	return OK;
}

static struct str heading(struct ctx *c, struct str text)
{
	struct str head = utf8_head(text, 26);
	return head.n == text.n ? text : arena_fmt(c->a, "%.*s…", (int)head.n, head.p);
}

static enum err take_clue(struct loader *l, struct ctx *c, const struct demo_event *e, struct demo_tale *t)
{
	struct cast k;
	struct done d;
	int64_t desk;
	bool nameless = !e->name.n && !e->phone.n, family = e->family;
	cast_of(l, c, e, &k);
	TRY(desk_of(c, l, e, &desk));
	struct str grade = str_of(e->grade);
	TRY(demo_do(l, c, &(struct demo_act){ e->staff < 0 ? DEMO_CITIZEN : e->staff, e->ms, { .type = "clue", .verb = "create", .area = e->area, .org = desk,
		INPUTS(INPUT("source", str_of(e->source)), INPUT("title", heading(c, e->text)), INPUT("text", e->text),
		       INPUT("urgency", str_is(grade, "red") ? STR("now") : str_is(grade, "orange") ? STR("urgent") : STR("normal")),
		       INPUT("anonymous", nameless ? STR("1") : STR("")), INPUT("reporter_name", e->name), INPUT("reporter_phone", e->phone),
		       INPUT("safe_contact", told_violence(e) ? STR("unclear") : STR("")),
		       INPUT("party_a_name", family && !nameless && k.a ? k.a->name : STR("")), INPUT("party_a_phone", family && !nameless && k.a ? k.a->phone : STR("")),
		       INPUT("party_a_idno", family && !nameless && k.a ? k.a->idno : STR("")), INPUT("party_b_name", family ? e->other_name : STR("")),
		       INPUT("party_b_phone", family && k.b ? k.b->phone : STR("")), INPUT("party_b_idno", family && k.b ? k.b->idno : STR("")),
		       INPUT("relation", family && k.couple && !nameless ? (str_is(k.b->sex, "1") ? STR("11") : STR("12")) : STR("")),
		       INPUT("address", family ? k.home.address : STR("")), INPUT("violence", told_violence(e) ? STR("yes") : STR("")),
		       INPUT("child_present", family && has(e->signals, "child") ? STR("yes") : family && !k.child ? STR("no") : STR(""))) },
		.area = "320582" }, &d));
	t->clue = d.id;
	t->at = TALE_NEW;
	return OK;
}

/* Whoever screens it has it handed to her desk first, when it lies on another. */
static enum err at_desk(struct loader *l, struct ctx *c, const struct demo_event *e, const struct demo_tale *t)
{
	struct rec *r;
	int64_t mine = e->staff >= 0 ? l->who[e->staff].org : 0;
	TRY(see_one(c, "clue", t->clue, &r));
	if (!mine || r->org == mine || !rec_in(r, "new|screened"))
		return OK;
	return demo_do(l, c, &(struct demo_act){ e->staff, e->ms, { .type = "clue", .verb = "hand", .id = t->clue,
		INPUTS(INPUT("org", demo_int(c, mine)), INPUT("note", STR("由本单位研判办理。"))) } }, NULL);
}

static enum err on_clue(struct loader *l, struct ctx *c, const struct demo_event *e, struct demo_tale *t, const struct act *act)
{
	struct demo_act w = { e->staff, e->ms, *act };
	TRY(at_desk(l, c, e, t));
	w.act.type = "clue";
	w.act.id = t->clue;
	return demo_do(l, c, &w, NULL);
}

static struct str reason(const struct demo_event *e) { return e->text.n ? e->text : STR("已与反映人核实。"); }

/* A clue with a sign of harm to a child ends without a case only when it was reported. */
static struct str police_no(struct loader *l, struct ctx *c, const struct demo_event *e, const struct demo_tale *t)
{
	struct rec *r;
	(void)l;
	if (see_one(c, "clue", t->clue, &r) != OK || !rec_has(r, "signals") || str_find(rec_str(c, r, "signals"), STR(",child,")) < 0)
		return STR("");
	return arena_fmt(c->a, "演(2026)警字第%05lld号", (long long)(e->story % 100000));
}

static enum err screen(struct loader *l, struct ctx *c, const struct demo_event *e, struct demo_tale *t)
{
	TRY(on_clue(l, c, e, t, &(struct act){ .verb = "confirm", INPUTS(INPUT("family", STR("1")), INPUT("kind", str_of(e->kind)), INPUT("grade", str_of(e->grade)),
		INPUT("signals", e->signals), INPUT("note", reason(e))) }));
	t->at = TALE_SCREENED;
	return OK;
}

static enum err not_family(struct loader *l, struct ctx *c, const struct demo_event *e, struct demo_tale *t)
{
	TRY(on_clue(l, c, e, t, &(struct act){ .verb = "confirm", INPUTS(INPUT("family", STR("0")), INPUT("grade", str_of(e->grade)), INPUT("note", reason(e))) }));
	t->at = TALE_REFERRED;
	return on_clue(l, c, e, t, &(struct act){ .verb = "refer", INPUTS(INPUT("refer_to", str_of(e->form)), INPUT("not_family", str_of(e->code)), INPUT("note", reason(e)),
		INPUT("police_no", police_no(l, c, e, t))) });
}

/* What the first report was by then decides what becomes of the second. */
static enum err merge(struct loader *l, struct ctx *c, const struct demo_event *e, struct demo_tale *t)
{
	const struct demo_tale *into = &l->tale[e->other_story];
	if (into->at == TALE_NEW || into->at == TALE_SCREENED || into->at == TALE_OPENED) {
		t->at = TALE_MERGED;
		return on_clue(l, c, e, t, &(struct act){ .verb = "merge", INPUTS(INPUT("merged_into", demo_int(c, into->clue)), INPUT("note", reason(e))) });
	}
	t->at = into->at == TALE_CLOSED ? TALE_CLOSED : TALE_REFERRED;
	if (into->at == TALE_CLOSED)
		return on_clue(l, c, e, t, &(struct act){ .verb = "close", INPUTS(INPUT("outcome", STR("answered")), INPUT("note", reason(e)), INPUT("police_no", police_no(l, c, e, t))) });
	return on_clue(l, c, e, t, &(struct act){ .verb = "refer", INPUTS(INPUT("refer_to", STR("police")), INPUT("note", reason(e)), INPUT("police_no", police_no(l, c, e, t))) });
}

static enum err open_case(struct loader *l, struct ctx *c, const struct demo_event *e, struct demo_tale *t)
{
	struct done d;
	TRY(at_desk(l, c, e, t));
	TRY(demo_do(l, c, &(struct demo_act){ e->staff, e->ms, { .type = "clue", .verb = "open", .id = t->clue, INPUTS(INPUT("note", reason(e))) } }, &d));
	t->at = TALE_OPENED;
	t->k = NEW(l->keep, struct demo_case);
	t->k->id = rec_int(d.rec, "case_file");
	t->k->officer = e->staff;
	t->k->handler = -1;
	return OK;
}

static enum err tell(struct loader *l, struct ctx *c, const struct demo_event *e)
{
	struct demo_tale *t = &l->tale[e->story];
	switch (e->verb) {
	case DEMO_CLUE: return take_clue(l, c, e, t);
	case DEMO_SCREEN: return screen(l, c, e, t);
	case DEMO_NOT_FAMILY: return not_family(l, c, e, t);
	case DEMO_REFER:
		t->at = TALE_REFERRED;
		return on_clue(l, c, e, t, &(struct act){ .verb = "refer", INPUTS(INPUT("refer_to", str_of(e->form)), INPUT("note", reason(e)), INPUT("police_no", police_no(l, c, e, t))) });
	case DEMO_ANSWER:
		t->at = TALE_CLOSED;
		return on_clue(l, c, e, t, &(struct act){ .verb = "close", INPUTS(INPUT("outcome", str_of(e->code)), INPUT("note", reason(e)), INPUT("police_no", police_no(l, c, e, t))) });
	case DEMO_MERGE: return merge(l, c, e, t);
	case DEMO_OPEN: return open_case(l, c, e, t);
	default:
		/* A story whose case waits for a ruling goes no further. */
		return t->k ? demo_tell_case(l, c, e, t) : OK;
	}
}

/* Late work climbs each morning, as the server's job lets it climb. */
static enum err mornings(struct loader *l, const struct ctx *job, int64_t until)
{
	while (day_start(l->day + 1) + 8 * MS_HOUR <= until) {
		struct ctx c = demo_ctx(l, job);
		int n;
		c.now = day_start(++l->day) + 8 * MS_HOUR;
		TRY(due_escalate(&c, &n));
	}
	return OK;
}

static enum err tell_batch(struct ctx *job, struct loader *l)
{
	for (size_t i = 0; i < l->nevent; i++) {
		const struct demo_event *e = &l->event[i];
		TRY(mornings(l, job, e->ms));
		TRY(demo_births(l, job, e->ms));
		struct ctx c = demo_ctx(l, job);
		enum err err = tell(l, &c, e);
		if (err != OK)
			return fail(job->f, err, job->f->msg, "story %lld %s: %s", (long long)e->story, demo_verb_name(e->verb), arena_cstr(c.a, str_of(job->f->detail)));
	}
	return OK;
}

/* What stands over the cases: a relative declared, an emergency opening judged and one waiting, somebody who keeps away. */
static enum err watch(struct loader *l, struct ctx *c)
{
	struct ctx in = *c;
	struct actor city = l->who[l->posts.city], *asked = NEW(c->a, struct actor);
	struct seen s;
	struct done d;
	int64_t ms = l->o->end - 6 * MS_HOUR;
	*asked = city;
	in.actor = asked;
	in.now = ms;
	TRY(demo_do(l, c, &(struct demo_act){ l->posts.town, ms, { .type = "kin", .verb = "create", .parent = l->staff[l->posts.town],
		INPUTS(INPUT("relation", STR("spouse")), INPUT("name", STR("钱小军")), INPUT("phone", STR("19900099999"))) } }, &d));
	TRY(see(&in, &(struct see){ .type = "case", .filters = (struct filter[]){ { STR("state"), STR("accepted|mediating|follow_up") } }, .nfilters = 1, .limit = 4 }, &s));
	for (size_t i = 0; i < s.n && i < 3; i++) {
		if (s.r[i]->owner == l->staff[l->posts.grid])
			continue;
		if (i == 2) {
			TRY(demo_do(l, c, &(struct demo_act){ DEMO_SYSTEM, ms, { .type = "conflict", .verb = "find", .parent = s.r[i]->id, .area = s.r[i]->area, .org = s.r[i]->org,
				INPUTS(INPUT("staff", demo_int(c, l->staff[l->posts.grid])), INPUT("how", STR("kin"))) } }, &d));
			continue;
		}
		TRY(demo_do(l, c, &(struct demo_act){ l->posts.city, ms, { .type = "glass", .verb = "create", .parent = s.r[i]->id,
			INPUTS(INPUT("reason", STR("absent")), INPUT("why", STR("当事人来电称对方又到家门口，主办人正在外地开庭，联系不上。")), INPUT("use_for", STR("核对联系方式，通知辖区派出所"))) } }, &d));
		if (i == 0)
			TRY(demo_do(l, c, &(struct demo_act){ l->posts.secadmin, ms + 2 * MS_HOUR, { .type = "glass", .verb = "justify", .id = d.id,
				INPUTS(INPUT("words", STR("情况属实，仅查阅联系方式，已告知主办人。"))) } }, NULL));
	}
	return OK;
}

static enum err the_end(struct ctx *job, struct loader *l)
{
	TRY(demo_births(l, job, l->o->end));
	TRY(mornings(l, job, l->o->end));
	struct ctx c = demo_ctx(l, job);
	return watch(l, &c);
}

enum err demo_load_events(struct loader *l)
{
	bool more = true;
	l->tale = NEWN(l->keep, struct demo_tale, l->n.stories);
	l->event = NEWN(l->keep, struct demo_event, DEMO_BATCH);
	l->day = day_of(demo_start(l->plan));
	int64_t from = demo_start(l->plan), all = l->o->end - from;
	while (more) {
		arena_reset(l->batch);
		for (l->nevent = 0; l->nevent < DEMO_BATCH && (more = demo_event_next(l->plan, l->batch, &l->event[l->nevent]));)
			l->nevent++;
		TRY(demo_job(l, tell_batch));
		l->told += (int64_t)l->nevent;
		if (l->nevent)
			demo_progress(l, N_("clues and cases"), more ? l->event[l->nevent - 1].ms - from : all, all);
	}
	return demo_job(l, the_end);
}
