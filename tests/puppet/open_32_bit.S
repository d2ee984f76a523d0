/* SPDX-License-Identifier: Apache-2.0
 *
 * A 32-bit program without a library: opens the file that it is given for reading and writing, and
 * ends with the error number. The driver serves 64-bit programs only.
 */
    .globl _start
    .text
_start:
    mov 8(%esp), %ebx   /* argv[1] */
    mov $5, %eax        /* open */
    mov $0x8002, %ecx   /* O_RDWR, O_LARGEFILE: the emulated device has a size */
    int $0x80
    neg %eax
    mov %eax, %ebx
    mov $1, %eax        /* exit */
    int $0x80
    .section .note.GNU-stack, "", @progbits
