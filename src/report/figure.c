/* Why: "1,382 of 2,052, 63.7 %" was printed in a report and stands in its copies: two digits changed places (it is 67.3). Whoever copies a figure
 * must be able to hold it against the division in one step. Nothing is stored. */
#include "report/month.h"
#include <math.h>

static int64_t tenths(int64_t num, int64_t den) { return (int64_t)floor((double)num * 1000.0 / (double)den + 0.5 + 1e-9); }

void figure_check(int64_t num, int64_t den, int64_t claimed, struct figure *ret)
{
	struct figure f = { .num = num, .den = den, .claimed = claimed };
	if (den > 0 && num >= 0 && den < FIGURE_MAX && num < FIGURE_MAX) {
		f.known = true;
		f.is = tenths(num, den);
		/* What is not whole is never shown as 100.0 %. */
		if (f.is == 1000 && num < den)
			f.is = 999;
		f.right = claimed == f.is;
	}
	if (f.known && !f.right && claimed > 0) {
		int64_t a = claimed / 100 % 10, b = claimed / 10 % 10, c = claimed % 10, h = claimed / 1000 * 1000;
		f.swapped = f.is == h + b * 100 + a * 10 + c || f.is == h + a * 100 + c * 10 + b || f.is == h + c * 100 + b * 10 + a;
		/* The wholes, and the parts, of which the claimed figure would be right. */
		f.den_from = (int64_t)ceil((double)num * 1000.0 / ((double)claimed + 0.5) + 1e-9);
		f.den_to = (int64_t)floor((double)num * 1000.0 / ((double)claimed - 0.5) - 1e-9);
		f.num_from = (int64_t)ceil(((double)claimed - 0.5) * (double)den / 1000.0 - 1e-9);
		f.num_to = (int64_t)ceil(((double)claimed + 0.5) * (double)den / 1000.0 - 1e-9) - 1;
		f.other_den = f.den_from <= f.den_to;
		f.other_num = f.num_from <= f.num_to;
	}
	*ret = f;
}
