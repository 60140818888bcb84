/* Why: one command, one verdict, in two languages. */
#include "verify/verify.h"
#include <inttypes.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

void *v_alloc(void *old, size_t n)
{
	void *p = realloc(old, n ? n : 1);    /* banned: this program stands alone, on purpose, and this is its one allocation */
	if (!p)
		abort();
	return p;
}

/* An export begins with a brace; a database with its own name. */
static bool is_export(const char *path)
{
	FILE *f = fopen(path, "r");
	int c = f ? fgetc(f) : EOF;
	if (f)
		fclose(f);
	return c == '{';
}

static int wrong(FILE *err, enum v_lang lang, const char *what)
{
	v_print(err, lang, V_ARGS, what, NULL);
	fputs("\n\n", err);
	v_print(err, lang, V_HELP, NULL, NULL);
	return 2;
}

static int unread(FILE *err, enum v_lang lang, const char *what, const char *why)
{
	v_print(err, lang, V_UNREADABLE, what, why);
	fputc('\n', err);
	return 3;
}

static void line(struct v_run *v, enum v_word w, const char *a, const char *b)
{
	v_print(v->out, v->lang, w, a, b);
	fputc('\n', v->out);
}

static int verdict(struct v_run *v)
{
	char a[80], b[40];
	tree_hash root;
	int64_t saved = 0;
	for (size_t i = 0; i < v->nheads; i++)
		saved += v->heads[i].from != NULL;
	if (v->bad > 50 || v->notes > 50) {
		snprintf(a, sizeof a, "%" PRId64, (v->bad > 50 ? v->bad - 50 : 0) + (v->notes > 50 ? v->notes - 50 : 0));
		line(v, V_MORE, a, NULL);
	}
	if (v->entry && (v->last_seq < v->entry || (v->part && v->entry < v->part_from))) {
		snprintf(a, sizeof a, "%" PRId64, v->entry);
		line(v, V_NO_ENTRY, a, NULL);
		v->bad++;
	}
	snprintf(a, sizeof a, "%" PRId64, v->entries);
	line(v, V_COUNT, a, NULL);
	if (v->part)
		memcpy(root, v->top.root, TREE_HASH);
	else
		v_tree_root(&v->tree, root);
	sodium_bin2hex(a, sizeof a, root, TREE_HASH);
	line(v, V_ROOT, a, NULL);
	snprintf(a, sizeof a, "%zu", v->nheads);
	snprintf(b, sizeof b, "%" PRId64, saved);
	line(v, V_HEADS, a, b);
	if (v->proofs || v->links) {
		snprintf(a, sizeof a, "%" PRId64, v->proofs);
		snprintf(b, sizeof b, "%" PRId64, v->links);
		line(v, V_LINKS, a, b);
	}
	snprintf(a, sizeof a, "%" PRId64, v->bad);
	line(v, v->bad ? V_BROKEN : V_WHOLE, v->bad ? a : NULL, NULL);
	return v->bad != 0;
}

static int check(struct v_run *v, const char *object, FILE *err)
{
	line(v, V_TITLE, XA_VERSION, NULL);
	bool pg = strncmp(object, "postgres://", 11) == 0 || strncmp(object, "postgresql://", 13) == 0;
	/* An address may hold a password: it is not printed. */
	line(v, V_OBJECT, pg ? "PostgreSQL" : object, NULL);
	int rc = pg ? v_read_postgres(v, object) : is_export(object) ? v_read_export(v, object) : v_read_sqlite(v, object);
	return rc != 0 ? unread(err, v->lang, pg ? "PostgreSQL" : object, v->why) : verdict(v);
}

static const char *value_of(const char *name, char **argv, int argc, int *i)
{
	size_t n = strlen(name);
	if (strncmp(argv[*i], name, n) != 0 || (argv[*i][n] && argv[*i][n] != '='))
		return NULL;
	if (argv[*i][n])
		return argv[*i] + n + 1;
	return *i + 1 < argc ? argv[++*i] : NULL;
}

int v_main(int argc, char **argv, FILE *out, FILE *err)
{
	const char *env = getenv("LC_ALL") && *getenv("LC_ALL") ? getenv("LC_ALL") : getenv("LANG"), *object = NULL, *x;
	struct v_run v = { .out = out, .lang = env && strncmp(env, "en", 2) == 0 ? V_EN : V_ZH };
	int code = -1;
	if (sodium_init() < 0)
		return 3;
	for (int i = 1; i < argc && code < 0; i++) {
		if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0) {
			v_print(out, v.lang, V_HELP, NULL, NULL);
			code = 0;
		} else if (strcmp(argv[i], "--version") == 0) {
			fprintf(out, "xiaoan-verify %s\n", XA_VERSION);
			code = 0;
		} else if ((x = value_of("--head", argv, argc, &i))) {
			if (v_read_heads(&v, x) != 0)
				code = unread(err, v.lang, x, v.why);
		} else if ((x = value_of("--public-key", argv, argc, &i))) {
			if (v_read_keys(&v, x) != 0)
				code = unread(err, v.lang, x, v.why);
		} else if ((x = value_of("--entry", argv, argc, &i))) {
			char *end;
			v.entry = strtoll(x, &end, 10);
			if (*end || v.entry < 1)
				code = wrong(err, v.lang, "--entry");
		} else if ((x = value_of("--lang", argv, argc, &i))) {
			v.lang = strcmp(x, "en") == 0 ? V_EN : V_ZH;
		} else if (argv[i][0] == '-' || object) {
			code = wrong(err, v.lang, argv[i]);
		} else {
			object = argv[i];
		}
	}
	if (code < 0)
		code = object ? check(&v, object, err) : wrong(err, v.lang, "");
	free(v.heads);
	return code;
}
