#include "plain_header.hpp"

#include <array>
#include <cctype>
#include <ctime>

#include <prodclone/base/text.hpp>

namespace prodclone::dump {

namespace {

constexpr std::string_view database_title = "-- PostgreSQL database dump";
constexpr std::string_view cluster_title = "-- PostgreSQL database cluster dump";

// pg_dump titles its output in the first lines; the same words further down are data.
std::string_view first_lines(std::string_view text, int count) {
  std::size_t at = 0;
  while (count-- > 0 && at != std::string_view::npos) at = text.find('\n', at == 0 ? 0 : at + 1);
  return text.substr(0, at);
}

bool has_line(std::string_view text, std::string_view line) {
  for (auto at = text.find(line); at != std::string_view::npos; at = text.find(line, at + 1)) {
    const auto end = at + line.size();
    if ((at == 0 || text[at - 1] == '\n') && (end == text.size() || text[end] == '\n' || text[end] == '\r')) return true;
  }
  return false;
}

std::string after(std::string_view line, std::string_view prefix) {
  return line.starts_with(prefix) ? std::string(trimmed(line.substr(prefix.size()))) : std::string();
}

std::optional<WallTime> started_on(const std::string& text) {
  if (text.empty()) return std::nullopt;
  std::tm time{};
  time.tm_isdst = -1;
  const char* rest = strptime(text.c_str(), "%Y-%m-%d %H:%M:%S", &time);
  if (rest == nullptr) return std::nullopt;
  const auto zone = trimmed(rest);
  // Zone names are not unique; only UTC and the reader's own are understood.
  return std::chrono::system_clock::from_time_t(zone == "UTC" || zone == "GMT" ? timegm(&time) : std::mktime(&time));
}

}  // namespace

PlainHeader read_plain_header(std::string_view head) {
  PlainHeader header;
  header.whole_cluster = has_line(first_lines(head, 8), cluster_title);
  for (const auto& line : lines_of(head)) {
    if (header.server_version.empty()) header.server_version = after(line, "-- Dumped from database version ");
    if (header.pg_dump_version.empty()) header.pg_dump_version = after(line, "-- Dumped by pg_dump version ");
    if (!header.taken_at) header.taken_at = started_on(after(line, "-- Started on "));
    if (header.database.empty() && !header.whole_cluster) header.database = after(line, "\\connect ");
    if (line.starts_with("COPY ")) break;
  }
  if (header.database.starts_with('-')) header.database.clear();
  return header;
}

bool looks_like_sql(std::string_view head) {
  if (head.starts_with("\xEF\xBB\xBF")) head.remove_prefix(3);
  for (const char c : head)
    if (static_cast<unsigned char>(c) < 0x20 && c != '\n' && c != '\r' && c != '\t' && c != '\f' && c != '\v' && c != '\b')
      return false;
  const auto text = trimmed(head);
  if (text.starts_with("--") || text.starts_with("/*") || text.starts_with('\\')) return true;
  std::size_t length = 0;
  while (length < text.size() && std::isalpha(static_cast<unsigned char>(text[length])) != 0) ++length;
  constexpr std::array<std::string_view, 22> openings = {
      "ALTER", "ANALYZE", "BEGIN", "COMMENT", "COPY", "CREATE", "DELETE", "DO", "DROP", "GRANT", "INSERT",
      "LOCK", "RESET", "REVOKE", "SELECT", "SET", "START", "TRUNCATE", "UPDATE", "VACUUM", "WITH", "DECLARE"};
  const auto word = upper(text.substr(0, length));
  for (const auto opening : openings)
    if (word == opening) return true;
  return false;
}

bool plain_is_complete(std::string_view head, std::string_view tail) {
  const auto title = first_lines(head, 8);
  if (has_line(title, cluster_title)) return has_line(tail, "-- PostgreSQL database cluster dump complete");
  if (has_line(title, database_title)) return has_line(tail, "-- PostgreSQL database dump complete");
  return true;
}

}  // namespace prodclone::dump
