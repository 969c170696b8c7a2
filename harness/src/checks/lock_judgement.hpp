// What the lock rules share: where a statement stands, figures in words, and how a finding is accepted.
#pragma once

#include <chrono>
#include <functional>
#include <string>
#include <vector>

#include <prodclone/checks/finding.hpp>
#include <prodclone/checks/lock_budgets.hpp>
#include <prodclone/rehearsal/lock_trace.hpp>
#include <prodclone/rehearsal/traffic_trace.hpp>

namespace prodclone::checks {

using prodclone::to_string;  // else this room's own for findings would hide those for sizes and durations
using rehearsal::Duration;
using rehearsal::HeldLock;
using rehearsal::MigrationTrace;
using rehearsal::StatementTrace;

// One migration before one rule.
struct LockCase {
  const rehearsal::LockTrace& trace;
  const MigrationTrace& migration;
  const LockBudgets& budgets;
  const rehearsal::TrafficTrace* traffic = nullptr;
};

struct JudgedRule {
  std::string id, claim;
  Findings (*judge)(const LockCase&);
  bool needs_traffic = false;
};
const std::vector<JudgedRule>& judged_rules();

Findings judge_blocked_reads(const LockCase&);       // LK01
Findings judge_blocked_writes(const LockCase&);      // LK02
Findings judge_long_exclusive(const LockCase&);      // LK03
Findings judge_rewrites(const LockCase&);            // LK04
Findings judge_scans(const LockCase&);               // LK05
Findings judge_index_work(const LockCase&);          // LK06
Findings judge_idle_holds(const LockCase&);          // LK07
Findings judge_lock_timeout(const LockCase&);        // LK08
Findings judge_timeout_order(const LockCase&);       // LK09
Findings judge_bystanders(const LockCase&);          // LK11
Findings judge_row_locks(const LockCase&);           // LK13
Findings judge_planner_blocks(const LockCase&);      // LK14
Findings judge_stale_plans(const LockCase&);         // LK15
Findings judge_replicas(const LockCase&);            // LK16
Findings judge_volume(const LockCase&);              // LK17
Findings judge_durations(const LockCase&);           // LK20
Findings judge_data_failure(const LockCase&);        // LK24
Findings judge_sequences(const LockCase&);           // LK25
Findings judge_unmeasured(const LockCase&);          // unmeasured

// What an exception covers becomes a note; one that has expired is told, and a failure says how to accept it.
void apply_exceptions(Finding& finding, const std::string& rule, const std::string& migration_id, const std::string& migration_name,
                      const LockBudgets& budgets, std::chrono::year_month_day today);

// The check's name is set by whoever calls the rule.
Finding finding_at(const MigrationTrace& migration, const StatementTrace& statement, std::string object);

std::string place(const StatementTrace& statement);                    // "0042_x.up.sql:3"
std::string excerpt(const StatementTrace& statement);                  // its first line, cut to 100 characters
std::string sized(const std::string& table, Bytes size, std::int64_t rows);  // "public.orders (494 MB, 5.0 M rows)"
std::string rows_text(std::int64_t rows);
std::string blocked_by(rehearsal::LockMode mode);                      // "reads and writes"
bool contains_words(const StatementTrace& statement, std::string_view words);  // spacing and case do not matter

// Relations whose locks keep the application waiting, and that were there before.
bool matters(const HeldLock& lock);

// A safer way, by what the statement does.
std::string rewrite_recipe(const StatementTrace& statement, const std::string& table);
std::string scan_recipe(const StatementTrace& statement, const rehearsal::Scan& scan);
std::string index_recipe(const StatementTrace& statement, const std::string& table);

}  // namespace prodclone::checks
