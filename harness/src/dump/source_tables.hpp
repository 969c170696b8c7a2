// The tables of a live database as a dump sees them: how big each is, and whose rows are to be left out.
#pragma once

#include <string>
#include <vector>

#include <prodclone/base/quantities.hpp>
#include <prodclone/pg/session.hpp>

namespace prodclone::dump {

struct SourceTable {
  std::string schema = {}, name = {};
  Bytes bytes = {};
  bool partitioned = false;
  bool excluded = false;
  bool not_replicated = false;   // unlogged, and this is a standby: excluded as well
  std::string qualified() const { return schema + '.' + name; }
};

// A glob without a dot is tried on the bare name; one that names a partitioned table means its partitions. Throws
// Error(usage) for a glob that matches no table: rows that somebody wanted to stay away would come along.
std::vector<SourceTable> source_tables(pg::Session& session, const std::vector<std::string>& exclude_data);

// One sentence for each foreign key that will have orphans, because only its parent is excluded.
std::vector<std::string> keys_cut_by(pg::Session& session, const std::vector<SourceTable>& tables);

// As --exclude-table-data takes it: quoted, so that no character is a pattern's.
std::string as_pattern(const SourceTable& table);

}  // namespace prodclone::dump
