#include <prodclone/preflight/drift.hpp>

#include <fmt/format.h>

#include <algorithm>

#include <prodclone/base/text.hpp>
#include <prodclone/schema/render.hpp>

namespace prodclone::preflight {

namespace {

struct Words {
  const char* check;
  const char* why;
  const char* remedy;
};

Words words(Moment moment) {
  if (moment == Moment::before)
    return {"preflight/drift", "The deploy was rehearsed on another schema than the one that it would meet.",
            "Somebody changed production since the dump: take a new dump and rehearse again, or make the change a migration."};
  return {"postflight/schema", "The deploy did not end with the schema that its rehearsal ended with.",
          "Find out which statement did not do here what it did there; `prodclone schema-diff --format sql` writes what closes the gap."};
}

}  // namespace

schema::Differences in_both(const schema::Differences& as_it_is, const schema::Differences& restored) {
  const auto same = [](const schema::Difference& a, const schema::Difference& b) {
    return a.kind == b.kind && (a.name == b.name || (a.old_name && a.old_name == b.old_name));
  };
  auto both = as_it_is;
  std::erase_if(both.entries, [&](const schema::Difference& one) {
    const auto found = [&](const std::vector<schema::Difference>& in) { return std::any_of(in.begin(), in.end(), [&](const auto& other) { return same(one, other); }); };
    return !found(restored.entries) && !found(restored.consequences);
  });
  return both;
}

checks::Findings schema_findings(const SchemaComparison& comparison, Moment moment, const std::string& database) {
  const auto text = words(moment);
  checks::Findings findings;
  for (const auto& difference : comparison.differences.entries) {
    checks::Finding finding{.check = text.check, .object = difference.name, .what = schema::to_string(difference) + '.', .where = database, .why = text.why, .remedy = text.remedy,
                            .evidence = {"compared: " + comparison.compared}};
    for (const auto& line : lines_of(schema::to_plain(difference, {.label_a = "rehearsed", .label_b = "live"})))
      if (!trimmed(line).empty()) finding.evidence.push_back(line);
    if (!comparison.unsettled.empty()) {
      finding.check = moment == Moment::before ? "preflight/unseen" : "postflight/unseen";
      finding.what = fmt::format("Could not be told whether this is a difference or its spelling: {}.", schema::to_string(difference));
      finding.why = comparison.unsettled;
      finding.remedy = "Let this role read every table (pg_dump needs that, GRANT pg_read_all_data from 14 on), or look at the definitions below.";
    }
    findings.push_back(std::move(finding));
  }
  return findings;
}

}  // namespace prodclone::preflight
