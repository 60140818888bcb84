/* A small harness: each TEST runs in order; TAP on stdout, so that meson counts every one.
 * XA_TEST_ONLY=name runs one. CHECK goes on after a failure, NEED ends the test. */
#ifndef XA_TEST_H
#define XA_TEST_H
#include "base/base.h"
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>

struct test_case { const char *name; void (*fn)(void); struct test_case *next; };
static struct test_case *test_first, **test_last = &test_first;
static int test_bad;
static jmp_buf test_jump;

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
#define NEED(cond) do { if (!(cond)) { test_bad++; printf("# %s:%d: NEED(%s)\n", __FILE__, __LINE__, #cond); longjmp(test_jump, 1); } } while (0)
#define CHECK_OK(expr) do { enum err e_ = (expr); if (e_ != OK) { test_bad++; printf("# %s:%d: %s = %s\n", __FILE__, __LINE__, #expr, err_name(e_)); } } while (0)
#define NEED_OK(expr) do { enum err e_ = (expr); if (e_ != OK) { test_bad++; printf("# %s:%d: %s = %s\n", __FILE__, __LINE__, #expr, err_name(e_)); longjmp(test_jump, 1); } } while (0)
#define CHECK_ERR(expr, want) do { enum err e_ = (expr); if (e_ != (want)) { test_bad++; printf("# %s:%d: %s = %s, not %s\n", __FILE__, __LINE__, #expr, err_name(e_), #want); } } while (0)
#define CHECK_INT(a, b) do { int64_t a_ = (int64_t)(a), b_ = (int64_t)(b); if (a_ != b_) { test_bad++; printf("# %s:%d: %s = %lld, not %lld\n", __FILE__, __LINE__, #a, (long long)a_, (long long)b_); } } while (0)
#define CHECK_STR(a, b) do { struct str a_ = (a); const char *b_ = (b); if (!str_is(a_, b_)) { test_bad++; printf("# %s:%d: %s = \"%.*s\", not \"%s\"\n", __FILE__, __LINE__, #a, (int)a_.n, a_.p ? a_.p : "", b_); } } while (0)

int main(void)
{
	setvbuf(stdout, NULL, _IOLBF, 0);
	const char *only = getenv("XA_TEST_ONLY");
	int n = 0;
	volatile int failed = 0;
	for (struct test_case *c = test_first; c; c = c->next)
		n += !only || strcmp(only, c->name) == 0;
	printf("1..%d\n", n);
	int i = 0;
	for (struct test_case *c = test_first; c; c = c->next) {
		if (only && strcmp(only, c->name) != 0)
			continue;
		test_bad = 0;
		if (setjmp(test_jump) == 0)
			c->fn();
		printf("%s %d - %s\n", test_bad ? "not ok" : "ok", ++i, c->name);
		failed = failed + (test_bad != 0);
	}
	return failed != 0;
}
#endif
