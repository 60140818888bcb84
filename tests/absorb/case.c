/* The case: its whole life, each guard without and with its rule, and a walk of the table. */
#include "river.h"

TEST(whole_life)
{
	struct city here, *p = &here;
	struct done d;
	city_open(p);
	NEED_OK(ADD(COMMW, "clue", 0, &d, IN("source", "grid"), IN("text", "夫妻为钱争吵"), IN("party_a_name", "王小明"), IN("party_a_phone", "19900000001")));
	int64_t clue = d.id;
	NEED_OK(DO(COMMW, "clue", "confirm", clue, IN("family", "1"), IN("kind", "M05"), IN("grade", "yellow")));
	CHECK_INT(clock_of(p, "clue", clue, "clue.screen")->state, DUE_MET);
	NEED_OK(DO0(COMMW, "clue", "open", clue));
	int64_t id = rec_int(get(p, "clue", clue), "case_file");
	CHECK_STR(get(p, "clue", clue)->state, "opened");
	CHECK_STR(get(p, "case", id)->state, "registered");
	CHECK_INT(kids(p, "party", id).n, 1);
	CHECK_INT(clock_of(p, "clue", clue, "clue.dispatch")->state, DUE_RUNNING);
	take(p, id);
	CHECK_INT(clock_of(p, "clue", clue, "clue.dispatch")->state, DUE_MET);
	CHECK_INT(clock_of(p, "case", id, "case.accept")->state, DUE_MET);
	CHECK_INT(clock_of(p, "case", id, "case.first")->state, DUE_RUNNING);
	CHECK_INT(kids(p, "party", id).r[0]->owner, MEI);
	settle(p, id);
	struct seen duties = kids(p, "agreement", id);
	NEED_OK(ADD(MEIW, "duty", id, &d, IN("agreement", num(p, duties.r[0]->id)), IN("what", "付抚养费"), IN("side", "a"), IN("due_on", "2026-12-01")));
	CHECK_ERR(DO0(MEIW, "agreement", "perform", duties.r[0]->id), ERR_STATE);
	NEED_OK(DO0(MEIW, "duty", "done", d.id));
	CHECK_INT(clock_of(p, "duty", d.id, "duty.perform")->state, DUE_MET);
	CHECK_OK(DO0(MEIW, "agreement", "perform", duties.r[0]->id));
	CHECK_INT(clock_of(p, "case", id, "case.finish")->state, DUE_MET);
	struct seen v = kids(p, "visit", id);
	NEED(v.n == 3);
	CHECK(rec_has(v.r[0], "due_on") && rec_int(v.r[0], "due_on") < rec_int(v.r[1], "due_on"));
	CHECK_ERR(DO0(MEIW, "case", "close", id), ERR_STATE);
	for (size_t i = 0; i < 3; i++)
		NEED_OK(DO(MEIW, "visit", "visit", v.r[i]->id, IN("result", "performed"), IN("satisfaction", "good"), IN("safe_now", "yes"), IN("text", "好")));
	CHECK_STR(get(p, "case", id)->state, "follow_up");
	NEED_OK(DO0(MEIW, "case", "close", id));
	CHECK_INT(rec_int(get(p, "case", id), "ontime"), 1);
	CHECK_INT(rec_int(get(p, "case", id), "success"), 1);
	NEED_OK(DO0(MEIW, "case", "archive", id));
	CHECK_STR(get(p, "case", id)->state, "archived");
	city_close(p);
}

