/* Why: who looks at the made-up city must see a calendar with something in it, a mediator on leave who is not suggested, and a slip that waits for its
 * answer. Invariants: all by act(), each by the post whose part it is; the rooms and hours are made up. */
#include "absorb/absorb.h"
#include "base/embedded.h"
#include "cli/demo_inner.h"

enum { ROOMS = 3, BOOKINGS = 6 };

static enum err rooms(struct loader *l, struct ctx *c, int64_t studio, int64_t *ret)
{
	static const char *const name[ROOMS] = { "一号调解室", "二号调解室（双门）", "谈心室" };
	for (int i = 0; i < ROOMS; i++) {
		struct done d;
		TRY(demo_do(l, c, &(struct demo_act){ l->posts.city, l->o->end, { .type = "room", .verb = "create", .parent = studio,
			INPUTS(INPUT("name", str_of(name[i])), INPUT("seats", demo_int(c, 6 + i * 2)), INPUT("apart", i == 1 ? STR("1") : STR(""))) } }, &d));
		ret[i] = d.id;
	}
	return demo_do(l, c, &(struct demo_act){ l->posts.city, l->o->end, { .type = "studio", .verb = "edit", .id = studio,
		INPUTS(INPUT("hours", STR("08:30-17:30")), INPUT("head", demo_int(c, l->staff[l->posts.mediator])), INPUT("committee", STR("演示市婚姻家庭纠纷人民调解委员会"))) } }, NULL);
}

/* The next working days at full hours, one after the other: they cannot meet. */
static enum err bookings(struct loader *l, struct ctx *c, const int64_t *room)
{
	static const char *const kind[] = { "session", "talk", "reception", "signing" };
	const struct filter by[] = { { STR("state"), STR("accepted|mediating") }, { STR("owner"), demo_int(c, l->staff[l->posts.mediator]) } };
	struct seen s;
	int32_t day = day_of(l->o->end) + 1;
	TRY(see(c, &(struct see){ .type = "case", .filters = by, .nfilters = 2, .limit = BOOKINGS }, &s));
	for (size_t i = 0; i < s.n; i++, day++) {
		while (!day_kind_works(calendar_kind(c->app->calendar, day, NULL)))
			day++;
		bool violent = rec_int(s.r[i], "violence"), hidden;
		TRY(absorb_hidden_side(c, s.r[i]->id, STR("a"), &hidden));
		if (hidden)
			continue;
		/* Where somebody must not learn of the case, each is spoken with apart. */
		TRY(absorb_hidden_side(c, s.r[i]->id, STR("both"), &hidden));
		violent |= hidden;
		TRY(demo_do(l, c, &(struct demo_act){ l->posts.mediator, l->o->end, { .type = "booking", .verb = "create", .parent = s.r[i]->id,
			INPUTS(INPUT("kind", violent ? STR("talk") : str_of(kind[i % 4])), INPUT("at", demo_moment(c, day_start(day) + (9 + (int64_t)i % 6) * MS_HOUR)), INPUT("minutes", STR("60")),
				INPUT("room", demo_int(c, room[i % ROOMS])), INPUT("side", violent ? STR("a") : STR("both"))) } }, NULL));
	}
	if (!s.n)
		return OK;
	return demo_do(l, c, &(struct demo_act){ l->posts.city, l->o->end, { .type = "supervision", .verb = "create", .parent = s.r[0]->id,
		INPUTS(INPUT("level", STR("slip")), INPUT("ask", STR("请说明首次联系的时间、目前进展和下一步安排。")), INPUT("basis", STR("月度调度会")),
			INPUT("by_on", demo_day(c, l->o->end + 5 * MS_DAY))) } }, NULL);
}

