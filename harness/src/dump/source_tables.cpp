#include "source_tables.hpp"

#include <algorithm>
#include <set>

#include <fmt/format.h>

#include <prodclone/base/error.hpp>
#include <prodclone/base/text.hpp>
#include <prodclone/pg/quote.hpp>
#include <sql/source_keys.hpp>
#include <sql/source_tables.hpp>

namespace prodclone::dump {

namespace {

bool matches(const std::string& glob, const std::string& qualified) {
  if (glob.find('.') != std::string::npos) return matches_glob(glob, qualified);
  return matches_glob(glob, qualified.substr(qualified.find('.') + 1));
}

}  // namespace

std::vector<SourceTable> source_tables(pg::Session& session, const std::vector<std::string>& exclude_data) {
  std::vector<SourceTable> tables;
  std::set<std::string> used;
  const auto rows = session.query(sql::source_tables);
  for (std::size_t row = 0; row < rows.rows(); ++row) {
    SourceTable table{.schema = rows.text(row, "schema"), .name = rows.text(row, "name"), .bytes = {rows.integer(row, "bytes")},
                      .partitioned = rows.boolean(row, "partitioned"), .excluded = rows.boolean(row, "not_replicated"),
                      .not_replicated = rows.boolean(row, "not_replicated")};
    auto names = rows.texts(row, "ancestors");
    names.push_back(table.qualified());
    for (const auto& glob : exclude_data)
      if (std::any_of(names.begin(), names.end(), [&](const std::string& name) { return matches(glob, name); })) {
        table.excluded = true;
        used.insert(glob);
      }
    tables.push_back(std::move(table));
  }
  for (const auto& glob : exclude_data) {
    if (used.contains(glob)) continue;
    std::vector<std::string> names;
    for (const auto& table : tables) names.push_back(glob.find('.') == std::string::npos ? table.name : table.qualified());
    const auto near = nearest(glob, names);
    throw Error(Failure::usage, fmt::format("exclude_data: \"{}\" matches no table of the source.", glob),
                near ? fmt::format("Did you mean \"{}\"? A table that was renamed would bring its rows along.", *near)
                     : "Take it out, or correct it: a table that was renamed would bring its rows along.");
  }
  return tables;
}

std::vector<std::string> keys_cut_by(pg::Session& session, const std::vector<SourceTable>& tables) {
  std::set<std::string> excluded;
  for (const auto& table : tables)
    if (table.excluded) excluded.insert(table.qualified());
  std::vector<std::string> sentences;
  if (excluded.empty()) return sentences;
  const auto rows = session.query(sql::source_keys);
  for (std::size_t row = 0; row < rows.rows(); ++row) {
    const auto &child = rows.text(row, "child"), &parent = rows.text(row, "parent");
    if (excluded.contains(parent) && !excluded.contains(child))
      sentences.push_back(fmt::format("The rows of {} are left out, and {} refers to them ({}): every row of it that does will be an orphan in the clone.",
                                      parent, child, rows.text(row, "name")));
  }
  return sentences;
}

std::string as_pattern(const SourceTable& table) {
  return pg::quote_identifier(table.schema) + '.' + pg::quote_identifier(table.name);
}

}  // namespace prodclone::dump
