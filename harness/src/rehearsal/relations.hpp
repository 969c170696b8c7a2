// What the observer knows of each relation: as it was before the run, and as it stands in the migration's transaction.
#pragma once

#include <map>
#include <optional>
#include <string>

#include <prodclone/base/quantities.hpp>
#include <prodclone/pg/result.hpp>
#include <prodclone/pg/session.hpp>

#include "lock_sampler.hpp"

namespace prodclone::rehearsal {

struct Relation {
  Oid oid = 0;
  std::string first_name = {};                // qualified, before the run or when first seen
  std::string schema = {}, name = {};         // now
  std::string kind = {};
  Oid table = 0;                              // of an index or TOAST table; else itself
  Oid storage = 0;
  Bytes size = {};                            // before the run
  std::int64_t rows = 0;
  bool pre_existing = false;

  std::string qualified_now() const;
};

class Relations {
 public:
  explicit Relations(pg::Session& session);   // all that exist now: the pre-existing ones
  explicit Relations(const pg::Result& rows); // of relations.sql

  const Relation* find(Oid oid) const;
  // The table behind an index, a TOAST table or its index.
  const Relation& table_of(const Relation& relation) const;
  // Among pre-existing relations of that unqualified name: the only one, or none.
  const Relation* only_one_named(const std::string& name) const;
  // The pre-existing relation that stood under this qualified name: REINDEX CONCURRENTLY gives the name a new OID.
  const Relation* first_named(const std::string& qualified) const;

  // Takes over a row of oid, nspname, relname, relkind, relfilenode, table_oid. Remembers the state before for `undo`.
  const Relation& update(const pg::Result& result, std::size_t row);
  void keep() { before_.clear(); }             // the transaction committed
  void undo();                                 // it rolled back

 private:
  std::map<Oid, Relation> relations_;
  std::map<Oid, std::optional<Relation>> before_;
};

}  // namespace prodclone::rehearsal
