#include <prodclone/checks/lock_budgets.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <functional>
#include <optional>

#include <prodclone/base/day.hpp>
#include <prodclone/base/error.hpp>
#include <prodclone/base/text.hpp>

namespace prodclone::checks {

namespace {

using std::chrono::microseconds;

microseconds from_ms(double value) { return microseconds(std::llround(value * 1000.0)); }
Bytes from_mb(double value) { return {std::llround(value * 1024.0 * 1024.0)}; }

template <typename Target>
struct Setting {
  std::string name;
  std::function<void(Target&, double)> set;
};

const std::vector<Setting<TableLimits>>& table_settings() {
  static const std::vector<Setting<TableLimits>> settings = {
      {"access_exclusive_ms", [](auto& to, double v) { to.access_exclusive = from_ms(v); }},
      {"blocked_reads_ms", [](auto& to, double v) { to.blocked_reads = from_ms(v); }},
      {"blocked_writes_ms", [](auto& to, double v) { to.blocked_writes = from_ms(v); }},
      {"idle_hold_ms", [](auto& to, double v) { to.idle_hold = from_ms(v); }},
      {"rows_per_transaction", [](auto& to, double v) { to.rows_per_transaction = std::llround(v); }},
      {"row_lock_ms", [](auto& to, double v) { to.row_lock = from_ms(v); }},
      {"replica_blocked_ms", [](auto& to, double v) { to.replica_blocked = from_ms(v); }},
      {"queue_ms", [](auto& to, double v) { to.queue = from_ms(v); }},
      {"sequence_ms", [](auto& to, double v) { to.sequence = from_ms(v); }},
      {"large_mb", [](auto& to, double v) { to.large.size = from_mb(v); }},
      {"large_rows", [](auto& to, double v) { to.large.rows = std::llround(v); }},
      {"rewrite_mb", [](auto& to, double v) { to.rewrite.size = from_mb(v); }},
      {"rewrite_rows", [](auto& to, double v) { to.rewrite.rows = std::llround(v); }},
      {"scan_mb", [](auto& to, double v) { to.scan.size = from_mb(v); }},
      {"scan_rows", [](auto& to, double v) { to.scan.rows = std::llround(v); }},
  };
  return settings;
}

const std::vector<Setting<LockBudgets>>& run_settings() {
  static const std::vector<Setting<LockBudgets>> settings = {
      {"migration_seconds", [](auto& to, double v) { to.migration = from_ms(v * 1000.0); }},
      {"total_ms", [](auto& to, double v) { to.total = from_ms(v); }},
      {"statement_ms", [](auto& to, double v) { to.statement = from_ms(v); }},
      {"long_operation_ms", [](auto& to, double v) { to.long_operation = from_ms(v); }},
      {"lock_timeout_ms", [](auto& to, double v) { to.lock_timeout = from_ms(v); }},
      {"stale_plans", [](auto& to, double v) { to.stale_plans = std::llround(v); }},
      {"adversary_seconds", [](auto& to, double v) { to.adversary = from_ms(v * 1000.0); }},
      {"holder_ms", [](auto& to, double v) { to.holder = from_ms(v); }},
      {"wal_mb", [](auto& to, double v) { to.wal = from_mb(v); }},
      {"temp_mb", [](auto& to, double v) { to.temp = from_mb(v); }},
  };
  return settings;
}

template <typename Target>
bool apply(const std::vector<Setting<Target>>& settings, Target& to, const std::string& name, double value) {
  const auto found = std::find_if(settings.begin(), settings.end(), [&](const auto& setting) { return setting.name == name; });
  if (found == settings.end()) return false;
  if (!(value >= 0) || value > 1e12) throw Error(Failure::usage, fmt::format("The budget {} must not be {}.", name, value), "Give a number from 0 up.");
  found->set(to, value);
  return true;
}

[[noreturn]] void unknown(const std::string& name, bool for_table) {
  std::vector<std::string> names;
  for (const auto& setting : table_settings()) names.push_back(setting.name);
  if (!for_table)
    for (const auto& setting : run_settings()) names.push_back(setting.name);
  const auto meant = nearest(name, names);
  throw Error(Failure::usage, fmt::format("There is no budget {}{}.", name, for_table ? " for a table" : ""),
              meant ? fmt::format("Did you mean {}?", *meant) : "Known are: " + joined(names, ", ") + '.');
}

}  // namespace

std::vector<std::string> lock_budget_names() {
  std::vector<std::string> names;
  for (const auto& setting : table_settings()) names.push_back(setting.name);
  for (const auto& setting : run_settings()) names.push_back(setting.name);
  return names;
}

LockBudgets lock_budgets(const config::Budgets& configured) {
  LockBudgets budgets;
  for (const auto& [name, value] : configured.values)
    if (!apply(table_settings(), budgets.defaults, name, value) && !apply(run_settings(), budgets, name, value)) unknown(name, false);
  for (const auto& table : configured.tables) {
    TableLimits checked;
    for (const auto& [name, value] : table.values)
      if (!apply(table_settings(), checked, name, value)) unknown(name, true);
    budgets.tables.push_back({table.match, table.values});
  }
  for (const auto& exception : configured.exceptions) {
    if (trimmed(exception.reason).empty())
      throw Error(Failure::usage, fmt::format("The budget exception for {} in {} gives no reason.", exception.rule, exception.migration),
                  "Say why the cost is accepted, and by whom.");
    const auto until = parse_day(exception.until);
    if (!until) throw Error(Failure::usage, fmt::format("The budget exception's `until` is not a day: {}.", exception.until), "Write it as 2027-01-31.");
    budgets.exceptions.push_back({exception.migration, exception.rule, *until, exception.reason});
  }
  return budgets;
}

TableLimits limits_for(const LockBudgets& budgets, const std::string& table) {
  std::map<std::string, double> strictest;
  for (const auto& entry : budgets.tables) {
    if (!matches_glob(entry.match, table)) continue;
    for (const auto& [name, value] : entry.values) {
      const auto [known, added] = strictest.emplace(name, value);
      if (!added) known->second = std::min(known->second, value);
    }
  }
  auto limits = budgets.defaults;
  for (const auto& [name, value] : strictest) apply(table_settings(), limits, name, value);
  return limits;
}

}  // namespace prodclone::checks
