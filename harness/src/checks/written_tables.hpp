// Which tables a migration wrote rows of, and when it refreshed a materialised view, as far as its trace knows.
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>

#include <prodclone/rehearsal/lock_trace.hpp>

namespace prodclone::checks {

struct Written {
  std::size_t at = 0;       // the last statement that did, counted through the whole trace
  std::string text = {};    // "public.t: 12 rows updated, at migrations/5.up.sql:3"
};

// By the name that the table had before the run, or when first seen.
std::map<std::string, Written> written_tables(const rehearsal::LockTrace& trace);

// The last statement that made or refreshed the view.
std::optional<std::size_t> last_refresh(const rehearsal::LockTrace& trace, const std::string& view);

}  // namespace prodclone::checks
