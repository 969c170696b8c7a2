// Which table of one state is which of the other, and how both are read so that equal rows give equal sums.
#pragma once

#include <string>
#include <vector>

#include <prodclone/data/catalog.hpp>
#include <prodclone/data/fingerprint.hpp>
#include <prodclone/data/reading.hpp>
#include <prodclone/data/reconciliation.hpp>

namespace prodclone::data {

struct PairedColumn {
  Column before = {}, after = {};
  Form form = Form::text;
  std::vector<RenamedLabel> labels = {};
};

// A partitioned table counts together with what was detached from it or attached to it in between: sums add up.
struct Pair {
  std::vector<Relation> before = {}, after = {};   // the one that gives the name first
  bool by_name = false;
  std::vector<PairedColumn> columns = {};
  std::vector<Column> gone = {};
  Reading read_before = {}, read_after = {};
};

struct Pairing {
  std::vector<Pair> pairs = {};
  std::vector<Relation> gone = {};
  std::vector<NotCompared> not_compared = {};
};

Pairing pair_up(const Catalog& before, const Catalog& after, const std::vector<std::string>& exclude);

// The print of `reading` as a part of a natural one; none: it must be read.
std::optional<TablePrint> part_of(const Fingerprint& fingerprint, const Reading& reading);

// `before` and `after` as pairing.pairs.
std::vector<TableComparison> compare_sums(const Pairing& pairing, const Fingerprint& fingerprint, const std::vector<TablePrint>& before, const std::vector<TablePrint>& after);

}  // namespace prodclone::data
