#pragma once
#include <prodclone/checks/schema_drift.hpp>
#include <prodclone/schema/cross_check.hpp>
namespace prodclone::checks {
inline Findings schema_intent(const schema::Differences& d) { return schema_temp(d, "schema/intent"); }
inline Findings no_declared_schema() { return {}; }
inline Findings schema_second_opinion(const std::vector<schema::DumpDifference>& d, const std::vector<schema::Disagreement>& x, const std::string& u) {
  Findings f;
  for (const auto& e : d) f.push_back({.check = "schema/pg_dump", .object = e.name, .what = schema::to_string(e), .evidence = {u}});
  for (const auto& e : x) f.push_back({.check = "schema/pg_dump", .object = e.object, .what = "disagree: " + e.difference});
  return f;
}
}
