/* Why: who is best for the first of a morning may be the only one for the last. Invariants: never more than there is room, never who must not; the least of all
 * costs, not a good one; a row waits only when that costs less than all else. One row comes in at a time by the cheapest way, which may move earlier ones. */
#include "people/assign.h"

#define FAR INT64_MAX

/* The columns, and one more with room for all: waiting. at: the rows of a column, in no order. */
struct web { const struct assign *p; size_t m; int64_t *of_row, *of_col, *dist; int64_t sink; int *got, *col, *from_row; bool *seen; };

static int64_t price(const struct assign *p, size_t row, size_t col)
{
	if (col == p->cols)
		return p->wait[row];
	int32_t c = p->cost[row * p->cols + col];
	return c == ASSIGN_NEVER ? FAR : c;
}

static void reach(struct web *w, size_t row, int64_t so_far)
{
	for (size_t j = 0; j < w->m; j++) {
		int64_t c = w->seen[j] ? FAR : price(w->p, row, j);
		if (c == FAR)
			continue;
		int64_t d = so_far + c + w->of_row[row] - w->of_col[j];
		if (d < w->dist[j]) {
			w->dist[j] = d;
			w->from_row[j] = (int)row;
		}
	}
}

/* What it costs to end here, beside the way; FAR: there is no room. */
static int64_t ending(const struct web *w, size_t j)
{
	if (j == w->p->cols)
		return w->of_col[j] - w->sink;
	return w->got[j] < w->p->room[j] ? (int64_t)w->got[j] * w->p->step[j] + w->of_col[j] - w->sink : FAR;
}

static int nearest(const struct web *w)
{
	int best = -1;
	for (size_t j = 0; j < w->m; j++)
		if (!w->seen[j] && w->dist[j] != FAR && (best < 0 || w->dist[j] < w->dist[best]))
			best = (int)j;
	return best;
}

static void bring_in(struct web *w, size_t row, size_t rows)
{
	int end = -1;
	int64_t best = FAR;
	w->of_row[row] = INT64_MIN;
	for (size_t j = 0; j < w->m; j++) {
		int64_t c = price(w->p, row, j);
		w->dist[j] = FAR;
		w->seen[j] = false;
		if (c != FAR && w->of_col[j] - c > w->of_row[row])
			w->of_row[row] = w->of_col[j] - c;
	}
	reach(w, row, 0);
	for (int j; (j = nearest(w)) >= 0 && w->dist[j] < best;) {
		int64_t e = ending(w, (size_t)j);
		w->seen[j] = true;
		if (e != FAR && w->dist[j] + e < best) {
			best = w->dist[j] + e;
			end = j;
		}
		for (size_t i = 0; i < rows; i++)
			if (w->col[i] == j)
				reach(w, i, w->dist[j]);
	}
	/* What was reached nearer than the end moves up; all others by as much as the end. A row that is placed stands where its column does. */
	for (size_t j = 0; j < w->m; j++)
		w->of_col[j] += w->dist[j] < best ? w->dist[j] : best;
	for (size_t i = 0; i < rows; i++)
		if (w->col[i] >= 0)
			w->of_row[i] = w->of_col[w->col[i]] - price(w->p, i, (size_t)w->col[i]);
	w->sink += best;
	w->got[end]++;
	for (int j = end;;) {
		int r = w->from_row[j], before = w->col[r];
		w->col[r] = j;
		if ((size_t)r == row)
			break;
		j = before;
	}
}

void assign_solve(struct arena *a, struct assign *p)
{
	struct web w = { .p = p, .m = p->cols + 1 };
	w.of_row = NEWN(a, int64_t, p->rows + 1);
	w.of_col = NEWN(a, int64_t, w.m);
	w.dist = NEWN(a, int64_t, w.m);
	w.got = NEWN(a, int, w.m);
	w.from_row = NEWN(a, int, w.m);
	w.seen = NEWN(a, bool, w.m);
	w.col = NEWN(a, int, p->rows + 1);
	for (size_t i = 0; i < p->rows; i++)
		w.col[i] = -1;
	for (size_t i = 0; i < p->rows; i++)
		bring_in(&w, i, p->rows);
	for (size_t i = 0; i < p->rows; i++)
		p->ret_col[i] = (size_t)w.col[i] == p->cols ? -1 : w.col[i];
	if (!assign_cost(a, p, p->ret_col, &p->ret_cost))
		p->ret_cost = FAR;
}

bool assign_cost(struct arena *a, const struct assign *p, const int *col, int64_t *ret)
{
	int *got = NEWN(a, int, p->cols + 1);
	int64_t sum = 0;
	for (size_t i = 0; i < p->rows; i++) {
		size_t j = col[i] < 0 ? p->cols : (size_t)col[i];
		int64_t c = price(p, i, j);
		if (c == FAR || (j < p->cols && got[j] >= p->room[j]))
			return false;
		sum += c + (j < p->cols ? (int64_t)got[j]++ * p->step[j] : 0);
	}
	*ret = sum;
	return true;
}

void assign_in_turn(struct arena *a, const struct assign *p, int *ret_col)
{
	int *got = NEWN(a, int, p->cols + 1);
	for (size_t i = 0; i < p->rows; i++) {
		int64_t best = p->wait[i];
		ret_col[i] = -1;
		for (size_t j = 0; j < p->cols; j++) {
			int64_t c = got[j] < p->room[j] ? price(p, i, j) : FAR;
			if (c != FAR && c + (int64_t)got[j] * p->step[j] < best) {
				best = c + (int64_t)got[j] * p->step[j];
				ret_col[i] = (int)j;
			}
		}
		if (ret_col[i] >= 0)
			got[ret_col[i]]++;
	}
}
