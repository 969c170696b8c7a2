#include "archive.hpp"

#include <fmt/format.h>

#include <prodclone/base/error.hpp>
#include <prodclone/base/text.hpp>
#include <prodclone/process/child.hpp>

#include "load_error.hpp"

namespace prodclone::dump {

namespace {

constexpr std::size_t all_of_it = std::size_t{1} << 32;

std::string pg_restore_text(const DumpFile& dump, const pg::Tools& tools, std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), tools_for(dump, tools).pg_restore.string());
  arguments.push_back(dump.path.string());
  auto outcome = process::run({.arguments = std::move(arguments), .environment = {{"LC_ALL", "C"}}}, {.limit = all_of_it});
  if (!outcome.succeeded()) throw_restore_error(dump, outcome.err, process::describe(outcome));
  return std::move(outcome.out);
}

}  // namespace

pg::Tools tools_for(const DumpFile& dump, const pg::Tools& tools) {
  if (!tools.pg_restore.empty()) return tools;
  return pg::find_tools(major_of(dump.pg_dump_version).value_or(13));
}

std::vector<TocEntry> table_of_contents(const DumpFile& dump, const pg::Tools& tools) {
  std::vector<TocEntry> entries;
  for (auto& line : lines_of(pg_restore_text(dump, tools, {"--list"}))) {
    // "3345; 1259 16400 TABLE public t owner"
    if (line.empty() || line.front() == ';') continue;
    std::size_t at = 0;
    for (int word = 0; word < 3 && at != std::string::npos; ++word) at = line.find(' ', at == 0 ? 0 : at + 1);
    TocEntry entry{.line = line};
    if (at != std::string::npos) entry.description = line.substr(at + 1);
    entries.push_back(std::move(entry));
  }
  return entries;
}

std::string schema_script(const DumpFile& dump, const pg::Tools& tools) {
  return pg_restore_text(dump, tools, {"--schema-only", "--create", "--file=-"});
}

void write_script(const DumpFile& dump, const pg::Tools& tools, int descriptor, const std::filesystem::path& entries) {
  std::vector<std::string> arguments = {tools_for(dump, tools).pg_restore.string(), "--no-owner", "--no-privileges", "--no-subscriptions",
                                                   "--no-tablespaces", "--file=-"};
  if (!entries.empty()) arguments.push_back("--use-list=" + entries.string());
  arguments.push_back(dump.path.string());
  const auto outcome = process::run({.arguments = std::move(arguments),
                                     .environment = {{"LC_ALL", "C"}},
                                     .output = fmt::format("/proc/self/fd/{}", descriptor)});
  if (!outcome.succeeded()) throw_restore_error(dump, outcome.err, process::describe(outcome));
}

void throw_restore_error(const DumpFile& dump, const std::string& said, const std::string& how_it_ended) {
  const auto failure = restore_failure(said);
  if (!failure)
    throw Error(Failure::could_not_check,
                fmt::format("pg_restore could not read {} ({}).", dump.path.string(), how_it_ended), trimmed(said).empty() ? "" : std::string(trimmed(said)));
  throw load_error(*failure, dump);
}

}  // namespace prodclone::dump