TEST(returned_twice_is_ruled_on)
{
	struct city here, *p = &here;
	enum sight s;
	city_open(p);
	int64_t id = new_case(p, "M05", "yellow");
	struct actor pol = who(ROLE_LIAISON, CITY, POL, p->police);
	NEED_OK(DO(TOWNW, "case", "dispatch", id, IN("org", num(p, p->police))));
	CHECK_ERR(DO(pol, "case", "return", id, IN("note", "不归我们")), ERR_INVALID);
	CHECK_ERR(DO(pol, "case", "return", id, IN("return_reason", "wrong_duty"), IN("note", "不归我们")), ERR_INVALID);
	CHECK_ERR(DO(pol, "case", "return", id, IN("return_reason", "wrong_duty"), IN("note", "x"), IN("proposed", num(p, p->police))), ERR_INVALID);
	NEED_OK(DO(pol, "case", "return", id, IN("return_reason", "wrong_duty"), IN("note", "不归我们"), IN("proposed", num(p, p->studio))));
	CHECK_STR(get(p, "case", id)->state, "returned");
	CHECK_INT(get(p, "case", id)->org, p->town);
	CHECK_ERR(peek(p, pol, "case", id, &s), ERR_NOT_FOUND);
	NEED_OK(DO(TOWNW, "case", "dispatch", id, IN("org", num(p, p->comm))));
	NEED_OK(DO(COMMW, "case", "return", id, IN("return_reason", "unclear"), IN("note", "找不到人")));
	CHECK_STR(get(p, "case", id)->state, "arbitration");
	CHECK_INT(clock_of(p, "case", id, "case.arbiter")->state, DUE_RUNNING);
	CHECK_ERR(DO(TOWNW, "case", "dispatch", id, IN("org", num(p, p->comm))), ERR_STATE);
	CHECK_ERR(DO(COMMW, "case", "arbitrate", id, IN("org", num(p, p->studio)), IN("note", "x")), ERR_NOT_FOUND);
	NEED_OK(DO(CITYW, "case", "arbitrate", id, IN("org", num(p, p->comm)), IN("note", "由社区承办")));
	CHECK_INT(clock_of(p, "case", id, "case.arbiter")->state, DUE_MET);
	CHECK_ERR(DO(COMMW, "case", "return", id, IN("return_reason", "unclear"), IN("note", "x")), ERR_STATE);
	CHECK_ERR(DO(TOWNW, "case", "dispatch", id, IN("org", num(p, p->town))), ERR_STATE);
	CHECK_OK(DO0(COMMW, "case", "accept", id));
	city_close(p);
}

TEST(the_returner_does_not_rule)
{
	struct city here, *p = &here;
	city_open(p);
	int64_t id = new_case(p, "M05", "yellow");
	for (int i = 0; i < 2; i++) {
		NEED_OK(DO(CITYW, "case", "dispatch", id, IN("org", num(p, p->town))));
		NEED_OK(DO(TOWNW, "case", "return", id, IN("return_reason", "unclear"), IN("note", "x")));
	}
	CHECK_ERR(DO(TOWNW, "case", "arbitrate", id, IN("org", num(p, p->studio)), IN("note", "x")), ERR_DENIED);
	CHECK_OK(DO(CITYW, "case", "arbitrate", id, IN("org", num(p, p->studio)), IN("note", "x")));
	city_close(p);
}

TEST(time_keeps_the_old_date)
{
	struct city here, *p = &here;
	city_open(p);
	int64_t id = new_case(p, "M05", "yellow");
	take(p, id);
	int64_t first = clock_of(p, "case", id, "case.finish")->due;
	NEED_OK(DO(MEIW, "case", "suspend", id, IN("suspend_reason", "illness")));
	CHECK_INT(clock_of(p, "case", id, "case.finish")->state, DUE_SUSPENDED);
	CHECK_ERR(DO(MEIW, "case", "suspend", id, IN("suspend_reason", "illness")), ERR_STATE);
	CHECK_ERR(SESSION(id, "face"), ERR_STATE);
	CHECK_ERR(DO(MEIW, "case", "fail", id, IN("outcome", "failed"), IN("note", "x")), ERR_STATE);
	p->now += 5 * MS_DAY;
	NEED_OK(DO0(MEIW, "case", "resume", id));
	CHECK_ERR(DO0(MEIW, "case", "resume", id), ERR_STATE);
	struct due *d = clock_of(p, "case", id, "case.finish");
	CHECK_INT(d->state, DUE_RUNNING);
	CHECK_INT(d->first_due, first);
	CHECK(d->due > first);
	CHECK_ERR(DO(MEIW, "case", "extend", id, IN("extend_reason", "evidence"), IN("extend_to", "2027-01-10")), ERR_INVALID);
	CHECK_ERR(DO(MEIW, "case", "extend", id, IN("extend_reason", "evidence"), IN("both_consent", "0"), IN("extend_to", "2027-01-10")), ERR_INVALID);
	CHECK_ERR(DO(MEIW, "case", "extend", id, IN("extend_reason", "consent"), IN("both_consent", "1"), IN("extend_to", "2027-06-10")), ERR_INVALID);
	CHECK_ERR(DO(MEIW, "case", "extend", id, IN("extend_reason", "consent"), IN("both_consent", "1"), IN("extend_to", "2026-11-26")), ERR_INVALID);
	NEED_OK(DO(MEIW, "case", "extend", id, IN("extend_reason", "consent"), IN("both_consent", "1"), IN("extend_to", "2027-01-10")));
	CHECK_INT(clock_of(p, "case", id, "case.finish")->first_due, first);
	CHECK_INT(day_of(clock_of(p, "case", id, "case.finish")->due - 1), day_make(2027, 1, 10));
	city_close(p);
}

