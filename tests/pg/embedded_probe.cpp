// A process of its own that starts or ends an embedded server, so that tests can race it, kill it and run it as
// another user: embedded_probe start|status|stop|destroy HOME [MAJOR [loopback]]
#include <fmt/format.h>

#include <cstdio>
#include <cstdlib>
#include <string>

#include <prodclone/base/error.hpp>
#include <prodclone/pg/embedded_server.hpp>

namespace {

using namespace prodclone;

void print(const pg::ServerRecord& record) {
  fmt::print("{} {} {} {}\n", process::to_string(record.postmaster), record.data.string(),
             record.socket_folder.string(), record.port);
}

int serve(const std::string& verb, const std::string& home, int argc, char** argv) {
  if (verb == "start") {
    const auto wanted = argc > 3 ? pg::WantedMajor{.exactly = std::atoi(argv[3])} : pg::WantedMajor{};
    print(pg::EmbeddedServer::start_or_attach({.home = home,
                                               .installation = pg::choose(pg::find_installations(), wanted),
                                               .listen = argc > 4 ? pg::Listen::loopback : pg::Listen::socket_only}));
    return 0;
  }
  if (verb == "status") {
    const auto record = pg::EmbeddedServer::status(home);
    if (record) print(*record);
    return record ? 0 : 3;
  }
  if (verb == "stop") return pg::EmbeddedServer::stop(home) ? 0 : 3;
  pg::EmbeddedServer::destroy(home);
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 3) return 5;
  try {
    return serve(argv[1], argv[2], argc, argv);
  } catch (const Error& error) {
    fmt::print(stderr, "{}\n", error.what());
    return exit_code(error.failure());
  }
}
