#include "plan_renames.hpp"

#include <fmt/format.h>

#include <algorithm>

#include <prodclone/pg/session.hpp>
#include <prodclone/pg/sql_error.hpp>

namespace prodclone::workflow {

PlannedRenames rename_towards(const schema::Snapshot& wanted, const pg::ConnInfo& database, const schema::SnapshotOptions& read) {
  PlannedRenames planned;
  std::vector<schema::ProposedRename> tried;
  pg::Session session(database);
  for (bool again = true; again;) {
    again = false;
    for (const auto& rename : schema::propose_renames(schema::take_snapshot(session, read), wanted)) {
      if (std::find(tried.begin(), tried.end(), rename) != tried.end()) continue;
      tried.push_back(rename);
      const auto statements = schema::statements_of(rename);
      try {
        session.in_transaction([&] {
          for (const auto& sql : statements) session.execute(sql);
        });
      } catch (const pg::SqlError&) {
        continue;
      }
      for (const auto& sql : statements)
        planned.statements.push_back({.sql = sql,
                                      .note = "an exclusive lock, for a moment",
                                      .assumes = fmt::format("{} is a rename: the definitions are equal and no other fits. If they are two things, plan with --no-renames.", to_string(rename)),
                                      .closes = {"renamed " + to_string(rename)}});
      planned.renames.push_back(rename);
      again = true;
    }
  }
  return planned;
}

}  // namespace prodclone::workflow
