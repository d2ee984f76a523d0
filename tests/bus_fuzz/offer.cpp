// SPDX-License-Identifier: Apache-2.0

#include "tests/bus_fuzz/offer.h"

#include <optional>
#include <string_view>

#include "agent/publish/connection.h"

namespace penstock::bus_fuzz {
namespace {

constexpr std::size_t most_objects = 256;

std::string introspect(sd_bus* bus, const std::string& service, const std::string& path) {
    sd_bus_message* raw = nullptr;
    const int result = sd_bus_call_method(bus,
                                          service.c_str(),
                                          path.c_str(),
                                          "org.freedesktop.DBus.Introspectable",
                                          "Introspect",
                                          nullptr,
                                          &raw,
                                          nullptr);
    const dbus::Message reply(raw);
    const char* xml = "";
    return result >= 0 && sd_bus_message_read(raw, "s", &xml) > 0 ? xml : "";
}

// The value of an attribute in one tag, as sd-bus writes it; our own service is no enemy.
std::optional<std::string> attribute(std::string_view tag, const std::string& name) {
    const std::string start = name + "=\"";
    const std::size_t at = tag.find(start);
    if (at == std::string_view::npos) {
        return std::nullopt;
    }
    const std::string_view rest = tag.substr(at + start.size());
    return std::string(rest.substr(0, rest.find('"')));
}

class Reader {
  public:
    explicit Reader(std::string path) : path_(std::move(path)) {}

    void read(std::string_view xml) {
        std::size_t at = 0;
        while ((at = xml.find('<', at)) != std::string_view::npos) {
            const std::size_t end = xml.find('>', at);
            take(xml.substr(at, end - at));
            at = end;
        }
    }

    std::vector<Member> members{};
    std::vector<std::string> children{};

  private:
    void take(std::string_view tag) {
        const auto name = attribute(tag, "name");
        if (tag.starts_with("<interface ")) {
            interface_ = *name;
        } else if (tag.starts_with("<method ")) {
            members.push_back({.path = path_, .interface = interface_, .name = *name});
        } else if (tag.starts_with("<arg ") && tag.find("direction=\"in\"") != tag.npos) {
            members.back().signature += *attribute(tag, "type");
        } else if (tag.starts_with("<property ")) {
            members.push_back({.path = path_,
                               .interface = interface_,
                               .name = *name,
                               .signature = *attribute(tag, "type"),
                               .property = true});
        } else if (tag.starts_with("<node ") && name) {
            children.push_back((path_ == "/" ? "" : path_) + "/" + *name);
        }
    }

    std::string path_;
    std::string interface_{};
};

}  // namespace

std::vector<Member> everything_below(sd_bus* bus, const std::string& service, std::string path) {
    std::vector<std::string> open = {std::move(path)};
    std::vector<Member> found;
    for (std::size_t looked = 0; looked < open.size() && looked < most_objects; ++looked) {
        Reader reader(open[looked]);
        reader.read(introspect(bus, service, open[looked]));
        found.insert(found.end(), reader.members.begin(), reader.members.end());
        open.insert(open.end(), reader.children.begin(), reader.children.end());
    }
    return found;
}

}  // namespace penstock::bus_fuzz
