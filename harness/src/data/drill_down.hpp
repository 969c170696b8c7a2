// Finds the rows in which two tables differ: sums of buckets of rows first, then only the rows of buckets that differ.
// Two scans a side, whatever the size.
#pragma once

#include <prodclone/data/content.hpp>
#include <prodclone/data/reading.hpp>
#include <prodclone/data/reconciliation.hpp>

namespace prodclone::data {

struct DrillDown {
  Reading before = {}, after = {};
  std::vector<std::size_t> columns = {};   // that differ, by place in the readings
  std::int64_t rows = 0;                   // of the larger side
};

// Throws SqlError when the server cannot.
RowDifferences find_differences(const pg::ConnInfo& before, const pg::ConnInfo& after, const DrillDown& wanted, const ContentOptions& options);

}  // namespace prodclone::data
