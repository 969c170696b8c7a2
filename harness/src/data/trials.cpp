// What migrations add, tried on the rows before them.
#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <tuple>

#include <prodclone/base/text.hpp>
#include <prodclone/data/requirements.hpp>

namespace prodclone::data {

namespace {

using Identity = std::tuple<RequirementKind, Oid, int>;

Identity identity_of(const Requirement& one) {
  return {one.kind, one.oid, one.kind == RequirementKind::not_null ? one.columns.front() : 0};
}

class Planner {
 public:
  Planner(const Requirements& before, const Requirements& after) : before_(before), after_(after) {}

  Trial plan(const Requirement& wanted) const {
    Trial trial{.requirement = wanted, .table = after_.tables.at(wanted.table).name, .not_tried = wanted.beyond_us};
    if (!trial.not_tried.empty()) return trial;
    trial.not_tried = missing(wanted.table, wanted.columns);
    if (trial.not_tried.empty() && wanted.kind == RequirementKind::foreign_key) trial.not_tried = missing(wanted.parent, wanted.parent_columns);
    if (!trial.not_tried.empty()) return trial;
    trial.table_before = before_.tables.at(wanted.table).name;
    for (const int column : wanted.columns)
      if (column > 0) trial.columns.push_back(before_.columns.at({wanted.table, column}).name);
    switch (wanted.kind) {
      case RequirementKind::foreign_key: plan_foreign_key(trial); break;
      case RequirementKind::check: plan_rows(trial, "NOT (" + wanted.expressions.front() + ")"); break;
      case RequirementKind::not_null: plan_not_null(trial); break;
      case RequirementKind::unique: plan_unique(trial); break;
      case RequirementKind::exclusion: plan_exclusion(trial); break;
    }
    return trial;
  }

 private:
  // What the migration creates has no rows before it.
  std::string missing(Oid table, const std::vector<int>& columns) const {
    if (!before_.tables.contains(table)) return fmt::format("the migration itself creates {}", after_.tables.at(table).name);
    for (const int column : columns)
      if (column > 0 && !before_.columns.contains({table, column}))
        return fmt::format("the migration itself creates {}.{}", after_.tables.at(table).name, after_.columns.at({table, column}).name);
    return {};
  }

  // The table of before with the names and types of after. An expression may use any column.
  std::string seen_as_after(Oid table, const std::vector<int>& columns, const std::string& alias) const {
    const bool all = columns.empty() || std::find(columns.begin(), columns.end(), 0) != columns.end();
    std::vector<std::string> parts = {"tableoid AS prodclone_table", "ctid AS prodclone_place"};
    for (const auto& [number, column] : after_.columns) {
      if (number.first != table || (!all && std::find(columns.begin(), columns.end(), number.second) == columns.end())) continue;
      const auto found = before_.columns.find(number);
      if (found == before_.columns.end()) continue;
      const auto& old = found->second;
      const bool same = old.type_oid == column.type_oid && old.type_modifier == column.type_modifier;
      parts.push_back(old.name + (same ? "" : "::" + column.type) + " AS " + column.name);
    }
    const auto& source = before_.tables.at(table);
    return fmt::format("(SELECT {} FROM {}{}) {}", joined(parts, ", "), source.partitioned ? "" : "ONLY ", source.name, alias);
  }

  std::string after_name(Oid table, int column) const { return after_.columns.at({table, column}).name; }

  void plan_rows(Trial& trial, const std::string& condition) const {
    const auto& wanted = trial.requirement;
    // A check's own list of columns may leave some out (whole-row references), an empty one most of all.
    trial.offenders_from = fmt::format("FROM {} WHERE {}", seen_as_after(wanted.table, wanted.columns, "t"), condition);
    trial.listing = fmt::format("SELECT * {};", trial.offenders_from);
    trial.repairs = fmt::format("-- then correct or delete them before the migration does its work, or add the constraint NOT VALID,\n"
                                "-- repair, and validate it in a migration of its own\n--    UPDATE {} SET … WHERE …;\n", trial.table_before);
  }

