// Splits a psql script into what psql would send: statements, COPY data, and psql's own commands.
// It follows psqlscan.l: it knows quotes, comments, parentheses and BEGIN ATOMIC bodies, not SQL
// grammar, so it also splits what our parser is too old for. Time is linear in the script's length.
#pragma once

#include <cstddef>
#include <functional>
#include <iosfwd>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace prodclone::pg {

enum class ScriptPartKind { statement, copy_data, psql_command };

// One thing that psql would act on, in the order in which psql acts.
// - statement: from its first significant character to before the `;`, comments inside kept byte for
//   byte; without a `;`, to its last significant character. `\;` has become `;`, and psql commands
//   written inside the statement are cut out: only then is `text` not a plain piece of the script.
// - copy_data: follows every COPY … FROM STDIN, even when there are no rows; whole lines, each with
//   its newline, without the closing `\.`.
// - psql_command: from the backslash, without trailing blanks. A command that sends the statement
//   before it (`\g`, `\gexec`, …) comes after that statement.
struct ScriptPart {
  ScriptPartKind kind = ScriptPartKind::statement;
  std::string text = {};
  std::size_t offset = {};    // of the first character of `text`, in bytes from the script's start
  std::size_t line = {};      // 1-based, of that character
  std::size_t end_line = {};  // of the last significant character

  bool operator==(const ScriptPart&) const = default;
};

// A construct that the script opens and does not close.
struct Unterminated {
  std::string what = {};  // "quoted string", "dollar quote $fn$", "comment", "COPY data", …
  std::size_t line = {};  // where it begins

  bool operator==(const Unterminated&) const = default;
};

struct ScanResult {
  std::vector<ScriptPart> parts = {};
  // When set, the last parts are not what the author meant (psql would send them all the same); a
  // dump cut off in its COPY data shows only here. Run nothing then.
  std::optional<Unterminated> unterminated = {};

  bool operator==(const ScanResult&) const = default;
};

struct ScanOptions {
  // The server's setting when the script starts; `SET standard_conforming_strings` is followed.
  bool standard_conforming_strings = true;
  // False: a backslash outside quotes is just a character, as for tools that are not psql.
  bool psql_commands = true;
};

// All parts at once. Not seen, because only a running psql knows: variables (`:name` stays as it is),
// which branch of `\if` is taken, what `\i` includes. Nothing after `\q` is a part, as in psql.
[[nodiscard]] ScanResult scan_script(std::string_view script, const ScanOptions& options = {});

// A ScriptPart that owns nothing: `text` is valid only during the call that receives it.
struct ScriptPartView {
  ScriptPartKind kind = ScriptPartKind::statement;
  std::string_view text = {};
  std::size_t offset = {};
  std::size_t line = {};
  std::size_t end_line = {};
};

using ScriptPartVisitor = std::function<void(const ScriptPartView&)>;

// Visits each part while scanning: for dumps too big to hold twice. What the visitor throws passes.
std::optional<Unterminated> for_each_part(std::string_view script, const ScanOptions& options,
                                          const ScriptPartVisitor& visit);

// The first words of a statement, at most `count`, in upper case with one space between, comments
// skipped: "CREATE INDEX CONCURRENTLY". Stops at what is not a bare word (a quoted name, a bracket, a
// dot), so that a label never contains data. For messages and for choosing by kind of statement.
[[nodiscard]] std::string statement_words(std::string_view statement, std::size_t count);

enum class TransactionControl {
  none,
  begin,      // BEGIN, START TRANSACTION
  commit,     // COMMIT, END; also AND CHAIN
  rollback,   // ROLLBACK, ABORT; also AND CHAIN
  savepoint,  // SAVEPOINT, RELEASE, ROLLBACK TO: the transaction goes on
  prepared,   // PREPARE TRANSACTION, COMMIT PREPARED, ROLLBACK PREPARED
};

// What a statement does to the transaction around it. A COMMIT inside a migration ends the runner's
// own transaction, and what follows is no longer undone by a failure: a runner must know beforehand.
[[nodiscard]] TransactionControl transaction_control(std::string_view statement);

// Whether the server (13 to 18) refuses the statement inside a transaction block, so that a runner
// must send it alone. From the calls of PreventInTransactionBlock in PostgreSQL. Text cannot tell two
// cases: DROP SUBSCRIPTION without a slot is allowed there (we say refused); CLUSTER and REINDEX of a
// partitioned table are refused (we say allowed).
[[nodiscard]] bool refuses_transaction_block(std::string_view statement);

std::ostream& operator<<(std::ostream& out, ScriptPartKind kind);
std::ostream& operator<<(std::ostream& out, const ScriptPart& part);
std::ostream& operator<<(std::ostream& out, const Unterminated& unterminated);
std::ostream& operator<<(std::ostream& out, TransactionControl control);

}  // namespace prodclone::pg
