/*
 * base/: the ground everything stands on: errors, arenas, strings, buffers.
 *
 * Owns nothing but memory it hands out.  May include only the C library.
 * May never log, read settings or touch the network.  Called by every room.
 * Tests: tests/base/.
 *
 * Rules of the house that start here:
 *  - a function that can fail returns enum err and fills a struct fault;
 *  - outputs are called ret_x, come last, and are written only on success;
 *  - memory of a request or job lives in its arena and is never freed singly.
 */
#ifndef XA_BASE_H
#define XA_BASE_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define PRINTF(f, a) __attribute__((format(printf, f, a)))
#define CHECKED __attribute__((warn_unused_result))
#define ARRAY_LEN(a) (sizeof(a) / sizeof((a)[0]))
#define CLEANUP(fn) __attribute__((cleanup(fn)))
/* Marks a message id for the catalogue (xgettext --keyword=N_); translated where shown, see tr(). */
#define N_(s) s

/* ---- errors ----------------------------------------------------------------- */

enum err {
	OK = 0,
	ERR_INVALID,      /* a field is wrong: 422; faults[] names each */
	ERR_AUTH,         /* not logged in, or token bad: 401 */
	ERR_FRESH,        /* she must show again that it is she, then this may be done: 401 */
	ERR_DENIED,       /* may() said no: 403 */
	ERR_NOT_FOUND,    /* no such record, or it must seem so: 404 */
	ERR_STALE,        /* somebody changed it first: 409 */
	ERR_STATE,        /* the lifecycle does not allow the verb now: 409 */
	ERR_DUPLICATE,    /* it exists already: 409 */
	ERR_LIMIT,        /* too long, too many, too deep: 413 */
	ERR_RATE,         /* too often: 429 */
	ERR_BUSY,         /* try again soon: 503 */
	ERR_FULL,         /* no room on the disk: 507 */
	ERR_IO,           /* file or network: 500 */
	ERR_DB,           /* the store failed: 500 */
	ERR_INTERNAL,     /* our bug: 500 */
	ERR_COUNT
};

#define FAULT_FIELDS 24

/* What went wrong, for the user (msg, hint: message ids; arg fills a "%s") and the log (detail). */
struct fault {
	enum err code;
	const char *msg;   /* message id, static; NULL: the code's usual text */
	const char *hint;  /* message id: what to do now, or NULL */
	char arg[96];
	char detail[256];  /* for the log only, never personal data */
	int nfields;
	struct fault_field {
		char field[48];
		const char *msg;  /* message id, static */
		char arg[96];
	} fields[FAULT_FIELDS];
};

/* Fills f (which may be NULL) and returns code, so that one can write: return fail(...). detail_fmt may be NULL. */
CHECKED enum err fail(struct fault *f, enum err code, const char *msg, const char *detail_fmt, ...) PRINTF(4, 5);
/* Adds one wrong field and sets code ERR_INVALID; past FAULT_FIELDS it is dropped. arg may be NULL. */
void fault_field(struct fault *f, const char *field, const char *msg, const char *arg);
void fault_clear(struct fault *f);
const char *err_name(enum err e);   /* "not_found": stable, for JSON and logs */
const char *err_text(enum err e);   /* message id of the usual text */
int err_http(enum err e);           /* HTTP status */

#define TRY(expr)                          \
	do {                               \
		enum err try_e_ = (expr);  \
		if (try_e_ != OK)          \
			return try_e_;     \
	} while (0)

/* Our own bug: reports and aborts. Always on. */
#define must(cond) ((cond) ? (void)0 : must_fail(#cond, __FILE__, __LINE__))
_Noreturn void must_fail(const char *what, const char *file, int line);

/* ---- strings: views ----------------------------------------------------------- */

struct str {
	const char *p;  /* NULL means absent; not necessarily NUL-terminated */
	size_t n;
};
#define STR(lit) ((struct str){ "" lit, sizeof(lit) - 1 })
#define STR_NONE ((struct str){ NULL, 0 })

static inline struct str str_of(const char *c) { return (struct str){ c, c ? strlen(c) : 0 }; }
static inline bool str_is(struct str s, const char *c) { return s.n == strlen(c) && (s.n == 0 || memcmp(s.p, c, s.n) == 0); }
static inline bool str_eq(struct str a, struct str b) { return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0); }
bool str_starts(struct str s, const char *prefix);
bool str_ends(struct str s, const char *suffix);
int str_cmp(struct str a, struct str b);
struct str str_trim(struct str s);                            /* ASCII blanks and U+3000 off both ends */
ptrdiff_t str_find(struct str s, struct str needle);          /* offset or -1 */
/* Cuts s at the first sep: returns what is before, *rest is what follows (absent when there was none). */
struct str str_cut(struct str s, char sep, struct str *rest);
/* Whole string as a decimal integer, blanks not allowed. */
bool str_int(struct str s, int64_t *ret);

/* ---- arenas --------------------------------------------------------------------- */

