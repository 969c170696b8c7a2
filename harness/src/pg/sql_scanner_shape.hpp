// What the scanner must know about the statement that it is in: whether a semicolon inside belongs to
// a BEGIN ATOMIC body, and whether COPY data follows. Fed with its significant tokens, in order.
#pragma once

#include <cstddef>
#include <string_view>

#include "sql_scanner_tokens.hpp"

namespace prodclone::pg::scanning {

class StatementShape {
 public:
  void see(TokenKind kind, std::string_view text, std::size_t parentheses);

  // After `\;`: another statement in the same message. COPY data of those before is still to come.
  void next_statement();

  [[nodiscard]] bool in_body() const { return body_depth_ > 0; }
  [[nodiscard]] std::size_t copies_from_stdin() const { return copies_; }

 private:
  enum class Form { unknown, copy, create, create_or, create_or_replace, routine, other };
  enum class Previous { other, from, begin, as_or_dot };

  static Form after_word(Form form, std::string_view word);
  void see_in_copy(TokenKind kind, std::string_view text);
  void see_in_routine(TokenKind kind, std::string_view text);

  Form form_ = Form::unknown;
  Previous previous_ = Previous::other;
  std::size_t body_depth_ = 0;  // BEGIN ATOMIC and the CASEs open inside it
  std::size_t copies_ = 0;
};

}  // namespace prodclone::pg::scanning
