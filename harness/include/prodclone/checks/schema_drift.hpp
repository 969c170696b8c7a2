#pragma once
#include <prodclone/checks/finding.hpp>
#include <prodclone/schema/diff.hpp>
namespace prodclone::checks {
inline Findings schema_temp(const schema::Differences& d, const char* name) {
  Findings f;
  for (const auto& e : d.entries) f.push_back({.check = name, .object = e.name, .what = schema::to_string(e)});
  return f;
}
inline Findings schema_drift(const schema::Differences& d) { return schema_temp(d, "schema/drift"); }
}
