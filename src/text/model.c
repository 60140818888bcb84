/* Why: a linear model over hashed pairs of characters is quick, exact to explain and small enough to ship.
 * Invariants: the same samples and options give the same bytes on every machine: no random source but our own, no libm
 * (its last digit differs between versions), no fused multiply-add; what is written is whole numbers.
 * Method: engine.md 2.2: (1+ln tf) x idf, length 1; one-vs-rest squared hinge, dual coordinate descent; five folds give
 * scores no sample helped to make, from which come Platt's constants and the threshold. model_tune() takes the weights of a model in the
 * place of zero (the least change of them that answers the samples; Yang, Yan and Hauptmann 2007) and keeps the rest of it.
 * File: "XAM2", u8 bits, u8 labels, u16 0, u32 used buckets, u16 idf of unseen; for each label: u8 length,
 * name, i32 threshold, A, B (millionths), i32 bias, i32 step (both 1e-9); for each used bucket rising: u32 bucket,
 * u16 idf (1/4096), i8 weight by label. All little-endian. */
#pragma GCC optimize("fp-contract=off")
#include <math.h>
#include <stdlib.h>
#include "base/clock.h"
#include "text/inner.h"

#define MAX_LABELS 64
#define FOLDS 5

struct model {
	int bits, n;
	char *label[MAX_LABELS];
	double threshold[MAX_LABELS], a[MAX_LABELS], b[MAX_LABELS], bias[MAX_LABELS];
	float *idf, unseen;   /* [bucket]; of a bucket that training did not see */
	double step[MAX_LABELS];
	int8_t *w;    /* [bucket][label], in steps: small enough for the cache */
};

/* ---- numbers that are the same everywhere ------------------------------------------------------------- */

static double ln(double x)
{
	int e = 0;
	while (x >= 1.5) {
		x /= 2;
		e++;
	}
	while (x < 0.75) {
		x *= 2;
		e--;
	}
	double t = (x - 1) / (x + 1), t2 = t * t, sum = 0, term = t;
	for (int k = 1; k < 40; k += 2, term *= t2)
		sum += term / k;
	return 2 * sum + e * 0.69314718055994530942;
}

static double ex(double x)
{
	if (x < -700)
		return 0;
	if (x > 700)
		x = 700;
	double y = x / 1024, sum = 1, term = 1;
	for (int k = 1; k < 12; k++) {
		term *= y / k;
		sum += term;
	}
	for (int i = 0; i < 10; i++)
		sum *= sum;
	return sum;
}

static double sigmoid(double z)
{
	return 1 / (1 + ex(-z));
}

/* ---- features -------------------------------------------------------------------------------------------- */

struct gram { uint32_t bucket, from, to; };

static uint32_t hash2(uint32_t a, uint32_t b, int bits)
{
	uint64_t h = ((uint64_t)a << 21 | b) * UINT64_C(0x9E3779B97F4A7C15);
	h ^= h >> 29;
	h *= UINT64_C(0xBF58476D1CE4E5B9);
	return (uint32_t)(h >> (64 - bits));
}

/* Every 1-gram and 2-gram in order; blanks and signs part nothing; a run of digits counts as one 0. To be freed. */
static struct gram *grams(struct str t, int bits, size_t *ret_n)
{
	struct gram *g = xalloc((t.n + 1) * 2 * sizeof *g);
	size_t n = 0;
	uint32_t before = 0, before_at = 0;
	const char *p = t.p, *end = t.p + t.n;
	while (t.n && p < end) {
		uint32_t at = (uint32_t)(p - t.p);
		uint32_t cp = utf8_next(&p, end);
		if (cp >= '0' && cp <= '9') {
			cp = '0';
			while (p < end && ((*p >= '0' && *p <= '9') || *p == '.'))
				p++;
		} else if (!cp_is_han(cp) && !text_is_word(cp)) {
			continue;
		}
		uint32_t to = (uint32_t)(p - t.p);
		g[n++] = (struct gram){ hash2(0, cp, bits), at, to };
		if (before)
			g[n++] = (struct gram){ hash2(before, cp, bits), before_at, to };
		before = cp;
		before_at = at;
	}
	*ret_n = n;
	return g;
}

struct feature { uint32_t bucket; float x; };
struct vector { struct feature *f; size_t n; };

static int by_bucket(const void *x, const void *y)
{
	uint32_t a = ((const struct feature *)x)->bucket, b = ((const struct feature *)y)->bucket;
	return a < b ? -1 : a > b;
}

