/* Why: one place for memory, errors and bytes, so that no room invents its own.
 * Invariants: an arena never returns NULL; a buf is NUL-terminated after its first write. */
#include "base/base.h"
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

_Noreturn void must_fail(const char *what, const char *file, int line)
{
	fprintf(stderr, "xiaoan: bug at %s:%d: must(%s)\n", file, line, what);
	abort();
}

static const struct {
	const char *name, *text;
	int http;
} errs[ERR_COUNT] = {
	[OK] = { "ok", N_("Done"), 200 },
	[ERR_INVALID] = { "invalid", N_("Some fields need a correction."), 422 },
	[ERR_AUTH] = { "auth", N_("Please log in first."), 401 },
	[ERR_FRESH] = { "fresh", N_("Please show once more that it is you."), 401 },
	[ERR_DENIED] = { "denied", N_("Your post does not allow this."), 403 },
	[ERR_NOT_FOUND] = { "not_found", N_("There is no such record, or it is not in your scope."), 404 },
	[ERR_STALE] = { "stale", N_("Somebody changed this record while you were editing it."), 409 },
	[ERR_STATE] = { "state", N_("This step is not possible in the present state of the record."), 409 },
	[ERR_DUPLICATE] = { "duplicate", N_("This record exists already."), 409 },
	[ERR_LIMIT] = { "limit", N_("This is larger than what is allowed."), 413 },
	[ERR_RATE] = { "rate", N_("Too many tries. Please wait a little and try again."), 429 },
	[ERR_BUSY] = { "busy", N_("The system is busy. Please try again in a moment; nothing was saved twice."), 503 },
	[ERR_FULL] = { "full", N_("The disk is full, so nothing was saved. Please tell the administrator."), 507 },
	[ERR_IO] = { "io", N_("A file could not be read or written. Please tell the administrator."), 500 },
	[ERR_DB] = { "db", N_("The database did not answer. Nothing was saved; please try again."), 500 },
	[ERR_INTERNAL] = { "internal", N_("Something went wrong on our side. Nothing was saved."), 500 },
};

const char *err_name(enum err e) { return errs[e].name; }
const char *err_text(enum err e) { return errs[e].text; }
int err_http(enum err e) { return errs[e].http; }

enum err fail(struct fault *f, enum err code, const char *msg, const char *fmt, ...)
{
	if (!f)
		return code;
	f->code = code;
	f->msg = msg;
	if (fmt) {
		va_list ap;
		va_start(ap, fmt);
		vsnprintf(f->detail, sizeof f->detail, fmt, ap);
		va_end(ap);
	}
	return code;
}

void fault_field(struct fault *f, const char *field, const char *msg, const char *arg)
{
	if (!f)
		return;
	f->code = ERR_INVALID;
	if (f->nfields == FAULT_FIELDS)
		return;
	struct fault_field *ff = &f->fields[f->nfields++];
	snprintf(ff->field, sizeof ff->field, "%s", field);
	ff->msg = msg;
	struct str head = utf8_head(str_of(arg), 24);
	snprintf(ff->arg, sizeof ff->arg, "%.*s", (int)head.n, head.p ? head.p : "");
}

void fault_clear(struct fault *f) { memset(f, 0, sizeof *f); }

/* ---- strings ---- */

bool str_starts(struct str s, const char *prefix)
{
	size_t n = strlen(prefix);
	return s.n >= n && memcmp(s.p, prefix, n) == 0;
}

bool str_ends(struct str s, const char *suffix)
{
	size_t n = strlen(suffix);
	return s.n >= n && memcmp(s.p + s.n - n, suffix, n) == 0;
}

int str_cmp(struct str a, struct str b)
{
	size_t n = a.n < b.n ? a.n : b.n;
	int c = n ? memcmp(a.p, b.p, n) : 0;
	return c ? c : (a.n > b.n) - (a.n < b.n);
}

struct str str_trim(struct str s)
{
	for (;;) {
		if (s.n && (unsigned char)s.p[0] <= ' ')
			s.p++, s.n--;
		else if (str_starts(s, "\xE3\x80\x80"))
			s.p += 3, s.n -= 3;
		else
			break;
	}
	for (;;) {
		if (s.n && (unsigned char)s.p[s.n - 1] <= ' ')
			s.n--;
		else if (str_ends(s, "\xE3\x80\x80"))
			s.n -= 3;
		else
			break;
	}
	return s;
}

