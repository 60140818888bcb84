/* Counselling of couples: each asked apart first, together only where nobody said or left open that there is violence; the cooling-off period on worked
 * dates; nobody called without consent; a couple counts once in whatever order its sessions are written down; what was said is the team's alone. */
#include "absorb/timed.h"
#include "walk.h"
#include "record/metrics.h"

#define CLERK who(ROLE_LIAISON, CITY, 36, p->civil)
#define ROSE who(ROLE_MEDIATOR, CITY, MEI, p->civil)
#define SECRET "暗语梅花三弄"

static int64_t receive(struct city *p, const char *a, const char *b)
{
	struct done d;
	NEED_OK(ADD(CLERK, "counsel", 0, &d, IN("place", "registry"), IN("intent", "applying"), IN("a_name", "张某甲"), IN("b_name", "李某乙"), IN("screen_a", a), IN("screen_b", b),
		IN("apart", "1"), IN("owner", num(p, MEI))));
	return d.id;
}
static enum err talk(struct city *p, int64_t id, const char *form, const char *with)
{
	return ADD(ROSE, "talk", id, NULL, IN("form", form), IN("present", with), IN("held", arena_cstr(p->a, datetime_str(p->a, p->now - MS_HOUR))), IN("minutes", "40"), IN("text", SECRET));
}

TEST(together_only_when_both_asked_alone_said_no)
{
	static const struct { const char *a, *b; enum err e; } v[] = {
		{ "no", "no", OK }, { "yes", "no", ERR_STATE }, { "no", "yes", ERR_STATE }, { "no", "unclear", ERR_STATE }, { "unwilling", "no", ERR_STATE },
	};
	struct city here, *p = &here;
	city_fast = true;
	city_open(p);
	CHECK_ERR(ADD(CLERK, "counsel", 0, NULL, IN("place", "registry"), IN("intent", "applying"), IN("a_name", "张某甲"), IN("b_name", "李某乙"), IN("screen_a", "no"), IN("apart", "1")), ERR_INVALID);
	CHECK_ERR(ADD(CLERK, "counsel", 0, NULL, IN("place", "registry"), IN("intent", "applying"), IN("a_name", "张某甲"), IN("screen_a", "no")), ERR_INVALID);
	for (size_t i = 0; i < ARRAY_LEN(v); i++) {
		int64_t id = receive(p, v[i].a, v[i].b);
		CHECK_ERR(talk(p, id, "joint", "both"), v[i].e);
		CHECK_OK(talk(p, id, "single", "a"));
	}
	/* Once said it stays, whatever is said later. */
	int64_t id = receive(p, "yes", "no");
	NEED_OK(DO(ROSE, "counsel", "screen", id, IN("screen_a", "no"), IN("screen_b", "no"), IN("apart", "1")));
	CHECK_INT(rec_int(get(p, "counsel", id), "violence"), 1);
	CHECK_ERR(talk(p, id, "joint", "both"), ERR_STATE);
	/* A case only when she wants it; and then the federation has it. */
	CHECK_ERR(DO(ROSE, "counsel", "refer", id, IN("refer_ok", "0"), IN("note", "本人要求帮助")), ERR_INVALID);
	NEED_OK(DO(ROSE, "counsel", "refer", id, IN("refer_ok", "1"), IN("note", "本人要求帮助")));
	struct rec *k = get(p, "case", rec_int(get(p, "counsel", id), "kase"));
	CHECK_INT(rec_int(k, "violence"), 1);
	CHECK_STR(k->state, "registered");
	CHECK_ERR(DO(ROSE, "counsel", "refer", id, IN("refer_ok", "1"), IN("note", "x")), ERR_STATE);
	city_close(p);
}