/* Languages and training of a few; one is on leave. */
static enum err mediators(struct loader *l, struct ctx *c, int64_t mine)
{
	static const char *const speech[] = { "mandarin,local", "mandarin,local,jianghuai", "mandarin,southwest", "mandarin,zhongyuan", "mandarin,sign" };
	struct seen s;
	bool away = false;
	const struct filter by[] = { { STR("state"), STR("active") } };
	TRY(see(c, &(struct see){ .type = "mediator", .filters = by, .nfilters = 1, .limit = 12, .oldest = true }, &s));
	for (size_t i = 0; i < s.n; i++) {
		TRY(demo_do(l, c, &(struct demo_act){ l->posts.city, l->o->end, { .type = "mediator", .verb = "edit", .id = s.r[i]->id, INPUTS(INPUT("languages", str_of(speech[i % 5])),
			INPUT("fulltime", i % 3 ? STR("part") : STR("full")), INPUT("grade", i % 2 ? STR("four") : STR("three"))) } }, NULL));
		if (i < 4)
			TRY(demo_do(l, c, &(struct demo_act){ l->posts.city, l->o->end, { .type = "training", .verb = "create", .parent = s.r[i]->id, INPUTS(INPUT("topic", STR("家庭暴力识别与首次询问")),
				INPUT("kind", STR("violence")), INPUT("held_on", demo_day(c, l->o->end - 40 * MS_DAY)), INPUT("hours", STR("6")), INPUT("giver", STR("演示市妇联")), INPUT("passed", STR("1"))) } }, NULL));
		if (away || s.r[i]->id == mine || i < 2)
			continue;
		away = true;
		TRY(demo_do(l, c, &(struct demo_act){ l->posts.city, l->o->end, { .type = "leave", .verb = "create", .parent = s.r[i]->id, INPUTS(INPUT("kind", STR("study")),
			INPUT("from_on", demo_day(c, l->o->end)), INPUT("to_on", demo_day(c, l->o->end + 9 * MS_DAY))) } }, NULL));
	}
	return OK;
}

/* One keeps away from the court she came from; one handed over nothing, for she had nothing open; and an address of a calendar, revoked, which never opened: its
 * fingerprint is of no address. */
static enum err others(struct loader *l, struct ctx *c)
{
	static const char none[] = "00000000000000000000000000000000";
	const struct filter by[] = { { STR("state"), STR("active") } };
	struct seen s;
	struct done d;
	bool kept = false, handed = false;
	TRY(see(c, &(struct see){ .type = "mediator", .filters = by, .nfilters = 1, .limit = 500, .oldest = true }, &s));
	for (size_t i = 0; i < s.n; i++) {
		bool idle = !rec_int(s.r[i], "load");
		if (!kept && !idle) {
			TRY(demo_do(l, c, &(struct demo_act){ l->posts.city, l->o->end, { .type = "avoid", .verb = "create", .parent = s.r[i]->id,
				INPUTS(INPUT("unit", demo_int(c, l->who[l->posts.court].org)), INPUT("why", STR("原在该单位工作"))) } }, NULL));
			kept = true;
		}
		if (!handed && (idle || i + 1 == s.n)) {
			TRY(demo_do(l, c, &(struct demo_act){ l->posts.city, l->o->end, { .type = "handover", .verb = "create", .parent = s.r[i]->id,
				INPUTS(INPUT("reason", STR("leave")), INPUT("lines", STR("[]"))) } }, NULL));
			handed = true;
		}
	}
	TRY(demo_do(l, c, &(struct demo_act){ DEMO_SYSTEM, l->o->end, { .type = "feed", .verb = "make", .owner = l->staff[l->posts.city], .org = l->who[l->posts.city].org,
		.area = str_of(l->who[l->posts.city].area), INPUTS(INPUT("mark", str_of(none)), INPUT("made_on", demo_moment(c, l->o->end))) } }, &d));
	return demo_do(l, c, &(struct demo_act){ l->posts.city, l->o->end, { .type = "feed", .verb = "revoke", .id = d.id } }, NULL);
}

/* The list of a year that the program knows, entered once more by its document: the days are the same. */
static enum err enter_holidays(struct loader *l, struct ctx *c)
{
	const struct embedded *e = embedded_find("codes/holidays.tsv");
	struct str rest = e ? (struct str){ e->bytes, e->n } : STR_NONE;
	BUF_AUTO b = BUF(8000);
	while (rest.p) {
		struct str line = str_cut(rest, '\n', &rest);
		if (str_starts(line, "2019-"))
			buf_printf(&b, "%.*s\n", (int)line.n, line.p);
	}
	return demo_do(l, c, &(struct demo_act){ l->posts.admin, l->o->end, { .type = "holiday_list", .verb = "create",
		INPUTS(INPUT("year", STR("2019")), INPUT("basis", STR("国办发明电〔2018〕15号")), INPUT("lines", arena_str(c->a, buf_view(&b)))) } }, NULL);
}

