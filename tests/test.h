/* The harness, on cmocka: each TEST registers itself and runs in order; TAP on stdout, so that meson counts every one.
 * XA_TEST_ONLY=name runs one. CHECK goes on after a failure (and says where), NEED ends the test. */
#ifndef XA_TEST_H
#define XA_TEST_H
#include "base/base.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>
#undef fail    /* ours is base/'s */
#undef skip

struct test_case { const char *name; void (*fn)(void); struct test_case *next; };
static struct test_case *test_first, **test_last = &test_first;
static int test_bad;

#define TEST(n)                                                                          \
	static void test_##n(void);                                                      \
	__attribute__((constructor)) static void test_reg_##n(void)                      \
	{                                                                                \
		static struct test_case c = { #n, test_##n, NULL };                      \
		*test_last = &c;                                                         \
		test_last = &c.next;                                                     \
	}                                                                                \
	static void test_##n(void)

#define CHECK(cond) ((cond) ? (void)0 : (void)(test_bad++, printf("# %s:%d: CHECK(%s)\n", __FILE__, __LINE__, #cond)))
#define NEED(cond) do { if (!(cond)) { test_bad++; printf("# %s:%d: NEED(%s)\n", __FILE__, __LINE__, #cond); _fail(__FILE__, __LINE__); } } while (0)
#define CHECK_OK(expr) do { enum err e_ = (expr); if (e_ != OK) { test_bad++; printf("# %s:%d: %s = %s\n", __FILE__, __LINE__, #expr, err_name(e_)); } } while (0)
#define NEED_OK(expr) do { enum err e_ = (expr); if (e_ != OK) { test_bad++; printf("# %s:%d: %s = %s\n", __FILE__, __LINE__, #expr, err_name(e_)); _fail(__FILE__, __LINE__); } } while (0)
#define CHECK_ERR(expr, want) do { enum err e_ = (expr); if (e_ != (want)) { test_bad++; printf("# %s:%d: %s = %s, not %s\n", __FILE__, __LINE__, #expr, err_name(e_), #want); } } while (0)
#define CHECK_INT(a, b) do { int64_t a_ = (int64_t)(a), b_ = (int64_t)(b); if (a_ != b_) { test_bad++; printf("# %s:%d: %s = %lld, not %lld\n", __FILE__, __LINE__, #a, (long long)a_, (long long)b_); } } while (0)
#define CHECK_STR(a, b) do { struct str a_ = (a); const char *b_ = (b); if (!str_is(a_, b_)) { test_bad++; printf("# %s:%d: %s = \"%.*s\", not \"%s\"\n", __FILE__, __LINE__, #a, (int)a_.n, a_.p ? a_.p : "", b_); } } while (0)

static void test_run(void **state)
{
	const struct test_case *c = *state;
	test_bad = 0;
	c->fn();
	if (test_bad)
		_fail(c->name, 0);
}

int main(void)
{
	struct CMUnitTest *tests = calloc(1000, sizeof *tests);
	size_t n = 0;
	setvbuf(stdout, NULL, _IOLBF, 0);
	cmocka_set_message_output(CM_OUTPUT_TAP);
	if (getenv("XA_TEST_ONLY"))
		cmocka_set_test_filter(getenv("XA_TEST_ONLY"));
	for (struct test_case *c = test_first; c && n < 1000; c = c->next)
		tests[n++] = (struct CMUnitTest){ .name = c->name, .test_func = test_run, .initial_state = c };
	int failed = _cmocka_run_group_tests("xiaoan", tests, n, NULL, NULL);
	free(tests);
	return failed != 0;
}
#endif
