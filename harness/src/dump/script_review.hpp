// Judges each statement of a dump's SQL before it runs: whether it belongs into the target database, names a role or
// extension that must be there, or would leave the database or the server.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include <prodclone/dump/survey.hpp>
#include <prodclone/dump/unloaded.hpp>

namespace prodclone::dump {

enum class Verdict {
  run,
  ignore,   // ownership, privileges, psql's cosmetics: left out on purpose, nothing to tell
  leave_out // belongs to the server or to another database; the reason is told once
};

struct Review {
  Verdict verdict = Verdict::run;
  std::string why = {};  // for leave_out: one sentence
  std::optional<Unloaded> object = {};  // that is left out, where it is one of the database's own
};

class ScriptReview {
 public:
  // Throws Error(refused) for what must never run. `where` is "file:line".
  Review statement(std::string_view text, const std::string& where);
  Review psql_command(std::string_view text, const std::string& where);

  // The database that the script is in: from its last \connect; empty before the first.
  const std::string& current_database() const { return current_database_; }
  bool standard_conforming_strings() const { return standard_strings_; }
  Survey& survey() { return survey_; }

 private:
  Review alter(std::string_view text, const std::string& where);
  Review create(std::string_view text);
  Review create_database(std::string_view text);
  bool belongs_to_cron(std::string_view text) const;
  Review set(std::string_view text);
  Review copy(std::string_view text, const std::string& where);
  void roles_of_policy(std::string_view text);
  void roles_of_grant(std::string_view text);
  void named(const std::string& role);
  void needed(const std::string& role);

  Survey survey_;
  std::string current_database_;
  bool standard_strings_ = true;
  bool cron_ = false;  // pg_cron was left out
};

}  // namespace prodclone::dump
