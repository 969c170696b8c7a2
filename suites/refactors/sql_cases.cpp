// The cases that a project wrote in SQL alone: refactors/<case>/case.json and *.sql. --prodclone-cases=FOLDER names
// another folder, from the project's own.
#include <string_view>

#include <prodclone/testing/run_suite.hpp>
#include <prodclone/testing/sql_cases.hpp>

int main(int argc, char** argv) {
  constexpr std::string_view option = "--prodclone-cases=";
  std::string_view folder;
  for (int i = 1; i < argc; ++i)
    if (const std::string_view argument = argv[i]; argument.starts_with(option)) folder = argument.substr(option.size());
  return prodclone::testing::run_suite(
      argc, argv, {.labels = PRODCLONE_SUITE_LABELS, .prepare = [&](const prodclone::config::Project& project) {
                     return prodclone::testing::register_sql_cases(project, folder);
                   }});
}