TEST(violence_is_not_mediated_away)
{
	struct city here, *p = &here;
	city_open(p);
	int64_t id = new_case(p, "M03", "blue");
	CHECK_INT(rec_int(get(p, "case", id), "violence"), 1);
	CHECK_STR(get(p, "case", id)->v[field_at(&case_type, "grade")].s, "orange");
	take(p, id);
	CHECK_ERR(SESSION(id, "separate"), ERR_STATE);
	NEED_OK(DO(MEIW, "case", "edit", id, IN("summary", "两人争吵"), IN("kind", "M05"), IN("violence", "0")));
	CHECK_INT(rec_int(get(p, "case", id), "violence"), 1);
	NEED_OK(DO(MEIW, "case", "safety", id, IN("ongoing", "yes")));
	CHECK_STR(get(p, "case", id)->v[field_at(&case_type, "grade")].s, "red");
	CHECK_ERR(SESSION(id, "separate"), ERR_STATE);
	NEED_OK(DO(MEIW, "case", "safety", id, IN("ongoing", "unclear")));
	CHECK_ERR(SESSION(id, "separate"), ERR_STATE);
	NEED_OK(DO(MEIW, "case", "safety", id, IN("ongoing", "no")));
	CHECK_ERR(SESSION(id, "face"), ERR_INVALID);
	NEED_OK(SESSION(id, "separate"));
	agree(p, id);
	CHECK_ERR(DO(MEIW, "case", "settle", id, IN("outcome", "written")), ERR_STATE);
	NEED_OK(DO(MEIW, "case", "safety", id, IN("ongoing", "no"), IN("willing", "yes")));
	CHECK_ERR(DO(MEIW, "case", "settle", id, IN("outcome", "written")), ERR_STATE);
	NEED_OK(DO(MEIW, "case", "safety", id, IN("ongoing", "no"), IN("willing", "yes"), IN("told", "1")));
	CHECK_OK(DO(MEIW, "case", "settle", id, IN("outcome", "written")));
	CHECK_ERR(DO(MEIW, "case", "regrade", id, IN("grade", "blue")), ERR_INVALID);
	struct seen v = kids(p, "visit", id);
	NEED(v.n == 5);
	NEED_OK(DO(MEIW, "visit", "visit", v.r[0]->id, IN("result", "unreachable"), IN("text", "无人接听")));
	CHECK_STR(get(p, "visit", v.r[0]->id)->state, "planned");
	CHECK(!rec_has(get(p, "case", id), "checked"));
	for (size_t i = 0; i < v.n; i++)
		NEED_OK(DO(MEIW, "visit", "skip", v.r[i]->id, IN("note", "已搬走")));
	CHECK_ERR(DO0(MEIW, "case", "close", id), ERR_STATE);
	NEED_OK(DO(MEIW, "case", "safety", id, IN("ongoing", "yes")));
	CHECK_ERR(DO0(MEIW, "case", "close", id), ERR_STATE);
	NEED_OK(DO(MEIW, "case", "safety", id, IN("ongoing", "no")));
	CHECK_OK(DO0(MEIW, "case", "close", id));
	city_close(p);
}

