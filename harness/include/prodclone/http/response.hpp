// What came back. Any status is an answer; no answer is a TransferError.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include <prodclone/http/request.hpp>

namespace prodclone::http {

struct Response {
  int status = 0;
  Headers headers = {};                    // in their order; names as they came
  std::string body = {};
  std::string url = {};                    // the last one, where redirects were followed
  std::chrono::milliseconds took = {};

  // The first with this name, whatever its case.
  std::optional<std::string> header(std::string_view name) const;
};

}  // namespace prodclone::http
