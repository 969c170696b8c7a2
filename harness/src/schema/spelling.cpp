#include "spelling.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <vector>

#include "sql_tokens.hpp"

namespace prodclone::schema {

namespace {

// pg_get_keywords() of 13 to 18, what is not unreserved: new in 16 and in 17. None has gone.
constexpr std::array<std::string_view, 13> late_words = {
    "json_array", "json_arrayagg", "json_object", "json_objectagg", "system_user",                                       // 16
    "json", "json_exists", "json_query", "json_scalar", "json_serialize", "json_table", "json_value", "merge_action"};  // 17

constexpr auto nowhere = static_cast<std::size_t>(-1);

// Tokens with the bracket that closes each opening one.
class Text {
 public:
  explicit Text(std::string_view sql) : sql_(sql), tokens_(sql_tokens(sql)), closing_(tokens_.size(), nowhere) {
    std::vector<std::size_t> open;
    for (std::size_t i = 0; i < tokens_.size(); ++i) {
      if (symbol(i, '(') || symbol(i, '[')) open.push_back(i);
      if ((symbol(i, ')') || symbol(i, ']')) && !open.empty()) {
        closing_[open.back()] = i;
        open.pop_back();
      }
    }
  }

  std::size_t size() const { return tokens_.size(); }
  const SqlToken& operator[](std::size_t i) const { return tokens_[i]; }
  bool symbol(std::size_t i, char c) const { return i < size() && tokens_[i].kind == TokenKind::symbol && tokens_[i].text[0] == c; }
  bool name(std::size_t i) const { return i < size() && tokens_[i].kind == TokenKind::identifier; }
  // The server prints keywords in capitals; names in capitals it quotes.
  bool word(std::size_t i, std::string_view keyword) const { return name(i) && !tokens_[i].quoted && tokens_[i].text == keyword; }
  bool opens(std::size_t i) const { return i < size() && closing_[i] != nowhere; }
  std::size_t behind(std::size_t i) const { return opens(i) ? closing_[i] + 1 : i + 1; }
  std::size_t closing(std::size_t i) const { return closing_[i]; }

  // The first of these words from `from` on, outside further brackets; `end` when there is none.
  template <typename... Words>
  std::size_t find(std::size_t from, std::size_t end, Words... words) const {
    for (; from < end; from = behind(from))
      if ((word(from, words) || ...)) return from;
    return end;
  }

  std::string_view sql() const { return sql_; }

 private:
  std::string_view sql_;
  std::vector<SqlToken> tokens_;
  std::vector<std::size_t> closing_;
};

// The name that the only entry of a FROM list goes by; nothing where there are several, or it is not understood.
std::optional<std::string> only_entry(const Text& text, std::size_t from, std::size_t end) {
  std::optional<std::string> alias;
  for (auto i = from; i < end; i = text.behind(i)) {
    if (text.symbol(i, ',') || text.word(i, "JOIN")) return std::nullopt;
    if (text.word(i, "TABLESAMPLE")) break;
    const bool keyword = text.word(i, "ONLY") || text.word(i, "LATERAL") || text.word(i, "ROWS") || text.word(i, "FROM") || text.word(i, "WITH") || text.word(i, "ORDINALITY");
    if (text.name(i) && !keyword) alias = text[i].text;
    if (!text.symbol(i, '(') || i != from) continue;
    // A join in brackets, or a query.
    const auto last = text.closing(i);
    const bool query = text.word(i + 1, "SELECT") || text.word(i + 1, "VALUES") || text.word(i + 1, "WITH");
    if (!query && text.find(i + 1, last, "JOIN") != last) return std::nullopt;
    if (!query && text.find(i + 1, last, "UNION", "INTERSECT", "EXCEPT") == last) return std::nullopt;
  }
  return alias;
}

bool is_query(const Text& text, std::size_t open) {
  return text.find(open + 1, text.closing(open), "SELECT", "VALUES") != text.closing(open);
}

// "alias." before a column: not of a function, type, operator or collation in a schema of that name, not a whole row.
bool qualifies_column(const Text& text, std::size_t i, const std::string& alias) {
  if (!text.name(i) || text[i].text != alias || !text.symbol(i + 1, '.') || !text.name(i + 2)) return false;
  if (text.symbol(i + 3, '(') || text.symbol(i + 3, '.')) return false;
  if (i == 0) return true;
  return !text.symbol(i - 1, '.') && !text.symbol(i - 1, ':') && !text.word(i - 1, "COLLATE") && !text.word(i - 1, "RETURNING") && !text.word(i - 1, "AS");
}

void find_qualifiers(const Text& text, std::size_t from, std::size_t end, const std::string& alias, std::vector<std::size_t>& found) {
  for (auto i = from; i < end; ++i) {
    if (text.opens(i) && text.symbol(i, '(') && is_query(text, i))
      i = text.closing(i);  // subqueries keep their names
    else if (qualifies_column(text, i, alias))
      found.push_back(i);
  }
}

class Calls {
 public:
  explicit Calls(const Text& text) : text_(text) {}

