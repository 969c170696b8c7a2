// PostgreSQL's lexical rules as far as splitting needs them: where a token ends, never what it means.
// Shared by the script scanner and by the questions about one statement, so that both agree on what
// is a comment, a quote or a word.
#pragma once

#include <cstddef>
#include <string_view>

namespace prodclone::pg::scanning {

enum class TokenKind {
  space,
  comment,
  word,           // unquoted identifier or keyword
  quoted_name,    // "…", U&"…"
  string,         // '…' and its prefixed forms, with continuation lines
  dollar_string,  // $tag$…$tag$
  number,         // also $1
  open,
  close,
  semicolon,
  backslash,
  symbol,  // any other single character
};

struct Token {
  TokenKind kind = TokenKind::symbol;
  std::size_t begin = {};
  std::size_t end = {};  // one past the last character
  bool closed = true;    // false: a quote or comment that runs to the end of the text
};

// What a backslash is in a plain '…': the opposite of standard_conforming_strings. In E'…' it escapes.
enum class Backslash { literal, escapes };

// The token at `at`, which must lie inside `text`.
[[nodiscard]] Token token_at(std::string_view text, std::size_t at, Backslash backslash);

// The next token at or after `at` that is neither space nor comment; kind space at the end. Reads
// strings as conforming.
[[nodiscard]] Token significant_token(std::string_view text, std::size_t at);

// Whether a bare word is this keyword, which is given in upper case.
[[nodiscard]] bool is_keyword(std::string_view word, std::string_view keyword);

[[nodiscard]] bool is_blank(char character);

// "$tag$" of a token of kind dollar_string.
[[nodiscard]] std::string_view dollar_tag(std::string_view quoted);

}  // namespace prodclone::pg::scanning
