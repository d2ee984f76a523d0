// SPDX-License-Identifier: Apache-2.0

#include "agent/descriptor_store.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <cstring>

#include "base/journal.h"
#include "tests/unit/agent/listening_child.h"

namespace penstock {
namespace {

// Listens where systemd would, and counts the descriptors that come along.
class FakeManager {
  public:
    FakeManager() {
        sockaddr_un address{.sun_family = AF_UNIX, .sun_path = {}};
        path_.copy(address.sun_path, path_.size());
        socket_ = Fd(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
        const auto* generic = reinterpret_cast<const sockaddr*>(&address);
        EXPECT_EQ(::bind(socket_.get(), generic, sizeof(address)), 0);
        ::setenv("NOTIFY_SOCKET", path_.c_str(), 1);  // NOLINT(concurrency-mt-unsafe): one thread.
    }

    ~FakeManager() {
        ::unsetenv("NOTIFY_SOCKET");  // NOLINT(concurrency-mt-unsafe): one thread.
        ::unlink(path_.c_str());
    }

    FakeManager(const FakeManager&) = delete;
    FakeManager& operator=(const FakeManager&) = delete;
    FakeManager(FakeManager&&) = delete;
    FakeManager& operator=(FakeManager&&) = delete;

    // The next message, and the descriptor that it carried; "" when nothing more was said.
    std::pair<std::string, Fd> hear() {
        std::array<char, 512> text{};
        alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(int))> control{};
        iovec part{.iov_base = text.data(), .iov_len = text.size()};
        msghdr message{};
        message.msg_iov = &part;
        message.msg_iovlen = 1;
        message.msg_control = control.data();
        message.msg_controllen = control.size();
        const ssize_t length = ::recvmsg(socket_.get(), &message, MSG_CMSG_CLOEXEC);
        if (length < 0) {
            return {};
        }
        Fd descriptor;
        const cmsghdr* header = CMSG_FIRSTHDR(&message);
        if (header != nullptr && header->cmsg_type == SCM_RIGHTS) {
            int number = -1;
            std::memcpy(&number, CMSG_DATA(header), sizeof(number));
            descriptor = Fd(number);
        }
        return {std::string(text.data(), static_cast<std::size_t>(length)), std::move(descriptor)};
    }

  private:
    std::string path_ = testing::TempDir() + "store-" + std::to_string(::getpid());
    Fd socket_{};
};

bool same_file(const Fd& a, const Fd& b) {
    struct stat of_a{};
    struct stat of_b{};
    return ::fstat(a.get(), &of_a) == 0 && ::fstat(b.get(), &of_b) == 0 &&
           of_a.st_ino == of_b.st_ino && of_a.st_dev == of_b.st_dev;
}

TEST(DescriptorStore, hands_what_it_keeps_to_the_manager_in_place_of_the_former_one) {
    FakeManager manager;
    DescriptorStore store = DescriptorStore::from_manager();
    const Fd file(::open("/dev/null", O_RDONLY | O_CLOEXEC));
    ASSERT_TRUE(store.keep("lease-7", file));
    EXPECT_EQ(manager.hear().first, "FDSTOREREMOVE=1\nFDNAME=lease-7");
    const auto [text, descriptor] = manager.hear();
    EXPECT_EQ(text, "FDSTORE=1\nFDNAME=lease-7");
    EXPECT_TRUE(same_file(descriptor, file));
    store.forget("lease-7");
    EXPECT_EQ(manager.hear().first, "FDSTOREREMOVE=1\nFDNAME=lease-7");
    EXPECT_EQ(manager.hear().first, "");
}

TEST(DescriptorStore, refuses_names_that_the_manager_would_not_keep) {
    FakeManager manager;
    DescriptorStore store = DescriptorStore::from_manager();
    const Fd file(::open("/dev/null", O_RDONLY | O_CLOEXEC));
    for (const std::string& name :
         {std::string(), std::string("a:b"), std::string("a\nFDSTORE=1"), std::string(256, 'a')}) {
        EXPECT_FALSE(store.keep(name, file)) << name;
        store.forget(name);
    }
    EXPECT_EQ(manager.hear().first, "") << "and says nothing to it";
}

TEST(DescriptorStore, finds_by_name_what_was_kept) {
    EXPECT_TRUE(started_with("lease-1:board:lease-2", 3, [] {
        DescriptorStore store = DescriptorStore::from_manager();
        const Fd first = store.take("lease-1");
        const Fd second = store.take("lease-2");
        const Fd board = store.take("board");
        // NOLINTNEXTLINE(concurrency-mt-unsafe): the child has one thread.
        const bool forgotten = std::getenv("LISTEN_FDS") == nullptr;
        return first.get() == 3 && second.get() == 5 && board.get() == 4 && !store.take("board") &&
               forgotten && (::fcntl(4, F_GETFD) & FD_CLOEXEC) != 0;
    }));
}

TEST(DescriptorStore, takes_the_newest_of_one_name_and_closes_the_others) {
    EXPECT_TRUE(started_with("board:board", 2, [] {
        DescriptorStore store = DescriptorStore::from_manager();
        const Fd board = store.take("board");
        return board.get() == 4 && ::fcntl(3, F_GETFD) < 0;
    }));
}

TEST(DescriptorStore, drops_what_nobody_knows_with_a_warning) {
    EXPECT_TRUE(started_with("stranger:board", 2, [] {
        static int warnings = 0;
        set_journal_sink([](Severity severity, std::string_view /*line*/, Event /*event*/, auto) {
            warnings += severity == Severity::warning ? 1 : 0;
        });
        DescriptorStore store = DescriptorStore::from_manager();
        const Fd board = store.take("board");
        store.drop_unknown();
        return warnings == 1 && ::fcntl(3, F_GETFD) < 0 && ::fcntl(4, F_GETFD) >= 0;
    }));
}

TEST(DescriptorStore, keeps_nothing_without_a_service_manager) {
    DescriptorStore store = DescriptorStore::from_manager();
    EXPECT_FALSE(store.keeps());
    EXPECT_TRUE(store.keep("lease-1", Fd(::open("/dev/null", O_RDONLY | O_CLOEXEC))));
    EXPECT_FALSE(store.take("lease-1"));
}

}  // namespace
}  // namespace penstock
