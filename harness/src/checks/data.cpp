#include <prodclone/checks/data.hpp>

#include <fmt/format.h>

#include <algorithm>

#include <prodclone/base/day.hpp>
#include <prodclone/base/text.hpp>

namespace prodclone::checks {

namespace {

using config::AcceptedChange;
using data::ColumnFate;
using data::RowFate;
using data::TableFate;

// Names are shown quoted where SQL needs that, and declared with or without quotes.
std::string plain(const std::string& name) { return replaced(name, "\"", ""); }

bool names(const std::string& waiver, const std::string& name) { return !name.empty() && (plain(waiver) == plain(name) || "public." + plain(waiver) == plain(name)); }

std::string row_line(const data::TableComparison& table, const data::RowDifference& row) {
  std::string text = row.fate == RowFate::lost ? "lost" : row.fate == RowFate::added ? "added" : "changed";
  if (!row.columns.empty()) text += " (" + joined(row.columns, ", ") + ')';
  text += fmt::format(": {} at ctid {}{}", row.table, row.ctid, row.fate == RowFate::lost ? " before" : "");
  std::vector<std::string> values;
  for (std::size_t i = 0; i < row.key.size() && i < table.key.size(); ++i) values.push_back(fmt::format("{}={}", table.key[i], row.key[i].value_or("NULL")));
  return values.empty() ? text : text + ", " + joined(values, ", ");
}

std::vector<std::string> row_lines(const data::TableComparison& table, std::initializer_list<RowFate> fates, const std::string& column = {}) {
  std::vector<std::string> lines;
  if (!table.rows) return lines;
  for (const auto& row : table.rows->samples)
    if (std::find(fates.begin(), fates.end(), row.fate) != fates.end() &&
        (column.empty() || row.columns.empty() || std::find(row.columns.begin(), row.columns.end(), column) != row.columns.end()))
      lines.push_back(row_line(table, row));
  if (!table.rows->could_not_look.empty()) lines.push_back("which rows could not be found out: " + table.rows->could_not_look);
  return lines;
}

// Typical of the two types.
std::string why_converted(const std::string& before, const std::string& after) {
  const auto either = [&](const char* word) { return before.find(word) != std::string::npos || after.find(word) != std::string::npos; };
  if (either("timestamp") || either("date"))
    return "The conversion shifts or cuts times: a timestamp without a zone is read in the time zone of the session that migrates, here compared in UTC.";
  if (either("char") || before == "text") return "The new type cuts off text, or the conversion changed it.";
  if (either("numeric") || either("real") || either("double") || either("int")) return "The new type does not hold all digits, or the conversion changed the number.";
  return "The new type does not hold all that the old one did, or the conversion changed the values.";
}

std::string at_least(const data::TableComparison& table) { return table.rows && !table.rows->complete ? "at least " : ""; }

class Judgement {
 public:
  Judgement(const data::Reconciliation& reconciliation, const DataExpectations& expectations)
      : reconciliation_(reconciliation), expectations_(expectations), used_(expectations.losses.size()) {}

  Findings result() {
    for (const auto& table : reconciliation_.tables) judge(table);
    judge_large_objects();
    for (const auto& sequence : reconciliation_.sequences) judge(sequence);
    judge_waivers();
    list_not_compared();
    return std::move(findings_);
  }

 private:
  bool holds(const config::LossWaiver& waiver) const { return waiver.until >= expectations_.today && ran(waiver.migration); }

  bool ran(const std::string& migration) const {
    return std::any_of(expectations_.migrations.begin(), expectations_.migrations.end(), [&](const std::string& name) {
      // By id as well, which is how a name begins.
      return name == migration || (name.starts_with(migration) && name.size() > migration.size() && (name[migration.size()] == '-' || name[migration.size()] == '_'));
    });
  }

