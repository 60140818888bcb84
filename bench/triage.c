/* Prints how well and how fast the screening works: consultations kept out of training, and texts a second.
 * Usage: bench-triage [DATA [MESSAGES.jsonl]] (or XA_DATA): a second file of {"text", "family"} rows is only measured. XA_SRC: the source
 * folder, for the blind sets of tests/sense (unset: the current one). */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include "base/clock.h"
#include "sense/triage.h"

static void measure(const struct triage_engine *e, const char *path, bool held_only)
{
	FILE *in = fopen(path, "r");
	if (!in) {
		printf("%s: not there, skipped\n", path);
		return;
	}
	int tp = 0, fp = 0, fn = 0, tn = 0, urgent = 0, found = 0, calm = 0, alarms = 0, aside = 0;
	static char line[1 << 20];
	while (fgets(line, sizeof line, in)) {
		ARENA a = arena_new(0);
		json_t *j = json_loads(line, 0, NULL);
		struct str s = str_of(json_string_value(json_object_get(j, "text")));
		bool family = json_is_true(json_object_get(j, "family"));
		const json_t *danger = json_object_get(j, "urgent");
		struct triage t;
		if (s.p && (!held_only || train_holds_out(s))) {
			triage_text(e, a, s, &t);
			tp += t.family && family;
			fp += t.family && !family;
			fn += !t.family && family;
			tn += !t.family && !family;
			bool high = strcmp(t.grade, "red") == 0 || strcmp(t.grade, "orange") == 0;
			urgent += json_is_true(danger);
			found += json_is_true(danger) && high;
			aside += json_is_true(danger) && !t.family && !t.check;
			calm += json_is_false(danger);
			alarms += json_is_false(danger) && high;
			if (danger && json_is_true(danger) != high)
				printf("  %s %.90s\n", high ? "false alarm" : "danger missed", s.p);
			if (t.family != family)
				printf("  %s %.3f %.60s\n", family ? "missed" : "wrongly family", t.score, s.p);
		}
		json_decref(j);
	}
	fclose(in);
	printf("%s: tp %d fp %d fn %d tn %d, precision %.3f recall %.3f F1 %.3f\n", path, tp, fp, fn, tn, tp / (tp + fp + 1e-9), tp / (tp + fn + 1e-9),
	       2.0 * tp / (2 * tp + fp + fn + 1e-9));
	if (urgent)
		printf("%s: urgent %d of %d graded orange or red (recall %.3f), %d put aside, false alarms %d of %d, precision %.3f\n", path, found, urgent,
		       (double)found / urgent, aside, alarms, calm, found / (found + alarms + 1e-9));
}

int main(int argc, char **argv)
{
	struct triage_engine *e;
	struct fault f = { 0 };
	if (triage_open(&e, &f) != OK) {
		fprintf(stderr, "bench-triage: %s\n", f.detail);
		return 1;
	}
	const char *data = argc > 1 ? argv[1] : getenv("XA_DATA");
	ARENA p = arena_new(0);
	const char *src = getenv("XA_SRC") ? getenv("XA_SRC") : ".";
	measure(e, arena_printf(p, "%s/tests/sense/urgent-blind.jsonl", src), false);
	measure(e, arena_printf(p, "%s/tests/sense/family-blind.jsonl", src), false);
	if (data)
		measure(e, arena_printf(p, "%s/consult/topics.jsonl", data), true);
	else
		printf("no folder of data (XA_DATA): consultations skipped\n");
	if (argc > 2)
		measure(e, argv[2], false);
	int64_t t0 = mono_ms();
	int n = 0;
	ARENA a = arena_new(0);
	for (; mono_ms() - t0 < 1000; n++) {
		struct triage t;
		triage_text(e, a, STR("你好，我老公喝了酒就打我，昨天又当着孩子的面动手，我想离婚但是他说离婚就杀了我全家，请问怎么办"), &t);
		arena_reset(a);
	}
	printf("%d texts a second\n", n * 1000 / (int)(mono_ms() - t0));
	triage_close(e);
	return 0;
}