/* Rising, in two passes over the low and the high half of the bucket: much of a screening's time was spent in sorting. */
static void sort_buckets(struct feature *f, size_t n, int bits)
{
	struct feature *other = xalloc((n + 1) * sizeof *other), *from = f, *to = other;
	int half = (bits + 1) / 2;
	uint32_t mask = (1u << half) - 1;
	for (int pass = 0; pass < 2; pass++) {
		uint32_t at[1 << 10] = { 0 }, sum = 0;
		for (size_t i = 0; i < n; i++)
			at[from[i].bucket >> (pass * half) & mask]++;
		for (uint32_t k = 0; k <= mask; k++) {
			uint32_t c = at[k];
			at[k] = sum;
			sum += c;
		}
		for (size_t i = 0; i < n; i++)
			to[at[from[i].bucket >> (pass * half) & mask]++] = from[i];
		struct feature *t = from;
		from = to;
		to = t;
	}
	free(other);
}

/* Counts by bucket, rising. To be freed. */
static struct vector counts(struct str t, int bits)
{
	size_t n, k = 0;
	struct gram *g = grams(t, bits, &n);
	struct feature *f = xalloc((n + 1) * sizeof *f);
	for (size_t i = 0; i < n; i++)
		f[i] = (struct feature){ g[i].bucket, 1 };
	free(g);
	sort_buckets(f, n, bits);
	for (size_t i = 0; i < n; i++) {
		if (k && f[k - 1].bucket == f[i].bucket)
			f[k - 1].x += 1;
		else
			f[k++] = f[i];
	}
	return (struct vector){ f, k };
}

static void weigh(struct vector *v, const float *idf)
{
	double sum = 0;
	for (size_t i = 0; i < v->n; i++) {
		double x = (1 + (v->f[i].x > 1 ? ln((double)v->f[i].x) : 0)) * (double)idf[v->f[i].bucket];
		v->f[i].x = (float)x;
		sum += x * x;
	}
	double scale = sum > 0 ? 1 / sqrt(sum) : 0;
	for (size_t i = 0; i < v->n; i++)
		v->f[i].x = (float)((double)v->f[i].x * scale);
}

/* ---- reading ----------------------------------------------------------------------------------------------- */

struct reader { const unsigned char *p; size_t n; bool bad; };

static uint32_t get(struct reader *r, int bytes)
{
	if (r->n < (size_t)bytes) {
		r->bad = true;
		r->n = 0;
		return 0;
	}
	uint32_t v = 0;
	for (int i = 0; i < bytes; i++)
		v |= (uint32_t)r->p[i] << (8 * i);
	r->p += bytes;
	r->n -= (size_t)bytes;
	return v;
}

void model_free(struct model *m)
{
	if (!m)
		return;
	for (int i = 0; i < m->n; i++)
		free(m->label[i]);
	free(m->idf);
	free(m->w);
	free(m);
}

static bool read_model(struct reader *r, struct model *m)
{
	if (get(r, 4) != 0x324D4158)
		return false;
	m->bits = (int)get(r, 1);
	int n = (int)get(r, 1);
	get(r, 2);
	uint32_t used = get(r, 4);
	m->unseen = (float)get(r, 2) / 4096;
	if (r->bad || m->bits < 8 || m->bits > 20 || n < 1 || n > MAX_LABELS || used > 1u << m->bits)
		return false;
	for (int i = 0; i < n; i++) {
		uint32_t len = get(r, 1);
		if (r->bad || r->n < len)
			return false;
		m->label[i] = xalloc(len + 1);
		m->n = i + 1;
		memcpy(m->label[i], r->p, len);
		r->p += len;
		r->n -= len;
		m->threshold[i] = (int32_t)get(r, 4) / 1e6;
		m->a[i] = (int32_t)get(r, 4) / 1e6;
		m->b[i] = (int32_t)get(r, 4) / 1e6;
		m->bias[i] = (int32_t)get(r, 4) / 1e9;
		m->step[i] = (int32_t)get(r, 4) / 1e9;
	}
	size_t size = (size_t)1 << m->bits;
	m->idf = xalloc(size * sizeof *m->idf);
	m->w = xalloc(size * (size_t)n * sizeof *m->w);
	for (size_t i = 0; i < size; i++)
		m->idf[i] = m->unseen;
	for (uint32_t k = 0; k < used; k++) {
		uint32_t b = get(r, 4);
		if (b >= size)
			return false;
		m->idf[b] = (float)get(r, 2) / 4096;
		for (int i = 0; i < n; i++)
			m->w[b * (size_t)n + (size_t)i] = (int8_t)get(r, 1);
	}
	return !r->bad && r->n == 0;
}

