#include "seen.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include <prodclone/base/text.hpp>
#include <prodclone/pg/session.hpp>
#include <prodclone/process/child.hpp>
#include <prodclone/schema/cross_check.hpp>
#include <prodclone/schema/pg_dump_text.hpp>

namespace prodclone::schema {

std::vector<std::string> sorted(std::vector<std::string> lines) {
  std::sort(lines.begin(), lines.end());
  return lines;
}

std::vector<std::string> renderings(const Differences& differences) {
  std::vector<std::string> lines;
  for (const auto& d : differences.entries) lines.push_back(to_string(d));
  return sorted(std::move(lines));
}

std::string pg_dump(const pg::ConnInfo& database) {
  const auto outcome = process::run(
      {.arguments = {"pg_dump", "-s", "--no-owner", "--no-privileges"}, .environment = pg::environment(database)});
  EXPECT_TRUE(outcome.succeeded()) << outcome.err;
  return outcome.out;
}

void restore(const std::string& dump, const pg::ConnInfo& database) {
  std::string sql;
  for (const auto& line : lines_of(dump))
    if (!line.starts_with('\\')) sql += line + '\n';
  pg::Session(database).execute(sql);
}

std::vector<std::string> disagreements(const Differences& catalogs, const std::string& dump_a,
                                       const std::string& dump_b) {
  std::vector<std::string> lines;
  for (const auto& d : cross_check(catalogs, compare_dumps(parse_dump_text(dump_a), parse_dump_text(dump_b))))
    lines.push_back(d.difference);
  return lines;
}

}  // namespace prodclone::schema
