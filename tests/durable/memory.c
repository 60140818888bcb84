/*
 * No memory for the libraries that make and read files (S44): the n-th allocation of theirs fails, once or from then on, in a process of its own.
 * Never a file that is told as done and is not the one asked for, never a crash: the process ends with a word (src/base/memory.c), which
 * loses nothing (kill.c), or the work is refused. The database's own allocations are in faults.c.
 *
 * XA_MEMORY_BARE=1 shows what the libraries do when they are left alone with it: papers without words, told as done.
 * XA_FAULTS=all tries every allocation (nightly); else about POINTS a piece of work.
 */
#pragma GCC diagnostic ignored "-Wunused-function"
#include "base/clock.h"
#include "paper/paper.h"
#include "../paper/lsan.h"
#include "../test.h"
#include <dlfcn.h>
#include <link.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#define POINTS 12

/* ---- allocations, by who asks ---- */

void *__interceptor_malloc(size_t n);
void *__interceptor_calloc(size_t n, size_t size);
void *__interceptor_realloc(void *p, size_t n);

static struct { uintptr_t from, to; } others[128];
static size_t nothers;
static int64_t mem_count, mem_at;
static bool mem_sticky, bare;

/* Our own code asks through base/, which ends the process; GLib does as well; the sanitizers must live. */
static int take_library(struct dl_phdr_info *i, size_t n, void *arg)
{
	static const char *const never[] = { "libasan", "libubsan", "libglib", "libgobject", "libgio", "libcmocka", "libstdc++", "ld-linux", "libgcc", "linux-vdso" };
	(void)n, (void)arg;
	for (size_t k = 0; k < ARRAY_LEN(never); k++)
		if (!i->dlpi_name[0] || strstr(i->dlpi_name, never[k]))
			return 0;
	for (int k = 0; k < i->dlpi_phnum && nothers < ARRAY_LEN(others); k++)
		if (i->dlpi_phdr[k].p_type == PT_LOAD && i->dlpi_phdr[k].p_flags & PF_X) {
			others[nothers].from = i->dlpi_addr + i->dlpi_phdr[k].p_vaddr;
			others[nothers].to = others[nothers].from + i->dlpi_phdr[k].p_memsz;
			nothers++;
		}
	return 0;
}

static bool mem_fails(void *who, size_t n_asked)
{
	uintptr_t at = (uintptr_t)who;
	bool other = false;
	if (!mem_at || !n_asked)
		return false;
	for (size_t k = 0; k < nothers && !other; k++)
		other = at >= others[k].from && at < others[k].to;
	if (!other)
		return false;
	int64_t n = ++mem_count;
	return n == mem_at || (n > mem_at && mem_sticky);
}

/* As memory.c has it in the program; its own stands back where a sanitizer watches. */
static void *given(void *p, size_t n) { return bare ? p : memory_or_end(p, n); }
void *malloc(size_t n) { return mem_at && mem_fails(__builtin_return_address(0), n) ? given(NULL, n) : __interceptor_malloc(n); }
void *calloc(size_t n, size_t size) { return mem_at && mem_fails(__builtin_return_address(0), n * size) ? given(NULL, n * size) : __interceptor_calloc(n, size); }
void *realloc(void *p, size_t n) { return mem_at && mem_fails(__builtin_return_address(0), n) ? given(NULL, n) : __interceptor_realloc(p, n); }

/* ---- pieces of work ---- */

static struct str a_table_file;    /* XLSX, to be read */

static struct table a_table(struct arena *a)
{
	static struct str head[] = { { "编号", 6 }, { "内容", 6 }, { "数", 3 } };
	static struct str notes[] = { { "注：合成数据", 18 } };
	struct table t = { .title = STR("线索清单"), .subtitle = STR("2026年11月"), .head = head, .ncols = 3, .nrows = 40, .notes = notes, .nnotes = 1, .foot = STR("市妇联") };
	t.cells = NEWN(a, struct cell, 120);
	for (int i = 0; i < 40; i++) {
		t.cells[i * 3] = (struct cell){ .t = CELL_TEXT, .s = arena_fmt(a, "（2026）%05d", i) };
		t.cells[i * 3 + 1] = (struct cell){ .t = CELL_TEXT, .s = arena_fmt(a, "邻居反映夜里有争吵声，第%d回", i), .bold = i == 3 };
		t.cells[i * 3 + 2] = i % 3 ? (struct cell){ .t = CELL_INT, .i = i } : (struct cell){ .t = CELL_PERCENT, .r = i / 100.0 };
	}
	return t;
}