enum err model_load(struct str bytes, struct model **ret, struct fault *f)
{
	struct reader r = { (const unsigned char *)bytes.p, bytes.n, false };
	struct model *m = xalloc(sizeof *m);
	if (!read_model(&r, m)) {
		model_free(m);
		return fail(f, ERR_INVALID, N_("The model file cannot be read."), "model of %zu bytes", bytes.n);
	}
	*ret = m;
	return OK;
}

int model_labels(const struct model *m)
{
	return m->n;
}

const char *model_label(const struct model *m, int i)
{
	return m->label[i];
}

double model_threshold(const struct model *m, int i)
{
	return m->threshold[i];
}

void model_score(const struct model *m, struct str normalised, double *ret_p)
{
	struct vector v = counts(normalised, m->bits);
	weigh(&v, m->idf);
	float s[MAX_LABELS] = { 0 };
	for (size_t i = 0; i < v.n; i++) {
		const int8_t *w = m->w + v.f[i].bucket * (size_t)m->n;
		for (int k = 0; k < m->n; k++)
			s[k] += (float)w[k] * v.f[i].x;
	}
	for (int k = 0; k < m->n; k++)
		ret_p[k] = sigmoid(m->a[k] * ((double)s[k] * m->step[k] + m->bias[k]) + m->b[k]);
	free(v.f);
}

void model_explain(const struct model *m, int label, struct str t, float *ret_w)
{
	for (size_t i = 0; i < t.n; i++)
		ret_w[i] = 0;
	struct vector v = counts(t, m->bits);
	struct feature *tf = xalloc((v.n + 1) * sizeof *tf);
	memcpy(tf, v.f, v.n * sizeof *tf);
	weigh(&v, m->idf);
	size_t n;
	struct gram *g = grams(t, m->bits, &n);
	for (size_t i = 0; i < n; i++) {
		struct feature key = { g[i].bucket, 0 };
		const struct feature *x = bsearch(&key, v.f, v.n, sizeof key, by_bucket);
		/* the contribution of a bucket, shared by its occurrences and by the bytes of each */
		float c = (float)m->w[g[i].bucket * (size_t)m->n + (size_t)label] * (float)m->step[label] * x->x / tf[x - v.f].x / (float)(g[i].to - g[i].from);
		for (uint32_t k = g[i].from; k < g[i].to; k++)
			ret_w[k] += c;
	}
	free(g);
	free(tf);
	free(v.f);
}

/* ---- training ------------------------------------------------------------------------------------------------- */

struct trainer {
	const struct sample *s;
	struct vector *x;
	size_t n, size;
	const struct train_options *o;
	uint32_t *order;
	double *alpha;
	double *w;      /* [bucket], then the bias */
	const double *from;   /* weights to stay near to, bias last; NULL: zeros */
};

static void trainer_end(struct trainer *t)
{
	for (size_t i = 0; i < t->n; i++)
		free(t->x[i].f);
	free(t->x);
	free(t->order);
	free(t->alpha);
	free(t->w);
}

static int fold_of(const struct trainer *t, size_t i)
{
	return (int)(t->s[i].group % FOLDS);
}

