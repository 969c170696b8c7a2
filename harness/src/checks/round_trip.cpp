#include <prodclone/checks/round_trip.hpp>

#include <fmt/format.h>

#include <algorithm>

#include <prodclone/base/day.hpp>
#include <prodclone/base/quantities.hpp>
#include <prodclone/base/text.hpp>

namespace prodclone::checks {

namespace {

using data::ColumnFate;
using data::TableFate;
using rehearsal::Apart;
using rehearsal::RoundTrip;
using rehearsal::RoundTrips;

bool matches(const std::string& pattern, const std::string& id, const std::string& name) {
  return matches_glob(pattern, id) || matches_glob(pattern, name);
}

// Names are shown quoted where SQL needs that, and declared with or without quotes.
bool matches_name(const std::string& pattern, const std::string& name) { return matches_glob(replaced(pattern, "\"", ""), replaced(name, "\"", "")); }

std::string shown(const rehearsal::SchemaGap& gap) {
  if (gap.a.empty() || gap.b.empty() || gap.a == gap.b) return gap.text;
  return fmt::format("{}\n  should be: {}\n  is:        {}", gap.text, gap.a, gap.b);
}

// Of one column (by its name after): rows in which it changed. The samples are of the whole table, so there may be none.
std::vector<std::string> samples(const data::TableComparison& table, const std::string& column = {}) {
  std::vector<std::string> lines;
  if (!table.rows) return lines;
  for (const auto& row : table.rows->samples) {
    if (!column.empty() && !row.columns.empty() && std::find(row.columns.begin(), row.columns.end(), column) == row.columns.end()) continue;
    std::vector<std::string> key;
    for (std::size_t i = 0; i < row.key.size() && i < table.key.size(); ++i) key.push_back(fmt::format("{}={}", table.key[i], row.key[i].value_or("NULL")));
    lines.push_back(fmt::format("for example {} at ctid {}{}", row.table, row.ctid, key.empty() ? "" : ": " + joined(key, ", ")));
  }
  return lines;
}

class Judge {
 public:
  Judge(const RoundTrips& trips, const TripContext& context) : trips_(trips), context_(context) {}

  Findings findings(TripRule rule) {
    if (rule == TripRule::chain) {
      judge_chain();
      return std::move(findings_);
    }
    for (const auto& trip : trips_.migrations) {
      trip_ = &trip;
      check_ = "roundtrip/" + name_of(rule);
      if (rule == TripRule::way_back) judge_way_back();
      if (rule == TripRule::time) judge_time();
      if (rule == TripRule::schema && reached(trip.after_down)) judge_schema(trip.after_down->schema);
      if (rule == TripRule::data && reached(trip.after_down)) judge_data(*trip.after_down);
      if (rule == TripRule::again) judge_again();
    }
    if (rule == TripRule::way_back) judge_expired();
    return std::move(findings_);
  }

 private:
  static std::string name_of(TripRule rule) {
    switch (rule) {
      case TripRule::way_back: return "down";
      case TripRule::schema: return "schema";
      case TripRule::data: return "data";
      case TripRule::again: return "again";
      case TripRule::chain: return "chain";
      case TripRule::time: return "time";
    }
    return "down";
  }

  Finding& add(Severity severity, std::string what, std::string where) {
    findings_.push_back({.check = check_, .severity = severity, .object = trip_->name, .what = std::move(what), .where = std::move(where)});
    return findings_.back();
  }

  // None: it must have a way back.
  const config::IrreversibleWaiver* accepted_as_irreversible(const std::string& id, const std::string& name) const {
    for (const auto& waiver : context_.irreversible)
      if (waiver.until >= context_.today && matches(waiver.migration, id, name)) return &waiver;
    return nullptr;
  }

  // Whether there is something to judge. Where an earlier leg ended the trip, that is told, and never a pass.
  template <typename Facts>
  bool reached(const std::optional<Facts>& facts) {
    if (facts) return true;
    if (!trip_->without_down.empty()) {
      add(Severity::not_checked, "Not looked at: there is no way back.", trip_->up_file);
      return false;
    }
    auto& finding = add(Severity::failure, "Could not be checked: " + stopped() + '.', trip_->down_file);
    finding.why = "What could not be checked does not count as right.";
    finding.remedy = "See the finding roundtrip/down of this migration.";
    return false;
  }

