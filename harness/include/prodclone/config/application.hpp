// The program under test as prodclone.json declares it: how it is started and told its database, the documents that it
// is given, and the screens that must answer. Texts may hold placeholders such as {port}; they are filled in when the
// program is started.
#pragma once

#include <chrono>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace prodclone::config {

using Headers = std::vector<std::pair<std::string, std::string>>;

struct StatusRange {
  int from = 200, to = 399;
  friend bool operator==(const StatusRange&, const StatusRange&) = default;
};

// A value in a JSON reply, by JSON pointer (RFC 6901).
struct JsonExpectation {
  std::string pointer = {};
  std::optional<std::string> equals = {};          // JSON text; absent: it must be there and not null
};

// How to come from one page of a list to the next.
struct Pagination {
  std::string next = {};                           // pointer to the next page's URL or token; empty: the Link header
  std::string url = {};                            // "/documents?after={next}", where `next` is a token; or "…?page={page}"
  std::string items = {};                          // pointer to the page's list; empty: pages are compared as a whole
  int pages = 2;                                   // so many must load
};

// One entry of `smoke`: an HTTP check, or what stays for a person to do.
struct Screen {
  std::string manual = {};                         // not empty: a line of the checklist, and nothing else is set
  std::string name = {};
  std::string method = "GET";
  std::string url = {};                            // a path is one of the application
  Headers headers = {};
  std::string body = {};
  std::vector<StatusRange> status = {};            // empty: 200 to 399
  std::vector<JsonExpectation> json = {};
  std::vector<std::string> text = {};
  std::optional<Pagination> paginates = {};
  std::map<std::string, std::string> capture = {}; // name → pointer; {name} in later entries
};

// One release of the program under test.
struct Release {
  std::vector<std::string> start = {};             // empty: it is not configured
  std::filesystem::path directory = {};            // absolute
  std::map<std::string, std::string> environment = {};
  std::string health = {};                         // a URL that answers 200 to 399 when it is ready
  std::string ready_log = {};                      // or a line of its log (regular expression)
  std::chrono::milliseconds ready_within = std::chrono::seconds(60);
  std::chrono::milliseconds stops_within = std::chrono::seconds(10);
  std::vector<Screen> smoke = {};                  // of `previous`: what must still answer after the migration
};

struct Application {
  std::string database_env = {};                   // receives the database's name; also set for migration commands
  std::string url_env = {};                        // receives a connection URL, password included
  std::string role = {};                           // whose rights it has; empty: those of prodclone's own connection
  bool tcp = true;                                 // the embedded server listens on 127.0.0.1 for it
  Release current = {};                            // `start`: what is about to be deployed
  Release previous = {};                           // today's production
  bool boots_before = false;                       // without `previous`: `start` works on pristine too
  bool rolling_deploy = true;                      // `previous` still runs while the migration is there already
  std::map<std::string, std::string> log_patterns = {};  // name → regular expression; "" switches a default off
  std::vector<std::string> log_ignore = {};        // lines of the log that are accepted
  std::vector<std::string> tests = {};             // the team's own tests
  std::chrono::milliseconds tests_within = std::chrono::minutes(30);

  std::vector<std::string> lock_order = {};        // globs on tables, in the order in which its transactions take them

  bool configured() const { return !current.start.empty() || !previous.start.empty() || !tests.empty(); }
};

struct Ingestion {
  std::vector<std::string> documents = {};         // globs under the project; empty: it is not configured
  std::vector<std::string> command = {};           // this, or
  std::string method = "POST", url = {};           // this request
  Headers headers = {};
  std::string body = {};
  std::string body_file = {};
  std::vector<std::pair<std::string, std::string>> multipart = {};  // field → text, or @file
  std::vector<StatusRange> status = {};            // empty: 200 to 299
  std::map<std::string, std::string> capture = {}; // name → pointer into the reply or the command's output
  std::string state_query = {};
  std::vector<std::string> terminal = {}, failed = {};
  std::chrono::milliseconds deadline = std::chrono::seconds(60);

  bool configured() const { return !documents.empty(); }
};

}  // namespace prodclone::config
