#include "declared_schema.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>
#include <vector>

#include <prodclone/base/error.hpp>
#include <prodclone/base/files.hpp>
#include <prodclone/dump/dump_file.hpp>
#include <prodclone/dump/load.hpp>
#include <prodclone/pg/driver.hpp>
#include <prodclone/pg/sql_scanner.hpp>

namespace prodclone::workflow {

namespace {

namespace fs = std::filesystem;

void run_script(const fs::path& file, pg::Driver& driver) {
  const auto script = pg::scan_script(read_file(file));
  if (script.unterminated)
    throw Error(Failure::usage, fmt::format("{}:{}: {} is never closed.", file.string(), script.unterminated->line, script.unterminated->what));
  std::string copy;
  for (const auto& part : script.parts) {
    const auto where = fmt::format("running {}:{}", file.string(), part.line);
    switch (part.kind) {
      case pg::ScriptPartKind::psql_command:
        // pg_dump guards its scripts with these two; they mean nothing to anybody but psql.
        if (part.text.starts_with("\\restrict") || part.text.starts_with("\\unrestrict")) break;
        throw Error(Failure::usage, fmt::format("{}:{}: {} is a command of psql, and the declared schema must be plain SQL.", file.string(), part.line, part.text));
      case pg::ScriptPartKind::copy_data:
        doing(where, [&] { driver.copy_in(copy, part.text); });
        copy.clear();
        break;
      case pg::ScriptPartKind::statement: {
        const auto next = &part + 1;
        const bool feeds = next < script.parts.data() + script.parts.size() && next->kind == pg::ScriptPartKind::copy_data;
        if (feeds) copy = part.text;
        else doing(where, [&] { driver.run(part.text); });
      }
    }
  }
  if (driver.transaction_state() != pg::TransactionState::idle)
    throw Error(Failure::usage, fmt::format("{} ends inside a transaction, so nothing of it would stay.", file.string()),
                "End it with COMMIT.");
}

bool is_archive(const fs::path& path) {
  if (fs::is_directory(path)) return fs::exists(path / "toc.dat");
  const auto extension = path.extension();
  return extension != ".sql" && dump::is_archive(dump::recognise(path).format);
}

}  // namespace

void load_declared_schema(const fs::path& declared, const pg::ConnInfo& target, const fs::path& work) {
  if (is_archive(declared)) {
    dump::load_dump(dump::recognise(declared), target, {.work = work});
    return;
  }
  std::vector<fs::path> files;
  if (fs::is_directory(declared)) {
    for (const auto& entry : fs::recursive_directory_iterator(declared))
      if (entry.is_regular_file() && entry.path().extension() == ".sql") files.push_back(entry.path());
    std::sort(files.begin(), files.end());
    if (files.empty()) throw Error(Failure::usage, fmt::format("schema.expected: {} holds no .sql file.", declared.string()));
  } else {
    files.push_back(declared);
  }
  for (const auto& file : files) {
    // A new session for each: a `SET search_path` in one file is not the next one's.
    pg::Driver driver(target);
    run_script(file, driver);
  }
}

}  // namespace prodclone::workflow