ptrdiff_t str_find(struct str s, struct str needle)
{
	enum { SHORT = 32 };
	if (needle.n == 0)
		return 0;
	if (s.n < needle.n)
		return -1;
	if (needle.n > SHORT) {
		const char *hit = memmem(s.p, s.n, needle.p, needle.n);
		return hit ? hit - s.p : -1;
	}
	/* A word of Chinese: its last byte is rare, its first stands everywhere; memmem() makes ready for needles far longer. */
	const char *end = s.p + s.n;
	for (const char *p = s.p + needle.n - 1; (p = memchr(p, needle.p[needle.n - 1], (size_t)(end - p))); p++)
		if (memcmp(p - (needle.n - 1), needle.p, needle.n - 1) == 0)
			return p - (needle.n - 1) - s.p;
	return -1;
}

struct str str_cut(struct str s, char sep, struct str *rest)
{
	const char *hit = s.n ? memchr(s.p, sep, s.n) : NULL;
	if (!hit) {
		*rest = STR_NONE;
		return s;
	}
	size_t n = (size_t)(hit - s.p);
	*rest = (struct str){ hit + 1, s.n - n - 1 };
	return (struct str){ s.p, n };
}

bool str_int(struct str s, int64_t *ret)
{
	bool neg = s.n && s.p[0] == '-';
	size_t i = neg;
	int64_t v = 0;
	if (i == s.n)
		return false;
	for (; i < s.n; i++) {
		if (s.p[i] < '0' || s.p[i] > '9')
			return false;
		if (__builtin_mul_overflow(v, 10, &v) || __builtin_sub_overflow(v, s.p[i] - '0', &v))
			return false;
	}
	if (!neg && __builtin_sub_overflow(0, v, &v))
		return false;
	*ret = v;
	return true;
}

/* ---- arenas ---- */

struct block {
	struct block *next;
	size_t cap, n;
	_Alignas(16) unsigned char mem[];
};

struct arena {
	struct block *head;  /* newest first; the last one is the first made */
	size_t used, ceiling;
};

static struct block *block_new(size_t cap)
{
	struct block *b = malloc(sizeof *b + cap);
	must(b != NULL);
	b->next = NULL;
	b->cap = cap;
	b->n = 0;
	return b;
}

struct arena *arena_new(size_t ceiling)
{
	struct arena *a = xalloc(sizeof *a);
	a->ceiling = ceiling ? ceiling : (size_t)256 << 20;
	a->head = block_new(8192 - sizeof(struct block));
	return a;
}

void arena_reset(struct arena *a)
{
	while (a->head->next) {
		struct block *b = a->head;
		a->head = b->next;
		free(b);
	}
	a->head->n = 0;
	a->used = 0;
}

void arena_free(struct arena *a)
{
	if (!a)
		return;
	arena_reset(a);
	free(a->head);
	free(a);
}

void arena_freep(struct arena **a)
{
	arena_free(*a);
	*a = NULL;
}

size_t arena_used(const struct arena *a) { return a->used; }

void *arena_alloc(struct arena *a, size_t n)
{
	must(n <= a->ceiling);
	n = (n + 15) & ~(size_t)15;
	a->used += n;
	must(a->used <= a->ceiling + 16);
	struct block *b = a->head;
	if (b->cap - b->n < n) {
		size_t cap = b->cap * 2;
		if (cap > (size_t)1 << 20)
			cap = (size_t)1 << 20;
		if (cap < n)
			cap = n;
		b = block_new(cap);
		b->next = a->head;
		a->head = b;
	}
	void *p = b->mem + b->n;
	b->n += n;
	return memset(p, 0, n);
}

void *arena_realloc(struct arena *a, void *old, size_t oldn, size_t n)
{
	void *p = arena_alloc(a, n);
	if (oldn)
		memcpy(p, old, oldn < n ? oldn : n);
	return p;
}

struct str arena_str(struct arena *a, struct str s)
{
	if (!s.p)
		return s;
	char *p = arena_alloc(a, s.n + 1);
	if (s.n)
		memcpy(p, s.p, s.n);
	return (struct str){ p, s.n };
}

