#include "init_texts.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <cctype>

#include <prodclone/base/text.hpp>

namespace prodclone::workflow {

const std::string_view no_invalid_index =
    R"(-- Every query of this file must return no rows. Files named before_*.sql run on production's data right before the
-- migration, after_*.sql right after it, both_*.sql at both moments. Copy this one for your own claims.
SELECT indexrelid::regclass AS invalid_index, indrelid::regclass AS on_table
FROM pg_index
WHERE NOT indisvalid;
)";

// CTest 3.25 leaves CMAKE_CURRENT_LIST_DIR empty in its first file; the working folder is always this file's.
const std::string_view ctest_testfile = R"(# Lists the tests of the rehearsal each time ctest starts; nothing is built. Written by `prodclone init`.
#   ctest -L prodclone --no-tests=error --output-on-failure
file(REAL_PATH "." here)
set(prodclone "$ENV{PRODCLONE_PROGRAM}")
if(NOT prodclone AND EXISTS "${here}/.prodclone/program")
  file(STRINGS "${here}/.prodclone/program" prodclone LIMIT_COUNT 1)
endif()
if(NOT EXISTS "${prodclone}")
  set(prodclone prodclone)
endif()
execute_process(COMMAND "${prodclone}" ctest-script OUTPUT_VARIABLE script OUTPUT_STRIP_TRAILING_WHITESPACE
  ERROR_VARIABLE error RESULT_VARIABLE result)
if(result EQUAL 0)
  include("${script}")
  prodclone_rehearse("${here}")
else()
  add_test(prodclone.is_installed sh -c "echo 'prodclone cannot be run: it is not in PATH, nor named by PRODCLONE_PROGRAM.'; exit 1")
  set_tests_properties(prodclone.is_installed PROPERTIES LABELS
    "prodclone;schema;fk;locks;dirty;data;roundtrip;leftovers;ingestion;smoke;refactor")
endif()
)";

std::string identifier(std::string_view text) {
  std::string name;
  for (const char c : lower(text)) name += std::isalnum(static_cast<unsigned char>(c)) ? c : '_';
  return name.empty() || std::isdigit(static_cast<unsigned char>(name.front())) ? "project_" + name : name;
}

std::string project_json(const Repository& repository, const InitOptions& options) {
  const auto& found = *repository.migrations;
  nlohmann::ordered_json json = {{"$schema", ".prodclone/prodclone.schema.json"}, {"project", identifier(repository.root.filename().string())}};
  if (!repository.dump.empty()) {
    json["default_source"] = "file";
    json["sources"]["file"] = {{"kind", "dump"}, {"path", repository.dump.string()}};
  }
  if (!options.server_url_env.empty()) json["server"] = {{"kind", "url"}, {"url_env", options.server_url_env}};
  else if (found.commands.needs_loopback) json["server"] = {{"kind", "embedded"}, {"loopback", true}};
  auto& migrations = json["migrations"];
  migrations["layout"] = found.layout;
  if (!found.directory.empty()) migrations["dir"] = found.directory.string();
  if (!found.init.empty()) migrations["init"] = found.init.string();
  if (!found.commands.up.empty()) {
    const auto& commands = found.commands;
    if (!commands.table.empty()) migrations["table"] = commands.table;
    migrations["up"] = commands.up;
    if (!commands.down.empty()) migrations["down"] = commands.down;
    if (!commands.status.empty()) migrations["status"] = commands.status;
    if (!commands.pending_pattern.empty()) migrations["pending_pattern"] = commands.pending_pattern;
    if (!commands.url_env.empty()) migrations["url_env"] = commands.url_env;
  }
  if (!repository.declared_schema.empty()) json["schema"] = {{"expected", repository.declared_schema.string()}};
  if (!repository.database_env.empty()) json["application"] = {{"database_env", repository.database_env}};
  return json.dump(2) + '\n';
}

std::string case_json(const std::string& migration) {
  return nlohmann::ordered_json{{"about", "What must hold of this migration; say it in a sentence"},
                                {"migration", migration.empty() ? "what is pending" : migration}}
             .dump(2) +
         '\n';
}

std::string cpp_case(const std::string& migration) {
  std::string name;
  bool begins = true;
  for (const char c : migration) {
    const auto byte = static_cast<unsigned char>(c);
    if (!std::isalnum(byte)) {
      begins = true;
    } else if (!name.empty() || std::isdigit(byte) == 0) {
      name += begins ? static_cast<char>(std::toupper(byte)) : c;
      begins = false;
    }
  }
  return fmt::format(R"(// Say in a sentence what this migration is for. Each test has a private copy of production, stopped right before it.
#include <prodclone/testing.hpp>
using namespace prodclone::testing;

class {0} : public MigrationCase {{
  std::string_view migration() const override {{ return "{1}"; }}
}};

TEST_F({0}, RewritesNothingAndLocksBriefly) {{
  EXPECT_THAT(up(), ::testing::AllOf(Succeeds(), RewritesNothing(), HoldsNoLockOver(std::chrono::milliseconds(500))));
}}
)",
                     name.empty() ? "FirstCase" : name, migration);
}

std::string cmake_calls(const std::string& source, const std::string& prefix) {
  auto text = fmt::format("find_package(prodclone REQUIRED)\nprodclone_project(CONFIG {}prodclone.json)\nprodclone_add_standard_suites()\n", prefix);
  if (!source.empty()) text += fmt::format("prodclone_add_case(first_case SOURCES {}{})\n", prefix, source);
  return text;
}

std::string cmake_lists(const std::string& project, const std::string& source) {
  return fmt::format("cmake_minimum_required(VERSION 3.25)\nproject({} LANGUAGES C CXX)\nenable_testing()\n{}", project, cmake_calls(source, ""));
}

}  // namespace prodclone::workflow
