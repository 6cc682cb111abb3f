// libFuzzer's own entry (https://llvm.org/docs/LibFuzzer.html#using-libfuzzer-as-a-library).

#ifndef SQUALL_FUZZ_H
#define SQUALL_FUZZ_H

#include <stddef.h>
#include <stdint.h>

/// Runs the fuzzer by its command line; does not return before it has found something or is done.
int LLVMFuzzerRunDriver(int *argc, char ***argv, int (*callback)(const uint8_t *data, size_t size));

#endif