char *arena_cstr(struct arena *a, struct str s)
{
	char *p = arena_alloc(a, s.n + 1);
	if (s.n)
		memcpy(p, s.p, s.n);
	return p;
}

/* Most texts are short: written once on the stack, and measured only when they did not fit. */
static struct str arena_vfmt(struct arena *a, const char *fmt, va_list ap)
{
	char near[512];
	va_list again;
	must(fmt != NULL);
	va_copy(again, ap);
	int n = vsnprintf(near, sizeof near, fmt, ap);
	must(n >= 0);
	char *p = arena_alloc(a, (size_t)n + 1);
	if ((size_t)n < sizeof near)
		memcpy(p, near, (size_t)n);
	else
		vsnprintf(p, (size_t)n + 1, fmt, again);
	va_end(again);
	return (struct str){ p, (size_t)n };
}

char *arena_printf(struct arena *a, const char *fmt, ...)
{
	va_list ap;
	va_start(ap, fmt);
	struct str s = arena_vfmt(a, fmt, ap);
	va_end(ap);
	return (char *)(uintptr_t)s.p;
}

struct str arena_fmt(struct arena *a, const char *fmt, ...)
{
	va_list ap;
	va_start(ap, fmt);
	struct str s = arena_vfmt(a, fmt, ap);
	va_end(ap);
	return s;
}

void *xalloc(size_t n)
{
	void *p = calloc(1, n ? n : 1);
	must(p != NULL);
	return p;
}

void *xrealloc(void *p, size_t n)
{
	p = realloc(p, n ? n : 1);
	must(p != NULL);
	return p;
}

char *xstrdup(const char *s)
{
	size_t n = strlen(s) + 1;
	char *p = xalloc(n);
	memcpy(p, s, n);
	return p;
}

/* ---- buffers ---- */

static bool buf_room(struct buf *b, size_t n)
{
	must(b->ceiling > 0);
	if (b->over || n > b->ceiling - b->n) {
		b->over = true;
		return false;
	}
	if (b->n + n + 1 > b->cap) {
		size_t cap = b->cap ? b->cap : 256;
		while (cap < b->n + n + 1)
			cap *= 2;
		b->p = xrealloc(b->p, cap);
		b->cap = cap;
	}
	return true;
}

void buf_free(struct buf *b)
{
	free(b->p);
	*b = (struct buf){ .ceiling = b->ceiling };
}

void buf_reset(struct buf *b)
{
	b->n = 0;
	b->over = false;
	if (b->p)
		b->p[0] = 0;
}

void buf_put(struct buf *b, const void *p, size_t n)
{
	if (!buf_room(b, n))
		return;
	if (n)
		memcpy(b->p + b->n, p, n);
	b->n += n;
	b->p[b->n] = 0;
}

void buf_str(struct buf *b, struct str s) { buf_put(b, s.p, s.n); }

void buf_cstr(struct buf *b, const char *c)
{
	if (c)
		buf_put(b, c, strlen(c));
}

void buf_char(struct buf *b, char c) { buf_put(b, &c, 1); }

void buf_int(struct buf *b, int64_t v)
{
	char t[24], *e = t + sizeof t, *p = e;
	uint64_t u = v < 0 ? 0 - (uint64_t)v : (uint64_t)v;
	do
		*--p = (char)('0' + u % 10);
	while (u /= 10);
	if (v < 0)
		*--p = '-';
	buf_put(b, p, (size_t)(e - p));
}

void buf_printf(struct buf *b, const char *fmt, ...)
{
	va_list ap, again;
	size_t room = b->cap > b->n && !b->over ? b->cap - b->n : 0;
	va_start(ap, fmt);
	va_copy(again, ap);
	int n = vsnprintf(room ? b->p + b->n : NULL, room, fmt, ap);
	va_end(ap);
	must(n >= 0);
	bool fits = (size_t)n < room && (size_t)n <= b->ceiling - b->n;
	if (!fits && room)
		b->p[b->n] = 0;
	if (fits) {
		b->n += (size_t)n;
	} else if (buf_room(b, (size_t)n)) {
		vsnprintf(b->p + b->n, (size_t)n + 1, fmt, again);
		b->n += (size_t)n;
	}
	va_end(again);
}

