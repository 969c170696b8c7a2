// What is different between two databases, found without printing what is the same in both.
#pragma once

#include <cstddef>
#include <filesystem>

#include <prodclone/pg/conninfo.hpp>
#include <prodclone/schema/diff.hpp>
#include <prodclone/schema/snapshot.hpp>

namespace prodclone::schema {

// Files of ours in which the catalogs' rows are kept for the next comparison, none where empty. Two databases may share
// one: what is kept of a row holds for every copy, and is not believed where the server shows another version of it.
struct KeptIn {
  std::filesystem::path a = {}, b = {};
};

struct Compared {
  Differences differences = {};
  int server_version_a = 0, server_version_b = 0;
  std::size_t units = 0;       // tables with all that stands on them, types, functions, …, of both sides together
  std::size_t read = 0;        // those whose definitions were read
  bool remembered_a = {}, remembered_b = {};  // only rows of other versions than the kept ones were read
};

// The same as diff(take_snapshot(a), take_snapshot(b)), for less: both databases are read at once, first as digests of
// their catalog rows, and only what those cannot tell to be equal is printed by the servers and compared. Each side is
// one read-only repeatable-read transaction. Of two majors both are read whole; throws Error(could_not_check) where those
// two are not measured (majors.hpp).
Compared compare_databases(const pg::ConnInfo& a, const pg::ConnInfo& b, const SnapshotOptions& options = {},
                           const DiffOptions& diff_options = {}, const KeptIn& kept = {});

}  // namespace prodclone::schema
