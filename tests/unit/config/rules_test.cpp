// SPDX-License-Identifier: Apache-2.0

#include "agent/config/rules.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <utility>

#include "agent/config/rule_terms.h"

namespace penstock::config {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;
using namespace std::chrono_literals;

const Identity inference{.unit = "llm-7b.service",
                         .slice = "serving.slice",
                         .cgroup = "/serving.slice/llm-7b.service",
                         .user = "1000",
                         .program = "/usr/bin/python3.11",
                         .command = "python3 -m vllm serve"};

Choices priority_by(std::int32_t priority, const char* source) {
    return {.priority = {{.value = priority, .source = source}}};
}

class Rules : public testing::Test {
  protected:
    std::optional<Rule> parse(const std::string& text, const std::string& path = "/r.conf") {
        return parse_rule({.path = path, .text = text}, users, remarks);
    }

    void add(const std::string& path, const std::string& text) {
        const std::optional<Rule> rule = parse(text, path);
        ASSERT_TRUE(rule) << text;
        rules.push_back(*rule);
    }

    const Users users = [](const std::string& name) -> std::optional<std::uint32_t> {
        const std::map<std::string, std::uint32_t> known = {{"alice", 1000}, {"bob", 1001}};
        const auto found = known.find(name);
        return found != known.end() ? std::optional(found->second) : std::nullopt;
    };
    Remarks remarks;
    std::vector<Rule> rules;
};

TEST_F(Rules, match_when_all_their_conditions_do) {
    const auto rule =
        parse("[Match]\nUnit=llm-*.service\nUser=bob alice\nCommand=*vllm*\n[Apply]\nPriority=5\n");
    ASSERT_TRUE(rule);
    EXPECT_TRUE(matches(*rule, inference));
    Identity other = inference;
    other.user = "1002";
    EXPECT_FALSE(matches(*rule, other));
    other = inference;
    other.unit.clear();
    EXPECT_FALSE(matches(*rule, other)) << "what is unknown matches nothing";
    EXPECT_FALSE(matches(*parse("[Match]\nSlice=*\n"), Identity{}));
}

TEST_F(Rules, grant_what_the_first_of_them_says) {
    add("/10.conf", "[Match]\nUser=alice\n[Apply]\nMayEvict=yes\n");
    add("/20.conf", "[Match]\nUnit=llm-*\n[Apply]\nPriority=7\nMayEvict=no\n");
    add("/30.conf", "[Match]\nSlice=*\n[Apply]\nPriority=-3\n");
    EXPECT_EQ(grant(rules, inference),
              (Grant{.terms = priority_by(7, "rule:20.conf"),
                     .may_evict = true,
                     .may_evict_from = "/10.conf"}));
    EXPECT_EQ(grant(rules, Identity{.slice = "s.slice", .user = "1001"}),
              (Grant{.terms = priority_by(-3, "rule:30.conf")}));
    EXPECT_EQ(grant(rules, Identity{}), Grant{});
}

TEST_F(Rules, tell_a_no_from_having_said_nothing) {
    add("/10.conf", "[Match]\nUser=alice\n[Apply]\nMayEvict=no\n");
    add("/20.conf", "[Match]\nUser=alice\n[Apply]\nMayEvict=yes\n");
    EXPECT_EQ(grant(rules, inference).may_evict, false);
    EXPECT_EQ(grant(rules, Identity{}).may_evict, std::nullopt);
}

TEST_F(Rules, that_are_final_let_no_later_one_count) {
    add("/10.conf", "[Match]\nUser=alice\n[Rule]\nFinal=yes\n");
    add("/20.conf", "[Match]\nSlice=*\n[Apply]\nPriority=7\n");
    EXPECT_EQ(grant(rules, inference), Grant{});
    EXPECT_EQ(grant(rules, Identity{.slice = "s", .user = "1001"}).terms,
              priority_by(7, "rule:20.conf"));
}

TEST_F(Rules, of_what_a_process_says_of_itself_only_lower) {
    EXPECT_FALSE(parse("[Match]\nExecutable=*\nCommand=*vllm*\n[Apply]\nPriority=1\n"));
    ASSERT_THAT(remarks.all(), SizeIs(1));
    EXPECT_THAT(remarks.all()[0].sentence, HasSubstr("may not raise it"));
    EXPECT_EQ(remarks.all()[0].place.line, 5U);
    EXPECT_TRUE(parse("[Match]\nExecutable=*\n[Apply]\nPriority=0\n"));
    EXPECT_TRUE(parse("[Match]\nExecutable=*\n[Apply]\nPriority=-20\n"));
    EXPECT_TRUE(parse("[Match]\nCommand=*x*\nUser=alice\n[Apply]\nPriority=20\n"));
}

TEST_F(Rules, of_what_a_process_says_of_itself_exempt_nobody) {
    EXPECT_FALSE(parse("[Match]\nExecutable=*\n[Apply]\nPriority=-1\nPreemptible=no\n"));
    ASSERT_THAT(remarks.all(), SizeIs(1));
    EXPECT_EQ(remarks.all()[0].place.line, 5U);
    EXPECT_TRUE(parse("[Match]\nExecutable=*\n[Apply]\nPreemptible=yes\n"));
    add("/10.conf", "[Match]\nUnit=llm-*\n[Apply]\nPreemptible=no\n");
    add("/20.conf", "[Match]\nUser=alice\n[Apply]\nPreemptible=yes\n");
    EXPECT_EQ(grant(rules, inference),
              (Grant{.terms = {.preemptible = {{.value = false, .source = "rule:10.conf"}}}}));
}

TEST_F(Rules, grant_each_term_by_itself) {
    add("/10.conf", "[Match]\nUser=alice\n[Apply]\nWeight=200\nClass=latency\n");
    add("/20.conf",
        "[Match]\nSlice=*\n[Apply]\nWeight=5\nDeadlineSec=50ms\nCostSec=5ms\nClass=idle\n");
    EXPECT_EQ(
        grant(rules, inference).terms,
        (Choices{.weight = {{.value = 200, .source = "rule:10.conf"}},
                 .service_class = {{.value = ServiceClass::latency, .source = "rule:10.conf"}},
                 .deadline = {{.value = 50ms, .source = "rule:20.conf"}},
                 .cost = {{.value = 5ms, .source = "rule:20.conf"}}}));
}

TEST_F(Rules, of_what_a_process_says_of_itself_raise_it_by_no_term) {
    for (const char* raise : {"Weight=101", "Class=latency", "DeadlineSec=1h", "CostSec=1us"}) {
        const std::string text = std::string("[Match]\nCommand=*\n[Apply]\n") + raise + "\n";
        EXPECT_FALSE(parse(text)) << raise;
        EXPECT_THAT(remarks.all().back().sentence, HasSubstr("may not raise it")) << raise;
        EXPECT_EQ(remarks.all().back().place.line, 4U) << raise;
    }
    add("/10.conf", "[Match]\nCommand=*\n[Apply]\nWeight=50\nClass=batch\nDeadlineSec=0\n");
    add("/20.conf", "[Match]\nUser=alice\n[Apply]\nWeight=20\nClass=normal\nDeadlineSec=1s\n");
    const Choices terms = grant(rules, inference).terms;
    EXPECT_EQ(terms.weight->source, "rule:20.conf")
        << "it takes no place from one that lowers more";
    EXPECT_EQ(terms.service_class->value, ServiceClass::batch);
    EXPECT_EQ(terms.deadline->value, 0s) << "none is the lowest of deadlines";
}

TEST_F(Rules, that_are_misspelt_are_answered_with_what_was_meant) {
    for (const auto& [wrong, meant] : {std::pair("[Apply]\nWieght=200\n", "mean Weight=?"),
                                       std::pair("[Apply]\nDeadLineSecs=1\n", "mean DeadlineSec=?"),
                                       std::pair("[Apply]\nMayEvit=yes\n", "mean MayEvict=?"),
                                       std::pair("Comand=*\n", "mean Command=?")}) {
        EXPECT_FALSE(parse(std::string("[Match]\nUser=bob\n") + wrong)) << wrong;
        EXPECT_THAT(remarks.all().back().sentence, HasSubstr(meant));
    }
    EXPECT_FALSE(parse("[Match]\nUser=bob\n[Apply]\nColour=red\n"));
    EXPECT_THAT(remarks.all().back().sentence, testing::EndsWith("rules can not set that"));
}

TEST(RuleTerms, are_written_as_they_are_read) {
    const Choices terms{.priority = {{.value = -5, .source = "rule:a"}},
                        .preemptible = {{.value = false, .source = "rule:a"}},
                        .weight = {{.value = 200, .source = "rule:a"}},
                        .service_class = {{.value = ServiceClass::batch, .source = "rule:a"}},
                        .deadline = {{.value = 1500us, .source = "rule:a"}},
                        .cost = {{.value = 0us, .source = "rule:a"}}};
    Choices again;
    for (const KeyValue& each : written(terms)) {
        const Result<Choices> parsed = parse_term(each.key, each.value, "rule:a");
        ASSERT_TRUE(parsed) << each.key;
        penstock::apply(*parsed, again);
    }
    EXPECT_EQ(again, terms);
}

TEST_F(Rules, are_left_out_whole_when_a_part_is_not_understood) {
    for (const char* wrong : {"[Match]\nUser=bob\n[Apply]\nPriority=21\n",
                              "[Match]\nUser=bob\n[Apply]\nPriority=\n",
                              "[Match]\nUser=bob\n[Apply]\nPrioritee=1\n",
                              "[Match]\nUsr=a\n[Apply]\nPriority=1\n",
                              "[Match]\nUser=\"bob\n[Apply]\nPriority=1\n",
                              "[Match]\nUser=bob\nrubbish\n[Apply]\nPriority=1\n",
                              "[Match]\nUser=bob\n[Apply]\nMayEvict=sometimes\n",
                              "[Match]\nUser=bob\n[Apply]\nPreemptible=never\n",
                              "[Match]\nUser=bob\n[Apply]\nWeight=0\n",
                              "[Match]\nUser=bob\n[Apply]\nWeight=10001\n",
                              "[Match]\nUser=bob\n[Apply]\nClass=Batch\n",
                              "[Match]\nUser=bob\n[Apply]\nDeadlineSec=61min\n",
                              "[Match]\nUser=bob\n[Apply]\nDeadlineSec=10ns\n",
                              "[Match]\nUser=bob\n[Apply]\nCostSec=-1\n",
                              "[Match]\nUser=bob\n[Rule]\nFinal=maybe\n",
                              "[Match]\nUser=bob\nUser=\n[Apply]\nPriority=1\n",
                              "[Apply]\nPriority=1\n",
                              "# nothing\n"}) {
        const std::size_t before = remarks.errors();
        EXPECT_FALSE(parse(wrong)) << wrong;
        EXPECT_EQ(remarks.errors(), before + 1) << wrong;
    }
}

TEST_F(Rules, pass_over_sections_for_others_and_no_misspelt_ones) {
    EXPECT_TRUE(parse("[Match]\nUser=bob\n[Apply]\nPriority=1\n[X-Site]\nNote=x\n"));
    EXPECT_THAT(remarks.all(), IsEmpty());
    EXPECT_FALSE(parse("[Match]\nUser=bob\n[Mach]\nSlice=a.slice\n[Apply]\nPriority=1\n"));
    EXPECT_FALSE(parse("[Match]\nUser=bob\n[Rule]\nFinale=yes\n"));
    EXPECT_EQ(remarks.errors(), 2U);
}

// A process chooses its own name: none may help it.
TEST_F(Rules, of_what_a_process_says_of_itself_take_no_place_from_others) {
    add("/10.conf", "[Match]\nCommand=*vllm*\n[Apply]\nPriority=0\n[Rule]\nFinal=yes\n");
    add("/20.conf", "[Match]\nUser=alice\n[Apply]\nPriority=-5\nMayEvict=yes\n");
    EXPECT_EQ(grant(rules, inference).terms, priority_by(-5, "rule:20.conf"));
    EXPECT_EQ(grant(rules, inference).may_evict, true);
    rules.clear();
    add("/10.conf", "[Match]\nExecutable=*python*\n[Apply]\nPriority=-7\nMayEvict=yes\n");
    add("/20.conf", "[Match]\nUser=alice\n[Apply]\nPriority=-5\n");
    EXPECT_EQ(grant(rules, inference),
              (Grant{.terms = priority_by(-7, "rule:10.conf"),
                     .may_evict = true,
                     .may_evict_from = "/10.conf"}));
    EXPECT_FALSE(parse("[Match]\nExecutable=*\n[Apply]\nMayEvict=no\n"));
}

TEST_F(Rules, forget_the_patterns_before_an_empty_condition) {
    const auto rule = parse("[Match]\nUser=alice\nSlice=*\nUser=\nUser=bob\n");
    ASSERT_TRUE(rule);
    EXPECT_FALSE(matches(*rule, inference));
    EXPECT_TRUE(matches(*rule, {.slice = "s", .user = "1001"}));
}

TEST_F(Rules, speak_of_users_by_name_or_number) {
    EXPECT_TRUE(matches(*parse("[Match]\nUser=1000\n"), inference));
    EXPECT_TRUE(matches(*parse("[Match]\nUser=alice\n"), inference));
    EXPECT_FALSE(parse("[Match]\nUser=mallory\n"));
    ASSERT_THAT(remarks.all(), SizeIs(1));
    EXPECT_THAT(remarks.all()[0].sentence, HasSubstr("no user \"mallory\""));
}

TEST_F(Rules, have_a_bounded_number_of_patterns) {
    std::string many = "[Match]\nUser=";
    for (int each = 0; each <= 64; ++each) {
        many += "1000 ";
    }
    EXPECT_FALSE(parse(many + "\n"));
}

}  // namespace
}  // namespace penstock::config
