/* Prints how well and how fast the screening works.
 * bench-triage speed: how fast alone.
 * bench-triage [DATA [MESSAGES.jsonl...]]: the frozen sets of tests/sense, {"text", "family", "urgent"} rows of other files, texts a
 * second and the time of one 300-character narrative.
 * bench-triage cv DATA [voices|consult]: five folds by voice over our own texts and 5 x 5 stratified folds over the public consultations, rules and
 * model together, each text judged by a model that never saw it (nor its voice). The consultations are parted by their hash into a dev part, by
 * whose errors texts are written and thresholds set, and a test part that is only counted. -v before cv: names what went wrong, never in the test part.
 * DATA: or XA_DATA. XA_SRC: the source folder (unset: the current one). */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include "base/clock.h"
#include "base/embedded.h"
#include "sense/extract.h"
#include "sense/triage.h"

struct tally { int tp, fp, fn, tn, urgent, found, aside, calm, alarms; };

static void count(struct tally *y, const struct triage *t, struct str text, bool family, int urgent, bool verbose)
{
	bool high = strcmp(t->grade, "red") == 0 || strcmp(t->grade, "orange") == 0;
	y->tp += t->family && family;
	y->fp += t->family && !family;
	y->fn += !t->family && family;
	y->tn += !t->family && !family;
	y->urgent += urgent == 1;
	y->found += urgent == 1 && high;
	y->aside += urgent == 1 && !t->family && !t->check;
	y->calm += urgent == 0;
	y->alarms += urgent == 0 && high;
	bool wording = t->nreasons && strcmp(t->reasons[t->nreasons - 1].msg, "The wording resembles messages in danger") == 0;
	if (verbose)
		printf("ROW\t%d\t%d\t%.4f\t%.4f\t%d\t%d\t%.*s\n", urgent, family, t->score, t->danger, high && !(t->check && wording), t->family, (int)text.n, text.p);
	if (verbose && (urgent == 1) != high && urgent != SAMPLE_UNKNOWN)
		printf("  %s %.*s\t%s %s\n", high ? "ALARM" : "MISSED", (int)(text.n > 240 ? 240 : text.n), text.p, t->nreasons ? t->reasons[0].msg : "",
		       t->nsignals ? t->signals[0].code : "");
	if (verbose && t->family != family)
		printf("  %s %.3f %.*s\n", family ? "NOTFAM" : "FAMILY", t->score, (int)(text.n > 240 ? 240 : text.n), text.p);
}

static void print(const char *name, const struct tally *y)
{
	printf("%s: family tp %d fp %d fn %d tn %d, precision %.3f recall %.3f F1 %.3f\n", name, y->tp, y->fp, y->fn, y->tn,
	       y->tp / (y->tp + y->fp + 1e-9), y->tp / (y->tp + y->fn + 1e-9), 2.0 * y->tp / (2 * y->tp + y->fp + y->fn + 1e-9));
	if (y->urgent)
		printf("%s: urgent %d of %d graded orange or red (recall %.3f), %d put aside, false alarms %d of %d, precision %.3f\n", name, y->found,
		       y->urgent, (double)y->found / y->urgent, y->aside, y->alarms, y->calm, y->found / (y->found + y->alarms + 1e-9));
}

static void measure(const struct triage_engine *e, const char *path, bool verbose)
{
	FILE *in = fopen(path, "r");
	if (!in) {
		printf("%s: not there, skipped\n", path);
		return;
	}
	struct tally y = { 0 };
	static char line[1 << 20];
	while (fgets(line, sizeof line, in)) {
		ARENA a = arena_new(0);
		json_t *j = json_loads(line, 0, NULL);
		struct str s = str_of(json_string_value(json_object_get(j, "text")));
		const json_t *u = json_object_get(j, "urgent");
		struct triage t;
		if (s.p) {
			triage_text(e, a, s, &t);
			count(&y, &t, s, json_is_true(json_object_get(j, "family")), json_is_true(u) ? 1 : u ? 0 : SAMPLE_UNKNOWN, verbose);
		}
		json_decref(j);
	}
	fclose(in);
	print(path, &y);
}

/* ---- folds -------------------------------------------------------------------------------------------------------- */

struct row { struct str text, voice; const char *source; uint8_t family, urgent; uint32_t group; int fold; };
struct all { struct arena *a; struct row *r; size_t n, cap; int out; bool consult; };

static uint32_t hash(struct str s)
{
	uint64_t h = UINT64_C(1469598103934665603);
	for (size_t i = 0; i < s.n; i++)
		h = (h ^ (unsigned char)s.p[i]) * UINT64_C(1099511628211);
	return (uint32_t)(h >> 20);
}