/* One label on the samples whose fold is not `skip` (-1: all). The bias is a feature of constant 1. */
static void fit(struct trainer *t, int label, int skip)
{
	struct rng rng = { t->o->seed };
	if (t->from)
		memcpy(t->w, t->from, (t->size + 1) * sizeof *t->w);
	else
		memset(t->w, 0, (t->size + 1) * sizeof *t->w);
	memset(t->alpha, 0, t->n * sizeof *t->alpha);
	size_t n = 0, positive = 0;
	for (size_t i = 0; i < t->n; i++)
		if (fold_of(t, i) != skip && t->s[i].y[label] != SAMPLE_UNKNOWN) {
			t->order[n++] = (uint32_t)i;
			positive += t->s[i].y[label] == 1;
		}
	/* A rare label weighs more, at most ten times, or it would never be said. */
	double up = positive ? (double)(n - positive) / (double)positive : 1;
	up = up > 10 ? 10 : up < 1 ? 1 : up;
	for (int epoch = 0; epoch < t->o->epochs; epoch++) {
		double worst = 0;
		for (size_t i = n; i > 1; i--) {
			size_t j = (size_t)rng_range(&rng, 0, (int64_t)i - 1);
			uint32_t k = t->order[i - 1];
			t->order[i - 1] = t->order[j];
			t->order[j] = k;
		}
		for (size_t q = 0; q < n; q++) {
			uint32_t i = t->order[q];
			const struct vector *v = &t->x[i];
			double y = t->s[i].y[label] == 1 ? 1 : -1, diag = 1 / (2 * t->o->c * (y > 0 ? up : 1));
			double dot = t->w[t->size];
			for (size_t k = 0; k < v->n; k++)
				dot += t->w[v->f[k].bucket] * (double)v->f[k].x;
			double g = y * dot - 1 + t->alpha[i] * diag, old = t->alpha[i];
			double projected = old > 0 || g < 0 ? g : 0;
			if (projected < 0 ? -projected > worst : projected > worst)
				worst = projected < 0 ? -projected : projected;
			double next = old - g / ((v->n ? 2 : 1) + diag);
			t->alpha[i] = next > 0 ? next : 0;
			double d = (t->alpha[i] - old) * y;
			if (d == 0)
				continue;
			t->w[t->size] += d;
			for (size_t k = 0; k < v->n; k++)
				t->w[v->f[k].bucket] += d * (double)v->f[k].x;
		}
		if (worst < 0.01)
			break;
	}
}

static double score(const struct trainer *t, size_t i)
{
	double s = t->w[t->size];
	for (size_t k = 0; k < t->x[i].n; k++)
		s += t->w[t->x[i].f[k].bucket] * (double)t->x[i].f[k].x;
	return s;
}

/* Platt's constants by Newton with his smoothed targets; without positives the answer is a small constant. */
static void platt(const double *s, const struct trainer *t, int label, double *ret_a, double *ret_b)
{
	double np = 0, known = 0, a = 1, b = 0;
	for (size_t i = 0; i < t->n; i++) {
		np += t->s[i].y[label] == 1;
		known += t->s[i].y[label] != SAMPLE_UNKNOWN;
	}
	double hi = (np + 1) / (np + 2), lo = 1 / (known - np + 2);
	for (int it = 0; it < 60; it++) {
		double ga = 0, gb = 0, haa = 1e-6, hab = 0, hbb = 1e-6;
		for (size_t i = 0; i < t->n; i++) {
			if (t->s[i].y[label] == SAMPLE_UNKNOWN)
				continue;
			double p = sigmoid(a * s[i] + b), d = p - (t->s[i].y[label] ? hi : lo), h = p * (1 - p);
			ga += d * s[i];
			gb += d;
			haa += h * s[i] * s[i];
			hab += h * s[i];
			hbb += h;
		}
		double det = haa * hbb - hab * hab;
		if (det < 1e-12)
			break;
		double da = (hbb * ga - hab * gb) / det, db = (haa * gb - hab * ga) / det;
		/* half steps keep it from leaping out where the classes part cleanly */
		da = da > 2 ? 2 : da < -2 ? -2 : da;
		db = db > 2 ? 2 : db < -2 ? -2 : db;
		a -= da;
		b -= db;
	}
	*ret_a = a < 0.1 ? 0.1 : a > 50 ? 50 : a;
	*ret_b = b < -50 ? -50 : b > 50 ? 50 : b;
}

struct scored { double p; bool y; };

static int by_p(const void *x, const void *y)
{
	const struct scored *a = x, *b = y;
	if (a->p != b->p)
		return a->p > b->p ? -1 : 1;
	return (int)b->y - (int)a->y;
}

/* The threshold of best F1, or the highest that still reaches the wanted recall. */
static double choose(struct scored *v, size_t n, double recall)
{
	size_t positives = 0, tp = 0;
	for (size_t i = 0; i < n; i++)
		positives += v[i].y;
	qsort(v, n, sizeof *v, by_p);
	double best = -1, at = 0.5;
	for (size_t i = 0; i < n; i++) {
		tp += v[i].y;
		if (i + 1 < n && v[i + 1].p == v[i].p)
			continue;
		double cut = i + 1 < n ? (v[i].p + v[i + 1].p) / 2 : v[i].p / 2;
		if (recall > 0) {
			if (positives && (double)tp >= recall * (double)positives)
				return cut;
			continue;
		}
		double f1 = 2 * (double)tp / (double)(i + 1 + positives);
		if (f1 > best) {
			best = f1;
			at = cut;
		}
	}
	return positives ? at : 0.99;
}