  std::string stopped() const {
    if (!trip_->up.error.empty()) return "the migration failed";
    if (!trip_->down.error.empty()) return "the way down failed";
    if (!trip_->undone.empty()) return "going down undid " + joined(trip_->undone, ", ") + " instead";
    if (!trip_->could_not_compare.empty()) return trip_->could_not_compare;
    return "the trip ended early";
  }

  void judge_way_back() {
    if (!trip_->without_down.empty()) {
      const auto* waiver = accepted_as_irreversible(trip_->id, trip_->name);
      auto& finding = add(waiver != nullptr ? Severity::note : Severity::failure, "The migration is irreversible: it has no down script.", trip_->up_file);
      finding.why = "When the release has to be taken back, the only way is a restore, which loses everything written since.";
      finding.remedy = R"(Write the down script, or say why there can be none: "irreversible": [{"migration": …, "reason": …, "until": …}] in the file of schema.waivers.)";
      if (waiver != nullptr) finding.evidence.push_back("accepted in irreversible: " + waiver->reason);
      return;
    }
    if (!trip_->up.error.empty()) {
      auto& finding = add(Severity::failure, "The migration failed on a private copy.", trip_->up_file);
      finding.why = "There is nothing to go down from.";
      finding.evidence = lines_of(trip_->up.error);
    } else if (!trip_->down.error.empty()) {
      auto& finding = add(Severity::failure, "The down script failed.", trip_->down_file);
      finding.why = "The way back would stop here in production, in the middle of an incident.";
      finding.remedy = "Correct it; prodclone reset and run it again.";
      finding.evidence = lines_of(trip_->down.error);
    } else if (!trip_->undone.empty()) {
      auto& finding = add(Severity::failure, fmt::format("Going down by one undoes {} instead of this migration.", joined(trip_->undone, ", ")), trip_->down_file);
      finding.why = "The tool goes by its own order, in which a migration that is older than one already applied is not the newest: rolling back takes the wrong one out.";
      finding.remedy = "Give the migration an id after all that production has applied.";
    } else if (!trip_->could_not_compare.empty()) {
      auto& finding = add(Severity::failure, "The states before and after could not be compared: " + trip_->could_not_compare, trip_->down_file);
      finding.why = "What could not be checked does not count as right.";
    }
  }

  void judge_schema(const std::vector<rehearsal::SchemaGap>& gaps) {
    for (const auto& gap : gaps) {
      auto& finding = add(Severity::failure, fmt::format("After down the schema is not what it was: {}.", gap.text), trip_->down_file);
      finding.why = "The release before runs on this schema when the migration is rolled back, and the next migration starts from it.";
      finding.remedy = "Undo it in the down script.";
      if (!gap.a.empty()) finding.evidence.push_back("was: " + gap.a);
      if (!gap.b.empty()) finding.evidence.push_back("is:  " + gap.b);
    }
  }

  // A loss that a waiver covers becomes a note that gives the reason.
  void lose(const data::TableComparison& table, const std::string& column, std::string what, const std::string& changed = {}) {
    auto& finding = add(Severity::failure, std::move(what), trip_->down_file);
    finding.why = "Rolling back destroys or alters what production held before the migration.";
    finding.remedy = fmt::format("Keep what the down script needs to bring it back, or accept it: \"down_losses\": [{{\"migration\": \"{}\", \"table\": \"{}\"{}, "
                                 "\"reason\": …, \"until\": …}}] in the file of schema.waivers.",
                                 trip_->id.empty() ? trip_->name : trip_->id, replaced(table.before, "\"", ""),
                                 column.empty() ? "" : fmt::format(", \"column\": \"{}\"", replaced(column, "\"", "")));
    if (column.empty() || !changed.empty()) finding.evidence = samples(table, changed);
    for (const auto& waiver : context_.losses) {
      const bool covers = waiver.until >= context_.today && matches(waiver.migration, trip_->id, trip_->name) &&
                          (matches_name(waiver.table, table.before) || matches_name("public." + waiver.table, table.before)) &&
                          (column.empty() ? waiver.column == "*" : matches_name(waiver.column, column));
      if (!covers) continue;
      finding.severity = Severity::note;
      finding.evidence.push_back("accepted in the file of schema.waivers: " + waiver.reason);
      return;
    }
  }

