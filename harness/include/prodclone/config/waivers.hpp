// The reviewed file of accepted differences (schema.waivers): each says what it accepts, why, and until when.
#pragma once

#include <chrono>
#include <filesystem>
#include <string>
#include <vector>

namespace prodclone::config {

// What may keep a name that a migration replaced. Patterns know `*` and `?`.
struct LeftoverWaiver {
  std::string kind = "*";       // "index", "function", "enum_value"
  std::string name = "*";       // qualified
  std::string word = "*";       // the replaced name
  std::string reason = {};
  std::chrono::year_month_day until = {};   // the last day on which it holds
};

enum class AcceptedChange {
  lost,      // the column may go, or without a column: rows, or the table as a whole
  content,   // the column's values may change, or without a column: anything that the table holds
};

// Data that a migration may lose or change.
struct LossWaiver {
  std::string migration = {};   // the one that does it, by id or name
  std::string table = {};       // by its name before or after, in public where it has no schema
  std::string column = {};      // empty: the table
  AcceptedChange change = AcceptedChange::lost;
  std::string moved_to = {};            // "table.column": its values must all be there
  std::vector<std::string> by = {};     // the columns there that hold the key of the row that a value came from
  std::string reason = {};
  std::chrono::year_month_day until = {};
};

// What a migration may leave in the database (`leftovers_left`).
struct LeftoverLeftWaiver {
  std::string kind = "*";       // a rule of the leftovers suite: "unvalidated_constraint"
  std::string name = "*";       // qualified, as the finding's object gives it
  std::string reason = {};
  std::chrono::year_month_day until = {};
};

// What a down script may lose of production's data (`down_losses`).
struct DownLossWaiver {
  std::string migration = "*";  // id or name
  std::string table = "*";      // qualified, as pristine has it
  std::string column = "*";     // `*` alone also accepts lost rows
  std::string reason = {};
  std::chrono::year_month_day until = {};
};

// A migration without a way back (`irreversible`).
struct IrreversibleWaiver {
  std::string migration = {};   // id or name
  std::string reason = {};
  std::chrono::year_month_day until = {};
};

// What of production's dump need not be in the clone (`not_loaded`).
struct NotLoadedWaiver {
  std::string kind = "*";       // "extension", "table", "foreign_key", "table_data"
  std::string name = "*";       // qualified, as the finding's object gives it
  std::string reason = {};
  std::chrono::year_month_day until = {};
};

// A difference between the clone's schema and the one it should have (`differences`).
struct DifferenceWaiver {
  std::string of = "both";      // "fresh", "declared", or "both": the comparison in which it shows
  std::string kind = "*";       // "index", "column"
  std::string name = {};        // qualified, as the finding's object gives it; for what was renamed either name
  std::string change = "*";     // "added", "removed", "changed", "renamed"
  std::string reason = {};
  std::chrono::year_month_day until = {};
};

// What may stand on the live server before a deploy (`preflight`). It need not be there: servers change by the minute.
struct PreflightWaiver {
  std::string check = {};       // "slot", "unseen", or "*"
  std::string object = "*";     // as the finding's object gives it
  std::string reason = {};
  std::chrono::year_month_day until = {};
};

struct Waivers {
  std::vector<DifferenceWaiver> differences = {};
  std::vector<LeftoverWaiver> leftovers = {};
  std::vector<LeftoverLeftWaiver> leftovers_left = {};
  std::vector<DownLossWaiver> down_losses = {};
  std::vector<IrreversibleWaiver> irreversible = {};
  std::vector<LossWaiver> losses = {};
  std::vector<NotLoadedWaiver> not_loaded = {};
  std::vector<PreflightWaiver> preflight = {};
};

// Throws Error(usage) that names file and key; no file: no waivers.
Waivers read_waivers(const std::filesystem::path& file);

}  // namespace prodclone::config