/* 民法典 1077, 201, 203: reckoned apart from the program, with the notices of the State Council in hand. */
TEST(the_cooling_off_on_worked_dates)
{
	static const struct { const char *applied, *cool, *cert; } v[] = {
		{ "2021-01-01", "2021-02-01", "2021-03-03" }, { "2021-01-13", "2021-02-18", "2021-03-22" } /* Spring Festival */, { "2021-09-06", "2021-10-08", "2021-11-08" } /* National Day */,
		{ "2022-01-05", "2022-02-07", "2022-03-09" }, { "2022-09-02", "2022-10-08", "2022-11-07" } /* a day made up for */, { "2022-12-27", "2023-01-28", "2023-02-27" },
		{ "2023-09-01", "2023-10-07", "2023-11-06" }, { "2023-08-02", "2023-09-01", "2023-10-07" }, { "2024-01-15", "2024-02-18", "2024-03-19" }, { "2024-09-04", "2024-10-08", "2024-11-07" },
		{ "2024-08-05", "2024-09-04", "2024-10-08" }, { "2025-01-02", "2025-02-05", "2025-03-07" }, { "2025-09-05", "2025-10-09", "2025-11-10" }, { "2026-01-19", "2026-02-24", "2026-03-26" },
		{ "2025-12-17", "2026-01-16", "2026-02-24" }, { "2026-09-04", "2026-10-08", "2026-11-09" },
	};
	struct city here, *p = &here;
	city_open(p);
	for (size_t i = 0; i < ARRAY_LEN(v); i++) {
		int64_t cool, cert, applied, id;
		NEED(date_parse(str_of(v[i].applied), &applied) && date_parse(str_of(v[i].cool), &cool) && date_parse(str_of(v[i].cert), &cert));
		p->now = applied + 10 * MS_HOUR;
		id = receive(p, "no", "no");
		NEED_OK(DO(ROSE, "counsel", "apply", id, IN("applied_on", v[i].applied)));
		CHECK_INT(rec_int(get(p, "counsel", id), "cool_end"), cool);
		CHECK_INT(rec_int(get(p, "counsel", id), "cert_end"), cert);
		CHECK_INT(clock_of(p, "counsel", id, "counsel.certificate")->due, cert + MS_DAY);
		/* The last day to withdraw and the first for the certificate; the last of all, and then none. */
		p->now = cool + 9 * MS_HOUR;
		CHECK_ERR(DO(ROSE, "counsel", "certificate", id, IN("done_on", v[i].cool), IN("both_present", "1")), ERR_INVALID);
		CHECK_ERR(DO0(ROSE, "counsel", "lapse", id), ERR_STATE);
		p->now = cert + MS_DAY - MS_MINUTE;
		CHECK_ERR(DO0(ROSE, "counsel", "lapse", id), ERR_STATE);
		CHECK_ERR(DO(ROSE, "counsel", "certificate", id, IN("done_on", v[i].cert), IN("both_present", "0")), ERR_INVALID);
		char *after = arena_cstr(p->a, datetime_str(p->a, cool + MS_DAY));
		after[10] = 0;
		CHECK_ERR(DO(ROSE, "counsel", "withdraw", id, IN("done_on", after), IN("withdrew", "a"), IN("result", "reconciled")), ERR_INVALID);
		if (i % 3 == 0) {
			NEED_OK(DO(ROSE, "counsel", "certificate", id, IN("done_on", v[i].cert), IN("both_present", "1")));
			CHECK_STR(rec_str(&(struct ctx){ .a = p->a, .app = p->app, .f = &p->f }, get(p, "counsel", id), "result"), "went_on");
		} else if (i % 3 == 1) {
			NEED_OK(DO(ROSE, "counsel", "withdraw", id, IN("done_on", v[i].cool), IN("withdrew", "b"), IN("result", "reconciled")));
		} else {
			p->now = cert + MS_DAY;
			CHECK_ERR(DO(ROSE, "counsel", "certificate", id, IN("done_on", after), IN("both_present", "0")), ERR_INVALID);
			NEED_OK(DO0(ROSE, "counsel", "lapse", id));
		}
		CHECK(clock_of(p, "counsel", id, "counsel.certificate")->state != DUE_RUNNING);
	}
	/* Before 2021 there was none. */
	p->now = civil_ms((struct civil){ 2021, 1, 5, 9, 0, 0 });
	int64_t id = receive(p, "no", "no");
	CHECK_ERR(DO(ROSE, "counsel", "apply", id, IN("applied_on", "2020-12-31")), ERR_INVALID);
	CHECK_ERR(DO(ROSE, "counsel", "apply", id, IN("applied_on", "2021-01-06")), ERR_INVALID);
	city_close(p);
}

