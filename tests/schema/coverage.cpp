#include "coverage.hpp"

#include <fmt/format.h>

#include <algorithm>

#include <prodclone/base/text.hpp>
#include <prodclone/schema/kinds.hpp>

#include "script_pairs.hpp"

namespace prodclone::schema {

namespace {

// "changed operator class app.c USING btree (default)": the longest noun that fits, for some begin with another.
const Kind* kind_at(std::string_view text) {
  const Kind* found = nullptr;
  for (const auto& kind : kinds())
    if (text.starts_with(std::string(kind.noun) + ' ') && (!found || kind.noun.size() > found->noun.size()))
      found = &kind;
  return found;
}

// The last brackets hold the attributes; those of a signature or a cast stand before them.
std::vector<std::string> attributes_in(std::string_view line) {
  const auto at = line.rfind(" (");
  return split(line.substr(at + 2, line.size() - at - 3), ',');
}

constexpr std::string_view head =
    R"(# What the schema gate compares

Made by prodclone's own tests (`PRODCLONE_RENEW_DOCS=1 ctest -R Mutation`) and compared with this page on every run.
A database holds every kind of object that `pg_dump -s` writes on PostgreSQL 13 to 18 (`tests/schema/kitchen_sink.sql`).
Each of {} statements changes one thing in it. For each of them:

- the diff names exactly that object, its kind and the attributes, in both directions, across databases and within one lineage;
- undone, nothing differs, and the fingerprint is what it was;
- `pg_dump` sees it where it can, and the two witnesses agree;
- dumped and restored, nothing is lost (statements that write into catalogs are not restored);
- `schema-diff --format sql` leads there and back, owners and privileges with it, or says what PostgreSQL has no statement for.

The same is tried on databases that nobody made for testing: each object of the sample in `fixtures/orcha` renamed, dropped,
commented on and granted, its attributes changed, as `tests/schema/derived_mutations.cpp` derives it from the snapshot. One
mutation of each sort is tried on every run, all with `PRODCLONE_ALL_MUTATIONS=1`, and on a folder of other databases with
`PRODCLONE_SAMPLE_DATABASES=<folder>`.

## Kinds and attributes

{} kinds, {} of their attributes. + and − : a mutation adds, removes one. → : a rename is seen as one. A number is the first major on which it can be tried.
`owner` and `privileges` are compared on request (`--owners`, `--privileges`), as are default privileges and large objects
(`--large-objects`): to most those are content.

| kind | in pg_dump | | changed by a mutation |
|---|---|---|---|
)";

constexpr std::string_view left_out = R"(
## Left out, and why

| what | why |
|---|---|
| databases, roles, table spaces, their settings, comments and security labels | they belong to the cluster, `pg_dump -s` leaves them out, and a copy of a database does not carry them |
| members of extensions | the extension's name and version stand for them |
| sequence values, statistics, relation sizes | content, not structure |
| versions of collations | they belong to the machine |
| connections of subscriptions; values of a user mapping's options | secrets: of the values only the beginning of a hash is compared, and nothing where the role may not read them |
| `synchronous_commit` and the comment of a subscription on PostgreSQL 13 | an ordinary role may not read them there |
| NOT NULL constraints as objects of their own | they stand with their column or domain, with their name where it is not the server's choice |
| the implicit objects of others | array types, row types, multiranges, a constraint's index, a view's rule, internal triggers |
| operators without a function, collations of another encoding | `pg_dump` leaves them out too |
| enable states of the triggers behind foreign keys | `pg_dump` leaves them out; the leftovers check reports them |
| physical column order | its own class, only with `--strict`; but the server lists the columns of extended statistics in that order, so `CREATE STATISTICS` differs where theirs does |
)";

}  // namespace

std::map<std::string, KindCoverage> coverage_of(const std::vector<Mutation>& mutations) {
  std::map<std::string, KindCoverage> covered;
  const auto add = [&](const std::string& line, int from_major) {
    const auto blank = line.find(' ');
    const auto change = line.substr(0, blank);
    const auto* kind = kind_at(std::string_view(line).substr(blank + 1));
    if (!kind) return;
    auto& entry = covered[std::string(kind->name)];
    entry.added |= change == "added";
    entry.removed |= change == "removed";
    entry.renamed |= change == "renamed";
    if (change != "changed") return;
    for (const auto& attribute : attributes_in(line)) {
      const auto [found, is_new] = entry.attributes.emplace(trimmed(attribute), from_major);
      if (!is_new) found->second = std::min(found->second, from_major);
    }
  };
  for (const auto& mutation : mutations) {
    for (const auto& line : mutation.expected) add(line, mutation.from_major);
    for (const auto& line : mutation.lineage) add(line, mutation.from_major);
  }
  return covered;
}

const std::vector<Excuse>& excuses() {
  static const std::vector<Excuse> list = {
      {"procedure", "cost", "the same for all procedures"},
      {"procedure", "rows", "the same for all procedures"},
      {"procedure", "parallel", "the same for all procedures"},
      {"procedure", "volatility", "the same for all procedures"},
  };
  return list;
}

std::set<std::string> uncovered(const Snapshot& snapshot, const std::map<std::string, KindCoverage>& covered) {
  std::set<std::string> missing;
  for (const auto& object : snapshot.objects) {
    const auto kind = covered.find(object.kind);
    for (const auto& one : object.attributes) {
      if (one.value.empty()) continue;
      if (kind != covered.end() && kind->second.attributes.contains(one.name)) continue;
      if (std::none_of(excuses().begin(), excuses().end(),
                       [&](const Excuse& e) { return e.kind == object.kind && e.attribute == one.name; }))
        missing.insert(object.kind + ' ' + one.name);
    }
  }
  return missing;
}

std::string coverage_document(const std::vector<Mutation>& mutations) {
  const auto covered = coverage_of(mutations);
  std::size_t attributes = 0;
  for (const auto& [kind, entry] : covered) attributes += entry.attributes.size();
  auto text = fmt::format(head, mutations.size(), covered.size(), attributes);
  for (const auto& kind : kinds()) {
    const auto found = covered.find(std::string(kind.name));
    if (found == covered.end()) continue;
    const auto& entry = found->second;
    std::vector<std::string> names;
    for (const auto& [name, from] : entry.attributes)
      names.push_back(from > 13 ? fmt::format("{} ({})", name, from) : name);
    text += fmt::format("| `{}` | {} | {}{}{} | {} |\n", kind.name, kind.pg_dump_type, entry.added ? "+" : "",
                        entry.removed ? "−" : "", entry.renamed ? "→" : "", joined(names, ", "));
  }
  text += "\n## Not led to by a script\n\n| statement, or its way back | what the script says |\n|---|---|\n";
  for (const auto& one : mutations_not_expressed())
    text += fmt::format("| `{}` | {} |\n", replaced(one.ddl, "|", "\\|"), one.why);
  text += "\n## Not changed alone by any mutation\n\n| kind | attribute | why |\n|---|---|---|\n";
  for (const auto& excuse : excuses())
    text += fmt::format("| `{}` | {} | {} |\n", excuse.kind, excuse.attribute, excuse.reason);
  return text + std::string(left_out);
}

}  // namespace prodclone::schema
