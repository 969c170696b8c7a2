// A little web application that tests start: it does what its arguments say, well or badly.
//   web_probe PORT [--die CODE] [--silent] [--health STATUS] [--log LINE] [--page PATH STATUS BODY] [--deaf] [--spawn FILE]
//            [--tell VARIABLE] [--query SQL]
// POST /in?name=N writes the document N into table doc of the database that the variable DB names; what it becomes, its
// name says.
#include <fmt/format.h>
#include <httplib.h>
#include <nlohmann/json.hpp>
#include <signal.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <string>
#include <thread>
#include <vector>

#include <prodclone/pg/session.hpp>

namespace {

using namespace prodclone;
using httplib::Request;
using httplib::Response;

void log(const std::string& line) {
  fmt::print("{}\n", line);
  std::fflush(stdout);
}

// In a session of its own, as a daemon of a build tool would be.
void spawn(const std::string& file) {
  if (::fork() != 0) return;
  ::setsid();
  std::ofstream(file) << ::getpid() << std::flush;
  ::execlp("sleep", "sleep", "300", nullptr);
  ::_exit(127);
}

pg::Session connected() {
  auto info = pg::conninfo_from_environment();
  if (const char* database = std::getenv("DB")) info.database = database;
  return pg::Session(info);
}

void query_or_die(const std::string& sql) {
  try {
    connected().query(sql);
  } catch (const std::exception& error) {
    log(error.what());
    std::exit(4);
  }
}

void take_in(const std::string& name) {
  auto session = connected();
  const auto is = [&](const char* word) { return name.find(word) != std::string::npos; };
  const std::string state = is("stuck") ? "received" : is("bad") ? "failed" : "done";
  session.query("INSERT INTO doc (name, state) VALUES ($1, $2)", {name, state});
}

void echo(const Request& request, Response& response) {
  nlohmann::json json = {{"method", request.method}, {"path", request.path}, {"body", request.body}, {"headers", nlohmann::json::object()}};
  for (const auto& [name, value] : request.headers) json["headers"][name] = value;
  for (const auto& [name, part] : request.files) json["parts"][name] = {{"content", part.content}, {"filename", part.filename}};
  response.set_header("X-Twice", "  padded  ");
  response.set_content(json.dump(), "application/json");
}

void add_fixed_routes(httplib::Server& server) {
  for (const char* path : {"/echo"}) {
    server.Get(path, echo);
    server.Post(path, echo);
    server.Put(path, echo);
    server.Delete(path, echo);
  }
  server.Get("/moved", [](const Request&, Response& response) { response.set_redirect("/echo"); });
  server.Get("/slow", [](const Request&, Response& response) {
    std::this_thread::sleep_for(std::chrono::seconds(3));
    response.set_content("late", "text/plain");
  });
  server.Get("/big", [](const Request&, Response& response) { response.set_content(std::string(100'000, 'x'), "text/plain"); });
  // Three pages of two; /stale-pages says that there is a next one and shows the first again.
  const auto page = [](const Request& request, Response& response, bool stale) {
    const int number = request.has_param("page") ? std::stoi(request.get_param_value("page")) : 1;
    const int shown = stale ? 1 : number;
    nlohmann::json json = {{"items", {{{"id", 2 * shown - 1}}, {{"id", 2 * shown}}}}, {"next", nullptr}, {"after", number + 1}};
    if (number < 3) json["next"] = fmt::format("{}?page={}", request.path, number + 1);
    if (number < 3) response.set_header("Link", fmt::format("<{}?page={}>; rel=\"next\"", request.path, number + 1));
    response.set_content(json.dump(), "application/json");
  };
  server.Get("/pages", [page](const Request& request, Response& response) { page(request, response, false); });
  server.Get("/stale-pages", [page](const Request& request, Response& response) { page(request, response, true); });
  server.Post("/in", [](const Request& request, Response& response) {
    const auto name = request.get_param_value("name");
    if (name.find("refused") != std::string::npos) response.status = 422;
    else take_in(name);
    response.set_content(nlohmann::json{{"key", name}}.dump(), "application/json");
  });
}

}  // namespace

int main(int argc, char** argv) {
  const std::vector<std::string> words(argv + 1, argv + argc);
  const int port = std::stoi(words.at(0));
  httplib::Server server;
  int health = 200;
  bool silent = false;
  for (std::size_t i = 1; i < words.size(); ++i) {
    const auto& word = words[i];
    if (word == "--die") {
      log("cannot start");
      return std::stoi(words.at(i + 1));
    }
    if (word == "--silent") silent = true;
    if (word == "--health") health = std::stoi(words.at(++i));
    if (word == "--log") log(words.at(++i));
    if (word == "--deaf") ::signal(SIGTERM, SIG_IGN);
    if (word == "--spawn") spawn(words.at(++i));
    if (word == "--tell") {
      const char* value = std::getenv(words.at(++i).c_str());
      log(words[i] + "=" + (value == nullptr ? "(not set)" : value));
    }
    if (word == "--query") query_or_die(words.at(++i));
    if (word == "--page") {
      const auto path = words.at(i + 1), body = words.at(i + 3);
      const int status = std::stoi(words.at(i + 2));
      server.Get(path, [status, body](const Request&, Response& response) {
        response.status = status;
        response.set_content(body, "application/json");
      });
      i += 3;
    }
  }
  server.Get("/health", [health](const Request&, Response& response) {
    response.status = health;
    response.set_content("health", "text/plain");
  });
  add_fixed_routes(server);
  log("the port is " + std::to_string(port));
  if (silent) std::this_thread::sleep_for(std::chrono::seconds(300));
  if (!server.listen("127.0.0.1", port)) log("bind: Address already in use");
  return 1;
}