TEST(called_only_by_her_own_consent_and_when_safe)
{
	struct city here, *p = &here;
	struct due *d;
	city_open(p);
	int64_t id = receive(p, "no", "no");
	NEED_OK(DO(ROSE, "counsel", "apply", id, IN("applied_on", "2026-11-24")));
	/* Nobody agreed: no day on which to call. */
	struct ctx c;
	size_t n;
	ctx_at(p, &c, &actor_system);
	NEED_OK(ctx_read(&c));
	NEED_OK(due_list(&c, "counsel", id, &d, &n));
	CHECK_INT(n, 1);
	CHECK_ERR(talk(p, id, "contact", "a"), ERR_INVALID);
	NEED_OK(DO(ROSE, "counsel", "edit", id, IN("a_consent", "1"), IN("a_safe", "unclear")));
	CHECK_ERR(talk(p, id, "contact", "a"), ERR_INVALID);
	NEED_OK(DO(ROSE, "counsel", "edit", id, IN("a_safe", "yes")));
	CHECK_OK(talk(p, id, "contact", "a"));
	/* The one's consent is not the other's, and not for both at once. */
	CHECK_ERR(talk(p, id, "contact", "b"), ERR_INVALID);
	CHECK_ERR(talk(p, id, "contact", "both"), ERR_INVALID);
	/* A call is no session. */
	CHECK_INT(rec_int(get(p, "counsel", id), "sessions"), 0);
	int64_t two = receive(p, "no", "no");
	NEED_OK(DO(ROSE, "counsel", "edit", two, IN("b_consent", "1"), IN("b_safe", "yes")));
	NEED_OK(DO(ROSE, "counsel", "apply", two, IN("applied_on", "2026-11-24")));
	CHECK_INT(clock_of(p, "counsel", two, "counsel.contact7")->due, civil_ms((struct civil){ 2026, 12, 2, 0, 0, 0 }));
	CHECK_INT(clock_of(p, "counsel", two, "counsel.contact25")->due, civil_ms((struct civil){ 2026, 12, 22, 0, 0, 0 }));
	CHECK_OK(talk(p, two, "contact", "b"));
	CHECK_INT(clock_of(p, "counsel", two, "counsel.contact7")->state, DUE_MET);
	CHECK_INT(clock_of(p, "counsel", two, "counsel.contact25")->state, DUE_RUNNING);
	city_close(p);
}

static int64_t count(struct city *p, const char *metric)
{
	struct ctx c;
	struct tally_row *r;
	size_t n;
	int64_t sum = 0;
	ctx_at(p, &c, &actor_system);
	NEED_OK(ctx_read(&c));
	NEED_OK(tally_read(&c, &(struct tally_ask){ .metric = metric, .from_day = 0, .to_day = INT32_MAX, .area = STR("") }, &r, &n));
	for (size_t i = 0; i < n; i++)
		sum += r[i].n;
	return sum;
}