static enum err write_xlsx(struct arena *a, struct buf *b, struct fault *f)
{
	struct table t[2] = { a_table(a), a_table(a) };
	t[1].title = STR("第二张");
	return xlsx_write(t, 2, b, f);
}
static enum err write_pdf(struct arena *a, struct buf *b, struct fault *f)
{
	struct table t = a_table(a);
	return pdf_tables(&t, 1, true, b, f);
}
static enum err write_paper(struct arena *a, struct buf *b, struct fault *f)
{
	static const struct para p[] = { { PARA_TITLE, { 0 }, { "调解协议书", 15 } }, { PARA_BODY, { 0 }, { "双方自愿达成如下协议。", 33 } }, { PARA_FIELD, { "甲方", 6 }, { "王小明", 9 } },
		{ PARA_QR, { "核验", 6 }, { "https://example.org/x", 21 } }, { PARA_SIGN, { "签字", 6 }, { 0 } } };
	(void)a;
	return pdf_document(&(struct document){ .title = STR("协议"), .footer = STR("存档"), .watermark = STR("样张"), .p = p, .n = ARRAY_LEN(p) }, b, f);
}
static bool one_row(void *arg, int64_t number, const struct str *cells, size_t n, bool formula)
{
	struct buf *b = arg;
	buf_printf(b, "%lld%d:", (long long)number, formula);
	for (size_t i = 0; i < n; i++)
		buf_str(b, cells[i]);
	return true;
}
static enum err read_xlsx(struct arena *a, struct buf *b, struct fault *f)
{
	struct str *names;
	size_t n;
	TRY(xlsx_sheets(a_table_file, a, &names, &n, f));
	for (size_t i = 0; i < n; i++) {
		buf_str(b, names[i]);
		TRY(xlsx_read(a_table_file, (int)i, &xlsx_limits_default, one_row, b, f));
	}
	return OK;
}
static enum err draw_qr(struct arena *a, struct buf *b, struct fault *f)
{
	(void)a;
	return qr_svg(STR("https://example.org/receipt/1234"), 4, b, f);
}

static const struct { const char *name; enum err (*run)(struct arena *a, struct buf *b, struct fault *f); } works[] = {
	{ "XLSX out", write_xlsx }, { "tables as PDF", write_pdf }, { "paper as PDF", write_paper }, { "XLSX in", read_xlsx }, { "QR code", draw_qr },
};

/* ---- trying ---- */

enum { SAME = 20, REFUSED, ENDED, OTHER };

static int64_t *counted;    /* shared with the child */

static uint64_t sum(const struct buf *b)
{
	uint64_t h = 7;
	for (size_t i = 0; i < b->n; i++)
		h = (h ^ (unsigned char)b->p[i]) * 0x100000001b3u;
	return h;
}

static int in_child(size_t what, int64_t n, bool sticky, uint64_t want)
{
	fflush(stdout);
	pid_t pid = fork();
	NEED(pid >= 0);
	if (pid == 0) {
		struct fault f = { 0 };
		ARENA a = arena_new(0);
		struct buf b = BUF(32 << 20);
		if (!getenv("XA_TEST_LOUD"))
			(void)!freopen("/dev/null", "w", stderr);
		signal(SIGSEGV, SIG_DFL);
		signal(SIGABRT, SIG_DFL);
		mem_sticky = sticky;
		mem_count = 0;
		mem_at = n;
		enum err e = works[what].run(a, &b, &f);
		mem_at = 0;
		*counted = mem_count;
		_exit(e != OK ? REFUSED : sum(&b) == want ? SAME : OTHER);
	}
	int status = 0;
	NEED(waitpid(pid, &status, 0) == pid);
	if (WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT)
		return ENDED;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 1000 + WTERMSIG(status);
}

TEST(libraries_without_memory)
{
	bool all = getenv("XA_FAULTS") && strcmp(getenv("XA_FAULTS"), "all") == 0;
	int64_t tries = 0;
	struct rng rng = { 44 };
	bare = getenv("XA_MEMORY_BARE") != NULL;
	clock_fix(INT64_C(1795485600000));
	dl_iterate_phdr(take_library, NULL);
	counted = mmap(NULL, sizeof *counted, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	NEED(counted != MAP_FAILED && nothers > 10);
	ARENA keep = arena_new(0);
	for (size_t what = 0; what < ARRAY_LEN(works) && test_bad < 10; what++) {
		struct fault f = { 0 };
		uint64_t want[2];
		for (int k = 0; k < 2; k++) {     /* the fonts are loaded by then */
			BUF_AUTO b = BUF(32 << 20);
			NEED_OK(works[what].run(keep, &b, &f));
			want[k] = sum(&b);
			if (what == 0)
				a_table_file = arena_str(keep, buf_view(&b));
		}
		NEED(want[0] == want[1]);
		NEED(in_child(what, INT64_MAX, false, want[0]) == SAME);
		int64_t points = *counted, step = all ? 1 : points / POINTS + 1, ended[3] = { 0 };
		for (int sticky = 0; sticky < 2; sticky++)
			for (int64_t n = 1; n <= points && test_bad < 10; n += step > 1 ? rng_range(&rng, 1, 2 * step - 1) : 1, tries++) {
				int how = in_child(what, n, sticky, want[0]);
				if (how >= SAME && how <= ENDED) {
					ended[how - SAME]++;
					continue;
				}
				test_bad++;
				printf("# %s, allocation %lld%s: %s %d\n", works[what].name, (long long)n, sticky ? " and on" : "", how == OTHER ? "another file, told as done" : "crash", how);
			}
		printf("# %s: %lld allocations, %lld done all the same, %lld refused, %lld ended the process\n", works[what].name, (long long)points, (long long)ended[0], (long long)ended[1], (long long)ended[2]);
	}
	printf("# %lld tried\n", (long long)tries);
	clock_fix(0);
}