  // The waiver that accepts it; every one that does counts as used.
  const config::LossWaiver* accepted(const data::TableComparison& table, const data::ColumnComparison* column, bool content_only) {
    const config::LossWaiver* found = nullptr;
    for (std::size_t i = 0; i < expectations_.losses.size(); ++i) {
      const auto& waiver = expectations_.losses[i];
      if (!holds(waiver) || !(names(waiver.table, table.before) || names(waiver.table, table.after))) continue;
      const bool content = waiver.change == AcceptedChange::content;
      bool covers = false;
      if (waiver.column.empty()) covers = column == nullptr ? content || !content_only : content;
      else if (!waiver.moved_to.empty() && (column == nullptr || column->fate != ColumnFate::moved)) covers = false;
      else covers = column != nullptr && (plain(waiver.column) == plain(column->before) || plain(waiver.column) == plain(column->after)) && (content || !content_only);
      if (!covers) continue;
      used_[i] = true;
      found = &waiver;
    }
    return found;
  }

  // Each column that differs is declared; the last one's waiver.
  const config::LossWaiver* accepted_one_by_one(const data::TableComparison& table) {
    const config::LossWaiver* last = nullptr;
    for (const auto& column : table.columns) {
      if (column.fate != ColumnFate::changed) continue;
      last = accepted(table, &column, true);
      if (last == nullptr) return nullptr;
    }
    return last;
  }

  std::string declaration(const std::string& table, const std::string& column, AcceptedChange change) const {
    const auto migration = expectations_.migrations.size() == 1 ? expectations_.migrations.front() : "<the migration that does it>";
    return fmt::format("Mend the migration; or, when it is meant, declare it in {} under \"losses\":\n"
                       "{{\"migration\": \"{}\", \"table\": \"{}\"{}, \"change\": \"{}\", \"reason\": \"…\", \"until\": \"{}\"}}",
                       expectations_.waivers.empty() ? "the file that schema.waivers names" : expectations_.waivers.filename().string(), migration, plain(table),
                       column.empty() ? "" : fmt::format(", \"column\": \"{}\"", plain(column)), change == AcceptedChange::lost ? "lost" : "content", "YYYY-MM-DD");
  }

  void add(Finding finding, const config::LossWaiver* waiver) {
    finding.where = expectations_.database;
    if (waiver != nullptr) {
      finding.severity = Severity::note;
      finding.why = fmt::format("Declared by {} until {}: {}", waiver->migration, iso_day(waiver->until), waiver->reason);
      finding.remedy.clear();
    }
    findings_.push_back(std::move(finding));
  }

  void judge(const data::TableComparison& table) {
    const auto shown = table.by_name ? fmt::format("{} (a new table under the old name)", table.after)
                       : table.after.empty() || table.after == table.before ? table.before : fmt::format("{} (now {})", table.before, table.after);
    if (table.fate == TableFate::unknown || (table.fate == TableFate::gone && !table.could_not_compare.empty())) {
      findings_.push_back({.check = "data/rows", .object = table.before, .what = fmt::format("Could not read {}: {}.", shown, table.could_not_compare),
                           .where = expectations_.database, .why = "A table that could not be read does not count as kept.",
                           .remedy = "Rehearse as a role that may read every table and that row security does not bind (a superuser, or BYPASSRLS)."});
      return;
    }
    if (table.fate == TableFate::gone) return judge_gone(table);
    if (table.fate == TableFate::kept) {
      for (const auto& column : table.columns) note_if_empty(table, column);
      return;
    }
    judge_rows(table, shown);
    for (const auto& column : table.columns) judge(table, column);
  }

  void judge_gone(const data::TableComparison& table) {
    Finding finding{.check = "data/rows", .object = table.before};
    if (table.rows_before == 0) {
      finding.severity = Severity::note;
      finding.what = "The table is gone; it held no rows.";
      return add(std::move(finding), nullptr);
    }
    finding.what = fmt::format("The table is gone, and its {} with it.", counted(table.rows_before, "row"));
    finding.why = "What production holds there is lost when this migration is applied; a down migration cannot bring it back.";
    finding.remedy = declaration(table.before, {}, AcceptedChange::lost);
    add(std::move(finding), accepted(table, nullptr, false));
  }