static void add(void *arg, const struct train_row *row)
{
	struct all *x = arg;
	struct row r = { arena_str(x->a, row->text), arena_str(x->a, row->voice), row->source, row->family, row->urgent, 0, 0 };
	r.group = hash(r.voice.n ? r.voice : r.text);
	VEC_PUSH(x->a, x->r, x->n, x->cap, r);
}

static bool is_consult(const struct row *r)
{
	return strncmp(r->source, "consult/", 8) == 0;
}

/* Half of the consultations, told by a bit of their hash (FNV-1a, bit 33): counted, never looked at. */
static bool is_test(const struct row *r)
{
	return hash(r->text) >> 13 & 1;
}

static int by_group(const void *p, const void *q)
{
	const struct row *const *x = p, *const *y = q;
	return (*x)->group < (*y)->group ? -1 : (*x)->group > (*y)->group;
}

/* Same number of positives in each fold. */
static void deal(struct all *x, uint32_t seed)
{
	struct rng rng = { seed };
	const struct row **order = NEWN(x->a, const struct row *, x->n + 1);
	for (int family = 0; family < 2; family++) {
		size_t n = 0;
		for (size_t i = 0; i < x->n; i++)
			if (is_consult(&x->r[i]) && x->r[i].family == family)
				order[n++] = &x->r[i];
		qsort(order, n, sizeof *order, by_group);
		for (size_t i = n; i > 1; i--) {
			size_t j = (size_t)rng_range(&rng, 0, (int64_t)i - 1);
			const struct row *t = order[i - 1];
			order[i - 1] = order[j];
			order[j] = t;
		}
		for (size_t i = 0; i < n; i++)
			((struct row *)(uintptr_t)order[i])->fold = (int)(i % 5);
	}
}

static bool keep(void *arg, struct str text, struct str voice)
{
	const struct all *x = arg;
	if (!x->consult)
		return (int)(hash(voice.n ? voice : text) % 5) != x->out;
	for (size_t i = 0; i < x->n; i++)
		if (is_consult(&x->r[i]) && x->r[i].fold == x->out && str_eq(x->r[i].text, text))
			return false;
	return true;
}

static bool make(const char *data, const char *texts, struct all *x, struct triage_engine **ret)
{
	struct buf b = { 0 };
	struct fault f = { 0 };
	const struct embedded *rules = embedded_find("codes/patterns.tsv");
	bool ok = rules && train_part(data, texts, keep, x, &b, &f) == OK &&
		  triage_load((struct str){ rules->bytes, rules->n }, buf_view(&b), ret, &f) == OK;
	if (!ok)
		fprintf(stderr, "bench-triage: %s\n", f.detail);
	buf_free(&b);
	return ok;
}

static void add_to(struct tally *to, const struct tally *y)
{
	to->tp += y->tp;
	to->fp += y->fp;
	to->fn += y->fn;
	to->tn += y->tn;
}

static int folds(const char *data, const char *texts, const char *which, bool verbose)
{
	ARENA a = arena_new((size_t)1 << 30);
	struct all x = { .a = a };
	struct fault f = { 0 };
	struct tally voices = { 0 }, phrases = { 0 }, urgent = { 0 }, consult[2] = { { 0 } };
	if (train_rows(a, data, texts, add, &x, &f) != OK) {
		fprintf(stderr, "bench-triage: %s\n", f.detail);
		return 1;
	}
	for (x.out = 0; x.out < 5 && strcmp(which, "consult") != 0; x.out++) {
		struct triage_engine *e;
		if (!make(data, texts, &x, &e))
			return 1;
		for (size_t i = 0; i < x.n; i++) {
			ARENA b = arena_new(0);
			struct row *r = &x.r[i];
			bool v = strcmp(r->source, "voices.jsonl") == 0, u = strcmp(r->source, "urgent.jsonl") == 0;
			if ((int)(r->group % 5) != x.out || !(u || v) || r->family > 1)
				continue;
			struct triage t;
			triage_text(e, b, r->text, &t);
			count(!v ? &urgent : r->voice.n > 3 && r->voice.p[0] == 'p' && r->voice.p[2] == '-' ? &phrases : &voices, &t, r->text, r->family, r->urgent, verbose);
		}
		triage_close(e);
	}
	print("voices held out", &voices);
	print("phrases held out", &phrases);
	print("urgent.jsonl held out", &urgent);
	x.consult = true;
	for (uint32_t seed = 1; seed <= 5 && strcmp(which, "voices") != 0; seed++) {
		struct tally one[2] = { { 0 } };
		deal(&x, seed);
		for (x.out = 0; x.out < 5; x.out++) {
			struct triage_engine *e;
			if (!make(data, texts, &x, &e))
				return 1;
			for (size_t i = 0; i < x.n; i++) {
				ARENA b = arena_new(0);
				struct row *r = &x.r[i];
				if (!is_consult(r) || r->fold != x.out || r->family > 1)
					continue;
				struct triage t;
				triage_text(e, b, r->text, &t);
				count(&one[is_test(r)], &t, r->text, r->family, SAMPLE_UNKNOWN, verbose && seed == 1 && !is_test(r));
			}
			triage_close(e);
		}
		for (int k = 0; k < 2; k++)
			add_to(&consult[k], &one[k]);
		add_to(&one[0], &one[1]);
		printf("seed %u: F1 %.3f\n", seed, 2.0 * one[0].tp / (2 * one[0].tp + one[0].fp + one[0].fn + 1e-9));
	}
	print("consultations 5 x 5, dev part", &consult[0]);
	print("consultations 5 x 5, test part", &consult[1]);
	add_to(&consult[0], &consult[1]);
	print("consultations 5 x 5", &consult[0]);
	return 0;
}

