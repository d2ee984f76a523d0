// SPDX-License-Identifier: Apache-2.0

#include "agent/probes/pcm/pcm_table.h"

#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "agent/probes/pcm/line_reader.h"
#include "base/text.h"

namespace penstock {
namespace {

std::string golden(const std::string& name) {
    std::stringstream text;
    text << std::ifstream(std::string(MACHINES) + "/pcm/" + name).rdbuf();
    return text.str();
}

void feed(PcmTable& table, const std::string& text) {
    for (const std::string_view line : split(text, '\n')) {
        table.take(line);
    }
}

std::optional<double> rate(PcmTable& table, Quantity quantity, std::uint32_t socket) {
    for (const PcmRate& each : table.rates()) {
        if (each.quantity == quantity && each.socket == socket) {
            return each.bytes_per_second;
        }
    }
    return std::nullopt;
}

constexpr std::string_view one_socket =
    ",,SKT0,SKT0,System,System,System\n"
    "Date,Time,Mem Read (MB/s),Mem Write (MB/s),Read,Write,Memory\n";

TEST(PcmMemory, gives_each_socket_its_own_columns_though_their_names_repeat) {
    PcmMemoryTable table;
    feed(table, golden("memory.csv"));

    EXPECT_EQ(rate(table, Quantity::dram_read, 0), 2000e6);
    EXPECT_EQ(rate(table, Quantity::dram_written, 0), 100e6);
    EXPECT_EQ(rate(table, Quantity::dram_read, 1), 30e6);
    EXPECT_EQ(rate(table, Quantity::dram_written, 1), 40e6);
}

TEST(PcmMemory, does_not_count_the_whole_machine_beside_its_sockets) {
    PcmMemoryTable table;
    feed(table, golden("memory.csv"));
    EXPECT_EQ(table.rates().size(), 4);
}

TEST(PcmMemory, takes_the_whole_machine_where_no_socket_is_told) {
    PcmMemoryTable table;
    feed(table, ",,System,System,System\nDate,Time,Read,Write,Memory\nd,t, 5.00, 6.00, 11.00\n");
    EXPECT_EQ(rate(table, Quantity::dram_read, 0), 5e6);
    EXPECT_EQ(rate(table, Quantity::dram_written, 0), 6e6);
}

TEST(PcmMemory, takes_an_empty_field_as_unknown_and_zero_as_zero) {
    PcmMemoryTable table;
    feed(table, std::string(one_socket) + "d,t,,  0.00,1,2,3\n");
    EXPECT_EQ(rate(table, Quantity::dram_read, 0), std::nullopt);
    EXPECT_EQ(rate(table, Quantity::dram_written, 0), 0.0);
}

TEST(PcmMemory, knows_nothing_after_a_line_with_other_columns_than_its_heading) {
    for (const std::string row : {"d,t,1.00,2.00,1,2", "d,t,1.00,2.00,1,2,3,4", "d"}) {
        PcmMemoryTable table;
        feed(table, std::string(one_socket) + "d,t,7.00,8.00,1,2,3\n" + row + "\n");
        EXPECT_EQ(rate(table, Quantity::dram_read, 0), std::nullopt) << row;
    }
}

TEST(PcmMemory, says_nothing_before_its_heading) {
    PcmMemoryTable table;
    feed(table, "d,t,1.00,2.00\nDate,Time,Mem Read (MB/s)\nd,t,5\n");
    EXPECT_TRUE(table.rates().empty());
}

TEST(PcmRate, is_bounded) {
    EXPECT_EQ(parse_rate("12.5", 1e6), 12.5e6);
    for (const std::string_view cell : {"", "-1", "nan", "inf", "1e5", "1 2", "10000001", "0x5"}) {
        EXPECT_EQ(parse_rate(cell, 1e6), std::nullopt) << cell;
    }
}

TEST(PcmIio, takes_what_devices_read_as_received_and_what_they_write_as_sent) {
    PcmIioTable table;
    feed(table, golden("iio.csv"));
    double received = 0;
    double sent = 0;
    for (const PcmRate& each : table.rates()) {
        if (each.socket == 1) {
            (each.quantity == Quantity::link_sent ? sent : received) += *each.bytes_per_second;
        }
    }
    EXPECT_EQ(table.rates().size(), 16);
    EXPECT_EQ(sent, 4 * 2000 + 2);
    EXPECT_EQ(received, 4 * 1000 + 2);
}

TEST(PcmIio, keeps_a_parts_number_from_line_to_line) {
    PcmIioTable table;
    feed(table, golden("iio.csv") + golden("iio.csv"));
    EXPECT_EQ(table.rates().size(), 16);
    EXPECT_EQ(table.rates().back().part, 7);
}

TEST(PcmIio, skips_banners_and_lines_that_were_cut) {
    PcmIioTable table;
    feed(table,
         "a,b,c\nSocket,Name,Part,IB write,IB read\nSocket0,x,Part0,1\nSocketx,x,Part0,1,2\n");
    EXPECT_TRUE(table.rates().empty());
}

TEST(PcmIio, remembers_no_more_rows_than_a_machine_can_have) {
    PcmIioTable table;
    table.take("Socket,Name,Part,IB write,IB read");
    for (int row = 0; row < 3000; ++row) {
        table.take("Socket0,stack " + std::to_string(row) + ",Part0,1,2");
    }
    EXPECT_EQ(table.rates().size(), 2048);
}

TEST(Csv, with_more_cells_than_any_tool_prints_is_none) {
    std::vector<std::string_view> cells;
    const std::string line(5000, ',');
    EXPECT_FALSE(split_csv(line, cells));
    EXPECT_TRUE(cells.empty());
}

std::vector<std::string> lines_of(LineReader& reader, std::string_view text) {
    std::vector<std::string> lines;
    while (!text.empty()) {
        const std::span<char> room = reader.room();
        const std::size_t piece = std::min(room.size(), text.size());
        std::copy_n(text.begin(), piece, room.begin());
        reader.arrived(piece, [&](std::string_view line) { lines.emplace_back(line); });
        text.remove_prefix(piece);
    }
    return lines;
}

TEST(Lines, are_put_together_from_pieces) {
    LineReader reader;
    EXPECT_EQ(lines_of(reader, "ab"), std::vector<std::string>{});
    EXPECT_EQ(lines_of(reader, "c\nd\n\ne"), (std::vector<std::string>{"abc", "d", ""}));
    EXPECT_EQ(lines_of(reader, "\n"), std::vector<std::string>{"e"});
}

TEST(Lines, that_are_too_long_are_dropped_whole) {
    LineReader reader;
    const std::string endless(3 * LineReader::longest_line, 'x');
    EXPECT_EQ(lines_of(reader, "a\n" + endless + "\nb\n"), (std::vector<std::string>{"a", "b"}));
    EXPECT_EQ(reader.dropped(), 1);
}

}  // namespace
}  // namespace penstock