void buf_msg(struct buf *b, const char *msg, struct str one, struct str two)
{
	struct str args[] = { one, two }, rest = str_of(msg);
	for (size_t i = 0; i < ARRAY_LEN(args); i++) {
		ptrdiff_t at = str_find(rest, STR("%s"));
		if (at < 0)
			break;
		buf_put(b, rest.p, (size_t)at);
		buf_str(b, args[i]);
		rest = (struct str){ rest.p + at + 2, rest.n - (size_t)at - 2 };
	}
	buf_str(b, rest);
}

/* ---- maps: open addressing, power of two, FNV-1a ---- */

struct slot {
	struct str key;
	uint64_t h;
	void *val;
};

struct map {
	struct arena *a;
	struct slot *slots;
	size_t cap, n;
};

static uint64_t fnv(struct str s)
{
	uint64_t h = 0xcbf29ce484222325u;
	for (size_t i = 0; i < s.n; i++)
		h = (h ^ (unsigned char)s.p[i]) * 0x100000001b3u;
	return h | 1;
}

struct map *map_new(struct arena *a)
{
	struct map *m = NEW(a, struct map);
	m->a = a;
	m->cap = 16;
	m->slots = NEWN(a, struct slot, m->cap);
	return m;
}

static struct slot *map_slot(struct slot *slots, size_t cap, struct str key, uint64_t h)
{
	for (size_t i = h & (cap - 1);; i = (i + 1) & (cap - 1))
		if (!slots[i].h || (slots[i].h == h && str_eq(slots[i].key, key)))
			return &slots[i];
}

void *map_get(const struct map *m, struct str key)
{
	struct slot *s = map_slot(m->slots, m->cap, key, fnv(key));
	return s->h ? s->val : NULL;
}

void map_put(struct map *m, struct str key, void *val)
{
	if ((m->n + 1) * 4 > m->cap * 3) {
		size_t cap = m->cap * 2;
		struct slot *slots = NEWN(m->a, struct slot, cap);
		for (size_t i = 0; i < m->cap; i++)
			if (m->slots[i].h)
				*map_slot(slots, cap, m->slots[i].key, m->slots[i].h) = m->slots[i];
		m->slots = slots;
		m->cap = cap;
	}
	uint64_t h = fnv(key);
	struct slot *s = map_slot(m->slots, m->cap, key, h);
	if (!s->h) {
		*s = (struct slot){ arena_str(m->a, key), h, NULL };
		m->n++;
	}
	s->val = val;
}

void *map_geti(const struct map *m, int64_t key)
{
	return map_get(m, (struct str){ (const char *)&key, sizeof key });
}

void map_puti(struct map *m, int64_t key, void *val)
{
	map_put(m, (struct str){ (const char *)&key, sizeof key }, val);
}

size_t map_count(const struct map *m) { return m->n; }

/* ---- UTF-8 ---- */

uint32_t utf8_next(const char **pp, const char *end)
{
	const unsigned char *p = (const unsigned char *)*pp;
	size_t left = (size_t)(end - *pp);
	uint32_t c = p[0], cp;
	size_t n = c < 0x80 ? 1 : c >= 0xC2 && c < 0xE0 ? 2 : c >= 0xE0 && c < 0xF0 ? 3 : c >= 0xF0 && c < 0xF5 ? 4 : 0;
	if (n == 0 || n > left) {
		(*pp)++;
		return 0xFFFD;
	}
	static const uint8_t lead[5] = { 0, 0x7F, 0x1F, 0x0F, 0x07 };
	cp = c & lead[n];
	for (size_t i = 1; i < n; i++) {
		if ((p[i] & 0xC0) != 0x80) {
			(*pp)++;
			return 0xFFFD;
		}
		cp = cp << 6 | (p[i] & 0x3F);
	}
	static const uint32_t least[5] = { 0, 0, 0x80, 0x800, 0x10000 };
	if (cp < least[n] || (cp >= 0xD800 && cp < 0xE000) || cp > 0x10FFFF) {
		(*pp)++;
		return 0xFFFD;
	}
	*pp += n;
	return cp;
}

bool utf8_valid(struct str s)
{
	const char *p = s.p, *end = s.p + s.n;
	while (p < end) {
		const char *was = p;
		uint32_t cp = utf8_next(&p, end);
		if (cp == 0 || (cp == 0xFFFD && p - was != 3))
			return false;
	}
	return true;
}

