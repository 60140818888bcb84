/* What the attacked template is given. */
#ifndef ATTACK_TYPES_H
#define ATTACK_TYPES_H
#include "base/base.h"
struct attack {
	struct str evil;
	const char *evil_c;
	int64_t id;
	size_t n;
	bool yes;
};
#endif
