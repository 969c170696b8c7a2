#include <prodclone/pg/sql_scanner.hpp>

#include <algorithm>
#include <array>
#include <ostream>

#include "sql_scanner_tokens.hpp"

namespace prodclone::pg {
namespace {

using scanning::is_keyword;
using scanning::Token;
using scanning::TokenKind;

// The significant tokens of one statement, one at a time.
class Reader {
 public:
  explicit Reader(std::string_view statement) : statement_(statement) { advance(); }

  [[nodiscard]] bool at_end() const { return token_.kind == TokenKind::space; }
  [[nodiscard]] TokenKind kind() const { return token_.kind; }
  [[nodiscard]] std::string_view text() const { return statement_.substr(token_.begin, token_.end - token_.begin); }
  [[nodiscard]] bool at(std::string_view keyword) const {
    return token_.kind == TokenKind::word && is_keyword(text(), keyword);
  }

  void advance() { token_ = scanning::significant_token(statement_, token_.end); }
  bool accept(std::string_view keyword) {
    if (!at(keyword)) return false;
    advance();
    return true;
  }
  // Moves past the next `keyword` outside parentheses; false, and at the end, when there is none.
  bool skip_past(std::string_view keyword) {
    for (int depth = 0; !at_end(); advance()) {
      if (depth == 0 && accept(keyword)) return true;
      if (kind() == TokenKind::open) ++depth;
      if (kind() == TokenKind::close) --depth;
    }
    return false;
  }

