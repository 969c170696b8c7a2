// A migration up, down and up again on a private copy of production: facts, as values.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <prodclone/data/reconciliation.hpp>

namespace prodclone::rehearsal {

struct Leg {
  bool ran = false;                     // was begun
  std::chrono::microseconds took = {};
  std::string error = {};               // why it did not reach its end
  friend bool operator==(const Leg&, const Leg&) = default;
};

struct SchemaGap {
  std::string kind = {}, object = {};
  std::string text = {};                // "changed column public.t.c (default)"
  std::string a = {}, b = {};           // definitions: as it should be, as it is
  friend bool operator==(const SchemaGap&, const SchemaGap&) = default;
};

// How two states that should be equal differ.
struct Apart {
  std::vector<SchemaGap> schema = {};
  data::Reconciliation content = {};
  std::vector<std::string> of_the_moment = {};  // columns ("public.t.c") and tables that differ between two first runs too
  friend bool operator==(const Apart&, const Apart&) = default;
};

// What came with the migration goes with its down script, with all that was written there meanwhile.
struct Added {
  std::string table = {}, column = {};  // column is empty: the whole table
  std::int64_t rows = 0;                // that held a value right after the migration
  friend bool operator==(const Added&, const Added&) = default;
};

struct RoundTrip {
  std::string id = {}, name = {};            // of a whole chain: empty, "the whole chain"
  std::vector<std::string> migrations = {};  // names, in order
  std::string up_file = {}, down_file = {};  // where people look; of a chain the newest one's
  std::vector<std::string> without_down = {};  // names of those that have no way back
  std::vector<std::string> undone = {};      // instead of it, by the tool's own idea of newest; empty: as it should be
  Leg up = {}, down = {}, up_again = {};
  std::vector<Added> added = {};
  std::optional<Apart> after_down = {};      // against before
  std::optional<Apart> after_second_up = {}; // against after the first
  std::vector<SchemaGap> beside_clone = {};  // of a chain: after the first up, against the migrated clone
  std::string could_not_compare = {};        // the reason
  friend bool operator==(const RoundTrip&, const RoundTrip&) = default;
};

struct RoundTrips {
  std::vector<RoundTrip> migrations = {};    // one by one; empty for an external tool, which is only known as a whole
  std::optional<RoundTrip> chain = {};       // none: nothing is pending, or there is but one
  std::string database = {};                 // pristine, for people
  friend bool operator==(const RoundTrips&, const RoundTrips&) = default;
};

}  // namespace prodclone::rehearsal
