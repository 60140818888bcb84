/* bench-elements: facts of divorce suits in court sentences (CAIL 2019, 20 labels) and hostile comments (COLD), by the linear model of text/. XA_DATA: the folder with elements/ and hostile/.
 * Split by document, five splits; sentences that stand word by word in a training document are left out of the count. Nothing is tuned on what is counted: thresholds come of folds inside the
 * training part. No server. */
#include "base/clock.h"
#include "file.h"
#include "text/text.h"
#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum { LABELS = 20, SPLITS = 5, CHANNEL_BEFORE = 0x20000, CHANNEL_AFTER = 0x25200 };
struct sentence { struct str text; uint8_t y[LABELS]; int doc, nth, of; };
struct set { struct sentence *v; size_t n, cap; int docs; };

static struct fault fault;
static void need(enum err e, const char *what)
{
	if (e == OK)
		return;
	fprintf(stderr, "%s: %s %s\n", what, err_name(e), fault.detail);
	exit(1);
}

static void read_set(struct arena *a, const char *path, struct set *s)
{
	struct str rest = file(a, path);
	while (rest.n) {
		struct str line = str_cut(rest, '\n', &rest);
		json_t *j = json_loadb(line.p, line.n, 0, NULL), *one;
		size_t i, n = json_array_size(j);
		json_array_foreach(j, i, one) {
			struct sentence x = { .text = text_normalise(a, arena_str(a, str_of(json_string_value(json_object_get(one, "sentence"))))).text, .doc = s->docs, .nth = (int)i, .of = (int)n };
			size_t k;
			json_t *l;
			json_array_foreach(json_object_get(one, "labels"), k, l) {
				int d = atoi(json_string_value(l) + 2);
				if (d >= 1 && d <= LABELS)
					x.y[d - 1] = 1;
			}
			VEC_PUSH(a, s->v, s->n, s->cap, x);
		}
		s->docs++;
		json_decref(j);
	}
}

/* The characters of another sentence as others that no text holds: features beside those of the sentence itself. */
static void channel(struct buf *b, struct str s, uint32_t first)
{
	for (const char *p = s.p, *end = s.p + s.n; p < end;) {
		char t[4];
		uint32_t c = utf8_next(&p, end);
		if (c >= 0x4E00 && c <= 0x9FFF)
			buf_put(b, t, utf8_put(t, first + c - 0x4E00));
	}
}

enum { WITH_BEFORE = 1, WITH_AFTER = 2, WITH_PLACE = 4, WITH_STACK = 8 };
static struct str said(struct arena *a, const struct set *s, size_t i, int with, const double *first)
{
	const struct sentence *x = &s->v[i];
	BUF_AUTO b = BUF(1 << 20);
	buf_str(&b, x->text);
	if (with & WITH_BEFORE && x->nth > 0)
		channel(&b, s->v[i - 1].text, CHANNEL_BEFORE);
	if (with & WITH_AFTER && x->nth + 1 < x->of)
		channel(&b, s->v[i + 1].text, CHANNEL_AFTER);
	if (with & WITH_PLACE) {
		char t[4];
		buf_put(&b, t, utf8_put(t, 0x2A600u + (uint32_t)(x->nth * 6 / x->of)));
		buf_put(&b, t, utf8_put(t, 0x2A610u + (uint32_t)(x->nth < 3 ? x->nth : x->of - x->nth <= 3 ? 3 + x->of - x->nth : 8)));
	}
	for (int d = -2; first && with & WITH_STACK && d <= 2; d++) {
		if (x->nth + d < 0 || x->nth + d >= x->of)
			continue;
		for (int k = 0; k < LABELS; k++) {
			double p = first[(i + (size_t)d) * LABELS + (size_t)k];
			char t[4];
			for (int step = 1; step <= 3; step++)
				if (p > 0.2 * step)
					buf_put(&b, t, utf8_put(t, 0x2A400u + (uint32_t)(((d + 2) * LABELS + k) * 4 + step)));
		}
	}
	return arena_str(a, buf_view(&b));
}

struct counts { double tp[LABELS], fp[LABELS], fn[LABELS]; };
static double f1(double tp, double fp, double fn) { return tp > 0 ? 2 * tp / (2 * tp + fp + fn) : 0; }

