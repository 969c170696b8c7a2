// What is sent: a value, complete before it goes out.
#pragma once

#include <chrono>
#include <cstddef>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include <prodclone/base/secret.hpp>

namespace prodclone::http {

using Headers = std::vector<std::pair<std::string, std::string>>;

// One field of a multipart/form-data body: a text, or a file with its name.
struct Part {
  std::string name = {};
  std::string text = {};
  std::filesystem::path file = {};
};

enum class Redirects { report, follow };

struct Request {
  std::string method = "GET";
  std::string url = {};                    // http or https
  Headers headers = {};
  std::vector<std::pair<std::string, Secret>> secret_headers = {};  // Authorization and the like
  std::string body = {};
  std::vector<Part> parts = {};            // not empty: sent instead of `body`
  std::chrono::milliseconds timeout = std::chrono::seconds(60);     // of the whole exchange
  std::chrono::milliseconds connect_timeout = std::chrono::seconds(10);
  Redirects redirects = Redirects::report;
  std::filesystem::path ca_bundle = {};    // empty: the system's
  std::size_t limit = 64U << 20;           // of the reply's body, in bytes; more is an error
};

}  // namespace prodclone::http