/* Words of this city: in force by two people, and a draft. */
static enum err words(struct loader *l, struct ctx *c)
{
	struct done d;
	TRY(demo_do(l, c, &(struct demo_act){ l->posts.city, l->o->end - 20 * MS_DAY, { .type = "phrase", .verb = "create",
		INPUTS(INPUT("name", STR("本地话：打人")), INPUT("finds", STR("sign")), INPUT("sign", STR("violence")), INPUT("words", STR("吃生活\n请…吃拳头\n给…上大课")),
		       INPUT("hits", STR("男人一喝酒就请我吃拳头\n老公一不高兴就给我上大课")), INPUT("misses", STR("老师给我们上课")), INPUT("why", STR("接线员反映本地说法漏判"))) } }, &d));
	TRY(demo_do(l, c, &(struct demo_act){ l->posts.city, l->o->end - 20 * MS_DAY + MS_HOUR, { .type = "phrase", .verb = "offer", .id = d.id } }, NULL));
	TRY(demo_do(l, c, &(struct demo_act){ DEMO_SYSTEM, l->o->end - 20 * MS_DAY + 2 * MS_HOUR, { .type = "phrase", .verb = "pass", .id = d.id,
		INPUTS(INPUT("figures", STR("{\"clues\":214,\"hits\":6,\"strangers\":0,\"raised\":5,\"lowered\":0}"))) } }, NULL));
	TRY(demo_do(l, c, &(struct demo_act){ l->posts.secadmin, l->o->end - 19 * MS_DAY, { .type = "phrase", .verb = "use", .id = d.id, INPUTS(INPUT("reason", STR("试用未见误报"))) } }, NULL));
	return demo_do(l, c, &(struct demo_act){ l->posts.city, l->o->end, { .type = "phrase", .verb = "create",
		INPUTS(INPUT("name", STR("书名不算老人")), INPUT("finds", STR("except")), INPUT("rule", STR("32")), INPUT("words", STR("老人与海")), INPUT("hits", STR("想借一本老人与海")), INPUT("why", STR("图书咨询误判"))) } }, NULL);
}

static enum err tell(struct ctx *job, struct loader *l)
{
	struct ctx c = demo_ctx(l, job);
	struct seen s;
	int64_t room[ROOMS];
	const struct filter by[] = { { STR("staff"), demo_int(&c, l->staff[l->posts.mediator]) } };
	TRY(see(&c, &(struct see){ .type = "mediator", .filters = by, .nfilters = 1, .limit = 1 }, &s));
	int64_t mine = s.n ? s.r[0]->id : 0, studio = s.n && rec_has(s.r[0], "studio") ? rec_int(s.r[0], "studio") : l->n.studios ? l->studio[0] : 0;
	TRY(mediators(l, &c, mine));
	TRY(enter_holidays(l, &c));
	TRY(others(l, &c));
	TRY(words(l, &c));
	struct done model;
	TRY(demo_do(l, &c, &(struct demo_act){ l->posts.city, l->o->end, { .type = "model", .verb = "create", INPUTS(INPUT("why", STR("一季度邻里纠纷多次误判为家庭纠纷"))) } }, &model));
	/* Else the first start of the made-up city would train for seconds. */
	TRY(demo_do(l, &c, &(struct demo_act){ l->posts.city, l->o->end, { .type = "model", .verb = "refuse", .id = model.id, INPUTS(INPUT("reason", STR("更正还少，积累一季度再训练"))) } }, NULL));
	if (!studio)
		return OK;
	TRY(rooms(l, &c, studio, room));
	return bookings(l, &c, room);
}

enum err demo_load_studios(struct loader *l) { return demo_job(l, tell); }
