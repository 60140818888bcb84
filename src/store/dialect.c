/* Why: SQL is written once; this is all the difference the engines make to its text.
 * Invariants: nothing inside a literal, a quoted name or a comment is ever touched. */
#include "store/internal.h"

/* How much at p is one literal, quoted name or comment; 0: none starts here. */
static size_t sql_skip(const char *p)
{
	if (*p == '\'' || *p == '"') {
		const char *q = p + 1;
		while (*q && (*q != *p || q[1] == *p))
			q += *q == *p ? 2 : 1;
		return (size_t)(q - p) + (*q != 0);
	}
	if (p[0] == '-' && p[1] == '-')
		return strcspn(p, "\n");
	if (p[0] == '/' && p[1] == '*') {
		const char *q = strstr(p + 2, "*/");
		return q ? (size_t)(q - p) + 2 : strlen(p);
	}
	return 0;
}

static bool word_char(char c) { return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_' || (c & 0x80); }

static const char *blanks(const char *p)
{
	while (*p == ' ' || *p == '\t' || *p == '\n' || *p == '\r')
		p++;
	return p;
}

static size_t word_is(const char *p, const char *word)
{
	size_t n = strlen(word);
	return strncmp(p, word, n) == 0 && !word_char(p[n]) ? n : 0;
}

/* After a ')': how much there is of "STRICT", "WITHOUT ROWID" and the comma between them. */
static size_t table_options(const char *start)
{
	const char *p = start, *end = start;
	for (;;) {
		p = blanks(p);
		if (word_is(p, "STRICT")) {
			p += 6;
		} else if (word_is(p, "WITHOUT")) {
			p = blanks(p + 7);
			if (!word_is(p, "ROWID"))
				break;
			p += 5;
		} else {
			break;
		}
		end = p;
		p = blanks(p);
		if (*p != ',')
			break;
		p++;
	}
	return (size_t)(end - start);
}

size_t sql_to_postgres(const char *p, bool params, struct buf *b)
{
	static const struct { const char *from, *to; } words[] = { { "INTEGER", "BIGINT" }, { "BLOB", "BYTEA" }, { "REAL", "DOUBLE PRECISION" } };
	size_t at = 0;
	while (*p) {
		size_t n = sql_skip(p);
		if (n) {
			buf_put(b, p, n);
			p += n;
			continue;
		}
		if (*p == ')') {
			buf_char(b, *p++);
			p += table_options(p);
			continue;
		}
		if (*p == '?' && params) {
			buf_printf(b, "$%zu", ++at);
			p++;
			continue;
		}
		if (!word_char(*p)) {
			buf_char(b, *p++);
			continue;
		}
		for (size_t i = 0; i < ARRAY_LEN(words); i++)
			if ((n = word_is(p, words[i].from)) != 0) {
				buf_cstr(b, words[i].to);
				p += n;
				break;
			}
		while (word_char(*p))
			buf_char(b, *p++);
	}
	return at;
}

void migration_text(const char *sql, bool postgres, struct buf *b)
{
	enum { BOTH, ONLY_SQLITE, ONLY_POSTGRES } where = BOTH;
	BUF_AUTO plain = BUF(b->ceiling);   /* the run of lines not yet translated */
	struct str rest = str_of(sql);
	while (rest.p) {
		struct str line = str_cut(rest, '\n', &rest), t = str_trim(line);
		if (where == BOTH && (str_is(t, "-- sqlite") || str_is(t, "-- postgres"))) {
			where = str_is(t, "-- sqlite") ? ONLY_SQLITE : ONLY_POSTGRES;
			if (plain.n)
				(void)sql_to_postgres(plain.p, false, b);
			buf_reset(&plain);
			continue;
		}
		if (where != BOTH && str_is(t, "-- end")) {
			where = BOTH;
			continue;
		}
		struct buf *to = postgres && where == BOTH ? &plain : b;
		if (where == BOTH || (where == ONLY_POSTGRES) == postgres) {
			buf_str(to, line);
			buf_char(to, '\n');
		}
	}
	if (plain.n)
		(void)sql_to_postgres(plain.p, false, b);
	buf_cstr(b, "");
}
