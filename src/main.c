/* The program: hands over to the commands of cli/. */
#include "cli/cli.h"
#include <malloc.h>

#ifdef __SANITIZE_ADDRESS__
/* Caches of the font libraries, which they keep for the life of the process; no room of ours. */
const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void) { return "leak:libfontconfig\nleak:libcairo\nleak:libpango\n"; }
#endif

int main(int argc, char **argv)
{
	/* A request's arena comes and goes: its pages stay with the process instead of going back to the kernel each time. */
	mallopt(M_MMAP_THRESHOLD, 8 << 20);
	mallopt(M_TRIM_THRESHOLD, 16 << 20);
	return cli_main(argc, argv);
}
