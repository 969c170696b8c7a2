// What of a dump is not in the database that it was loaded into as it was in production, and why.
#pragma once

#include <cstdint>
#include <string>

namespace prodclone::dump {

enum class Shortfall {
  not_loaded,  // it is not there
  altered,     // it is there, but not as in production
  left_out,    // on purpose: it would act on its own, or belongs to the server
};

struct Unloaded {
  Shortfall shortfall = Shortfall::not_loaded;
  std::string kind = {};     // as pg_dump names it: "table", "foreign_key", "extension", "table_data", "subscription"
  std::string name = {};     // qualified, unquoted: "public.b.b_a_fkey"
  std::string reason = {};   // one sentence, without values of rows
  std::string remedy = {};   // may be empty
  std::string cause = {};    // "extension postgis": what else was not loaded and this needs; empty: nothing known
  std::int64_t count = 1;    // of table_data sent as INSERTs: rows
  friend bool operator==(const Unloaded&, const Unloaded&) = default;
};

}  // namespace prodclone::dump
