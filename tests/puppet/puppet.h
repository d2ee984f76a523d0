// SPDX-License-Identifier: Apache-2.0
//
// Puppet: a process that does what a test commands, one command at a time: queues, signals,
// threads, children, and each way to end or to become another program.

#pragma once

#include <functional>
#include <string>
#include <vector>

#include "tests/puppet/control.h"
#include "tests/puppet/idle_threads.h"
#include "tests/puppet/queue_shelf.h"

namespace penstock::puppet {

class Puppet {
  public:
    // `image` is the command line with which it can be executed again.
    Puppet(Control control, QueueShelf queues, std::vector<std::string> image)
        : control_(std::move(control)), queues_(std::move(queues)), image_(std::move(image)) {}

    // Says "ready", and obeys until the test is gone.
    void run();

  private:
    using Answer = std::string;
    using Act = std::function<Answer(Puppet&, Command&)>;

    static const Act* act_for(const std::string& name);

    void obey(Command command);

    Answer become_child(Command& command);
    Answer execute_again();
    Answer execute_in_thread();
    Answer leave_to_thread();
    Answer block(Command& command);

    Control control_;
    QueueShelf queues_;
    IdleThreads threads_;
    std::vector<std::string> image_;
};

}  // namespace penstock::puppet
