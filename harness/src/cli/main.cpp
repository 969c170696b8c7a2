#include <fmt/format.h>
#include <unistd.h>

#include <functional>
#include <map>
#include <string>

#include <prodclone/base/error.hpp>
#include <prodclone/workflow/release.hpp>

#include "arguments.hpp"
#include "commands.hpp"
#include "output.hpp"

int main(int argc, char** argv) {
  using namespace prodclone;
  if (const auto code = workflow::serve_internal(argc, argv)) return *code;
  const std::map<std::string, std::function<int(const cli::Arguments&)>> commands = {
      {"init", cli::init},           {"ctest-script", cli::ctest_script},
      {"clone", cli::clone},         {"doctor", cli::doctor},
      {"load", cli::load},           {"reset", cli::reset},     {"drop-clone", cli::drop_clone},
      {"fresh", cli::fresh},         {"migrate", cli::migrate}, {"status", cli::status},
      {"schema-diff", cli::schema_diff}, {"plan", cli::plan}, {"rehearse", cli::rehearse}, {"report", cli::report},
      {"preflight", cli::preflight}, {"postflight", cli::postflight}, {"server", cli::server},
  };
  bool json = false;
  try {
    const auto arguments = cli::parse_arguments(argc, argv);
    json = arguments.json;
    return commands.at(arguments.command)(arguments);
  } catch (const cli::Usage& usage) {
    fmt::print(usage.exit_code == 0 ? stdout : stderr, "{}\n", usage.text);
    return usage.exit_code;
  } catch (const Error& error) {
    fmt::print(stderr, "prodclone: {}\n", error.what());
    if (json) cli::print_json(error);
    return exit_code(error.failure());
  } catch (const std::exception& error) {
    fmt::print(stderr, "prodclone: {}\n  This is a fault of prodclone itself; please report it.\n", error.what());
    return exit_code(Failure::could_not_check);
  }
}
