// A report with something of every kind in it.
#pragma once

#include <prodclone/report/report.hpp>

namespace prodclone::report {

inline rehearsal::HeldLock lock_of(const std::string& relation, rehearsal::LockMode mode, rehearsal::Duration held) {
  return {.relation = relation, .kind = "table", .table = relation, .mode = mode, .pre_existing = true, .size = {8192}, .held = held};
}

inline Report sample_report() {
  using namespace std::chrono_literals;
  using checks::Severity;
  rehearsal::LockTrace trace{.database_size = {3 << 20}};
  trace.server.version = "15.18";
  rehearsal::MigrationTrace first{.id = "1", .name = "1-rename", .succeeded = true, .wal = Bytes{16384}};
  first.statements = {{.file = "1.up.sql", .line = 3, .locks = {lock_of("public.a", rehearsal::LockMode::share, 20ms)},
                       .rewrites = {{.relation = "public.a", .pre_existing = true}}, .not_measured = {"temporary files"}}};
  first.transactions = {{.last_statement = 0, .ended = 1500ms, .committed = true}};
  trace.migrations = {first};
  return {.project = "shop",
          .trace = trace,
          .phases = {{.name = "pristine", .database = "p", .note = "loaded", .took = 1200ms}},
          .tests = {{.name = "ForeignKeys.HaveNoOrphans", .labels = {"fk"}, .outcome = Outcome::failed, .message = "FAIL fk  public.c", .took = 12ms,
                     .findings = {{.check = "fk", .object = "public.c", .what = "2 rows <of> `c` are | orphans.", .where = "1.up.sql:3",
                                   .why = "Joins lose them.", .remedy = "DELETE FROM c;", .evidence = {"c (1), c (2)"}},
                                  {.check = "fk", .severity = Severity::warning, .object = "public.b", .what = "Not validated."}}},
                    {.name = "Schema.IsTheDeclaredOne", .labels = {"schema"},
                     .findings = {{.check = "schema/intent", .severity = Severity::not_checked, .object = "shop", .what = "No declared schema was compared."}}},
                    {.name = "Smoke.Answers", .labels = {"smoke"}, .outcome = Outcome::could_not_check, .message = "no port is free"},
                    {.name = "Smoke.Opens", .labels = {"smoke"}, .outcome = Outcome::could_not_check, .message = "no port is free"},
                    {.name = "Case.Dies", .labels = {"refactor", "tenancy"}, .outcome = Outcome::unfinished}}};
}

}  // namespace prodclone::report
