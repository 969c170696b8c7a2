// What the look at the live server before a deploy asks for: which server, and from where on something is in the way.
#pragma once

#include <chrono>
#include <optional>
#include <string>

#include <prodclone/base/quantities.hpp>

namespace prodclone::config {

struct Preflight {
  std::string source = {};                          // of kind url or existing; empty: suites look at no live server
  std::chrono::seconds transaction{30};             // open at least this long
  std::chrono::seconds prepared{300};
  std::chrono::seconds standby_lag{10};
  Bytes standby_lag_bytes{64LL << 20};
  Bytes slot_retained{1LL << 30};                   // WAL that a slot keeps
  double wraparound_percent = 90;                   // of autovacuum_freeze_max_age
  double sequence_percent = 90, sequence_warning_percent = 75;
  double dead_rows_percent = 20;
  std::optional<Bytes> free_disk = {};              // of the server, where it cannot be measured
};

}  // namespace prodclone::config