  // Tokens from `from` up to `end`, with the blanks between them.
  std::string rewritten(std::size_t from, std::size_t end) const {
    std::string out;
    for (auto i = from; i < end;) {
      if (i > from) out += text_.sql().substr(text_[i - 1].end, text_[i].begin - text_[i - 1].end);
      if (auto call = call_at(i)) {
        out += call->sql;
        i = call->next;
        continue;
      }
      if (!text_.opens(i)) {
        out += token(i);
        ++i;
        continue;
      }
      const auto last = text_.closing(i);
      out += token(i);
      if (last > i + 1) out += gap(i + 1) + rewritten(i + 1, last) + gap(last);
      else out += gap(last);
      out += token(last);
      i = last + 1;
    }
    return out;
  }

 private:
  struct Call {
    std::string sql;
    std::size_t next;
  };

  std::string_view token(std::size_t i) const { return text_.sql().substr(text_[i].begin, text_[i].end - text_[i].begin); }
  std::string gap(std::size_t i) const { return std::string(text_.sql().substr(text_[i - 1].end, text_[i].begin - text_[i - 1].end)); }

  // Without the brackets that some of these syntaxes put around an argument.
  std::string inner(std::size_t open) const { return rewritten(open + 1, text_.closing(open)); }

  std::optional<Call> call_at(std::size_t i) const {
    if (text_.symbol(i, '(') && text_.opens(i)) return operator_in(i);
    if (text_.word(i, "COLLATION") && text_.word(i + 1, "FOR") && text_.opens(i + 2))
      return Call{"pg_collation_for(" + inner(i + 2) + ")", text_.behind(i + 2)};
    if (!text_.name(i) || text_[i].quoted || !text_.symbol(i + 1, '(') || !text_.opens(i + 1)) return std::nullopt;
    const auto from = i + 2, end = text_.closing(i + 1);
    auto sql = function(text_[i].text, from, end);
    if (!sql) return std::nullopt;
    return Call{std::move(*sql), end + 1};
  }

  std::optional<std::string> function(const std::string& word, std::size_t from, std::size_t end) const {
    if (word == "SUBSTRING") {
      const auto second = text_.find(from, end, "FROM", "SIMILAR"), third = text_.find(from, end, "FOR", "ESCAPE");
      if (second == end) return std::nullopt;
      return "\"substring\"(" + rewritten(from, second) + ", " + rewritten(second + 1, third) + optional(third, end) + ")";
    }
    if (word == "OVERLAY") {
      const auto second = text_.find(from, end, "PLACING"), third = text_.find(from, end, "FROM"), fourth = text_.find(from, end, "FOR");
      if (second == end || third == end) return std::nullopt;
      return "\"overlay\"(" + rewritten(from, second) + ", " + rewritten(second + 1, third) + ", " + rewritten(third + 1, fourth) + optional(fourth, end) + ")";
    }
    if (word == "POSITION") {
      const auto in = text_.find(from, end, "IN");
      if (in == end || text_.behind(from) != in || text_.behind(in + 1) != end) return std::nullopt;
      return "\"position\"(" + inner(in + 1) + ", " + inner(from) + ")";
    }
    if (word == "TRIM") {
      const std::string name = text_.word(from, "LEADING") ? "ltrim(" : text_.word(from, "TRAILING") ? "rtrim(" : text_.word(from, "BOTH") ? "btrim(" : "";
      const auto of = text_.find(from, end, "FROM");
      if (name.empty() || of == end) return std::nullopt;
      return name + rewritten(of + 1, end) + (of > from + 1 ? ", " + rewritten(from + 1, of) : "") + ")";
    }
    if (word == "NORMALIZE") {
      auto comma = from;
      while (comma < end && !text_.symbol(comma, ',')) comma = text_.behind(comma);
      return "\"normalize\"(" + rewritten(from, comma) + (comma < end ? ", " + form(comma + 1) : "") + ")";
    }
    return std::nullopt;
  }

  std::string optional(std::size_t word, std::size_t end) const { return word == end ? "" : ", " + rewritten(word + 1, end); }

