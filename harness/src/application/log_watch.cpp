#include <prodclone/application/log_watch.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <regex>
#include <set>

#include <prodclone/base/text.hpp>

namespace prodclone::application {

namespace {

constexpr std::size_t lines_shown = 5;
// std::regex recurses on the text: a longer line (a payload, a minified stack) could end us.
constexpr std::size_t longest_line = 4096;

std::regex compiled(const std::string& expression) { return std::regex(expression, std::regex::ECMAScript | std::regex::icase); }

std::string without_digits(std::string text) {
  std::erase_if(text, [](char c) { return c >= '0' && c <= '9'; });
  return text;
}

}  // namespace

const std::vector<LogPattern>& default_log_patterns() {
  // The words of PostgreSQL, of drivers and of object mappers. SQLSTATEs stand last: what a line says in words is told
  // in words.
  static const std::vector<LogPattern> patterns = {
      {"undefined_column", R"re(column "?[\w.$]+"?( of relation "?[\w.$]+"?)? does not exist|\bUndefinedColumn\b|unknown column|no such column)re",
       "It asks for a column that is not there."},
      {"undefined_table", R"re(relation "?[\w.$]+"? does not exist|\bUndefinedTable\b|no such table|table "?[\w.$]+"? does(n't| not) exist)re",
       "It asks for a table that is not there."},
      {"undefined_object", R"re((function|procedure|operator|type|schema|sequence|index|constraint|trigger|role|policy)\s+"?[\w.$]+"?(\(.*\))?( for .*)? does not exist|\bUndefined(Function|Object)\b)re",
       "It asks for something that is not there."},
      {"permission_denied", R"re(permission denied for (table|relation|column|schema|sequence|function|view|database)|violates row-level security policy)re",
       "It may not touch what it needs: privileges or policies did not follow the migration."},
      {"foreign_key_violation", R"re(violates foreign key constraint|\bForeignKeyViolation\b)re", "It writes rows whose parent is missing."},
      {"constraint_violation", R"re(violates (not-null|unique|check|exclusion) constraint|\b(NotNull|Unique|Check)Violation\b|null value in column)re",
       "It writes what a constraint refuses."},
      {"invalid_value", R"re(invalid input (value for enum|syntax for type|syntax for)|cannot be cast automatically|datatype mismatch|is of type [\w ]+ but expression is of type)re",
       "It writes a value that its column's type does not take."},
      {"decode_error", R"re((json|decod|deserial|unmarshal|pars)\w*[ _]?(error|exception|failure)(?!s?["']?\s*[:=]\s*0\b)|(cannot|could not|couldn't|failed to|unable to|error while) (decod|deserial|pars|unmarshal)\w*|\bJSONDecodeError\b)re",
       "It cannot read what it is given."},
      {"payload_key_mismatch", R"re((unknown|unexpected|unrecogni[sz]ed|missing|no such|mismatch\w*)( required| payload| json)? (key|field|property|attribute)\b|payload key mismatch|\bKeyError\b|key "?[\w.-]+"? not (found|present)|(key|field|property) "?[\w.:-]+"? is (missing|required|unknown|not recogni[sz]ed))re",
       "The names in its payloads do not fit the names that it expects."},
      {"stack_trace", R"re(Traceback \(most recent call last\)|^\s+at [\w.$<>/]+.*\(.*:\d+|^Caused by: |^Exception in thread|^Execution error|Unhandled(PromiseRejection| exception)|^panic: |^goroutine \d+ \[|terminate called after throwing|thread '.*' panicked|AddressSanitizer|segmentation fault)re",
       "It met an error that it did not handle."},
      {"sqlstate", R"re((sql[ _-]?state|sqlcode)["'\])]*\s*[:=(\["' ]+\s*(22|23|42)[0-9A-Z]{3}\b|\b(ERROR|FATAL):\s+(22|23|42)[0-9A-Z]{3}:|\bcode["']?\s*[:=]\s*["'](22|23|42)[0-9A-Z]{3}["']|[\[(](42P01|42703|42883|42501|42804|23502|23503|23505|23514|22P02)[\])])re",
       "The server refused a statement: class 42 is a name or a syntax that does not fit, 23 a constraint, 22 a value."},
  };
  return patterns;
}

std::vector<LogPattern> log_patterns(const config::Application& application) {
  auto patterns = default_log_patterns();
  for (const auto& [name, expression] : application.log_patterns) {
    const auto found = std::find_if(patterns.begin(), patterns.end(), [&](const LogPattern& one) { return one.name == name; });
    if (found != patterns.end()) found->expression = expression;
    else patterns.push_back({name, expression, fmt::format("The project watches for it (application.log_patterns.{}).", name)});
  }
  std::erase_if(patterns, [](const LogPattern& one) { return one.expression.empty(); });
  return patterns;
}

std::vector<LogMatch> matches_in(std::string_view log, const std::vector<LogPattern>& patterns, const std::vector<std::string>& ignored) {
  std::vector<std::regex> expressions, accepted;
  for (const auto& pattern : patterns) expressions.push_back(compiled(pattern.expression));
  for (const auto& expression : ignored) accepted.push_back(compiled(expression));
  std::vector<LogMatch> all(patterns.size());
  std::vector<std::set<std::string>> shapes(patterns.size());
  std::size_t number = 0;
  for (const auto& whole : lines_of(log)) {
    ++number;
    const auto line = whole.substr(0, longest_line);
    const auto found = [&](const std::regex& expression) { return std::regex_search(line, expression); };
    if (std::any_of(accepted.begin(), accepted.end(), found)) continue;
    const auto first = std::find_if(expressions.begin(), expressions.end(), found);
    if (first == expressions.end()) continue;
    const auto match_index = static_cast<std::size_t>(first - expressions.begin());
    auto& match = all[match_index];
    ++match.count;
    // A line that comes again and again is shown once, whatever its time and numbers.
    if (match.lines.size() < lines_shown && shapes[match_index].insert(without_digits(line)).second)
      match.lines.push_back(fmt::format("{}: {}", number, line.substr(0, 500)));
  }
  std::vector<LogMatch> matches;
  for (std::size_t i = 0; i < patterns.size(); ++i) {
    if (all[i].count == 0) continue;
    all[i].pattern = patterns[i].name;
    all[i].meaning = patterns[i].meaning;
    matches.push_back(std::move(all[i]));
  }
  return matches;
}

std::optional<std::string> matching_line(std::string_view log, const std::string& expression) {
  const auto wanted = compiled(expression);
  for (const auto& line : lines_of(log))
    if (std::regex_search(line.substr(0, longest_line), wanted)) return line;
  return std::nullopt;
}

}  // namespace prodclone::application
