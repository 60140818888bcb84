/* Chance, for who must say whether a number is unusual. */
#ifndef XA_CHANCE_H
#define XA_CHANCE_H
#include <math.h>
#include <stdint.h>

/* Of a Poisson number with this mean: that it is n or more. With hundreds the tail is a matter of the square root. */
static inline double poisson_at_least(int64_t n, double mean)
{
	if (n <= 0)
		return 1;
	if (mean > 200)
		return 0.5 * erfc(((double)n - 0.5 - mean) / sqrt(2 * mean));
	double term = exp(-mean), below = 0;
	for (int64_t i = 0; i < n && i < 2000; i++) {
		below += term;
		term *= mean / (double)(i + 1);
	}
	return below < 1 ? 1 - below : 0;
}
#endif
