// Comparing schemas in memory, apart from the servers that they are read from.
#include <benchmark/benchmark.h>
#include <fmt/format.h>

#include <algorithm>
#include <string>

#include <prodclone/schema/diff.hpp>
#include <prodclone/schema/pg_dump_text.hpp>
#include <prodclone/schema/render.hpp>
#include <prodclone/schema/snapshot.hpp>
#include <prodclone/schema/snapshot_json.hpp>

namespace prodclone::schema {
namespace {

constexpr std::uint32_t relations = 1259, constraints = 2606;

// A table with seven columns, a key and an index: ten objects.
Snapshot snapshot_of(int objects) {
  Snapshot snapshot{.server_version = 150018, .database = "bench"};
  std::uint32_t oid = 20000;
  for (int i = 0; i < objects / 10; ++i) {
    const auto table = fmt::format("t{}", i);
    const Identity id{relations, oid++, 0};
    snapshot.objects.push_back({.kind = "table",
                                .schema = "public",
                                .name = table,
                                .identity = id,
                                .definition = "CREATE TABLE public." + table + " ()"});
    const auto child = [&](const char* kind, const std::string& name, Identity identity, const std::string& definition,
                           std::vector<Attribute> attributes) {
      snapshot.objects.push_back({.kind = kind,
                                  .schema = "public",
                                  .name = name,
                                  .parent = "public." + table,
                                  .identity = identity,
                                  .parent_identity = id,
                                  .ordinal = identity.sub,
                                  .definition = definition,
                                  .attributes = std::move(attributes),
                                  .depends = {id}});
    };
    for (int c = 1; c <= 7; ++c)
      child("column", fmt::format("c{}", c), {relations, id.oid, c},
            fmt::format("c{} text DEFAULT 'x'::text NOT NULL", c),
            {{"default", "'x'::text", "1"}, {"not_null", "yes", ""}, {"type", "text", "25/-1"}});
    child("primary_key", table + "_pkey", {constraints, oid++, 0},
          fmt::format("CONSTRAINT {}_pkey PRIMARY KEY (c1)", table),
          {{"definition", "PRIMARY KEY (c1)", fmt::format("p/{}/1", id.oid)}});
    child("index", table + "_c2_idx", {relations, oid++, 0},
          fmt::format("CREATE INDEX {0}_c2_idx ON public.{0} USING btree (c2)", table),
          {{"on", fmt::format("ON public.{} USING btree (c2)", table), fmt::format("{}/2", id.oid)}});
  }
  std::sort(snapshot.objects.begin(), snapshot.objects.end(), [](const Object& x, const Object& y) {
    return std::pair(x.kind, qualified_name(x)) < std::pair(y.kind, qualified_name(y));
  });
  return snapshot;
}

// One column default in a hundred is another one.
Snapshot changed(Snapshot snapshot) {
  std::size_t n = 0;
  for (auto& object : snapshot.objects)
    if (object.kind == "column" && n++ % 100 == 0) object.attributes.front() = {"default", "'y'::text", "2"};
  return snapshot;
}

// One table in ten has another name, with all that stands on it.
Snapshot renamed(Snapshot snapshot) {
  for (auto& object : snapshot.objects) {
    auto& name = object.kind == "table" ? object.name : object.parent;
    if (name.ends_with("0")) name += "_renamed";
  }
  return snapshot;
}

template <typename Compare>
void compare(benchmark::State& state, const Snapshot& a, const Snapshot& b, const Compare& how) {
  std::size_t found = 0;
  for (auto _ : state) benchmark::DoNotOptimize(found = how(a, b).entries.size());
  state.counters["differences"] = static_cast<double>(found);
  state.SetItemsProcessed(static_cast<std::int64_t>(state.iterations()) * static_cast<std::int64_t>(a.objects.size()));
}

int size_of(const benchmark::State& state) {
  return static_cast<int>(state.range(0));
}
const auto by_name = [](const Snapshot& a, const Snapshot& b) { return diff(a, b); };
const auto by_identity = [](const Snapshot& a, const Snapshot& b) { return diff_by_identity(a, b); };

void DiffsEqualSnapshots(benchmark::State& state) {
  compare(state, snapshot_of(size_of(state)), snapshot_of(size_of(state)), by_name);
}
void DiffsChangedSnapshots(benchmark::State& state) {
  compare(state, snapshot_of(size_of(state)), changed(snapshot_of(size_of(state))), by_name);
}
void DiffsRenamedSnapshots(benchmark::State& state) {
  compare(state, snapshot_of(size_of(state)), renamed(snapshot_of(size_of(state))), by_name);
}
void DiffsRenamesByIdentity(benchmark::State& state) {
  compare(state, snapshot_of(size_of(state)), renamed(snapshot_of(size_of(state))), by_identity);
}

void Fingerprints(benchmark::State& state) {
  const auto snapshot = snapshot_of(size_of(state));
  for (auto _ : state) benchmark::DoNotOptimize(fingerprint(snapshot));
}

void ReadsARecordedSnapshot(benchmark::State& state) {
  const auto json = snapshot_to_json(snapshot_of(size_of(state)));
  for (auto _ : state) benchmark::DoNotOptimize(snapshot_from_json(json).objects.size());
  state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations()) * static_cast<std::int64_t>(json.size()));
}

std::string dump_text(int entries) {
  std::string text = "--\n-- PostgreSQL database dump\n--\n\nSET statement_timeout = 0;\n\n";
  for (int i = 0; i < entries; ++i)
    text += fmt::format(
        "--\n-- Name: t{0}; Type: TABLE; Schema: public; Owner: -\n--\n\nCREATE TABLE public.t{0} (\n    id bigint NOT "
        "NULL,\n"
        "    name text DEFAULT 'a'::text NOT NULL,\n    created_at timestamp with time zone DEFAULT now() NOT "
        "NULL\n);\n\n\n",
        i);
  return text;
}

void ParsesDumpText(benchmark::State& state) {
  const auto text = dump_text(size_of(state));
  for (auto _ : state) benchmark::DoNotOptimize(parse_dump_text(text).entries.size());
  state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations()) * static_cast<std::int64_t>(text.size()));
}

// Ten times the objects must not cost much more than ten times the time.
BENCHMARK(DiffsEqualSnapshots)->Arg(5000)->Arg(50000)->Unit(benchmark::kMillisecond);
BENCHMARK(DiffsChangedSnapshots)->Arg(5000)->Arg(50000)->Unit(benchmark::kMillisecond);
BENCHMARK(DiffsRenamedSnapshots)->Arg(5000)->Arg(50000)->Unit(benchmark::kMillisecond);
BENCHMARK(DiffsRenamesByIdentity)->Arg(5000)->Arg(50000)->Unit(benchmark::kMillisecond);
BENCHMARK(Fingerprints)->Arg(5000)->Unit(benchmark::kMillisecond);
BENCHMARK(ReadsARecordedSnapshot)->Arg(5000)->Unit(benchmark::kMillisecond);
BENCHMARK(ParsesDumpText)->Arg(5000)->Arg(50000)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace prodclone::schema
