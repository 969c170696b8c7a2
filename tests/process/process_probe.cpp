// A process that tests start, question and kill.
#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include <prodclone/base/error.hpp>
#include <prodclone/base/files.hpp>
#include <prodclone/process/child.hpp>
#include <prodclone/process/identity.hpp>
#include <prodclone/process/warden.hpp>

namespace {

using namespace prodclone;
using Words = std::vector<std::string>;

int descriptors(const Words&) {
  for (const auto& entry : std::filesystem::directory_iterator("/proc/self/fd")) {
    std::error_code error;
    const auto target = std::filesystem::read_symlink(entry.path(), error).string();
    const int number = std::stoi(entry.path().filename());
    if (number > 2 && target.find("/proc/") != 0) fmt::print("{} {}\n", number, target);
  }
  return 0;
}

int ancestor(const Words& words) {
  const auto found = process::ancestor_named(words.at(0));
  fmt::print("{}\n", found ? process::to_string(*found) : "none");
  return 0;
}

int detach(const Words& words) {
  fmt::print("{}\n", process::to_string(process::start_detached({.arguments = {"sleep", "100"}}, words.at(0))));
  return 0;
}

int run_until_killed(const Words& words) {
  process::run({.arguments = {"sh", "-c", "echo $$ > \"$0\"; exec sleep 100", words.at(0)}});
  return 0;
}

int without_standard_streams(const Words& words) {
  for (const int descriptor : {0, 1, 2}) ::close(descriptor);
  const auto outcome = process::run({.arguments = {"sh", "-c", "cat; echo out; echo err >&2"}});
  write_file_atomically(words.at(0), outcome.out + outcome.err);
  return 0;
}

int touch(const Words& words) {
  std::ofstream file(words.at(0));
  return file ? 0 : 1;
}

// own ORDER MARK LOG [IDENTITY]: watched (after IDENTITY) by a warden that touches MARK.
int own(const Words& words) {
  std::vector<process::Identity> watched;
  if (words.size() > 3) watched.push_back(process::parse_identity(words[3]).value());
  watched.push_back(process::self());
  // Open and inheritable: what a warden must not keep.
  [[maybe_unused]] const int held = ::open(words[2].c_str(), O_RDWR | O_CREAT, 0600);
  const auto warden = process::start_warden({.file = words[0],
                                             .watched = watched,
                                             .on_death = {.arguments = {"/proc/self/exe", "touch", words[1]}},
                                             .log = words[2] + ".warden",
                                             .purpose = "touches a mark"});
  write_file_atomically(words[0] + ".warden", process::to_string(warden));
  ::pause();
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  if (const auto code = process::serve_as_warden(argc, argv)) return *code;
  const std::string verb = argc > 1 ? argv[1] : "";
  const Words words(argv + std::min(argc, 2), argv + argc);
  for (const auto& [name, serve] : {std::pair{"descriptors", &descriptors}, std::pair{"ancestor", &ancestor},
                                    std::pair{"detach", &detach}, std::pair{"run-until-killed", &run_until_killed},
                                    std::pair{"without-standard-streams", &without_standard_streams},
                                    std::pair{"touch", &touch}, std::pair{"own", &own}})
    if (verb == name) return serve(words);
  return 5;
}