TEST(a_child_is_reported)
{
	struct city here, *p = &here;
	struct done d;
	city_open(p);
	NEED_OK(ADD(TOWNW, "case", 0, &d, IN("source", "school"), IN("summary", "孩子身上有伤"), IN("kind", "M10"), IN("grade", "yellow"), IN("signals", "child")));
	take(p, d.id);
	NEED_OK(DO(MEIW, "case", "fail", d.id, IN("outcome", "lawsuit"), IN("note", "引导诉讼")));
	/* A number alone does not do: the report that began by itself is made, or a leader says why not. */
	CHECK_ERR(DO(MEIW, "case", "close", d.id, IN("police_no", "J20261124001")), ERR_STATE);
	struct seen m = kids(p, "mandatory", d.id);
	NEED(m.n == 1);
	const char *at = arena_cstr(p->a, datetime_str(p->a, p->now));
	NEED_OK(DO(MEIW, "mandatory", "report", m.r[0]->id, IN("police", num(p, p->police)), IN("reported_at", at), IN("way", "110"), IN("person_name", "小某"), IN("person_age", "9"), IN("situations", "other")));
	CHECK_ERR(DO0(MEIW, "case", "close", d.id), ERR_INVALID);
	CHECK_OK(DO(MEIW, "case", "close", d.id, IN("police_no", "J20261124001")));
	city_close(p);
}

TEST(agreement_needs_its_signatures)
{
	struct city here, *p = &here;
	struct done d;
	city_open(p);
	int64_t id = new_case(p, "M05", "yellow");
	take(p, id);
	CHECK_ERR(DO(MEIW, "case", "settle", id, IN("outcome", "written")), ERR_STATE);
	CHECK_ERR(ADD(MEIW, "agreement", id, &d, IN("form", "oral"), IN("facts", "x"), IN("terms", "x"), IN("performance", "x")), ERR_STATE);
	NEED_OK(SESSION(id, "face"));
	NEED_OK(ADD(MEIW, "agreement", id, &d, IN("form", "written"), IN("facts", "x"), IN("terms", "x"), IN("performance", "x")));
	CHECK_ERR(DO(MEIW, "case", "settle", id, IN("outcome", "written")), ERR_STATE);
	CHECK_ERR(DO(MEIW, "case", "settle", id, IN("outcome", "police")), ERR_INVALID);
	CHECK_ERR(DO(MEIW, "agreement", "sign", d.id, IN("signed_on", "2026-11-24"), IN("mediator_signed", "1"), IN("sealed", "1")), ERR_INVALID);
	CHECK_ERR(DO(MEIW, "agreement", "sign", d.id, IN("signed_on", "2026-11-24"), IN("parties_signed", "1"), IN("mediator_signed", "1")), ERR_INVALID);
	CHECK_OK(DO(MEIW, "agreement", "sign", d.id, IN("signed_on", "2026-11-24"), IN("parties_signed", "1"), IN("mediator_signed", "1"), IN("sealed", "1")));
	CHECK_INT(day_of(rec_int(get(p, "agreement", d.id), "confirm_until")), day_make(2026, 12, 24));
	city_close(p);
}

TEST(content_opens_by_assignment)
{
	struct city here, *p = &here;
	enum sight s;
	city_open(p);
	int64_t id = new_case(p, "M05", "yellow");
	take(p, id);
	NEED_OK(ADD(MEIW, "party", id, NULL, IN("side", "a"), IN("name", "李一"), IN("phone", "19900000002")));
	NEED_OK(SESSION(id, "face"));
	int64_t session = kids(p, "session", id).r[0]->id, party = kids(p, "party", id).r[0]->id;
	CHECK_OK(peek(p, MEIW, "session", session, &s));
	CHECK_ERR(peek(p, CITYW, "session", session, &s), ERR_NOT_FOUND);
	CHECK_OK(peek(p, CITYW, "party", party, &s));
	CHECK_INT(s, SIGHT_MASKED);
	CHECK_OK(peek(p, CITYW, "case", id, &s));
	CHECK_INT(s, SIGHT_MASKED);
	for (enum role r = ROLE_LEADER; r < ROLE_COUNT; r++)
		CHECK_ERR(peek(p, who(r, CITY, 90, 0), "case", id, &s), ERR_NOT_FOUND);
	/* The mediator changes: she who had it sees it no more, in parts neither. */
	struct actor studio = who(ROLE_COMMUNITY, COMM, 55, p->studio);
	NEED_OK(DO(studio, "case", "reassign", id, IN("owner", "77")));
	struct actor out = who(ROLE_MEDIATOR, COMM, MEI, 0);
	CHECK_ERR(peek(p, out, "case", id, &s), ERR_NOT_FOUND);
	CHECK_ERR(peek(p, out, "party", party, &s), ERR_NOT_FOUND);
	city_close(p);
}

