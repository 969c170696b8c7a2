#include "review_script.hpp"

#include <fmt/format.h>

#include <algorithm>

#include <prodclone/base/error.hpp>
#include <prodclone/base/text.hpp>

namespace prodclone::dump {

std::string chosen_database(const std::vector<std::string>& databases, const std::string& wanted, const std::string& file) {
  if (!wanted.empty()) {
    if (databases.empty() || std::find(databases.begin(), databases.end(), wanted) != databases.end()) return wanted;
    throw Error(Failure::refused, fmt::format("{} holds no database \"{}\".", file, wanted),
                fmt::format("It holds: {}.", joined(databases, ", ")));
  }
  std::vector<std::string> own;
  std::copy_if(databases.begin(), databases.end(), std::back_inserter(own),
               [](const std::string& name) { return name != "postgres" && name != "template1"; });
  if (own.size() == 1) return own.front();
  if (own.empty() && databases.size() == 1) return databases.front();
  if (databases.empty()) return {};
  throw Error(Failure::refused, fmt::format("{} holds several databases: {}.", file, joined(databases, ", ")),
              "Name the one to load, or dump it alone with pg_dump.");
}

ScriptFindings review_script(std::string_view script, const std::string& file, const std::string& database,
                             const std::function<void(const ReviewedPart&)>& run) {
  ScriptReview review;
  ScriptFindings findings;
  bool skip_data = false;
  const auto note = [&](const std::string& why) {
    if (std::find(findings.left_out.begin(), findings.left_out.end(), why) == findings.left_out.end())
      findings.left_out.push_back(why);
  };
  const auto visit = [&](const pg::ScriptPartView& part) {
    if (part.kind == pg::ScriptPartKind::copy_data) {
      if (!skip_data && run) run({part, {}});
      return;
    }
    auto where = fmt::format("{}:{}", file, part.line);
    if (part.kind == pg::ScriptPartKind::psql_command) {
      review.psql_command(part.text, where);
      return;
    }
    // A statement that is no plain piece of the script was put together by psql's rules (`\;`, a command inside):
    // it may be several, and the server would see more than was judged.
    if (part.text.data() < script.data() || part.text.data() + part.text.size() > script.data() + script.size())
      throw Error(Failure::refused, fmt::format("{}: the dump has a psql command inside a statement.", where),
                  "Write each statement by itself, ended by a semicolon.");
    const auto verdict = review.statement(part.text, where);
    if (!verdict.why.empty()) note(verdict.why);
    if (verdict.object) findings.objects.push_back(*verdict.object);
    // What precedes the first \connect is of the server in pg_dumpall's output, and of the database elsewhere.
    const auto& current = review.current_database();
    const bool elsewhere = !database.empty() && !current.empty() && current != database;
    skip_data = verdict.verdict != Verdict::run || elsewhere;
    if (skip_data) return;
    ++review.survey().statements;
    if (run) run({part, std::move(where)});
  };
  const auto unterminated = pg::for_each_part(script, {}, visit);
  if (unterminated)
    throw Error(Failure::could_not_check,
                fmt::format("{} is cut off: the {} that begins in line {} does not end.", file, unterminated->what, unterminated->line),
                "Take or copy the dump again.");
  findings.survey = std::move(review.survey());
  return findings;
}

}  // namespace prodclone::dump