  void judge_rows(const data::TableComparison& table, const std::string& shown) {
    const auto lost = data::rows_lost(table), added = data::rows_added(table);
    const bool without_key = !table.keyed;
    if (without_key && lost > 0 && lost == added) {
      std::vector<std::string> columns;
      for (const auto& column : table.columns)
        if (column.fate == ColumnFate::changed) columns.push_back(column.before);
      Finding finding{.check = "data/rows", .object = table.before,
                      .what = fmt::format("{} of {} {}{} not as {} before{}.", counted(lost, "row"), shown, at_least(table), lost == 1 ? "is" : "are", lost == 1 ? "it was" : "they were",
                                          columns.empty() ? ", though each column still holds the same values: they were swapped between rows" : ": " + joined(columns, ", ")),
                      .why = "Values were changed; the table has no key by which its rows could be told apart.",
                      .remedy = declaration(table.before, {}, AcceptedChange::content),
                      .evidence = row_lines(table, {RowFate::lost, RowFate::added})};
      const auto* waiver = accepted(table, nullptr, true);
      return add(std::move(finding), waiver != nullptr || columns.empty() ? waiver : accepted_one_by_one(table));
    }
    if (lost > 0) {
      Finding finding{.check = "data/rows", .object = table.before,
                      .what = fmt::format("{}{} of {} {} not there any more ({} before, {} after).", at_least(table), counted(lost, "row"), shown, lost == 1 ? "is" : "are",
                                          table.rows_before, table.rows_after),
                      .why = "These rows of production are lost when this migration is applied.",
                      .remedy = declaration(table.before, {}, AcceptedChange::lost),
                      .evidence = row_lines(table, {RowFate::lost})};
      if (lost == added && table.keyed)
        finding.evidence.push_back(fmt::format("as many rows are new: their key ({}) may have been changed", joined(table.key, ", ")));
      add(std::move(finding), accepted(table, nullptr, false));
    }
    if (added > 0) {
      // Reference data and backfills are what migrations write; beside rows that went missing they tell of changed keys.
      Finding finding{.check = "data/rows", .severity = lost > 0 ? Severity::failure : Severity::warning, .object = table.before,
                      .what = fmt::format("{}{} of {} {} new ({} before, {} after).", at_least(table), counted(added, "row"), shown, added == 1 ? "is" : "are",
                                          table.rows_before, table.rows_after),
                      .why = "A migration that writes rows into a table of production may duplicate what is there.",
                      .remedy = declaration(table.before, {}, AcceptedChange::content),
                      .evidence = row_lines(table, {RowFate::added})};
      add(std::move(finding), accepted(table, nullptr, true));
    }
  }

  void note_move(const data::TableComparison& table, const data::ColumnComparison& column) {
    add({.check = "data/columns", .object = table.before + '.' + column.before,
         .what = fmt::format("The column is gone; the values of {} are in {} now.", counted(column.values_before, "row"), column.moved_to)},
        accepted(table, &column, false));
  }

  void note_if_empty(const data::TableComparison& table, const data::ColumnComparison& column) {
    if (column.fate == ColumnFate::moved) return note_move(table, column);
    if (column.fate != ColumnFate::gone) return;
    add({.check = "data/columns", .severity = Severity::note, .object = table.before + '.' + column.before, .what = "The column is gone; it held no value."}, nullptr);
  }

  void judge(const data::TableComparison& table, const data::ColumnComparison& column) {
    if (column.fate == ColumnFate::moved) return note_move(table, column);
    if (column.fate == ColumnFate::gone && column.values_before == 0) return note_if_empty(table, column);
    Finding finding{.check = "data/columns", .object = table.before + '.' + column.before};
    if (column.fate == ColumnFate::gone) {
      finding.what = fmt::format("The column is gone, and the values of {} with it.", counted(column.values_before, "row"));
      finding.why = "What production holds there is lost when this migration is applied; a down migration can make the column again, not its values.";
      finding.remedy = declaration(table.before, column.before, AcceptedChange::lost);
      if (!column.moved_to.empty()) {
        finding.what += fmt::format(" They are not all in {}, which holds {}.", column.moved_to, counted(column.values_after, "value"));
        finding.remedy = "Mend the migration; or correct moved_to and by in the declaration: the columns there that hold the key of the row that a value came from.";
      }
      return add(std::move(finding), accepted(table, &column, false));
    }
    if (!data::content_changed(table, column)) return;
    // Without a key the rows' finding names it.
    if (!table.keyed && table.rows && table.rows->could_not_look.empty()) return;
    std::string rows = "some rows";
    if (table.rows)
      for (const auto& changed : table.rows->columns)
        if (changed.name == column.after) rows = at_least(table) + counted(changed.rows, "row");
    finding.what = fmt::format("{} of {}{} another value.", rows, table.rows_before, rows == "1 row" ? " has" : " have");
    if (column.values_after < column.values_before) finding.what += fmt::format(" {} became null.", counted(column.values_before - column.values_after, "value"));
    finding.why = "The migration changes what production holds there.";
    if (column.type_before != column.type_after) {
      finding.evidence.push_back(fmt::format("the type changed from {} to {}", column.type_before, column.type_after));
      finding.why = why_converted(column.type_before, column.type_after);
    }
    if (column.after != column.before) finding.evidence.push_back("it is called " + column.after + " now");
    const auto lines = row_lines(table, {RowFate::changed}, column.after);
    finding.evidence.insert(finding.evidence.end(), lines.begin(), lines.end());
    finding.remedy = declaration(table.before, column.before, AcceptedChange::content);
    add(std::move(finding), accepted(table, &column, true));
  }