TEST(a_couple_counts_once_in_any_order)
{
	static const struct { const char *form, *with; } s[] = { { "single", "a" }, { "single", "b" }, { "joint", "both" } };
	static const int order[6][3] = { { 0, 1, 2 }, { 0, 2, 1 }, { 1, 0, 2 }, { 1, 2, 0 }, { 2, 0, 1 }, { 2, 1, 0 } };
	struct city here, *p = &here;
	city_open(p);
	for (int o = 0; o < 6; o++) {
		int64_t id = receive(p, "no", "no");
		CHECK_ERR(DO(ROSE, "counsel", "end", id, IN("result", "reconciled")), ERR_INVALID);
		for (int i = 0; i < 3; i++)
			NEED_OK(talk(p, id, s[order[o][i]].form, s[order[o][i]].with));
		struct rec *r = get(p, "counsel", id);
		CHECK_INT(rec_int(r, "sessions"), 3);
		CHECK_INT(rec_int(r, "heads"), 4);
		NEED_OK(DO(ROSE, "counsel", "end", id, IN("result", o % 2 ? "went_on" : "postponed")));
		CHECK_INT(count(p, METRIC_COUPLE_IN), o + 1);
		CHECK_INT(count(p, METRIC_COUPLE_MET), o + 1);
		CHECK_INT(count(p, METRIC_COUPLE_OK), o / 2 + 1);
	}
	/* They come again: still one, with the result it has now. */
	struct seen all;
	struct ctx c;
	ctx_at(p, &c, &actor_system);
	NEED_OK(ctx_read(&c));
	NEED_OK(see(&c, &(struct see){ .type = "counsel" }, &all));
	int64_t last = all.r[0]->id;
	NEED_OK(DO(ROSE, "counsel", "again", last, IN("screen_a", "no"), IN("screen_b", "no"), IN("apart", "1"), IN("note", "再来")));
	NEED_OK(talk(p, last, "joint", "both"));
	NEED_OK(DO(ROSE, "counsel", "end", last, IN("result", "reconciled")));
	CHECK_INT(count(p, METRIC_COUPLE_IN), 6);
	CHECK_INT(count(p, METRIC_COUPLE_OK), 4);
	/* One side only: received, not counselled together, never reconciled. Where violence is said: in neither, on its own line. */
	int64_t one = receive(p, "no", "no"), dv = receive(p, "yes", "no");
	NEED_OK(talk(p, one, "single", "a"));
	CHECK_ERR(DO(ROSE, "counsel", "end", one, IN("result", "postponed")), ERR_INVALID);
	NEED_OK(DO(ROSE, "counsel", "end", one, IN("result", "single")));
	NEED_OK(talk(p, dv, "single", "a"));
	NEED_OK(talk(p, dv, "single", "b"));
	NEED_OK(DO(ROSE, "counsel", "end", dv, IN("result", "postponed")));
	CHECK_INT(count(p, METRIC_COUPLE_IN), 7);
	CHECK_INT(count(p, METRIC_COUPLE_MET), 6);
	CHECK_INT(count(p, METRIC_COUPLE_OK), 4);
	CHECK_INT(count(p, METRIC_COUPLE_DV), 1);
	/* Half a year later. */
	CHECK_ERR(DO0(ROSE, "counsel", "stable", last), ERR_STATE);
	p->now += 181 * MS_DAY;
	CHECK_ERR(DO0(ROSE, "counsel", "stable", one), ERR_STATE);
	NEED_OK(DO0(ROSE, "counsel", "stable", last));
	/* Consultations and lectures are no couples. */
	NEED_OK(ADD(CLERK, "consult", 0, NULL, IN("form", "legal"), IN("held", "2026-11-24"), IN("people", "1")));
	NEED_OK(ADD(CLERK, "consult", 0, NULL, IN("form", "lecture"), IN("held", "2026-11-24"), IN("people", "80")));
	CHECK_INT(count(p, METRIC_CONSULT), 1);
	CHECK_INT(count(p, METRIC_LECTURE), 1);
	CHECK_INT(count(p, METRIC_COUPLE_IN), 7);
	city_close(p);
}

#define IDS(a, b) IN("place", "registry"), IN("intent", "applying"), IN("a_name", "张某甲"), IN("b_name", "李某乙"), IN("screen_a", "no"), IN("screen_b", "no"), IN("apart", "1"), IN("a_idno", a), IN("b_idno", b)
TEST(the_same_couple_is_found_again_whoever_stands_first)
{
	static const char a[] = "320582199001010015", b[] = "320582199001010023";
	struct city here, *p = &here;
	struct done d;
	city_open(p);
	char *x = arena_printf(p->a, "%s", a), *y = arena_printf(p->a, "%s", b);
	static const int w[] = { 7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2 };
	char *const both[] = { x, y };
	for (int k = 0; k < 2; k++) {
		int sum = 0;
		for (int i = 0; i < 17; i++)
			sum += (both[k][i] - '0') * w[i];
		both[k][17] = "10X98765432"[sum % 11];
	}
	NEED_OK(ADD(CLERK, "counsel", 0, &d, IDS(x, y)));
	CHECK_ERR(ADD(CLERK, "counsel", 0, NULL, IDS(x, y)), ERR_INVALID);
	CHECK_ERR(ADD(CLERK, "counsel", 0, NULL, IDS(y, x)), ERR_INVALID);
	/* At another office they are not sent away; they do not count a second time. */
	struct done e;
	NEED_OK(ADD(MEIW, "counsel", 0, &e, IDS(y, x)));
	CHECK_INT(rec_int(get(p, "counsel", e.id), "same"), d.id);
	CHECK_INT(count(p, METRIC_COUPLE_IN), 1);
	city_close(p);
}

