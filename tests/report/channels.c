/* How alive each way is: what is told of a quiet and of a loud one, and what is not told of chance. */
#include "../absorb/river.h"
#include "report/channels.h"

TEST(silence_and_bursts_by_their_chance)
{
	static const struct { int64_t week; double usual; int gap; enum channel_state want; } v[] = {
		{ 0, 0, -1, CHANNEL_NEVER }, { 1, 0, 0, CHANNEL_USUAL },      /* the first of its kind */
		{ 0, 1, 6, CHANNEL_USUAL }, { 0, 1, 32, CHANNEL_USUAL }, { 0, 1, 33, CHANNEL_SILENT },       /* exp(-33/7) = 0.009 */
		{ 20, 21, 1, CHANNEL_USUAL }, { 0, 21, 2, CHANNEL_SILENT }, { 100, 105, 0, CHANNEL_USUAL },
		{ 4, 0.1, 0, CHANNEL_USUAL }, { 6, 0.5, 0, CHANNEL_LOUD }, { 9, 6, 0, CHANNEL_USUAL }, { 16, 6, 0, CHANNEL_LOUD },
		{ 330, 300, 0, CHANNEL_USUAL }, { 360, 300, 0, CHANNEL_LOUD }, { 0, 0.1, -1, CHANNEL_USUAL },
	};
	for (size_t i = 0; i < ARRAY_LEN(v); i++)
		CHECK_INT(channel_state(v[i].week, v[i].usual, v[i].gap), v[i].want);
}

static const struct channel *channel(struct city *p, const char *code)
{
	struct ctx c;
	struct channel *v;
	size_t n;
	struct actor *w = NEW(p->a, struct actor);
	*w = CITYW;
	ctx_at(p, &c, w);
	NEED_OK(ctx_read(&c));
	NEED_OK(channels_read(&c, &v, &n));
	for (size_t i = 0; i < n; i++)
		if (str_is(v[i].code, code))
			return &v[i];
	NEED(false);
	return NULL;
}

TEST(what_came_is_counted_by_its_way)
{
	struct city here, *p = &here;
	city_open(p);      /* 2026-11-24 */
	for (int week = 1; week <= 12; week++)
		for (int i = 0; i < 2; i++) {
			char when[32];
			struct civil d = civil_of(p->now - (week * 7 + i) * MS_DAY);
			snprintf(when, sizeof when, "%04d-%02d-%02d 10:00", d.year, d.month, d.day);
			NEED_OK(ADD(TOWNW, "clue", 0, NULL, IN("source", "school"), IN("text", "有事"), IN("received", when)));
		}
	NEED_OK(ADD(TOWNW, "clue", 0, NULL, IN("source", "grid"), IN("text", "争吵"), IN("received", "2026-11-24 08:00")));
	NEED_OK(ADD(TOWNW, "clue", 0, NULL, IN("source", "grid"), IN("text", "争吵"), IN("received", "2026-11-18 08:00")));
	const struct channel *k = channel(p, "grid");
	CHECK(k->today == 1 && k->week == 2 && k->month == 2 && k->gap == 0 && k->state == CHANNEL_USUAL);
	k = channel(p, "school");
	CHECK(k->today == 0 && k->week == 0 && k->gap == 7 && k->usual == 2 && k->state == CHANNEL_USUAL);
	p->now += 14 * MS_DAY;
	k = channel(p, "school");
	CHECK(k->gap == 21 && k->state == CHANNEL_SILENT);
	CHECK_INT(channel(p, "letter")->state, CHANNEL_NEVER);
	city_close(p);
}
