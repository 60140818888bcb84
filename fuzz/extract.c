/* libFuzzer: any bytes as a narrative. What is found stands in the text, in order, in whole characters, and has a kind and a state. */
#include "base/clock.h"
#include "sense/extract.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);
int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	static struct extract_places *places;
	if (!places)
		places = extract_places_new((const struct str[]){ STR("梅李镇"), STR("梅李"), STR("桥头村") }, 3);
	ARENA a = arena_new(0);
	struct str s = { (const char *)p, n };
	struct extracts x;
	extract_text(a, s, day_make(2026, 11, 26), places, &x);
	for (size_t i = 0; i < x.n; i++) {
		const struct extract *e = &x.v[i];
		must(e->from < e->to && e->to <= n && (i == 0 || x.v[i - 1].to <= e->from));
		must(e->kind < EXTRACT_KIND_COUNT && e->state < EXTRACT_STATE_COUNT);
		must(e->number >= 0 && utf8_valid(e->value));
	}
	return 0;
}
