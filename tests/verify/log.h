/* A store with a journal of N entries and signed heads, for the tests of the verifier. */
#ifndef XA_TEST_LOG_H
#define XA_TEST_LOG_H
#include "test.h"
#include "engine.h"
#include "record/record.h"
#include "verify/verify.h"
#include <unistd.h>

static const struct rtype *const no_types[] = { NULL };
struct log { bool keep; /* the folder */ struct arena *a; struct app *app; struct ctx c; struct fault f; struct actor who; char dir[40], *store; };

static void log_open(struct log *l)
{
	memset(l, 0, sizeof *l);
	snprintf(l->dir, sizeof l->dir, "/tmp/xa-verify-XXXXXX");
	NEED(mkdtemp(l->dir) != NULL);
	l->a = arena_new(0);
	l->store = test_store(l->a);
	NEED_OK(app_open(&(struct app_options){ .data_dir = l->dir, .store_url = l->store, .fast_unsafe = true }, no_types, &l->app, &l->f));
	l->who = (struct actor){ .user = 7, .org = 3, .role = ROLE_TOWN, .face = "desk", .session = { 1, 2, 3, 4, 5, 6, 7, 8 }, .origin = "00112233aabbccdd", .agent = "" };
	ctx_init(&l->c, l->app, l->a, &l->f, &l->who);
	NEED_OK(ctx_read(&l->c));
}

static void log_close(struct log *l)
{
	char cmd[80];
	app_close(l->app);
	arena_free(l->a);
	snprintf(cmd, sizeof cmd, "rm -rf %s", l->dir);
	CHECK(l->keep || system(cmd) == 0);
}

static enum err log_fill_job(struct ctx *c, void *arg)
{
	static const char *const verbs[] = { "view", "login", "refused", "export", "list" };
	int *range = arg;
	for (int i = range[0]; i < range[1]; i++) {
		c->now += 1000 + i % 7;
		c->reason = i % 3 ? STR("") : STR("handle_case");
		c->approver = i % 11 ? 0 : 99;
		TRY(journal_note(c, verbs[i % 5], i % 2 ? "case" : "clue", 1000 + i % 40, i % 5 == 2 ? "denied" : "ok",
				 arena_fmt(c->a, "{\"n\":%d,\"名\":\"%s\"}", i, i % 4 ? "" : "换\\n行")));
	}
	return OK;
}

static void log_fill(struct log *l, int from, int to)
{
	NEED_OK(ctx_write(&l->c, log_fill_job, (int[]){ from, to }));
	NEED_OK(ctx_read(&l->c));
}

static void log_head(struct log *l, const char *path)
{
	struct tree_head h;
	bool found = false;
	NEED_OK(head_tick(&l->c, true));
	NEED_OK(head_last(&l->c, &h, &found));
	NEED(found);
	if (!path)
		return;
	BUF_AUTO b = BUF(2048);
	head_json(&l->c, &h, &b);
	FILE *f = fopen(path, "w");
	NEED(f && fwrite(b.p, 1, b.n, f) == b.n && fclose(f) == 0);
}

static enum err log_put(void *arg, struct str s) { return fwrite(s.p, 1, s.n, arg) == s.n ? OK : ERR_IO; }

__attribute__((unused)) static void log_export(struct log *l, const char *path, struct journal_span s)
{
	FILE *f = fopen(path, "w");
	NEED(f != NULL);
	NEED_OK(journal_export(&l->c, s, log_put, f));
	NEED(fclose(f) == 0);
}

/* Runs the verifier; its output in *ret_out (static) when asked for. */
static int verified(const char *object, const char *head, const char *key, const char **ret_out)
{
	static char said[65536];
	const char *words[10] = { "xiaoan-verify", "--lang=en" };
	int n = 2;
	if (head)
		words[n++] = "--head", words[n++] = head;
	if (key)
		words[n++] = "--public-key", words[n++] = key;
	words[n++] = object;
	FILE *out = fmemopen(said, sizeof said, "w");
	int code = v_main(n, (char **)(uintptr_t)words, out, out);
	fclose(out);
	if (ret_out)
		*ret_out = said;
	return code;
}

__attribute__((unused)) static void log_key(struct log *l, const char *path)
{
	unsigned char pub[32];
	BUF_AUTO b = BUF(128);
	head_public_key(l->app->keys, pub);
	hex_put(&b, pub, 32);
	FILE *f = fopen(path, "w");
	NEED(f && fprintf(f, "# key of the test\n%s\n", b.p) > 0 && fclose(f) == 0);
}
#endif
