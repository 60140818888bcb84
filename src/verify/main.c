/* The program xiaoan-verify. */
#include "verify/verify.h"

int main(int argc, char **argv) { return v_main(argc, argv, stdout, stderr); }