  void plan_not_null(Trial& trial) const {
    plan_rows(trial, after_name(trial.requirement.table, trial.requirement.columns.front()) + " IS NULL");
    trial.repairs = fmt::format("-- then give them a value before the migration does its work\n--    UPDATE {0} SET {1} = … WHERE {1} IS NULL;\n",
                                trial.table_before, trial.columns.front());
  }

  void plan_foreign_key(Trial& trial) const {
    const auto& wanted = trial.requirement;
    std::vector<std::string> present, equal, nulls;
    for (std::size_t i = 0; i < wanted.columns.size(); ++i) {
      present.push_back(fmt::format("fk.{} IS NOT NULL", after_name(wanted.table, wanted.columns[i])));
      equal.push_back(fmt::format("pk.{} {} fk.{}", after_name(wanted.parent, wanted.parent_columns[i]), wanted.operators[i], after_name(wanted.table, wanted.columns[i])));
      nulls.push_back(trial.columns[i] + " = NULL");
    }
    trial.offenders_from = fmt::format("FROM {} WHERE ({}) AND NOT EXISTS (SELECT 1 FROM {} WHERE {})", seen_as_after(wanted.table, wanted.columns, "fk"),
                                       joined(present, wanted.match_full ? " OR " : " AND "), seen_as_after(wanted.parent, wanted.parent_columns, "pk"), joined(equal, " AND "));
    trial.listing = fmt::format("SELECT * {};", trial.offenders_from);
    const auto these = fmt::format("WHERE (tableoid, ctid) IN (SELECT prodclone_table, prodclone_place {})", trial.offenders_from);
    trial.repairs = fmt::format("-- then uncomment one:\n-- a) the rows are worthless\n--    DELETE FROM {0} {1};\n"
                                "-- b) the rows matter, the reference does not (the columns must be nullable)\n--    UPDATE {0} SET {2} {1};\n"
                                "-- c) the parent rows are missing: insert them into {3}\n",
                                trial.table_before, these, joined(nulls, ", "), before_.tables.at(wanted.parent).name);
  }

  void plan_unique(Trial& trial) const {
    const auto& wanted = trial.requirement;
    std::vector<std::string> conditions;
    if (!wanted.predicate.empty()) conditions.push_back('(' + wanted.predicate + ')');
    if (!wanted.nulls_equal)
      for (const auto& key : wanted.expressions) conditions.push_back('(' + key + ") IS NOT NULL");
    std::vector<std::string> keys;
    for (std::size_t i = 0; i < wanted.expressions.size(); ++i) keys.push_back('(' + wanted.expressions[i] + ')');
    const auto& columns = wanted.predicate.empty() ? wanted.columns : every_;
    trial.offenders_from = fmt::format("FROM (SELECT {0}, count(*) AS rows FROM {1}{2} GROUP BY {3} HAVING count(*) > 1) t", numbered(keys),
                                       seen_as_after(wanted.table, columns, "t"), conditions.empty() ? "" : " WHERE " + joined(conditions, " AND "), joined(keys, ", "));
    trial.listing = fmt::format("SELECT * {};", trial.offenders_from);
    trial.repairs = fmt::format("-- then keep one row of each group in {} and delete or change the others\n", trial.table_before);
  }

  void plan_exclusion(Trial& trial) const {
    const auto& wanted = trial.requirement;
    std::vector<std::string> keys, clash;
    for (std::size_t i = 0; i < wanted.expressions.size(); ++i) {
      keys.push_back('(' + wanted.expressions[i] + ')');
      clash.push_back(fmt::format("a.key_{0} {1} b.key_{0}", i + 1, i < wanted.operators.size() ? wanted.operators[i] : "="));
    }
    const auto side = fmt::format("(SELECT prodclone_table, prodclone_place, {} FROM {}{})", numbered(keys), seen_as_after(wanted.table, every_, "t"),
                                  wanted.predicate.empty() ? "" : " WHERE " + wanted.predicate);
    trial.offenders_from = fmt::format("FROM {0} a JOIN {0} b ON (a.prodclone_table, a.prodclone_place) < (b.prodclone_table, b.prodclone_place) AND {1}", side, joined(clash, " AND "));
    trial.listing = fmt::format("SELECT a.*, b.prodclone_place AS clashes_with {};", trial.offenders_from);
    trial.repairs = fmt::format("-- then change or delete one row of each pair in {}\n", trial.table_before);
  }

