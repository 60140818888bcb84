/* A whole file, for benches that read real texts; absent when it is not there. */
#ifndef XA_BENCH_FILE_H
#define XA_BENCH_FILE_H
#include "base/base.h"
#include <stdio.h>

static inline struct str file(struct arena *a, const char *path)
{
	FILE *f = fopen(path, "rb");
	struct buf b = BUF((size_t)1 << 28);
	char t[65536];
	size_t n;
	if (!f)
		return STR_NONE;
	while ((n = fread(t, 1, sizeof t, f)) > 0)
		buf_put(&b, t, n);
	fclose(f);
	struct str s = arena_str(a, buf_view(&b));
	buf_free(&b);
	return s;
}
#endif
