#include "sample_project.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>

#include <prodclone/base/files.hpp>
#include <prodclone/base/hash.hpp>
#include <prodclone/base/text.hpp>
#include <prodclone/databases/leases.hpp>
#include <prodclone/pg/embedded_server.hpp>
#include <prodclone/pg/session.hpp>
#include <support/eventually.hpp>

namespace prodclone::e2e {

namespace fs = std::filesystem;

namespace {

const fs::path binaries = PRODCLONE_BIN_DIR;
const fs::path build = PRODCLONE_BUILD_DIR;
const std::set<std::string> verdicts = {"schema", "fk", "locks", "dirty", "data", "roundtrip", "leftovers", "ingestion", "smoke", "preflight", "refactor"};
constexpr std::chrono::minutes patience(4);

// Made once for all test processes: the same sample takes seconds to make and no time to copy. Copied under its lock too:
// a process that finds it outdated makes it anew.
void copy_sample(const Sample& sample, const fs::path& to) {
  const fs::path samples = PRODCLONE_E2E_SAMPLES;
  make_private_directory(samples);
  const auto name = fmt::format("{}-{}", sample.variant.empty() ? "sound" : sample.variant, sample.scale);
  const FileLock guard(samples / (name + ".lock"));
  std::vector<std::string> arguments = {(binaries / "orcha-sample").string(), "--project", (samples / name).string(), "--scale", fmt::format("{}", sample.scale)};
  if (!sample.variant.empty()) arguments.insert(arguments.end(), {"--variant", sample.variant});
  const auto outcome = process::run({.arguments = arguments}, {.deadline = patience});
  if (!outcome.succeeded()) throw std::runtime_error("orcha-sample: " + tail(outcome));
  fs::create_directory(to);
  for (const auto& part : fs::directory_iterator(samples / name))
    if (part.path().filename() != ".prodclone") fs::copy(part, to / part.path().filename(), fs::copy_options::recursive);
}

std::vector<pid_t> all_processes() {
  std::vector<pid_t> pids;
  std::error_code error;
  for (fs::directory_iterator entry("/proc", error), end; !error && entry != end; entry.increment(error)) {
    const auto name = entry->path().filename().string();
    if (name.find_first_not_of("0123456789") == std::string::npos) pids.push_back(static_cast<pid_t>(std::stol(name)));
  }
  return pids;
}

}  // namespace

// ---- what ctest did ----

const JunitCase* CtestResult::find(const std::string& name) const {
  const auto found = std::find_if(cases.begin(), cases.end(), [&](const JunitCase& one) { return one.name == name; });
  return found == cases.end() ? nullptr : &*found;
}

std::vector<std::string> CtestResult::passed() const {
  std::vector<std::string> names;
  for (const auto& one : cases)
    if (one.passed()) names.push_back(one.name);
  return names;
}

std::vector<std::string> CtestResult::failed() const {
  std::vector<std::string> names;
  for (const auto& one : cases)
    if (one.failed()) names.push_back(one.name);
  return names;
}

std::set<std::string> CtestResult::red() const {
  std::set<std::string> result;
  for (const auto& one : cases)
    if (one.failed())
      for (const auto& label : labels.at(one.name))
        if (verdicts.contains(label)) result.insert(label);
  return result;
}

std::string CtestResult::failure_text(const std::string& label) const {
  std::string text;
  for (const auto& one : cases)
    if (one.failed() && labels.at(one.name).contains(label)) text += one.name + '\n' + one.text + '\n';
  return text;
}

// ---- the project ----

SampleProject::SampleProject(const Sample& sample) : root_(fs::canonical(folder_.path()) / sample.folder) {
  copy_sample(sample, root_);
  for (int major = 13; major <= 19; ++major)
    server_ids_.push_back(sha256((root_ / ".prodclone" / fmt::format("server-{}", major)).string()).substr(0, 10));
  // Half a minute in each run: the test that is about it asks for it.
  edit_config([](nlohmann::ordered_json& config) { config["budgets"]["adversary_seconds"] = 0; });
}

SampleProject::~SampleProject() {
  // Tests end with nothing left; what one that failed leaves is removed here, named.
  if (becomes_clean()) return;
  ADD_FAILURE() << "The test left behind:\n" << what_is_left();
  for (const auto& one : processes()) process::send_signal(one, SIGKILL);
  std::error_code ignored;
  for (const auto& data : server_data()) fs::remove_all(data, ignored);
}

fs::path SampleProject::pending_migration() const {
  return root_ / "resources/migrations/20260424-rename-legal-entity-to-tenant.up.sql";
}

void SampleProject::edit_config(const std::function<void(nlohmann::ordered_json&)>& edit) const {
  auto json = nlohmann::ordered_json::parse(read_file(config_file()));
  edit(json);
  write_file_atomically(config_file(), json.dump(2));
}

process::Command SampleProject::cli(std::vector<std::string> arguments) const {
  arguments.insert(arguments.begin(), {(binaries / "prodclone").string(), "--config", config_file().string()});
  return {.arguments = std::move(arguments), .unset = {"PRODCLONE_CONFIG", "PRODCLONE_UNDER_CTEST", "PRODCLONE_KEEP"}, .directory = "/"};
}

process::Command SampleProject::suite(const std::string& name, std::vector<std::string> arguments) const {
  arguments.insert(arguments.begin(), (binaries / name).string());
  return {.arguments = std::move(arguments),
          .environment = {{"PRODCLONE_CONFIG", config_file().string()}},
          .unset = {"PRODCLONE_UNDER_CTEST", "PRODCLONE_KEEP", "GTEST_FILTER"}};
}

process::Outcome SampleProject::run_cli(std::vector<std::string> arguments) const {
  return process::run(cli(std::move(arguments)), {.deadline = patience});
}

bool SampleProject::is_ours(pid_t pid) const {
  const auto line = process::command_line(pid);
  if (line.find(root_.string()) != std::string::npos) return true;
  return std::any_of(server_ids_.begin(), server_ids_.end(), [&](const std::string& id) { return line.find("prodclone-" + id) != std::string::npos; });
}

std::vector<process::Identity> SampleProject::processes() const {
  std::vector<process::Identity> found;
  for (const auto pid : all_processes())
    if (is_ours(pid))
      if (auto identity = process::identity_of(pid)) found.push_back(*identity);
  return found;
}

std::vector<process::Identity> SampleProject::processes_named(const std::string& executable) const {
  auto found = processes();
  std::erase_if(found, [&](const process::Identity& one) {
    return !process::command_line(one.pid).starts_with(executable) && process::executable_name(one.pid) != executable;
  });
  return found;
}

std::vector<fs::path> SampleProject::server_data() const {
  std::vector<fs::path> found;
  std::error_code error;
  for (const auto& id : server_ids_)
    for (const auto& place : {fs::path("/var/lib/prodclone") / id, fs::path("/var/tmp/prodclone-" + id), fs::path("/tmp/prodclone-" + id)})
      if (fs::exists(place, error)) found.push_back(place);
  for (int major = 13; major <= 19; ++major)
    if (const auto home = root_ / ".prodclone" / fmt::format("server-{}", major); fs::exists(home, error)) found.push_back(home);
  return found;
}

bool SampleProject::becomes_clean(std::chrono::milliseconds deadline) const {
  const auto clean = [&] {
    if (has_processes() || !server_data().empty()) return false;
    return !fs::exists(root_ / ".prodclone/leases.json") || databases::Leases(root_ / ".prodclone").all().empty();
  };
  return selftest::eventually(clean, deadline);
}

std::string SampleProject::what_is_left() const {
  std::string text;
  for (const auto& one : processes()) {
    auto line = process::command_line(one.pid);
    std::replace(line.begin(), line.end(), '\0', ' ');
    text += fmt::format("  process {}: {}\n", one.pid, line);
  }
  for (const auto& data : server_data()) text += "  " + data.string() + '\n';
  if (fs::exists(root_ / ".prodclone/leases.json"))
    for (const auto& lease : databases::Leases(root_ / ".prodclone").all())
      text += fmt::format("  lease {}, held by [{}], kept by \"{}\"\n", lease.thing, joined(lease.holders, ", "), lease.kept_by);
  return text + read_file_if_present(root_ / ".prodclone/warden.log").value_or("");
}

bool SampleProject::has_lease(const std::string& beginning) const {
  if (!fs::exists(root_ / ".prodclone/leases.json")) return false;
  const auto leases = databases::Leases(root_ / ".prodclone").all();
  return std::any_of(leases.begin(), leases.end(), [&](const databases::Lease& lease) { return lease.thing.starts_with(beginning); });
}

std::optional<process::Identity> SampleProject::postmaster() const {
  for (int major = 13; major <= 19; ++major)
    if (const auto record = pg::EmbeddedServer::status(root_ / ".prodclone" / fmt::format("server-{}", major))) return record->postmaster;
  return std::nullopt;
}

std::vector<std::string> SampleProject::ask_server(const std::string& sql, const std::string& database) const {
  std::vector<std::string> answers;
  for (int major = 13; major <= 19; ++major) {
    const auto record = pg::EmbeddedServer::status(root_ / ".prodclone" / fmt::format("server-{}", major));
    if (!record) continue;
    try {
      pg::Session session(record->conninfo().with_database(database));
      const auto rows = session.query(sql);
      for (std::size_t row = 0; row < rows.rows(); ++row) answers.push_back(rows.text(row, "answer"));
    } catch (const pg::SqlError&) {
      // It is starting or stopping.
    }
  }
  return answers;
}

// ---- ctest ----

Ctest::Ctest(const SampleProject& project, Environment environment) : environment_(std::move(environment)) {
  environment_["PRODCLONE_CONFIG"] = project.config_file().string();
  std::ofstream(folder_ / "CTestTestfile.cmake") << "subdirs(\"" << (build / "suites").string() << "\")\n";
}

process::Command Ctest::command(const std::vector<std::string>& arguments) const {
  std::vector<std::string> line = {PRODCLONE_CTEST, "--test-dir", folder().string(), "--no-tests=error", "--output-junit", (folder() / "junit.xml").string()};
  line.insert(line.end(), arguments.begin(), arguments.end());
  return {.arguments = line,
          .environment = environment_,
          .unset = {"PRODCLONE_UNDER_CTEST", "PRODCLONE_KEEP", "GTEST_FILTER", "CTEST_PARALLEL_LEVEL", "CTEST_OUTPUT_ON_FAILURE", "CTEST_INTERACTIVE_DEBUG_MODE"}};
}

std::map<std::string, std::set<std::string>> Ctest::labels() const {
  const auto listed = process::run({.arguments = {PRODCLONE_CTEST, "--test-dir", folder().string(), "--show-only=json-v1"}, .environment = environment_}, {.limit = std::size_t{64} << 20});
  const auto json = nlohmann::json::parse(listed.out);
  std::map<std::string, std::set<std::string>> labels;
  for (const auto& test : json.at("tests"))
    for (const auto& property : test.at("properties"))
      if (property.at("name") == "LABELS")
        for (const auto& label : property.at("value")) labels[test.at("name").get<std::string>()].insert(label.get<std::string>());
  return labels;
}

CtestResult Ctest::result(process::Outcome outcome) const {
  CtestResult result{.outcome = std::move(outcome), .labels = labels()};
  result.cases = parse_junit(read_file_if_present(folder() / "junit.xml").value_or(""));
  return result;
}

CtestResult Ctest::run(const std::vector<std::string>& arguments) const {
  std::error_code ignored;
  fs::remove(folder() / "junit.xml", ignored);
  return result(process::run(command(arguments), {.deadline = patience}));
}

std::string output(const process::Outcome& outcome) { return outcome.out + outcome.err; }

std::string tail(const process::Outcome& outcome, std::size_t bytes) {
  const auto text = output(outcome);
  return describe(outcome) + "\n" + (text.size() > bytes ? text.substr(text.size() - bytes) : text);
}

}  // namespace prodclone::e2e
