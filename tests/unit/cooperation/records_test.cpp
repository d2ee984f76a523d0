// SPDX-License-Identifier: Apache-2.0

#include "client/protocol/records.h"

#include <gtest/gtest.h>

namespace penstock::client {
namespace {

std::string complaint(const Hello& hello) {
    const Result<Hello> read = read_hello(bytes_of(hello));
    return read ? "" : read.error().message();
}

TEST(HelloRecord, arrives_as_it_was_sent) {
    const Result<Hello> read = read_hello(bytes_of(hello_of("libsomething 1.2", 5)));
    ASSERT_TRUE(read);
    EXPECT_EQ(read->abilities, 5U);
    EXPECT_EQ(library_of(*read), "libsomething 1.2");
    EXPECT_EQ(common_version(*read), newest_version);
}

TEST(HelloRecord, keeps_bits_and_bytes_that_have_no_meaning_yet) {
    Hello hello = hello_of("lib", 0xffff'fff0);
    hello.reserved = {1, 2, 3, 4};
    EXPECT_EQ(complaint(hello), "");
}

TEST(HelloRecord, cuts_a_name_that_is_too_long_and_cleans_it) {
    EXPECT_EQ(library_of(hello_of(std::string(100, 'x'), 0)), std::string(longest_name - 1, 'x'));
    EXPECT_EQ(library_of(hello_of("a\tb", 0)), "a?b");
}

TEST(HelloRecord, is_refused_with_another_magic_number) {
    Hello hello = hello_of("lib", 0);
    hello.magic = 0x1234;
    EXPECT_EQ(complaint(hello), "a hello with the magic number 0x1234; expected 0x4b545350");
}

TEST(HelloRecord, is_refused_when_its_versions_are_no_range) {
    Hello hello = hello_of("lib", 0);
    hello.oldest = 3;
    hello.newest = 2;
    EXPECT_EQ(complaint(hello), "a hello of versions 3 to 2, which is no range");
    hello.oldest = 0;
    EXPECT_NE(complaint(hello), "");
}

TEST(HelloRecord, is_refused_with_a_name_that_would_harm_a_terminal) {
    Hello hello = hello_of("lib", 0);
    hello.library[1] = '\x1b';
    EXPECT_NE(complaint(hello).find("printable"), std::string::npos);
    hello.library.fill('x');  // Without an end.
    EXPECT_NE(complaint(hello).find("printable"), std::string::npos);
}

TEST(HelloRecord, of_any_other_length_is_refused) {
    const auto bytes = bytes_of(hello_of("lib", 0));
    for (std::size_t length = 0; length < bytes.size(); ++length) {
        EXPECT_FALSE(read_hello(std::span(bytes).first(length))) << length;
    }
    std::array<std::byte, sizeof(Hello) + 1> longer{};
    std::ranges::copy(bytes, longer.begin());
    const Result<Hello> read = read_hello(longer);
    ASSERT_FALSE(read);
    EXPECT_EQ(read.error().message(), "a hello of 65 bytes; expected 64");
}

TEST(Versions, meet_at_the_highest_that_both_speak) {
    Hello hello = hello_of("lib", 0);
    hello.newest = 900;
    EXPECT_EQ(common_version(hello), newest_version);
}

TEST(Versions, that_do_not_meet_are_both_named) {
    Hello hello = hello_of("lib", 0);
    hello.oldest = 7;
    hello.newest = 9;
    const auto none = common_version(hello);
    ASSERT_FALSE(none);
    EXPECT_EQ(none.error().message(),
              "the client speaks version 7 to 9 of the protocol, the agent version 1");
}

TEST(AnswerRecord, is_a_welcome_or_a_refusal) {
    const Result<Answer> welcome = read_answer(bytes_of(Welcome{.answer_within_ms = 30}));
    ASSERT_TRUE(welcome);
    EXPECT_EQ(std::get<Welcome>(*welcome).answer_within_ms, 30U);
    const Result<Answer> refused = read_answer(bytes_of(refusal(13, "not you\n")));
    ASSERT_TRUE(refused);
    EXPECT_EQ(std::get<Refused>(*refused).error, 13);
    EXPECT_EQ(reason_of(std::get<Refused>(*refused)), "not you?");
}

TEST(AnswerRecord, in_a_version_that_was_not_offered_is_refused) {
    const Result<Answer> read = read_answer(bytes_of(Welcome{.version = newest_version + 1}));
    ASSERT_FALSE(read);
    EXPECT_EQ(read.error().message(), "a welcome in version 2; expected version 1");
}

TEST(AnswerRecord, of_another_type_is_refused) {
    EXPECT_FALSE(read_answer(bytes_of(Order{})));
    EXPECT_FALSE(read_answer({}));
}

TEST(AnswerRecord, has_a_reason_even_without_an_end) {
    Refused refused;
    refused.reason.fill('y');
    EXPECT_EQ(reason_of(refused), std::string(longest_reason, 'y'));
}

TEST(OrderRecord, may_have_a_verb_of_a_later_version) {
    const Result<Order> order = read_order(bytes_of(Order{.serial = 4, .verb = 77}));
    ASSERT_TRUE(order);
    EXPECT_EQ(order->serial, 4U);
    EXPECT_FALSE(verb_of(*order));
    EXPECT_FALSE(verb_of(Order{.verb = 0}));
}

TEST(OrderRecord, knows_its_verbs) {
    for (const Verb verb :
         {Verb::suspend, Verb::resume, Verb::limit_launches, Verb::set_priority, Verb::set_units}) {
        EXPECT_EQ(verb_of(Order{.verb = static_cast<std::uint32_t>(verb)}), verb);
        EXPECT_NE(name_of(verb), "an unknown verb");
    }
}

TEST(DoneRecord, has_an_errno) {
    EXPECT_TRUE(read_done(bytes_of(Done{.error = 0})));
    EXPECT_TRUE(read_done(bytes_of(Done{.error = 4095})));
    EXPECT_FALSE(read_done(bytes_of(Done{.error = -5})));
    EXPECT_FALSE(read_done(bytes_of(Done{.error = 4096})));
}

TEST(DoneRecord, is_no_order_though_it_is_as_long) {
    const Result<Done> read = read_done(bytes_of(Order{}));
    ASSERT_FALSE(read);
    EXPECT_EQ(read.error().message(), "a record of type 4; expected 5, a done");
}

TEST(PacketBuffer, is_larger_than_every_record) {
    EXPECT_GT(packet_buffer, sizeof(Hello));
    EXPECT_GT(packet_buffer, sizeof(Refused));
}

}  // namespace
}  // namespace penstock::client
