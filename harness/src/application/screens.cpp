#include <prodclone/application/screens.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <regex>

#include <prodclone/application/json_value.hpp>
#include <prodclone/base/text.hpp>
#include <prodclone/http/client.hpp>

namespace prodclone::application {

namespace {

struct Asked {
  PageAnswer page;
  http::Response response;
};

Asked ask(const http::Request& request) {
  Asked asked;
  try {
    asked.response = http::send(request);
    asked.page = {.status = asked.response.status, .body = asked.response.body};
  } catch (const http::TransferError& error) {
    asked.page.error = error.what_failed();
  }
  return asked;
}

std::string absolute(const std::string& base, const std::string& url) {
  return url.starts_with("http://") || url.starts_with("https://") ? url : http::resolved_url(base, url);
}

std::string linked_next(const http::Response& response) {
  static const std::regex shape(R"re(<([^>]*)>\s*;[^,]*\brel="?next"?)re");
  const auto link = response.header("Link").value_or("");
  std::smatch found;
  return std::regex_search(link, found, shape) ? found[1].str() : std::string();
}

// The URL of the page after `asked`; empty: there is none.
std::string next_url(const config::Pagination& pagination, const Asked& asked, std::size_t number, const Placeholders& values) {
  if (pagination.url.find("{page}") != std::string::npos) {
    auto with_page = values;
    with_page["page"] = std::to_string(number);
    return filled(pagination.url, with_page);
  }
  if (pagination.next.empty()) return linked_next(asked.response);
  const auto token = json_at(asked.page.body, pagination.next);
  if (!token || *token == "null" || *token == "\"\"" || *token == "false") return {};
  if (pagination.url.empty()) return plain(*token);
  auto with_token = values;
  with_token["next"] = percent_encoded(plain(*token));
  return filled(pagination.url, with_token);
}

}  // namespace

std::string list_of(const PageAnswer& page, const config::Pagination& pagination) {
  return pagination.items.empty() ? page.body : json_at(page.body, pagination.items).value_or("");
}

std::vector<ScreenAnswer> visit(const std::vector<config::Screen>& screens, const std::string& health, Placeholders values) {
  std::vector<ScreenAnswer> answers;
  std::vector<std::string> missing;  // captures of entries before, that found nothing
  for (const auto& screen : screens) {
    if (!screen.manual.empty()) continue;
    ScreenAnswer answer{.screen = screen};
    auto lacks = mentioned(screen.url + screen.body, missing);
    for (const auto& [name, value] : screen.headers)
      if (const auto more = mentioned(value, missing); !more.empty()) lacks.push_back(more.front());
    if (lacks.empty()) {
      // A captured value may be anything, and has to stay inside its place in the URL; the run's own values are meant
      // as they are.
      auto in_url = values;
      for (auto& [name, value] : in_url)
        if (name != "url" && name != "port" && !value.starts_with('/') && !value.starts_with("http")) value = percent_encoded(value);
      http::Request request{.method = screen.method, .headers = filled(screen.headers, values), .body = filled(screen.body, values)};
      request.url = absolute(health, filled(screen.url, in_url));
      auto asked = ask(request);
      answer.pages.push_back(asked.page);
      if (screen.paginates)
        while (answer.pages.size() < static_cast<std::size_t>(screen.paginates->pages) && asked.page.status != 0 && asked.page.status < 400) {
          const auto next = next_url(*screen.paginates, asked, answer.pages.size() + 1, in_url);
          if (next.empty()) break;
          request.url = absolute(request.url, next);
          asked = ask(request);
          answer.pages.push_back(asked.page);
        }
    } else {
      answer.not_tried = fmt::format("{{{}}} was not captured", lacks.front());
    }
    for (const auto& [name, pointer] : screen.capture) {
      const auto found = answer.pages.empty() ? std::nullopt : json_at(answer.pages.front().body, pointer);
      std::erase(missing, name);
      values.erase(name);
      if (found && *found != "null") {
        values[name] = plain(*found);
      } else {
        missing.push_back(name);
        answer.not_captured.push_back(name);
      }
    }
    answers.push_back(std::move(answer));
  }
  return answers;
}

}  // namespace prodclone::application
