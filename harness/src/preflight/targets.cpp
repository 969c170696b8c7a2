#include <prodclone/preflight/targets.hpp>

#include <algorithm>
#include <map>
#include <set>

namespace prodclone::preflight {

namespace {

bool holds_rows(const std::string& kind) { return kind == "table" || kind == "partitioned_table" || kind == "materialized_view"; }

// A migration may write to it: readers alone are in nobody's way.
bool counts(rehearsal::LockMode mode) { return mode >= rehearsal::LockMode::row_exclusive; }

class Reading {
 public:
  void read(const rehearsal::StatementTrace& statement) {
    if (statement.bookkeeping) return;
    for (const auto& lock : statement.locks) read(lock);
    for (const auto& rewrite : statement.rewrites)
      if (rewrite.pre_existing && rewrite.reason == "rewritten" && holds_rows(rewrite.kind)) {
        auto& target = of(rewrite.relation);
        target.rewritten = true;
        target.size = std::max(target.size, rewrite.size);
      }
    for (const auto& scan : statement.scans)
      if (scan.pre_existing && scan.purpose == "index_build") of(scan.relation).indexed = true;
    result_.concurrently = result_.concurrently || statement.command.find("CONCURRENTLY") != std::string::npos;
  }

  Targets take() {
    for (auto& [name, target] : tables_) result_.tables.push_back(std::move(target));
    result_.relations_locked = std::ssize(locked_);
    return std::move(result_);
  }

  Targets& result() { return result_; }

 private:
  void read(const rehearsal::HeldLock& lock) {
    locked_.insert(lock.relation);
    if (!lock.pre_existing || !counts(lock.mode)) return;
    const bool itself = holds_rows(lock.kind);
    // A lock on an index closes its table for whoever plans a query on it.
    if (!itself && lock.kind != "index" && lock.kind != "partitioned_index") return;
    auto& target = of(lock.table.empty() ? lock.relation : lock.table);
    target.lock = std::max(target.lock, lock.mode);
    if (itself) target.size = std::max(target.size, lock.size);
  }

  Target& of(const std::string& table) {
    auto& target = tables_.try_emplace(table, Target{.table = table, .lock = rehearsal::LockMode::row_exclusive}).first->second;
    return target;
  }

  Targets result_ = {.recorded = true};
  std::map<std::string, Target> tables_;
  std::set<std::string> locked_;
};

}  // namespace

bool Targets::concerns(std::string_view table) const {
  return !recorded || std::any_of(tables.begin(), tables.end(), [&](const Target& one) { return one.table == table; });
}

rehearsal::LockMode Targets::lock_on(std::string_view table) const {
  for (const auto& one : tables)
    if (one.table == table) return one.lock;
  return recorded ? rehearsal::LockMode::access_share : rehearsal::LockMode::access_exclusive;
}

Targets targets_of(const rehearsal::LockTrace& trace) {
  Reading reading;
  reading.result().clone_size = trace.database_size;
  reading.result().not_measured = trace.not_measured;
  for (const auto& migration : trace.migrations) {
    // An external tool sends its statements itself: which tables it locks was not seen.
    if (migration.statements.empty() && !trace.not_measured.empty()) reading.result().recorded = false;
    reading.result().migrations.push_back(migration.name.empty() ? migration.id : migration.name);
    if (migration.wal) reading.result().wal = reading.result().wal + *migration.wal;
    if (migration.temp) reading.result().temp = std::max(reading.result().temp, *migration.temp);
    for (const auto& statement : migration.statements) reading.read(statement);
  }
  return reading.take();
}

}  // namespace prodclone::preflight
