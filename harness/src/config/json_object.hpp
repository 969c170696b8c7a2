// Reads one JSON object key by key; what nobody asked for is an unknown key.
#pragma once

#include <nlohmann/json.hpp>

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace prodclone::config {

class JsonObject {
 public:
  // `where` names the object in errors: "prodclone.json: server".
  // `path` names it in the schema of prodclone.json: "", "server", "budgets.tables[]", "sources.*". Other files: "?".
  JsonObject(const nlohmann::json& value, std::string where, std::string path = "?");

  // While it is set, every key that anybody asks for is added to it by its path: what the parser knows, for the test
  // that compares it with docs/prodclone.schema.json.
  static void log_into(std::set<std::string>* known) { log_ = known; }

  bool has(const std::string& key);
  std::string text(const std::string& key, std::string fallback = {});
  std::optional<std::string> optional_text(const std::string& key);
  bool boolean(const std::string& key, bool fallback);
  std::optional<int> integer(const std::string& key);
  std::optional<double> number(const std::string& key);
  std::vector<std::string> texts(const std::string& key);
  std::map<std::string, std::string> text_map(const std::string& key);
  std::optional<JsonObject> object(const std::string& key);
  std::vector<JsonObject> objects(const std::string& key);   // an array of objects
  std::vector<std::pair<std::string, JsonObject>> members(const std::string& key);  // an object of objects
  const nlohmann::json* raw(const std::string& key);         // of any type; null: it is not there
  std::vector<std::string> keys() const;
  void ignore(const std::string& key) { has(key); }

  // Throws Error(usage) when a key is left that nobody asked for.
  void finish() const;

  const std::string& where() const { return where_; }
  [[noreturn]] void wrong(const std::string& key, const std::string& expected) const;

 private:
  const nlohmann::json* find(const std::string& key);

  std::string path_of(const std::string& key) const { return path_.empty() ? key : path_ + '.' + key; }

  static inline std::set<std::string>* log_ = nullptr;
  const nlohmann::json* value_;
  std::string where_;
  std::string path_;
  std::vector<std::string> known_;
};

}  // namespace prodclone::config
