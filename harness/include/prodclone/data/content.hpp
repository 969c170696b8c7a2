// Compares what two states of one database hold: `after` grew out of `before` by migrations or is a copy of what did,
// so tables and columns are known by OID and number whatever they are called, then by name.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <vector>

#include <prodclone/data/fingerprint.hpp>
#include <prodclone/data/reconciliation.hpp>

namespace prodclone::data {

// A column whose values are said to be in another table now, under the key of the row that they came from.
struct Move {
  std::string table = {}, column = {};       // by the names before
  std::string to_table = {}, to_column = {};
  std::vector<std::string> by = {};          // there, in the order of the table's key
};

struct ContentOptions {
  FingerprintOptions reading = {};
  std::vector<Move> moves = {};
  std::size_t samples = 10;        // rows shown of each table that differs
  bool reveal_keys = false;        // else a row is a place
};

// `open_before` gives a database that holds what `before` was taken from. It is called, once, only when the fingerprint
// is not enough: a column's type changed in kind, a key went away, or rows differ and are to be found.
Reconciliation compare_content(const Fingerprint& before, const std::function<pg::ConnInfo()>& open_before, const pg::ConnInfo& after,
                               const ContentOptions& options = {});

// Both at hand, nothing known yet.
Reconciliation compare_content(const pg::ConnInfo& before, const pg::ConnInfo& after, const ContentOptions& options = {});

}  // namespace prodclone::data
