#include "shortfalls.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include <prodclone/base/text.hpp>

#include "statement_object.hpp"

namespace prodclone::dump {

namespace {

// Messages of these classes quote the value that they are about: personal data.
std::string without_values(const pg::SqlError& error) {
  auto message = error.facts().message;
  if (error.is("22") && !error.is("22021") && !error.is("22P05"))
    if (const auto quote = message.find(": \""); quote != std::string::npos) message.erase(quote);
  return message;
}

// "COPY t, line 2, column i: "x"" without the value.
std::string place(const pg::SqlError& error) {
  auto context = error.facts().context;
  if (!context.starts_with("COPY ")) return {};
  context.erase(std::min(context.find('\n'), context.size()));
  if (const auto value = context.find(": \""); value != std::string::npos) context.erase(value);
  return context;
}

// The name that "… does not exist" is about.
std::string missing_name(const std::string& message) {
  if (const auto open = message.find('"'); open != std::string::npos)
    return message.substr(open + 1, message.find('"', open + 1) - open - 1);
  constexpr std::string_view function = "function ";
  if (const auto at = message.find(function); at != std::string::npos)
    return message.substr(at + function.size(), message.find('(', at) - at - function.size());
  return {};
}

bool same_name(const std::string& a, const std::string& b) {
  return a == b || a.ends_with('.' + b) || b.ends_with('.' + a);
}

}  // namespace

bool Shortfalls::concerns_one_object(const pg::SqlError& error) {
  static constexpr std::array<std::string_view, 6> elsewhere = {"08", "53", "57", "58", "XX", "25P02"};
  return !error.connection_lost() && std::none_of(elsewhere.begin(), elsewhere.end(), [&](std::string_view state) { return error.is(state); });
}

bool Shortfalls::lacks(std::string_view kind, const std::string& name) const {
  return std::any_of(all_.begin(), all_.end(), [&](const Unloaded& one) {
    return one.shortfall == Shortfall::not_loaded && one.kind == kind && one.name == name;
  });
}

std::string Shortfalls::cause_of(const pg::SqlError& error) const {
  static constexpr std::array<std::string_view, 5> undefined = {"42P01", "42704", "42883", "3F000", "42703"};
  if (std::none_of(undefined.begin(), undefined.end(), [&](std::string_view state) { return error.is(state); })) return {};
  const auto name = missing_name(error.facts().message);
  std::string extensions;
  for (const auto& one : all_) {
    if (one.shortfall == Shortfall::altered || one.kind == "table_data") continue;
    if (!name.empty() && same_name(one.name, name)) return one.cause.empty() ? one.kind + ' ' + one.name : one.cause;
    if (one.kind == "extension" && one.shortfall == Shortfall::not_loaded) extensions += (extensions.empty() ? "extension " : " or ") + one.name;
  }
  return extensions;
}

void Shortfalls::add(Unloaded one) {
  for (auto& known : all_)
    if (known.kind == one.kind && known.name == one.name && known.shortfall == one.shortfall) {
      known.count += one.count;
      return;
    }
  all_.push_back(std::move(one));
}

void Shortfalls::add(const pg::SqlError& error, std::string_view statement) {
  const auto object = object_of(statement);
  // Its table is told of: that its rows are missing as well needs no words of its own.
  if (object.kind == "table_data" && lacks("table", object.name)) return;
  Unloaded one{.kind = object.kind, .name = object.name, .reason = without_values(error), .cause = cause_of(error)};
  if (const auto where = place(error); !where.empty()) one.reason += " (" + where + ')';
  if (!one.reason.ends_with('.')) one.reason += '.';
  // A label means nothing where nobody reads it.
  if (one.kind == "security_label") one.shortfall = Shortfall::left_out;
  add(std::move(one));
}

void Shortfalls::made_without_trying(std::string_view statement, bool marked_as_valid) {
  add({.shortfall = Shortfall::altered,
       .kind = "foreign_key",
       .name = object_of(statement).name,
       .reason = fmt::format("Production's rows violate it: it was made NOT VALID{}.",
                             marked_as_valid ? ", and then marked as valid, as it is in production" : "; in production it is valid"),
       .remedy = "The fk suite counts its orphans and shows how to mend them."});
}

}  // namespace prodclone::dump