/* ---- speed -------------------------------------------------------------------------------------------------------- */

static int by_value(const void *p, const void *q)
{
	int64_t x = *(const int64_t *)p, y = *(const int64_t *)q;
	return x < y ? -1 : x > y;
}

static int64_t now_ns(void)
{
	struct timespec t;
	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
	return t.tv_sec * INT64_C(1000000000) + t.tv_nsec;
}

/* e NULL: extraction alone; extract: screening and extraction. */
static void speed(const struct triage_engine *e, bool extract, const char *name, struct str text)
{
	enum { TIMES = 4000 };
	static int64_t ns[TIMES];
	ARENA a = arena_new(0);
	for (int i = 0; i < TIMES; i++) {
		struct triage t;
		struct extracts x;
		int64_t t0 = now_ns();
		if (e)
			triage_text(e, a, text, &t);
		if (extract)
			extract_text(a, text, day_make(2026, 11, 26), NULL, &x);
		ns[i] = now_ns() - t0;
		arena_reset(a);
	}
	qsort(ns, TIMES, sizeof ns[0], by_value);
	printf("%s: median %.1f us, p99 %.1f us of one core, %.0f a second\n", name, (double)ns[TIMES / 2] / 1000, (double)ns[TIMES * 99 / 100] / 1000,
	       1e9 / (double)ns[TIMES / 2]);
}

static const char narrative[] =
	"妇联的同志你们好，我和丈夫是经人介绍认识的，结婚已经有九年，生了一个女儿今年七岁。刚结婚的时候他在厂里上班，人也还算老实，后来厂子搬走了，他就"
	"整天跟人打牌喝酒，家里的开销全靠我在超市上班挣的三千多块钱。前年开始他喝了酒就骂人，骂完了就摔东西，去年冬天第一次动了手，把我的眼角打破了，缝了"
	"三针，他写了保证书说再也不会。可是这两个月又开始了，上个礼拜五因为我没有给他钱，他当着孩子的面扇了我两个耳光，还说要是敢离婚就让我全家不得安宁。孩子"
	"吓得整夜不敢睡觉，老师也打电话来问是怎么回事。我想离婚，又怕孩子判给他，房子是他父母出的首付，我婚后一起还的贷款，请问我应该怎么办，能不能先搬出去住？"
	"我现在白天上班都没有精神，希望你们能帮帮我。";

int main(int argc, char **argv)
{
	struct triage_engine *e;
	struct fault f = { 0 };
	ARENA p = arena_new(0);
	bool verbose = argc > 1 && strcmp(argv[1], "-v") == 0;
	argc -= verbose;
	argv += verbose;
	const char *src = getenv("XA_SRC") ? getenv("XA_SRC") : ".";
	if (argc > 2 && strcmp(argv[1], "cv") == 0)
		return folds(argv[2], arena_printf(p, "%s/demo/train", src), argc > 3 ? argv[3] : "", verbose);
	if (triage_open(&e, &f) != OK) {
		fprintf(stderr, "bench-triage: %s\n", f.detail);
		return 1;
	}
	bool fast = argc > 1 && strcmp(argv[1], "speed") == 0;
	static const char *const frozen[] = { "urgent-blind", "family-blind", "voices-blind" };
	for (size_t i = 0; i < ARRAY_LEN(frozen) && !fast; i++)
		measure(e, arena_printf(p, "%s/tests/sense/%s.jsonl", src, frozen[i]), false);
	for (int i = 2; i < argc; i++)
		measure(e, argv[i], verbose);
	speed(e, false, "a message of 50 characters", STR("你好，我老公喝了酒就打我，昨天又当着孩子的面动手，我想离婚但是他说离婚就杀了我全家，请问怎么办"));
	speed(e, false, "a narrative of 330 characters", (struct str){ narrative, sizeof narrative - 1 });
	speed(NULL, true, "extraction from it alone", (struct str){ narrative, sizeof narrative - 1 });
	speed(e, true, "screening and extraction", (struct str){ narrative, sizeof narrative - 1 });
	triage_close(e);
	return 0;
}