  static std::string numbered(const std::vector<std::string>& keys) {
    std::vector<std::string> named;
    for (std::size_t i = 0; i < keys.size(); ++i) named.push_back(fmt::format("{} AS key_{}", keys[i], i + 1));
    return joined(named, ", ");
  }

  const Requirements& before_;
  const Requirements& after_;
  const std::vector<int> every_ = {};
};

// row_security off makes filtering an error; constraint_exclusion off keeps the planner from answering without looking.
constexpr std::string_view session_settings =
    "SET default_transaction_read_only = on; SET row_security = off; SET constraint_exclusion = off; SET jit = off; SET search_path = pg_catalog; "
    "SET work_mem = '64MB'; SET application_name = 'prodclone feasibility'";

std::vector<std::string> samples_of(pg::Session& session, const Trial& trial, bool reveal_values) {
  const bool grouped = trial.requirement.kind == RequirementKind::unique;
  if (grouped && !reveal_values) {
    const auto rows = session.query("SELECT rows " + trial.offenders_from + " ORDER BY rows DESC LIMIT 5");
    std::vector<std::string> result;
    for (std::size_t row = 0; row < rows.rows(); ++row) result.push_back(fmt::format("{} rows share one key", rows.text(row, "rows")));
    return result;
  }
  const bool paired = trial.requirement.kind == RequirementKind::exclusion;
  const std::string place = paired ? "a.prodclone_table::regclass::text AS place_table, a.prodclone_place::text AS place" : "prodclone_table::regclass::text AS place_table, prodclone_place::text AS place";
  const auto rows = session.query(fmt::format("SELECT {}{} {} LIMIT 5", grouped ? "" : place, reveal_values ? (grouped ? "*" : paired ? ", a.*" : ", *") : "", trial.offenders_from));
  std::vector<std::string> result;
  for (std::size_t row = 0; row < rows.rows(); ++row) {
    std::vector<std::string> values;
    for (std::size_t column = 0; column < rows.columns().size(); ++column) {
      const auto& name = rows.columns()[column];
      if (name != "place_table" && name != "place" && !name.starts_with("prodclone_")) values.push_back(name + '=' + rows.cell(row, column).value_or("NULL"));
    }
    std::string text = grouped ? "" : fmt::format("{} at ctid {}", rows.text(row, "place_table"), rows.text(row, "place"));
    if (!values.empty()) text += (text.empty() ? "" : ": ") + joined(values, ", ");
    result.push_back(std::move(text));
  }
  return result;
}

}  // namespace

std::vector<Trial> plan_trials(const Requirements& before, const Requirements& after) {
  std::set<Identity> known;
  for (const auto& one : before.all) known.insert(identity_of(one));
  const Planner planner(before, after);
  std::vector<Trial> trials;
  for (const auto& one : after.all)
    if (!known.contains(identity_of(one))) trials.push_back(planner.plan(one));
  return trials;
}

std::vector<TrialReport> run_trials(const pg::ConnInfo& database, const std::vector<Trial>& trials, bool reveal_values) {
  pg::Session session(database);
  session.execute(session_settings);
  std::vector<TrialReport> reports;
  for (const auto& trial : trials) {
    TrialReport report{.trial = trial, .not_tried = trial.not_tried};
    if (report.not_tried.empty()) {
      try {
        const auto* count = trial.requirement.kind == RequirementKind::unique ? "SELECT coalesce(sum(rows), 0)::bigint AS n " : "SELECT count(*) AS n ";
        report.offenders = session.query(count + trial.offenders_from).integer(0, "n");
        if (*report.offenders > 0) report.samples = samples_of(session, trial, reveal_values);
      } catch (const pg::SqlError& error) {
        if (error.connection_lost()) throw;
        report.offenders.reset();
        report.not_tried = error.facts().message;
      }
    }
    reports.push_back(std::move(report));
  }
  return reports;
}

}  // namespace prodclone::data
