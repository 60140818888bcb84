/* The program: hands over to the commands of cli/. */
#include "cli/cli.h"
#include <malloc.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>

#ifdef __SANITIZE_ADDRESS__
/* Caches of the font libraries, which they keep for the life of the process; no room of ours. */
const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void) { return "leak:libfontconfig\nleak:libcairo\nleak:libpango\n"; }
#endif

int main(int argc, char **argv)
{
#ifndef __SANITIZE_ADDRESS__
	/* No core dump and no other process of this user may show what is in memory (S22). A leak checker must. */
	(void)prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
	(void)setrlimit(RLIMIT_CORE, &(struct rlimit){ 0, 0 });
#endif
	umask(077);   /* whatever it writes is for this user alone */
	/* A request's arena comes and goes: its pages stay with the process instead of going back to the kernel each time. */
	mallopt(M_MMAP_THRESHOLD, 8 << 20);
	mallopt(M_TRIM_THRESHOLD, 16 << 20);
	return cli_main(argc, argv);
}
