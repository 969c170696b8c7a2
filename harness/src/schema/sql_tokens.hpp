// Deparsed SQL cut into tokens, for comparing it under a set of renames and for writing it as another major would.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace prodclone::schema {

enum class TokenKind { identifier, literal, number, symbol };

struct SqlToken {
  TokenKind kind = TokenKind::symbol;
  std::string text = {};  // identifiers and literals without their quotes
  bool quoted = {};       // a quoted identifier is never a keyword
  std::size_t begin = 0, end = 0;  // where it stands, with its quotes
};

// White space and comments vanish. Understands what the server prints, and tolerates anything.
std::vector<SqlToken> sql_tokens(std::string_view sql);

}  // namespace prodclone::schema