static void put(struct buf *b, uint32_t v, int bytes)
{
	for (int i = 0; i < bytes; i++)
		buf_char(b, (char)(v >> (8 * i) & 255));
}

static int32_t whole(double v, double unit)
{
	double x = v / unit;
	x = x > 2e9 ? 2e9 : x < -2e9 ? -2e9 : x;
	return (int32_t)(x < 0 ? x - 0.5 : x + 0.5);
}

static void put_head(struct buf *out, int bits, int nlabels, uint32_t used, double unseen)
{
	put(out, 0x324D4158, 4);
	put(out, (uint32_t)bits, 1);
	put(out, (uint32_t)nlabels, 1);
	put(out, 0, 2);
	put(out, used, 4);
	put(out, (uint32_t)whole(unseen, 1.0 / 4096), 2);
}

static void put_bucket(struct buf *out, uint32_t bucket, float idf, const int8_t *w, int nlabels)
{
	put(out, bucket, 4);
	put(out, (uint32_t)whole((double)idf, 1.0 / 4096), 2);
	buf_put(out, w, (size_t)nlabels);
}

static double largest(const struct trainer *t)
{
	double most = 1e-6;
	for (size_t k = 0; k < t->size; k++)
		most = t->w[k] > most ? t->w[k] : -t->w[k] > most ? -t->w[k] : most;
	return most;
}

/* The label's head into out, its weights in steps into q. */
static void put_label(const struct trainer *t, int label, const char *name, const double at[3] /* threshold, A, B */, int32_t step, int8_t *q, int nlabels, struct buf *out)
{
	for (size_t k = 0; k < t->size; k++)
		q[k * (size_t)nlabels + (size_t)label] = (int8_t)whole(t->w[k], step * 1e-9);
	size_t len = strlen(name);
	buf_char(out, (char)len);
	buf_put(out, name, len);
	for (int i = 0; i < 3; i++)
		put(out, (uint32_t)whole(at[i], 1e-6), 4);
	put(out, (uint32_t)whole(t->w[t->size], 1e-9), 4);
	put(out, (uint32_t)step, 4);
}

static void train_label(struct trainer *t, int label, const char *name, double *held, int8_t *q, int nlabels, struct buf *out)
{
	for (int fold = 0; fold < FOLDS; fold++) {
		fit(t, label, fold);
		for (size_t i = 0; i < t->n; i++)
			if (fold_of(t, i) == fold)
				held[i] = score(t, i);
	}
	double a, b;
	platt(held, t, label, &a, &b);
	struct scored *v = xalloc((t->n + 1) * sizeof *v);
	size_t known = 0;
	for (size_t i = 0; i < t->n; i++)
		if (t->s[i].y[label] != SAMPLE_UNKNOWN)
			v[known++] = (struct scored){ sigmoid(a * held[i] + b), t->s[i].y[label] == 1 };
	double threshold = choose(v, known, t->o->recalls ? t->o->recalls[label] : t->o->recall);
	free(v);
	fit(t, label, -1);
	put_label(t, label, name, (const double[]){ threshold, a, b }, whole(largest(t) / 127, 1e-9), q, nlabels, out);
}

enum err model_train(const char *const *labels, int nlabels, const struct sample *s, size_t n, const struct train_options *o,
		     struct buf *ret_bytes, struct fault *f)
{
	if (nlabels < 1 || nlabels > MAX_LABELS || n < 2 * FOLDS || n > 10000000 || o->bits < 8 || o->bits > 20 || o->c <= 0 || o->epochs < 1)
		return fail(f, ERR_INVALID, N_("There is too little to train on."), "%zu samples, %d labels, %d bits", n, nlabels, o->bits);
	for (int i = 0; i < nlabels; i++)
		if (strlen(labels[i]) > 255)
			return fail(f, ERR_LIMIT, NULL, "label %d is too long", i);
	size_t size = (size_t)1 << o->bits;
	struct trainer t = { .s = s, .n = n, .size = size, .o = o };
	t.x = xalloc(n * sizeof *t.x);
	t.order = xalloc(n * sizeof *t.order);
	t.alpha = xalloc(n * sizeof *t.alpha);
	t.w = xalloc((size + 1) * sizeof *t.w);
	uint32_t *df = xalloc(size * sizeof *df), used = 0;
	float *idf = xalloc(size * sizeof *idf);
	for (size_t i = 0; i < n; i++) {
		t.x[i] = counts(s[i].text, o->bits);
		for (size_t k = 0; k < t.x[i].n; k++)
			df[t.x[i].f[k].bucket]++;
	}
	for (size_t k = 0; k < size; k++) {
		used += df[k] != 0;
		idf[k] = (float)whole(ln((double)(1 + n) / (double)(1 + df[k])) + 1, 1.0 / 4096) / 4096;
	}
	for (size_t i = 0; i < n; i++)
		weigh(&t.x[i], idf);

