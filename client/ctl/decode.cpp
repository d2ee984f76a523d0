// SPDX-License-Identifier: Apache-2.0

#include "client/ctl/decode.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <nlohmann/json.hpp>

#include "agent/probes/decode/fdinfo.h"
#include "agent/probes/decode/gpu_metrics.h"
#include "agent/probes/decode/kfd_properties.h"
#include "agent/probes/decode/pcie.h"
#include "agent/probes/resctrl/decode_resctrl.h"
#include "base/text.h"
#include "base/tree.h"
#include "client/ctl/table.h"
#include "client/ctl/verbs.h"

namespace penstock::ctl {
namespace {

using nlohmann::ordered_json;

constexpr std::size_t longest_name = 128;

// A decoder of bytes, for a file of at most 64 KiB.
template <auto decode_bytes>
Result<std::vector<DecodedField>> of_bytes(const std::string& path) {
    const std::size_t slash = path.rfind('/');
    const bool relative = slash == std::string::npos;
    const Tree folder(relative ? "." : path.substr(0, slash));
    const Result<std::string> bytes = folder.read(relative ? path : path.substr(slash + 1));
    return bytes ? decode_bytes(*bytes) : std::unexpected(bytes.error());
}

// A folder copied from a machine, or one file of it.
Result<std::vector<DecodedField>> decode_resctrl_at(const std::string& path) {
    const Result<std::vector<ResctrlFile>> files = resctrl_files(path);
    return files ? decode_resctrl(*files)
                 : Result<std::vector<DecodedField>>(std::unexpected(files.error()));
}

constexpr std::array kinds{
    DecoderEntry{.kind = "gpu-metrics",
                 .of = "gpu_metrics of an AMD device",
                 .decode = of_bytes<decode_gpu_metrics_fields>},
    DecoderEntry{.kind = "pcie-bw",
                 .of = "pcie_bw of an AMD device before RDNA",
                 .decode = of_bytes<decode_pcie_bw_fields>},
    DecoderEntry{.kind = "kfd-topology",
                 .of = "properties of a KFD node, or a folder of nodes",
                 .decode = decode_kfd_topology},
    DecoderEntry{.kind = "fdinfo",
                 .of = "a file of /proc/PID/fdinfo that is a DRM client's",
                 .decode = of_bytes<decode_fdinfo_fields>},
    DecoderEntry{
        .kind = "resctrl", .of = "a folder or a file of resctrl", .decode = decode_resctrl_at},
};

std::string text_of(const DecodedField& field) {
    if (!field.value) {
        return "-";
    }
    return std::visit(
        []<typename T>(const T& value) {
            if constexpr (std::is_same_v<T, std::string>) {
                return printable(value, longest_name);
            } else {
                return fmt::format("{}", value);
            }
        },
        *field.value);
}

ordered_json json_of(const DecodedField& field) {
    if (!field.value) {
        return {};
    }
    return std::visit(
        []<typename T>(const T& value) -> ordered_json {
            if constexpr (std::is_same_v<T, std::string>) {
                return printable(value, longest_name);
            } else {
                return value;
            }
        },
        *field.value);
}

std::string kinds_text() {
    std::string text;
    for (const DecoderEntry& entry : decoders()) {
        text += fmt::format("{}{} ({})", text.empty() ? "" : ", ", entry.kind, entry.of);
    }
    return text;
}

}  // namespace

std::span<const DecoderEntry> decoders() {
    return kinds;
}

std::string decoded_text(const std::vector<DecodedField>& fields) {
    std::vector<std::vector<std::string>> rows;
    rows.reserve(fields.size());
    for (const DecodedField& field : fields) {
        rows.push_back(
            {printable(field.name, longest_name), text_of(field), std::string(field.unit)});
    }
    return table_text(
        {{.heading = "FIELD"}, {.heading = "VALUE", .number = true}, {.heading = "UNIT"}}, rows);
}

ordered_json decoded_json(const std::vector<DecodedField>& fields) {
    ordered_json object = ordered_json::object();
    for (const DecodedField& field : fields) {
        object[printable(field.name, longest_name)] = {{"value", json_of(field)},
                                                       {"unit", field.unit}};
    }
    return object;
}

Outcome<> run(const Decode& verb) {
    const auto entry = std::ranges::find(decoders(), verb.kind, &DecoderEntry::kind);
    if (entry == decoders().end()) {
        return fail(Exit::usage,
                    fmt::format("\"{}\" can not be decoded: expected one of {}",
                                printable(verb.kind),
                                kinds_text()));
    }
    const Result<std::vector<DecodedField>> fields = entry->decode(verb.file);
    if (!fields) {
        return fail(Exit::refused, printable(fields.error().message(), 1024));
    }
    fmt::print("{}", verb.json ? decoded_json(*fields).dump(2) + '\n' : decoded_text(*fields));
    return {};
}

}  // namespace penstock::ctl
