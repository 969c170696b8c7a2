// Compares what two states of one database hold: `after` grew out of `before` by migrations or is a copy of what did,
// so tables and columns are known by OID and number whatever they are called, then by name.
#pragma once

#include <cstddef>
#include <functional>

#include <prodclone/data/fingerprint.hpp>
#include <prodclone/data/reconciliation.hpp>

namespace prodclone::data {

struct ContentOptions {
  FingerprintOptions reading = {};
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
