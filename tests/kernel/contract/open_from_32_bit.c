// SPDX-License-Identifier: Apache-2.0
//
// Opens the file it is given, as a 32-bit program, and exits with the errno, or 0 when it opened.
// Without a C library: no 32-bit one is needed to build it.

static int system_call(int number, const void* first, int second) {
    int result;
    __asm__ volatile("int $0x80" : "=a"(result) : "a"(number), "b"(first), "c"(second) : "memory");
    return result;
}

__attribute__((used)) static void run(const char* const* words) {
    const int open_call = 5;
    const int exit_call = 1;
    const int read_write = 0100002;  // And O_LARGEFILE, as every C library asks.
    // words[0] is the count of arguments, then come the program and the file.
    const int result = system_call(open_call, words[2], read_write);
    system_call(exit_call, (const void*)(result < 0 ? -result : 0), 0);
    for (;;) {
    }
}

__asm__(".globl _start\n_start:\n\tpush %esp\n\tcall run\n");
