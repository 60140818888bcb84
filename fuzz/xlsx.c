/* Fuzz target: a workbook from a stranger. clang -fsanitize=fuzzer,address, or with -DFUZZ_FILES a program that reads the
 * files it is given (for AFL and for running a found input again). */
#include "paper/paper.h"
#include <stdio.h>

int LLVMFuzzerTestOneInput(const unsigned char *p, size_t n);

static bool on_row(void *arg, int64_t number, const struct str *cells, size_t n, bool formula)
{
	size_t *sum = arg;
	for (size_t i = 0; i < n; i++) {
		must(!cells[i].p || utf8_valid(cells[i]) || memchr(cells[i].p, 0, cells[i].n) == NULL);
		*sum += cells[i].n;
	}
	return true;
}

int LLVMFuzzerTestOneInput(const unsigned char *p, size_t n)
{
	struct xlsx_limits l = xlsx_limits_default;
	struct fault f = { 0 };
	struct str *names, bytes = { (const char *)p, n };
	size_t count = 0, sum = 0;
	ARENA a = arena_new(0);
	l.max_bytes = 8 << 20;
	if (xlsx_sheets(bytes, a, &names, &count, &f) == OK)
		for (size_t i = 0; i < count && i < 3; i++)
			(void)!xlsx_read(bytes, (int)i, &l, on_row, &sum, &f);
	return 0;
}

#ifdef FUZZ_FILES
int main(int argc, char **argv)
{
	for (int i = 1; i < argc; i++) {
		FILE *in = fopen(argv[i], "rb");
		if (!in)
			continue;
		BUF_AUTO b = BUF(64 << 20);
		char w[65536];
		size_t n;
		while ((n = fread(w, 1, sizeof(w), in)) > 0)
			buf_put(&b, w, n);
		fclose(in);
		LLVMFuzzerTestOneInput((const unsigned char *)buf_view(&b).p, b.n);
	}
	return 0;
}
#endif