  void judge_large_objects() {
    if (reconciliation_.large_objects_after >= reconciliation_.large_objects_before) return;
    findings_.push_back({.check = "data/rows", .object = "large objects",
                         .what = fmt::format("There were {} large objects and there are {}.", reconciliation_.large_objects_before, reconciliation_.large_objects_after),
                         .where = expectations_.database, .why = "What they hold is lost when this migration is applied.",
                         .remedy = "Do not unlink them in the migration."});
  }

  void judge(const data::SequenceComparison& sequence) {
    findings_.push_back({.check = "data/sequences", .object = sequence.before,
                         .what = fmt::format("The sequence stands at {} and stood at {}{}.", sequence.last_after, sequence.last_before,
                                             sequence.after == sequence.before ? "" : " (it is called " + sequence.after + " now)"),
                         .where = expectations_.database, .why = "It hands out numbers again that are taken: the next inserts fail on their key, or mix up what belongs to whom.",
                         .remedy = fmt::format("SELECT setval('{}', {});", replaced(sequence.after, "'", "''"), sequence.last_before)});
  }

  void judge_waivers() {
    for (std::size_t i = 0; i < expectations_.losses.size(); ++i) {
      const auto& waiver = expectations_.losses[i];
      const auto object = waiver.column.empty() ? waiver.table : waiver.table + '.' + waiver.column;
      if (waiver.until < expectations_.today)
        findings_.push_back({.check = "data/waivers", .object = object, .what = fmt::format("A declared loss has expired on {}: {}", iso_day(waiver.until), waiver.reason),
                             .where = expectations_.waivers.string(), .why = "What it accepted is accepted no longer.",
                             .remedy = "Mend what it covers and remove it, or give it a new date."});
      else if (!used_[i])
        findings_.push_back({.check = "data/waivers", .severity = Severity::warning, .object = object,
                             .what = ran(waiver.migration) ? "A declared loss did not happen: " + waiver.reason
                                                           : fmt::format("A declared loss belongs to {}, which is not among the pending migrations.", waiver.migration),
                             .where = expectations_.waivers.string(), .why = "A declaration that is not needed may hide a loss that nobody meant.", .remedy = "Remove it."});
    }
  }

  void list_not_compared() {
    if (reconciliation_.not_compared.empty()) return;
    Finding finding{.check = "data/not_compared", .severity = Severity::not_checked, .object = expectations_.database,
                    .what = fmt::format("The content was not compared of {}.", some_of(data::objects_of(reconciliation_.not_compared))),
                    .where = expectations_.database, .why = "What happens to it is not known from this check."};
    for (const auto& one : reconciliation_.not_compared) finding.evidence.push_back(one.object + ": " + one.reason);
    findings_.push_back(std::move(finding));
  }

  const data::Reconciliation& reconciliation_;
  const DataExpectations& expectations_;
  std::vector<bool> used_;
  Findings findings_;
};

}  // namespace

Findings data_findings(const data::Reconciliation& reconciliation, const DataExpectations& expectations) { return Judgement(reconciliation, expectations).result(); }

}  // namespace prodclone::checks
