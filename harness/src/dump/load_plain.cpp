#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <vector>

#include <prodclone/base/error.hpp>
#include <prodclone/base/text.hpp>
#include <prodclone/pg/driver.hpp>
#include <prodclone/pg/quote.hpp>

#include "load_error.hpp"
#include "load_formats.hpp"
#include "review_script.hpp"
#include "shortfalls.hpp"
#include "sql_text.hpp"
#include "statement_object.hpp"
#include "target.hpp"

namespace prodclone::dump {

namespace {

pg::ConnInfo tuned(pg::Session& session) {
  auto target = session.conninfo();
  target.options["options"] = loading_options(session);
  return target;
}

// Sends a reviewed script's statements. Runs of INSERTs go together: each alone would wait for its own round trip and
// its own commit.
class Sender {
 public:
  Sender(const DumpFile& dump, pg::Session& session, std::string_view script, const LoadOptions& options, LoadReport& report)
      : dump_(dump), script_(script), options_(options), report_(report), shortfalls_(report.unloaded), target_(session.conninfo()), driver_(tuned(session)) {}

  void part(const ReviewedPart& reviewed) {
    const auto& part = reviewed.part;
    // They would fire for what comes after them; in a dump of pg_dump's they are last as well.
    if (part.kind == pg::ScriptPartKind::statement && is_about_event_trigger(part.text)) {
      event_triggers_.push_back({std::string(part.text), reviewed.where});
      return;
    }
    if (part.kind == pg::ScriptPartKind::copy_data) {
      send_copy(part);
    } else if (const auto words = pg::statement_words(part.text.substr(0, 200), 1); words == "INSERT") {
      add_insert(reviewed);
    } else {
      flush();
      if (!vacuumed_ && words == "ALTER" && adds_foreign_key(part.text)) vacuum();
      // Its data is the next part.
      if (words == "COPY") copy_ = {std::string(part.text), reviewed.where};
      else send(part.text, reviewed.where);
    }
    progress(part.offset + part.text.size());
  }

  // What is sent was tried before, and all tables are vacuumed.
  void second_attempt() { again_ = vacuumed_ = true; }

  void finish() {
    flush();
    if (!vacuumed_) vacuum();
    for (const auto& statement : event_triggers_) send(statement.text, statement.where);
    if (driver_.transaction_state() != pg::TransactionState::idle)
      throw Error(Failure::could_not_check, fmt::format("{} begins a transaction and does not end it.", dump_.path.string()),
                  "The dump is cut off: take or copy it again.");
    if (vain_drops_ > 0)
      report_.warnings.push_back(fmt::format("{} of what is not there {} left out (the dump was made with --clean).", counted(static_cast<long long>(vain_drops_), "drop"), vain_drops_ == 1 ? "was" : "were"));
    progress(script_.size());
  }

 private:
  struct Pending {
    std::string text, where;
  };
  static constexpr std::size_t batch = 256 << 10;

  // pg_dump's own form only: elsewhere a vacuum would be in the way of a script that is not ours.
  static bool adds_foreign_key(std::string_view sql) {
    return sql.starts_with("ALTER TABLE ONLY ") && sql.find("\n    ADD CONSTRAINT ") != std::string_view::npos &&
           sql.find(" FOREIGN KEY ") != std::string_view::npos;
  }

  static bool is_about_event_trigger(std::string_view sql) {
    const auto words = pg::statement_words(sql.substr(0, 200), 4);
    return words.starts_with("CREATE EVENT TRIGGER") || words.starts_with("ALTER EVENT TRIGGER") || words.starts_with("COMMENT ON EVENT TRIGGER");
  }

  void vacuum() {
    if (driver_.transaction_state() != pg::TransactionState::idle) return;
    vacuumed_ = true;
    report_.vacuum_took = vacuum_analyze(target_, Tables::all, options_.jobs, options_.progress);
  }

  void add_insert(const ReviewedPart& reviewed) {
    each_insert_.push_back({inserts_.size(), reviewed.part.text.size(), reviewed.where});
    inserts_ += reviewed.part.text;
    inserts_ += ";\n";
    if (inserts_.size() >= batch) flush();
  }

  void flush() {
    if (inserts_.empty()) return;
    try {
      driver_.run(inserts_);
    } catch (const pg::SqlError& error) {
      // Together they were one transaction and left nothing: one by one they tell which of them it is.
      if (driver_.transaction_state() != pg::TransactionState::idle) fail(error, inserts_, each_insert_.front().where);
      for (const auto& insert : each_insert_) send(std::string_view(inserts_).substr(insert.begin, insert.length), insert.where);
    }
    inserts_.clear();
    each_insert_.clear();
  }

  void send(std::string_view sql, const std::string& where) {
    try {
      driver_.run(sql);
    } catch (const pg::SqlError& error) {
      if (driver_.transaction_state() == pg::TransactionState::idle && may_fail(error, sql)) {
        if (is_drop(sql)) ++vain_drops_;
        else report_.warnings.push_back(fmt::format("{}: left out {}: {}.", where, trimmed(sql.substr(0, 200)), error.facts().message));
        return;
      }
      if (error.is("23503") && reports(error) && object_of(sql).kind == "foreign_key" && made_without_trying(sql)) return;
      tell_or_fail(error, sql, where);
    }
  }

  bool reports(const pg::SqlError& error) const {
    return options_.unloadable == Unloadable::report && driver_.transaction_state() == pg::TransactionState::idle && Shortfalls::concerns_one_object(error);
  }

