// SPDX-License-Identifier: Apache-2.0

#include "agent/actuation/unit_quota.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <systemd/sd-event.h>

#include <array>

#include "tests/fakes/scratch_tree.h"
#include "tests/fakes/unit_service.h"

namespace penstock {
namespace {

using namespace std::chrono_literals;
using fakes::UnitService;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

constexpr TimePoint start = from_ns(1'000'000'000'000);

struct UnrefBus {
    void operator()(sd_bus* bus) const { sd_bus_flush_close_unref(bus); }
};

struct UnrefEvent {
    void operator()(sd_event* event) const { sd_event_unref(event); }
};

using Bus = std::unique_ptr<sd_bus, UnrefBus>;

Bus end_of_pair(int socket, bool server, sd_event* event) {
    sd_bus* raw = nullptr;
    sd_bus_new(&raw);
    Bus bus(raw);
    sd_bus_set_fd(raw, socket, socket);
    if (server) {
        sd_id128_t id{};
        sd_id128_randomize(&id);
        sd_bus_set_server(raw, 1, id);
    }
    EXPECT_GE(sd_bus_start(raw), 0);
    EXPECT_GE(sd_bus_attach_event(raw, event, SD_EVENT_PRIORITY_NORMAL), 0);
    return bus;
}

CpuOrder order_of(const std::string& unit, double processors) {
    return {.share = 0.5, .limits = {{.unit = unit, .had = 2.0, .processors = processors}}};
}

// The agent and systemd at the two ends of a socket pair, in one event loop.
class UnitQuotas : public testing::Test {
  protected:
    UnitQuotas() {
        sd_event* raw = nullptr;
        sd_event_new(&raw);
        event_.reset(raw);
        std::array<int, 2> ends{};
        EXPECT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, ends.data()),
                  0);
        server_ = end_of_pair(ends[0], true, raw);
        client_ = end_of_pair(ends[1], false, raw);
        EXPECT_GE(systemd.serve(server_.get()), 0);
        begin();
    }

    // Another agent, with what the one before has left in the file.
    void begin() {
        quota.reset();
        undo = std::make_unique<UndoFile>(tree.root() + "/undo");
        EXPECT_TRUE(undo->load());
        manager_.emplace(client_.get());
        quota = std::make_unique<UnitQuota>(*manager_, *undo);
        quota->turn(now);
    }

