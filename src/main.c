/* The program: hands over to the commands of cli/. */
#include "cli/cli.h"
#include <malloc.h>

int main(int argc, char **argv)
{
	/* A request's arena comes and goes: its pages stay with the process instead of going back to the kernel each time. */
	mallopt(M_MMAP_THRESHOLD, 8 << 20);
	mallopt(M_TRIM_THRESHOLD, 16 << 20);
	return cli_main(argc, argv);
}
