#include "sql_scanner_shape.hpp"

namespace prodclone::pg::scanning {

StatementShape::Form StatementShape::after_word(Form form, std::string_view word) {
  switch (form) {
    case Form::unknown:
      if (is_keyword(word, "COPY")) return Form::copy;
      return is_keyword(word, "CREATE") ? Form::create : Form::other;
    case Form::create:
      if (is_keyword(word, "OR")) return Form::create_or;
      [[fallthrough]];
    case Form::create_or_replace:
      return is_keyword(word, "FUNCTION") || is_keyword(word, "PROCEDURE") ? Form::routine : Form::other;
    case Form::create_or: return is_keyword(word, "REPLACE") ? Form::create_or_replace : Form::other;
    default: return form;
  }
}

void StatementShape::see(TokenKind kind, std::string_view text, std::size_t parentheses) {
  switch (form_) {
    case Form::other: return;
    case Form::copy:
      if (parentheses == 0) see_in_copy(kind, text);
      return;
    case Form::routine:
      // CASE … END inside parentheses balances itself.
      if (parentheses == 0) see_in_routine(kind, text);
      return;
    default: form_ = kind == TokenKind::word ? after_word(form_, text) : Form::other;
  }
}

void StatementShape::next_statement() {
  form_ = Form::unknown;
  previous_ = Previous::other;
}

void StatementShape::see_in_copy(TokenKind kind, std::string_view text) {
  const bool is_word = kind == TokenKind::word;
  // The grammar takes STDOUT after FROM as well, and means STDIN.
  if (previous_ == Previous::from && is_word && (is_keyword(text, "STDIN") || is_keyword(text, "STDOUT"))) {
    ++copies_;
    form_ = Form::other;
  }
  previous_ = is_word && is_keyword(text, "FROM") ? Previous::from : Previous::other;
}

void StatementShape::see_in_routine(TokenKind kind, std::string_view text) {
  const Previous before = previous_;
  previous_ = Previous::other;
  if (kind == TokenKind::symbol && text == ".") previous_ = Previous::as_or_dot;
  if (kind != TokenKind::word) return;
  if (is_keyword(text, "AS")) {
    previous_ = Previous::as_or_dot;
  } else if (before == Previous::as_or_dot) {
    // A label may be any keyword: SELECT 1 AS end. psql ends the body there and breaks the function.
  } else if (body_depth_ == 0) {
    // Only with ATOMIC: a function may be called begin, which psql takes for a body.
    if (before == Previous::begin && is_keyword(text, "ATOMIC")) body_depth_ = 1;
    if (is_keyword(text, "BEGIN")) previous_ = Previous::begin;
  } else if (is_keyword(text, "CASE")) {
    ++body_depth_;
  } else if (is_keyword(text, "END")) {
    --body_depth_;
  }
}

}  // namespace prodclone::pg::scanning