size_t utf8_put(char out[4], uint32_t cp)
{
	if (cp < 0x80) {
		out[0] = (char)cp;
		return 1;
	}
	if (cp < 0x800) {
		out[0] = (char)(0xC0 | cp >> 6);
		out[1] = (char)(0x80 | (cp & 0x3F));
		return 2;
	}
	if (cp < 0x10000) {
		out[0] = (char)(0xE0 | cp >> 12);
		out[1] = (char)(0x80 | (cp >> 6 & 0x3F));
		out[2] = (char)(0x80 | (cp & 0x3F));
		return 3;
	}
	out[0] = (char)(0xF0 | cp >> 18);
	out[1] = (char)(0x80 | (cp >> 12 & 0x3F));
	out[2] = (char)(0x80 | (cp >> 6 & 0x3F));
	out[3] = (char)(0x80 | (cp & 0x3F));
	return 4;
}

size_t utf8_count(struct str s)
{
	size_t n = 0;
	for (size_t i = 0; i < s.n; i++)
		n += (s.p[i] & 0xC0) != 0x80;
	return n;
}

struct str utf8_head(struct str s, size_t chars)
{
	size_t i = 0;
	for (; i < s.n; i++)
		if ((s.p[i] & 0xC0) != 0x80 && chars-- == 0)
			break;
	return (struct str){ s.p, i };
}

bool cp_is_han(uint32_t cp)
{
	return (cp >= 0x4E00 && cp <= 0x9FFF) || (cp >= 0x3400 && cp <= 0x4DBF) || (cp >= 0x20000 && cp <= 0x323AF) ||
	       (cp >= 0xF900 && cp <= 0xFAFF) || cp == 0x3007;
}

/* ---- hex, JSON ---- */

void hex_put(struct buf *b, const void *p, size_t n)
{
	static const char digit[] = "0123456789abcdef";
	for (size_t i = 0; i < n; i++) {
		unsigned char c = ((const unsigned char *)p)[i];
		buf_char(b, digit[c >> 4]);
		buf_char(b, digit[c & 15]);
	}
}

struct str hex_str(struct arena *a, const void *p, size_t n)
{
	BUF_AUTO b = BUF(2 * n + 1);
	hex_put(&b, p, n);
	return arena_str(a, buf_view(&b));
}

static int hex_digit(char c)
{
	return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

bool hex_get(struct str s, void *out, size_t outn)
{
	if (s.n != outn * 2)
		return false;
	for (size_t i = 0; i < outn; i++) {
		int hi = hex_digit(s.p[2 * i]), lo = hex_digit(s.p[2 * i + 1]);
		if (hi < 0 || lo < 0)
			return false;
		((unsigned char *)out)[i] = (unsigned char)(hi << 4 | lo);
	}
	return true;
}

void json_str(struct buf *b, struct str s)
{
	if (!s.p) {
		buf_cstr(b, "null");
		return;
	}
	buf_char(b, '"');
	size_t from = 0;
	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];
		if (c >= 0x20 && c != '"' && c != '\\')
			continue;
		buf_put(b, s.p + from, i - from);
		from = i + 1;
		if (c == '"' || c == '\\') {
			buf_char(b, '\\');
			buf_char(b, (char)c);
		} else if (c == '\n') {
			buf_cstr(b, "\\n");
		} else {
			buf_printf(b, "\\u%04x", c);
		}
	}
	buf_put(b, s.p + from, s.n - from);
	buf_char(b, '"');
}

/* ---- log ---- */

enum log_level log_level = LOG_INFO;

void log_line(enum log_level level, const char *fmt, ...)
{
	if (level < log_level)
		return;
	static const char *const names[] = { "debug", "info", "warn", "error" };
	char line[1024];
	va_list ap;
	va_start(ap, fmt);
	vsnprintf(line, sizeof line, fmt, ap);
	va_end(ap);
	struct timespec ts;
	clock_gettime(CLOCK_REALTIME, &ts);
	struct tm tm;
	gmtime_r(&ts.tv_sec, &tm);
	fprintf(stderr, "%04d-%02d-%02dT%02d:%02d:%02dZ %s %s\n", tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday, tm.tm_hour, tm.tm_min,
		tm.tm_sec, names[level], line);
}
