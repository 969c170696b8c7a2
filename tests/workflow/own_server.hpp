// A project with a server of its own, and variables that are set for one test.
#pragma once

#include <stdlib.h>

#include <optional>
#include <string>

#include <prodclone/base/error.hpp>
#include <prodclone/config/project.hpp>
#include <prodclone/workflow/server.hpp>

namespace prodclone::workflow {

class Variable {
 public:
  Variable(std::string name, const std::string& value) : name_(std::move(name)) {
    if (const char* before = ::getenv(name_.c_str())) before_ = before;
    ::setenv(name_.c_str(), value.c_str(), 1);
  }
  ~Variable() {
    if (before_) ::setenv(name_.c_str(), before_->c_str(), 1);
    else ::unsetenv(name_.c_str());
  }
  Variable(const Variable&) = delete;
  Variable& operator=(const Variable&) = delete;

 private:
  std::string name_;
  std::optional<std::string> before_;
};

inline config::Project with_server(config::Server server) {
  server.kind = config::ServerKind::url;
  return {.server = std::move(server)};
}

inline Error refusal_of(const config::Project& project) {
  try {
    server_by_url(project);
  } catch (const Error& error) {
    return error;
  }
  return Error(Failure::check_failed, "nothing was thrown");
}

}  // namespace prodclone::workflow
