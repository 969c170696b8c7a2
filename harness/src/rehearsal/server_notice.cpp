#include "server_notice.hpp"

#include <algorithm>
#include <cctype>

namespace prodclone::rehearsal {

namespace {

// Names stand in double quotes without any escaping, so the words around them are what to look for.
std::string between(const std::string& text, std::string_view before, std::string_view after) {
  const auto begin = text.find(before);
  if (begin == std::string::npos) return {};
  const auto from = begin + before.size();
  const auto end = after.empty() ? text.rfind('"') : text.find(after, from);
  return end == std::string::npos || end < from ? std::string() : text.substr(from, end - from);
}

std::int64_t last_number(const std::string& text) {
  const auto is_digit = [](unsigned char c) { return std::isdigit(c) != 0; };
  const auto last = std::find_if(text.rbegin(), text.rend(), is_digit);
  const auto first = std::find_if_not(last, text.rend(), is_digit);
  const std::string digits(first.base(), last.base());
  return digits.empty() || digits.size() > 18 ? 0 : std::stoll(digits);
}

}  // namespace

std::optional<ServerNotice> read_notice(const pg::Notice& notice) {
  ServerNotice read{.function = notice.source_function, .said = notice.message};
  const auto& message = notice.message;
  using Kind = ServerNotice::Kind;
  if (notice.source_function == "ATRewriteTable") {
    read.kind = message.starts_with("rewriting") ? Kind::rewrites : Kind::verifies;
    read.table = between(message, "table \"", {});
  } else if (notice.source_function == "index_build") {
    read.kind = Kind::builds_index;
    read.object = between(message, "index \"", "\" on table \"");
    read.table = between(message, "\" on table \"", {});
  } else if (notice.source_function == "validateForeignKeyConstraint") {
    read.kind = Kind::validates_foreign_key;
    read.object = between(message, "constraint \"", {});
  } else if (notice.source_function == "ReportTemporaryFileUsage") {
    read.kind = Kind::used_temporary_file;
    read.bytes = last_number(message);
  } else if (message.find("are sufficient") != std::string::npos || message.find("is implied by existing constraints") != std::string::npos) {
    read.kind = Kind::skips_scan;
  } else {
    return std::nullopt;
  }
  return read;
}

}  // namespace prodclone::rehearsal
