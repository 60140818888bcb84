/* libFuzzer: any bytes as a table file; every cell must lie in readable memory. */
#include "text/text.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);
int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	ARENA a = arena_new(0);
	struct str s;
	struct fault f = { 0 };
	if (text_to_utf8(a, (struct str){ (const char *)p, n }, &s, NULL, &f) != OK)
		return 0;
	must(utf8_valid(s));
	struct csv c;
	csv_open(&c, s);
	struct str *cells;
	size_t k, sum = 0;
	bool broken;
	while (csv_next(&c, a, &cells, &k, &broken))
		for (size_t i = 0; i < k; i++)
			for (size_t j = 0; j < cells[i].n; j++)
				sum += (unsigned char)cells[i].p[j];
	must(c.at == s.n);
	return sum == SIZE_MAX;
}
