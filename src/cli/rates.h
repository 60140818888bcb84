/* The limits of web/rate.h as the office has set them: rows of the table setting, rate.CLASS and rate.CLASS.burst for a session or token,
 * rate.address.CLASS and rate.address.CLASS.burst for an address; a minute and at once; 0 a minute: no limit. What is no number from 0 to
 * 1,000,000 is passed over. Tests: tests/cli/rates.c. */
#ifndef XA_CLI_RATES_H
#define XA_CLI_RATES_H
#include "record/record.h"
#include "web/rate.h"

CHECKED enum err rates_read(struct db *d, struct rate_limits *ret, struct fault *f);

#endif
