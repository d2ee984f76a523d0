// SPDX-License-Identifier: Apache-2.0
//
// penstock-puppet: a process under remote control, for the tests of what Penstock does to others.

#include <CLI/CLI.hpp>

#include "base/journal.h"
#include "kmod-helpers/workload/device_choice.h"
#include "tests/puppet/puppet.h"

int main(int count, char** words) {
    int control = -1;
    std::string kfd;
    std::string sysfs;
    CLI::App app("Obeys the commands that arrive on a socket.");
    app.add_option("--control", control, "descriptor of the SOCK_SEQPACKET socket")->required();
    app.add_option("--kfd", kfd, "the KFD device")->required();
    app.add_option("--sysfs", sysfs, "where sysfs is mounted")->required();
    CLI11_PARSE(app, count, words);

    const penstock::Result<std::uint32_t> gpu =
        penstock::workload::choose_gpu(penstock::Tree(sysfs), 0);
    if (!gpu) {
        penstock::journal(penstock::Severity::error, gpu.error().message());
        return 1;
    }
    penstock::puppet::Puppet(penstock::puppet::Control(penstock::Fd(control)),
                             penstock::puppet::QueueShelf(kfd, *gpu),
                             {words, words + count})
        .run();
    return 0;
}