struct arena;
/* ceiling: bytes it may hold at most, 0 for 256 MiB. Past it, or out of memory, the process aborts with a report. */
struct arena *arena_new(size_t ceiling);
void arena_free(struct arena *a);                /* takes NULL */
void arena_freep(struct arena **a);              /* for CLEANUP */
void arena_reset(struct arena *a);               /* keeps the first block */
size_t arena_used(const struct arena *a);
void *arena_alloc(struct arena *a, size_t n);    /* zeroed, aligned to 16; never NULL */
void *arena_realloc(struct arena *a, void *old, size_t oldn, size_t n);
char *arena_cstr(struct arena *a, struct str s); /* NUL-terminated copy; "" for absent */
struct str arena_str(struct arena *a, struct str s); /* copy, NUL-terminated beyond n */
char *arena_printf(struct arena *a, const char *fmt, ...) PRINTF(2, 3);
struct str arena_fmt(struct arena *a, const char *fmt, ...) PRINTF(2, 3);
#define NEW(a, type) ((type *)arena_alloc((a), sizeof(type)))
#define NEWN(a, type, n) ((type *)arena_alloc((a), sizeof(type) * (size_t)(n)))
#define ARENA CLEANUP(arena_freep) struct arena *

/* ---- growing buffers: each has a ceiling from birth ------------------------------- */

struct buf {
	char *p;          /* always NUL-terminated once written */
	size_t n, cap, ceiling;
	bool over;        /* the ceiling was met: what came after is lost; check before use */
};
#define BUF(ceil) ((struct buf){ .ceiling = (ceil) })
void buf_free(struct buf *b);
#define BUF_AUTO CLEANUP(buf_free) struct buf
void buf_reset(struct buf *b);                  /* empties, keeps the memory */
void buf_put(struct buf *b, const void *p, size_t n);
void buf_str(struct buf *b, struct str s);
void buf_cstr(struct buf *b, const char *c);    /* NULL writes nothing */
void buf_char(struct buf *b, char c);
void buf_int(struct buf *b, int64_t v);
void buf_printf(struct buf *b, const char *fmt, ...) PRINTF(2, 3);
/* A translated message with its first two "%s" filled in; further ones stay as they are. Never a format string of printf. */
void buf_msg(struct buf *b, const char *msg, struct str one, struct str two);
static inline struct str buf_view(const struct buf *b) { return (struct str){ b->p ? b->p : "", b->n }; }

/* Appends to an arena-backed array: VEC_PUSH(a, ptr, n, cap, value). */
#define VEC_PUSH(a, ptr, n, cap, val)                                                              \
	do {                                                                                       \
		if ((n) == (cap)) {                                                                \
			size_t vec_new_ = (size_t)(cap) ? (size_t)(cap) * 2 : 8;                   \
			(ptr) = arena_realloc((a), (ptr), (size_t)(n) * sizeof(*(ptr)), vec_new_ * sizeof(*(ptr))); \
			(cap) = (__typeof__(cap))vec_new_;                                          \
		}                                                                                  \
		(ptr)[(n)++] = (val);                                                              \
	} while (0)

/* malloc that never returns NULL, zeroed; for long-lived things. Free with free(). */
/* What malloc() and its kin answer in this program, libraries included: p, or the end of the process (memory.c). n: bytes asked for. */
void *memory_or_end(void *p, size_t n);
void *xalloc(size_t n);
void *xrealloc(void *p, size_t n);
char *xstrdup(const char *s);

/* ---- hash maps (keys are copied into the arena) ------------------------------------ */

struct map;
struct map *map_new(struct arena *a);
void *map_get(const struct map *m, struct str key);            /* NULL when absent */
void map_put(struct map *m, struct str key, void *val);        /* replaces */
void *map_geti(const struct map *m, int64_t key);
void map_puti(struct map *m, int64_t key, void *val);
size_t map_count(const struct map *m);

/* ---- UTF-8 --------------------------------------------------------------------------- */

bool utf8_valid(struct str s);                        /* strict: no overlong, surrogates, NUL */
/* Decodes one code point at p (valid UTF-8, before end) and moves *p; 0xFFFD on a broken byte. */
uint32_t utf8_next(const char **p, const char *end);
size_t utf8_put(char out[4], uint32_t cp);            /* bytes written */
size_t utf8_count(struct str s);                      /* code points */
struct str utf8_head(struct str s, size_t chars);     /* at most that many code points */
bool cp_is_han(uint32_t cp);

/* ---- hex and JSON text ------------------------------------------------------------------ */

void hex_put(struct buf *b, const void *p, size_t n);
struct str hex_str(struct arena *a, const void *p, size_t n);
bool hex_get(struct str s, void *out, size_t outn);   /* exact length */
void json_str(struct buf *b, struct str s);           /* with quotes, escaped; absent writes null */
bool json_valid(struct str s);                        /* one JSON value, at most 64 deep, no NUL in its texts */

/* ---- logging: one line to stderr; lower rooms never call it -------------------------------- */

enum log_level { LOG_DEBUG, LOG_INFO, LOG_WARN, LOG_ERROR };
extern enum log_level log_level;
void log_line(enum log_level level, const char *fmt, ...) PRINTF(2, 3);

#endif
