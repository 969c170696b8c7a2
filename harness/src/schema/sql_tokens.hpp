// Deparsed SQL cut into tokens, for comparing it under a set of renames.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace prodclone::schema {

enum class TokenKind { identifier, literal, number, symbol };

struct SqlToken {
  TokenKind kind = TokenKind::symbol;
  std::string text = {};  // identifiers and literals without their quotes
  bool quoted = {};       // a quoted identifier is never a keyword
  friend bool operator==(const SqlToken&, const SqlToken&) = default;
};

// White space and comments vanish. Understands what the server prints, and tolerates anything.
std::vector<SqlToken> sql_tokens(std::string_view sql);

}  // namespace prodclone::schema
