// The live schema and history beside those of the rehearsal's record. One session at a time, read-only.
#pragma once

#include <optional>

#include <prodclone/checks/finding.hpp>
#include <prodclone/migrations/comparison.hpp>
#include <prodclone/preflight/drift.hpp>
#include <prodclone/preflight/live_facts.hpp>
#include <prodclone/preflight/targets.hpp>
#include <prodclone/schema/snapshot.hpp>
#include <prodclone/workflow/provisioning.hpp>

namespace prodclone::workflow {

class LiveSchema {
 public:
  LiveSchema(Provisioning& provisioning, pg::ConnInfo database) : provisioning_(provisioning), database_(std::move(database)) {}

  // Before a deploy, without a record, nothing is compared: `compared` says so. After one, throws Error(could_not_check).
  preflight::SchemaComparison compare(preflight::Moment moment);

  // Before: what is pending there is what was rehearsed. After: nothing is pending, nothing is dirty.
  checks::Findings history_findings(preflight::Moment moment, const preflight::Targets& rehearsed);

  preflight::ServerFacts server() const;   // as far as it was seen here

 private:
  void read();
  std::optional<schema::Snapshot> expected(preflight::Moment moment) const;
  schema::Snapshot restored();             // the live schema after one dump and restore

  Provisioning& provisioning_;
  pg::ConnInfo database_;
  bool was_read_ = false;
  schema::Snapshot live_;
  std::optional<migrations::Comparison> history_;
  std::string no_history_;                 // why it could not be read
};

}  // namespace prodclone::workflow
