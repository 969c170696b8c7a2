#include "tokens.hpp"

#include <algorithm>
#include <cctype>

#include <prodclone/base/text.hpp>

namespace prodclone::dump {

namespace {
bool begins_word(char c) { return std::isalpha(static_cast<unsigned char>(c)) != 0 || c == '_' || (c & 0x80) != 0; }
bool continues_word(char c) { return begins_word(c) || (c >= '0' && c <= '9') || c == '$'; }
}  // namespace

bool Token::is(std::string_view upper_word) const {
  return kind == Kind::word && text.size() == upper_word.size() && upper(text) == upper_word;
}

std::string Token::identifier() const { return kind == Kind::word ? lower(text) : text; }

void Tokens::skip_blanks_and_comments() {
  while (at_ < text_.size()) {
    if (std::isspace(static_cast<unsigned char>(text_[at_])) != 0) {
      ++at_;
    } else if (text_.substr(at_, 2) == "--") {
      at_ = std::min(text_.find('\n', at_), text_.size());
    } else if (text_.substr(at_, 2) == "/*") {
      int depth = 1;  // comments nest
      for (at_ += 2; at_ < text_.size() && depth > 0; ++at_) {
        const auto two = text_.substr(at_, 2);
        if (two == "/*") ++depth, ++at_;
        else if (two == "*/") --depth, ++at_;
      }
    } else {
      return;
    }
  }
}

Token Tokens::quoted(char quote, bool escapes) {
  std::string content;
  for (++at_; at_ < text_.size(); ++at_) {
    if (escapes && text_[at_] == '\\' && at_ + 1 < text_.size()) {
      content += text_[++at_];
    } else if (text_[at_] == quote) {
      if (at_ + 1 >= text_.size() || text_[at_ + 1] != quote) break;
      content += text_[++at_];
    } else {
      content += text_[at_];
    }
  }
  at_ = std::min(at_ + 1, text_.size());
  return {quote == '"' ? Token::Kind::name : Token::Kind::string, std::move(content)};
}

Token Tokens::dollar_quoted(std::size_t tag_length) {
  const auto tag = text_.substr(at_, tag_length);
  const auto begin = at_ + tag_length;
  const auto end = std::min(text_.find(tag, begin), text_.size());
  at_ = std::min(end + tag_length, text_.size());
  return {Token::Kind::string, std::string(text_.substr(begin, end - begin))};
}

std::optional<Token> Tokens::next() {
  skip_blanks_and_comments();
  if (at_ >= text_.size()) return std::nullopt;
  const char c = text_[at_];
  if (c == '\'') return quoted('\'', !standard_strings_);
  if (c == '"') return quoted('"', false);
  if (begins_word(c)) {
    const auto begin = at_;
    while (at_ < text_.size() && continues_word(text_[at_])) ++at_;
    const auto word = text_.substr(begin, at_ - begin);
    if (word.size() == 1 && at_ < text_.size() && text_[at_] == '\'') {
      if (word == "E" || word == "e") return quoted('\'', true);
      if (word == "B" || word == "b" || word == "X" || word == "x") return quoted('\'', false);
    }
    return Token{Token::Kind::word, std::string(word)};
  }
  if (c >= '0' && c <= '9') {
    const auto begin = at_;
    while (at_ < text_.size() && (continues_word(text_[at_]) || text_[at_] == '.')) ++at_;
    return Token{Token::Kind::number, std::string(text_.substr(begin, at_ - begin))};
  }
  if (c == '$') {
    auto end = at_ + 1;
    while (end < text_.size() && continues_word(text_[end]) && text_[end] != '$') ++end;
    const bool tag_is_word = end == at_ + 1 || begins_word(text_[at_ + 1]);
    if (end < text_.size() && text_[end] == '$' && tag_is_word) return dollar_quoted(end - at_ + 1);
  }
  ++at_;
  return Token{Token::Kind::symbol, std::string(1, c)};
}

bool Tokens::take(std::string_view upper_word) {
  const auto before = at_;
  const auto token = next();
  if (token && token->is(upper_word)) return true;
  at_ = before;
  return false;
}

}  // namespace prodclone::dump
