#include <prodclone/workflow/init.hpp>

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>

#include <prodclone/base/error.hpp>
#include <prodclone/base/files.hpp>
#include <prodclone/base/text.hpp>
#include <prodclone/config/project.hpp>
#include <prodclone/config/schema.hpp>

#include "init_texts.hpp"

namespace prodclone::workflow {

namespace {

namespace fs = std::filesystem;

void add(InitPlan& plan, const fs::path& path, std::string_view content) {
  const bool there = fs::exists(fs::symlink_status(plan.repository.root / path));
  plan.files.push_back({path, there ? std::string() : std::string(content), there ? FileAction::keep : FileAction::write});
}

// Lines that .gitignore lacks. A dump holds people's data: it must never be committed by accident.
void add_ignored(InitPlan& plan) {
  const auto existing = read_file_if_present(plan.repository.root / ".gitignore");
  std::vector<std::string> known;
  for (const auto& line : lines_of(existing.value_or(""))) known.emplace_back(trimmed(line));
  std::vector<std::string> wanted = {"/dump/", "/.prodclone/", "/Testing/"};
  const auto& dump = plan.repository.dump;
  if (!dump.empty() && dump.begin()->string() != "dump") wanted.push_back('/' + dump.string());
  std::string lines;
  for (const auto& line : wanted) {
    const auto bare = line.substr(1);
    const auto without_slash = bare.ends_with('/') ? bare.substr(0, bare.size() - 1) : bare;
    const bool there = std::any_of(known.begin(), known.end(), [&](const std::string& one) {
      return one == line || one == bare || one == without_slash || one == '/' + without_slash;
    });
    if (!there) lines += line + '\n';
  }
  if (lines.empty()) {
    plan.files.push_back({".gitignore", {}, FileAction::keep});
    return;
  }
  const bool needs_line_end = existing && !existing->empty() && existing->back() != '\n';
  plan.files.push_back({".gitignore", (needs_line_end ? "\n" : "") + ("# prodclone: production data, its workspace, CTest's\n" + lines),
                        existing ? FileAction::append : FileAction::write});
}

void add_first_case(InitPlan& plan, const InitOptions& options) {
  const auto& repository = plan.repository;
  const auto refactors = repository.root / "refactors";
  if (fs::is_directory(refactors) && !fs::is_empty(refactors)) {
    plan.files.push_back({"refactors", {}, FileAction::keep});
    return;
  }
  const auto& last = repository.migrations->last;
  const auto name = last.empty() ? std::string("first_case") : last;
  const auto folder = fs::path("refactors") / replaced(name, "/", "_");
  if (options.cpp) {
    add(plan, folder / "case.cpp", cpp_case(last));
    return;
  }
  add(plan, folder / "case.json", case_json(last));
  add(plan, folder / "after_no_index_is_invalid.sql", no_invalid_index);
}

void add_ctest(InitPlan& plan, const InitOptions& options) {
  if (!options.cpp) {
    add(plan, "CTestTestfile.cmake", ctest_testfile);
    return;
  }
  std::string source;
  for (const auto& file : plan.files)
    if (file.path.filename() == "case.cpp") source = file.path.string();
  const auto name = identifier(plan.repository.root.filename().string());
  if (!fs::exists(plan.repository.root / "CMakeLists.txt")) {
    add(plan, "CMakeLists.txt", cmake_lists(name, source));
    return;
  }
  plan.files.push_back({"CMakeLists.txt", {}, FileAction::keep});
  add(plan, "refactors/prodclone.cmake", cmake_calls(source, "${CMAKE_CURRENT_LIST_DIR}/../"));
  plan.next.push_back("Add to CMakeLists.txt, after enable_testing():");
  plan.next.push_back("  include(refactors/prodclone.cmake)");
}

// As the reader must type it.
std::string command_name(const fs::path& program) {
  const char* path = std::getenv("PATH");
  std::error_code error;
  for (const auto& folder : split(path == nullptr ? "" : path, ':'))
    if (!folder.empty() && fs::exists(fs::path(folder) / "prodclone", error)) {
      if (program.empty() || fs::equivalent(fs::path(folder) / "prodclone", program, error)) return "prodclone";
      break;
    }
  return program.empty() ? "prodclone" : program.string();
}

void say_what_is_next(InitPlan& plan, const InitOptions& options) {
  const auto& repository = plan.repository;
  if (repository.dump.empty()) {
    plan.next.push_back("Put a dump of production into dump/ (any pg_dump format; it stays out of git):");
    plan.next.push_back(fmt::format("  umask 077; mkdir -p dump; pg_dump -Fc --file dump/prod.dump \"${}\"", repository.url_env.empty() ? "DATABASE_URL" : repository.url_env));
    if (!repository.url_env.empty()) plan.next.push_back(fmt::format("(with {} set to production's address, for this one command)", repository.url_env));
  }
  plan.next.push_back("Rehearse:");
  if (options.cpp) {
    const auto prefix = options.program.parent_path().parent_path().string();
    plan.next.push_back(fmt::format("  cmake -B build -DCMAKE_PREFIX_PATH={} && cmake --build build", prefix.empty() ? "<where prodclone is installed>" : prefix));
    plan.next.push_back("  ctest --test-dir build -L prodclone --no-tests=error --output-on-failure");
  } else {
    plan.next.push_back("  ctest -L prodclone --no-tests=error --output-on-failure");
  }
  plan.next.push_back("Then read what was found, as one report:");
  plan.next.push_back("  " + command_name(options.program) + " report");
}

// Migrations of a tool that nothing in the repository tells of, where somebody has written down its commands.
void take_configured_commands(Repository& repository) {
  const auto project = config::load_project(repository.root / "prodclone.json", repository.root);
  const auto& commands = project.migrations.command;
  if (commands.up.empty()) return;
  repository.migrations = FoundMigrations{.layout = "command", .tool = commands.up.front(), .commands = {.up = commands.up, .down = commands.down, .status = commands.status}};
  repository.found.insert(repository.found.begin(), {"migrations", joined(commands.up, " ") + " (layout command)", "prodclone.json"});
  repository.notes.clear();
}

}  // namespace

InitPlan plan_init(const fs::path& root, const InitOptions& options) {
  InitPlan plan{.repository = look_at_repository(root, options.hints)};
  const auto& repository = plan.repository;
  const bool configured = fs::exists(repository.root / "prodclone.json");
  if (configured && !repository.migrations) take_configured_commands(plan.repository);
  if (!repository.migrations) {
    std::string what = fmt::format("No migrations that prodclone can apply were found in {}.", repository.root.string());
    for (const auto& note : repository.notes) what += '\n' + note;
    throw Error(Failure::usage, what,
                "Known are files like 000012_name.up.sql (golang-migrate), 20260424-name.up.sql (Migratus), 2026-04-24-101500_name/up.sql (Diesel), "
                "and Alembic, Rails, Django, Prisma and Flyway through their own commands. `prodclone init --migrations FOLDER` names the folder.");
  }
  const auto text = project_json(repository, options);
  if (!configured) config::parse_project(text, repository.root / "prodclone.json");  // it must be right before it is written
  add(plan, "prodclone.json", text);
  add_first_case(plan, options);
  add_ctest(plan, options);
  add_ignored(plan);
  say_what_is_next(plan, options);
  // Facts of this machine, in the folder that git ignores: made anew whenever they are asked for.
  plan.files.push_back({".prodclone/prodclone.schema.json", std::string(config::project_schema()), FileAction::write});
  if (!options.program.empty()) plan.files.push_back({".prodclone/program", options.program.string() + '\n', FileAction::write});
  return plan;
}

void carry_out(const InitPlan& plan) {
  const auto& root = plan.repository.root;
  for (const auto& file : plan.files) {
    if (file.action == FileAction::keep) continue;
    const auto path = root / file.path;
    doing("writing " + path.string(), [&] {
      if (*file.path.begin() == ".prodclone") {
        make_private_directory(root / ".prodclone");
        write_file_atomically(path, file.content);
        return;
      }
      fs::create_directories(path.parent_path());
      // O_EXCL: what appeared since the plan was made is not overwritten either.
      const int flags = file.action == FileAction::append ? O_WRONLY | O_APPEND : O_WRONLY | O_CREAT | O_EXCL;
      const int descriptor = ::open(path.c_str(), flags | O_CLOEXEC, 0666);
      if (descriptor < 0) throw Error(Failure::could_not_check, fmt::format("{} could not be written: {}.", path.string(), std::strerror(errno)));
      const auto written = ::write(descriptor, file.content.data(), file.content.size());
      const int closed = ::close(descriptor);
      if (written != static_cast<ssize_t>(file.content.size()) || closed != 0)
        throw Error(Failure::could_not_check, fmt::format("{} could not be written whole: {}.", path.string(), std::strerror(errno)));
    });
  }
}

}  // namespace prodclone::workflow