  void judge_data(const Apart& apart) {
    judge_tables(apart);
    for (const auto& sequence : apart.content.sequences) {
      auto& finding = add(Severity::failure, fmt::format("After down the sequence {} has gone back.", sequence.before), trip_->down_file);
      finding.why = "It gives numbers a second time: inserts fail with duplicate keys.";
      finding.remedy = "Let the down script set it to the column's maximum.";
    }
    if (apart.content.large_objects_after < apart.content.large_objects_before)
      add(Severity::failure, fmt::format("After down {} are missing.", counted(apart.content.large_objects_before - apart.content.large_objects_after, "large object")), trip_->down_file);
    for (const auto& added : trip_->added) {
      auto& finding = add(Severity::note, fmt::format("Down takes away {}, which the migration added{}.", added.column.empty() ? added.table : added.table + '.' + added.column,
                                                      added.rows > 0 ? fmt::format(": {} right after it", counted(added.rows, added.column.empty() ? "row" : "value")) : ""), trip_->down_file);
      finding.why = "What is written there between the deploy and a rollback is lost.";
    }
    if (apart.content.not_compared.empty()) return;
    auto& finding = add(Severity::not_checked, fmt::format("What down brings back was not compared of {}.", some_of(data::objects_of(apart.content.not_compared))), trip_->down_file);
    for (const auto& one : apart.content.not_compared) finding.evidence.push_back(fmt::format("{}: {}", one.object, one.reason));
  }

  void judge_tables(const Apart& apart) {
    for (const auto& table : apart.content.tables) {
      if (table.fate == TableFate::kept && nothing_changed(table)) continue;
      if (table.fate == TableFate::unknown) {
        auto& finding = add(Severity::failure, fmt::format("Whether down brings back {} could not be compared: {}", table.before, table.could_not_compare), trip_->down_file);
        finding.why = "What could not be compared does not count as kept.";
        continue;
      }
      if (table.fate == TableFate::gone) {
        lose(table, "", fmt::format("Down does not bring back the table {}: {} lost.", table.before, counted(table.rows_before, "row")));
        continue;
      }
      const auto lost = rows_lost(table), added = rows_added(table);
      if (lost > 0) lose(table, "", fmt::format("Down does not bring back {} of {}.", counted(lost, "row"), table.before));
      if (added > 0) lose(table, "", fmt::format("After down {} holds {} that it did not hold before.", table.before, counted(added, "row")));
      bool told = lost > 0 || added > 0;
      for (const auto& column : table.columns) {
        if (column.fate == ColumnFate::kept) continue;
        if (column.fate == ColumnFate::gone)
          lose(table, column.before, fmt::format("Down does not bring back the column {}.{}: {} lost.", table.before, column.before, counted(column.values_before, "value")));
        else if (data::content_changed(table, column))
          lose(table, column.before, fmt::format("Down does not bring back what {}.{} held: {} before, {} now{}.", table.before, column.before,
                                                 counted(column.values_before, "value"), column.values_after, changed_rows(table, column)), column.after);
        else continue;
        told = true;
      }
      if (!told) lose(table, "", fmt::format("After down the rows of {} are not what they were.", table.before));
    }
  }

  static std::string changed_rows(const data::TableComparison& table, const data::ColumnComparison& column) {
    if (!table.rows) return {};
    for (const auto& changed : table.rows->columns)
      if (changed.name == column.after) return fmt::format("; {} {} another value", counted(changed.rows, "row"), changed.rows == 1 ? "holds" : "hold");
    return {};
  }