static const char *const names[LABELS] = { "DV1", "DV2", "DV3", "DV4", "DV5", "DV6", "DV7", "DV8", "DV9", "DV10", "DV11", "DV12", "DV13", "DV14", "DV15", "DV16", "DV17", "DV18", "DV19", "DV20" };

static struct model *learn(struct arena *a, const struct set *s, const uint8_t *part, int keep, int with, const double *first, double c)
{
	struct sample *v = NEWN(a, struct sample, s->n);
	size_t n = 0;
	struct buf b = BUF((size_t)1 << 28);
	struct model *m;
	for (size_t i = 0; i < s->n; i++)
		if (part[s->v[i].doc] == keep)
			v[n++] = (struct sample){ said(a, s, i, with, first), s->v[i].y, (uint32_t)s->v[i].doc + 1 };
	need(model_train(names, LABELS, v, n, &(struct train_options){ .bits = 18, .c = c, .seed = 1, .epochs = 30 }, &b, &fault), "train");
	need(model_load(buf_view(&b), &m, &fault), "load");
	buf_free(&b);
	return m;
}

static void score_all(struct arena *a, const struct set *s, const struct model *m, const uint8_t *part, int which, int with, const double *first, double *p)
{
	for (size_t i = 0; i < s->n; i++)
		if (which < 0 || part[s->v[i].doc] == which)
			model_score(m, said(a, s, i, with, first), p + i * LABELS);
}

/* What the first model says of each training sentence, by a model that did not see its document. */
static void held_out(struct arena *a, const struct set *s, const uint8_t *part, int with, double c, double *p)
{
	uint8_t *fold = NEWN(a, uint8_t, (size_t)s->docs);
	int k = 0;
	for (int d = 0; d < s->docs; d++)
		fold[d] = part[d] ? 9 : (uint8_t)(k++ % 4);
	for (int f = 0; f < 4; f++) {
		uint8_t *mine = NEWN(a, uint8_t, (size_t)s->docs);
		for (int d = 0; d < s->docs; d++)
			mine[d] = fold[d] == 9 ? 2 : fold[d] == f;
		struct model *m = learn(a, s, mine, 0, with, NULL, c);
		score_all(a, s, m, mine, 1, with, NULL, p);
		model_free(m);
	}
}

static void elements(const struct set *s, int with, double c, bool table)
{
	double micro[SPLITS], macro[SPLITS];
	struct counts all = { { 0 }, { 0 }, { 0 } };
	for (int split = 0; split < SPLITS; split++) {
		ARENA a = arena_new(0);
		struct rng g = { (uint64_t)(100 + split) };
		uint8_t *part = NEWN(a, uint8_t, (size_t)s->docs);
		struct map *seen = map_new(a);
		struct counts k = { { 0 }, { 0 }, { 0 } };
		double *first = NULL, *p = NEWN(a, double, s->n * LABELS);
		for (int d = 0; d < s->docs; d++)
			part[d] = rng_unit(&g) < 0.25;
		for (size_t i = 0; i < s->n; i++)
			if (!part[s->v[i].doc])
				map_put(seen, s->v[i].text, &s->v[i]);
		int base = with & ~WITH_STACK;
		struct model *m;
		if (with & WITH_STACK) {
			first = NEWN(a, double, s->n * LABELS);
			held_out(a, s, part, base, c, first);
			m = learn(a, s, part, 0, base, NULL, c);
			score_all(a, s, m, part, 1, base, NULL, first);
			model_free(m);
		}
		m = learn(a, s, part, 0, with, first, c);
		score_all(a, s, m, part, 1, with, first, p);
		for (size_t i = 0; i < s->n; i++) {
			if (!part[s->v[i].doc] || map_get(seen, s->v[i].text))
				continue;
			for (int l = 0; l < LABELS; l++) {
				bool yes = p[i * LABELS + (size_t)l] >= model_threshold(m, l);
				k.tp[l] += yes && s->v[i].y[l];
				k.fp[l] += yes && !s->v[i].y[l];
				k.fn[l] += !yes && s->v[i].y[l];
			}
		}
		model_free(m);
		double tp = 0, fp = 0, fn = 0, sum = 0;
		for (int l = 0; l < LABELS; l++) {
			tp += k.tp[l], fp += k.fp[l], fn += k.fn[l];
			sum += f1(k.tp[l], k.fp[l], k.fn[l]);
			all.tp[l] += k.tp[l], all.fp[l] += k.fp[l], all.fn[l] += k.fn[l];
		}
		micro[split] = f1(tp, fp, fn);
		macro[split] = sum / LABELS;
	}
	double mi = 0, ma = 0, vi = 0, va = 0;
	for (int i = 0; i < SPLITS; i++)
		mi += micro[i] / SPLITS, ma += macro[i] / SPLITS;
	for (int i = 0; i < SPLITS; i++)
		vi += (micro[i] - mi) * (micro[i] - mi) / (SPLITS - 1), va += (macro[i] - ma) * (macro[i] - ma) / (SPLITS - 1);
	printf("elements with %d c %.2f: micro F1 %.3f +- %.3f, macro F1 %.3f +- %.3f\n", with, c, mi, sqrt(vi), ma, sqrt(va));
	fflush(stdout);
	for (int l = 0; table && l < LABELS; l++)
		printf("  %-5s cases %4.0f  P %.3f R %.3f F1 %.3f\n", names[l], all.tp[l] + all.fn[l], all.tp[l] / fmax(1, all.tp[l] + all.fp[l]), all.tp[l] / fmax(1, all.tp[l] + all.fn[l]), f1(all.tp[l], all.fp[l], all.fn[l]));
}