/* Who is not of the team: every way to the notes, each tried with a word that stands in them. */
TEST(the_notes_are_the_teams_alone)
{
	struct city here, *p = &here;
	enum sight sight;
	struct done d;
	city_open(p);
	int64_t id = receive(p, "no", "no");
	NEED_OK(ADD(ROSE, "talk", id, &d, IN("form", "joint"), IN("present", "both"), IN("held", "2026-11-24 08:00"), IN("text", SECRET), IN("advice", SECRET)));
	NEED_OK(peek(p, ROSE, "talk", d.id, &sight));
	CHECK_INT(sight, SIGHT_FULL);
	const struct actor out[] = { CLERK, who(ROLE_MEDIATOR, CITY, 32, p->civil), CITYW, TOWNW, COMMW, who(ROLE_GRID, COMM "001", 34, p->comm), who(ROLE_HOTLINE, CITY, 35, p->fed),
		who(ROLE_LIAISON, CITY, POL, p->police), who(ROLE_LIAISON, CITY, 33, p->court), who(ROLE_LEADER, CITY, 37, p->fed), who(ROLE_AUDITOR, CITY, 38, p->fed),
		who(ROLE_ADMIN, CITY, 39, p->fed), who(ROLE_SECADMIN, CITY, 40, p->fed), who(ROLE_CITIZEN, CITY, 0, 0) };
	for (size_t i = 0; i < ARRAY_LEN(out) + 1; i++) {
		struct actor w = i < ARRAY_LEN(out) ? out[i] : ROSE;
		struct ctx c;
		struct seen s;
		int64_t n = 0;
		ctx_at(p, &c, &w);
		NEED_OK(ctx_read(&c));
		if (i < ARRAY_LEN(out)) {
			CHECK_ERR(peek(p, w, "talk", d.id, &sight), ERR_NOT_FOUND);
			NEED_OK(see_children(&c, "talk", id, &s));
			CHECK_INT(s.n, 0);
			CHECK(ADD(w, "talk", id, NULL, IN("form", "single"), IN("present", "a"), IN("held", "2026-11-24 08:00"), IN("text", "x")) != OK);
			CHECK(DO(w, "talk", "edit", d.id, IN("text", "x")) != OK);
		}
		/* In no list, count or search, not even the team's own. */
		if (see(&c, &(struct see){ .type = "talk" }, &s) == OK)
			CHECK_INT(s.n, 0);
		if (see_count(&c, &(struct see){ .type = "talk" }, 10, &n) == OK)
			CHECK_INT(n, 0);
		if (see(&c, &(struct see){ .type = "talk", .words = STR(SECRET) }, &s) == OK)
			CHECK_INT(s.n, 0);
		/* And nothing else that she can read says it: the outline, her notices, the journal of the record. */
		if (i < ARRAY_LEN(out)) {
			struct notice *note;
			struct rec *r;
			size_t nn;
			NEED_OK(notice_list(&c, 100, &note, &nn));
			for (size_t k = 0; k < nn; k++)
				CHECK(str_find(note[k].text, STR(SECRET)) < 0 && !str_is(note[k].type, "talk"));
			if (see_one(&c, "counsel", id, &r) == OK)
				for (size_t k = 0; k < r->t->nfields; k++) {
					struct str v = rec_show(&c, r, (int)k);
					CHECK(!v.n || (str_find(v, STR(SECRET)) < 0 && str_find(v, STR("张某甲")) < 0));
				}
		}
	}
	/* No emergency opens it. */
	for (size_t i = 0; i < talk_type.nread; i++)
		CHECK(talk_type.read[i].scope == SC_TEAM);
	/* Nor an export: of no post's list. */
	struct actor city = CITYW;
	struct ctx c;
	struct seen s;
	ctx_at(p, &c, &city);
	NEED_OK(ctx_read(&c));
	CHECK(talk_type.unlisted && (see(&c, &(struct see){ .type = "talk" }, &s) != OK || !s.n));
	/* Who is put on the team reads them, and no longer when taken off; nobody puts herself. */
	struct done m;
	CHECK_ERR(ADD(CLERK, "counsellor", id, NULL, IN("staff", num(p, 36)), IN("part", "legal")), ERR_DENIED);
	CHECK_ERR(ADD(ROSE, "counsellor", id, NULL, IN("staff", num(p, MEI)), IN("part", "legal")), ERR_DENIED);
	NEED_OK(ADD(ROSE, "counsellor", id, &m, IN("staff", num(p, 32)), IN("part", "legal")));
	CHECK_OK(peek(p, who(ROLE_MEDIATOR, CITY, 32, p->civil), "talk", d.id, &sight));
	NEED_OK(DO0(ROSE, "counsellor", "remove", m.id));
	CHECK_ERR(peek(p, who(ROLE_MEDIATOR, CITY, 32, p->civil), "talk", d.id, &sight), ERR_NOT_FOUND);
	city_close(p);
}

