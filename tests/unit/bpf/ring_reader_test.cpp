// SPDX-License-Identifier: Apache-2.0

#include "base/ring_reader.h"

#include <gtest/gtest.h>

#include <string_view>

#include "tests/unit/bpf/ring_image.h"

namespace penstock {
namespace {

using test::RingImage;

std::span<const std::byte> bytes_of(std::string_view text) {
    return std::as_bytes(std::span(text));
}

std::string text_of(std::span<const std::byte> bytes) {
    std::string text(bytes.size(), '\0');
    std::memcpy(text.data(), bytes.data(), bytes.size());
    return text;
}

RingReader reader_of(const RingImage& image) {
    auto reader = RingReader::open(image.open(), RingImage::bytes);
    EXPECT_TRUE(reader) << reader.error().message();
    return std::move(reader).value();
}

TEST(RingReader, has_no_front_while_the_ring_is_empty) {
    const RingImage image;
    RingReader reader = reader_of(image);
    EXPECT_FALSE(reader.front());
}

TEST(RingReader, gives_records_in_order_and_their_room_back) {
    RingImage image;
    RingReader reader = reader_of(image);
    image.write(bytes_of("first"));
    image.write(bytes_of("a second one"));

    EXPECT_EQ(text_of(reader.front().value()), "first");
    EXPECT_EQ(image.read(), 0U);
    reader.release();
    EXPECT_EQ(image.read(), 16U);
    EXPECT_EQ(text_of(reader.front().value()), "a second one");
    reader.release();
    EXPECT_FALSE(reader.front());
    EXPECT_EQ(image.read(), image.written());
}

TEST(RingReader, waits_for_a_record_that_is_still_being_written) {
    RingImage image;
    RingReader reader = reader_of(image);
    const std::uint64_t at = image.write(bytes_of("slow"), BPF_RINGBUF_BUSY_BIT);
    image.write(bytes_of("quick"));
    EXPECT_FALSE(reader.front());

    image.submit(at, 4);

    EXPECT_EQ(text_of(reader.front().value()), "slow");
}

TEST(RingReader, skips_discarded_records) {
    RingImage image;
    RingReader reader = reader_of(image);
    image.write(bytes_of("dropped"), BPF_RINGBUF_DISCARD_BIT);
    image.write(bytes_of("kept"));

    EXPECT_EQ(text_of(reader.front().value()), "kept");
    image.write(bytes_of("dropped"), BPF_RINGBUF_DISCARD_BIT);
    reader.release();
    EXPECT_FALSE(reader.front());
    EXPECT_EQ(image.read(), image.written());
}

TEST(RingReader, reads_a_record_across_the_end_in_one_piece) {
    RingImage image;
    RingReader reader = reader_of(image);
    const std::string filler(RingImage::bytes - 64, 'x');
    image.write(bytes_of(filler));
    ASSERT_TRUE(reader.front());
    reader.release();
    const std::string across(200, 'y');

    image.write(bytes_of(across));

    EXPECT_EQ(text_of(reader.front().value()), across);
}

TEST(RingReader, goes_on_where_the_last_reader_stopped) {
    RingImage image;
    image.write(bytes_of("old"));
    image.write(bytes_of("new"));
    {
        RingReader former = reader_of(image);
        ASSERT_TRUE(former.front());
        former.release();
    }
    RingReader reader = reader_of(image);
    EXPECT_EQ(text_of(reader.front().value()), "new");
}

TEST(RingReader, believes_no_length_beyond_the_writer) {
    RingImage image;
    RingReader reader = reader_of(image);
    const std::uint64_t at = image.write(bytes_of("short"));
    image.submit(at, 100'000);
    EXPECT_FALSE(reader.front());
}

TEST(RingReader, refuses_sizes_no_ring_has) {
    const RingImage image;
    const auto odd = RingReader::open(image.open(), 5000);
    ASSERT_FALSE(odd);
    EXPECT_EQ(odd.error().message(),
              "a ring of 5000 bytes: expected a power of two and whole pages");
    EXPECT_FALSE(RingReader::open(image.open(), 2048));
    EXPECT_FALSE(RingReader::open(image.open(), 0));
}

TEST(RingReader, refuses_a_descriptor_that_can_not_be_mapped) {
    const auto reader = RingReader::open(Fd(), RingImage::bytes);
    ASSERT_FALSE(reader);
    EXPECT_EQ(reader.error().message(),
              "open the reader's side of a ring: map shared memory: Bad file descriptor");
}

}  // namespace
}  // namespace penstock
