/* Prints what a seal costs: under a class's key, under a case's, and when the case's key must be fetched first.
 * Usage: bench-keys */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include "base/clock.h"
#include "record/inner.h"
#include "record/keystore.h"

static const struct rtype *const none[] = { NULL };

static double ns(int64_t from, int n) { return (double)(mono_ms() - from) * 1e6 / n; }

int main(void)
{
	char dir[] = "/tmp/xa-bench-keys-XXXXXX";
	struct app *app;
	struct fault f = { 0 };
	ARENA kept = arena_new(0);
	if (!mkdtemp(dir))
		return 1;
	struct app_options o = { .data_dir = dir, .fast_unsafe = true };
	if (app_open(&o, none, &app, &f) != OK) {
		fprintf(stderr, "bench-keys: %s\n", f.detail);
		return 1;
	}
	enum { N = 200000, KEYS = 20000 };
	int64_t *key = NEWN(kept, int64_t, KEYS), t = mono_ms();
	int epoch;
	for (int i = 0; i < KEYS; i++)
		if (keystore_new(app, KC_CASE, &key[i], &epoch, &f) != OK)
			return 1;
	printf("a new data key: %.0f ns (from the stock, its making and keeping included)\n", ns(t, KEYS));
	struct str text = STR("来电人反映夜里有争吵声，孩子在哭，邻居敲门");
	for (int s = SUITE_XCHACHA; s <= SUITE_SM4; s++) {
		keyring_set_suite(app->keys, (enum suite)s);
		struct str out, sealed[2];
		for (int how = 0; how < 2; how++) {
			struct place at = PLACE("clue", "text", 7, .cls = KC_CASE, .key = how ? key[0] : 0);
			ARENA a = arena_new(0);
			t = mono_ms();
			for (int i = 0; i < N; i++) {
				if (i % 1000 == 0)
					arena_reset(a);
				if (seal_under(app->keys, a, at, text, &sealed[how], &f) != OK)
					return 1;
			}
			double in = ns(t, N);
			sealed[how] = arena_str(kept, sealed[how]);
			t = mono_ms();
			for (int i = 0; i < N; i++) {
				if (i % 1000 == 0)
					arena_reset(a);
				if (unseal(app->keys, a, at, sealed[how], &out, &f) != OK)
					return 1;
			}
			printf("suite %d, %s: seal %.0f ns, unseal %.0f ns\n", s, how ? "data key at hand" : "class key", in, ns(t, N));
		}
	}
	keyring_set_suite(app->keys, SUITE_XCHACHA);
	ARENA a = arena_new(0);
	struct str out;
	t = mono_ms();
	for (int i = 0; i < KEYS; i++) {
		if (i % 1000 == 0)
			arena_reset(a);
		if (seal_under(app->keys, a, PLACE("clue", "text", 7, .cls = KC_CASE, .key = key[i]), text, &out, &f) != OK)
			return 1;
	}
	printf("data key fetched from the key store first: %.0f ns\n", ns(t, KEYS));
	app_close(app);
	(void)snprintf(f.detail, sizeof f.detail, "rm -rf '%s'", dir);
	return system(f.detail) != 0;
}
