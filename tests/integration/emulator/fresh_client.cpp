// SPDX-License-Identifier: Apache-2.0
//
// Fresh client: the program that a client becomes with execve(2).

#include "tests/integration/emulator/client_process.h"

int main(int count, char** words) {
    constexpr int expected = 5;
    if (count != expected) {
        return 2;
    }
    penstock::integration::ClientProcess::go_on(words);
}