  // NFD is a word here and text there.
  std::string form(std::size_t i) const {
    std::string lower = text_[i].text;
    std::transform(lower.begin(), lower.end(), lower.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
    return '\'' + lower + "'::text";
  }

  std::optional<Call> operator_in(std::size_t open) const {
    const auto from = open + 1, end = text_.closing(open);
    if (const auto at = text_.find(from, end, "AT"); at != end && text_.word(at + 1, "TIME") && text_.word(at + 2, "ZONE"))
      return Call{"timezone(" + rewritten(at + 3, end) + ", " + rewritten(from, at) + ")", end + 1};
    if (const auto word = text_.find(from, end, "OVERLAPS"); word != end && text_.behind(from) == word && text_.behind(word + 1) == end)
      return Call{"\"overlaps\"(" + inner(from) + ", " + inner(word + 1) + ")", end + 1};
    if (end > from + 2 && text_.word(end - 1, "NORMALIZED")) {
      const auto is = text_.find(from, end, "IS");
      if (is == end) return std::nullopt;
      return Call{"is_normalized(" + rewritten(from, is) + (is + 2 < end ? ", " + form(is + 1) : "") + ")", end + 1};
    }
    return std::nullopt;
  }

  const Text& text_;
};

// `sql` without the stretches; each is from where a token begins to where one ends or the next begins.
std::string without(std::string_view sql, const std::vector<std::pair<std::size_t, std::size_t>>& stretches) {
  std::string out;
  std::size_t at = 0;
  for (const auto& [begin, end] : stretches) {
    out += sql.substr(at, begin - at);
    at = end;
  }
  return out += sql.substr(at);
}

}  // namespace

std::string without_only_table(std::string_view query) {
  const Text text(query);
  const auto select = text.find(0, text.size(), "SELECT");
  const auto from = text.find(select, text.size(), "FROM");
  if (from == text.size() || text.find(0, text.size(), "UNION", "INTERSECT", "EXCEPT") != text.size()) return std::string(query);
  const auto end = std::min(text.find(from, text.size(), "WHERE", "GROUP", "HAVING", "WINDOW", "ORDER", "LIMIT", "OFFSET", "FETCH", "FOR"),
                            text.symbol(text.size() - 1, ';') ? text.size() - 1 : text.size());
  const auto alias = only_entry(text, from + 1, end);
  if (!alias) return std::string(query);
  std::vector<std::size_t> qualifiers;
  find_qualifiers(text, select + 1, from, *alias, qualifiers);
  find_qualifiers(text, end, text.size(), *alias, qualifiers);
  std::vector<std::pair<std::size_t, std::size_t>> stretches;
  for (const auto i : qualifiers) stretches.emplace_back(text[i].begin, text[i + 2].begin);
  return without(query, stretches);
}

std::string without_late_quotes(std::string_view sql) {
  if (sql.find('"') == std::string_view::npos) return std::string(sql);
  std::vector<std::pair<std::size_t, std::size_t>> stretches;
  for (const auto& token : sql_tokens(sql)) {
    if (!token.quoted || std::find(late_words.begin(), late_words.end(), token.text) == late_words.end()) continue;
    stretches.emplace_back(token.begin, token.begin + 1);
    stretches.emplace_back(token.end - 1, token.end);
  }
  return without(sql, stretches);
}

std::string with_words_as_calls(std::string_view sql) {
  constexpr std::array<std::string_view, 9> words = {"SUBSTRING(", "OVERLAY(", "POSITION(", "TRIM(", "NORMALIZE(", "COLLATION FOR", " AT TIME ZONE ", " OVERLAPS ", " NORMALIZED)"};
  if (std::none_of(words.begin(), words.end(), [&](auto word) { return sql.find(word) != std::string_view::npos; })) return std::string(sql);
  const Text text(sql);
  if (text.size() == 0) return std::string(sql);
  return std::string(sql.substr(0, text[0].begin)) + Calls(text).rewritten(0, text.size()) + std::string(sql.substr(text[text.size() - 1].end));
}

std::string without_implied_casts(std::string_view sql, const ImpliedCast& implied) {
  constexpr std::array<std::string_view, 10> calls = {"substring", "overlay", "position", "btrim", "ltrim", "rtrim", "normalize", "is_normalized", "overlaps", "timezone"};
  if (sql.find(")::") == std::string_view::npos) return std::string(sql);
  const Text text(sql);
  std::vector<std::pair<std::size_t, std::size_t>> stretches;
  for (std::size_t i = 0; i + 1 < text.size(); ++i) {
    if (!text.name(i) || !text.symbol(i + 1, '(') || !text.opens(i + 1) || (i > 0 && text.symbol(i - 1, '.'))) continue;
    if (std::find(calls.begin(), calls.end(), text[i].text) == calls.end()) continue;
    const auto end = text.closing(i + 1);
    for (auto from = i + 2, to = from; from < end; from = to + 1) {
      for (to = from; to < end && !text.symbol(to, ',');) to = text.behind(to);
      if (!text.symbol(from, '(') || !text.opens(from)) continue;
      const auto close = text.closing(from), column = close - 1;
      const bool reference = column == from + 1 || (column == from + 3 && text.symbol(from + 2, '.') && text.name(from + 1));
      if (!reference || !text.name(column) || close + 3 >= to || !text.symbol(close + 1, ':') || !text.symbol(close + 2, ':')) continue;
      if (!implied(text[column].text, sql.substr(text[close + 3].begin, text[to - 1].end - text[close + 3].begin))) continue;
      stretches.emplace_back(text[from].begin, text[from].end);
      stretches.emplace_back(text[close].begin, text[to - 1].end);
    }
  }
  return without(sql, stretches);
}

std::string without_in(std::string_view arguments) {
  const Text text(arguments);
  std::vector<std::pair<std::size_t, std::size_t>> stretches;
  for (std::size_t i = 0; i + 1 < text.size(); i = text.behind(i))
    if (text.word(i, "IN") && (i == 0 || text.symbol(i - 1, ','))) stretches.emplace_back(text[i].begin, text[i + 1].begin);
  return without(arguments, stretches);
}

}  // namespace prodclone::schema