  void judge_again() {
    if (!trip_->up_again.error.empty()) {
      auto& finding = add(Severity::failure, "After down the migration cannot be applied again.", trip_->up_file);
      finding.why = "A release that was taken back could not be shipped a second time.";
      finding.remedy = "Let the down script remove everything that the migration makes.";
      finding.evidence = lines_of(trip_->up_again.error);
      return;
    }
    if (reached(trip_->after_second_up)) judge_second(*trip_->after_second_up);
  }

  void judge_second(const Apart& apart) {
    for (const auto& gap : apart.schema) {
      auto& finding = add(Severity::failure, fmt::format("Applied a second time the migration gives another schema: {}.", gap.text), trip_->up_file);
      finding.why = "Production would differ from every database on which the migration ran once.";
      finding.remedy = "Let the down script undo exactly what the migration does.";
      finding.evidence = {shown(gap)};
    }
    for (const auto& table : apart.content.tables) {
      if (table.fate == TableFate::kept && nothing_changed(table)) continue;
      std::vector<std::string> columns, of_the_moment;
      for (const auto& column : table.columns)
        if (column.fate != ColumnFate::kept) (depends_on_the_moment(apart, table.before + '.' + column.before) ? of_the_moment : columns).push_back(column.before);
      const bool whole = table.fate != TableFate::changed || rows_lost(table) > 0 || rows_added(table) > 0 || (columns.empty() && of_the_moment.empty());
      const bool excused = depends_on_the_moment(apart, table.before) || (!whole && columns.empty());
      if (excused) {
        auto& note = add(Severity::note, fmt::format("What the migration writes to {}{} depends on the moment: two first runs differ there too.", table.before,
                                                     of_the_moment.empty() ? "" : " (" + joined(of_the_moment, ", ") + ')'), trip_->up_file);
        note.why = "It was not compared.";
        continue;
      }
      auto& finding = add(Severity::failure, fmt::format("Applied a second time the migration gives other rows in {}{}: {} after the first time, {} after the second.", table.before,
                                                         columns.empty() ? "" : " (" + joined(columns, ", ") + ')', counted(table.rows_before, "row"), table.rows_after), trip_->up_file);
      if (table.fate == TableFate::unknown) finding.evidence.push_back(table.could_not_compare);
      finding.why = "A release that was taken back and shipped again would leave other data than one that was shipped once.";
      finding.remedy = "Let the down script undo exactly what the migration does.";
      const auto lines = samples(table);
      finding.evidence.insert(finding.evidence.end(), lines.begin(), lines.end());
    }
  }

  static bool depends_on_the_moment(const Apart& apart, const std::string& object) {
    return std::find(apart.of_the_moment.begin(), apart.of_the_moment.end(), object) != apart.of_the_moment.end();
  }

  // Of one pending migration its own trip is the chain.
  void judge_chain() {
    if (!trips_.chain) {
      if (trips_.migrations.size() == 1) judge_as_chain(trips_.migrations.front());
      return;
    }
    judge_as_chain(*trips_.chain);
  }

  void judge_as_chain(const RoundTrip& chain) {
    auto whole = chain;
    whole.name = chain.migrations.size() > 1 ? fmt::format("{} → {}", chain.migrations.front(), chain.migrations.back()) : chain.name;
    if (!whole.without_down.empty()) {
      trip_ = &whole;
      check_ = "roundtrip/chain";
      const bool all_accepted = std::all_of(whole.without_down.begin(), whole.without_down.end(), [&](const std::string& name) { return accepted_as_irreversible(name, name) != nullptr ||
        (whole.without_down.size() == 1 && accepted_as_irreversible(whole.id, whole.name) != nullptr); });
      auto& finding = add(all_accepted ? Severity::note : Severity::failure, fmt::format("The chain cannot go down: {} no down script.", joined(whole.without_down, ", ") + (whole.without_down.size() == 1 ? " has" : " have")), whole.up_file);
      finding.why = "A deploy that fails halfway cannot be taken back.";
    }
    for (const auto& gap : whole.beside_clone) {
      trip_ = &whole;
      check_ = "roundtrip/chain";
      auto& finding = add(Severity::failure, fmt::format("Up alone gave another schema than the rehearsal did: {}.", gap.text), whole.up_file);
      finding.why = "The migrations depend on something else than the database that they run on.";
      finding.evidence = {shown(gap)};
    }
    if (!whole.without_down.empty()) return;
    const RoundTrips one{.migrations = {whole}, .database = trips_.database};
    auto context = context_;
    for (auto& waiver : context.losses) {
      // What one of its migrations may lose, the whole chain may.
      const bool of_one = std::any_of(trips_.migrations.begin(), trips_.migrations.end(), [&](const RoundTrip& trip) { return matches(waiver.migration, trip.id, trip.name); });
      if (of_one) waiver.migration = "*";
    }
    for (const auto rule : {TripRule::way_back, TripRule::schema, TripRule::data, TripRule::again}) {
      // What ended the trip is told once.
      const bool ended = !whole.up.error.empty() || !whole.down.error.empty() || !whole.undone.empty() || !whole.could_not_compare.empty();
      if (ended && rule != TripRule::way_back) continue;
      auto some = Judge(one, context).findings(rule);
      for (auto& finding : some) {
        if (finding.check == "roundtrip/waivers") continue;
        if (finding.severity != Severity::failure && whole.migrations.size() == 1) continue;  // told by its own tests
        finding.check = "roundtrip/chain";
        findings_.push_back(std::move(finding));
      }
    }
  }

