#include <prodclone/checks/foreign_keys.hpp>

#include <fmt/format.h>

#include <prodclone/base/text.hpp>

namespace prodclone::checks {

namespace {

std::string described(const data::ForeignKey& key) {
  return fmt::format("{} ({}) → {} ({}){}{}{}", key.child, joined(key.child_columns, ", "), key.parent, joined(key.parent_columns, ", "),
                     key.match_full ? ", MATCH FULL" : "", key.deferrable ? ", deferrable" : "", key.temporal ? ", PERIOD" : "");
}

std::string sample(const data::ForeignKey& key, const data::Orphan& orphan) {
  std::vector<std::string> values;
  for (std::size_t i = 0; i < orphan.key.size() && i < key.child_columns.size(); ++i)
    values.push_back(fmt::format("{}={}", key.child_columns[i], orphan.key[i].value_or("NULL")));
  return fmt::format("for example {} at ctid {}{}", orphan.table, orphan.ctid, values.empty() ? "" : ": " + joined(values, ", "));
}

std::string why_orphans(const data::ForeignKey& key) {
  if (!key.enforced) return "The key is NOT ENFORCED, so nothing keeps such rows out; joins lose them.";
  if (!key.validated)
    return "The key was never validated: VALIDATE CONSTRAINT will fail, and so will any migration that makes the key anew, in production first.";
  return "The server believes this key, so VALIDATE CONSTRAINT changes nothing; but a restore of a dump fails at this key, and so does a migration "
         "that makes it anew (a type change of the column). Rows get past the check by replication, disabled triggers, or session_replication_role.";
}

}  // namespace

Findings foreign_key_findings(const data::ForeignKeyReports& reports) {
  Findings findings;
  for (const auto& report : reports.keys) {
    const auto& key = report.key;
    Finding finding{.check = "fk", .object = key.child + '.' + key.name, .where = reports.database, .evidence = {described(key)}};
    if (!report.orphans) {
      finding.what = "Could not count its orphans: " + report.could_not_count + '.';
      finding.why = "A key that could not be checked does not count as whole.";
      finding.remedy = "Check as a role that may read both tables and that row security does not bind (a superuser, or BYPASSRLS).";
    } else if (*report.orphans > 0) {
      finding.what = fmt::format("{} in {} {} no parent in {}.", counted(*report.orphans, "row"), key.child, *report.orphans == 1 ? "has" : "have", key.parent);
      finding.why = why_orphans(key);
      for (const auto& orphan : report.samples) finding.evidence.push_back(sample(key, orphan));
      finding.remedy = data::repair_sql(key);
      if (key.enforced && !key.validated) finding.remedy += "-- and then\n" + data::validate_sql(key) + '\n';
    } else if (!key.enforced) {
      finding.severity = Severity::note;
      finding.what = "The key is NOT ENFORCED; it has no orphans today.";
      finding.why = "Nothing keeps orphans out tomorrow.";
      finding.remedy = fmt::format("ALTER TABLE {} ALTER CONSTRAINT {} ENFORCED;", key.child, key.sql_name);
    } else if (!key.validated) {
      finding.severity = Severity::warning;
      finding.what = "The key was never validated; it has no orphans today.";
      finding.why = "New rows are checked, but the planner and the next migration cannot rely on the old ones.";
      finding.remedy = data::validate_sql(key) + "  -- reads the table, lets reads and writes pass";
    } else {
      continue;
    }
    findings.push_back(std::move(finding));
  }
  return findings;
}

}  // namespace prodclone::checks