	BUF_AUTO out = BUF((size_t)256 << 20);
	put_head(&out, o->bits, nlabels, used, ln((double)(1 + n)) + 1);
	int8_t *q = xalloc(size * (size_t)nlabels);
	double *held = xalloc(n * sizeof *held);
	for (int i = 0; i < nlabels; i++)
		train_label(&t, i, labels[i], held, q, nlabels, &out);
	for (size_t k = 0; k < size; k++)
		if (df[k])
			put_bucket(&out, (uint32_t)k, idf[k], q + k * (size_t)nlabels, nlabels);
	trainer_end(&t);
	free(df);
	free(idf);
	free(q);
	free(held);
	if (out.over)
		return fail(f, ERR_LIMIT, NULL, "model too large");
	*ret_bytes = out;
	out = (struct buf){ 0 };
	return OK;
}

/* ---- going on from a model ---------------------------------------------------------------------------------------- */

static struct buf tune(struct trainer *t, const struct model *m, double *from)
{
	struct buf heads = BUF((size_t)1 << 20), out = BUF((size_t)256 << 20);
	int8_t *q = xalloc(t->size * (size_t)m->n);
	uint32_t used = 0;
	for (int i = 0; i < m->n; i++) {
		for (size_t k = 0; k < t->size; k++)
			from[k] = m->w[k * (size_t)m->n + (size_t)i] * m->step[i];
		from[t->size] = m->bias[i];
		t->from = from;
		fit(t, i, -1);
		/* The old step while it reaches, so that what was not touched keeps its bytes. */
		double most = largest(t);
		int32_t step = whole(most > 127.4 * m->step[i] ? most / 127 : m->step[i], 1e-9);
		put_label(t, i, m->label[i], (const double[]){ m->threshold[i], m->a[i], m->b[i] }, step, q, m->n, &heads);
	}
	bool *is = xalloc(t->size * sizeof *is);
	for (size_t k = 0; k < t->size; k++) {
		is[k] = m->idf[k] != m->unseen;
		for (int i = 0; i < m->n && !is[k]; i++)
			is[k] = q[k * (size_t)m->n + (size_t)i] != 0;
		used += is[k];
	}
	put_head(&out, m->bits, m->n, used, (double)m->unseen);
	buf_str(&out, buf_view(&heads));
	for (size_t k = 0; k < t->size; k++)
		if (is[k])
			put_bucket(&out, (uint32_t)k, m->idf[k], q + k * (size_t)m->n, m->n);
	buf_free(&heads);
	free(is);
	free(q);
	return out;
}

enum err model_tune(struct str base, const struct sample *s, size_t n, const struct train_options *o, struct buf *ret_bytes, struct fault *f)
{
	struct model *m;
	if (n < 1 || n > 1000000 || o->c <= 0 || o->epochs < 1)
		return fail(f, ERR_INVALID, N_("There is too little to train on."), "%zu samples", n);
	TRY(model_load(base, &m, f));
	struct trainer t = { .s = s, .n = n, .size = (size_t)1 << m->bits, .o = o, .x = xalloc(n * sizeof *t.x), .order = xalloc(n * sizeof *t.order), .alpha = xalloc(n * sizeof *t.alpha) };
	double *from = xalloc((t.size + 1) * sizeof *from);
	t.w = xalloc((t.size + 1) * sizeof *t.w);
	for (size_t i = 0; i < n; i++) {
		t.x[i] = counts(s[i].text, m->bits);
		weigh(&t.x[i], m->idf);
	}
	*ret_bytes = tune(&t, m, from);
	trainer_end(&t);
	free(from);
	model_free(m);
	return OK;
}
