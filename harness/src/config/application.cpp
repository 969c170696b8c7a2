#include "application.hpp"

#include <fmt/format.h>

#include <cmath>
#include <initializer_list>
#include <regex>

#include <prodclone/base/error.hpp>
#include <prodclone/base/text.hpp>

namespace prodclone::config {

namespace {

namespace fs = std::filesystem;
using std::chrono::milliseconds;

milliseconds seconds_of(JsonObject& object, const std::string& key, milliseconds fallback) {
  const auto number = object.number(key);
  if (!number) return fallback;
  if (!(*number > 0) || *number > 86400) object.wrong(key, "a number of seconds above 0, a day at most");
  return milliseconds(std::llround(*number * 1000));
}

void check_pattern(const JsonObject& object, const std::string& key, const std::string& pattern) {
  try {
    const std::regex compiled(pattern);
  } catch (const std::regex_error& error) {
    object.wrong(key, fmt::format("a regular expression (ECMAScript); \"{}\" is none: {}", pattern, error.what()));
  }
}

bool is_url(const std::string& text) { return text.starts_with("http://") || text.starts_with("https://"); }

// A text alone is a list of one.
std::vector<std::string> one_or_more(JsonObject& object, const std::string& key) {
  const auto* value = object.raw(key);
  if (value != nullptr && value->is_string()) return {value->get<std::string>()};
  return object.texts(key);
}

StatusRange status_range(const JsonObject& object, const nlohmann::json& value) {
  StatusRange range;
  if (value.is_number_integer()) {
    range.from = range.to = value.get<int>();
  } else {
    static const std::regex shape("([1-5][0-9][0-9])-([1-5][0-9][0-9])");
    std::smatch found;
    const auto text = value.is_string() ? value.get<std::string>() : std::string();
    if (!std::regex_match(text, found, shape)) object.wrong("status", "a status such as 200, a range such as \"200-299\", or a list of those");
    range = {std::stoi(found[1]), std::stoi(found[2])};
  }
  if (range.from < 100 || range.to < range.from) object.wrong("status", "a status such as 200 or a range such as \"200-299\"");
  if (range.to >= 500) object.wrong("status", "below 500: an answer of the server's own failure is never accepted");
  return range;
}

std::vector<StatusRange> status_of(JsonObject& object) {
  const auto* value = object.raw("status");
  std::vector<StatusRange> ranges;
  if (value == nullptr) return ranges;
  if (!value->is_array()) return {status_range(object, *value)};
  for (const auto& one : *value) ranges.push_back(status_range(object, one));
  return ranges;
}

void check_pointer(const JsonObject& object, const std::string& key, const std::string& pointer) {
  try {
    const nlohmann::json::json_pointer parsed(pointer);
  } catch (const nlohmann::json::exception&) {
    object.wrong(key, fmt::format("a JSON pointer such as \"/items/0/id\", not \"{}\"", pointer));
  }
}

std::map<std::string, std::string> captures(JsonObject& object, std::initializer_list<const char*> ours) {
  auto captured = object.text_map("capture");
  for (const auto& [name, pointer] : captured) {
    check_pointer(object, "capture", pointer);
    for (const char* taken : ours)
      if (name == taken) object.wrong("capture", fmt::format("under another name: {{{}}} is prodclone's own", name));
  }
  return captured;
}

void add_json(const JsonObject& object, const nlohmann::json& value, std::vector<JsonExpectation>& all) {
  constexpr const char* expected = "a JSON pointer, an object of pointers and their values, or a list of those";
  if (value.is_string()) {
    all.push_back({.pointer = value.get<std::string>()});
  } else if (value.is_object()) {
    for (const auto& [pointer, wanted] : value.items()) all.push_back({.pointer = pointer, .equals = wanted.dump()});
  } else {
    object.wrong("json", expected);
  }
}

std::vector<JsonExpectation> json_of(JsonObject& object) {
  std::vector<JsonExpectation> all;
  const auto* value = object.raw("json");
  if (value == nullptr) return all;
  if (value->is_array())
    for (const auto& one : *value) add_json(object, one, all);
  else
    add_json(object, *value, all);
  for (const auto& one : all) check_pointer(object, "json", one.pointer);
  return all;
}

std::optional<Pagination> pagination_of(JsonObject& object) {
  const auto* value = object.raw("paginates");
  if (value == nullptr || *value == false) return std::nullopt;
  Pagination pagination;
  if (*value == true) return pagination;  // by the Link header
  auto inner = *object.object("paginates");
  pagination.next = inner.text("next");
  pagination.url = inner.text("url");
  pagination.items = inner.text("items");
  pagination.pages = inner.integer("pages").value_or(pagination.pages);
  inner.finish();
  check_pointer(inner, "next", pagination.next);
  check_pointer(inner, "items", pagination.items);
  if (pagination.pages < 2) inner.wrong("pages", "2 or more");
  const bool numbered = pagination.url.find("{page}") != std::string::npos;
  if (!pagination.url.empty() && !numbered && pagination.url.find("{next}") == std::string::npos)
    inner.wrong("url", "a URL with {page} in it, the page's number, or with {next}, the value at \"next\"");
  if (numbered && !pagination.next.empty()) inner.wrong("next", "left out where the URL holds {page}");
  return pagination;
}

Headers headers_of(JsonObject& object) {
  Headers headers;
  for (auto& [name, value] : object.text_map("headers")) headers.emplace_back(name, value);
  return headers;
}

// A text as it is; anything else is sent as JSON, and says so.
std::string body_of(JsonObject& object, Headers& headers) {
  const auto* value = object.raw("body");
  if (value == nullptr) return {};
  if (value->is_string()) return value->get<std::string>();
  for (const auto& [name, given] : headers)
    if (lower(name) == "content-type") return value->dump();
  headers.emplace_back("Content-Type", "application/json");
  return value->dump();
}

Screen read_screen(JsonObject& entry) {
  Screen screen{.manual = entry.text("manual")};
  if (entry.has("manual")) {
    if (screen.manual.empty()) entry.wrong("manual", "what a person must look at");
    entry.finish();
    return screen;
  }
  screen.url = entry.text("url");
  if (screen.url.empty() || (screen.url.front() != '/' && !is_url(screen.url) && screen.url.front() != '{'))
    entry.wrong("url", "a path such as \"/documents\" or a URL (or give \"manual\")");
  screen.method = upper(entry.text("method", screen.method));
  screen.name = entry.text("name", screen.method + ' ' + screen.url);
  screen.headers = headers_of(entry);
  screen.body = body_of(entry, screen.headers);
  screen.status = status_of(entry);
  screen.json = json_of(entry);
  screen.text = one_or_more(entry, "text");
  screen.paginates = pagination_of(entry);
  screen.capture = captures(entry, {"port", "database", "url", "next", "page"});
  entry.finish();
  return screen;
}

Release read_release(JsonObject& object, const fs::path& root) {
  Release release;
  release.start = object.texts("start");
  if (object.has("start") && (release.start.empty() || release.start.front().empty())) object.wrong("start", "a command as a list of words");
  release.directory = (root / object.text("directory", ".")).lexically_normal();
  release.environment = object.text_map("environment");
  release.health = object.text("health");
  if (!release.health.empty() && !is_url(release.health)) object.wrong("health", "a URL such as \"http://127.0.0.1:{port}/health\"");
  release.ready_log = object.text("ready_log");
  check_pattern(object, "ready_log", release.ready_log);
  release.ready_within = seconds_of(object, "ready_within_s", release.ready_within);
  release.stops_within = seconds_of(object, "stops_within_s", release.stops_within);
  return release;
}

void check_release(const JsonObject& object, const Release& release) {
  if (release.start.empty()) return;
  if (release.health.empty() && release.ready_log.empty())
    object.wrong("health", "the URL that tells when the program is ready (or set ready_log to a pattern of its log)");
  const auto mentions_port = [](const std::string& text) { return text.find("{port}") != std::string::npos; };
  bool told = !mentions_port(release.health);
  for (const auto& argument : release.start) told = told || mentions_port(argument);
  for (const auto& [name, value] : release.environment) told = told || mentions_port(value);
  if (!told) object.wrong("health", "at a port that the program is told: write {port} into start or environment as well");
  if (!fs::is_directory(release.directory))
    throw Error(Failure::usage, fmt::format("{}.directory: {} does not exist.", object.where(), release.directory.string()));
}

}  // namespace

Application read_application(std::optional<JsonObject> object, const fs::path& root) {
  Application application;
  if (!object) return application;
  application.database_env = object->text("database_env");
  application.url_env = object->text("url_env");
  application.role = object->text("role");
  application.tcp = object->boolean("tcp", application.tcp);
  application.current = read_release(*object, root);
  application.boots_before = object->boolean("boots_before", application.boots_before);
  application.rolling_deploy = object->boolean("rolling_deploy", application.rolling_deploy);
  application.lock_order = object->texts("lock_order");
  application.log_patterns = object->text_map("log_patterns");
  for (const auto& [name, pattern] : application.log_patterns) check_pattern(*object, "log_patterns." + name, pattern);
  application.log_ignore = object->texts("log_ignore");
  for (const auto& pattern : application.log_ignore) check_pattern(*object, "log_ignore", pattern);
  application.tests = object->texts("tests");
  application.tests_within = seconds_of(*object, "tests_within_s", application.tests_within);
  if (auto previous = object->object("previous")) {
    application.previous = read_release(*previous, root);
    if (application.previous.start.empty()) previous->wrong("start", "the command that starts today's release");
    if (!previous->has("health") && !previous->has("ready_log")) {
      application.previous.health = application.current.health;
      application.previous.ready_log = application.current.ready_log;
    }
    if (!previous->has("directory")) application.previous.directory = application.current.directory;
    if (!previous->has("environment")) application.previous.environment = application.current.environment;
    if (!previous->has("ready_within_s")) application.previous.ready_within = application.current.ready_within;
    if (!previous->has("stops_within_s")) application.previous.stops_within = application.current.stops_within;
    application.previous.smoke = read_screens(previous->objects("smoke"));
    previous->finish();
    check_release(*previous, application.previous);
  }
  object->finish();
  check_release(*object, application.current);
  if (application.configured() && application.database_env.empty() && application.url_env.empty())
    object->wrong("database_env", "the variable that tells the program its database's name (or set url_env to the one that "
                                  "takes a connection URL): without either it may connect to another database");
  return application;
}

Ingestion read_ingestion(std::optional<JsonObject> object) {
  Ingestion ingestion;
  if (!object || object->keys().empty()) return ingestion;
  ingestion.documents = one_or_more(*object, "documents");
  ingestion.command = object->texts("command");
  if (auto request = object->object("request")) {
    ingestion.method = upper(request->text("method", ingestion.method));
    ingestion.url = request->text("url");
    if (ingestion.url.empty() || (ingestion.url.front() != '/' && !is_url(ingestion.url))) request->wrong("url", "a path such as \"/documents\" or a URL");
    ingestion.headers = headers_of(*request);
    ingestion.body = body_of(*request, ingestion.headers);
    ingestion.body_file = request->text("body_file");
    for (auto& [field, value] : request->text_map("multipart")) ingestion.multipart.emplace_back(field, value);
    ingestion.status = status_of(*request);
    if (request->has("body") + request->has("body_file") + request->has("multipart") > 1)
      request->wrong("body", "the only one of \"body\", \"body_file\" and \"multipart\"");
    request->finish();
  }
  ingestion.capture = captures(*object, {"port", "database", "url", "document", "document_name"});
  ingestion.state_query = object->text("state_query");
  ingestion.terminal = one_or_more(*object, "terminal");
  ingestion.failed = one_or_more(*object, "failed");
  ingestion.deadline = seconds_of(*object, "deadline_s", ingestion.deadline);
  object->finish();
  if (ingestion.documents.empty()) object->wrong("documents", "a pattern of the documents to ingest, such as \"samples/*.json\"");
  if (ingestion.command.empty() == ingestion.url.empty()) object->wrong("command", "given, or \"request\", and not both");
  if (ingestion.terminal.empty()) object->wrong("terminal", "the states in which a document is done");
  if (ingestion.state_query.empty()) object->wrong("state_query", "a query that returns the state of the document $1");
  bool names_document = ingestion.state_query.find("$1") != std::string::npos;
  for (const char* name : {"{document}", "{document_name}"}) names_document = names_document || ingestion.state_query.find(name) != std::string::npos;
  for (const auto& [name, pointer] : ingestion.capture) names_document = names_document || ingestion.state_query.find('{' + name + '}') != std::string::npos;
  if (!names_document)
    object->wrong("state_query", "about one document: name it by $1 (its file's name), {document} (its path) or a captured value");
  return ingestion;
}

std::vector<Screen> read_screens(std::vector<JsonObject> entries) {
  std::vector<Screen> screens;
  for (auto& entry : entries) screens.push_back(read_screen(entry));
  return screens;
}

void check_application(const Project& project) {
  const auto refuse = [](const std::string& what, const std::string& remedy) { throw Error(Failure::usage, what, remedy); };
  const auto& current = project.application.current;
  const auto needs_origin = [&](const std::string& url, const std::string& key, const Release& release) {
    if (!url.empty() && !is_url(url) && url.front() == '/' && release.health.empty())
      refuse(fmt::format("{} is a path, and without a health URL nothing says of which host.", key), "Write the whole URL.");
  };
  bool checks_screens = false;
  for (const auto& screen : project.smoke) {
    checks_screens = checks_screens || screen.manual.empty();
    needs_origin(screen.url, "smoke: \"" + screen.name + '"', current);
  }
  for (const auto& screen : project.application.previous.smoke)
    needs_origin(screen.url, "application.previous.smoke: \"" + screen.name + '"', project.application.previous);
  needs_origin(project.ingestion.url, "ingestion.request.url", current);
  if (!current.start.empty()) return;
  if (project.ingestion.configured()) refuse("ingestion is configured, but application.start is not set.", "Say how the program is started.");
  if (checks_screens) refuse("smoke is configured, but application.start is not set.", "Say how the program is started.");
  if (project.application.boots_before) refuse("application.boots_before is true, but application.start is not set.", "Say how the program is started.");
}

}  // namespace prodclone::config