/* ---- hostile comments: trained on train, counted on dev ---- */

static size_t read_cold(struct arena *a, const char *path, struct sample **ret)
{
	static const uint8_t yes[] = { 1 }, no[] = { 0 };
	struct csv c;
	struct str *cell;
	size_t n, k = 0, cap = 0, text = 0, label = 0;
	struct sample *v = NULL;
	bool broken, first = true;
	csv_open(&c, file(a, path));
	while (csv_next(&c, a, &cell, &n, &broken)) {
		for (size_t i = 0; first && i < n; i++) {
			text = str_is(cell[i], "TEXT") ? i : text;
			label = str_is(cell[i], "label") ? i : label;
		}
		if (!first && n > text && n > label)
			VEC_PUSH(a, v, k, cap, ((struct sample){ text_normalise(a, cell[text]).text, str_is(cell[label], "1") ? yes : no, (uint32_t)k + 1 }));
		first = false;
	}
	*ret = v;
	return k;
}

static void hostile(const char *dir)
{
	static const char *const name[] = { "hostile" };
	ARENA a = arena_new(0);
	struct sample *train, *dev;
	size_t n = read_cold(a, arena_printf(a, "%s/hostile/cold-train.csv", dir), &train), m = read_cold(a, arena_printf(a, "%s/hostile/cold-dev.csv", dir), &dev), right = 0, tp = 0, fp = 0, fn = 0;
	struct buf b = BUF((size_t)1 << 28);
	struct model *w;
	if (n < 100 || !m)
		return;
	need(model_train(name, 1, train, n, &(struct train_options){ .bits = 20, .c = 0.3, .seed = 1, .epochs = 20 }, &b, &fault), "train");
	need(model_load(buf_view(&b), &w, &fault), "load");
	for (size_t i = 0; i < m; i++) {
		double p;
		model_score(w, dev[i].text, &p);
		bool yes = p >= 0.5, is = dev[i].y[0] == 1;
		right += yes == is, tp += yes && is, fp += yes && !is, fn += !yes && is;
	}
	printf("hostile: trained on %zu, of %zu others accuracy %.3f, F1 %.3f\n", n, m, (double)right / (double)m, f1((double)tp, (double)fp, (double)fn));
	model_free(w);
	buf_free(&b);
}

int main(int argc, char **argv)
{
	const char *dir = getenv("XA_DATA");
	ARENA a = arena_new(0);
	struct set s = { 0 };
	if (!dir) {
		puts("XA_DATA is not set: nothing measured");
		return 0;
	}
	read_set(a, arena_printf(a, "%s/elements/divorce.jsonl", dir), &s);
	printf("%d documents, %zu sentences\n", s.docs, s.n);
	if (argc > 2)      /* which features, and C */
		elements(&s, atoi(argv[1]), atof(argv[2]), argc > 3);
	else
		for (int k = 0; k < 4; k++)
			elements(&s, (const int[]){ 0, WITH_PLACE, WITH_PLACE | WITH_BEFORE, WITH_PLACE | WITH_STACK }[k], 1, k == 3);
	if (argc <= 2)
		hostile(dir);
	return 0;
}