    // Until nobody has anything to say any more.
    void settle() {
        while (sd_event_run(event_.get(), 20'000) > 0) {
        }
    }

    void hold(const CpuOrder& order) {
        quota->hold(order);
        settle();
    }

    void wait(Duration time) {
        now += time;
        quota->turn(now);
        settle();
    }

    TimePoint now = start;
    fakes::ScratchTree tree{};
    UnitService systemd{};
    std::unique_ptr<UndoFile> undo{};
    std::unique_ptr<UnitQuota> quota{};

  private:
    std::unique_ptr<sd_event, UnrefEvent> event_{};
    Bus server_{};
    Bus client_{};
    std::optional<SystemdUnits> manager_{};
};

TEST_F(UnitQuotas, are_set_at_systemd_until_the_next_boot_and_taken_back) {
    hold(order_of("batch.service", 1.4));
    EXPECT_THAT(systemd.heard, ElementsAre("get batch.service", "set batch.service 1400000"));
    EXPECT_EQ(quota->standing(), 1U);
    EXPECT_EQ(quota->trouble(), "");
    systemd.heard.clear();
    hold({});
    EXPECT_THAT(systemd.heard, ElementsAre("get batch.service", "set batch.service none"));
    EXPECT_EQ(quota->standing(), 0U);
    EXPECT_THAT(undo->entries(), IsEmpty());
}

TEST_F(UnitQuotas, know_scopes_from_services) {
    hold(order_of("run-7.scope", 0.5));
    EXPECT_THAT(systemd.heard, ElementsAre("get run-7.scope", "set run-7.scope 500000"));
}

TEST_F(UnitQuotas, are_in_the_undo_file_before_they_are_set) {
    std::vector<UndoEntry> at_set;
    systemd.on_heard = [&](const std::string& line) {
        if (line.starts_with("set ")) {
            UndoFile found(undo->path());
            EXPECT_TRUE(found.load());
            at_set = found.entries();
        }
    };
    systemd.quotas["batch.service"] = 3'000'000;
    hold(order_of("batch.service", 1.4));
    EXPECT_THAT(at_set, ElementsAre(UndoEntry{.name = "batch.service", .before = 3'000'000}));
}

TEST_F(UnitQuotas, are_not_set_where_the_undo_file_can_not_be_written) {
    tree.remove("");
    hold(order_of("batch.service", 1.4));
    EXPECT_THAT(systemd.heard, ElementsAre("get batch.service"));
    EXPECT_THAT(quota->trouble(), HasSubstr("without a way back"));
    EXPECT_EQ(quota->standing(), 0U);
}

TEST_F(UnitQuotas, follow_each_step_and_ask_for_nothing_twice) {
    hold(order_of("batch.service", 1.4));
    systemd.heard.clear();
    hold(order_of("batch.service", 1.4));
    EXPECT_THAT(systemd.heard, IsEmpty());
    // Less than a whole percent is no other quota.
    hold(order_of("batch.service", 1.401));
    EXPECT_THAT(systemd.heard, IsEmpty());
    hold(order_of("batch.service", 0.98));
    EXPECT_THAT(systemd.heard, ElementsAre("get batch.service", "set batch.service 980000"));
    hold(order_of("batch.service", 0.0001));
    EXPECT_EQ(systemd.quota_of("batch.service"), UnitQuota::step_usec);
}

TEST_F(UnitQuotas, end_where_the_last_order_has_them_though_systemd_is_slower) {
    quota->hold(order_of("batch.service", 1.4));
    quota->hold(order_of("batch.service", 0.7));
    quota->hold({});
    quota->hold(order_of("batch.service", 0.5));
    settle();
    EXPECT_EQ(systemd.quota_of("batch.service"), 500'000U);
    quota->hold(order_of("batch.service", 0.3));
    quota->hold({});
    settle();
    EXPECT_EQ(systemd.quota_of("batch.service"), UnitService::no_quota);
    EXPECT_THAT(undo->entries(), IsEmpty());
}

TEST_F(UnitQuotas, that_nobody_wants_any_more_when_systemd_answers_are_not_set) {
    systemd.quotas["batch.service"] = 3'000'000;
    quota->hold(order_of("batch.service", 1.4));
    quota->hold({});
    settle();
    EXPECT_THAT(systemd.heard, ElementsAre("get batch.service"));
    EXPECT_THAT(undo->entries(), IsEmpty());
    EXPECT_EQ(quota->standing(), 0U);
}

TEST_F(UnitQuotas, never_give_more_than_an_administrator_has) {
    systemd.quotas["batch.service"] = 300'000;
    hold(order_of("batch.service", 1.4));
    EXPECT_EQ(systemd.quota_of("batch.service"), 300'000U);
    EXPECT_THAT(systemd.heard, SizeIs(1));
    hold(order_of("batch.service", 0.2));
    EXPECT_EQ(systemd.quota_of("batch.service"), 200'000U);
    hold({});
    EXPECT_EQ(systemd.quota_of("batch.service"), 300'000U);
}

TEST_F(UnitQuotas, that_somebody_else_has_set_meanwhile_are_his) {
    hold(order_of("batch.service", 1.4));
    systemd.quotas["batch.service"] = 900'000;
    hold(order_of("batch.service", 0.98));
    EXPECT_EQ(systemd.quota_of("batch.service"), 900'000U);
    EXPECT_THAT(quota->trouble(), HasSubstr("set by somebody else"));
    EXPECT_EQ(quota->standing(), 0U);
    EXPECT_THAT(undo->entries(), IsEmpty());
    hold({});
    EXPECT_EQ(systemd.quota_of("batch.service"), 900'000U);
    // With the next time it is held back, that is what it had.
    hold(order_of("batch.service", 0.5));
    EXPECT_THAT(undo->entries(),
                ElementsAre(UndoEntry{.name = "batch.service", .before = 900'000}));
}

TEST_F(UnitQuotas, that_are_refused_are_tried_again_later_and_say_what_is_missing) {
    systemd.mood = UnitService::Mood::refuses;
    hold(order_of("batch.service", 1.4));
    EXPECT_THAT(quota->trouble(), HasSubstr("org.freedesktop.systemd1.manage-units"));
    EXPECT_EQ(quota->standing(), 0U);
    const std::size_t calls = systemd.heard.size();
    wait(UnitQuota::next_try - 1ms);
    EXPECT_THAT(systemd.heard, SizeIs(calls));
    systemd.mood = UnitService::Mood::willing;
    wait(1ms);
    EXPECT_EQ(systemd.quota_of("batch.service"), 1'400'000U);
    EXPECT_EQ(quota->trouble(), "");
}

TEST_F(UnitQuotas, stay_in_the_undo_file_until_they_are_lifted) {
    hold(order_of("batch.service", 1.4));
    systemd.mood = UnitService::Mood::refuses;
    hold({});
    EXPECT_THAT(undo->entries(), SizeIs(1));
    systemd.mood = UnitService::Mood::willing;
    wait(UnitQuota::next_try);
    EXPECT_EQ(systemd.quota_of("batch.service"), UnitService::no_quota);
    EXPECT_THAT(undo->entries(), IsEmpty());
}

TEST_F(UnitQuotas, end_with_their_unit) {
    hold(order_of("run-7.scope", 1.4));
    systemd.mood = UnitService::Mood::knows_no_unit;
    hold({});
    EXPECT_THAT(undo->entries(), IsEmpty());
    EXPECT_EQ(quota->standing(), 0U);
}

TEST_F(UnitQuotas, come_to_no_harm_by_answers_that_make_no_sense) {
    systemd.mood = UnitService::Mood::talks_nonsense;
    hold(order_of("batch.service", 1.4));
    EXPECT_THAT(quota->trouble(), HasSubstr("something else than a quota"));
    EXPECT_THAT(undo->entries(), IsEmpty());
}

TEST_F(UnitQuotas, wait_for_nobody) {
    systemd.mood = UnitService::Mood::keeps_silent;
    hold(order_of("batch.service", 1.4));
    hold(order_of("batch.service", 0.7));
    hold({});
    // One question is on its way, and no second one.
    EXPECT_THAT(systemd.heard, ElementsAre("get batch.service"));
    // An agent that leaves now takes it with it.
    quota.reset();
    settle();
}

TEST_F(UnitQuotas, of_an_agent_that_was_killed_are_lifted_by_the_next) {
    hold(order_of("batch.service", 1.4));
    ASSERT_EQ(systemd.quota_of("batch.service"), 1'400'000U);
    begin();
    quota->take_over();
    settle();
    EXPECT_EQ(systemd.quota_of("batch.service"), UnitService::no_quota);
    EXPECT_THAT(undo->entries(), IsEmpty());
}

// Killed between the two: the file says more than was done.
TEST_F(UnitQuotas, that_were_entered_and_never_set_are_no_harm) {
    systemd.quotas["batch.service"] = 300'000;
    ASSERT_TRUE(undo->enter({.name = "batch.service", .before = 300'000}));
    begin();
    quota->take_over();
    settle();
    EXPECT_THAT(systemd.heard, ElementsAre("get batch.service"));
    EXPECT_THAT(undo->entries(), IsEmpty());
}

TEST_F(UnitQuotas, that_were_left_and_are_wanted_again_go_back_to_what_stood_first) {
    hold(order_of("batch.service", 1.4));
    begin();
    quota->take_over();
    hold(order_of("batch.service", 0.7));
    EXPECT_EQ(systemd.quota_of("batch.service"), 700'000U);
    hold({});
    EXPECT_EQ(systemd.quota_of("batch.service"), UnitService::no_quota);
}

}  // namespace
}  // namespace penstock