 private:
  std::string_view statement_;
  Token token_ = {};
};

bool means_off(std::string_view value) {
  if (value.size() > 2 && value.front() == '\'') value = value.substr(1, value.size() - 2);
  const std::array<std::string_view, 4> offs = {"OFF", "FALSE", "NO", "0"};
  return std::any_of(offs.begin(), offs.end(), [value](std::string_view off) { return is_keyword(value, off); });
}

// Reads `(name [=] value, …)` at the reader, if it stands there, and leaves the reader behind it.
// Calls option(name, is_off) for each.
template <typename Option>
void read_options(Reader& reader, Option option) {
  if (reader.kind() != TokenKind::open) return;
  reader.advance();
  while (!reader.at_end() && reader.kind() != TokenKind::close) {
    const std::string_view name = reader.text();
    bool off = false;
    for (reader.advance(); !reader.at_end() && reader.kind() != TokenKind::close && reader.text() != ",";
         reader.advance())
      off = means_off(reader.text());
    option(name, off);
    if (reader.text() == ",") reader.advance();
  }
  reader.advance();
}

bool refuses_reindex(Reader& reader) {
  bool concurrently = false;
  read_options(reader, [&](std::string_view name, bool off) {
    if (is_keyword(name, "CONCURRENTLY")) concurrently = !off;
  });
  if (concurrently || reader.at("SCHEMA") || reader.at("DATABASE") || reader.at("SYSTEM")) return true;
  reader.advance();  // INDEX or TABLE
  return reader.at("CONCURRENTLY");
}

bool refuses_cluster(Reader& reader) {
  read_options(reader, [](std::string_view, bool) {});
  reader.accept("VERBOSE");
  return reader.at_end();
}

bool refuses_create(Reader& reader) {
  if (reader.at("DATABASE") || reader.at("TABLESPACE")) return true;
  if (reader.accept("SUBSCRIPTION")) {
    bool makes_slot = true;
    if (reader.skip_past("WITH"))
      read_options(reader, [&](std::string_view name, bool off) {
        if (off && (is_keyword(name, "CREATE_SLOT") || is_keyword(name, "CONNECT"))) makes_slot = false;
      });
    return makes_slot;
  }
  reader.accept("UNIQUE");
  return reader.accept("INDEX") && reader.at("CONCURRENTLY");
}

bool refuses_alter_subscription(Reader& reader) {
  reader.advance();  // its name
  if (reader.at("REFRESH")) return true;
  const bool sets = reader.at("SET");
  if (!sets && !reader.at("ADD") && !reader.at("DROP")) return false;
  reader.advance();
  if (sets && reader.kind() == TokenKind::open) {
    // Refused by 17 and 18 only, but a runner that sends it alone is right on all.
    bool alters_slot = false;
    read_options(reader, [&](std::string_view name, bool) {
      alters_slot = alters_slot || is_keyword(name, "FAILOVER") || is_keyword(name, "TWO_PHASE");
    });
    return alters_slot;
  }
  if (!reader.at("PUBLICATION")) return false;
  bool refreshes = true;
  if (reader.skip_past("WITH"))
    read_options(reader, [&](std::string_view name, bool off) {
      if (is_keyword(name, "REFRESH")) refreshes = !off;
    });
  return refreshes;
}

bool refuses_alter(Reader& reader) {
  if (reader.at("SYSTEM")) return true;
  if (reader.accept("SUBSCRIPTION")) return refuses_alter_subscription(reader);
  if (reader.accept("DATABASE")) {
    reader.advance();  // its name
    return reader.accept("SET") && reader.at("TABLESPACE");
  }
  if (!reader.accept("TABLE")) return false;
  // Not at the first DETACH only: a table or column may be called that.
  while (reader.skip_past("DETACH"))
    if (reader.accept("PARTITION")) return reader.skip_past("CONCURRENTLY");
  return false;
}

bool refuses_drop(Reader& reader) {
  if (reader.at("DATABASE") || reader.at("TABLESPACE") || reader.at("SUBSCRIPTION")) return true;
  return reader.accept("INDEX") && reader.at("CONCURRENTLY");
}

}  // namespace

std::string statement_words(std::string_view statement, std::size_t count) {
  std::string words;
  for (Reader reader(statement); count > 0 && reader.kind() == TokenKind::word; reader.advance(), --count) {
    if (!words.empty()) words += ' ';
    for (const char c : reader.text()) words += c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  }
  return words;
}

TransactionControl transaction_control(std::string_view statement) {
  Reader reader(statement);
  if (reader.at("BEGIN")) return TransactionControl::begin;
  if (reader.accept("START")) return reader.at("TRANSACTION") ? TransactionControl::begin : TransactionControl::none;
  if (reader.accept("PREPARE"))
    return reader.at("TRANSACTION") ? TransactionControl::prepared : TransactionControl::none;
  if (reader.at("END")) return TransactionControl::commit;
  if (reader.accept("COMMIT")) return reader.at("PREPARED") ? TransactionControl::prepared : TransactionControl::commit;
  if (reader.at("SAVEPOINT") || reader.at("RELEASE")) return TransactionControl::savepoint;
  if (reader.at("ABORT")) return TransactionControl::rollback;
  if (!reader.accept("ROLLBACK")) return TransactionControl::none;
  if (reader.at("PREPARED")) return TransactionControl::prepared;
  if (!reader.accept("WORK")) reader.accept("TRANSACTION");
  return reader.at("TO") ? TransactionControl::savepoint : TransactionControl::rollback;
}

bool refuses_transaction_block(std::string_view statement) {
  Reader reader(statement);
  if (reader.accept("CREATE")) return refuses_create(reader);
  if (reader.accept("ALTER")) return refuses_alter(reader);
  if (reader.accept("DROP")) return refuses_drop(reader);
  if (reader.accept("REINDEX")) return refuses_reindex(reader);
  if (reader.accept("CLUSTER")) return refuses_cluster(reader);
  if (reader.accept("DISCARD")) return reader.at("ALL");
  if (reader.accept("COMMIT") || reader.accept("ROLLBACK")) return reader.at("PREPARED");
  return reader.at("VACUUM");
}

std::ostream& operator<<(std::ostream& out, ScriptPartKind kind) {
  switch (kind) {
    case ScriptPartKind::statement: return out << "statement";
    case ScriptPartKind::copy_data: return out << "COPY data";
    case ScriptPartKind::psql_command: return out << "psql command";
  }
  return out << "?";
}

std::ostream& operator<<(std::ostream& out, const ScriptPart& part) {
  return out << part.kind << " at line " << part.line << " to " << part.end_line << ", byte " << part.offset << ": ["
             << part.text << "]";
}

std::ostream& operator<<(std::ostream& out, const Unterminated& unterminated) {
  return out << "unterminated " << unterminated.what << " from line " << unterminated.line;
}

std::ostream& operator<<(std::ostream& out, TransactionControl control) {
  constexpr std::array<std::string_view, 6> names = {"none", "begin", "commit", "rollback", "savepoint", "prepared"};
  return out << names.at(static_cast<std::size_t>(control));
}

}  // namespace prodclone::pg
