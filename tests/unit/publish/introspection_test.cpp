// SPDX-License-Identifier: Apache-2.0
//
// The contracts in dbus/ against what the service really offers.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <regex>
#include <set>
#include <sstream>

#include "base/text.h"
#include "tests/unit/publish/bus_pair.h"
#include "tests/unit/publish/lease_stand.h"

namespace penstock::test {
namespace {

std::string text_of(const std::string& path) {
    std::ifstream stream(path);
    std::stringstream text;
    text << stream.rdbuf();
    return text.str();
}

std::string contract(const std::string& file) {
    return text_of(std::string(PENSTOCK_CONTRACTS) + '/' + file);
}

// What was made from the contracts.
std::string made(const std::string& file) {
    return text_of(std::string(PENSTOCK_MADE) + '/' + file);
}

// The lines of one interface, without comments, indentation and empty lines.
std::string interface_in(const std::string& xml, const std::string& interface) {
    const std::string start = "<interface name=\"" + interface + "\">";
    std::string kept;
    bool inside = false;
    bool comment = false;
    for (std::string_view line : split(xml, '\n')) {
        line = trimmed(line);
        comment = comment || line.starts_with("<!--");
        inside = inside || line == start;
        // Who may do what is ours to say: sd-bus does not show it.
        const bool access = line.starts_with("<annotation name=\"org.penstock1.Access\"");
        if (inside && !comment && !line.empty() && !access) {
            kept.append(line).append("\n");
        }
        comment = comment && !line.ends_with("-->");
        inside = inside && line != "</interface>";
    }
    return kept;
}

std::string offered(BusPair& pair, const std::string& path) {
    const Reply reply = pair.call(path, "org.freedesktop.DBus.Introspectable", "Introspect");
    return reply.ok() ? text_at(reply.message.get()) : reply.error_sentence;
}

void expect_contract(const std::string& path, const std::string& interface) {
    BusPair pair;
    const std::string wanted = interface_in(contract(interface + ".xml"), interface);
    ASSERT_FALSE(wanted.empty());
    EXPECT_EQ(interface_in(offered(pair, path), interface), wanted);
}

TEST(Introspection, of_the_manager_is_the_contract) {
    expect_contract("/org/penstock1", "org.penstock1.Manager");
}

TEST(Introspection, of_a_process_is_the_contract) {
    expect_contract(process_path, "org.penstock1.Process");
}

TEST(Introspection, of_a_memory_node_is_the_contract) {
    expect_contract(memory_path, "org.penstock1.MemoryNode");
}

TEST(Introspection, of_a_gpu_is_the_contract) {
    expect_contract(gpu_path, "org.penstock1.Gpu");
}

TEST(Introspection, of_a_package_is_the_contract) {
    expect_contract(package_path, "org.penstock1.Package");
}

TEST(Introspection, of_a_lease_is_the_contract) {
    LeaseStand stand;
    const Granted lease = stand.acquire({});
    EXPECT_EQ(interface_in(offered(stand.pair, lease.path), lease_interface),
              interface_in(contract("org.penstock1.Lease.xml"), lease_interface));
}

TEST(Introspection, of_the_log_is_the_contract) {
    expect_contract("/org/freedesktop/LogControl1", "org.freedesktop.LogControl1");
}

TEST(Introspection, names_every_object) {
    BusPair pair;
    EXPECT_THAT(offered(pair, "/org/penstock1/process"), testing::HasSubstr("name=\"4242\""));
    EXPECT_THAT(offered(pair, "/org/penstock1/process"), testing::HasSubstr("name=\"4300\""));
    EXPECT_THAT(offered(pair, "/org/penstock1/gpu"), testing::HasSubstr("name=\"51432\""));
}

TEST(Introspection, offers_an_object_manager) {
    BusPair pair;
    EXPECT_THAT(offered(pair, "/org/penstock1"),
                testing::HasSubstr("org.freedesktop.DBus.ObjectManager"));
}

// "org.penstock1.Manager.GetProcess" for each match of the pattern's two groups.
std::set<std::string> pairs_in(const std::string& text, const std::regex& pattern) {
    std::set<std::string> found;
    for (std::sregex_iterator at(text.begin(), text.end(), pattern), end; at != end; ++at) {
        found.insert((*at)[1].str() + '.' + (*at)[2].str());
    }
    return found;
}

TEST(BusPolicy, lists_exactly_the_methods_of_the_contracts) {
    std::set<std::string> methods;
    for (const char* name : {"Manager", "Process", "MemoryNode", "Gpu", "Package", "Lease"}) {
        const std::string interface = std::string("org.penstock1.") + name;
        const std::string xml = interface_in(contract(interface + ".xml"), interface);
        const std::regex method("<(method) name=\"(\\w+)\">");
        for (const std::string& found : pairs_in(xml, method)) {
            methods.insert(interface + found.substr(std::string("method").size()));
        }
    }
    const std::regex allowed(R"re(send_interface="([\w.]+)"\s+send_member="(\w+)")re");
    EXPECT_EQ(pairs_in(made("org.penstock1.conf"), allowed), methods);
}

TEST(Polkit, grants_nothing_to_a_session_for_being_there) {
    const std::string actions = made("org.penstock1.policy");
    for (const char* action : {"set-priority", "preempt", "manage", "acquire-lease-large"}) {
        EXPECT_THAT(actions, testing::HasSubstr(std::string("id=\"org.penstock1.") + action));
    }
    const std::regex granted("<allow_(any|inactive|active)>(\\w+)</allow_");
    const std::set<std::string> defaults = pairs_in(actions, granted);
    EXPECT_EQ(defaults,
              (std::set<std::string>{"any.auth_admin",
                                     "inactive.auth_admin",
                                     "active.auth_admin",
                                     "active.auth_admin_keep"}));
}

// The agent acts for root on behalf of others: what it would open or run for them is a way in.
TEST(Contracts, take_no_name_of_a_file_or_a_program) {
    for (const char* name : {"Manager", "Process", "MemoryNode", "Gpu", "Package", "Lease"}) {
        const std::string interface = std::string("org.penstock1.") + name;
        const std::string xml = interface_in(contract(interface + ".xml"), interface);
        const std::regex argument("<arg type=\"([^\"]*)\" name=\"(\\w+)\" direction=\"in\"/>");
        for (const std::string& taken : pairs_in(xml, argument)) {
            EXPECT_THAT(taken,
                        testing::Not(testing::ContainsRegex("path|file|command|program|exec")));
        }
    }
}

}  // namespace
}  // namespace penstock::test