  void judge_time() {
    judge_leg("up", trip_->up, trip_->up_file);
    judge_leg("down", trip_->down, trip_->down_file);
  }

  void judge_leg(const char* direction, const rehearsal::Leg& leg, const std::string& file) {
    if (!leg.ran || leg.took <= context_.budget) return;
    auto& finding = add(Severity::failure, fmt::format("Going {} took {}; the budget is {}.", direction, prodclone::to_string(leg.took), prodclone::to_string(context_.budget)), file);
    finding.why = "So long the deploy waits, and whoever waits for its locks; production is slower or busier than this machine may be.";
    finding.remedy = "Move what takes long out of the migration (batches, CONCURRENTLY, a later VALIDATE), raise budgets.migration_seconds, or grant this migration an exception.";
    for (const auto& exception : context_.exceptions) {
      if (exception.rule != "migration_seconds" || !matches(exception.migration, trip_->id, trip_->name)) continue;
      if (exception.until < iso_day(context_.today)) finding.evidence.push_back("its exception has expired: " + exception.reason);
      else {
        finding.severity = Severity::note;
        finding.evidence.push_back("accepted in budgets.exceptions: " + exception.reason);
      }
      return;
    }
  }

  void judge_expired() {
    const auto told = [&](const std::string& object, const std::string& list, const std::string& reason) {
      findings_.push_back({.check = "roundtrip/waivers", .object = object, .what = fmt::format("A waiver in {} has expired: {}", list, reason),
                           .where = trips_.database, .why = "What it accepted is accepted no longer.", .remedy = "Remove it, or give it a new date."});
    };
    for (const auto& waiver : context_.irreversible)
      if (waiver.until < context_.today) told(waiver.migration, "irreversible", waiver.reason);
    for (const auto& waiver : context_.losses)
      if (waiver.until < context_.today) told(waiver.table, "down_losses", waiver.reason);
  }

  const RoundTrips& trips_;
  const TripContext& context_;
  const RoundTrip* trip_ = nullptr;
  std::string check_;
  Findings findings_;
};

}  // namespace

Findings round_trip_findings(const RoundTrips& trips, const TripContext& context, TripRule rule) { return Judge(trips, context).findings(rule); }

Findings round_trip_findings(const RoundTrips& trips, const TripContext& context) {
  Findings all;
  for (const auto rule : {TripRule::way_back, TripRule::schema, TripRule::data, TripRule::again, TripRule::chain, TripRule::time}) {
    for (auto& finding : round_trip_findings(trips, context, rule)) {
      // Of one pending migration its own trip is the chain: told once.
      const bool told = rule == TripRule::chain && std::any_of(all.begin(), all.end(), [&](Finding other) {
        other.check = finding.check;
        return other == finding;
      });
      if (!told) all.push_back(std::move(finding));
    }
  }
  return all;
}

}  // namespace prodclone::checks
