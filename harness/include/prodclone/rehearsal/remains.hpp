// What should not stay in a database after a migration, and what it is compared with: facts, read before and after on
// the same database. A thing is known again by its OID, or by its place: what it stands on, and its name.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include <prodclone/base/quantities.hpp>

namespace prodclone::pg {
class Session;
}

namespace prodclone::rehearsal {

struct Remain {
  std::string kind = {};                    // invalid_index, unvalidated_constraint, disabled_trigger, sequence_behind,
                                            // materialized_view (populated), unpopulated_view, unanalysed,
                                            // temporary_table, leftover_object, event_trigger, setting, unseen_…
  std::string object = {};                  // "public.document_old"
  std::string identity = {}, place = {};
  std::string state = {};                   // in words; of a setting a digest, since its value may be a secret
  std::string on_table = {};                // where it stands on one
  std::vector<std::string> made_from = {};  // of a materialised view: OIDs; of an unanalysed table: columns' names
  Bytes size = {};
  std::int64_t rows = 0;                    // the planner's estimate
  std::int64_t behind = 0;                  // of a sequence: how many of its next values are taken, at the most
  std::string remedy = {};                  // SQL
  friend bool operator==(const Remain&, const Remain&) = default;
};

struct Remains {
  std::vector<Remain> items = {};
  std::map<std::string, std::string> relations = {};  // tables and materialised views: name by OID
  std::vector<std::string> analysed = {};             // columns with statistics: "16401/3", sorted
  std::vector<std::string> unanalysed = {};           // and those without, of tables that can be seen
  std::string could_not_look = {};                    // why there is nothing here; empty: there is
  friend bool operator==(const Remains&, const Remains&) = default;
};

// A dozen catalog queries, whatever the number of objects, and one statement for where the sequences' columns stand.
Remains look_at_remains(pg::Session& session);

}  // namespace prodclone::rehearsal
