/* libFuzzer: any bytes as a file of clues: opened, its columns guessed, its mapping read back, every row walked twice alike. */
#include "sense/import.h"

struct sum { int64_t rows, last; size_t bytes; };

static bool row(void *arg, const struct tab_row *r)
{
	struct sum *s = arg;
	must(r->number > s->last && r->n <= TAB_COLS);
	s->last = r->number;
	s->rows++;
	for (size_t i = 0; i < r->n; i++) {
		must(r->cells[i].n <= TAB_CELL);
		for (size_t k = 0; k < r->cells[i].n; k++)
			s->bytes += (unsigned char)r->cells[i].p[k];
	}
	return s->rows < 100000;
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);
int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	ARENA a = arena_new(0);
	struct fault f = { 0 };
	struct tab t;
	struct import_map m, again;
	struct sum one = { 0 }, two = { 0 };
	if (tab_open(a, (struct str){ (const char *)p, n }, 0, import_head_known, &t, &f) != OK)
		return 0;
	must(t.ncols > 0 && t.ncols <= TAB_COLS);
	if (import_guess(&t, &m, &f) != OK)
		return 0;
	if (tab_each(&t, 0, row, &one, &f) != OK || tab_each(&t, 0, row, &two, &f) != OK)
		return 0;
	must(one.rows == two.rows && one.bytes == two.bytes);
	must(import_map_parse(&t, import_map_text(a, &m), &again, &f) == OK);
	must(memcmp(&m, &again, sizeof m) == 0);
	return 0;
}
