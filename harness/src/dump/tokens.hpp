// The words of one SQL statement as the server's lexer would cut them, as far as telling kinds of statements needs.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace prodclone::dump {

struct Token {
  enum class Kind { word, name, string, number, symbol };  // name: a quoted identifier
  Kind kind = Kind::symbol;
  std::string text = {};  // word: as written; name and string: what the quotes hold; symbol: one character

  bool is(std::string_view upper_word) const;   // an unquoted word, in any case
  bool symbol(char c) const { return kind == Kind::symbol && text.size() == 1 && text[0] == c; }
  std::string identifier() const;               // a word folded to lower case, a quoted name as it is
};

// Reads a statement forwards; does not own it.
class Tokens {
 public:
  explicit Tokens(std::string_view statement, bool standard_conforming_strings = true)
      : text_(statement), standard_strings_(standard_conforming_strings) {}

  std::optional<Token> next();
  // Takes the next token when it is this word.
  bool take(std::string_view upper_word);

 private:
  void skip_blanks_and_comments();
  Token quoted(char quote, bool escapes);
  Token dollar_quoted(std::size_t tag_length);

  std::string_view text_;
  std::size_t at_ = 0;
  bool standard_strings_;
};

}  // namespace prodclone::dump
