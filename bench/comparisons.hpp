// What is compared with what. Each checks first that both ways give the same result: a fast wrong answer is no match.
#pragma once

#include <filesystem>
#include <vector>

#include <prodclone/dump/dump_file.hpp>

#include "arena.hpp"
#include "comparison.hpp"

namespace prodclone::bench {

struct Rounds {
  int slow = 5;    // load, reset
  int quick = 15;  // schema check, attach
};

// The dump into a new database, and a used clone made new again: two comparisons, added as they are done.
void compare_load_and_reset(const Arena& arena, const dump::DumpFile& dump, int rounds,
                            std::vector<Comparison>& comparisons);

// Two databases of `tables` tables that differ in one column default.
Comparison compare_schema_check(const Arena& arena, int tables, int rounds);

// What some tables of `rows` rows hold, in a few numbers.
Comparison compare_content_check(const Arena& arena, int rows, int rounds);

// Whether foreign keys of `rows` rows each hold.
Comparison compare_foreign_key_check(const Arena& arena, int rows, int rounds);

// One test process of a run whose databases exist; `binaries` holds the suites, `project` the sample.
Comparison compare_attach(const Arena& arena, const std::filesystem::path& binaries,
                          const std::filesystem::path& project, int rounds);

// What compare_attach starts under ctest: measures, and writes the samples to `output`.
void measure_attach(const std::filesystem::path& binaries, const std::filesystem::path& psql,
                    const std::filesystem::path& output, int rounds);

// The ladder of copies on the disk of the arena: reflink, FILE_COPY, WAL_LOG, restore.
Comparison compare_copies(const Arena& arena, int megabytes, int rounds);

}  // namespace prodclone::bench