TEST(asked_for_by_a_citizen)
{
	struct city here, *p = &here;
	struct done d;
	enum sight sight;
	struct actor w = who(ROLE_CITIZEN, CITY, 0, 0);
	city_open(p);
	CHECK_ERR(run(p, w, &(struct act){ .type = "counsel", .verb = "ask", .org = p->civil, INPUTS(IN("intent", "before"), IN("a_name", "王女士"), IN("a_safe", "yes"), IN("a_note", "上午")) }, &d), ERR_INVALID);
	NEED_OK(run(p, w, &(struct act){ .type = "counsel", .verb = "ask", .org = p->civil, INPUTS(IN("intent", "before"), IN("a_name", "王女士"), IN("a_phone", "19900001234"), IN("a_safe", "yes"), IN("a_note", "上午打")) }, &d));
	CHECK_ERR(peek(p, w, "counsel", d.id, &sight), ERR_NOT_FOUND);
	NEED_OK(peek(p, CLERK, "counsel", d.id, &sight));
	CHECK_INT(sight, SIGHT_FULL);
	CHECK(clock_of(p, "counsel", d.id, "counsel.book") != NULL);
	CHECK_ERR(DO(CLERK, "counsel", "book", d.id, IN("appointment", "2026-11-23 09:00"), IN("owner", num(p, MEI))), ERR_INVALID);
	NEED_OK(DO(CLERK, "counsel", "book", d.id, IN("appointment", "2026-11-26 09:00"), IN("owner", num(p, MEI))));
	/* It stands in her calendar, without anybody's name. */
	struct ctx cal;
	struct actor mei = MEIW;
	struct entry *e;
	size_t ne, hits = 0;
	ctx_at(p, &cal, &mei);
	NEED_OK(ctx_read(&cal));
	NEED_OK(absorb_entries(&cal, &(struct entry_ask){ .from = p->now, .to = p->now + 7 * MS_DAY, .staff = MEI }, &e, &ne));
	for (size_t i = 0; i < ne; i++)
		hits += strcmp(e[i].t->type, "counsel") == 0 && e[i].r->id == d.id;
	CHECK_INT(hits, 1);
	BUF_AUTO feed = BUF(1 << 20);
	NEED_OK(feed_text(&cal, &feed));
	CHECK(str_find(buf_view(&feed), str_of(arena_printf(p->a, "UID:counsel-%lld@", (long long)d.id))) >= 0 && str_find(buf_view(&feed), STR("19900001234")) < 0);
	NEED_OK(peek(p, CLERK, "counsel", d.id, &sight));
	CHECK_INT(sight, SIGHT_MASKED);
	p->now += 2 * MS_DAY;
	NEED_OK(DO(ROSE, "counsel", "receive", d.id, IN("screen_a", "no"), IN("apart", "1")));
	city_close(p);
}

TEST(each_state_by_each_verb_by_each_post)
{
	struct city here, *p = &here;
	city_open(p);
	/* The desk of the registry is the unit "civil"; the counsellor is its mediator. */
	int64_t id = receive(p, "no", "no");
	walk(p, "counsel", id,
	     "asked book: civil\n" "asked edit: lead\n" "asked void: civil\n"
	     "booked book: civil\n" "booked receive: lead\n" "booked edit: lead\n" "booked void: civil\n"
	     "received screen: lead\n" "received edit: lead\n" "received apply: lead\n" "received end: lead\n" "received refer: lead\n"
	     "cooling screen: lead\n" "cooling edit: lead\n" "cooling withdraw: lead\n" "cooling certificate: lead\n" "cooling lapse: lead\n" "cooling refer: lead\n"
	     "ended stable: lead\n" "ended again: lead\n" "ended refer: lead\n"
	     "void again: lead\n");
	city_close(p);
}