/* ---- the walk ---- */

static bool leads(const struct step *s, const char *from)
{
	struct str rest = str_of(s->from);
	if (!strcmp(s->from, "*"))
		return from[0] != 0;
	if (!from[0])
		return !s->from[0];
	while (rest.p)
		if (str_is(str_cut(rest, '|', &rest), from))
			return true;
	return false;
}

/* Where a "?" may go. */
static bool goes(const struct rtype *t, const struct step *s, const char *state)
{
	if (strcmp(s->to, "?") != 0)
		return !strcmp(s->to, state);
	if (!strcmp(t->name, "case"))
		return !strcmp(state, "returned") || !strcmp(state, "arbitration");
	if (!strcmp(t->name, "conflict"))
		return !strcmp(state, "early") || !strcmp(state, "active");
	if (!strcmp(t->name, "handover"))
		return !strcmp(state, "done") || !strcmp(state, "partly");
	if (!strcmp(t->name, "counsel"))
		return !strcmp(state, "booked") || !strcmp(state, "received");
	if (!strcmp(t->name, "joint"))
		return !strcmp(state, "cancelled") || !strcmp(state, "held");
	if (!strcmp(t->name, "guidance"))
		return !strcmp(state, "served") || !strcmp(state, "running") || !strcmp(state, "revoked");
	return !strcmp(t->name, "visit") && (!strcmp(state, "planned") || !strcmp(state, "done") || !strcmp(state, "refused"));
}

TEST(every_state_is_reached_and_left)
{
	for (const struct rtype *const *tt = types + 7; *tt; tt++) {
		const struct rtype *t = *tt;
		bool at[32] = { false };
		for (size_t round = 0; round <= t->nstates; round++)
			for (size_t k = 0; k < t->nsteps; k++)
				for (size_t to = 0; to < t->nstates; to++) {
					bool from = !t->steps[k].from[0];
					for (size_t i = 0; i < t->nstates; i++)
						from |= at[i] && leads(&t->steps[k], t->states[i].name);
					at[to] |= from && goes(t, &t->steps[k], t->states[to].name);
				}
		for (size_t i = 0; i < t->nstates; i++) {
			bool out = !t->states[i].open;
			for (size_t k = 0; k < t->nsteps; k++)
				for (size_t to = 0; to < t->nstates; to++)
					out |= to != i && !(t->steps[k].flags & STEP_INTERNAL) && leads(&t->steps[k], t->states[i].name) && goes(t, &t->steps[k], t->states[to].name);
			if (!at[i] || !out)
				printf("# %s.%s reached %d left %d\n", t->name, t->states[i].name, at[i], out);
			CHECK(at[i] && out);
		}
		/* Each "from" and "to" names a state; each field a field. */
		for (size_t k = 0; k < t->nsteps; k++) {
			const char *w = t->steps[k].fields;
			struct str name;
			bool need, known = t->steps[k].to[0] == '=' || t->steps[k].to[0] == '?';
			for (size_t i = 0; i < t->nstates; i++)
				known |= !strcmp(t->steps[k].to, t->states[i].name);
			CHECK(known);
			while (step_field(&w, &name, &need)) {
				bool ok = field_find(t, name) >= 0 || str_is(name, "*") || str_is(name, "org") || str_is(name, "owner") || str_is(name, "area");
				if (!ok)
					printf("# %s.%s names %.*s\n", t->name, t->steps[k].verb, (int)name.n, name.p);
				CHECK(ok);
			}
		}
	}
}

struct trial { struct city *p; int64_t id; const struct rtype *t; const char *state, *verb; enum err got; bool open; };

