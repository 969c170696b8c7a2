// Splitting scripts: a dump of gigabytes goes through it.
#include <benchmark/benchmark.h>
#include <fmt/format.h>

#include <string>

#include <prodclone/pg/sql_scanner.hpp>

namespace prodclone::pg {
namespace {

std::string ddl(int objects) {
  std::string script = "-- PostgreSQL database dump\nSET standard_conforming_strings = on;\n";
  for (int i = 0; i < objects; ++i)
    script += fmt::format(
        "--\n-- Name: t{0}; Type: TABLE; Schema: public; Owner: -\n--\n\nCREATE TABLE public.t{0} (\n    id bigint NOT "
        "NULL,\n"
        "    name text DEFAULT 'it''s; not the end' NOT NULL,\n    CHECK ((length(name) > 0))\n);\n\n"
        "CREATE FUNCTION public.f{0}() RETURNS trigger\n    LANGUAGE plpgsql\n    AS $fn$\nBEGIN\n  NEW.name := 'a;b'; "
        "/* ; */\n"
        "  RETURN NEW;\nEND\n$fn$;\n\n",
        i);
  return script;
}

std::string copy_data(int rows) {
  std::string script = "COPY public.t (id, name, amount, at) FROM stdin;\n";
  for (int i = 0; i < rows; ++i)
    script += fmt::format("{}\tname; of 'row' {}\t{}.50\t2026-04-24 10:00:00+00\n", i, i, i % 1000);
  return script + "\\.\n";
}

void scan(benchmark::State& state, const std::string& script) {
  for (auto _ : state) {
    std::size_t parts = 0;
    const auto unterminated = for_each_part(script, {}, [&](const ScriptPartView&) { ++parts; });
    if (unterminated) state.SkipWithError("the script was not read to its end");
    benchmark::DoNotOptimize(parts);
  }
  state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations()) * static_cast<std::int64_t>(script.size()));
}

void ScansDefinitions(benchmark::State& state) {
  scan(state, ddl(static_cast<int>(state.range(0))));
}
void ScansCopyData(benchmark::State& state) {
  scan(state, copy_data(static_cast<int>(state.range(0))));
}

// Twice the size must cost twice the time.
BENCHMARK(ScansDefinitions)->Arg(2000)->Arg(20000)->Unit(benchmark::kMillisecond);
BENCHMARK(ScansCopyData)->Arg(20000)->Arg(200000)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace prodclone::pg
