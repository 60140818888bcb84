/* Fuzzer: method, target, headers and a form body, as one text: first line "METHOD TARGET", header lines, an empty line,
 * the body. Checks that whatever comes in, the answer keeps its promises. */
#include "../tests/web/app.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	static const struct web_config c = { .tables = app_tables };
	ARENA a = arena_new(0);
	struct str all = { (const char *)data, n }, body = STR(""), target, rest;
	ptrdiff_t e = str_find(all, STR("\n\n"));
	if (e >= 0) {
		body = (struct str){ all.p + e + 2, all.n - (size_t)e - 2 };
		all.n = (size_t)e;
	}
	struct str line = str_cut(all, '\n', &rest), method = str_cut(line, ' ', &target);
	if (str_find(line, STR("/sleep")) >= 0)
		return 0;
	struct web_answer w = web_handle(&c, a, arena_cstr(a, method), arena_cstr(a, target), arena_cstr(a, rest), body);
	must(w.status >= 200 && w.status < 600);
	must(str_find(w.headers, STR("X-Content-Type-Options: nosniff\n")) >= 0);
	must(!memchr(w.headers.p, '\r', w.headers.n) && !memchr(w.headers.p, 0, w.headers.n));
	ptrdiff_t l = str_find(w.headers, STR("Location: "));
	must(l < 0 || (w.headers.p[l + 10] == '/' && w.headers.p[l + 11] != '/' && w.headers.p[l + 11] != '\\'));
	return 0;
}