/* Puts the record into the state, tries the verb, and takes everything back. */
static enum err attempt(struct ctx *c, void *arg)
{
	struct trial *t = arg;
	struct rec *r;
	const struct step *open[64];
	const char *table = t->t->table ? t->t->table : t->t->name;
	TRY(db_exec(c->db, c->f, arena_printf(c->a, "UPDATE %s SET state = ? WHERE id = ?", table), ARGS(VS(str_of(t->state)), VI(t->id)), NULL));
	t->open = false;
	if (see_one(c, t->t->name, t->id, &r) == OK) {
		size_t n = steps_open(c, t->t, r, open, ARRAY_LEN(open));
		for (size_t i = 0; i < n; i++)
			t->open |= !strcmp(open[i]->verb, t->verb);
	}
	fault_clear(c->f);
	struct done d;
	t->got = act(c, &(struct act){ .type = t->t->name, .verb = t->verb, .id = t->id }, &d);
	return ERR_RATE;
}

TEST(every_state_verb_and_role)
{
	struct city here, *p = &here;
	int tried = 0;
	city_open(p);
	int64_t id = new_case(p, "M05", "yellow");
	take(p, id);
	settle(p, id);
	int64_t party, visit = kids(p, "visit", id).r[0]->id, agreement = kids(p, "agreement", id).r[0]->id;
	struct done d;
	NEED_OK(ADD(MEIW, "party", id, &d, IN("side", "a"), IN("name", "李一")));
	party = d.id;
	NEED_OK(ADD(MEIW, "duty", id, &d, IN("agreement", num(p, agreement)), IN("what", "付款"), IN("side", "a"), IN("due_on", "2026-12-01")));
	int64_t duty = d.id;
	NEED_OK(ADD(TOWNW, "clue", 0, &d, IN("source", "visit"), IN("text", "争吵")));
	const struct { const struct rtype *t; int64_t id; } all[] = { { &clue_type, d.id }, { &case_type, id }, { &party_type, party }, { &visit_type, visit },
								      { &agreement_type, agreement }, { &duty_type, duty } };
	for (size_t k = 0; k < ARRAY_LEN(all); k++)
		for (size_t s = 0; s < all[k].t->nstates; s++)
			for (size_t v = 0; v < all[k].t->nsteps; v++)
				for (enum role r = ROLE_CITIZEN; r < ROLE_COUNT; r++) {
					const struct step *step = &all[k].t->steps[v];
					struct trial t = { p, all[k].id, all[k].t, all[k].t->states[s].name, step->verb, OK, false };
					struct actor w = who(r, r == ROLE_TOWN ? TOWN : CITY, r == ROLE_MEDIATOR ? MEI : 30 + (int)r, p->studio);
					struct ctx c;
					if (!step->from[0])
						continue;
					ctx_at(p, &c, &w);
					CHECK_ERR(ctx_write(&c, attempt, &t), ERR_RATE);
					bool proper = t.got == OK || t.got == ERR_INVALID || t.got == ERR_DENIED || t.got == ERR_NOT_FOUND || t.got == ERR_STATE;
					if (!proper || (t.got == OK && !t.open) || (t.open && t.got == ERR_NOT_FOUND))
						printf("# %s %s %s as %s: %s, open %d, %s\n", t.t->name, t.state, t.verb, role_name(r), err_name(t.got), t.open, p->f.detail);
					CHECK(proper && !(t.got == OK && !t.open) && !(t.open && t.got == ERR_NOT_FOUND));
					tried++;
				}
	printf("# %d tried\n", tried);
	CHECK_STR(get(p, "case", id)->state, "settled");
	city_close(p);
}

/* A mediator on the team, though another one leads it: the row of the unit is hers; who is only of the unit has none. */
TEST(a_child_is_added_by_the_row_that_holds)
{
	struct city here, *p = &here;
	city_open(p);
	int64_t id = new_case(p, "M05", "yellow");
	take(p, id);
	CHECK_ERR(ADD(who(ROLE_MEDIATOR, COMM, 77, p->studio), "party", id, NULL, IN("side", "a"), IN("name", "李一")), ERR_DENIED);
	NEED_OK(ADD(CITYW, "team", id, NULL, IN("staff", "77"), IN("part", "co_mediator"), IN("reason", "需要两人调解")));
	NEED_OK(ADD(who(ROLE_MEDIATOR, COMM, 77, p->studio), "party", id, NULL, IN("side", "a"), IN("name", "李一")));
	CHECK_ERR(ADD(who(ROLE_MEDIATOR, COMM, 98, p->comm), "party", id, NULL, IN("side", "a"), IN("name", "李一")), ERR_NOT_FOUND);
	city_close(p);
}