  void tell_or_fail(const pg::SqlError& error, std::string_view sql, const std::string& where) {
    if (!reports(error)) fail(error, sql, where);
    // A second attempt at what an archive's first one made in part.
    static constexpr std::array<std::string_view, 5> there_already = {"42P07", "42710", "42723", "42P06", "42P16"};
    if (again_ && std::any_of(there_already.begin(), there_already.end(), [&](std::string_view state) { return error.is(state); })) return;
    shortfalls_.add(error, sql);
  }

  // Production has it, orphans and all: so the clone has it too, for the fk suite to count them. Marked as valid, as in
  // production, where we may: a key that is only NOT VALID would look changed, and migrations that make it anew would
  // not fail as they will in production.
  bool made_without_trying(std::string_view sql) {
    try {
      driver_.run(std::string(sql) + " NOT VALID");
    } catch (const pg::SqlError& error) {
      if (!reports(error)) throw;
      return false;  // of a partitioned table, before PostgreSQL 18
    }
    const auto key = object_of(sql);
    bool marked = false;
    try {
      const auto updated = driver_.run("UPDATE pg_catalog.pg_constraint SET convalidated = true WHERE contype = 'f' AND conname = " + pg::quote_literal(key.part) +
                                       " AND conrelid = pg_catalog.to_regclass(" + pg::quote_literal(key.table_sql) + ")");
      marked = updated.affected_rows() == 1;
    } catch (const pg::SqlError& error) {
      if (!error.is("42501")) throw;  // only a superuser may
    }
    shortfalls_.made_without_trying(sql, marked);
    return true;
  }

  static bool is_drop(std::string_view sql) {
    const auto words = pg::statement_words(sql.substr(0, 200), 2);
    return words.starts_with("DROP ") || (words == "ALTER TABLE" && sql.find(" DROP ") != std::string_view::npos);
  }

  // What dumps hold that an empty database of an ordinary role's refuses, and that changes nothing.
  static bool may_fail(const pg::SqlError& error, std::string_view sql) {
    const auto words = pg::statement_words(sql.substr(0, 200), 3);
    const auto begins = [&](std::string_view start) { return words.starts_with(start); };
    // A newer pg_dump's own preamble (transaction_timeout of 17): it only concerns the session.
    if (begins("SET ")) return error.is("42704");
    if (words == "COMMENT ON EXTENSION") return error.is("42501");
    // `pg_dump -n public` and --clean, which first drops what is not there.
    if (begins("CREATE SCHEMA")) return error.is("42P06") && sql.find("public") != std::string_view::npos;
    return is_drop(sql) && (error.is("42P01") || error.is("42704") || error.is("42883") || error.is("3F000") || error.is("42703"));
  }

  void send_copy(const pg::ScriptPartView& part) {
    try {
      driver_.copy_in(copy_.text, part.text);
    } catch (const pg::SqlError& error) {
      tell_or_fail(error, copy_.text, copy_.where);
    }
  }

  [[noreturn]] void fail(const pg::SqlError& error, std::string_view sql, const std::string& where) const {
    const auto& facts = error.facts();
    throw load_error({.message = facts.message, .detail = facts.detail, .context = facts.context, .object = where, .statement = std::string(sql)}, dump_);
  }

  void progress(std::size_t offset) {
    const auto done = static_cast<std::int64_t>(offset >> 20), total = static_cast<std::int64_t>(script_.size() >> 20);
    if (!options_.progress || (reported_ && done == *reported_)) return;
    reported_ = done;
    options_.progress({fmt::format("loading {}", dump_.name()), done, total, "MB"});
  }

  const DumpFile& dump_;
  std::string_view script_;
  const LoadOptions& options_;
  LoadReport& report_;
  Shortfalls shortfalls_;
  pg::ConnInfo target_;
  pg::Driver driver_;
  struct Insert {
    std::size_t begin = 0, length = 0;
    std::string where;
  };
  std::string inserts_;
  std::vector<Insert> each_insert_;
  std::size_t vain_drops_ = 0;
  Pending copy_;
  std::vector<Pending> event_triggers_;
  bool vacuumed_ = false, again_ = false;
  std::optional<std::int64_t> reported_;
};

}  // namespace

void load_plain(const DumpFile& dump, pg::Session& session, const LoadOptions& options, LoadReport& report) {
  const SqlText text(dump, options.tools, options.progress);
  const auto script = text.view();
  // Everything is judged before anything runs.
  auto findings = review_script(script, dump.name(), options.database);
  const auto database = dump.whole_cluster || findings.survey.databases.size() > 1
                            ? chosen_database(findings.survey.databases, options.database, dump.path.string())
                            : options.database;
  if (!database.empty()) findings = review_script(script, dump.name(), database);
  report.warnings.insert(report.warnings.end(), findings.left_out.begin(), findings.left_out.end());
  report.objects = findings.survey.statements;
  report.unloaded = std::move(findings.objects);
  for (auto& missing : missing_extensions(session, findings.survey.extensions, options.unloadable)) report.unloaded.push_back(std::move(missing));
  create_missing_roles(session, findings.survey, options, report);
  Sender sender(dump, session, script, options, report);
  review_script(script, dump.name(), database, [&](const ReviewedPart& part) { sender.part(part); });
  sender.finish();
}

void load_entries(const DumpFile& dump, const std::filesystem::path& list, pg::Session& session, const LoadOptions& options, LoadReport& report) {
  const SqlText text(dump, options.tools, {}, list);
  Sender sender(dump, session, text.view(), options, report);
  sender.second_attempt();
  review_script(text.view(), dump.name(), {}, [&](const ReviewedPart& part) { sender.part(part); });
  sender.finish();
}

}  // namespace prodclone::dump
