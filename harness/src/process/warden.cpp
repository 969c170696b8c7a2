#include <prodclone/process/warden.hpp>

#include <fmt/format.h>
#include <poll.h>
#include <signal.h>
#include <sys/inotify.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <nlohmann/json.hpp>

#include <prodclone/base/error.hpp>
#include <prodclone/base/files.hpp>
#include <prodclone/base/quantities.hpp>
#include <prodclone/process/background.hpp>

#include "descriptor.hpp"

namespace prodclone::process {

namespace {

namespace fs = std::filesystem;
constexpr std::string_view reserved_argument = "--prodclone-warden=";
constexpr auto kind = "prodclone/warden/1";

std::string to_json(const WardenOrder& order) {
  nlohmann::ordered_json json{{"schema", kind},
                              {"purpose", order.purpose},
                              {"log", order.log.string()},
                              {"deadline_ms", order.deadline.count()},
                              {"watched", nlohmann::json::array()},
                              {"arguments", order.on_death.arguments},
                              {"environment", order.on_death.environment},
                              {"unset", order.on_death.unset},
                              {"handed_down", order.handed_down},
                              {"directory", order.on_death.directory.string()},
                              {"program", order.on_death.program.string()}};
  for (const auto& identity : order.watched) json["watched"].push_back(to_string(identity));
  if (order.on_death.run_as) json["run_as"] = *order.on_death.run_as;
  return json.dump(2) + '\n';
}

WardenOrder from_json(const nlohmann::json& json) {
  WardenOrder order;
  order.purpose = json.at("purpose");
  order.log = json.at("log").get<std::string>();
  order.deadline = std::chrono::milliseconds(json.at("deadline_ms").get<long long>());
  for (const auto& text : json.at("watched"))
    if (auto identity = parse_identity(text)) order.watched.push_back(*std::move(identity));
  order.on_death.arguments = json.at("arguments").get<std::vector<std::string>>();
  order.on_death.environment = json.at("environment").get<std::map<std::string, std::string>>();
  order.on_death.unset = json.at("unset").get<std::vector<std::string>>();
  order.handed_down = json.at("handed_down").get<std::vector<std::string>>();
  order.on_death.directory = json.at("directory").get<std::string>();
  order.on_death.program = json.at("program").get<std::string>();
  if (json.contains("run_as")) order.on_death.run_as = json.at("run_as").get<std::string>();
  return order;
}

// One line in the log, flushed: the next thing that happens to us may be a kill.
void note(const std::string& text) {
  fmt::print("{} warden {}: {}\n", iso8601(std::chrono::system_clock::now()), ::getpid(), text);
  std::fflush(stdout);
}

// Wakes the warden when the order's file goes; looked at every second as well, for file systems that tell nothing.
class FileWatch {
 public:
  explicit FileWatch(const fs::path& file) : descriptor_(::inotify_init1(IN_CLOEXEC | IN_NONBLOCK)) {
    if (descriptor_.open())
      ::inotify_add_watch(descriptor_.value(), file.c_str(), IN_DELETE_SELF | IN_MOVE_SELF | IN_ATTRIB);
  }
  int descriptor() const { return descriptor_.value(); }
  void drain() const {
    char events[4096];
    while (::read(descriptor_.value(), events, sizeof events) > 0) {
    }
  }

 private:
  Descriptor descriptor_;
};

// Those that are set. Given to a child by name, since children are started without PG* variables.
std::map<std::string, std::string> values_of(const std::vector<std::string>& variables) {
  std::map<std::string, std::string> values;
  for (const auto& variable : variables)
    if (const char* value = std::getenv(variable.c_str())) values[variable] = value;
  return values;
}

// True when the watched process is gone, false when the order is.
bool wait_for_death(const Identity& watched, const fs::path& order_file, const FileWatch& watch) {
  const Descriptor process(static_cast<int>(::syscall(SYS_pidfd_open, watched.pid, 0)));
  std::error_code error;
  while (alive(watched) && fs::exists(order_file, error)) {
    pollfd waits[] = {{process.value(), POLLIN, 0}, {watch.descriptor(), POLLIN, 0}};
    ::poll(waits, 2, process.open() ? 1000 : 300);
    watch.drain();
  }
  return fs::exists(order_file, error);
}

int serve(const fs::path& file) {
  auto order = read_order(file);
  if (!order) return 0;  // released before we looked
  order->on_death.environment.merge(values_of(order->handed_down));
  const FileWatch watch(file);
  for (const auto& identity : order->watched)
    if (!wait_for_death(identity, file, watch)) return 0;
  note(fmt::format("the owner is gone; {}", order->purpose));
  try {
    const auto tell = [](std::string_view line) { note(std::string(line)); };
    const auto outcome =
        run(order->on_death, {.deadline = order->deadline, .on_error_line = tell, .on_output_line = tell});
    note(fmt::format("{}: {}", order->on_death.arguments.at(0), describe(outcome)));
    if (!outcome.succeeded())
      return outcome.exit_code != 0 ? outcome.exit_code : exit_code(Failure::cleanup_incomplete);
  } catch (const std::exception& error) {
    note(error.what());
    return exit_code(Failure::cleanup_incomplete);
  }
  std::error_code error;
  fs::remove(file, error);
  return 0;
}

}  // namespace

Identity start_warden(const WardenOrder& order) {
  write_file_atomically(order.file, to_json(order));
  const Command self{.arguments = {"prodclone-warden",
                                   std::string(reserved_argument) + fs::absolute(order.file).string(), order.purpose},
                     .environment = values_of(order.handed_down),
                     .directory = "/",
                     .ignores_termination = true,
                     .program = "/proc/self/exe"};
  return start_detached(self, order.log.empty() ? fs::path("/dev/null") : order.log);
}

std::optional<int> serve_as_warden(int argc, char** argv) {
  if (const auto code = serve_end_marked(argc, argv)) return code;
  if (argc < 2 || !std::string_view(argv[1]).starts_with(reserved_argument)) return std::nullopt;
  ::signal(SIGPIPE, SIG_IGN);
  ::prctl(PR_SET_NAME, "prodclone-warden");
  return serve(std::string_view(argv[1]).substr(reserved_argument.size()));
}

std::optional<WardenOrder> read_order(const fs::path& file) {
  try {
    const auto text = read_file_if_present(file);
    if (!text) return std::nullopt;
    const auto json = nlohmann::json::parse(*text);
    if (json.at("schema") != kind) return std::nullopt;
    auto order = from_json(json);
    order.file = file;
    return order;
  } catch (const std::exception&) {
    return std::nullopt;
  }
}

}  // namespace prodclone::process
