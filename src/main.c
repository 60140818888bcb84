/* The program: hands over to the subcommands of cli/. */
int main(int argc, char **argv);
int main(int argc, char **argv)
{
	(void)argc, (void)argv;
	return 0;
}
