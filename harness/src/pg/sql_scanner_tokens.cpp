#include "sql_scanner_tokens.hpp"

#include <algorithm>
#include <array>
#include <cstdint>

namespace prodclone::pg::scanning {
namespace {

constexpr auto npos = std::string_view::npos;

enum : std::uint8_t { blank = 1, word_start = 2, digit = 4, dollar = 8 };

constexpr std::array<std::uint8_t, 256> make_classes() {
  std::array<std::uint8_t, 256> classes{};
  for (const char c : {' ', '\t', '\n', '\r', '\f', '\v'}) classes[static_cast<unsigned char>(c)] = blank;
  for (unsigned c = 'a'; c <= 'z'; ++c) classes[c] = word_start;
  for (unsigned c = 'A'; c <= 'Z'; ++c) classes[c] = word_start;
  for (unsigned c = '0'; c <= '9'; ++c) classes[c] = digit;
  // Every byte of a multi-byte character counts as a letter, as in the server's lexer.
  for (unsigned c = 0x80; c <= 0xff; ++c) classes[c] = word_start;
  classes['_'] = word_start;
  classes['$'] = dollar;
  return classes;
}
constexpr auto classes = make_classes();

bool is(char character, std::uint8_t wanted) {
  return (classes[static_cast<unsigned char>(character)] & wanted) != 0;
}

std::size_t skip(std::string_view text, std::size_t at, std::uint8_t wanted) {
  while (at < text.size() && is(text[at], wanted)) ++at;
  return at;
}

char peek(std::string_view text, std::size_t at) { return at < text.size() ? text[at] : '\0'; }

Token closed_at(TokenKind kind, std::size_t begin, std::size_t end) { return {kind, begin, end, true}; }

Token cut_off(TokenKind kind, std::size_t begin, std::string_view text) {
  return {kind, begin, text.size(), false};
}

Token line_comment(std::string_view text, std::size_t begin) {
  return closed_at(TokenKind::comment, begin, std::min(text.find_first_of("\n\r", begin), text.size()));
}

Token block_comment(std::string_view text, std::size_t begin) {
  std::size_t depth = 1;
  std::size_t at = begin + 2;
  while (at + 1 < text.size()) {
    if (text[at] == '*' && text[at + 1] == '/') {
      at += 2;
      if (--depth == 0) return closed_at(TokenKind::comment, begin, at);
    } else if (text[at] == '/' && text[at + 1] == '*') {
      at += 2;
      ++depth;
    } else {
      ++at;
    }
  }
  return cut_off(TokenKind::comment, begin, text);
}

// One past the quote that ends a literal whose inside starts at `at`; npos when there is none.
std::size_t after_closing_quote(std::string_view text, std::size_t at, Backslash backslash) {
  const auto next_stop = [&] {
    return backslash == Backslash::escapes ? text.find_first_of("'\\", at) : text.find('\'', at);
  };
  while ((at = next_stop()) != npos) {
    if (text[at] == '\\') {
      at += 2;
    } else if (peek(text, at + 1) == '\'') {
      at += 2;
    } else {
      return at + 1;
    }
  }
  return npos;
}

// Literals on two lines are one literal and keep the first one's rules: E'…'⏎'…\'…'. Returns one past
// the quote that goes on, or npos. (psql itself forgets the E at the newline; the server does not.)
std::size_t after_continuation(std::string_view text, std::size_t at) {
  bool newline = false;
  while (at < text.size()) {
    const char c = text[at];
    if (c == '\'') return newline ? at + 1 : npos;
    if (is(c, blank)) {
      newline = newline || c == '\n' || c == '\r';
      ++at;
    } else if (c == '-' && peek(text, at + 1) == '-') {
      at = line_comment(text, at).end;
    } else {
      return npos;
    }
  }
  return npos;
}

// `inside` is one past the opening quote, `begin` the start of its prefix.
Token string_literal(std::string_view text, std::size_t begin, std::size_t inside, Backslash backslash) {
  for (;;) {
    const std::size_t end = after_closing_quote(text, inside, backslash);
    if (end == npos) return cut_off(TokenKind::string, begin, text);
    // Without escapes a continuation is scanned no differently as a literal of its own.
    if (backslash == Backslash::literal) return closed_at(TokenKind::string, begin, end);
    inside = after_continuation(text, end);
    if (inside == npos) return closed_at(TokenKind::string, begin, end);
  }
}

Token quoted_name(std::string_view text, std::size_t begin, std::size_t inside) {
  while ((inside = text.find('"', inside)) != npos) {
    if (peek(text, inside + 1) != '"') return closed_at(TokenKind::quoted_name, begin, inside + 1);
    inside += 2;
  }
  return cut_off(TokenKind::quoted_name, begin, text);
}

Token word(std::string_view text, std::size_t begin, Backslash backslash) {
  const std::size_t end = skip(text, begin + 1, word_start | digit | dollar);
  if (end != begin + 1) return closed_at(TokenKind::word, begin, end);
  const char prefix = text[begin];
  const char next = peek(text, end);
  if (next == '\'') {
    if (prefix == 'e' || prefix == 'E') return string_literal(text, begin, end + 1, Backslash::escapes);
    if (prefix == 'n' || prefix == 'N') return string_literal(text, begin, end + 1, backslash);
    if (std::string_view("bBxX").find(prefix) != npos) return string_literal(text, begin, end + 1, Backslash::literal);
  } else if (next == '&' && (prefix == 'u' || prefix == 'U')) {
    if (peek(text, end + 1) == '\'') return string_literal(text, begin, end + 2, Backslash::literal);
    if (peek(text, end + 1) == '"') return quoted_name(text, begin, end + 2);
  }
  return closed_at(TokenKind::word, begin, end);
}

// No exponent: the letter would start a word, which ends in the same place.
Token number(std::string_view text, std::size_t begin) {
  std::size_t at = skip(text, begin, digit);
  if (peek(text, at) == '.' && peek(text, at + 1) != '.') at = skip(text, at + 1, digit);
  return closed_at(TokenKind::number, begin, at);
}

Token after_dollar(std::string_view text, std::size_t begin) {
  std::size_t at = begin + 1;
  if (is(peek(text, at), digit)) return closed_at(TokenKind::number, begin, skip(text, at, digit));
  if (is(peek(text, at), word_start)) at = skip(text, at, word_start | digit);
  if (peek(text, at) != '$') return closed_at(TokenKind::symbol, begin, begin + 1);
  const std::string_view tag = text.substr(begin, at + 1 - begin);
  const std::size_t closing = text.find(tag, at + 1);
  if (closing == npos) return cut_off(TokenKind::dollar_string, begin, text);
  return closed_at(TokenKind::dollar_string, begin, closing + tag.size());
}

}  // namespace

Token token_at(std::string_view text, std::size_t at, Backslash backslash) {
  const char c = text[at];
  if (is(c, word_start)) return word(text, at, backslash);
  if (is(c, blank)) return closed_at(TokenKind::space, at, skip(text, at + 1, blank));
  if (is(c, digit)) return number(text, at);
  const auto single = [at](TokenKind kind) { return closed_at(kind, at, at + 1); };
  switch (c) {
    case '\'': return string_literal(text, at, at + 1, backslash);
    case '"': return quoted_name(text, at, at + 1);
    case '$': return after_dollar(text, at);
    // Operators are taken character by character, since a comment may start inside one: 1+--2.
    case '-': return peek(text, at + 1) == '-' ? line_comment(text, at) : single(TokenKind::symbol);
    case '/': return peek(text, at + 1) == '*' ? block_comment(text, at) : single(TokenKind::symbol);
    case '(': return single(TokenKind::open);
    case ')': return single(TokenKind::close);
    case ';': return single(TokenKind::semicolon);
    case '\\': return single(TokenKind::backslash);
    default: return single(TokenKind::symbol);
  }
}

Token significant_token(std::string_view text, std::size_t at) {
  while (at < text.size()) {
    const Token token = token_at(text, at, Backslash::literal);
    if (token.kind != TokenKind::space && token.kind != TokenKind::comment) return token;
    at = token.end;
  }
  return {TokenKind::space, text.size(), text.size(), true};
}

bool is_keyword(std::string_view word, std::string_view keyword) {
  if (word.size() != keyword.size()) return false;
  for (std::size_t i = 0; i < word.size(); ++i) {
    const char c = word[i];
    if ((c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c) != keyword[i]) return false;
  }
  return true;
}

bool is_blank(char character) { return is(character, blank); }

std::string_view dollar_tag(std::string_view quoted) { return quoted.substr(0, quoted.find('$', 1) + 1); }

}  // namespace prodclone::pg::scanning
