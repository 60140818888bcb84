/* Fuzzer of the second program: any bytes as an export of the journal, as a file of heads, of keys, and a line as JSON. It may find fault or give
 * up with the reason; it may not crash or hang. */
#include "verify/verify.h"
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);
int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	static int fd = -1;
	static FILE *nowhere;
	static char path[64];
	static struct v_json j;
	if (fd < 0) {
		fd = memfd_create("fuzz", 0);
		nowhere = fopen("/dev/null", "w");
		snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
	}
	if (!nowhere || ftruncate(fd, 0) != 0 || pwrite(fd, p, n, 0) != (ssize_t)n)
		abort();
	char *line = malloc(n + 1);
	memcpy(line, p, n);
	line[n] = 0;
	if (v_json_read(&j, line, n) && j.n > V_VALUES)
		abort();
	free(line);
	for (int kind = 0; kind < 3; kind++) {
		struct v_run v = { .out = nowhere };
		int r = kind == 0 ? v_read_export(&v, path) : kind == 1 ? v_read_heads(&v, path) : v_read_keys(&v, path);
		if (r != 0 && !v.why[0])       /* whoever gives up says why */
			abort();
		free(v.heads);
	}
	return 0;
}
