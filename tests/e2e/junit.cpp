#include "junit.hpp"

#include <fmt/format.h>

#include <map>
#include <stdexcept>

namespace prodclone::e2e {

namespace {

class Reader {
 public:
  explicit Reader(std::string_view xml) : xml_(xml) {}

  std::vector<JunitCase> read() {
    while (at_ < xml_.size()) {
      if (xml_[at_] == '<') tag();
      else text();
    }
    if (!open_.empty()) fail("<" + open_.back() + "> is never closed");
    if (!seen_suite_) fail("there is no <testsuite>");
    check("tests", cases_.size());
    std::size_t failed = 0;
    for (const auto& one : cases_) failed += one.failed() ? 1 : 0;
    check("failures", failed);
    return std::move(cases_);
  }

 private:
  [[noreturn]] void fail(const std::string& what) const { throw std::runtime_error(fmt::format("junit.xml, byte {}: {}", at_, what)); }

  void check(const std::string& attribute, std::size_t counted) const {
    if (suite_.at(attribute) != std::to_string(counted))
      fail(fmt::format("{}=\"{}\", and there are {}", attribute, suite_.at(attribute), counted));
  }

  std::string unescaped(std::string_view raw) const {
    static const std::map<std::string_view, char> entities = {{"lt", '<'}, {"gt", '>'}, {"amp", '&'}, {"quot", '"'}, {"apos", '\''}};
    std::string result;
    for (std::size_t i = 0; i < raw.size(); ++i) {
      if (raw[i] != '&') {
        result += raw[i];
        continue;
      }
      const auto end = raw.find(';', i);
      const auto name = raw.substr(i + 1, end == std::string_view::npos ? 0 : end - i - 1);
      const auto known = entities.find(name);
      if (known != entities.end()) result += known->second;
      else if (name.starts_with("#")) result += '?';
      else fail(fmt::format("\"&{}\" is no entity", name));
      i = end;
    }
    return result;
  }

  void text() {
    const auto end = std::min(xml_.find('<', at_), xml_.size());
    const auto content = unescaped(xml_.substr(at_, end - at_));
    if (open_.empty() && content.find_first_not_of(" \t\r\n") != std::string::npos) fail("text outside of the root");
    if (in_case_) cases_.back().text += content;
    at_ = end;
  }

  // The end of a tag: '>' may stand in an attribute.
  std::size_t end_of_tag() const {
    char quote = '\0';
    for (auto i = at_; i < xml_.size(); ++i) {
      const char c = xml_[i];
      if (quote != '\0') quote = c == quote ? '\0' : quote;
      else if (c == '"' || c == '\'') quote = c;
      else if (c == '>') return i;
      else if (c == '<' && i != at_) fail("\"<\" inside a tag");
    }
    fail("a tag without an end");
  }

  std::map<std::string, std::string> attributes(std::string_view tag) const {
    std::map<std::string, std::string> result;
    for (auto equals = tag.find('='); equals != std::string_view::npos; equals = tag.find('=')) {
      const auto begin = tag.find_last_of(" \t\r\n", equals) + 1;
      const char quote = tag.at(equals + 1);
      const auto end = tag.find(quote, equals + 2);
      if ((quote != '"' && quote != '\'') || end == std::string_view::npos) fail("an attribute without quotes");
      const auto name = std::string(tag.substr(begin, equals - begin));
      if (!result.emplace(name, unescaped(tag.substr(equals + 2, end - equals - 2))).second) fail("the attribute " + name + " stands twice");
      tag.remove_prefix(end + 1);
    }
    return result;
  }

  void tag() {
    const auto end = end_of_tag();
    const auto whole = xml_.substr(at_ + 1, end - at_ - 1);
    if (!whole.starts_with('?') && !whole.starts_with('!')) element(whole);
    at_ = end + 1;
  }

  void element(std::string_view whole) {
    if (whole.starts_with('/')) {
      const auto name = std::string(whole.substr(1));
      if (open_.empty() || open_.back() != name) fail("</" + name + "> closes nothing");
      open_.pop_back();
      if (name == "testcase") in_case_ = false;
      return;
    }
    const bool empty = whole.ends_with('/');
    const auto name = std::string(whole.substr(0, whole.find_first_of(" \t\r\n/")));
    const auto values = attributes(whole.substr(name.size()));
    if (name == "testsuite") seen_suite_ = true, suite_ = values;
    if (name == "testcase") cases_.push_back({.name = values.at("name"), .status = values.at("status")});
    else if (in_case_ && values.contains("message")) cases_.back().text += values.at("message") + '\n';
    if (empty) return;
    if (name == "testcase") in_case_ = true;
    open_.push_back(name);
  }

  std::string_view xml_;
  std::size_t at_ = 0;
  std::vector<std::string> open_;
  std::map<std::string, std::string> suite_;
  std::vector<JunitCase> cases_;
  bool seen_suite_ = false, in_case_ = false;
};

}  // namespace

std::vector<JunitCase> parse_junit(std::string_view xml) { return Reader(xml).read(); }

}  // namespace prodclone::e2e
