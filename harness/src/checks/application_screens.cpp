#include <fmt/format.h>

#include <algorithm>

#include <prodclone/application/json_value.hpp>
#include <prodclone/base/text.hpp>
#include <prodclone/checks/application.hpp>

namespace prodclone::checks {

namespace {

using application::PageAnswer;
using application::ScreenAnswer;

std::string ranges(const std::vector<config::StatusRange>& status) {
  std::vector<std::string> words;
  for (const auto& range : status) words.push_back(range.from == range.to ? std::to_string(range.from) : fmt::format("{}-{}", range.from, range.to));
  return words.empty() ? "200-399" : joined(words, ", ");
}

bool accepted(const std::vector<config::StatusRange>& status, int code) {
  const auto within = [&](const config::StatusRange& range) { return code >= range.from && code <= range.to; };
  return status.empty() ? within({}) : std::any_of(status.begin(), status.end(), within);
}

// What an answer of an error says is a message; what a good one says are rows.
std::string excerpt(const PageAnswer& page) {
  const auto text = trimmed(page.body).substr(0, 300);
  return page.status >= 400 && !text.empty() ? fmt::format(": {}", text) : std::string();
}

void judge_page(const config::Screen& screen, const PageAnswer& page, const std::string& which, std::vector<std::string>& wrong) {
  if (page.status == 0) wrong.push_back(which + page.error);
  else if (page.status >= 500) wrong.push_back(fmt::format("{}it answers {}, a failure of the server{}", which, page.status, excerpt(page)));
  else if (!accepted(screen.status, page.status)) wrong.push_back(fmt::format("{}it answers {} instead of {}{}", which, page.status, ranges(screen.status), excerpt(page)));
}

void judge_content(const ScreenAnswer& answer, const ScreenOptions& options, std::vector<std::string>& wrong) {
  const auto& body = answer.pages.front().body;
  if (!answer.screen.json.empty() && !application::is_json(body)) {
    wrong.push_back("its answer is no JSON");
    return;
  }
  for (const auto& expected : answer.screen.json) {
    const auto value = application::json_at(body, expected.pointer);
    const auto where = expected.pointer.empty() ? std::string("its top") : expected.pointer;
    if (!value) wrong.push_back(fmt::format("there is nothing at {}", where));
    else if (!expected.equals && *value == "null") wrong.push_back(fmt::format("{} is null", where));
    else if (expected.equals && !application::same_json(*value, *expected.equals))
      wrong.push_back(fmt::format("{} is {} instead of {}", where, options.show_values ? *value : application::shape_of(*value), *expected.equals));
  }
  for (const auto& text : answer.screen.text)
    if (body.find(text) == std::string::npos) wrong.push_back(fmt::format("it does not hold the text \"{}\"", text));
}

void judge_pagination(const ScreenAnswer& answer, std::vector<std::string>& wrong) {
  const auto& pagination = *answer.screen.paginates;
  std::string before;
  for (std::size_t i = 0; i < answer.pages.size(); ++i) {
    const auto which = i == 0 ? std::string() : fmt::format("page {}: ", i + 1);
    if (i > 0) judge_page(answer.screen, answer.pages[i], which, wrong);
    const auto list = application::list_of(answer.pages[i], pagination);
    if (!pagination.items.empty() && (list.empty() || list == "[]" || list == "null")) wrong.push_back(fmt::format("{}there are no items at {}", which, pagination.items));
    else if (i > 0 && list == before) wrong.push_back(fmt::format("page {} shows the same as page {}", i + 1, i));
    before = list;
  }
  const auto wanted = static_cast<std::size_t>(pagination.pages);
  if (answer.pages.size() < wanted && answer.pages.back().status != 0 && answer.pages.back().status < 400)
    wrong.push_back(fmt::format("after page {} of {} nothing tells of a next one ({})", answer.pages.size(), wanted,
                                pagination.next.empty() ? "no Link header with rel=\"next\"" : "nothing at " + pagination.next));
}

std::vector<std::string> whatever_is_wrong(const ScreenAnswer& answer, const ScreenOptions& options) {
  std::vector<std::string> wrong;
  if (!answer.not_tried.empty()) return {"it was not tried: " + answer.not_tried};
  judge_page(answer.screen, answer.pages.front(), "", wrong);
  if (!wrong.empty()) return wrong;  // the rest would only say the same again
  judge_content(answer, options, wrong);
  if (answer.screen.paginates) judge_pagination(answer, wrong);
  for (const auto& name : answer.not_captured)
    wrong.push_back(fmt::format("there is nothing at {} to capture as {{{}}}", answer.screen.capture.at(name), name));
  return wrong;
}

}  // namespace

Findings screen_findings(const std::vector<ScreenAnswer>& answers, const ScreenOptions& options) {
  Findings findings;
  for (const auto& answer : answers) {
    const auto wrong = whatever_is_wrong(answer, options);
    if (wrong.empty()) continue;
    findings.push_back({.check = "smoke", .object = answer.screen.name, .what = fmt::format("The screen is broken: {}.", joined(wrong, "; ")),
                        .where = fmt::format("{} {}", answer.screen.method, answer.screen.url),
                        .why = "People would meet this right after the deploy.",
                        .remedy = "Read the log of the program. If the screen is meant to answer so, mend its entry in smoke."});
  }
  return findings;
}

Findings checklist(const std::vector<config::Screen>& screens) {
  std::vector<std::string> lines;
  for (const auto& screen : screens)
    if (!screen.manual.empty()) lines.push_back("[ ] " + screen.manual);
  if (lines.empty()) return {};
  return {{.check = "smoke/manual", .severity = Severity::not_checked, .object = "the checklist",
           .what = fmt::format("{} for a person to look at on the clone.", counted(static_cast<long long>(lines.size()), "thing is left", "things are left")),
           .why = "No test sees these.", .remedy = "prodclone load, prodclone migrate, then start the application on the clone and tick them off.", .evidence = lines}};
}

}  // namespace prodclone::checks
