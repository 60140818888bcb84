/* libFuzzer: any bytes through cleaning, normalisation, tokens, identifiers and masks. */
#include "text/text.h"

static void put(void *arg, struct str t)
{
	must(utf8_valid(t) && t.n);
	*(size_t *)arg += t.n;
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);
int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	ARENA a = arena_new(0);
	struct str s = { (const char *)p, n }, r;
	struct fault f = { 0 };
	if (text_clean(a, s, &r, &f) == OK)
		must(utf8_valid(r));
	struct norm t = text_normalise(a, s);
	must(t.map[t.text.n] == n);
	for (size_t i = 0; i < t.text.n; i++)
		must(t.map[i] <= t.map[i + 1]);
	size_t sum = 0;
	text_tokens(a, s, true, put, &sum);
	text_tokens(a, s, false, put, &sum);
	phone_normalise(a, s);
	char d;
	if (idno_check(a, s, 20000, &r, &d) == IDNO_OK)
		must(idno_sex(r) == 1 || idno_sex(r) == 2);
	mask_name(a, s);
	mask_phone(a, s);
	mask_idno(a, s);
	mask_address(a, s);
	return 0;
}
